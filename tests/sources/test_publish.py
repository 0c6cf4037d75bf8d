"""Sources handed in to a double that really compiles them, and every way in which that goes wrong.

what is handed in: from the artifacts and the manifest alone · sources that are not those of the artifact ·
arguments that do not fit
verified: libraries, linked code, arguments and immutables, by both services · already · partly, then wholly
refused: altered source · other compiler · other arguments · other library · nothing at the address
the line: busy with Retry-After · the service's own limit · trouble · closed · garbage · too much · redirect ·
away for good · ticket lost · handed in by somebody else · code not seen yet · unknown chain
again: nothing is asked that is known · a ticket is taken up · other code is another question · record damaged
the key (fault K2): missing, wrong, and nowhere in files, errors and logs
"""

import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from commonhold.chain.artifacts import ArtifactError, load
from commonhold.chain.call import Call
from commonhold.chain.connect import Connection
from commonhold.chain.node import Node
from commonhold.chain.send import Sender
from commonhold.chain.signing import dev_account
from commonhold.errors import SettingsError
from commonhold.ops.deploy import deploy_local
from commonhold.ops.manifest import Deployed, Deployment
from commonhold.ops.sources.publish import Published, publish, service_of
from commonhold.ops.sources.record import FILE, Record
from commonhold.ops.sources.request import SourceRequest, request_of, requests_of
from commonhold.ops.sources.service import Line, Patience, ServiceAway, State
from tests.sources.double import KEY, SourcesDouble

QUICK = Patience(pause=0.02, total=60)
SMALL = "OwnedWallet"


@dataclass
class World:
    connection: Connection
    deployment: Deployment
    double: SourcesDouble

    def request(self, name: str = SMALL, **changes: Any) -> SourceRequest:
        return replace(request_of(self.deployment, name), **changes)

    def publish(
        self,
        service: str,
        requests: list[SourceRequest],
        folder: Path,
        patience: Patience = QUICK,
        key: str = KEY,
    ) -> list[Published]:
        address = self.double.sourcify if service == "sourcify" else self.double.etherscan
        return publish(
            service_of(service, address, key, patience), requests, Record(folder), patience=patience
        )


@pytest.fixture(scope="module")
def made() -> Iterator[World]:
    """The suite, and a small contract with an argument and an immutable, which compiles in a moment."""
    with Node() as node, SourcesDouble(node.rpc_url) as double:
        deployment = deploy_local(node.rpc_url)
        connection = Connection(node.rpc_url)
        owner = dev_account(9).address
        code = load(SMALL).creation_code([owner])
        receipt = Sender(connection, dev_account(9)).send(Call(None, code, SMALL, "constructor"))
        small = Deployed(str(receipt.created), "", {"owner_": owner}, receipt.block, receipt.hash)
        deployment = replace(deployment, contracts={**deployment.contracts, SMALL: small})
        yield World(connection, deployment, double)


@pytest.fixture
def world(made: World) -> World:
    made.double.forget()
    made.double.waits = 1
    return made


def states(found: list[Published]) -> list[State]:
    return [one.answer.state for one in found]


# -------------------------------------------------------------------------------------- what is handed in


def test_everything_that_is_asked_for_comes_from_artifacts_and_manifest(world: World) -> None:
    requests = {request.contract: request for request in requests_of(world.deployment)}
    assert set(requests) == set(world.deployment.contracts)
    for name, request in requests.items():
        metadata = json.loads(load(name).raw["metadata"])
        assert set(request.standard_input["sources"]) == set(metadata["sources"])
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
    real = Path(__file__).resolve().parents[2] / "artifacts"
    (folder / f"{SMALL}.json").write_bytes((real / f"{SMALL}.json").read_bytes())
    with pytest.raises(ArtifactError, match="missing or damaged"):
        request_of(world.deployment, SMALL, folder)
    sources = json.loads((real / "standard-input.json").read_text())
    sources["sources"]["contracts/mocks/Wallets.sol"]["content"] += "\n"
    (folder / "standard-input.json").write_text(json.dumps(sources))
    with pytest.raises(ArtifactError, match="is not the file of which"):
        request_of(world.deployment, SMALL, folder)
    del sources["sources"]["contracts/mocks/Wallets.sol"]
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

REAL = ["LeasePayments", "Attestations"]  # a library linked to another; arguments and immutables


def test_sourcify_compiles_libraries_arguments_and_immutables_to_the_same_code(
    world: World, tmp_path: Path
) -> None:
    requests = requests_of(world.deployment, REAL)
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
    requests = requests_of(world.deployment, REAL)
    found = world.publish("etherscan", requests, tmp_path)
    assert states(found) == [State.MATCH, State.MATCH]
    assert all(body["contractname"].startswith("contracts/") for body in world.double.bodies)
    world.double.log.clear()
    assert states(world.publish("etherscan", requests, tmp_path)) == [State.MATCH, State.MATCH]
    assert world.double.log == []
    (tmp_path / FILE).unlink()
    assert states(world.publish("etherscan", requests, tmp_path)) == [State.MATCH, State.MATCH]
    assert world.double.count("POST") == 0


