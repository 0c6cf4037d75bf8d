"""giveClearance, assumeDebt, takeOverDebt, clearedToTransfer: a unit changes hands.

clear ── nothing owed by any account of the unit, plans included · for the day alone
assumed ── only that buyer, that seller, up to the sum, for 30 days · by call or signature
taken over ── after the sale and the closing only: debt and payments are the buyer's, neutral for credit
further ── another contract is asked too · at once on the first day, later after two days
"""

from commonhold.rules.calendar import first_of
from tests.contracts.PropertyFee.conftest import LINE, Town
from tests.evm import Contract, reverts
from tests.fee_world import CMT
from tests.suite import Person


def cleared(town: Town, buyer: Person | None = None) -> bool:
    to = (buyer or town.ben).party
    return bool(town.world.fees.clearedToTransfer(town.unit, town.ann.party, to))


def transfers(town: Town) -> Contract:
    world = town.world
    found = world.chain.deploy("UnitTransfers", world.access, world.forwarder, world.parties, world.units)
    found.setClearance(world.fees, sender=world.admin)
    selectors = [world.units._functions["setOwner"][0]]
    world.access.setTargetFunctionRole(world.units, selectors, 9, sender=world.admin)
    world.access.grantRole(9, str(found), 0, sender=world.admin)
    return found


def test_a_unit_without_arrears_is_sold_and_handed_over(town: Town):
    world, desk = town.world, transfers(town)
    world.to_month(town.start, 5)
    desk.transfer(town.unit, town.ben.party, sender=town.ann)
    with reverts("TransferNotCleared", town.unit, town.ann.party, town.ben.party):
        desk.acceptTransfer(town.unit, town.ann.party, sender=town.ben)
    with reverts("FeeUnitInArrears", town.unit, LINE):
        world.fees.giveClearance(town.unit, sender=town.ann)
    world.settle(town.account)
    world.fees.giveClearance(town.unit, sender=town.ann)
    (event,) = world.events("ClearanceGiven")
    assert (event["unit"], event["day"]) == (town.unit, world.day)
    desk.acceptTransfer(town.unit, town.ann.party, sender=town.ben)
    assert world.units.ownerPartyOf(town.unit) == town.ben.party
    world.fees.handOver(town.account, town.ben.party, world.day, sender=world.maker)


def test_a_clearance_is_for_the_day(town: Town):
    town.world.to_day(first_of(town.start) + 3)
    assert cleared(town)
    town.world.to_day(first_of(town.start) + 4)
    assert not cleared(town)


def test_a_plan_and_a_late_fee_are_debts_too(town: Town):
    world = town.world
    world.to_month(town.start, 20)
    world.plan(town.account, town.ann, 2, world.day + 9)
    fee = world.account(town.account).late_fees
    world.pay(town.account, fee, town.ben)
    assert not cleared(town)
    world.pay(town.account, LINE, town.ben)
    assert cleared(town)


def test_a_buyer_assumes_the_debt_and_owes_it_after_the_sale(town: Town):
    world = town.world
    world.to_month(town.start, 20)
    owing = LINE + world.account(town.account).late_fees
    with reverts("FeePartyNotOfUnit", town.unit, town.ben.party):
        world.fees.assumeDebt(town.unit, town.ben.party, CMT, sender=town.ann)
    world.fees.assumeDebt(town.unit, town.ann.party, owing - 1, sender=town.ben)
    assert not cleared(town)
    world.fees.assumeDebt(town.unit, town.ann.party, owing, sender=town.ben)
    assert cleared(town)
    assert not cleared(town, town.fund)
    with reverts("FeeAssumptionNone", town.account):
        world.fees.takeOverDebt(town.account, sender=town.ann)
    world.sell(town.unit, town.ben)
    with reverts("FeeAssumptionNone", town.account):
        world.fees.takeOverDebt(town.account, sender=town.ann)
    world.fees.handOver(town.account, town.ben.party, first_of(town.start + 1), sender=world.maker)
    world.to_day(first_of(town.start + 1))
    more = LINE + world.account(town.account).late_fees
    with reverts("FeeAssumptionTooSmall", town.account, more, owing):
        world.fees.takeOverDebt(town.account, sender=town.ann)


