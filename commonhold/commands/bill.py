"""`commonhold bill preview | post | approve | issue | proof`, `commonhold receipt` and `verify-receipt`."""

from pathlib import Path
from typing import Annotated

import typer

from commonhold.commands import bill_care, bill_drop, bill_money
from commonhold.commands.arguments import (
    CsvOption,
    HtmlOption,
    LanguageOption,
    PeriodOption,
    RunArgument,
    UnitArgument,
    read_day,
    read_month,
)
from commonhold.commands.books import books, has_books, names_of
from commonhold.commands.options import Desk, on_chain, signed
from commonhold.commands.session import ConfigOption, JsonOption, Session, settings_of
from commonhold.commands.settling import run_book
from commonhold.errors import NotIssuedError, TwinError
from commonhold.ops.billing import desk, runs
from commonhold.ops.billing import receipt as receipts
from commonhold.ops.billing import verify as verifying
from commonhold.ops.billing.draft import Draft
from commonhold.ops.billing.formula import load_formula
from commonhold.ops.billing.lines import told, told_meter
from commonhold.ops.billing.readings import Readings
from commonhold.ops.settle import Bills
from commonhold.present import day, money, out, print_json, say, table
from commonhold.rules.bills import leaf_of
from commonhold.units import Month, format_month

bill_app = typer.Typer(no_args_is_help=True, help="Bills from readings and published formulas.")
FormulaArgument = Annotated[Path, typer.Argument(help="Tariff formula (TOML).")]
for _name, _command in (
    ("charge", bill_care.charge),
    ("pay", bill_money.pay),
    ("repay", bill_money.repay),
    ("object", bill_drop.object_to),
    ("withdraw", bill_drop.withdraw),
    ("dispute", bill_care.dispute),
    ("withdraw-dispute", bill_care.withdraw_dispute),
    ("resolve", bill_care.resolve),
    ("waive", bill_care.waive),
    ("credit-note", bill_care.credit_note),
):
    bill_app.command(_name)(_command)


def _draft_json(draft: Draft) -> dict[str, object]:
    return {
        "formula": draft.formula.as_json(),
        "formulas_hash": "0x" + draft.formula.hash.hex(),
        "period": format_month(Month(draft.period)),
        "total": str(draft.total),
        "bills": [
            {
                "unit": bill.unit,
                "party": bill.party,
                "amount": str(bill.amount),
                "meters": [one.as_json() for one in bill.meters],
                "lines": list(bill.lines),
                "lines_hash": "0x" + bill.lines_hash(draft.formula).hex(),
            }
            for bill in draft.bills
        ],
        "waiting": [{"unit": one.unit, "meter": one.meter, "why": one.why} for one in draft.waiting],
    }


def _show(draft: Draft, names: dict[str, str]) -> None:
    for bill in draft.bills:
        unit = names.get(f"unit {bill.unit}", f"unit {bill.unit}")
        party = names.get(f"party {bill.party}", f"party {bill.party}")
        rows = [[told_meter(draft.formula, one), ""] for one in bill.meters]
        rows += [[told(draft.formula, line), money(line["amount"])] for line in bill.lines]
        rows.append(["Total", money(bill.amount)])
        out.print(table(f"{unit}, {party}", ["what", "amount"], rows, right=(1,)))
    if draft.waiting:
        rows = [
            [names.get(f"unit {one.unit}", f"unit {one.unit}"), one.meter, one.why] for one in draft.waiting
        ]
        out.print(table("Not billed: these wait", ["unit", "meter", "why"], rows))
    say(
        f"{draft.formula.name} {format_month(Month(draft.period))}: {len(draft.bills)} bills, "
        f"{money(draft.total)} in all; {len(draft.waiting)} wait."
    )


@bill_app.command("preview")
@on_chain
def preview(
    session: Session,
    formula: FormulaArgument,
    period: PeriodOption,
    as_json: JsonOption = False,
) -> None:
    """Every bill of a month, line by line, and which units wait for a person."""
    found, month = load_formula(formula), read_month(period)
    with books(session) as store:
        draft = desk.draft_of(session.suite, found, month, Readings(session.settings.data))
        if as_json:
            print_json(_draft_json(draft))
        else:
            _show(draft, names_of(store))


