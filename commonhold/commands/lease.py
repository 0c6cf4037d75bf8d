"""`commonhold lease prepare | sign | activate | show`."""

import json
import secrets
import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final

import typer

from commonhold.commands.arguments import LanguageOption
from commonhold.commands.books import books, has_books, names_of, note_activated
from commonhold.commands.options import Desk, on_chain, signed
from commonhold.commands.session import (
    ConfigOption,
    JsonOption,
    NetworkOption,
    PasswordFdOption,
    PasswordFileOption,
    Session,
    YesOption,
    settings_of,
    signer_of,
)
from commonhold.errors import InputError, PartlyDoneError, SettingsError
from commonhold.ops.intake.codec import terms_from_json, terms_to_json
from commonhold.ops.intake.importing import drafts
from commonhold.ops.keys import PasswordSource, open_key
from commonhold.ops.leases.activate import activate, check, collect
from commonhold.ops.leases.files import SIGNED_SUFFIX, TO_SIGN_SUFFIX, find, read_signed, read_to_sign
from commonhold.ops.leases.prepare import Item, check_to_sign, prepare, sign
from commonhold.ops.manifest import read
from commonhold.ops.statements.lease import statement
from commonhold.ops.statements.lease_files import figures, title_of
from commonhold.present import lease_rows, out, print_json, progress_bar, say, table
from commonhold.rules.terms import LeaseTerms

# What a draft may leave out.
_BLANK: Final = {
    name: value
    for name, value in terms_to_json(LeaseTerms(0, 0, (), (), 0, 0, 0, 0)).items()
    if name not in ("unit", "landlord", "tenants", "shares", "rent", "deposit", "start_day", "end_day")
}

lease_app = typer.Typer(no_args_is_help=True, help="Leases: from drafts to signatures to the chain.")


