"""commonhold/chain/compile.py: what it writes, when it works, what it refuses.

Branches: nothing changed · the file itself, an import or a setting changed · an artifact was lost · only some
paths, and all files after them · unknown path · compiler missing · an error, a warning, an import of nothing,
two contracts of one name · a contract too large · a source went away · the standard input alone gives the
same bytecode · it depends on files that a contract does not import.
"""

import hashlib
import json
import subprocess
from pathlib import Path

import pytest

from commonhold.chain import compile as step
from commonhold.chain.compile import CompileError, compile_project
from tools.environment import ROOT

HEAD = "// SPDX-License-Identifier: MIT\npragma solidity 0.8.30;\n"
ICOIN = HEAD + "interface ICoin { function worth() external view returns (uint256); }\n"
COIN = (
    HEAD + 'import {ICoin} from "../interfaces/ICoin.sol";\n'
    "contract Coin is ICoin { function worth() external pure returns (uint256) { return 5; } }\n"
)
PURSE = HEAD + "contract Purse { uint256 public sum; function add(uint256 more) external { sum += more; } }\n"

EVERYTHING = {
    "Coin.json",
    "ICoin.json",
    "Purse.json",
    ".stamp.json",
    "standard-input.json",
    "source-numbers.json",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COMMONHOLD_SOLC", str(ROOT / ".local" / "bin" / "solc"))
    for name, text in {
        "interfaces/ICoin.sol": ICOIN,
        "contracts/Coin.sol": COIN,
        "contracts/Purse.sol": PURSE,
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def times(project: Path) -> dict[str, int]:
    return {file.name: file.stat().st_mtime_ns for file in (project / "artifacts").glob("*.json")}


def written(project: Path, before: dict[str, int]) -> set[str]:
    return {name for name, time in times(project).items() if before.get(name) != time}


def read(project: Path, name: str) -> dict[str, object]:
    found: dict[str, object] = json.loads((project / "artifacts" / f"{name}.json").read_text())
    return found


def test_an_artifact_holds_all_that_tools_need(project: Path) -> None:
    assert set(compile_project(project)) == {"Coin", "ICoin", "Purse"}
    purse = read(project, "Purse")
    assert purse["source"] == "contracts/Purse.sol"
    assert str(purse["bytecode"]).startswith("0x60")
    assert purse["methodIdentifiers"] == {"add(uint256)": "1003e2d2", "sum()": "853255cc"}
    layout = purse["storageLayout"]
    assert isinstance(layout, dict) and layout["storage"][0]["label"] == "sum"
    metadata = json.loads(str(purse["metadata"]))
    assert (
        metadata["settings"]["evmVersion"] == "shanghai" and metadata["compiler"]["version"][:6] == "0.8.30"
    )


def test_with_nothing_to_do_the_compiler_is_not_called(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compile_project(project)
    monkeypatch.setenv("COMMONHOLD_SOLC", str(project / "no-such-compiler"))
    assert set(compile_project(project)) == {"Coin", "ICoin", "Purse"}


def test_a_changed_file_compiles_all_at_once_since_code_depends_on_what_is_read(project: Path) -> None:
    compile_project(project)
    before = times(project)
    (project / "interfaces/ICoin.sol").write_text(ICOIN.replace("interface", "/// @title Coin\ninterface"))
    compile_project(project)
    assert written(project, before) == EVERYTHING


def test_named_paths_are_compiled_only_where_they_or_their_imports_changed(project: Path) -> None:
    compile_project(project)
    before = times(project)
    (project / "interfaces/ICoin.sol").write_text(ICOIN.replace("interface", "/// @title Coin\ninterface"))
    compile_project(project, only=["contracts"])
    assert written(project, before) == {"Coin.json", ".stamp.json"}
    before = times(project)
    compile_project(project)  # all of one mould again
    assert written(project, before) >= {"Coin.json", "ICoin.json", "Purse.json"}
    before = times(project)
    compile_project(project)
    assert written(project, before) == set()


def test_a_changed_setting_compiles_everything(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compile_project(project)
    before = times(project)
    monkeypatch.setitem(step.RUNS_OF_FILE, "contracts/Purse.sol", 7)
    compile_project(project)
    assert written(project, before) == EVERYTHING
    assert '"runs":7}' in str(read(project, "Purse")["metadata"])


def test_a_lost_artifact_comes_back(project: Path) -> None:
    lost = compile_project(project)["Coin"]
    lost.unlink()
    compile_project(project)
    assert lost.is_file()


def test_only_the_named_paths_are_compiled(project: Path) -> None:
    assert set(compile_project(project, only=["contracts/Purse.sol"])) == {"Purse"}
    with pytest.raises(CompileError, match="contracts/Nothing: no Solidity file"):
        compile_project(project, only=["contracts/Nothing"])


def test_a_missing_compiler_is_named_with_the_fix(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMONHOLD_SOLC", str(project / "no-such-compiler"))
    with pytest.raises(CompileError, match=r"no-such-compiler: run `python3 bootstrap\.py`"):
        compile_project(project)


def test_an_error_in_one_file_does_not_cost_the_others(project: Path) -> None:
    (project / "contracts/Bad.sol").write_text(HEAD + 'contract Bad { uint256 x = "a"; }\n')
    with pytest.raises(CompileError, match=r"contracts/Bad\.sol:3"):
        compile_project(project)
    assert read(project, "Coin")["bytecode"] and not (project / "artifacts/Bad.json").exists()
    before = times(project)
    with pytest.raises(CompileError, match=r"contracts/Bad\.sol:3"):  # said again, and nothing done again
        compile_project(project)
    assert written(project, before) == {".stamp.json"}
    assert "Purse" in compile_project(project, only=["contracts/Purse.sol"])


def test_a_warning_is_an_error(project: Path) -> None:
    (project / "contracts/Lax.sol").write_text(
        HEAD + "contract Lax { function f() external pure { uint256 idle; } }\n"
    )
    with pytest.raises(CompileError, match="Unused local variable"):
        compile_project(project)


def test_a_contract_too_large_for_a_chain_is_refused_but_kept(project: Path) -> None:
    data = b"".join(hashlib.sha256(bytes([i // 256, i % 256])).digest() for i in range(800)).hex()
    (project / "contracts/Big.sol").write_text(
        HEAD
        + f'contract Big {{ function f() external pure returns (bytes memory) {{ return hex"{data}"; }} }}'
    )
    with pytest.raises(CompileError, match="exceeds 24576 bytes"):
        compile_project(project, only=["contracts/Big.sol"])
    assert len(str(read(project, "Big")["deployedBytecode"])) > 50_000


def test_an_import_of_nothing_says_how_to_import(project: Path) -> None:
    (project / "contracts/Lost.sol").write_text(HEAD + 'import "contracts/Nowhere.sol";\n')
    with pytest.raises(CompileError, match=r"contracts/Lost\.sol: import .* names no file .* relative path"):
        compile_project(project)


def test_two_contracts_of_one_name_are_refused(project: Path) -> None:
    (project / "contracts/Other.sol").write_text(PURSE)
    with pytest.raises(CompileError, match="Two contracts are named Purse"):
        compile_project(project)


def test_the_artifact_of_a_removed_source_goes(project: Path) -> None:
    gone = compile_project(project)["Purse"]
    (project / "contracts/Purse.sol").unlink()
    assert set(compile_project(project)) == {"Coin", "ICoin"}
    assert not gone.exists()


def test_each_files_last_number_is_kept_and_comes_back(project: Path) -> None:
    compile_project(project)
    path = project / "artifacts/source-numbers.json"
    numbers = json.loads(path.read_text())
    assert list(numbers) == ["contracts/Coin.sol", "contracts/Purse.sol", "interfaces/ICoin.sol"]
    last = list(numbers.values())
    assert 0 < last[0] < last[1] < last[2]
    path.unlink()
    compile_project(project)
    assert json.loads(path.read_text()) == numbers


def test_the_standard_input_alone_gives_the_same_bytecode(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    compile_project(project)
    answer = subprocess.run(
        [str(ROOT / ".local" / "bin" / "solc"), "--standard-json"],
        input=(project / "artifacts/standard-input.json").read_text(),
        cwd=tmp_path_factory.mktemp("elsewhere"),
        capture_output=True,
        text=True,
        check=True,
    )
    coin = json.loads(answer.stdout)["contracts"]["contracts/Coin.sol"]["Coin"]
    assert "0x" + coin["evm"]["bytecode"]["object"] == read(project, "Coin")["bytecode"]
