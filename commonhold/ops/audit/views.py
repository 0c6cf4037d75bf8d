"""What the contracts' views must answer, by the books: one question for each row.

A field without a name is a word that only says where others stand. Amounts [cmt], days [day], times [unix].
"""

from collections.abc import Iterator
from functools import cache
from typing import Final

from commonhold.chain.rawviews import Question
from commonhold.ops.audit.attested import ATTESTATIONS
from commonhold.ops.audit.bill_views import bill_rows
from commonhold.ops.audit.bills import BILLS
from commonhold.ops.audit.changes import CHANGES, ChangeBook
from commonhold.ops.audit.consents import CONSENT
from commonhold.ops.audit.credit import CREDIT
from commonhold.ops.audit.credit_views import credit_rows, formula_rows
from commonhold.ops.audit.deposits import EscrowBook
from commonhold.ops.audit.exchange import DESK, RESERVE
from commonhold.ops.audit.fee_views import fee_rows
from commonhold.ops.audit.fees import FEES
from commonhold.ops.audit.formula import FORMULA
from commonhold.ops.audit.leases import ESCROW, LEASES, LeaseBook
from commonhold.ops.audit.money import TOKEN, TokenBook
from commonhold.ops.audit.parties import PARTIES, PartyBook
from commonhold.ops.audit.recoveries import RECOVERY
from commonhold.ops.audit.replay import Books
from commonhold.ops.audit.tariffs import TARIFFS, tariff_rows
from commonhold.ops.audit.transfers import TRANSFERS
from commonhold.ops.audit.units import UNITS, Holding, UnitBook
from commonhold.rules.calendar import day_of, label_of, month_of
from commonhold.rules.deposit import Deposit, Phase
from commonhold.rules.ledger import LeaseLedger
from commonhold.rules.occupancy import NONE, Occupancy
from commonhold.rules.rent import BPS, ChangeKind

_ACCOUNT: Final = ("tenant", "share", "due", "settled", "pot", "lateFees")
_TERMS: Final = (
    "unit", "landlord", "manager", "startDay", "endDay", "rent", "noticeDays", "breakDay", "breakFee",
    "holdoverRate", "graceDays",
)  # fmt: skip
_REVIEW: Final = ("phase", "extended", "answered", "lastDay", "arbiter", "claim", "offer")
_MANDATE: Final = ("limit", "collectors", "expiryMonth", "allowPartial", "spent", "spentMonth")
_USE: Final = ("lease", "user", "fromDay", "untilDay", "leaseContract")


_STATUS: Final = ("suite", "recoveryHold", "frozenUntil", "receiver")
_MINTER: Final = ("minter", "mint allowance")
_COLLECTOR: Final = ("collector", "effectiveFrom", "retired")
_ASSET: Final = ("listed", "decimals", "ceiling", "netMinted", "entryPausedUntil")
_REDEMPTION: Final = ("holder", "amount", "requestedAt", "state")
_PROGRESS: Final = ("lease", "kind", "proposer", "required", "accepted", "version", "deadline")


def one(contract: str, function: str, id_: str, expected: int, *arguments: int, name: str = "") -> Question:
    """A view that answers one word."""
    return Question(contract, function, arguments, id_, (name or function,), (int(expected),))


@cache
def _account_fields(count: int) -> tuple[str, ...]:
    return ("", "", *(f"account {i} {name}" for i in range(count) for name in _ACCOUNT))


def _word(address: str) -> int:
    return int(address, 16)


# ---------------------------------------------------------------------------------------------- by contract


