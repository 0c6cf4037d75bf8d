"""A bank's file, whatever its form: read, compared with the account that it must be of, nothing kept."""

from dataclasses import replace
from pathlib import Path

from commonhold.errors import InputError, SettingsError
from commonhold.ops.bank.camt import is_xml, read_camt
from commonhold.ops.bank.entries import BankFile, Statement, account_name, without_repeats
from commonhold.ops.bank.mapping import BankMapping
from commonhold.ops.bank.table import read_table
from commonhold.ops.intake.decode import open_source
from commonhold.ops.intake.problems import FileProblem, Problem, in_order
from commonhold.settings import BankAccount


def read_bank_file(path: Path, mapping: BankMapping | None, account: BankAccount) -> BankFile:
    """Read CAMT.053 or CSV. Raises InputError, FileProblem where the file cannot be read, or is not of the
    account in the settings; SettingsError where they name none."""
    if not account.account or not account.currency:
        raise SettingsError(
            "The settings name no bank account.",
            'Write [bank] account = "…" and currency = "…" into commonhold.toml.',
        )
    source = open_source(path)
    if source.kind == "xlsx":
        what = "this is a workbook, which a bank's own export never is"
        advice = "Take the bank's CAMT.053 or CSV, or save the sheet as CSV UTF-8."
        raise FileProblem(Problem(0, "", path.name, what, advice))
    if is_xml(source.data):
        form, statements, problems, notes = read_camt(path, source.data)
    else:
        statements, problems, notes = read_table(source, mapping or BankMapping())
        form = "csv"
    statements = [_of_account(path, one, account) for one in statements]
    kept, repeats = without_repeats(statements)
    return BankFile(path, source.sha256, form, kept, in_order(problems), (*notes, *repeats))


def _of_account(path: Path, statement: Statement, account: BankAccount) -> Statement:
    """The statement under the name of the account in the settings. Raises InputError for another one."""
    wanted, currency = account_name(account.account), account.currency.upper()
    found = statement.account or wanted
    if found != wanted:
        raise InputError(
            f"{path} is of the account {found}, not of {wanted}.",
            "Nothing was taken. Import the right file, or put [bank] account right in commonhold.toml.",
        )
    if (statement.currency or currency) != currency:
        raise InputError(
            f"{path} is in {statement.currency}, the community's account in {currency}.",
            "Nothing was taken: money of another currency does not back the token.",
        )
    return replace(statement, account=wanted, currency=currency)
