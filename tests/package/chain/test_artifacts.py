"""Artifacts: values into call data and back, linked code, addresses of what will be created.

Branches: dataclass, mapping and sequence as struct · wrong number of arguments or members · value that does
not fit · answer that does not fit · function unknown, ambiguous, by signature · events with indexed values ·
libraries given, missing · is_code with and without immutables · folder missing, artifact missing, damaged ·
CREATE addresses for nonces of every length.
"""

import json
from dataclasses import fields
from pathlib import Path

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak
from web3 import Web3

from commonhold.chain import artifacts
from commonhold.chain.artifacts import Artifact, ArtifactError, create_address, load, require_one_build
from commonhold.chain.connect import Connection
from commonhold.chain.contracts.token import CommunityToken
from commonhold.rules.terms import DayCount, LeaseTerms, OneOffFee, Opening, RentStep

TERMS = LeaseTerms(
    unit=1,
    landlord=2,
    tenants=(3, 4),
    shares=(4_000, 6_000),
    rent=5,
    deposit=6,
    start_day=7,
    end_day=8,
    due_offset=-9,
    steps=(RentStep(10, 11),),
    fees=(OneOffFee(12, 13, b"\x01" * 32),),
    day_count=DayCount.ACTUAL_365,
    opening=Opening(14, 15, 16, 17, 18),
    deadline=19,
)


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def test_the_terms_in_python_are_field_for_field_those_of_the_contract() -> None:
    entry = next(entry for entry in load("LeaseAgreement").abi if entry.get("name") == "hashTerms")
    names = [part["name"] for part in entry["inputs"][0]["components"]]
    assert [_camel(field.name) for field in fields(LeaseTerms)] == names


def test_a_dataclass_is_encoded_as_web3_does() -> None:
    artifact = load("LeaseAgreement")
    function = artifact.function("hashTerms")
    ours = function.encode([TERMS])
    message = {_camel(field.name): getattr(TERMS, field.name) for field in fields(TERMS)}
    message["steps"] = [{"day": 10, "rent": 11}]
    message["fees"] = [{"payee": 12, "amount": 13, "kind": b"\x01" * 32}]
    message["opening"] = {"day": 14, "paid": 15, "arrears": 16, "lateFees": 17, "prepaid": 18}
    contract = Web3().eth.contract(abi=artifact.abi)
    assert "0x" + ours.hex() == contract.encode_abi("hashTerms", [message])
    assert ours == function.encode([message])


def test_a_value_that_does_not_fit_is_named_with_its_function() -> None:
    function = load("CommunityToken").function("transfer")
    with pytest.raises(ArtifactError, match=r"transfer\(address,uint256\): an argument does not fit"):
        function.encode(["0x" + "11" * 20, -1])
    with pytest.raises(ArtifactError, match="takes 2 arguments, not 1"):
        function.encode(["0x" + "11" * 20])
    with pytest.raises(ArtifactError, match="takes 4 values, not 2"):
        load("CommunityToken").function("setMandate").encode([(1, 2)])


def test_an_answer_that_does_not_fit_asks_whether_it_is_the_right_contract() -> None:
    with pytest.raises(ArtifactError, match="does not fit") as caught:
        load("CommunityToken").function("balanceOf").decode(b"\x01")
    assert "doctor" in caught.value.hint


def test_addresses_in_answers_are_checksummed_also_inside_structs() -> None:
    address = "0xAb5801a7D398351b8bE11C439e05C5B3259aeC9B"
    function = load("PartyRecovery").function("recoveryOf")
    data = encode(
        ["(address,uint40,uint40,uint8,bool,bool,bool)"], [(address.lower(), 1, 2, 3, True, False, False)]
    )
    assert function.decode(data)[0] == address


def test_functions_are_found_by_name_or_by_signature() -> None:
    units = load("UnitRegistry")
    assert units.function("safeTransferFrom(address,address,uint256)").name == "safeTransferFrom"
    with pytest.raises(ArtifactError, match="means several functions"):
        units.function("safeTransferFrom")
    with pytest.raises(ArtifactError, match="has no function nonsense"):
        units.function("nonsense")


def test_an_event_is_decoded_with_its_indexed_values_in_place() -> None:
    artifact = load("LeaseAgreement")
    codec = artifact.events[artifact.topic("RentPaid")]
    payer = "0x" + "00" * 12 + "11" * 20
    topics = [codec.topic, f"0x{7:064x}", f"0x{8:064x}", payer]
    data = "0x" + encode(["uint256"] * 3, [1, 2, 3]).hex()
    assert codec.decode(topics, data) == {
        "lease": 7,
        "tenant": 8,
        "payer": "0x" + "11" * 20,
        "principal": 1,
        "lateFees": 2,
        "prepaid": 3,
    }
    with pytest.raises(ArtifactError, match="no event Nonsense"):
        artifact.topic("Nonsense")


