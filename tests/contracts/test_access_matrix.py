"""Every guarded function against every role, on the whole suite, from `commonhold.roles`.

- a member of another role, a stranger, a resident and a former member: AccessManagedUnauthorized
- a member of the right role passes the guard: whatever refuses it then is the function itself
- the same call through the forwarder is refused, also for the right role
- a contract that the AccessManager closed refuses its own officers
"""

from functools import cache
from typing import Any

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak

from commonhold.roles import GUARDED, ROLE_ID, ROLES
from tests.evm import Reverted
from tests.suite import OFFSET, Suite

ROWS = [
    (contract, signature, role)
    for contract, rows in GUARDED.items()
    for signature, role in rows.items()
    if contract
    != "CommunityAccess"  # guards itself with an error of its own: CommunityAccess/test_dismiss.py
]
_ZERO = {"address": "0x" + "00" * 20, "bool": False, "string": "", "bytes": b""}


class Community:
    """The suite with one account per role."""

    def __init__(self) -> None:
        self.suite = Suite()
        suite, chain, admin = self.suite, self.suite.chain, self.suite.admin
        common = (suite.access, suite.forwarder)
        self.contracts: dict[str, Any] = {
            "CommunityToken": suite.token,
            "Reserve": chain.deploy("Reserve", *common, suite.token),
            "RedemptionDesk": chain.deploy("RedemptionDesk", *common, suite.token),
            "PartyRegistry": suite.parties,
            "PartyRecovery": chain.deploy("PartyRecovery", *common, suite.parties),
            "UnitRegistry": suite.units,
            "UnitTransfers": chain.deploy("UnitTransfers", *common, suite.parties, suite.units),
            "Attestations": chain.deploy("Attestations", *common, suite.parties),
            "CreditRegistry": suite.credit,
            "CreditReview": chain.deploy("CreditReview", *common, suite.parties, suite.credit),
            "CreditConsent": (consent := chain.deploy("CreditConsent", *common, suite.parties)),
            "CreditFormula": chain.deploy("CreditFormula", *common, suite.parties, suite.credit, consent),
            "LeaseAgreement": suite.leases,
            "LeaseChanges": suite.changes,
            "BillRuns": self._bills(),
        }
        tariffs = chain.deploy("TariffBook", *common, suite.parties, OFFSET)
        self.contracts["TariffBook"] = tariffs
        self.contracts["PropertyFee"] = chain.deploy(
            "PropertyFee", *common, suite.token, suite.parties, suite.units, tariffs,
            chain.deploy("CreditRecorder"), OFFSET,
        )  # fmt: skip
        self.resident = suite.person().wallet
        self.holders = {"ADMIN": admin}
        for role in ROLES[1:]:
            self.holders[role.name] = chain.user()
            suite.access.grantRole(role.id, self.holders[role.name], 0, sender=admin)
        for name, rows in GUARDED.items():
            contract = self.contracts.get(name, suite.access)
            for signature, granted in rows.items():
                if granted != "ADMIN":
                    selectors = [keccak(text=signature)[:4]]
                    suite.access.setTargetFunctionRole(contract, selectors, ROLE_ID[granted], sender=admin)

    def _bills(self) -> Any:
        suite, chain = self.suite, self.suite.chain
        chain.link("BillRuns")
        others = (chain.deploy("CategoriesDouble"), chain.deploy("BillOutcomes"))
        rooms = (suite.access, suite.forwarder, suite.token, suite.parties, suite.units)
        return chain.deploy("BillRuns", *rooms, *others, OFFSET)

    def answer(self, caller: str, contract: str, signature: str) -> Reverted | None:
        """What a call with all arguments zero answers; nothing of it stays."""
        chain = self.suite.chain
        mark = chain.evm.snapshot()
        try:
            chain.send(caller, self.contracts[contract].address, call_data(signature))
        except Reverted as error:
            return error
        finally:
            chain.evm.revert(mark)
        return None


