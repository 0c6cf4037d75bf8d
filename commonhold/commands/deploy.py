"""`commonhold deploy`, and what belongs to it."""

from dataclasses import dataclass
from typing import Annotated

import typer

from commonhold.chain.send import Waiting
from commonhold.commands.session import (
    DEPLOYER,
    ConfigOption,
    JsonOption,
    KeyOption,
    NetworkOption,
    PasswordFdOption,
    PasswordFileOption,
    RpcOption,
    SignerOption,
    YesOption,
    confirm_chain,
    connect,
    fees_of,
    named_signer,
    settings_of,
)
from commonhold.errors import InputError, SettingsError
from commonhold.ops.deploy import JOURNAL, local_account, local_parameters
from commonhold.ops.deploy import deploy as deploy_suite
from commonhold.ops.keys import PasswordSource
from commonhold.ops.manifest import Deployment
from commonhold.ops.parameters import FILE, read_parameters
from commonhold.present import out, print_json, progress_bar, say, table
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


@deploy_app.callback()
def deploy(
    context: typer.Context,
    network: NetworkOption = None,
    rpc: RpcOption = None,
    config: ConfigOption = None,
    signer: SignerOption = None,
    key: KeyOption = None,
    password_file: PasswordFileOption = None,
    password_fd: PasswordFdOption = None,
    confirmations: ConfirmationsOption = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin anew, with new addresses.")] = False,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Deploy the suite, or finish a deployment that was interrupted."""
    if context.invoked_subcommand is not None:
        _refuse_options_before(context)
        return
    settings = settings_of(config, network, rpc)
    password = PasswordSource(password_file, password_fd)
    _deploy(_Who(settings, signer, key, password), confirmations, fresh=fresh, yes=yes, as_json=as_json)


@deploy_app.command()
def resume(
    network: NetworkOption = None,
    rpc: RpcOption = None,
    config: ConfigOption = None,
    signer: SignerOption = None,
    key: KeyOption = None,
    password_file: PasswordFileOption = None,
    password_fd: PasswordFdOption = None,
    confirmations: ConfirmationsOption = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Finish a deployment that was begun; begins none."""
    settings = settings_of(config, network, rpc)
    if not (settings.deployment / JOURNAL).is_file():
        raise SettingsError(
            f"No deployment was begun in {settings.deployment}.", "Begin one with `commonhold deploy`."
        )
    password = PasswordSource(password_file, password_fd)
    _deploy(_Who(settings, signer, key, password), confirmations, fresh=False, yes=yes, as_json=as_json)


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


def _deploy(who: _Who, confirmations: int | None, *, fresh: bool, yes: bool, as_json: bool) -> None:
    settings = who.settings
    connection = connect(settings)
    path = settings.deployment / FILE
    own = connection.is_local and not path.is_file()
    parameters = local_parameters() if own else read_parameters(path)
    signer = named_signer(settings, connection, who.key, who.signer, who.password, DEPLOYER)
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
            waiting=Waiting(depth=settings.depth if confirmations is None else confirmations),
            progress=lambda label, done, total: bar.update(
                task, description=label, completed=done, total=total
            ),
        )
    if as_json:
        print_json(deployment.as_json())
        return
    _show(deployment)
    say(f"Manifest: {settings.deployment / 'manifest.json'}")
    for line in deployment.pending:
        say(f"Still to do: {line}")


def _show(deployment: Deployment) -> None:
    rows = [[name, contract.address] for name, contract in deployment.contracts.items()]
    out.print(table(f"{deployment.network}, chain {deployment.chain_id}", ["contract", "address"], rows))
