"""What a deployment does, in order: a pure function of the parameters, the deployer and its first nonce.

All addresses follow from the deployer and its nonces (CREATE), so contracts that know each other by
immutables are simply told, and a deployment that was interrupted continues with the same addresses.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from eth_utils.crypto import keccak

from commonhold.chain.artifacts import Artifact, create_address, load
from commonhold.chain.call import Call
from commonhold.chain.connect import Connection
from commonhold.chain.contracts import Suite
from commonhold.errors import SettingsError
from commonhold.roles import ADMIN_DELAY, CONTRACT_ROLES, GUARDED, ROLE_ID, ROLES, TARGET_ADMIN_DELAY

# In order of deployment. LeaseAgreement, LeaseChanges and DepositEscrow know each other.
CONTRACTS: Final = (
    "CommunityAccess",
    "CommunityForwarder",
    "CommunityToken",
    "Reserve",
    "RedemptionDesk",
    "PartyRegistry",
    "PartyRecovery",
    "Attestations",
    "UnitRegistry",
    "UnitTransfers",
    "CreditRegistry",
    "CreditReview",
    "CreditConsent",
    "CreditFormula",
    "LeaseAgreement",
    "LeaseChanges",
    "DepositEscrow",
    "TariffBook",
    "PropertyFee",
    "BillRuns",
)
# May collect within residents' mandates.
COLLECTORS: Final = ("LeaseAgreement", "DepositEscrow", "PropertyFee", "BillRuns")
# May report to the credit history, and what: bits of IObligations.Kind, then defaults (8) and providers (16).
REPORTERS: Final = {
    "LeaseAgreement": 1,
    "LeaseChanges": 8,
    "DepositEscrow": 16,
    "PropertyFee": 2,
    "BillRuns": 2,
}
# Contracts that create money up to the supply cap, covered by what they hold, or destroy it.
ENTRY: Final = "Reserve"
EXIT: Final = "RedemptionDesk"
FAUCET: Final = "TestCoin"
_FAUCET_DECIMALS: Final = 6
_LONGEST_SYMBOL: Final = 11
# The roles of people; a contract holds each of the others.
OFFICES: Final = tuple(role.name for role in ROLES if role.name not in CONTRACT_ROLES and role.id != 0)
_LABELLED: Final = 7  # the constructor of CommunityAccess names the roles up to this id
# Which contract each address parameter of a constructor means.
_PARAMETERS: Final = {
    "authority": "CommunityAccess",
    "forwarder": "CommunityForwarder",
    "token": "CommunityToken",
    "parties": "PartyRegistry",
    "units": "UnitRegistry",
    "credit": "CreditRegistry",
    "consent": "CreditConsent",
    "leases": "LeaseAgreement",
    "changes": "LeaseChanges",
    "escrow": "DepositEscrow",
    "tariffs": "TariffBook",
}


@dataclass(frozen=True, slots=True)
class Parameters:
    """What a community decides before it is deployed.

    name: what wallets show when residents sign (at most 31 bytes); utc_offset: of its calendar [s]
    supply_cap, minters: [cmt]
    admin: who holds ADMIN afterwards, None = the deployer
    admin_delay: least notice of an ADMIN's acts after the first day [s]
    roles: office -> account -> execution delay [s]
    delays: whether grants and changes of contracts' rules wait as `commonhold.roles` says; without them they
    count at once, which is for development chains and test networks
    faucet_coin: symbol of a worthless coin to try things with, for test networks; empty = none
    """

    name: str = "Commonhold"
    money_name: str = "Community Money"
    money_symbol: str = "CMT"
    utc_offset: int = 8 * 3600
    supply_cap: int = 10**15
    admin: str | None = None
    admin_delay: int = ADMIN_DELAY
    roles: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    minters: Mapping[str, int] = field(default_factory=dict)
    delays: bool = True
    faucet_coin: str = ""

    def __post_init__(self) -> None:
        for what, text in (("name", self.name), ("money_name", self.money_name)):
            if not 0 < len(text.encode()) < 32:
                raise SettingsError(
                    f"{what} {text!r} has {len(text.encode())} bytes.",
                    "Between 1 and 31 bytes fit (about 10 Chinese characters).",
                )
        symbol = self.faucet_coin
        if symbol and not (len(symbol) <= _LONGEST_SYMBOL and symbol.isascii() and symbol.isalnum()):
            raise SettingsError(
                f"faucet_coin is {symbol!r}.",
                f"Write a symbol of at most {_LONGEST_SYMBOL} letters and digits.",
            )
        unknown = [role for role in self.roles if role not in OFFICES]
        if unknown:
            raise SettingsError(f"{', '.join(unknown)}: no such office.", f"There are {', '.join(OFFICES)}.")

    def grant_delay(self, role: str) -> int:
        """How long a grant of the role waits [s]."""
        return next(found.grant_delay for found in ROLES if found.name == role) if self.delays else 0

    @property
    def target_admin_delay(self) -> int:
        """How long a change of a contract's rules waits [s]."""
        return TARGET_ADMIN_DELAY if self.delays else 0


@dataclass(frozen=True, slots=True)
class Step:
    """One transaction of the deployment; `creates` names the contract that it puts at `address`."""

    call: Call
    creates: str | None = None
    address: str | None = None
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """Step i is sent with nonce `first_nonce` + i. fingerprint: of everything that decides the steps."""

    deployer: str
    first_nonce: int
    steps: tuple[Step, ...]
    addresses: dict[str, str]
    fingerprint: str

    @property
    def creations(self) -> list[Step]:
        return [step for step in self.steps if step.creates is not None]


