"""A short life of a town on a real node in which every contract that an audit reads has something to tell.

Four leases (plain, joint with a commission and fees at activation, taken over, one to be broken), late and
prepaid rent, waivers, a proposal left open, a rent change, a default, closings with a claim, an offer, an
award and silence, a shared debt of a landlord; outside money in and out, redemptions of every end; wallets
linked, frozen, lost and replaced; units sold and corrected.
"""

from dataclasses import dataclass
from typing import Any

from eth_account.signers.local import LocalAccount
from eth_utils.crypto import keccak

from commonhold.chain.artifacts import create_address, load
from commonhold.chain.call import Call
from commonhold.chain.contracts.changes import Change, Proposal
from commonhold.chain.contracts.parties import PartyKind
from commonhold.chain.contracts.units import UnitKind
from commonhold.ops.deploy.suite import SHORTEST_ADMIN_DELAY, local_account
from commonhold.ops.leases.typed import digest, signable, typed_link, typed_terms
from commonhold.rules.calendar import boundary, label_of, month_day
from commonhold.rules.rent import ChangeKind
from commonhold.rules.terms import OneOffFee, Opening
from tests.package.ops.town import CMT, FAR, Person, Town

REASON = keccak(text="reason")
DAY = 86_400


@dataclass
class Story:
    """The town, and who lives there."""

    town: Town
    people: list[Person]
    begin: int
    coin: str = ""

    # ---- acts

    def do(self, who: Person | str, contract: Any, function: str, *arguments: Any) -> None:
        """One transaction of a person or of an office."""
        account: LocalAccount = local_account(who) if isinstance(who, str) else who.account
        self.town.send(account, contract.call(function, *arguments))

    def on(self, days: int) -> None:
        """On to a day, counted from the first."""
        self.town.to_day(self.begin + days)

    def settle(self, *leases: int) -> None:
        self.do("MANAGER", self.town.suite.leases, "settle", list(leases))

    def pay(self, payer: Person, lease: int, tenant: Person, amount: int, terms_hash: bytes) -> None:
        suite = self.town.suite
        self.do(payer, suite.token, "approve", suite.leases.address, amount)
        self.do(payer, suite.leases, "pay", lease, tenant.party, amount, terms_hash)

    def lease(self, landlord: Person, tenants: list[Person], **terms: Any) -> tuple[int, bytes]:
        town = self.town
        item = town.item(f"lease {next(town.counter)}", landlord, tenants, **terms)
        typed = typed_terms(town.suite.leases.domain(), item.terms)
        return town.activate(item, [landlord, *tenants]), digest(typed)

    def agree(self, change: Change, *people: Person, office: bool = False, notice: bool = False) -> None:
        """Proposed by the first (or by the office), accepted by the others."""
        changes = self.town.suite.changes
        version = changes.version_of(change.lease, change.kind)
        deadline = self.town.connection.block().time + 30 * DAY
        proposal = Proposal(change, notice, REASON, version, deadline)
        if office:
            self.do("MANAGER", changes, "proposeWaiver", proposal)
        else:
            self.do(people[0], changes, "propose", proposal)
        for one in people if office else people[1:]:
            self.do(one, changes, "accept", proposal)

    def deploy_coin(self) -> None:
        """A stablecoin of 18 decimals, listed in the reserve."""
        who = local_account("TREASURER")
        code = load("TestCoin").creation_code(["Dollar", "USD", 18])
        self.coin = create_address(who.address, self.town.connection.nonce(who.address))
        self.town.send(who, Call(None, code, "TestCoin", "constructor"))
        access, reserve = self.town.suite.access, self.town.suite.reserve
        listing = reserve.call("listAsset", self.coin, 10**15)
        self.do("ADMIN", access, "schedule", reserve.address, listing.data, 0)
        self.town.connection.call("evm_increaseTime", SHORTEST_ADMIN_DELAY + 1)
        self.town.connection.call("evm_mine")
        self.town.send(local_account("ADMIN"), listing)

    def coin_call(self, who: Person, function: str, *arguments: Any) -> None:
        data = load("TestCoin").function(function).encode(arguments)
        self.town.send(who.account, Call(self.coin, data, "TestCoin", function))


def tell(town: Town) -> Story:
    """The whole story. Leases: 1 plain, 2 joint, 3 taken over, 4 broken, 5 with a landlord in debt."""
    people = town.people(7, funds=50_000 * CMT, mandate=20_000 * CMT)
    story = Story(town, people, town.today)
    _outside_money(story)
    story.begin = town.today
    hashes = _leases(story)
    _first_months(story, hashes)
    _changes(story)
    _wallets(story, hashes)
    _units(story)
    _ends(story)
    _deposits(story)
    return story