def token_rows(book: TokenBook, addresses: dict[str, str], time: int) -> Iterator[Question]:
    """Supply, wallets, minters, collectors."""
    yield one(TOKEN, "totalSupply", "supply", book.supply)
    yield one(TOKEN, "supplyCap", "supply", book.supply_cap)
    wallets = {**dict.fromkeys(book.purses), **dict.fromkeys(addresses.values())}
    for wallet in wallets:
        purse, word, id_ = book.purse(wallet), _word(wallet), f"wallet {wallet}"
        yield one(TOKEN, "balanceOf", id_, purse.balance, word)
        given = purse.mandate
        mandate = (
            (0, 0, 0, 0)
            if given is None
            else (given.limit, given.collectors, given.expiry_month, int(given.allow_partial))
        )
        spent = (purse.spent, purse.spent_month)
        yield Question(TOKEN, "mandateOf", (word,), id_, _MANDATE, (*mandate, *spent))
        until = book.frozen.get(wallet, 0)
        status = (
            int(wallet in book.suite),
            int(wallet in book.held_back),
            until if until > time else 0,
            _word(book.newest(wallet)),
        )
        yield Question(TOKEN, "statusOf", (word,), id_, _STATUS, status)
    for minter, allowance in book.minters.items():
        is_minter = int(minter not in book.stopped)
        yield Question(
            TOKEN, "minterAllowance", (_word(minter),), f"minter {minter}", _MINTER, (is_minter, allowance)
        )
    for index, collector in enumerate(book.collectors.values()):
        id_ = f"collector {collector.address}"
        yield one(TOKEN, "collectorBit", id_, book.bit(collector.address, time), _word(collector.address))
        expected = (_word(collector.address), collector.effective, int(collector.retired))
        yield Question(TOKEN, "collectorAt", (index,), id_, _COLLECTOR, expected)


def reserve_rows(books: Books) -> Iterator[Question]:
    """Every outside token, and every redemption."""
    reserve, desk = books.reserve, books.desk
    yield one(RESERVE, "assetCount", "assets", len(reserve.assets))
    for index, (asset, book) in enumerate(reserve.assets.items()):
        id_, word = f"asset {asset}", _word(asset)
        yield one(RESERVE, "assetAt", id_, word, index)
        words = (1, book.decimals, book.ceiling, book.minted, book.paused)
        yield Question(RESERVE, "assetOf", (word,), id_, _ASSET, words)
    yield one(DESK, "redemptionCount", "redemptions", len(desk.requests))
    yield one(DESK, "heldForRedemption", "redemptions", desk.held)
    for number, request in desk.requests.items():
        expected = (_word(request.holder), request.amount, request.time, request.state)
        yield Question(DESK, "redemptionOf", (number,), f"redemption {number}", _REDEMPTION, expected)
    for reference in desk.references:
        yield one(DESK, "bankReferenceUsed", f"reference {reference}", 1, _word(reference))


def party_rows(book: PartyBook, time: int) -> Iterator[Question]:
    """Every party and every wallet that was ever linked."""
    yield one(PARTIES, "partyCount", "parties", len(book.parties))
    for number, party in book.parties.items():
        id_ = f"party {number}"
        yield one(PARTIES, "walletOf", id_, _word(party.wallet), number)
        yield one(PARTIES, "kindOf", id_, party.kind, number)
        yield one(PARTIES, "isSuspended", id_, party.suspended, number)
        yield one(PARTIES, "recoveryUntil", id_, party.until, number)
        yield one(PARTIES, "recoveryPending", id_, int(party.until > time), number)
        yield one(PARTIES, "collectingConsent", id_, party.consent, number)
        yield one(PARTIES, "walletCount", id_, party.wallets, number)
    for identity, number in book.identities.items():
        yield one(PARTIES, "partyOfIdentity", f"party {number}", number, _word(identity))
    for wallet, number in book.links.items():
        yield one(PARTIES, "partyOf", f"wallet {wallet}", number, _word(wallet))
        yield one(PARTIES, "replacedOf", f"wallet {wallet}", book.replaced.get(wallet, 0), _word(wallet))


def _use(use: Occupancy) -> tuple[int, ...]:
    return use.lease, use.user, use.from_day, use.until_day, use.contract


