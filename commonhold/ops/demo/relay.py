"""Residents of the story act without the chain's coin: they sign, the manager's office submits (ERC-2771)."""

from collections.abc import Sequence
from typing import Final

from commonhold.chain.call import Call
from commonhold.chain.contracts.forwarder import ForwardRequest
from commonhold.chain.send import Order, Receipt, TransactionFailed
from commonhold.ops.demo.keys import Key, digest, separator
from commonhold.ops.demo.stage import Stage

_FORM: Final = (
    "ForwardRequest(address from,address to,uint256 value,uint256 gas,uint256 nonce,uint48 deadline,"
    "bytes data)"
)
_INNER_GAS: Final = 3_000_000
_OUTER_GAS: Final = 3_400_000


class Relay:
    """Submits what residents sign."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._domain = separator(stage.suite.forwarder.domain())
        self._nonces: dict[str, int] = {}

    def send(self, requests: Sequence[tuple[Key, Call]]) -> list[Receipt]:
        """All of them, in order. Raises what the contract refuses with, by its name."""
        if not requests:
            return []
        sender = self._stage.offices.manager
        orders = [Order(sender.signer, self._execute(key, call), _OUTER_GAS) for key, call in requests]
        try:
            outcomes = sender.send_many(orders)
        except TransactionFailed:
            # the forwarder hides why: ask the contract itself
            for key, call in requests:
                sender.simulate(call, key.address)
            raise
        return [outcome.receipt for outcome in outcomes if outcome.receipt is not None]

    def _execute(self, key: Key, call: Call) -> Call:
        nonce = self._nonces.get(key.address, 0)
        self._nonces[key.address] = nonce + 1
        until, to = self._stage.until, call.to or ""
        text = digest(self._domain, _FORM, key.address, to, 0, _INNER_GAS, nonce, until, call.data)
        request = ForwardRequest(key.address, to, 0, _INNER_GAS, until, call.data, key.sign(text))
        return self._stage.suite.forwarder.execute(request)