def _outside_money(story: Story) -> None:
    suite, ann = story.town.suite, story.people[0]
    story.deploy_coin()
    story.coin_call(ann, "drip", 900 * 10**18)
    story.coin_call(ann, "approve", suite.reserve.address, 10**30)
    story.do(ann, suite.reserve, "enter", story.coin, 500 * 10**18)
    story.do(ann, suite.token, "approve", suite.reserve.address, 2**200)
    story.do(ann, suite.reserve, "exit", story.coin, 120 * CMT, ann.wallet, 0)
    story.do("COMMITTEE", suite.reserve, "pauseEntry", story.coin, 3_600)
    story.do(ann, suite.token, "approve", suite.desk.address, 2**200)
    for amount in (10, 20, 30, 40):
        story.do(ann, suite.desk, "request", amount * CMT, keccak(text=f"account {amount}"))
    story.do("TREASURER", suite.desk, "complete", 1, keccak(text="slip"))
    story.do("TREASURER", suite.desk, "refuse", 2, REASON)


def _leases(story: Story) -> dict[int, bytes]:
    ann, ben, cleo, dan, eve, fay, gus = story.people
    town, today = story.town, story.begin
    late = {"grace_days": 3, "late_fee_rate": 20, "late_fee_max_days": 60}
    found: dict[int, bytes] = {}
    lease, found[1] = story.lease(
        ann, [ben], deposit=2_000 * CMT, arbiter=eve.party, break_day=today + 40, break_fee=77 * CMT, **late
    )
    assert lease == 1
    fees = (OneOffFee(fay.party, 12_345, bytes(32)), OneOffFee(ann.party, 1, bytes(32)))
    lease, found[2] = story.lease(
        ann, [cleo, dan], deposit=1_001 * CMT + 1, arbiter=eve.party, manager=fay.party, commission=777,
        cover_mask=1, fees=fees, rent=1_000 * CMT + 7, billing_day=28, **late,
    )  # fmt: skip
    assert lease == 2
    manager = local_account("MANAGER").address
    town.fund(manager, 5_000 * CMT)
    begun = today - 61
    first = boundary(month_day(begun)[1], label_of(month_day(begun)[1], today))
    opening = Opening(day=first, paid=500 * CMT, arrears=33 * CMT, late_fees=5 * CMT, prepaid=100 * CMT)
    lease, found[3] = story.lease(
        ann, [gus], deposit=900 * CMT, start_day=begun, end_day=today + 90, opening=opening, **late
    )
    assert lease == 3
    lease, found[4] = story.lease(ann, [dan], deposit=300 * CMT, **late)
    assert lease == 4
    lease, found[5] = story.lease(fay, [gus], deposit=600 * CMT, end_day=today + 200, **late)
    assert lease == 5
    return found


def _first_months(story: Story, hashes: dict[int, bytes]) -> None:
    ann, ben, cleo, dan, *_, gus = story.people
    leases, token = story.town.suite.leases, story.town.suite.token
    story.do(dan, token, "revokeMandate")
    story.settle(1, 2, 3, 4, 5)
    story.on(35)
    story.settle(1, 2, 3, 4, 5)  # dan's share of lease 2 is covered by cleo; lease 4 has no mandate
    story.on(50)
    story.pay(dan, 4, dan, 700 * CMT, hashes[4])
    story.pay(ann, 1, ben, 1_500 * CMT, hashes[1])  # anybody may: prepaid
    story.do(ben, leases, "refund", 1, 123 * CMT)
    story.on(70)
    story.settle(2, 1, 1)
    story.pay(ben, 1, ben, 900 * CMT, hashes[1])
    story.settle(1, 3)
    month = token.current_month() + 240
    partial = (1_500 * CMT, token.collector_bit(leases.address), month, True)
    story.do(gus, token, "setMandate", partial)
    story.settle(5, 3)
    story.do(cleo, token, "transferWithMemo", gus.wallet, 5, REASON)


def _changes(story: Story) -> None:
    ann, ben, cleo, dan, _, fay, gus = story.people
    changes = story.town.suite.changes
    story.agree(Change(ChangeKind.WAIVE_RENT, 4, 0, 0, dan.party, 100 * CMT), ann, office=True)
    story.agree(Change(ChangeKind.WAIVE_FEES, 4, 0, 0, dan.party, 1), ann, office=True)
    story.agree(Change(ChangeKind.WAIVE_RENT, 4, 0, 0, dan.party, 7), office=True)  # stays open
    story.agree(Change(ChangeKind.TENANT, 2, 1, 0, gus.party), ann, cleo, dan, gus)
    end = story.town.suite.leases.terms_of(5).end_day
    story.agree(Change(ChangeKind.RENEWAL, 5, 0, end + 100, 0, 1_100 * CMT), fay, gus)
    story.agree(Change(ChangeKind.SALE, 1, 0, 0, fay.party), ann, fay)
    story.do("MANAGER", changes, "giveDefaultNoticeAsManager", 4)
    story.do(ben, changes, "raiseAcceptanceNonce")
    story.do(ann, story.town.suite.leases, "raiseOfferNonce")