@bill_app.command("post")
@signed("MANAGER", dry=True)
def post(
    office: Desk,
    formula: FormulaArgument,
    period: PeriodOption,
    due: Annotated[str | None, typer.Option("--due", help="A later due day than the category's.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Keep the run with all its leaves in the data folder and send its root; the committee approves it."""
    session = office.session
    found, month, wanted = load_formula(formula), read_month(period), read_day(due, "--due")
    folder = session.settings.data
    draft = desk.draft_of(session.suite, found, month, Readings(folder))
    due_day = desk.due_day_of(session.suite, found, month, wanted)
    if office.dry:
        if as_json:
            print_json(_draft_json(draft))
        say(f"{len(draft.bills)} bills, {money(draft.total)}, due {day(due_day)}. Nothing was sent.")
        return
    office.confirm(f"Post {len(draft.bills)} bills of {money(draft.total)}?")
    run = desk.prepare(session.suite, folder, draft, due_day)
    with office.sending() as sender:
        desk.post(session.suite, sender, folder, run)
    path = runs.path_of(folder, run.values["run"])
    if as_json:
        print_json({"run": run.values["run"], "root": run.values["root"], "file": str(path)})
    say(
        f"Run {run.values['run']}: {run.values['count']} bills, {money(run.values['total'])}, "
        f"due {day(due_day)}. "
        f"Keep {path}: nobody can prove a bill without it. Next: commonhold bill approve {run.values['run']}"
    )


@bill_app.command("approve")
@signed("COMMITTEE")
def approve(office: Desk, run: RunArgument) -> None:
    """The committee's yes to a posted run; where its file is at hand, root and total are compared first."""
    folder = office.session.settings.data
    file = runs.load(folder, run) if runs.path_of(folder, run).is_file() else None
    office.confirm(f"Approve run {run}?")
    with office.sending() as sender:
        desk.approve(office.session.suite, sender, run, file)
    say(f"Run {run} is approved: its bills can be paid by proof or issued.")


@bill_app.command("issue")
@signed("MANAGER")
def issue(
    office: Desk,
    run: RunArgument,
    units: Annotated[list[int] | None, typer.Argument(help="Units by number (default: all).")] = None,
) -> None:
    """Make debts of bills that were not paid by their proof, so that mandates can pay them."""
    file = runs.load(office.session.settings.data, run)
    office.confirm(f"Issue the bills of run {run}?")
    with office.sending() as sender:
        count = desk.issue(office.session.suite, sender, file, units or [])
    say(f"{count} bills issued; the others were on the books or paid already.")


@bill_app.command("collect")
@signed("MANAGER", dry=True)
def collect(office: Desk, language: LanguageOption = None, as_json: JsonOption = False) -> None:
    """Collect issued bills that are due from mandates, and say why where something is left.

    Anybody may collect; doing it twice collects nothing twice. A run that was cut off goes on first.
    """
    run_book(office, Bills, None, language, as_json)


@bill_app.command("proof")
def proof(run: RunArgument, unit: UnitArgument, config: ConfigOption = None) -> None:
    """One bill's leaf and proof as JSON, as `payByProof` and `issue` take them. Works without a node."""
    file = runs.load(settings_of(config).data, run)
    index = file.index_of(unit)
    bill = file.bills[index]
    print_json(
        {
            "run": run,
            "bill": {
                "unit": bill.unit,
                "version": bill.version,
                "party": bill.party,
                "amount": str(bill.amount),
                "linesHash": "0x" + bill.lines_hash.hex(),
                "salt": "0x" + bill.salt.hex(),
            },
            "leaf": "0x" + leaf_of(file.place, bill).hex(),
            "proof": ["0x" + node.hex() for node in file.tree.proof(index)],
            "root": file.values["root"],
        }
    )


@on_chain
def receipt(
    session: Session,
    run: RunArgument,
    unit: UnitArgument,
    json_file: Annotated[Path | None, typer.Option("--to", help="Write the JSON to a file.")] = None,
    csv: CsvOption = None,
    html: HtmlOption = None,
    as_json: JsonOption = False,
) -> None:
    """The receipt of one bill: lines, formula, proof, and what was paid; it can be verified offline."""
    file = runs.load(session.settings.data, run)
    names: dict[str, str] = {}
    if has_books(session.settings):
        with books(session) as store:
            names = names_of(store)
    found = desk.receipt_of(session.suite, file, unit, names)
    formula = file.formula
    if json_file is not None:
        receipts.write_json(found, json_file)
    if csv is not None:
        receipts.write_table(found, formula, csv)
    if html is not None:
        receipts.write_page(found, formula, html)
    for path in filter(None, (json_file, csv, html)):
        say(f"Written: {path}")
    if as_json:
        print_json(found)
    elif json_file is None and csv is None and html is None:
        rows = [list(row) for row in receipts.lines_told(formula, found)]
        rows.append(["Total", money(found["bill"]["amount"])])
        heading = f"{formula.name} {format_month(Month(found['period']))}: {receipts.standing_told(found)}"
        out.print(table(heading, ["what", "amount"], rows, right=(1,)))


def verify_receipt(
    file: Annotated[Path, typer.Argument(help="Receipt: JSON or HTML.")],
    root: Annotated[
        str | None, typer.Option("--root", help="The run's root, from a source of your own.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Whether a receipt is right: correct, wrong by how much, or not issued. Needs no node and no network.

    Exit code 0 correct, 8 wrong, 9 not issued.
    """
    verdict = verifying.verify(verifying.read(file), root)
    if as_json:
        print_json(verdict.as_json())
    if verdict.answer == verifying.CORRECT:
        say(f"Correct: {verdict.why}.")
        return
    if as_json:
        raise typer.Exit(
            TwinError.exit_code if verdict.answer == verifying.WRONG else NotIssuedError.exit_code
        )
    if verdict.answer == verifying.WRONG:
        raise TwinError(f"Wrong: {verdict.why}.", "Show this to the manager, or dispute the bill.")
    raise NotIssuedError(f"Not issued: {verdict.why}.", "Do not pay it before the manager has explained it.")
