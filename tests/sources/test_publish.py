"""Sources handed in to a double that really compiles them: what is verified, and what is refused.

what is handed in: from the artifacts and the manifest alone · sources that are not those of the artifact ·
arguments that do not fit
verified: libraries, linked code, arguments and immutables, by both services · already · partly, then wholly
refused: altered source · other compiler · other arguments · other library · nothing at the address
"""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from commonhold.chain.artifacts import ArtifactError, load
from commonhold.chain.signing import dev_account
from commonhold.errors import SettingsError
from commonhold.ops.sources.record import FILE
from commonhold.ops.sources.request import SourceRequest, request_of, requests_of
from commonhold.ops.sources.service import State
from tests.examples import LONG
from tests.sources.double import MOST_SOURCES
from tests.sources.world import QUICK, SMALL, World, states, with_source
from tools.environment import ROOT

ARTIFACTS = ROOT / "artifacts"
SOURCE = "contracts/mocks/Wallets.sol"  # of SMALL

# -------------------------------------------------------------------------------------- what is handed in


def test_everything_that_is_asked_for_comes_from_artifacts_and_manifest(world: World) -> None:
    requests = {request.contract: request for request in requests_of(world.deployment)}
    assert set(requests) == set(world.deployment.contracts)
    for name, request in requests.items():
        own = set(json.loads(load(name).raw["metadata"])["sources"])
        given = request.standard_input["sources"]
        assert own <= set(given) and all(file.endswith(".numbers.sol") for file in set(given) - own)
        assert len(json.dumps(request.linked_input, ensure_ascii=False)) < MOST_SOURCES, name
        assert request.identifier == f"{load(name).raw['source']}:{name}"
        assert request.compiler == "0.8.30+commit.73712a01"
        assert request.creation is not None
        data = world.connection.call("eth_getTransactionByHash", request.creation)["input"]
        assert bytes.fromhex(data[2:]).endswith(request.arguments)
        assert "libraries" not in request.standard_input["settings"]
    linked = requests["LeaseAgreement"].linked_input["settings"]["libraries"]
    assert linked["contracts/finance/LeaseCredit.sol"] == {
        "LeaseCredit": world.deployment.address("LeaseCredit")
    }
    assert requests["CommunityToken"].arguments and not requests["LeaseCredit"].arguments


def test_sources_that_are_not_those_of_the_artifact_are_not_handed_in(world: World, tmp_path: Path) -> None:
    folder = Path(tmp_path / "artifacts")
    folder.mkdir()
    (folder / f"{SMALL}.json").write_bytes((ARTIFACTS / f"{SMALL}.json").read_bytes())
    with pytest.raises(ArtifactError, match="missing or damaged"):
        request_of(world.deployment, SMALL, folder)
    sources = json.loads((ARTIFACTS / "standard-input.json").read_text())
    sources["sources"][SOURCE]["content"] += "\n"
    (folder / "standard-input.json").write_text(json.dumps(sources))
    with pytest.raises(ArtifactError, match=r"source-numbers\.json.* is missing"):
        request_of(world.deployment, SMALL, folder)
    numbers = json.loads((ARTIFACTS / "source-numbers.json").read_text())
    (folder / "source-numbers.json").write_text(json.dumps({SOURCE: numbers[SOURCE]}))
    with pytest.raises(ArtifactError, match="damaged"):
        request_of(world.deployment, SMALL, folder)
    (folder / "source-numbers.json").write_text(json.dumps(numbers))
    with pytest.raises(ArtifactError, match="is not the file of which"):
        request_of(world.deployment, SMALL, folder)
    del sources["sources"][SOURCE]
    (folder / "standard-input.json").write_text(json.dumps(sources))
    with pytest.raises(ArtifactError, match=r"has no contracts/mocks/Wallets\.sol"):
        request_of(world.deployment, SMALL, folder)


def test_a_manifest_of_other_arguments_or_without_the_contract_is_refused(world: World) -> None:
    small = world.deployment.contracts[SMALL]
    other = replace(world.deployment, contracts={SMALL: replace(small, arguments={"who": small.address})})
    with pytest.raises(SettingsError, match="was constructed with"):
        request_of(other, SMALL)
    with pytest.raises(SettingsError, match="no contract Nothing"):
        requests_of(world.deployment, ["Nothing"])


# ----------------------------------------------------------------------------------------------- verified

# a library linked to another; arguments and immutables, and functions in an order that other files decide
REAL = ["LeasePayments", "CreditFormula"]
pytestmark = pytest.mark.timeout(600)


def _real(world: World) -> list[SourceRequest]:
    return [world.request(name) for name in REAL]


def test_sourcify_compiles_libraries_arguments_and_immutables_to_the_same_code(
    world: World, tmp_path: Path
) -> None:
    requests = _real(world)
    found = world.publish("sourcify", requests, tmp_path)
    assert states(found) == [State.EXACT, State.EXACT] and [one.answer.words for one in found] == ["", ""]
    assert world.double.count("POST verify") == 2
    assert {body["creationTransactionHash"] for body in world.double.bodies} == {
        world.deployment.contracts[name].transaction for name in REAL
    }
    world.double.log.clear()
    again = world.publish("sourcify", requests, tmp_path)
    assert states(again) == [State.EXACT, State.EXACT] and world.double.log == []
    assert [one.asked for one in again] == [False, False]
    (tmp_path / FILE).unlink()  # another computer: it looks, and hands nothing in
    assert states(world.publish("sourcify", requests, tmp_path)) == [State.EXACT, State.EXACT]
    assert world.double.count("POST") == 0


