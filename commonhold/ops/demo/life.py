"""One life from a roll to the last comparison: what `demo` and `simulate` share."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.text import Text

from commonhold.errors import TwinError
from commonhold.ops.arrears import arrears
from commonhold.ops.audit import Report, audit
from commonhold.ops.demo import charts, receipts
from commonhold.ops.demo.acts import Acts
from commonhold.ops.demo.chain_side import ChainSide
from commonhold.ops.demo.compare import Count
from commonhold.ops.demo.credit import chart_of_scores, read_all, read_files, side_by_side, two_of
from commonhold.ops.demo.desks import Desks, FeeFiles, collectors_of, make_desks
from commonhold.ops.demo.habits import Habits
from commonhold.ops.demo.outcome import Life, write_outcome, write_statements
from commonhold.ops.demo.scenario import Scenario
from commonhold.ops.demo.show import (
    arrears_table,
    fees_table,
    leases_table,
    progress,
    show_month,
    totals_table,
)
from commonhold.ops.demo.stage import (
    OFFICE,
    Stage,
    bring_in,
    first_payments,
    open_stage,
    sign_and_activate,
)
from commonhold.ops.demo.story import Story
from commonhold.ops.demo.telling import due_days, names_of, numbers_of, telling_rows
from commonhold.ops.demo.twin_side import TwinSide
from commonhold.ops.intake.roll import RollReport
from commonhold.rules.ledger import State
from commonhold.units import Day, LeaseId, format_day


@dataclass(frozen=True, slots=True)
class Play:
    """What is lived.

    telling: keys of leases whose statements are written; calendar: of those whose due days are told.
    fees: files for property fees and water bills, None where nothing but rents is lived."""

    title: str
    report: RollReport
    scenario: Scenario
    months: int
    seed: int
    telling: Sequence[str] = ()
    calendar: Sequence[str] = ()
    keep_chain: bool = False
    fees: FeeFiles | None = None

    @property
    def cutover(self) -> Day:
        return self.report.cutover or Day(0)


@dataclass(slots=True)
class Watch:
    """How long what took [s]."""

    spent: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def on(self, name: str) -> Iterator[None]:
        begin = time.monotonic()
        try:
            yield
        finally:
            self.spent[name] = self.spent.get(name, 0) + time.monotonic() - begin


def live(folder: Path, play: Play, console: Console) -> Life:
    """Raises TwinDisagrees, and what the tools raise."""
    watch = Watch()
    begin = time.monotonic()
    with progress(console) as bar, open_stage(folder, play.cutover, play.seed, keep=play.keep_chain) as stage:
        watch.spent["deploy"] = time.monotonic() - begin
        _prepare(stage, play, bar, watch, console)
        return _play(stage, play, bar, watch, console)


def _prepare(stage: Stage, play: Play, bar: Progress, watch: Watch, console: Console) -> None:
    people, units = len(play.report.parties), len(play.report.units)
    with watch.on("import"):
        task = bar.add_task("parties, units and wallets", total=2 * people + units)
        bring_in(stage, play.report, lambda done: bar.advance(task, done))
    with watch.on("activate"):
        task = bar.add_task("leases signed and activated", total=len(stage.drafts))
        sign_and_activate(stage, lambda done: bar.advance(task, done))
    running = sum(draft.running for draft in stage.drafts)
    _say(
        console,
        f"{format_day(stage.cutover)}: {units} units, {people} people and companies and {len(stage.drafts)} "
        f"leases brought in ({running} running, {len(stage.drafts) - running} to come); all are signed and "
        "active.",
    )


def _play(stage: Stage, play: Play, bar: Progress, watch: Watch, console: Console) -> Life:
    chain = ChainSide(stage)
    story, desks = _story(stage, play, chain)
    desks.credit.consent(story.parties)
    with watch.on("fees"):
        _say(console, desks.open(stage.cutover))
    with watch.on("live"):
        for action in play.scenario.on(stage.cutover):
            story.acts.perform(action)
        story.begin(stage.cutover)
        first = Day(stage.cutover + 1)
        task = bar.add_task("days lived", total=story.days(first, play.months))

        def told(count: int, day: Day) -> None:
            bar.update(task, advance=count, description=f"lived until {format_day(day)}")

        for month in story.live(first, play.months, told):
            show_month(console, month)
    console.print(totals_table(story.months))
    if desks.fees:
        console.print(fees_table(desks.fees.months, desks.water.collected if desks.water else {}))
    last = Day(first + story.days(first, play.months) - 1)
    names = names_of(stage)
    for text in due_days(stage, play.calendar, last):
        _say(console, text)
    if play.telling:
        figures = {number: story.twin.lease_figures(number) for number in numbers_of(stage, play.telling)}
        console.print(leases_table(telling_rows(stage, play.telling, figures, names)))
    with watch.on("statements"):
        telling = {
            number: f"{name} ({names[f'unit {stage.forms[number - 1].unit}']})"
            for number, name in numbers_of(stage, play.telling).items()
        }
        files = write_statements(stage.folder, stage.suite, telling, names)
    _note_ends(stage, story.twin)
    with watch.on("credit"):
        scores = read_all(stage, story.parties)
        if any(score.sufficient for score in scores.values()):
            console.print(side_by_side(read_files(stage, two_of(scores)), names))
    kept = None
    with watch.on("arrears"):
        owing = arrears(stage.suite)
        console.print(arrears_table(owing, names))
        if desks.water and desks.water.runs:
            kept = receipts.keep(stage, desks.water.runs[-1], desks.water.proved(), names)
    with watch.on("audit"):
        audited = audit(stage.connection, stage.deployment)
    life = Life(
        title=play.title,
        seed=play.seed,
        leases=len(stage.drafts),
        parties=len(story.parties),
        units=len(play.report.units),
        months=story.months,
        count=story.count,
        seconds=watch.spent,
        gas=chain.gas,
        settled=sum(month.attempts.total() for month in story.months),
        rpc=stage.node.rpc_url if play.keep_chain else "",
        pid=stage.node.pid if play.keep_chain else 0,
        charts=_charts(story, desks)
        | {"arrears": charts.of_arrears(owing), "scores": chart_of_scores(scores)},
        fees=desks.fees.months if desks.fees else (),
        water=desks.water.collected if desks.water else {},
        arrears=owing,
        receipts=kept,
        audit=verdict(audited),
    )
    write_outcome(stage.folder, life, life.rpc or _USUAL, files)
    _say_result(console, life)
    if not audited.ok:
        wrong = "\n  ".join(map(str, audited.differences[:20]))
        raise TwinError(f"{life.audit}\n  {wrong}", "Please report it with the seed and the scenario.")
    return life


def _charts(story: Story, desks: Desks) -> dict[str, str]:
    found = {"collections": charts.of_rents(story.months)}
    if desks.fees:
        found["fees"] = charts.of_fees(desks.fees.months, desks.water.collected if desks.water else {})
    return found


def verdict(report: Report) -> str:
    """The audit in one line."""
    figures = sum(line.checked + line.rows for line in report.lines)
    logs = sum(line.logs for line in report.lines)
    found = "the books prove themselves" if report.ok else f"the books are wrong in {report.total:,} places"
    return (
        f"Audit at block {report.block.number:,}: {found}: {figures:,} figures of {len(report.lines)} "
        f"contracts, derived anew from {logs:,} raw logs in {report.seconds:.1f} s."
    )


_USUAL = "http://127.0.0.1:8545"  # where `commonhold chain up` starts a chain


def _story(stage: Stage, play: Play, chain: ChainSide) -> tuple[Story, Desks]:
    bit = stage.suite.token.collector_bit(stage.suite.leases.address)
    twin, count = TwinSide(bit, OFFICE, collectors_of(stage) if play.fees else bit), Count()
    twin.begin_day(stage.cutover)
    twin.activate(stage.forms, first_payments(stage))
    habits = Habits(twin)
    keys = {number: draft.key.removeprefix("no ") for number, draft in enumerate(stage.drafts, start=1)}
    numbers = {key: number for number, key in keys.items()}
    desks = make_desks(stage, chain, twin, count, play.report, play.fees)
    story = Story(
        chain=chain,
        twin=twin,
        scenario=play.scenario,
        acts=Acts(chain, twin, play.scenario, habits, numbers, desks.acts),
        habits=habits,
        names={number: key.upper() for number, key in keys.items()},
        parties=sorted(stage.store.party_ids().values()),
        desks=desks.all,
        count=count,
    )
    return story, desks


def _note_ends(stage: Stage, twin: TwinSide) -> None:
    """The store learns which leases are over, and the ends that were agreed."""
    for number, draft in enumerate(stage.drafts, start=1):
        ledger = twin.community.leases[number]
        over = ledger.state > State.HOLDOVER
        if over or ledger.schedule.end_day != draft.terms.end_day:
            row = stage.store.lease_by_id(LeaseId(number))
            if row is not None:
                stage.store.mark_end(row.key, Day(ledger.schedule.end_day), ended=over)


def _say(console: Console, text: str) -> None:
    if not text:
        return
    console.print(Text(text), soft_wrap=True)


def _say_result(console: Console, life: Life) -> None:
    count = life.count
    _say(
        console,
        f"Contracts and twin agree: {count.figures:,} figures of {life.leases} leases in "
        f"{len(life.months)} month{'s' if len(life.months) > 1 else ''}, and {count.batches} settlements, "
        "to the base unit.",
    )
    transactions = life.count.batches
    _say(
        console,
        f"Settling cost {life.gas // max(1, life.settled):,} gas a lease, in {transactions} transactions for "
        f"{life.settled / max(1, transactions):.1f} leases on average.",
    )
    spent = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in life.seconds.items())
    _say(console, f"Time: {spent}; {sum(life.seconds.values()):.1f} s in all.")
