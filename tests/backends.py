"""The two chains that contract tests run on: the EVM inside this process, and the node that brownie started.

Every call is `contract.function(*arguments)` for a look and `contract.function(*arguments, sender=wallet)`
for a transaction, structs as tuples.
"""

import contextlib
from typing import Any, Protocol

import rlp
from eth_abi.abi import encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from commonhold.chain.signing import dev_account


class Backend(Protocol):
    """What the tests need of a chain."""

    chain_id: int

    def deploy_library(self, name: str) -> None: ...
    def deploy(self, name: str, *arguments: Any) -> Any: ...
    def selector(self, contract: Any, function: str) -> bytes: ...
    def at(self, name: str, address: str) -> Any: ...
    def next_addresses(self, count: int) -> list[str]: ...
    def time(self) -> int: ...
    def warp(self, timestamp: int) -> None: ...
    def next_block_at(self, timestamp: int) -> None: ...
    def events(self, name: str) -> list[dict[str, Any]]: ...
    def reverts(self, name: str, *values: Any) -> contextlib.AbstractContextManager[None]: ...
    def snapshot(self) -> Any: ...
    def restore(self, mark: Any) -> None: ...


class InProcess:
    """The EVM of tests/evm.py."""

    def __init__(self) -> None:
        from tests.evm import Chain

        class Recorder(Chain):
            """Keeps a transaction's events over the looks that follow it."""

            found: list[dict[str, Any]] = []  # noqa: RUF012

            def send(self, *arguments: Any, view: bool = False, **options: Any) -> bytes:
                answer = super().send(*arguments, view=view, **options)
                if not view:
                    self.found = self.events()
                return answer

        self.chain = Recorder()
        self.chain_id = 31337
        self.deployer = dev_account(0).address
        self.libraries: dict[str, str] = {}
        self.marks: list[Any] = []

    def deploy_library(self, name: str) -> None:
        self.libraries[name] = self.deploy(name).address

    def selector(self, contract: Any, function: str) -> bytes:
        return bytes(contract._functions[function][0])

    def deploy(self, name: str, *arguments: Any) -> Any:
        from tests.evm import Contract, artifact

        found = artifact(name)
        self.chain.functions(name)
        code = found["bytecode"][2:]
        for source in found["linkReferences"].values():
            for library, places in source.items():
                address = self.libraries[library]
                for place in places:
                    start = place["start"] * 2
                    code = code[:start] + address[2:].lower() + code[start + 40 :]
        plain = [value.address if isinstance(value, Contract) else value for value in arguments]
        kinds = next((e["inputs"] for e in found["abi"] if e["type"] == "constructor"), [])
        data = bytes.fromhex(code) + encode([kind["type"] for kind in kinds], plain)
        with self.chain._failures():
            address = self.chain.evm.deploy(self.deployer, data)
        return self.chain.at(name, address)

    def at(self, name: str, address: str) -> Any:
        return self.chain.at(name, address)

    def next_addresses(self, count: int) -> list[str]:
        nonce = self.chain.evm.basic(self.deployer).nonce
        return [created(self.deployer, nonce + i) for i in range(count)]

    def time(self) -> int:
        return self.chain.timestamp

    def warp(self, timestamp: int) -> None:
        self.chain.warp(timestamp)

    next_block_at = warp

    def events(self, name: str) -> list[dict[str, Any]]:
        return [event for event in self.chain.found if event["event"] == name]

    def reverts(self, name: str, *values: Any) -> contextlib.AbstractContextManager[None]:
        from tests.evm import reverts

        return reverts(name, *values)

    def snapshot(self) -> Any:
        self.marks.append(self.chain.evm.snapshot())
        return len(self.marks), self.chain.timestamp

    def restore(self, mark: Any) -> None:
        """Back to a mark, by way of all that were set after it: each left open would stay a call deep."""
        place, timestamp = mark
        while len(self.marks) >= place:
            self.chain.evm.revert(self.marks.pop())
        self.chain.warp(timestamp)


