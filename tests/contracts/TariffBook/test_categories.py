"""proposeCategory, approveCategory, proposePayee, approvePayee.

propose ── bounds of every field · unknown parties · a name that is taken · a replaced proposal · who
approve ── what was proposed, by another person · anything else · twice · the AccessManager
payee ── changed by two persons; nothing else of a category ever changes
"""

from typing import Any

import pytest
from eth_utils.crypto import keccak

from commonhold.rules.tariff import Category, CategoryKind, PayeeMode
from tests.evm import reverts
from tests.fee_world import FeeWorld, as_terms

NAME = keccak(text="Property fee")
FIELDS = (
    ("kind", 0, 1, {"kind": CategoryKind.NONE}),
    ("dueDayOfMonth", 29, 28, {"due_day": 29}),
    ("dueDayOfMonth", 0, 1, {"due_day": 0}),
    ("dueMonth", 2, 1, {"due_month": 2}),
    ("graceDays", 61, 60, {"grace_days": 61}),
    ("lateFeeRate", 101, 100, {"late_fee_rate": 101}),
    ("lateFeeMaxDays", 401, 400, {"late_fee_max_days": 401}),
    ("promptBps", 2_001, 2_000, {"prompt_bps": 2_001}),
    ("vacancyBps", 9_001, 9_000, {"vacancy_bps": 9_001}),
    ("promptBps", 1, 0, {"kind": CategoryKind.POSTED, "prompt_bps": 1}),
    ("vacancyBps", 1, 0, {"kind": CategoryKind.POSTED, "vacancy_bps": 1}),
    ("managerBps", 1, 0, {"manager_bps": 1}),
)


def rules(payee: int, **changes: Any) -> Category:
    values: dict[str, Any] = {"kind": CategoryKind.AREA, "payee": payee}
    return Category(**{**values, **changes})


def propose(world: FeeWorld, found: Category, name: bytes = NAME) -> int:
    return int(world.tariffs.proposeCategory(*as_terms(found), name, sender=world.maker))


def field(name: str) -> bytes:
    return name.encode().ljust(32, b"\0")


@pytest.mark.parametrize(("name", "value", "bound", "changes"), FIELDS)
def test_a_field_out_of_bounds_is_named(world: FeeWorld, name: str, value: int, bound: int, changes: Any):
    payee = world.person()
    with reverts("TariffCategoryInvalid", field(name), value, bound):
        propose(world, rules(payee.party, **changes))


def test_the_same_bounds_hold_in_the_twin():
    from commonhold.rules.tariff import problem_of

    for name, value, bound, changes in FIELDS:
        assert problem_of(rules(7, **changes)) == (name, value, bound)
    assert problem_of(rules(7)) is None


def test_the_largest_values_are_taken(world: FeeWorld):
    payee, manager = world.person(), world.person()
    most = rules(
        payee.party, mode=PayeeMode.COMMISSION, manager=manager.party, manager_bps=3_000, due_day=28,
        due_month=1, grace_days=60, late_fee_rate=100, late_fee_max_days=400, prompt_bps=2_000,
        vacancy_bps=9_000,
    )  # fmt: skip
    number = propose(world, most)
    world.tariffs.approveCategory(number, *as_terms(most), sender=world.checker)
    assert world.tariffs.categoryOf(number) == as_terms(most)[0]
    assert world.tariffs.reductionsOf(number) == (2_000, 9_000)
    (event,) = world.events("CategoryApproved")
    assert (event["terms"], event["nameHash"]) == (as_terms(most)[0], NAME)


def test_parties_must_exist_and_differ(world: FeeWorld):
    payee = world.person()
    with reverts("TariffPartyUnknown", 99):
        propose(world, rules(99))
    commission = {"mode": PayeeMode.COMMISSION, "manager_bps": 100}
    with reverts("TariffPartyUnknown", 99):
        propose(world, rules(payee.party, manager=99, **commission))
    with reverts("TariffCategoryInvalid", field("manager"), payee.party, payee.party):
        propose(world, rules(payee.party, manager=payee.party, **commission))
    with reverts("TariffCategoryInvalid", field("manager"), payee.party, 0):
        propose(world, rules(payee.party, manager=payee.party))
    with reverts("TariffCategoryInvalid", field("managerBps"), 3_001, 3_000):
        propose(
            world,
            rules(payee.party, manager=world.person().party, mode=PayeeMode.COMMISSION, manager_bps=3_001),
        )


def test_nothing_is_in_force_before_the_second_person(world: FeeWorld):
    found = rules(world.person().party)
    number = propose(world, found)
    assert world.tariffs.categoryNamed(NAME) == number == world.tariffs.categoryCount()
    assert world.tariffs.categoryOf(number)[0] == CategoryKind.NONE
    world.access.grantRole(6, world.maker, 0, sender=world.admin)
    with reverts("TariffSecondPersonMissing", world.maker):
        world.tariffs.approveCategory(number, *as_terms(found), sender=world.maker)
    with reverts("TariffProposalChanged", number):
        world.tariffs.approveCategory(number, *as_terms(rules(1, due_day=9)), sender=world.checker)
    world.tariffs.approveCategory(number, *as_terms(found), sender=world.checker)
    with reverts("TariffProposalChanged", number):
        world.tariffs.approveCategory(number, *as_terms(found), sender=world.checker)


def test_a_name_is_used_once_and_an_open_proposal_is_replaced(world: FeeWorld):
    payee = world.person().party
    number = propose(world, rules(payee))
    assert propose(world, rules(payee, due_day=9)) == number
    world.tariffs.approveCategory(number, *as_terms(rules(payee, due_day=9)), sender=world.checker)
    with reverts("TariffNameTaken", NAME, number):
        propose(world, rules(payee))
    with reverts("TariffCategoryInvalid", field("nameHash"), 0, 1):
        propose(world, rules(payee), bytes(32))
    assert propose(world, rules(payee), keccak(text="another")) == number + 1


def test_the_payee_changes_by_two_persons_and_nothing_else_does(world: FeeWorld):
    first, second, manager = world.person(), world.person(), world.person()
    number = world.add_category(rules(first.party, due_day=9))
    new = (second.party, int(PayeeMode.COMMISSION), manager.party, 500)
    with reverts("TariffCategoryUnknown", number + 1):
        world.tariffs.proposePayee(number + 1, *new, sender=world.maker)
    world.tariffs.proposePayee(number, *new, sender=world.maker)
    with reverts("TariffProposalChanged", number):
        world.tariffs.approvePayee(number, first.party, *new[1:], sender=world.checker)
    world.tariffs.approvePayee(number, *new, sender=world.checker)
    kind, payee, mode, who, bps, due_day = world.tariffs.categoryOf(number)[:6]
    assert (payee, mode, who, bps) == new
    assert (kind, due_day) == (CategoryKind.AREA, 9)


def test_A1_the_access_manager_cannot_lend_an_officer_a_second_face(world: FeeWorld):
    found = rules(world.person().party)
    number = propose(world, found)
    world.access.grantRole(6, str(world.access), 0, sender=world.admin)
    world.access.grantRole(6, world.maker, 0, sender=world.admin)
    data = world.tariffs.data("approveCategory", number, *as_terms(found))
    with reverts("TariffCallerIsAuthority", world.access):
        world.access.execute(world.tariffs, data, sender=world.maker)
