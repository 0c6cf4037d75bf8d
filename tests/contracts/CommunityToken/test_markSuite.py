"""CommunityToken.markSuite: which contracts take money through their pay functions only.

├── a collector, or the token itself: reverts
├── no code: reverts
├── mark
│   ├── an account with a mandate or a flag: reverts
│   └── otherwise: marked
└── take the mark back
    ├── while it holds money: reverts
    └── otherwise: an ordinary account again
"""

from tests.money_world import CMT, Money


def _mark(world: Money, account: object, suite: bool = True) -> None:
    world.token.markSuite(account, suite, sender=world.wallet("admin"))


def test_a_marked_contract_takes_no_plain_transfer_and_may_disburse(world: Money) -> None:
    world.fund(world.outsider, 3 * CMT)
    _mark(world, world.outsider)
    assert world.events("SuiteMarked") == [{"account": world.outsider.address, "suite": True}]
    assert world.token.statusOf(world.outsider.address)[0] is True
    world.fund("ann", CMT)
    with world.reverts("TokenRecipientIsSuite", world.outsider.address):
        world.token.transfer(world.outsider.address, CMT, sender=world.wallet("ann"))
    assert world.disburse(("ann", 3 * CMT), by=world.outsider) == 0


def test_a_mark_given_by_mistake_is_taken_back_while_there_is_no_money(world: Money) -> None:
    world.fund("ann", CMT)
    world.token.approve(world.escrow, CMT, sender=world.wallet("ann"))
    world.pull("ann", CMT, by=world.escrow)
    with world.reverts("TokenSuiteInUse", world.escrow.address):
        _mark(world, world.escrow, False)
    assert world.disburse(("ann", CMT), by=world.escrow) == 0
    _mark(world, world.escrow, False)
    assert world.token.statusOf(world.escrow.address)[0] is False
    world.token.transfer(world.escrow.address, CMT, sender=world.wallet("ann"))


def test_a_collector_and_the_token_itself_stay_what_they_are(world: Money) -> None:
    world.token.retireCollector(world.fees, sender=world.wallet("admin"))
    for contract in (world.leases, world.fees, world.token):
        with world.reverts("TokenSuiteInUse", contract.address):
            _mark(world, contract, False)


def test_a_resident_s_wallet_is_none_of_the_suite(world: Money) -> None:
    with world.reverts("TokenHasNoCode", world.wallet("ann")):
        _mark(world, world.wallet("ann"))
    wallet = world.backend.deploy("YesWallet")
    values = (wallet.address, world.terms(), 0, 2**40, b"")
    world.token.setMandateBySignature(*values, sender=world.wallet("stranger"))
    with world.reverts("TokenSuiteInUse", wallet.address):
        _mark(world, wallet)
    other = world.backend.deploy("YesWallet")
    world.hold(other)
    with world.reverts("TokenSuiteInUse", other.address):
        _mark(world, other)
