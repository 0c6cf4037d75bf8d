"""`commonhold deploy`, and what belongs to it: status, resume, verify, track-tx, forget."""

from dataclasses import dataclass, replace
from typing import Annotated

import typer

from commonhold.chain.connect import Connection
from commonhold.chain.send import Waiting
from commonhold.chain.signing import address_of
from commonhold.commands.deploy_show import show_contracts, show_cost, show_cost_in_brief, show_status
from commonhold.commands.options import Desk, Place, placed, signed
from commonhold.commands.session import (
    DEPLOYER,
    JsonOption,
    confirm_chain,
    connect,
    fees_of,
    named_signer,
)
from commonhold.errors import InputError, SettingsError
from commonhold.ops.deploy import JOURNAL, local_account, local_parameters
from commonhold.ops.deploy import deploy as deploy_suite
from commonhold.ops.deploy.astray import forget as forget_transaction
from commonhold.ops.deploy.astray import track
from commonhold.ops.deploy.care import status as status_of
from commonhold.ops.deploy.care import verify as verify_deployment
from commonhold.ops.deploy.cost import Cost, cost_of
from commonhold.ops.deploy.parameters import FILE, read_parameters
from commonhold.ops.deploy.plan import Parameters, make_plan
from commonhold.ops.keys import PasswordSource, list_keys
from commonhold.present import print_json, progress_bar, say
from commonhold.settings import Settings

deploy_app = typer.Typer(invoke_without_command=True)

ConfirmationsOption = Annotated[
    int | None,
    typer.Option(
        "--confirmations",
        min=0,
        help="Blocks on top before a transaction counts as done.",
        show_default="depth of commonhold.toml",
    ),
]
HashArgument = Annotated[str, typer.Argument(metavar="HASH", help="Of the transaction.")]


