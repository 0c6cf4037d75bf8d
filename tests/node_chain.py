"""The same interface as tests.evm.Chain, on a real node: for exact gas, on Anvil and Ganache alike.

Anvil sends from any address without a signature; Ganache is told each address first. Gas costs nothing.
"""

import time
from typing import Any

from eth_utils.crypto import keccak

from commonhold.chain.artifacts import create_address
from commonhold.chain.connect import Connection, RpcError
from commonhold.chain.node import Node
from tests.evm import Chain, Contract, Reverted

_GAS = 30_000_000
FREE = {
    "anvil": ("--auto-impersonate", "--gas-price", "0", "--base-fee", "0"),
    "ganache": ("--miner.defaultGasPrice", "0x0", "--chain.hardfork", "shanghai"),
}


class _Log:
    """A log as the in-process EVM gives it."""

    def __init__(self, raw: dict[str, Any]) -> None:
        self.address, self.topics = raw["address"], raw["topics"]
        self.data = ((), bytes.fromhex(raw["data"][2:]))


class NodeChain(Chain):
    """A chain on a node that is already running, begun with the options FREE."""

    def __init__(self, node: Node, timestamp: int) -> None:
        self.node, self.connection = node, Connection(node.rpc_url)
        self._users, self.timestamp, self.receipt = 0, 0, {}
        self._libraries, self._functions, self._errors, self._events = {}, {}, {}, {}
        self._told: set[str] = set()
        self._next = timestamp

    def warp(self, timestamp: int) -> None:
        """The next block's time. [unix]"""
        self._next = timestamp

    def _tell(self, address: str) -> None:
        if self.node.kind == "ganache" and address not in self._told:
            self.connection.call("evm_addAccount", address, "")
            self.connection.call("personal_unlockAccount", address, "", 0)
            self._told.add(address)

    def _transact(self, sender: str, to: str | None, data: bytes, gas: int | None) -> bytes:
        self._tell(sender)
        call: dict[str, Any] = {"from": sender, "data": "0x" + data.hex(), "gas": hex(gas or _GAS)}
        call["gasPrice"] = "0x0"
        if to is not None:
            call["to"] = to
        if self._next != self.timestamp:
            # the pending block must have the time already when the call is tried
            self.connection.call("evm_mine", self._next)
            self.timestamp = self._next
        answer = self._look(call)
        self._hold()
        hash_ = self.connection.call("eth_sendTransaction", call)
        while (receipt := self.connection.call("eth_getTransactionReceipt", hash_)) is None:
            time.sleep(0.005)
        self.receipt = receipt
        if int(self.receipt["status"], 16) != 1:
            raise Reverted("unknown", (), b"")
        return answer

    def _hold(self) -> None:
        if self.node.kind == "anvil":
            self.connection.call("evm_setNextBlockTimestamp", self.timestamp + 1)
            self.timestamp = self._next = self.timestamp + 1

    def _look(self, call: dict[str, Any]) -> bytes:
        try:
            return bytes.fromhex(self.connection.call("eth_call", call, "latest")[2:])
        except RpcError as error:
            raise self._reverted(error.revert_data or b"") from None

    def send(self, sender: str, to: str, data: bytes, *, gas: int | None = None, view: bool = False) -> bytes:
        if view:
            return self._look({"from": sender, "to": to, "data": "0x" + data.hex(), "gas": hex(_GAS)})
        return self._transact(sender, to, data, gas)

    def deploy(self, name: str, *arguments: Any, sender: Any = None) -> Contract:
        creator = str(sender or self.user())
        nonce = self.connection.nonce(creator)
        self._transact(creator, None, self.creation(name, *arguments), None)
        return Contract(self, name, create_address(creator, nonce))

    def user(self) -> str:
        self._users += 1
        return "0x" + keccak(text=f"user {self._users}")[12:].hex()

    @property
    def gas_used(self) -> int:
        return int(self.receipt["gasUsed"], 16)

    @property
    def _logs(self) -> list[Any]:
        return [_Log(raw) for raw in self.receipt["logs"]]
