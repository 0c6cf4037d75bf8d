"""`commonhold deploy verify-source`: publish the sources of a deployment."""

from pathlib import Path
from typing import Annotated

import typer

from commonhold.commands.options import on_chain
from commonhold.commands.session import JsonOption, Session
from commonhold.errors import PartlyDoneError
from commonhold.ops.keys import PasswordSource
from commonhold.ops.sources.publish import SERVICES, Published, publish, service_of
from commonhold.ops.sources.record import Record
from commonhold.ops.sources.request import requests_of
from commonhold.ops.sources.service import Answer, Patience
from commonhold.present import out, print_json, say, table
from commonhold.settings import Settings


@on_chain
def verify_source(
    session: Session,
    service: Annotated[
        str, typer.Option("--service", help=f"Who compares: {' or '.join(SERVICES)}.")
    ] = SERVICES[0],
    contract: Annotated[
        list[str] | None,
        typer.Option("--contract", help="Only this one; may be repeated.", show_default="all"),
    ] = None,
    api_key_file: Annotated[
        Path | None, typer.Option("--api-key-file", help="File with Etherscan's key.", show_default=False)
    ] = None,
    api_key_fd: Annotated[
        int | None,
        typer.Option("--api-key-fd", help="Open descriptor with Etherscan's key.", show_default=False),
    ] = None,
    patience: Annotated[
        float, typer.Option("--patience", min=0, help="Longest wait for one contract, in seconds.")
    ] = Patience().total,
    as_json: JsonOption = False,
) -> None:
    """Publish the sources of what was deployed; what is published already is not asked for again."""
    settings = session.settings
    waits = Patience(pause=min(Patience().pause, max(patience / 10, 0.01)), total=patience)
    key = _key(settings, api_key_file, api_key_fd) if service == "etherscan" else None
    place = service_of(service, settings.verifier, key, waits)
    requests = requests_of(session.deployment, contract)
    found = publish(place, requests, Record(settings.deployment), patience=waits, told=_tell)
    if as_json:
        print_json([_entry(one) for one in found])
    else:
        rows = [[one.contract, one.address, str(one.answer.state), one.answer.words] for one in found]
        out.print(table(f"{settings.network} at {service}", ["contract", "address", "sources", ""], rows))
    missing = [one for one in found if not one.answer.state.verified]
    if missing:
        raise PartlyDoneError(
            f"{len(missing)} of {len(found)} contracts are not verified: "
            + ", ".join(f"{one.contract} ({one.answer.state})" for one in missing[:5])
            + (" …" if len(missing) > 5 else ""),
            "Run this again for those that wait. Those that were refused: are artifacts and manifest of the "
            "same commit?",
            done=len(found) - len(missing),
            failed=len(missing),
        )


def _key(settings: Settings, file: Path | None, descriptor: int | None) -> str | None:
    """Etherscan's key, from where it is given or from commonhold.secret.toml; never asked for."""
    if file is None and descriptor is None:
        return settings.secrets.etherscan_key
    return PasswordSource(file, descriptor, "key of Etherscan", "api-key").read("").strip()


def _tell(contract: str, answer: Answer) -> None:
    say(f"{contract}: {answer.state}" + (f", {answer.words}" if answer.words else ""))


def _entry(one: Published) -> dict[str, object]:
    return {
        "contract": one.contract,
        "address": one.address,
        "state": str(one.answer.state),
        "words": one.answer.words,
        "asked": one.asked,
    }
