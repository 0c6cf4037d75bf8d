"""After a deployment: every constant, immutable, role, delay and mark, read back and compared."""

from collections.abc import Iterator
from typing import Any

from commonhold.chain.artifacts import Artifact, load
from commonhold.chain.connect import Connection
from commonhold.chain.contracts import Suite
from commonhold.errors import ChainError
from commonhold.ops.deploy.plan import (
    COLLECTORS,
    CONTRACTS,
    REPORTERS,
    Parameters,
    Plan,
    guarded_selectors,
    marked_contracts,
    minters_of,
)
from commonhold.roles import CONTRACT_ROLES, ROLE_ID, ROLES


class DeploymentWrong(ChainError):
    """What stands on the chain is not what was to be deployed. differences: one line each."""

    def __init__(self, differences: list[str]) -> None:
        super().__init__(
            "The deployment is not what it should be:\n" + "\n".join(f"  {line}" for line in differences),
            "Do not use it. Deploy again with --fresh.",
        )
        self.differences = differences


def check(
    connection: Connection, plan: Plan, parameters: Parameters, *, begin: int, pending: bool = False
) -> None:
    """Raises DeploymentWrong with every difference. begin: the block of the first contract; pending: the new
    ADMIN has not taken over yet."""
    suite = Suite(connection, plan.addresses, begin)
    differences = [
        *_code(connection, plan),
        *_arguments(suite, plan),
        *_functions(suite),
        *_members(suite, plan, parameters, pending),
        *_delays(suite, parameters),
        *_marks(suite, parameters),
    ]
    if differences:
        raise DeploymentWrong(differences)


def _code(connection: Connection, plan: Plan) -> Iterator[str]:
    names = list(plan.addresses)
    for name, code in zip(names, connection.codes(list(plan.addresses.values())), strict=True):
        if not load(name).is_code(code, plan.addresses):
            yield f"{name} at {plan.addresses[name]} has other code than its artifact"


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def _getter(artifact: Artifact, parameter: str) -> str | None:
    """The view that answers a constructor parameter: `supplyCap` or `TOKEN` or `trustedForwarder`."""
    wanted = {_plain(parameter), _plain("trusted" + parameter)}
    for function in artifact.functions.values():
        if function.view and not function.inputs.types and _plain(function.name) in wanted:
            return function.signature
    return None


def _word(value: Any) -> bytes:
    if isinstance(value, str) and value.startswith("0x"):
        return bytes.fromhex(value[2:]).rjust(32, b"\0")
    return int(value).to_bytes(32, "big", signed=int(value) < 0)


def _arguments(suite: Suite, plan: Plan) -> Iterator[str]:
    """Every constructor argument is found again: by its getter, else among the immutables."""
    by_name = {contract.NAME: contract for contract in suite.contracts}
    for step in plan.creations:
        contract = by_name.get(step.creates or "")
        if contract is None:
            continue  # a library takes no arguments
        words = contract.artifact.immutables(suite.connection.code(contract.address))
        for parameter, value in step.arguments.items():
            getter = _getter(contract.artifact, parameter)
            if getter is not None:
                found = contract.read(getter)
                if found != value:
                    yield f"{contract.NAME}.{getter} answers {found}, not {value}"
            elif parameter.strip("_") not in ("initialAdmin", "name", "symbol") and _word(value) not in words:
                yield f"{contract.NAME} was not constructed with {parameter} = {value}"


def _functions(suite: Suite) -> Iterator[str]:
    """Each guarded function needs its role, every other one ADMIN (which open functions never ask for)."""
    expected = {
        (contract, selector): ROLE_ID[role]
        for (contract, role), selectors in guarded_selectors().items()
        for selector in selectors
    }
    asked = [
        (contract, function)
        for contract in suite.contracts
        for function in contract.artifact.functions.values()
        if not function.view
    ]
    answers = suite.access.read_many(
        ("getTargetFunctionRole", (contract.address, function.selector)) for contract, function in asked
    )
    for (contract, function), found in zip(asked, answers, strict=True):
        wanted = expected.get((contract.NAME, function.selector), 0)
        if found != wanted:
            yield f"{contract.NAME}.{function.signature} needs role {found}, not {wanted}"


