"""What every wrapper shares: encode a call, read a view, decode events. Only wrappers know ABIs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from commonhold.chain import errors_decode
from commonhold.chain.artifacts import Artifact, load
from commonhold.chain.call import Call
from commonhold.chain.connect import Connection, RpcError
from commonhold.chain.receipts import CallRefused, Receipt

NOBODY = "0x" + "00" * 20


@dataclass(frozen=True, slots=True)
class Event:
    """A decoded log. values by name; `time` is not in a log: ask the block."""

    contract: str
    name: str
    values: Mapping[str, Any]
    block: int
    index: int
    transaction: str

    def __getitem__(self, name: str) -> Any:
        return self.values[name]


class Contract:
    """A deployed contract of the suite. Methods that change something return a `Call` for the sender.

    begin: a block that none of its logs is older than; 0 where that is not known.
    """

    NAME: ClassVar[str]

    def __init__(self, connection: Connection, address: str, begin: int = 0) -> None:
        self.connection = connection
        self.address = address
        self.begin = begin

    def __repr__(self) -> str:
        return f"{self.NAME}({self.address})"

    @cached_property
    def artifact(self) -> Artifact:
        return load(self.NAME)

    # ---- write

    def call(self, function: str, *arguments: Any) -> Call:
        """An unsigned call by function name (or signature, where a name has several)."""
        codec = self.artifact.function(function)
        return Call(self.address, codec.encode(arguments), self.NAME, codec.name)

    # ---- read

    def read(self, function: str, *arguments: Any, block: int | str = "latest", sender: str = NOBODY) -> Any:
        """The decoded answer. Raises CallRefused where the contract refuses to answer."""
        return self.read_many([(function, arguments)], block=block, sender=sender)[0]

    def read_many(
        self,
        questions: Iterable[tuple[str, Sequence[Any]]],
        *,
        block: int | str = "latest",
        sender: str = NOBODY,
    ) -> list[Any]:
        """Decoded answers in order, asked in arrays. Raises CallRefused at the first refusal."""
        calls = [self.call(function, *arguments) for function, arguments in questions]
        place = block if isinstance(block, str) else hex(block)
        answers = self.connection.batch([("eth_call", (call.request(sender), place)) for call in calls])
        return [self._answer(call, answer) for call, answer in zip(calls, answers, strict=True)]

    def read_at(self, function: str, arguments: Sequence[Any], blocks: Sequence[int]) -> list[Any]:
        """One question in the state of several blocks; RpcError where the node keeps no such history."""
        call = self.call(function, *arguments)
        questions = [("eth_call", (call.request(NOBODY), hex(block))) for block in blocks]
        return [self._answer(call, answer) for answer in self.connection.batch(questions)]

    def _answer(self, call: Call, answer: Any) -> Any:
        if isinstance(answer, RpcError):
            if answer.revert_data is None:
                raise answer
            raise CallRefused(call, errors_decode.decode(answer.revert_data))
        function = next(found for found in self._functions(call.function) if call.data[:4] == found.selector)
        return function.decode(bytes.fromhex(answer[2:]))

    def _functions(self, name: str) -> list[Any]:
        return [found for found in self.artifact.functions.values() if found.name == name]

    def domain(self) -> dict[str, Any]:
        """Its EIP-712 domain, as typed data names it (for contracts that take signatures)."""
        _, name, version, chain_id, contract, _, _ = self.read("eip712Domain")
        return {"name": name, "version": version, "chainId": chain_id, "verifyingContract": contract}

    # ---- events

    def decode(self, log: Mapping[str, Any]) -> Event | None:
        """The event of a log, None if it is not of this contract."""
        if str(log["address"]).lower() != self.address.lower() or not log["topics"]:
            return None
        codec = self.artifact.events.get(str(log["topics"][0]))
        if codec is None:
            return None
        return Event(
            contract=self.NAME,
            name=codec.name,
            values=codec.decode(log["topics"], log["data"]),
            block=int(log["blockNumber"], 16),
            index=int(log["logIndex"], 16),
            transaction=str(log["transactionHash"]),
        )

    def events_in(self, receipt: Receipt, name: str | None = None) -> list[Event]:
        """This contract's events in a receipt, in order."""
        found = (self.decode(log) for log in receipt.logs)
        return [event for event in found if event is not None and name in (None, event.name)]

    def events(
        self,
        *names: str,
        first: int | None = None,
        last: int | str = "latest",
        topics: Sequence[int | None] = (),
    ) -> list[Event]:
        """Events of the names (none given: all) between two blocks, or since there is the contract; topics
        filter indexed values."""
        wanted: list[Any] = [[self.artifact.topic(name) for name in names] or None]
        wanted += [None if value is None else f"0x{value:064x}" for value in topics]
        end = self.connection.block(last).number if isinstance(last, str) else last
        found = (self.decode(log) for log in self._logs(self.begin if first is None else first, end, wanted))
        return [event for event in found if event is not None]

    def _logs(self, first: int, last: int, topics: Sequence[Any]) -> list[Mapping[str, Any]]:
        """Logs between two blocks, in halves where the node refuses so many blocks or logs at once."""
        place = {"address": self.address, "fromBlock": hex(first), "toBlock": hex(last), "topics": topics}
        try:
            logs: list[Mapping[str, Any]] = self.connection.call("eth_getLogs", place)
            return logs
        except RpcError:
            if first >= last:
                raise
        middle = (first + last) // 2
        return [*self._logs(first, middle, topics), *self._logs(middle + 1, last, topics)]