def test_linked_code_needs_every_library_and_is_recognised_with_the_same_ones() -> None:
    artifact = load("LeaseAgreement")
    libraries = {name: "0x" + f"{index + 1:040x}" for index, name in enumerate(artifact.libraries)}
    arguments = ["0x" + "11" * 20] * 8 + [0]
    code = artifact.creation_code(arguments, libraries)
    assert b"__$" not in code
    assert all(bytes.fromhex(address[2:]) in code for address in libraries.values())
    with pytest.raises(ArtifactError, match="whose address was not given"):
        artifact.creation_code(arguments, {})
    with pytest.raises(ArtifactError, match="is constructed with"):
        artifact.creation_code([], libraries)
    deployed = artifact._linked(artifact.raw["deployedBytecode"], libraries)
    assert artifact.is_code(deployed, libraries)
    other = dict.fromkeys(libraries, "0x" + "99" * 20)
    assert not artifact.is_code(deployed, other)
    assert not artifact.is_code(deployed[:-1], libraries)


def test_immutables_do_not_count_when_code_is_compared() -> None:
    artifact = load("PartyRegistry")
    code = bytearray.fromhex(artifact.raw["deployedBytecode"][2:])
    start, length = artifact._immutable_places[0]
    code[start : start + length] = b"\x77" * length
    assert artifact.is_code(bytes(code))
    assert b"\x77" * length in artifact.immutables(bytes(code))


def test_an_interface_cannot_be_deployed() -> None:
    with pytest.raises(ArtifactError, match="cannot be deployed"):
        load("ILeaseAgreement").creation_code([])


def test_missing_and_damaged_artifacts_say_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMMONHOLD_ARTIFACTS", str(tmp_path / "none"))
    with pytest.raises(ArtifactError, match="no compiled contracts") as caught:
        artifacts.artifacts_folder()
    assert "commonhold compile" in caught.value.hint
    with pytest.raises(ArtifactError, match="no artifact of Nothing"):
        load("Nothing", tmp_path)
    (tmp_path / "Broken.json").write_text("{")
    with pytest.raises(ArtifactError, match="damaged"):
        load("Broken", tmp_path)


@pytest.mark.parametrize("nonce", [0, 1, 127, 128, 255, 256, 65_535, 65_536, 2**40])
def test_the_address_of_a_creation_is_the_hash_of_deployer_and_nonce(nonce: int) -> None:
    import rlp

    deployer = bytes.fromhex("6ac7ea33f8831ea9dcc53393aaa88b25a785dbf0")
    expected = Web3.to_checksum_address(keccak(rlp.encode([deployer, nonce]))[12:])
    assert create_address("0x" + deployer.hex(), nonce) == expected


def test_contracts_that_were_compiled_one_by_one_are_not_for_a_live_network(tmp_path: Path) -> None:
    require_one_build(tmp_path)  # as in the installed package
    for wholes, good in (
        (["a", "a"], True),
        (["a", "b"], False),
        (["a", None], False),
        ([None, None], False),
    ):
        stamp = {f"{n}.sol": {"key": "k", "whole": one, "contracts": []} for n, one in enumerate(wholes)}
        (tmp_path / ".stamp.json").write_text(json.dumps(stamp))
        if good:
            require_one_build(tmp_path)
            continue
        with pytest.raises(ArtifactError, match="not compiled all at once") as caught:
            require_one_build(tmp_path)
        assert "commonhold compile" in caught.value.hint


def test_a_function_that_answers_nothing_answers_none() -> None:
    assert load("LeaseAgreement").function("pause").decode(b"") is None


def test_a_constructor_argument_that_does_not_fit_is_named_with_its_contract() -> None:
    count = len(load("TestCoin").constructor_inputs.names)
    with pytest.raises(ArtifactError, match="TestCoin: a constructor argument does not fit"):
        load("TestCoin").creation_code([object()] * count)


def test_an_event_that_no_artifact_knows_is_none_of_the_contract() -> None:
    here = "0x" + "11" * 20
    token = CommunityToken(Connection("http://127.0.0.1:9"), here)
    log = {"address": here, "topics": ["0x" + "99" * 32], "data": "0x"}
    assert token.decode(log) is None
    assert token.decode({**log, "topics": []}) is None
    assert (
        token.decode({**log, "address": "0x" + "22" * 20, "topics": [token.artifact.topic("Minted")]}) is None
    )
    assert repr(token) == f"CommunityToken({here})"


def test_indexed_values_without_a_fixed_size_are_read_as_their_hash() -> None:
    inputs = [
        {"name": "note", "type": "string", "indexed": True},
        {"name": "list", "type": "uint8[]", "indexed": True},
        {"name": "who", "type": "address", "indexed": True},
        {"name": "amount", "type": "uint256", "indexed": False},
    ]
    event = {"type": "event", "name": "Said", "inputs": inputs, "anonymous": False}
    said = Artifact({**load("TestCoin").raw, "abi": [event]})
    (codec,) = said.events.values()
    topics = [codec.topic, "0x" + "01" * 32, "0x" + "02" * 32, "0x" + "00" * 12 + "ab" * 20]
    found = codec.decode(topics, "0x" + encode(["uint256"], [7]).hex())
    assert (found["note"], found["list"], found["amount"]) == (b"\x01" * 32, b"\x02" * 32, 7)
    assert found["who"].lower() == "0x" + "ab" * 20
