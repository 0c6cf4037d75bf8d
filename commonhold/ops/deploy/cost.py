"""What a deployment will cost, before anything is sent.

The gas is measured, not guessed: the whole plan runs on a development chain of its own, started for this and
ended afterwards, with the deployer's address and number. Where no such chain can be started, the node
estimates what it can, which leaves out the calls to contracts that are not there yet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from commonhold.chain.connect import Connection, RpcError
from commonhold.chain.contracts.access import CommunityAccess
from commonhold.chain.node import Node, NodeError
from commonhold.chain.receipts import Fees
from commonhold.chain.send import Order, Sender
from commonhold.chain.signing import DevAccount
from commonhold.ops.deploy.plan import Parameters, Plan
from commonhold.roles import ROLE_ID

_CREATION_GAS: Final = 8_000_000
_CALL_GAS: Final = 600_000
_COIN: Final = 10**24  # for the rehearsal alone [wei]
LEAVE: Final = "CommunityAccess.renounceRole"


@dataclass(frozen=True, slots=True)
class Item:
    """One transaction. gas: None where it could not be measured. address: of the contract that it creates."""

    label: str
    gas: int | None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Cost:
    """Fees in [wei/gas], balance in [wei]. rehearsed: every transaction was run, on a chain of its own."""

    items: tuple[Item, ...]
    rehearsed: bool
    base_fee: int
    tip: int
    cap: int
    balance: int

    @property
    def gas(self) -> int:
        """Of all that could be measured [gas]."""
        return sum(item.gas or 0 for item in self.items)

    @property
    def unmeasured(self) -> int:
        return sum(item.gas is None for item in self.items)

    @property
    def price(self) -> int:
        """Paid for one gas at this moment [wei/gas]."""
        return min(self.base_fee + self.tip, self.cap)

    @property
    def now(self) -> int:
        """[wei]"""
        return self.gas * self.price

    @property
    def most(self) -> int:
        """At the cap [wei]."""
        return self.gas * self.cap

    def as_json(self) -> dict[str, Any]:
        return {
            "transactions": [
                {"label": item.label, "gas": item.gas, "address": item.address} for item in self.items
            ],
            "rehearsed": self.rehearsed,
            "gas": str(self.gas),
            "unmeasured": self.unmeasured,
            "base_fee": str(self.base_fee),
            "tip": str(self.tip),
            "cap": str(self.cap),
            "cost_now": str(self.now),
            "cost_most": str(self.most),
            "balance": str(self.balance),
        }


def cost_of(connection: Connection, plan: Plan, parameters: Parameters, fees: Fees) -> Cost:
    """Measured now; nothing is sent to the chain of `connection`."""
    try:
        gas: Sequence[int | None] = _rehearse(plan, parameters)
        rehearsed = True
    except (NodeError, OSError):
        gas, rehearsed = _estimate(connection, plan), False
    labels = [(step.call.label, step.address) for step in plan.steps]
    if len(gas) > len(labels):
        labels.append((LEAVE, None))
    return Cost(
        items=tuple(Item(label, used, address) for (label, address), used in zip(labels, gas, strict=True)),
        rehearsed=rehearsed,
        base_fee=connection.block().base_fee,
        tip=fees.tip,
        cap=fees.cap,
        balance=connection.balance(plan.deployer),
    )


def _rehearse(plan: Plan, parameters: Parameters) -> list[int]:
    """The gas of every step, and of the deployer's leave where another is ADMIN.

    Raises NodeError, OSError.
    """
    with Node() as node:
        connection = Connection(node.rpc_url)
        admin = parameters.admin if parameters.admin not in (None, plan.deployer) else None
        for account in (plan.deployer, *([admin] if admin is not None else [])):
            connection.call("anvil_impersonateAccount", account)
            connection.call("anvil_setBalance", account, hex(_COIN))
        connection.call("anvil_setNonce", plan.deployer, hex(plan.first_nonce))
        deployer = DevAccount(plan.deployer)
        orders = [
            Order(deployer, step.call, _CREATION_GAS if step.creates else _CALL_GAS) for step in plan.steps
        ]
        sender = Sender(connection, deployer)
        receipts = [outcome.receipt for outcome in sender.send_many(orders)]
        if admin is not None:
            access = CommunityAccess(connection, plan.addresses["CommunityAccess"])
            Sender(connection, DevAccount(admin)).send(access.accept_admin())
            receipts.append(sender.send(access.renounce_role(ROLE_ID["ADMIN"], plan.deployer)))
        connection.close()
    return [receipt.gas_used for receipt in receipts if receipt is not None]


def _estimate(connection: Connection, plan: Plan) -> list[int | None]:
    """What the node estimates of contracts that need no other one; None for the rest."""
    creations = [step.call.request(plan.deployer) for step in plan.creations]
    answers = connection.batch([("eth_estimateGas", (request,)) for request in creations])
    found: list[int | None] = [
        None if isinstance(answer, RpcError) else int(answer, 16) for answer in answers
    ]
    return found + [None] * (len(plan.steps) - len(found))
