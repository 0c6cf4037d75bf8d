"""pytest plugin: collect the probes that the EVMs of this process looked at (`-p tools.coverage.plugin`)."""

import os
import sys
from pathlib import Path
from typing import Any

import pyrevm
import pytest

from tools.coverage.probes import number_of

_REFERENCES_OF_AN_UNUSED_EVM = 3  # our list, the loop below, and the question itself
_CODE_LIMIT = 1 << 20  # instrumented contracts are larger than a chain takes [bytes]

_hits: set[int] = set()
_evms: list[Any] = []
_make_evm, _make_config = pyrevm.EVM, pyrevm.CfgEnv


def _evm(*arguments: Any, **options: Any) -> Any:
    made = _make_evm(*arguments, **options)
    _evms.append(made)
    return made


def _config(*arguments: Any, **options: Any) -> Any:
    return _make_config(*arguments, **{**options, "limit_contract_code_size": _CODE_LIMIT})


pyrevm.EVM, pyrevm.CfgEnv = _evm, _config  # type: ignore[misc,assignment]


def _harvest() -> None:
    kept = []
    for evm in _evms:
        _hits.update(number for number in map(number_of, evm.db_accounts) if number is not None)
        if sys.getrefcount(evm) > _REFERENCES_OF_AN_UNUSED_EVM:
            kept.append(evm)
    _evms[:] = kept


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown() -> None:
    _harvest()


def pytest_sessionfinish() -> None:
    _harvest()
    folder = Path(os.environ["COMMONHOLD_COVERAGE"])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"hits-{os.getpid()}.txt").write_text("\n".join(map(str, sorted(_hits))))