def test_a_debt_taken_over_is_the_buyers_and_neutral(town: Town):
    world = town.world
    world.to_month(town.start, 20)
    world.fees.assumeDebt(town.unit, town.ann.party, 2 * LINE, sender=town.ben)
    world.sell(town.unit, town.ben)
    world.fees.handOver(town.account, town.ben.party, world.day, sender=world.maker)
    found = world.account(town.account)
    world.fees.takeOverDebt(town.account, sender=town.ann)
    (event,) = world.events("DebtTakenOver")
    assert (event["fromParty"], event["toParty"]) == (town.ann.party, town.ben.party)
    assert event["amount"] == found.due + found.late_fees
    after = world.account(town.account)
    assert (after.party, after.due, after.assumed) == (town.ben.party, found.due, True)
    assert world.fees.overdueOf(town.account << 16 | town.start)[4] == 0
    ann = world.balance(town.ann)
    assert world.settle(town.account)[0][2] == found.due + found.late_fees
    assert world.balance(town.ann) == ann
    (event,) = world.events("Late")
    assert [outcome[4] for outcome in event["outcomes"]] == [True]
    with reverts("FeeAssumptionNone", town.account):
        world.fees.takeOverDebt(town.account, sender=town.ann)


def test_S5_an_assumption_ends_after_thirty_days(town: Town):
    world = town.world
    world.to_month(town.start, 5)
    world.fees.assumeDebt(town.unit, town.ann.party, 9 * LINE, sender=town.ben)
    until = world.fees.assumptionOf(town.unit)[3]
    world.chain.warp(until)
    assert cleared(town)
    world.chain.warp(until + 1)
    assert not cleared(town)


def test_a_signed_assumption_counts_once_and_until_its_deadline(town: Town):
    world = town.world
    world.to_month(town.start, 5)
    deadline = world.chain.timestamp + 60
    terms = (town.unit, town.ann.party, town.ben.party, 2 * LINE, deadline)
    signature = town.ben.sign(world.fees.hashAssumption(*terms))
    with reverts("FeeSignatureInvalid", town.ben.party, town.ben.wallet):
        world.fees.assumeDebtBySignature(*terms[:3], 3 * LINE, deadline, signature, sender=town.ann)
    with reverts("FeeSignatureInvalid", town.ben.party, town.ben.wallet):
        world.fees.assumeDebtBySignature(
            *terms, town.ann.sign(world.fees.hashAssumption(*terms)), sender=town.ann
        )
    world.chain.warp(deadline)
    world.fees.assumeDebtBySignature(*terms, signature, sender=town.ann)
    assert cleared(town)
    with reverts("FeeSignatureInvalid", town.ben.party, town.ben.wallet):
        world.fees.assumeDebtBySignature(*terms, signature, sender=town.ann)
    world.chain.warp(deadline + 1)
    with reverts("FeeSignatureExpired", deadline, deadline + 1):
        world.fees.assumeDebtBySignature(*terms, signature, sender=town.ann)


def test_S9_raising_the_nonce_voids_a_signed_assumption(town: Town):
    world = town.world
    deadline = world.chain.timestamp + 60
    terms = (town.unit, town.ann.party, town.ben.party, CMT, deadline)
    signature = town.ben.sign(world.fees.hashAssumption(*terms))
    world.fees.raiseAssumptionNonce(sender=town.ben)
    with reverts("FeeSignatureInvalid", town.ben.party, town.ben.wallet):
        world.fees.assumeDebtBySignature(*terms, signature, sender=town.ann)


def test_a_further_contract_is_asked_too(town: Town):
    world = town.world
    other = world.chain.deploy("ClearanceDouble")
    with reverts("FeeClearanceInvalid", town.ben.wallet):
        world.fees.setFurtherClearance(town.ben.wallet, sender=world.admin)
    world.fees.setFurtherClearance(other, sender=world.admin)
    assert not cleared(town)
    other.setCleared(True, sender=town.ben)
    assert cleared(town)


def test_A6_a_later_change_waits_two_days(town: Town):
    world = town.world
    other = world.chain.deploy("ClearanceDouble")
    world.chain.warp(world.fees.bootstrapUntil())
    world.access.schedule(
        world.fees, world.fees.data("setFurtherClearance", other.address), 0, sender=world.admin
    )
    world.to_day(world.day + 3)
    world.fees.setFurtherClearance(other, sender=world.admin)
    assert cleared(town)
    world.to_day(world.day + 2)
    assert not cleared(town)