def _plain(value: Any) -> Any:
    """A value of brownie's as Python's own."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, bytes):
        return bytes(bytearray(value))
    if isinstance(value, int):
        return int(value)
    if isinstance(value, list | tuple):
        return tuple(_plain(part) for part in value)
    return str(value)


class _BrownieContract:
    """A brownie contract with the calling convention of these tests."""

    def __init__(self, backend: "InBrownie", inner: Any) -> None:
        self._backend, self._inner, self.address = backend, inner, inner.address

    def __str__(self) -> str:
        return str(self.address)

    def __getattr__(self, function: str) -> Any:
        method = getattr(self._inner, function)

        def call(*arguments: Any, sender: Any = None) -> Any:
            plain = [getattr(value, "address", value) for value in arguments]
            caller = self._backend.accounts[0] if sender is None else self._backend.account(str(sender))
            looks = getattr(method, "abi", {}).get("stateMutability") in ("view", "pure")
            if sender is None or looks:
                return _plain(method.call(*plain, {"from": caller}))
            self._backend.last = method(*plain, {"from": caller})
            # An answer is read from the transaction's trace, which takes longer than the transaction.
            answers = getattr(method, "abi", {"outputs": ["unknown"]})["outputs"]
            return _plain(self._backend.last.return_value) if answers else None

        return call

    def data(self, function: str, *arguments: Any) -> bytes:
        """The call data."""
        plain = [getattr(value, "address", value) for value in arguments]
        return bytes.fromhex(getattr(self._inner, function).encode_input(*plain)[2:])


class InBrownie:
    """The chain that brownie started."""

    def __init__(self) -> None:
        import brownie

        self.brownie = brownie
        self.accounts = brownie.accounts
        self.chain_id = brownie.chain.id
        self.last: Any = None

    def account(self, address: str) -> Any:
        return self.accounts.at(address)

    def deploy_library(self, name: str) -> None:
        self.brownie.project.get_loaded_projects()[0][name].deploy({"from": self.accounts[0]})

    def selector(self, contract: Any, function: str) -> bytes:
        return bytes.fromhex(getattr(contract._inner, function).signature[2:])

    def deploy(self, name: str, *arguments: Any) -> Any:
        project = self.brownie.project.get_loaded_projects()[0]
        plain = [getattr(value, "address", value) for value in arguments]
        return _BrownieContract(self, project[name].deploy(*plain, {"from": self.accounts[0]}))

    def at(self, name: str, address: str) -> Any:
        project = self.brownie.project.get_loaded_projects()[0]
        return _BrownieContract(self, project[name].at(address))

    def next_addresses(self, count: int) -> list[str]:
        deployer = self.accounts[0]
        return [created(deployer.address, deployer.nonce + i) for i in range(count)]

    def time(self) -> int:
        return int(self.brownie.chain[-1].timestamp)

    def warp(self, timestamp: int) -> None:
        # Brownie's own `mine` sends Anvil a parameter that it refuses. Each transaction takes a second, so
        # that the noon that is asked for may just be over.
        answer = self.brownie.web3.provider.make_request("evm_mine", [max(timestamp, self.time() + 1)])
        assert "error" not in answer, answer

    def next_block_at(self, timestamp: int) -> None:
        answer = self.brownie.web3.provider.make_request("evm_setNextBlockTimestamp", [timestamp])
        assert "error" not in answer, answer

    def events(self, name: str) -> list[dict[str, Any]]:
        events = self.last.events
        found = events[name] if name in events else ()  # noqa: SIM401 (no dict)
        return [{key: _plain(value) for key, value in event.items()} for event in found]

    def reverts(self, name: str, *values: Any) -> contextlib.AbstractContextManager[None]:
        from tests.brownie_support import expect_error

        return expect_error(name, *values)

    def snapshot(self) -> Any:
        return self.brownie.chain._take_snapshot()

    def restore(self, mark: Any) -> None:
        self.brownie.chain._revert(mark)


def created(deployer: str, nonce: int) -> str:
    """The address of the contract that an account's transaction creates."""
    return to_checksum_address(keccak(rlp.encode([bytes.fromhex(deployer[2:]), nonce]))[12:])


def backend_for(plugins: Any) -> Backend:
    """The chain that fits the run: brownie's if its plugin is there."""
    return InBrownie() if plugins.hasplugin("pytest-brownie") else InProcess()