def unit_rows(book: UnitBook, day: int, time: int) -> Iterator[Question]:
    """Every unit, and the roll of owners as it was a second before."""
    book.settle_roll(time)
    yield one(UNITS, "unitCount", "units", len(book.units))
    both = tuple(f"{which} {name}" for which in ("current", "following") for name in _USE)
    for number, unit in book.units.items():
        id_ = f"unit {number}"
        yield one(UNITS, "ownerPartyOf", id_, unit.owner, number)
        yield one(UNITS, "userPartyOf", id_, unit.places.on(day).user, number)
        expected = (unit.kind, unit.building, unit.area, unit.share)
        yield Question(UNITS, "detailsOf", (number,), id_, ("kind", "building", "area", "share"), expected)
        first, second = unit.places
        yield Question(
            UNITS, "occupancyOf", (number,), id_, both, _use(first if first.lease else NONE) + _use(second)
        )
    owners = {number: held for number, held in book.holdings.items() if held.units}
    for number in book.holdings:
        held = owners.get(number, Holding())
        yield Question(
            UNITS,
            "holdingAt",
            (number, time - 1),
            f"party {number}",
            ("units", "area"),
            (held.units, held.area),
        )
    if book.holdings:
        totals = (sum(h.units for h in owners.values()), sum(h.area for h in owners.values()), len(owners))
        yield Question(UNITS, "rollAt", (time - 1,), "roll", ("units", "area", "owners"), totals)


# ---------------------------------------------------------------------------------------------- leases


def _rent_on(ledger: LeaseLedger, day: int) -> int:
    label = label_of(ledger.schedule.anchor, day)
    segments = [one for one in ledger.schedule.segments if one.label <= label]
    return (segments[-1] if segments else ledger.schedule.segments[0]).rent


def _summary(ledger: LeaseLedger, break_fee: int, day: int) -> tuple[int, ...]:
    terms = ledger.terms
    return (
        terms.unit, ledger.landlord, terms.manager, terms.start_day, ledger.schedule.end_day,
        _rent_on(ledger, day), terms.notice_days, terms.break_day, break_fee, terms.holdover_rate,
        terms.grace_days,
    )  # fmt: skip


def lease_rows(book: LeaseBook, day: int) -> Iterator[Question]:
    """Every lease with every account as of the day."""
    yield one(LEASES, "leaseCount", "leases", len(book.leases))
    yield one(LEASES, "today", "calendar", day)
    yield one(LEASES, "held", "held", book.held)
    yield one(LEASES, "pausedUntil", "pause", book.paused_until)
    yield one(LEASES, "retired", "contract", int(book.retired))
    for number, ledger in book.leases.items():
        id_ = f"lease {number}"
        words = [32, len(ledger.accounts)]
        for touched in ledger.all_touched(day):
            account = touched.account
            words += [
                account.tenant, account.share if len(ledger.accounts) > 1 else BPS, touched.due,
                touched.settled, touched.pot, touched.late_fees,
            ]  # fmt: skip
        fields = _account_fields(len(ledger.accounts))
        yield Question(LEASES, "accountsOf", (number,), id_, fields, tuple(words))
        yield Question(
            LEASES, "termsOf", (number,), id_, _TERMS, _summary(ledger, book.break_fees[number], day)
        )
        yield one(LEASES, "stateOf", id_, ledger.state_on(day), number)
        for account in ledger.accounts:
            yield one(
                LEASES,
                "landlordDebt",
                f"{id_} party {account.tenant}",
                account.landlord_debt,
                number,
                account.tenant,
            )
    for terms_hash, number in book.terms.items():
        yield one(LEASES, "leaseOf", f"terms {terms_hash}", number, _word(terms_hash))
    for party, nonce in book.offer_nonces.items():
        yield one(LEASES, "offerNonce", f"party {party}", nonce, party)
    for party in book.parties.parties:
        yield one(LEASES, "owed", f"party {party}", book.owed.get(party, 0), party)