@lease_app.command("prepare")
@on_chain
def lease_prepare(
    session: Session,
    keys: Annotated[list[str] | None, typer.Argument(help="Drafts by their key (default: all).")] = None,
    draft: Annotated[
        list[Path] | None, typer.Option("--draft", help="A draft as JSON: {key, terms}; may be repeated.")
    ] = None,
    folder: Annotated[Path, typer.Option("--out", help="Where the files to sign go.")] = Path("to-sign"),
    permits: Annotated[
        bool, typer.Option("--permits", help="Ask tenants also for a permit for their first payment.")
    ] = False,
    days: Annotated[int, typer.Option("--days", min=1, max=365, help="How long the offer is open.")] = 30,
    language: LanguageOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write, for every signer of every lease, a file to sign and the same for a person to read."""
    deadline = max(session.connection.block().time, int(time.time())) + days * 86_400
    names: dict[str, str] = {}
    if draft:
        items = _from_files(session, draft, permits, deadline)
    else:
        items = _from_books(session, keys or [], permits, deadline)
    if has_books(session.settings):
        with books(session) as store:
            names = names_of(store)
    if not items:
        raise InputError(
            "There is no draft to prepare.", "Import a rent roll first, or name a file with --draft."
        )
    with progress_bar() as bar:
        task = bar.add_task("preparing", total=len(items))
        prepared = prepare(
            session.suite,
            items,
            folder,
            names=names,
            language=language or session.settings.language,
            progress=lambda count: bar.advance(task, count),
        )
    if not draft:
        with books(session) as store:
            for one in prepared:
                store.mark_prepared(one.key, one.terms_hash)
    if as_json:
        rows = [
            {"key": one.key, "terms_hash": one.terms_hash, "files": [str(f) for f in one.files]}
            for one in prepared
        ]
        print_json(rows)
    else:
        rows_ = [[one.key, one.terms_hash[:18] + "…", str(len(one.files))] for one in prepared]
        out.print(table(f"To sign, in {folder}", ["key", "hash", "signers"], rows_, right=(2,)))
    say("Give each signer his file and the text beside it: commonhold lease sign FILE --key NAME")


def _from_files(session: Session, paths: list[Path], permits: bool, deadline: int) -> list[Item]:
    """Drafts that are not in the books; offer nonce, salt and deadline are filled in."""
    found = []
    for path in paths:
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
            values = {"nonce": 0, "salt": "0x" + secrets.token_hex(32), "deadline": deadline}
            found.append((str(document["key"]), terms_from_json({**_BLANK, **values, **document["terms"]})))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError(
                f"{path} is no draft of a lease: {error!r}.", "A draft is {key, terms}."
            ) from None
    nonces = session.suite.leases.offer_nonces(terms.landlord for _, terms in found)
    return [
        Item(key, replace(terms, nonce=nonce), permits)
        for (key, terms), nonce in zip(found, nonces, strict=True)
    ]


def _from_books(session: Session, keys: list[str], permits: bool, deadline: int) -> list[Item]:
    with books(session) as store:
        waiting = drafts(store, "planned", "prepared")
        known = {one.key for one in waiting}
        unknown = [key for key in keys if key not in known]
        if unknown:
            raise InputError(f"There is no draft {unknown[0]}.", f"There are {len(known)} to prepare.")
        chosen = [one for one in waiting if not keys or one.key in keys]
        units, parties = store.unit_ids(), store.party_ids()
    try:
        nonces = session.suite.leases.offer_nonces(parties[one.landlord] for one in chosen)
        terms = [
            one.terms_with(units, parties, nonce=nonce, salt=secrets.token_bytes(32), deadline=deadline)
            for one, nonce in zip(chosen, nonces, strict=True)
        ]
    except KeyError as error:
        raise InputError(
            f"{error.args[0]} is not registered yet.", "Run the import again: it continues."
        ) from None
    return [Item(one.key, made, permits) for one, made in zip(chosen, terms, strict=True)]


@lease_app.command("sign")
def lease_sign(
    paths: Annotated[list[Path], typer.Argument(help="Files to sign, or folders with them.")],
    key: Annotated[str, typer.Option("--key", help="Your keystore: its name, file or address.")],
    folder: Annotated[Path | None, typer.Option("--out", help="Where signed files go.")] = None,
    password_file: PasswordFileOption = None,
    password_fd: PasswordFdOption = None,
    yes: YesOption = False,
    network: NetworkOption = None,
    config: ConfigOption = None,
) -> None:
    """Sign your files with your own key, after reading what each one says. Needs no node."""
    settings = settings_of(config, network)
    files = [read_to_sign(path) for path in find(paths, TO_SIGN_SUFFIX)]
    account = open_key(key, settings.keystore, PasswordSource(password_file, password_fd))
    mine = [one for one in files if one.wallet is None or one.wallet.lower() == account.address.lower()]
    if len(paths) == 1 and paths[0].is_file():
        mine = files
    if not mine:
        raise InputError(f"None of {len(files)} files is for {account.address}.", "Is it the right keystore?")
    chain_id = leases = None
    try:
        deployment = read(settings.deployment)
        chain_id, leases = deployment.chain_id, deployment.address("LeaseAgreement")
    except SettingsError:
        say("There is no manifest here: compare the contract's address in the file with the one you know.")
    for one in mine:
        text = check_to_sign(one, account.address, chain_id=chain_id, leases=leases)
        say(text)
        if not yes and not typer.confirm("Do you sign this?", err=True):
            say("Not signed.")
            continue
        print(sign(one, account, folder))


@lease_app.command("activate")
@signed("MANAGER", dry=True)
def lease_activate(
    desk: Desk,
    paths: Annotated[list[Path], typer.Argument(help="Signed files, or folders with them.")],
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Activate those that are ready.")] = False,
    attestor: Annotated[
        str | None,
        typer.Option("--attestor", help="Keystore that registers first wallets.", show_default=False),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Activate the leases whose signatures came back. All are checked before the first one is sent."""
    session = desk.session
    leases = collect(session.suite, [read_signed(path) for path in find(paths, SIGNED_SUFFIX)])
    if desk.dry:
        rows = check(session.suite, leases, session.connection.block().time)
    else:
        desk.confirm(f"Activate up to {len(leases)} leases?")
        second = (
            signer_of(session.settings, session.connection, attestor, desk.password, "ATTESTOR")
            if (attestor is not None or session.connection.is_local)
            else None
        )
        with desk.sending() as sender, progress_bar() as bar:
            task = bar.add_task("activating", total=len(leases))
            helper = (
                type(sender)(session.connection, second, fees=sender.fees) if second is not None else None
            )
            rows = activate(
                session.suite,
                sender,
                leases,
                attestor=helper,
                skip_bad=skip_bad,
                progress=lambda count: bar.advance(task, count),
            )
        if has_books(session.settings):
            with books(session) as store:
                for row in rows:
                    if row.lease:
                        note_activated(store, row.terms_hash, row.lease)
    if as_json:
        print_json(
            [
                {"key": r.key, "terms_hash": r.terms_hash, "lease": r.lease, "state": r.state, "why": r.why}
                for r in rows
            ]
        )
    else:
        out.print(lease_rows(rows))
    bad = [row for row in rows if row.state in ("waiting", "refused")]
    if bad:
        partly = PartlyDoneError(
            f"{len(bad)} of {len(rows)} leases are not active.",
            "Put them right and activate again: those that are active stay as they are.",
            done=len(rows) - len(bad),
            failed=len(bad),
        )
        say(str(partly))
        raise typer.Exit(partly.exit_code)


@lease_app.command("show")
@on_chain
def lease_show(
    session: Session,
    lease: Annotated[int, typer.Argument(help="Number of the lease on chain.")],
    language: LanguageOption = None,
) -> None:
    """Show a lease as the chain has it now."""
    found = statement(session.suite, lease)
    names: dict[str, str] = {}
    if has_books(session.settings):
        with books(session) as store:
            names = names_of(store)
    say_in = language or session.settings.language
    rows = [list(pair) for pair in figures(found, names, say_in)]
    out.print(table(title_of(found, names, say_in), ["", ""], rows))