@cache
def community() -> Community:
    return Community()


def _parts(inner: str) -> list[str]:
    """The types of a signature's parameters."""
    parts, depth, word = [], 0, ""
    for sign in inner:
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if sign == "," and depth == 0:
            parts.append(word)
            word = ""
        else:
            word += sign
    return [*parts, word] if word else parts


def _zero(kind: str) -> Any:
    if kind.endswith("[]"):
        return []
    if kind.endswith("]"):
        inner, _, length = kind[:-1].rpartition("[")
        return [_zero(inner)] * int(length)
    if kind.startswith("("):
        return tuple(_zero(part) for part in _parts(kind[1:-1]))
    if kind.startswith("bytes") and kind != "bytes":
        return bytes(int(kind[5:]))
    return _ZERO.get(kind, 0)


def call_data(signature: str) -> bytes:
    kinds = _parts(signature.partition("(")[2][:-1])
    return bytes(keccak(text=signature)[:4]) + encode(kinds, [_zero(kind) for kind in kinds])


def is_guard(error: Reverted | None) -> bool:
    return error is not None and error.name == "AccessManagedUnauthorized"


@pytest.mark.parametrize(("contract", "signature", "role"), ROWS)
def test_A1_every_other_role_is_refused(contract: str, signature: str, role: str) -> None:
    world = community()
    others = {name: wallet for name, wallet in world.holders.items() if name != role}
    others |= {"resident": world.resident, "stranger": world.suite.chain.user()}
    for name, caller in others.items():
        error = world.answer(caller, contract, signature)
        assert is_guard(error), (name, error)
        assert error is not None and error.values == (caller,)


@pytest.mark.parametrize(("contract", "signature", "role"), ROWS)
def test_the_right_role_passes_the_guard(contract: str, signature: str, role: str) -> None:
    world = community()
    assert not is_guard(world.answer(world.holders[role], contract, signature))


# The last administrator cannot leave: CommunityAccess/test_renounceRole.py.
@pytest.mark.parametrize(("contract", "signature", "role"), [row for row in ROWS if row[2] != "ADMIN"])
def test_A1_a_former_member_is_refused(contract: str, signature: str, role: str) -> None:
    world = community()
    chain, holder = world.suite.chain, world.holders[role]
    mark = chain.evm.snapshot()
    world.suite.access.revokeRole(ROLE_ID[role], holder, sender=world.suite.admin)
    assert is_guard(world.answer(holder, contract, signature))
    chain.evm.revert(mark)


@pytest.mark.parametrize(("contract", "signature", "role"), ROWS)
def test_A8_the_forwarder_carries_no_role(contract: str, signature: str, role: str) -> None:
    world = community()
    chain, holder = world.suite.chain, world.holders[role]
    data = call_data(signature) + bytes.fromhex(holder[2:])  # as the forwarder appends the author
    mark = chain.evm.snapshot()
    forwarder = world.suite.forwarder.address
    code = chain.evm.basic(forwarder).code
    chain.set_code(forwarder, b"")  # the EVM lets only accounts without code send
    with pytest.raises(Reverted) as caught:
        chain.send(forwarder, world.contracts[contract].address, data)
    chain.set_code(forwarder, code)
    chain.evm.revert(mark)
    assert caught.value.name.endswith("ForwardedCall"), caught.value
    assert caught.value.values == (holder,)


@pytest.mark.parametrize(("contract", "signature", "role"), ROWS)
def test_A4_a_closed_contract_refuses_its_own_officers(contract: str, signature: str, role: str) -> None:
    world = community()
    chain = world.suite.chain
    mark = chain.evm.snapshot()
    world.suite.access.setTargetClosed(world.contracts[contract], True, sender=world.suite.admin)
    assert is_guard(world.answer(world.holders[role], contract, signature))
    chain.evm.revert(mark)