def _members(suite: Suite, plan: Plan, parameters: Parameters, pending: bool) -> Iterator[str]:
    """By the event log and by `hasRole`: exactly the accounts of the parameters, with their delays."""
    wanted: dict[tuple[int, str], int] = {
        (ROLE_ID[role], account): delay
        for role, holders in parameters.roles.items()
        for account, delay in holders.items()
    }
    wanted |= {(ROLE_ID[role], plan.addresses[name]): 0 for role, name in CONTRACT_ROLES.items()}
    admin = parameters.admin or plan.deployer
    wanted[(0, admin)] = 0 if admin == plan.deployer else parameters.admin_delay
    if pending:
        wanted[(0, plan.deployer)] = 0
    logged: set[tuple[int, str]] = set()
    for event in suite.access.events("RoleGranted", "RoleRevoked"):
        member = (int(event["roleId"]), str(event["account"]))
        if event.name == "RoleGranted":
            logged.add(member)
        else:
            logged.discard(member)
    for role, account in sorted(logged - set(wanted)):
        yield f"{account} has role {role} and should not"
    answers = suite.access.read_many([("hasRole", member) for member in wanted])
    for (role, account), (member, delay) in zip(wanted, answers, strict=True):
        if not member:
            yield f"{account} has not got role {role}"
        elif delay != wanted[(role, account)]:
            yield f"{account} acts in role {role} after {delay} s, not {wanted[(role, account)]} s"


def _delays(suite: Suite, parameters: Parameters) -> Iterator[str]:
    grants = suite.access.read_many([("getRoleGrantDelay", (role.id,)) for role in ROLES])
    for role, found in zip(ROLES, grants, strict=True):
        if found != parameters.grant_delay(role.name):
            yield f"a grant of {role.name} waits {found} s, not {parameters.grant_delay(role.name)} s"
    address = {contract.NAME: contract.address for contract in suite.contracts}
    targets = suite.access.read_many([("getTargetAdminDelay", (address[name],)) for name in CONTRACTS])
    for name, found in zip(CONTRACTS, targets, strict=True):
        if found != parameters.target_admin_delay:
            yield f"a change of {name}'s rules waits {found} s, not {parameters.target_admin_delay} s"


def _marks(suite: Suite, parameters: Parameters) -> Iterator[str]:
    address = {contract.NAME: contract.address for contract in suite.contracts}
    token = suite.token
    for name, bit in zip(
        COLLECTORS, token.read_many([("collectorBit", (address[name],)) for name in COLLECTORS]), strict=True
    ):
        if bit == 0:
            yield f"{name} may not collect"
    marked = [*marked_contracts(), *COLLECTORS, "CommunityToken"]
    for name, status in zip(
        marked, token.read_many([("statusOf", (address[name],)) for name in marked]), strict=True
    ):
        if not status[0]:
            yield f"the token does not know {name} as one of the suite's"
    minters = minters_of(parameters, address)
    for account, (minter, allowance) in zip(
        minters, token.read_many([("minterAllowance", (account,)) for account in minters]), strict=True
    ):
        if not minter or allowance != minters[account]:
            yield f"{account} may mint {allowance} [cmt], not {minters[account]}"
    if suite.units.lease_contract_of(suite.leases.address)[0] == 0:
        yield "UnitRegistry does not know LeaseAgreement"
    for name, kinds in REPORTERS.items():
        found = suite.credit.reporter_of(address[name])
        if found.number == 0 or found.kinds != kinds or found.retired:
            yield f"CreditRegistry lets {name} report kinds {found.kinds}, not {kinds}"
    if suite.transfers.clearance() != suite.fees.address:
        yield f"UnitTransfers asks {suite.transfers.clearance()} for clearance, not PropertyFee"
    if suite.fees.further_clearance() != suite.bills.address:
        yield f"PropertyFee asks {suite.fees.further_clearance()} for clearance, not BillRuns"