def _review(deposit: Deposit) -> tuple[int, ...]:
    if deposit.phase == Phase.HELD:
        left = deposit.left or deposit.arbiter
        return (int(Phase.HELD), 0, 0, 0, deposit.arbiter, 0, 0) if left else (0,) * 7
    return (
        int(deposit.phase), int(deposit.extended), deposit.answered, deposit.last_day, deposit.arbiter,
        deposit.claim, deposit.offer,
    )  # fmt: skip


def escrow_rows(book: EscrowBook) -> Iterator[Question]:
    """Every deposit and its review."""
    yield one(ESCROW, "held", "held", book.twin.held)
    for number in book.leases.leases:
        deposit, id_ = book.twin.deposit(number), f"lease {number}"
        yield one(ESCROW, "depositOf", id_, deposit.left, number)
        for index, part in enumerate(deposit.parts):
            yield one(ESCROW, "partOf", f"{id_} account {index}", part, number, index)
        yield Question(ESCROW, "reviewOf", (number,), id_, _REVIEW, _review(deposit))
    for party in book.parties.parties:
        yield one(ESCROW, "owed", f"party {party}", book.twin.owed.get(party, 0), party)


def change_rows(book: ChangeBook, time: int) -> Iterator[Question]:
    """Versions, open proposals, waivers by month, default notices."""
    rent, waiver = int(ChangeKind.RENT), int(ChangeKind.WAIVE_RENT)
    for number in book.leases.leases:
        id_ = f"lease {number}"
        yield one(CHANGES, "versionOf", id_, book.version(number, rent), number, rent, name="version")
        if number in book.waivers:
            expected = book.version(number, waiver)
            yield one(CHANGES, "versionOf", id_, expected, number, waiver, name="version of waivers")
    for number in book.notices:
        notice = book.notice(number, time)
        fields = ("arrears noticed", "cureDay")
        yield Question(CHANGES, "defaultNoticeOf", (number,), f"lease {number}", fields, notice)
    for month, sums in book.waived.items():
        fields = ("principal waived", "late fees waived")
        yield Question(CHANGES, "waivedIn", (month,), f"month {month}", fields, sums)
    for party, nonce in book.nonces.items():
        yield one(CHANGES, "acceptanceNonce", f"party {party}", nonce, party)
    for hash_, made in book.proposals.items():
        expected_words = (
            made.lease, made.kind, made.proposer, made.required, made.accepted, made.version, made.deadline,
        )  # fmt: skip
        yield Question(CHANGES, "progressOf", (_word(hash_),), f"proposal {hash_}", _PROGRESS, expected_words)
    for (lease, kind, proposer), hash_ in book.open.items():
        yield one(
            CHANGES, "openOf", f"lease {lease}", _word(hash_), lease, kind, proposer, name="open proposal"
        )


def rows(books: Books, time: int) -> Iterator[Question]:
    """Every figure that a view answers at a moment. [unix]"""
    day, there = day_of(time, books.arguments.utc_offset), books.arguments.addresses
    yield from token_rows(books.token, dict(there), time)
    if RESERVE in there:
        yield from reserve_rows(books)
    yield from party_rows(books.parties, time)
    yield from unit_rows(books.units, day, time)
    yield from lease_rows(books.leases, day)
    yield from escrow_rows(books.escrow)
    if CHANGES in there:
        yield from change_rows(books.changes, time)
    if TARIFFS in there:
        yield from tariff_rows(books.tariffs, month_of(day))
    if FEES in there:
        yield from fee_rows(books.fees, day, time)
    if BILLS in there:
        yield from bill_rows(books.bills, day)
    if CREDIT in there:
        yield from credit_rows(books.credit, books.parties.parties, day)
    if FORMULA in there:
        yield from formula_rows(books.formula, month_of(day), time)
    for name, book in (
        (CONSENT, books.consents),
        (ATTESTATIONS, books.attested),
        (TRANSFERS, books.transfers),
        (RECOVERY, books.recoveries),
    ):
        if name in there:
            yield from book.rows(time)
