"""Brownie's build and ours are the same bytecode, from the same settings; so are forge's settings."""

import json
import tomllib
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]

from commonhold.chain.compile import RUNS_OF_FILE, SOLC_VERSION, compile_project, settings
from tools.brownie import BUILD, compile_contracts
from tools.environment import ROOT, brownie_home

SETTINGS = settings()


def test_brownie_is_set_as_our_compiler() -> None:
    found = yaml.safe_load((ROOT / "brownie-config.yaml").read_text())["compiler"]
    assert found["evm_version"] == SETTINGS["evmVersion"]
    assert found["solc"] == {
        "version": SOLC_VERSION,
        "viaIR": SETTINGS["viaIR"],
        "optimizer": SETTINGS["optimizer"],
        "remappings": SETTINGS["remappings"],
    }


def test_forge_is_set_as_our_compiler() -> None:
    found = tomllib.loads((ROOT / "foundry.toml").read_text())["profile"]["default"]
    assert found["evm_version"] == SETTINGS["evmVersion"]
    assert found["via_ir"] is SETTINGS["viaIR"]
    assert {"enabled": found["optimizer"], "runs": found["optimizer_runs"]} == SETTINGS["optimizer"]
    assert found["remappings"] == SETTINGS["remappings"]


@pytest.mark.timeout(900)
def test_every_contract_of_brownie_has_our_bytecode() -> None:
    artifacts = compile_project(ROOT, quiet=True)
    with brownie_home() as home:
        assert compile_contracts(home) == 0
    compared = 0
    for name, path in artifacts.items():
        ours = json.loads(path.read_text())
        if ours["bytecode"] == "0x" or ours["source"] in RUNS_OF_FILE:
            continue
        theirs = json.loads((BUILD / "contracts" / f"{name}.json").read_text())
        mine, other = (
            _unlinked(code, ours["linkReferences"]) for code in (ours["bytecode"][2:], theirs["bytecode"])
        )
        assert mine == other, name
        compared += 1
    own = [file for file in Path(ROOT / "contracts").rglob("*.sol") if file.stem in artifacts]
    assert compared >= len(own) / 2


def _unlinked(bytecode: str, references: dict[str, dict[str, list[dict[str, int]]]]) -> str:
    """Creation code with zeros wherever a library's address is to be filled in."""
    for libraries in references.values():
        for places in libraries.values():
            for place in places:
                at, end = 2 * place["start"], 2 * (place["start"] + place["length"])
                bytecode = bytecode[:at] + "0" * (end - at) + bytecode[end:]
    return bytecode
