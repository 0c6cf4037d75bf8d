"""Handing sources in over a bad line, again, and with a key.

the line: busy with Retry-After · the service's own limit · trouble · closed · garbage · too much · redirect ·
away for good · ticket lost · handed in by somebody else · code not seen yet · unknown chain
again: nothing is asked that is known · a ticket is taken up · other code is another question · record damaged
the key (fault K2): missing, wrong, and nowhere in files, errors and logs
"""

import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from commonhold.chain.signing import dev_account
from commonhold.errors import SettingsError
from commonhold.ops.sources.publish import publish, service_of
from commonhold.ops.sources.record import FILE, Record
from commonhold.ops.sources.service import Line, Patience, ServiceAway, State
from commonhold.ops.sources.sourcify import Sourcify
from tests.sources.double import KEY
from tests.sources.world import QUICK, SMALL, World, states, with_source

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
        with_source(request, "owner", "holder"),
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