def _with_source(request: SourceRequest, old: str, new: str) -> SourceRequest:
    file = request.identifier.split(":")[0]
    text = request.standard_input["sources"][file]["content"]
    assert old in text
    sources = {**request.standard_input["sources"], file: {"content": text.replace(old, new, 1)}}
    return replace(request, standard_input={**request.standard_input, "sources": sources})


def test_another_comment_is_a_match_and_the_right_source_makes_it_exact(world: World, tmp_path: Path) -> None:
    request = _with_source(world.request(), "of one owner", "of a single owner")
    assert states(world.publish("sourcify", [request], tmp_path)) == [State.MATCH]
    assert states(world.publish("sourcify", [world.request()], tmp_path)) == [State.EXACT]
    assert states(world.publish("sourcify", [request], tmp_path)) == [State.EXACT]  # nothing gets worse


# ------------------------------------------------------------------------------------------------ refused


@pytest.mark.parametrize(("service", "words"), [("sourcify", "no_match"), ("etherscan", "Unable to verify")])
def test_altered_sources_are_refused_and_said_so(
    world: World, tmp_path: Path, service: str, words: str
) -> None:
    request = _with_source(world.request(), "msg.sender == owner", "msg.sender != owner")
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
    request = _with_source(world.request(), "isValidSignature(", "isValidSignature(,")
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


# ----------------------------------------------------------------------------------------------- the line

FAULTS = ["busy", "trouble", "closed", "garbage", "huge"]


@pytest.mark.parametrize("service", ["sourcify", "etherscan"])
def test_a_service_in_trouble_is_asked_again(world: World, tmp_path: Path, service: str) -> None:
    for kind in FAULTS:
        world.double.fault(kind)
        world.double.fault(kind, on="POST")
        world.double.fault(kind, on="job" if service == "sourcify" else "checkverifystatus")
    (found,) = world.publish(service, [world.request()], tmp_path)
    assert found.answer.state.verified and world.double.count("POST") >= 2


def test_a_busy_service_says_how_long_to_wait(world: World, tmp_path: Path) -> None:
    pauses: list[float] = []
    line = Line(world.double.sourcify, Patience(pause=0.01, total=5), pauses.append)
    world.double.fault("busy")
    line.get(f"/v2/contract/{world.double.chain}/{dev_account(1).address}")
    assert pauses == [1.0]  # Retry-After: 1
    world.double.fault("busy", times=2)
    with pytest.raises(ServiceAway, match=r"is busy \(429\)"):
        Line(world.double.sourcify, Patience(pause=0.01, total=0.5), pauses.append).get("/v2/contract/1/0x")


def test_etherscans_own_limit_is_waited_for(world: World, tmp_path: Path) -> None:
    world.double.fault("limit", times=3)
    world.double.fault("unseen", on="verifysourcecode")  # just deployed: not indexed yet
    world.double.fault("limit", on="checkverifystatus")
    (found,) = world.publish("etherscan", [world.request()], tmp_path)
    assert found.answer.state is State.MATCH and world.double.count("POST") == 2


def test_an_answer_that_leads_elsewhere_is_not_followed(world: World, tmp_path: Path) -> None:
    world.double.fault("redirect", on="GET contract")
    (found,) = world.publish("sourcify", [world.request()], tmp_path)
    assert found.answer.state is State.WAITING and "leads elsewhere (302)" in found.answer.words
    assert world.double.log == ["GET contract"]


@pytest.mark.parametrize("service", ["sourcify", "etherscan"])
def test_what_a_service_that_went_away_had_taken_is_taken_up_later(
    world: World, tmp_path: Path, service: str
) -> None:
    hasty = Patience(pause=0.01, total=0.05)
    status = "job" if service == "sourcify" else "checkverifystatus"
    world.double.fault("trouble", times=50, on=status)
    requests = [world.request(), world.request("Attestations")]
    found = world.publish(service, requests, tmp_path, hasty)
    assert states(found) == [State.WAITING, State.WAITING]
    assert all(one.answer.words for one in found if one.contract == SMALL)
    handed = world.double.count("POST")
    assert handed == 2
    world.double._faults.clear()
    found = world.publish(service, requests, tmp_path)
    assert all(state.verified for state in states(found))
    assert world.double.count("POST") == handed  # the tickets were kept


def test_a_ticket_that_the_service_lost_is_handed_in_again(world: World, tmp_path: Path) -> None:
    for service in ("sourcify", "etherscan"):
        world.double.waits = 1000
        world.publish(service, [world.request()], tmp_path, Patience(pause=0.01, total=0.02))
        world.double.forget_tickets()
        world.double.waits = 1
        (found,) = world.publish(service, [world.request()], tmp_path)
        assert found.answer.state.verified