def make_plan(connection: Connection, parameters: Parameters, deployer: str, first_nonce: int) -> Plan:
    """All steps but the new ADMIN's acceptance and the deployer's leave."""
    names = [*libraries_of(CONTRACTS), *CONTRACTS, *([FAUCET] if parameters.faucet_coin else [])]
    addresses = {name: create_address(deployer, first_nonce + index) for index, name in enumerate(names)}
    steps = [_creation(name, parameters, deployer, addresses) for name in names]
    steps += [Step(call) for call in _wiring(Suite(connection, addresses), parameters, deployer)]
    digest = keccak(b"".join(keccak(step.call.data) for step in steps))
    return Plan(deployer, first_nonce, tuple(steps), addresses, "0x" + digest.hex())


def libraries_of(contracts: Sequence[str]) -> list[str]:
    """The libraries they are linked to, each before those that use it."""
    found: dict[str, None] = {}
    for name in contracts:
        wanted = list(load(name).libraries)
        found.update(dict.fromkeys([*libraries_of(wanted), *wanted]))
    return list(found)


def guarded_selectors() -> dict[tuple[str, str], list[bytes]]:
    """(contract, role) -> selectors of its functions; ADMIN's need no rule of their own."""
    found: dict[tuple[str, str], list[bytes]] = {}
    for contract, functions in GUARDED.items():
        for signature, role in functions.items():
            if role != "ADMIN":
                found.setdefault((contract, role), []).append(load(contract).function(signature).selector)
    return found


def _creation(name: str, parameters: Parameters, deployer: str, addresses: Mapping[str, str]) -> Step:
    artifact = load(name)
    arguments = {
        parameter: _argument(artifact, parameter.strip("_"), parameters, deployer, addresses)
        for parameter in artifact.constructor_inputs.names
    }
    call = Call(None, artifact.creation_code(list(arguments.values()), addresses), name, "constructor")
    return Step(call, creates=name, address=addresses[name], arguments=arguments)


def _argument(
    artifact: Artifact, parameter: str, parameters: Parameters, deployer: str, addresses: Mapping[str, str]
) -> Any:
    if parameter in _PARAMETERS:
        return addresses[_PARAMETERS[parameter]]
    plain: dict[str, Any] = {
        "initialAdmin": deployer,
        "adminDelay": parameters.admin_delay,
        "utcOffset": parameters.utc_offset,
        "supplyCap": parameters.supply_cap,
        "symbol": parameters.money_symbol,
        "name": parameters.money_name if artifact.name == "CommunityToken" else parameters.name,
    }
    if artifact.name == FAUCET:
        symbol = parameters.faucet_coin
        plain = {"name": f"{symbol} for tests", "symbol": symbol, "decimals": _FAUCET_DECIMALS}
    if parameter not in plain:
        raise SettingsError(
            f"{artifact.name} wants a constructor argument {parameter} that this version does not know.",
            "Artifacts and package are of different versions: install one of them again.",
        )
    return plain[parameter]


def _wiring(suite: Suite, parameters: Parameters, deployer: str) -> list[Call]:
    """Everything after the contracts lie there. Grants come before the delays that later grants wait for."""
    access, token = suite.access, suite.token
    address = {contract.NAME: contract.address for contract in suite.contracts}
    calls = [access.label_role(role.id, role.name) for role in ROLES if role.id > _LABELLED]
    calls += [
        access.set_target_function_role(address[contract], selectors, ROLE_ID[role])
        for (contract, role), selectors in guarded_selectors().items()
    ]
    calls += [token.register_collector(address[name]) for name in COLLECTORS]
    calls += [token.mark_suite(address[name]) for name in marked_contracts()]
    calls += [
        token.set_minter(account, amount) for account, amount in minters_of(parameters, address).items()
    ]
    calls.append(suite.units.register_lease_contract(suite.leases.address))
    calls += [suite.credit.register_reporter(address[name], kinds) for name, kinds in REPORTERS.items()]
    calls.append(suite.transfers.set_clearance(suite.fees.address))
    calls.append(suite.fees.set_further_clearance(suite.bills.address))
    calls += [access.grant_role(ROLE_ID[role], address[name]) for role, name in CONTRACT_ROLES.items()]
    calls += [
        access.grant_role(ROLE_ID[role], account, delay)
        for role, holders in parameters.roles.items()
        for account, delay in holders.items()
    ]
    if parameters.admin is not None and parameters.admin != deployer:
        calls.append(access.grant_role(ROLE_ID["ADMIN"], parameters.admin, parameters.admin_delay))
    if parameters.delays:
        calls += [
            access.set_target_admin_delay(address[name], parameters.target_admin_delay) for name in CONTRACTS
        ]
        calls += [
            access.set_grant_delay(role.id, role.grant_delay) for role in ROLES[::-1] if role.grant_delay > 0
        ]
    return calls


def minters_of(parameters: Parameters, address: Mapping[str, str]) -> dict[str, int]:
    """Account -> how much it may create [cmt]; 0 lets it only destroy."""
    return {address[ENTRY]: parameters.supply_cap, address[EXIT]: 0} | dict(parameters.minters)


def marked_contracts() -> list[str]:
    """Contracts that the token must know as the suite's own; it knows itself and its collectors."""
    return [name for name in CONTRACTS if name not in (*COLLECTORS, "CommunityToken")]