def _wallets(story: Story, hashes: dict[int, bytes]) -> None:
    """A second wallet, a freeze, a recovery under way in which a share has to wait, and one that ended."""
    ann, ben, cleo, *_, gus = story.people
    suite, town = story.town.suite, story.town
    second = town.account()
    form = typed_link(suite.parties.domain(), cleo.party, second.address, 0, FAR)
    signature = bytes(second.sign_message(signable(form)).signature)
    story.do(cleo, suite.parties, "link", cleo.party, second.address, FAR, signature)
    now = town.connection.block().time
    story.do("OFFICER", suite.token, "proposeFreeze", gus.wallet, REASON, now + 20 * DAY)
    story.do("COMMITTEE", suite.token, "confirmFreeze", gus.wallet, REASON, now + 20 * DAY)
    story.do(
        "MANAGER",
        suite.parties,
        "register",
        PartyKind.COMPANY,
        keccak(text="a firm"),
        "0x" + "00" * 20,
        0,
        b"",
    )
    story.do(ben, suite.parties, "setCollectingConsent", True)
    story.do("OFFICER", suite.parties, "setSuspended", gus.party, True, REASON)
    _recover(story, ann)
    story.pay(ben, 4, story.people[3], 50 * CMT, hashes[4])  # the landlord's wallet is lost: it waits


def _recover(story: Story, who: Person) -> None:
    town, recovery = story.town, story.town.suite.recovery
    new = town.account()
    domain = recovery.domain()
    form = {
        "domain": domain,
        "primaryType": "ReplaceWallet",
        "types": {
            "EIP712Domain": [
                {"name": "name", "type": "string"}, {"name": "version", "type": "string"},
                {"name": "chainId", "type": "uint256"}, {"name": "verifyingContract", "type": "address"},
            ],
            "ReplaceWallet": [
                {"name": "party", "type": "uint32"}, {"name": "newWallet", "type": "address"},
                {"name": "nonce", "type": "uint256"}, {"name": "deadline", "type": "uint256"},
            ],
        },
        "message": {"party": who.party, "newWallet": new.address, "nonce": 0, "deadline": FAR},
    }  # fmt: skip
    signature = bytes(new.sign_message(signable(form)).signature)
    story.do("MANAGER", recovery, "proposeRecovery", who.party, new.address, FAR, signature)
    story.do("COMMITTEE", recovery, "confirmRecovery", who.party, new.address)
    index = story.people.index(who)
    story.people[index] = Person(new, who.party)


def _units(story: Story) -> None:
    ben, cleo = story.people[1], story.people[2]
    suite, town = story.town.suite, story.town
    unit = town.unit(cleo)
    town.unit(cleo)
    story.do(cleo, suite.transfers, "transfer", unit, ben.party)
    story.do("MANAGER", suite.bills, "giveClearance", unit, ben.party)
    story.do(ben, suite.transfers, "acceptTransfer", unit, cleo.party)
    story.do("MANAGER", suite.transfers, "proposeCorrection", unit, 0, 9_999, 0, REASON)
    story.do("COMMITTEE", suite.transfers, "confirmCorrection", unit, REASON)
    story.do("MANAGER", suite.units, "register", ben.party, 2, UnitKind.PARKING, 1_200, 5)


def _ends(story: Story) -> None:
    """The default of lease 4, the recovery's end, the notice of lease 1, the closings."""
    town, suite = story.town, story.town.suite
    ben, fay = story.people[1], story.people[5]
    story.on(95)
    story.do("MANAGER", suite.recovery, "completeRecovery", story.people[0].party)
    ann = story.people[0]
    story.do(ann, suite.leases, "withdrawOwed", ann.party)
    story.do("MANAGER", suite.changes, "endForDefaultAsManager", 4)
    story.do(story.people[6], suite.token, "setMandate", town.mandate(20_000 * CMT))
    story.settle(5)
    story.do(ann, suite.desk, "takeBack", 3)
    story.do(ben, suite.token, "revokeMandate")
    today = town.today
    story.agree(Change(ChangeKind.END, 5, 0, today + 2), fay, story.people[6])
    story.do(fay, suite.token, "revokeMandate")
    story.on(97)
    story.do(ben, suite.leases, "close", 3)
    story.do(ben, suite.leases, "close", 5)
    story.on(110)
    story.do(ben, suite.leases, "close", 4)


def _deposits(story: Story) -> None:
    """Lease 3 by silence, lease 5 with a landlord's debt set off, lease 4 by claim, offer and award."""
    suite = story.town.suite
    ann, ben, _, dan, _, fay, gus = story.people
    one = [keccak(text="photo")]
    story.do(fay, suite.escrow, "fileClaim", 5, [200 * CMT], one)
    story.do(gus, suite.escrow, "acceptClaim", 5, 200 * CMT)
    left = suite.escrow.deposit_of(4)
    if left:
        story.do(ann, suite.escrow, "fileClaim", 4, [left], one)
        story.do(dan, suite.escrow, "makeOffer", 4, left // 3)
    story.on(115)
    story.do(ben, suite.escrow, "finalise", 3)
    _end_with_a_freeze(story)


def _end_with_a_freeze(story: Story) -> None:
    """So that one stands when the audit comes."""
    token, cleo = story.town.suite.token, story.people[2]
    until = story.town.connection.block().time + 20 * DAY
    story.do("OFFICER", token, "proposeFreeze", cleo.wallet, REASON, until)
    story.do("COMMITTEE", token, "confirmFreeze", cleo.wallet, REASON, until)