def test_what_somebody_else_has_handed_in_is_waited_for(world: World, tmp_path: Path) -> None:
    request = world.request()
    body = {
        "stdJsonInput": request.standard_input,
        "compilerVersion": request.compiler,
        "contractIdentifier": request.identifier,
    }
    status, answer = world.double.verify(world.double.chain, request.address, body)
    assert status == 202

    class Others(Line):
        """Meanwhile the other one asks for its answer."""

        def get(self, path: str, query: Mapping[str, str] | None = None) -> Any:
            world.double.job(answer["verificationId"])
            return super().get(path, query)

    from commonhold.ops.sources.sourcify import Sourcify

    world.double._jobs[answer["verificationId"]].left = 2
    service = Sourcify(Others(world.double.sourcify, QUICK))
    (found,) = publish(service, [request], Record(tmp_path), patience=QUICK)
    assert found.answer.state is State.EXACT and world.double.count("POST") == 1
    assert "not compared" in found.answer.words  # the other one named no creating transaction


@pytest.mark.parametrize("service", ["sourcify", "etherscan"])
def test_a_chain_that_the_service_does_not_know_is_said(world: World, tmp_path: Path, service: str) -> None:
    with pytest.raises(SettingsError, match="does not know this chain"):
        world.publish(service, [world.request(chain_id=5)], tmp_path)


def test_a_service_that_does_not_answer_at_all_leaves_everything_to_do(world: World, tmp_path: Path) -> None:
    service = service_of("sourcify", "http://127.0.0.1:1/server", None, Patience(pause=0.01, total=0.05))
    told: list[str] = []
    found = publish(
        service,
        [world.request(), world.request("Attestations")],
        Record(tmp_path),
        told=lambda name, answer: told.append(name),
    )
    assert states(found) == [State.WAITING, State.WAITING] and told == [SMALL, "Attestations"]
    assert "127.0.0.1:1 cannot be reached" in found[0].answer.words
    assert not (tmp_path / FILE).exists()


# ------------------------------------------------------------------------------------------------- again


def test_another_address_or_chain_is_another_question(world: World) -> None:
    request = world.request()
    others = [
        replace(request, address=dev_account(1).address),
        replace(request, chain_id=1),
        replace(request, compiler="x"),
        replace(request, arguments=b""),
        replace(request, libraries={"a.sol": {"A": request.address}}),
        _with_source(request, "owner", "holder"),
    ]
    assert len({one.fingerprint for one in [request, *others]}) == 7
    assert replace(request, creation=None).fingerprint == request.fingerprint


@pytest.mark.parametrize(
    "content",
    ["{", "[]", "5", '{"format": 2, "services": {}}', '{"format": 1, "services": {"sourcify": {"A": {}}}}'],
)
def test_a_damaged_record_is_said_with_what_to_do(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE).write_text(content)
    with pytest.raises(SettingsError, match=r"damaged|another version"):
        Record(tmp_path)


# ----------------------------------------------------------------------------------------------- the key


def test_etherscan_without_a_key_and_unknown_services_are_refused_before_anything_is_sent() -> None:
    for key in (None, ""):
        with pytest.raises(SettingsError, match="wants a key") as caught:
            service_of("etherscan", "", key)
        assert "commonhold.secret.toml" in caught.value.hint and "--api-key-fd" in caught.value.hint
    with pytest.raises(SettingsError, match="no such service"):
        service_of("blockscan", "", KEY)


@pytest.mark.parametrize(
    "address",
    [
        "http://sourcify.example",
        "ftp://127.0.0.1",
        "sourcify.dev",
        "https://user:secret@sourcify.example",
        f"https://api.etherscan.io/v2/api?apikey={KEY}",
    ],
)
def test_K2_keys_go_neither_in_the_clear_nor_in_addresses(address: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Line(address)
    assert KEY not in str(caught.value) and "secret@" not in str(caught.value)


def test_K2_the_key_is_in_no_file_no_error_and_no_log(
    world: World, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    said: list[str] = []
    for kind in [*FAULTS, "limit"]:
        world.double.fault(kind)
    said += [repr(one) for one in world.publish("etherscan", [world.request()], tmp_path)]
    wrong = KEY[::-1]
    with pytest.raises(SettingsError, match="does not accept the key") as caught:
        world.publish("etherscan", [world.request()], tmp_path / "other", key=wrong)
    said += [str(caught.value), repr(caught.value), repr(caught.value.__cause__)]
    away = service_of("etherscan", "http://127.0.0.1:1/v2/api", KEY, Patience(pause=0.01, total=0.02))
    said += [repr(one) for one in publish(away, [world.request()], Record(tmp_path / "away"))]
    said += [record.getMessage() for record in caplog.records]
    said += [path.read_text() for path in tmp_path.rglob("*") if path.is_file()]
    assert said and not any(KEY in text or wrong in text for text in said)
    assert world.double.bodies[0]["apikey"] == KEY  # it did arrive