@deploy_app.callback()
@signed(DEPLOYER, ways=True)
def deploy(
    desk: Desk,
    context: typer.Context,
    plan: Annotated[
        bool, typer.Option("--plan", help="Show transactions, gas and cost; send nothing.")
    ] = False,
    confirmations: ConfirmationsOption = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin anew, with new addresses.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Deploy the suite, or finish a deployment that was interrupted."""
    if context.invoked_subcommand is not None:
        _refuse_options_before(context)
        return
    who = _who(desk, confirmations)
    if plan:
        cost = _cost(connect(who.settings), who)
        print_json(cost.as_json()) if as_json else show_cost(cost)
    else:
        _deploy(who, fresh=fresh, yes=desk.yes, as_json=as_json)


@deploy_app.command()
@signed(DEPLOYER, ways=True)
def resume(desk: Desk, confirmations: ConfirmationsOption = None, as_json: JsonOption = False) -> None:
    """Finish a deployment that was begun, also after a reorganisation; begins none."""
    who = _who(desk, confirmations)
    folder = who.settings.deployment
    if not (folder / JOURNAL).is_file():
        raise SettingsError(f"No deployment was begun in {folder}.", "Begin one with `commonhold deploy`.")
    _deploy(who, fresh=False, yes=desk.yes, as_json=as_json)


@deploy_app.command()
@placed
def status(place: Place, as_json: JsonOption = False) -> None:
    """Where each step stands, by the journal and the chain; sends nothing, needs no key."""
    found = status_of(place.connect(), place.settings.deployment)
    print_json(found.as_json()) if as_json else show_status(found, place.settings)


@deploy_app.command()
@placed
def verify(place: Place, as_json: JsonOption = False) -> None:
    """Compare the manifest with the chain: code, arguments, roles, delays and marks."""
    found = verify_deployment(place.connect(), place.settings.deployment)
    if as_json:
        print_json(found.as_json())
        return
    say(f"{len(found.contracts)} contracts: code, arguments, roles, delays and marks are as deployed.")
    for line in found.pending:
        say(f"Still to do: {line}")


@deploy_app.command("track-tx")
@placed
def track_tx(place: Place, hash_: HashArgument) -> None:
    """Adopt a step that was sent elsewhere, if sender, number and content are those of the plan."""
    found = track(place.connect(), place.settings.deployment, hash_)
    say(f"{found.step.call.label}, step {found.index + 1}, is {found.state}.")
    say("`commonhold deploy resume` continues.")


@deploy_app.command()
@placed
def forget(place: Place, hash_: HashArgument, confirmations: ConfirmationsOption = None) -> None:
    """Write off a transaction that can never be mined, once the chain proves it."""
    settings = place.settings
    depth = settings.depth if confirmations is None else confirmations
    label = forget_transaction(place.connect(), settings.deployment, hash_, depth)
    say(f"{label} is forgotten: another transaction has used its number.")
    say("`commonhold deploy resume` continues.")


def _refuse_options_before(context: typer.Context) -> None:
    sources = [context.get_parameter_source(name) for name in context.params]
    given = [source for source in sources if source is not None and source.name == "COMMANDLINE"]
    if given:
        raise InputError(
            f"Options stand before `{context.invoked_subcommand}`.",
            f"Write them after it: commonhold deploy {context.invoked_subcommand} --network …",
        )


@dataclass(frozen=True, slots=True)
class _Who:
    """Settings, and what the command line says about who signs."""

    settings: Settings
    signer: str | None
    key: str | None
    password: PasswordSource

    def parameters(self, connection: Connection) -> tuple[Parameters, bool]:
        """Those of the network's folder; on a development chain without them its own, and True."""
        path = self.settings.deployment / FILE
        if connection.is_local and not path.is_file():
            return local_parameters(), True
        return read_parameters(path, testnet=self.settings.testnet or connection.is_local), False

    def address(self, connection: Connection) -> str:
        """Who will deploy; a keystore's password is not asked for that."""
        name = self.key if self.signer is None else self.signer.removeprefix("keystore:")
        for stored in list_keys(self.settings.keystore):
            if name in (stored.path.stem, stored.address, str(stored.path)):
                return stored.address
        return address_of(
            named_signer(self.settings, connection, self.key, self.signer, self.password, DEPLOYER)
        )


def _who(desk: Desk, confirmations: int | None) -> _Who:
    settings = desk.place.settings
    if confirmations is not None:
        settings = replace(settings, depth=confirmations)
    return _Who(settings, desk.way, desk.key, desk.password)


def _cost(connection: Connection, who: _Who, address: str | None = None) -> Cost:
    deployer = address or who.address(connection)
    parameters, _ = who.parameters(connection)
    plan = make_plan(connection, parameters, deployer, connection.nonce(deployer))
    return cost_of(connection, plan, parameters, fees_of(who.settings))


def _deploy(who: _Who, *, fresh: bool, yes: bool, as_json: bool) -> None:
    settings = who.settings
    connection = connect(settings)
    parameters, own = who.parameters(connection)
    signer = named_signer(settings, connection, who.key, who.signer, who.password, DEPLOYER)
    if not yes and not connection.is_local and not (settings.deployment / JOURNAL).is_file():
        show_cost_in_brief(_cost(connection, who, address_of(signer)))
    confirm_chain(f"Deploy the suite for {parameters.name} to chain {connection.chain_id}?", connection, yes)
    with progress_bar() as bar:
        task = bar.add_task("deploying", total=None)
        deployment = deploy_suite(
            connection,
            signer,
            parameters,
            network=settings.network,
            folder=settings.deployment,
            admin_signer=local_account("ADMIN") if own else None,
            fresh=fresh,
            fees=fees_of(settings),
            waiting=Waiting(depth=settings.depth),
            progress=lambda label, done, total: bar.update(
                task, description=label, completed=done, total=total
            ),
        )
    if as_json:
        print_json(deployment.as_json())
        return
    show_contracts(deployment, settings)
    say(f"Manifest: {settings.deployment / 'manifest.json'}")
    for line in deployment.pending:
        say(f"Still to do: {line}")