def test_etherscan_compiles_with_the_addresses_of_libraries_and_compares_arguments(
    world: World, tmp_path: Path
) -> None:
    requests = _real(world)
    found = world.publish("etherscan", requests, tmp_path)
    assert states(found) == [State.MATCH, State.MATCH]
    assert all(body["contractname"].startswith("contracts/") for body in world.double.bodies)
    world.double.log.clear()
    assert states(world.publish("etherscan", requests, tmp_path)) == [State.MATCH, State.MATCH]
    assert world.double.log == []
    (tmp_path / FILE).unlink()
    assert states(world.publish("etherscan", requests, tmp_path)) == [State.MATCH, State.MATCH]
    assert world.double.count("POST") == 0


@pytest.mark.skipif(not LONG, reason="compiles every contract by itself: `make verify`")
@pytest.mark.timeout(3_600)
def test_every_contract_is_compiled_again_to_the_same_code(world: World, tmp_path: Path) -> None:
    requests = requests_of(world.deployment)
    found = world.publish("sourcify", requests, tmp_path, replace(QUICK, total=3_000))
    assert {one.contract: one.answer.state for one in found} == dict.fromkeys(
        world.deployment.contracts, State.EXACT
    )


def test_another_comment_is_a_match_and_the_right_source_makes_it_exact(world: World, tmp_path: Path) -> None:
    request = with_source(world.request(), "of one owner", "of a single owner")
    assert states(world.publish("sourcify", [request], tmp_path)) == [State.MATCH]
    assert states(world.publish("sourcify", [world.request()], tmp_path)) == [State.EXACT]
    assert states(world.publish("sourcify", [request], tmp_path)) == [State.EXACT]  # nothing gets worse


# ------------------------------------------------------------------------------------------------ refused


@pytest.mark.parametrize(("service", "words"), [("sourcify", "no_match"), ("etherscan", "Unable to verify")])
def test_altered_sources_are_refused_and_said_so(
    world: World, tmp_path: Path, service: str, words: str
) -> None:
    request = with_source(world.request(), "msg.sender == owner", "msg.sender != owner")
    (found,) = world.publish(service, [request], tmp_path)
    assert found.answer.state is State.REFUSED and words in found.answer.words
    kept = json.loads((tmp_path / FILE).read_text())["services"][service][SMALL]
    assert kept["state"] == "refused" and words in kept["words"]
    handed = world.double.count("POST")
    world.publish(service, [request], tmp_path)
    assert world.double.count("POST") == handed + 1  # what was refused is tried again
    assert states(world.publish(service, [world.request()], tmp_path))[0].verified


@pytest.mark.parametrize("service", ["sourcify", "etherscan"])
def test_sources_that_do_not_compile_are_refused_with_the_reason(
    world: World, tmp_path: Path, service: str
) -> None:
    request = with_source(world.request(), "isValidSignature(", "isValidSignature(,")
    (found,) = world.publish(service, [request], tmp_path)
    assert found.answer.state is State.REFUSED and "Expected" in found.answer.words


@pytest.mark.parametrize("service", ["sourcify", "etherscan"])
def test_another_compiler_is_refused(world: World, tmp_path: Path, service: str) -> None:
    request = world.request(compiler="0.8.29+commit.ab55807c")
    (found,) = world.publish(service, [request], tmp_path)
    assert found.answer.state is State.REFUSED and "compiler" in found.answer.words.lower()


def test_other_arguments_are_refused(world: World, tmp_path: Path) -> None:
    request = world.request(arguments=bytes(12) + bytes.fromhex(dev_account(8).address[2:]))
    (found,) = world.publish("etherscan", [request], tmp_path)
    assert found.answer.state is State.REFUSED and "arguments" in found.answer.words


def test_another_creating_transaction_is_said_to_be_not_compared(world: World, tmp_path: Path) -> None:
    other = world.deployment.contracts["Attestations"].transaction
    (found,) = world.publish("sourcify", [world.request(creation=other)], tmp_path)
    assert found.answer.state is State.EXACT and "not compared" in found.answer.words


def test_another_library_is_refused(world: World, tmp_path: Path) -> None:
    request = world.request("LeasePayments")
    wrong = {
        file: {name: dev_account(1).address for name in names} for file, names in request.libraries.items()
    }
    (found,) = world.publish("etherscan", [replace(request, libraries=wrong)], tmp_path)
    assert found.answer.state is State.REFUSED


def test_an_address_without_code_is_refused(world: World, tmp_path: Path) -> None:
    request = world.request(address=dev_account(1).address)
    (found,) = world.publish("sourcify", [request], tmp_path)
    assert found.answer.state is State.REFUSED and "contract_not_deployed" in found.answer.words
