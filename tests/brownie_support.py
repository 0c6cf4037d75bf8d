"""What contract tests share on top of brownie: wrapped contracts, custom errors, brownie's mended corners.

Only tests that run under `brownie test` import this.
"""

import contextlib
import gc
import importlib.util
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import brownie
import brownie.network.transaction
import brownie.test
from brownie.exceptions import VirtualMachineError
from brownie.network.rpc import ATTACH_BACKENDS, anvil
from web3.exceptions import TransactionNotFound


def wrap(name: str, address: str) -> Any:
    """The contract `name` of this project at `address`, as brownie's object."""
    project = brownie.project.get_loaded_projects()[0]
    return project[name].at(address)


def _text(value: Any) -> str:
    """A value of a custom error as brownie prints it."""
    value = getattr(value, "address", value)
    if isinstance(value, bytes):
        return repr(bytes(value))
    text = str(value)
    return text.lower() if text.startswith("0x") and len(text) == 42 else text


@contextlib.contextmanager
def expect_error(name: str, *values: Any) -> Iterator[None]:
    """The block must revert with the custom error `name(values)`, in a transaction or a call.

    Accounts and contracts stand for their addresses. `...` as the last value leaves the rest open.
    """
    try:
        yield
    except VirtualMachineError as error:
        found = error.revert_msg
        if found is None:
            raise AssertionError(f"expected {name}, but the revert carries no reason") from error
    else:
        raise AssertionError(f"expected {name}, but nothing reverted")
    wanted = f"{name}: " + ", ".join(_text(value) for value in values if value is not ...)
    if values and values[-1] is ...:
        fits = found == wanted or found.startswith(wanted if len(values) == 1 else wanted + ", ")
    else:
        fits = found == wanted
    if not fits:
        raise AssertionError(f"expected {wanted}, but it reverted with {found}")


def freeze_build_data() -> None:
    """Keep the collector off brownie's build data: walking it is most of a short test's time."""
    gc.collect()
    gc.freeze()


def know_anvil() -> None:
    """Anvil that brownie did not start is Anvil too: it would take it for an old Ganache."""
    ATTACH_BACKENDS["anvil"] = anvil


def wait_for_receipts() -> None:
    """Ask a busy node again for a receipt that it has not stored yet.

    Brownie would sleep a second or, as the nonce has grown already, take the transaction for dropped.
    """
    eth = brownie.web3.eth
    original = eth.get_transaction_receipt

    def patient(transaction: Any) -> Any:
        for _ in range(100):
            with contextlib.suppress(TransactionNotFound):
                return original(transaction)
            time.sleep(0.02)
        return original(transaction)

    eth.get_transaction_receipt = patient


def _plain(module: str) -> ModuleType:
    """Brownie's module loaded from its Python source: the compiled one checks types wrongly."""
    path = Path(brownie.test.__file__).parent / f"{module}.py"
    spec = importlib.util.spec_from_file_location(f"brownie.test.{module}", path)
    assert spec is not None and spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def _keep_map_of_wrapped_contracts() -> None:
    """Coverage of contracts that brownie did not deploy: take the program counters from the build."""
    original = brownie.network.transaction._get_last_map

    def with_map(address: Any, selector: Any) -> dict[str, Any]:
        found: dict[str, Any] = original(address, selector)
        contract = found.get("contract")
        if contract is not None and found.get("pc_map") is None:
            found["pc_map"] = contract._project[contract._name]._build["pcMap"]
        return found

    brownie.network.transaction._get_last_map = with_map


def mend_coverage() -> None:
    """Make `brownie test --coverage` of brownie 1.22.2 work: see docs/dependencies.md, "brownie"."""
    coverage, output = _plain("coverage"), _plain("output")
    compiled = sys.modules["brownie.test.coverage"]

    def merged(evaluations: Any = None) -> Any:
        return coverage.get_merged_coverage_eval(
            compiled._coverage_eval if evaluations is None else evaluations
        )

    compiled.get_merged_coverage_eval = merged
    for name in ("brownie.test.managers.base", "brownie.test.managers.runner"):
        module = sys.modules[name]
        if hasattr(module, "output"):
            module.output = output
    _keep_map_of_wrapped_contracts()
