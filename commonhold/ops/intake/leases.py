"""From the lines of one lease to its draft: joint tenants together, figures complete, terms that the contract
takes."""

from collections.abc import Sequence
from typing import Final

from eth_utils.crypto import keccak

from commonhold.ops.intake.drafts import LeaseLines, draft_of
from commonhold.ops.intake.line import RollLine
from commonhold.ops.intake.opening import OpeningProblem, is_running, take_over
from commonhold.ops.intake.parties import Mention, PartyBook, Role
from commonhold.ops.intake.problems import Note
from commonhold.ops.intake.reader import RowReader
from commonhold.ops.intake.roll import LeaseDraft
from commonhold.rules.calendar import boundary, label_of
from commonhold.rules.rent import anchor_of
from commonhold.rules.terms import LeaseTerms, OneOffFee, RentStep
from commonhold.rules.validate import MAX_TENANTS, MIN_SHARE, TermsInvalid, validate_terms
from commonhold.text import fold
from commonhold.units import FULL_BPS, Bps, Day, Money, format_bps, format_day, format_money

KEY_MONEY: Final = keccak(text="key money")
AGENCY_FEE: Final = keccak(text="agency fee")

# field of the terms → column of the roll
_COLUMNS: Final = {
    "tenants": "tenant",
    "shares": "shares",
    "coverMask": "cover",
    "rent": "rent",
    "deposit": "deposit",
    "billingDay": "billing_day",
    "interval": "interval",
    "dueOffset": "due_offset",
    "rentFreeDays": "rent_free_days",
    "graceDays": "grace_days",
    "lateFeeRate": "late_fee_rate",
    "lateFeeMaxDays": "late_fee_max_days",
    "noticeDays": "notice_days",
    "breakDay": "break_day",
    "breakFee": "break_fee",
    "commission": "commission",
    "holdoverRate": "holdover_rate",
    "arbiter": "arbiter",
    "startDay": "start",
    "endDay": "end",
    "fees": "key_money",
    "steps": "steps",
    "opening": "prepaid",
    "total": "rent",
}
_ALL: Final = {"all", "yes", "全部", "是", "はい", "全員"}
_NONE: Final = {"no", "none", "否", "いいえ"}


def gather(lines: Sequence[RollLine], book: PartyBook) -> LeaseLines:
    """Put the lines of one lease together and name its people. Further lines hold a tenant each; what else
    they say must be what the first says."""
    head = lines[0]
    reader = head.reader
    tenants = book.mention_all(head.tenants, head.contacts, head.wallets, "tenant", reader)
    for line in lines[1:]:
        _same_lease(head, line)
        tenants += book.mention_all(line.tenants, line.contacts, line.wallets, "tenant", line.reader)
    return LeaseLines(
        lines=list(lines),
        landlord=name_owner(reader, book),
        tenants=tenants,
        manager=_named(reader, book, "manager"),
        arbiter=_named(reader, book, "arbiter"),
    )


def name_owner(reader: RowReader, book: PartyBook) -> Mention | None:
    """The owner of the line's unit; a problem of the line if nobody is named."""
    name = reader.text("landlord")
    if name:
        wallets = reader.wallets("landlord_wallet")
        contact = reader.text("landlord_contact")
        return book.mention(name, contact, wallets[0] if wallets else "", "landlord", reader)
    if not reader.failed:
        reader.problem(
            "landlord",
            "the landlord is missing",
            'Fill in the owner; or, if all units have one owner, declare [defaults] landlord = "…".',
        )
    return None


def _named(reader: RowReader, book: PartyBook, role: Role) -> Mention | None:
    name = reader.text(role)
    return book.mention(name, "", "", role, reader) if name else None


def _same_lease(head: RollLine, line: RollLine) -> None:
    first = head.line
    pairs: list[tuple[str, object, object]] = [
        ("unit", head.unit, line.unit),
        ("start", head.start, line.start),
        ("end", head.end, line.end),
    ]
    pairs += [(name, head.money.get(name), value) for name, value in line.money.items()]
    pairs += [(name, head.numbers.get(name), value) for name, value in line.numbers.items()]
    for name, one, other in pairs:
        if other is not None and one != other:
            line.reader.problem(
                name,
                f"this is a further tenant of the lease on line {first}, which says something else",
                "Leave the cell empty or write the same; a lease of its own needs a lease number of its own.",
            )


def build(group: LeaseLines, book: PartyBook, cutover: Day) -> tuple[LeaseDraft | None, list[Note]]:
    """The draft, or None if a line of the lease has a problem."""
    head, reader = group.head, group.reader
    if group.failed() or group.landlord is None or head.start is None or head.end is None:
        for name, value in (("start", head.start), ("end", head.end)):
            if value is None and reader.own_cell(name) is None:
                reader.problem(name, "the day is missing", "Fill it in: 2025-12-31.")
        return None, []
    if "rent" not in head.money:
        reader.problem("rent", "the rent is missing", "Put the monthly rent in.")
        return None, []
    _plain_checks(group, cutover)
    shares = _shares(group)
    _distinct(group, book)
    keys = [book.key(tenant) for tenant in group.tenants]
    cover = _cover(group, keys)
    if group.failed():
        return None, []
    terms = _terms(group, shares, cover)
    _check_steps(reader, terms)
    if group.failed():
        return None, []
    notes = []
    running = is_running(head.start, cutover)
    payees = [payee for payee, _, _ in _fees(group)]
    if running:
        if terms.fees:
            notes.append(
                Note(head.line, f"{head.label}: one-off fees of a running lease are taken as paid long ago")
            )
            payees = []
        try:
            terms = take_over(
                terms,
                cutover,
                arrears=head.money.get("arrears", Money(0)),
                prepaid=head.money.get("prepaid", Money(0)),
                late_fees=head.money.get("late_fees", Money(0)),
            )
        except OpeningProblem as error:
            reader.problem(error.field, error.what, error.advice)
            return None, notes
    notes += _deposit_note(head, terms)
    try:
        validate_terms(terms, cutover)
    except TermsInvalid as error:
        reader.problem(
            _COLUMNS.get(error.field.partition(".")[0], "rent"),
            f"the contract would refuse {error.field}: {error.value}, the bound is {error.bound}",
            "Correct the value; SPECIFICATION.md lists the bounds of every term.",
        )
        return None, notes
    roles = {
        "landlord": book.key(group.landlord),
        "manager": book.key(group.manager) if group.manager else "",
        "arbiter": book.key(group.arbiter) if group.arbiter else "",
    }
    return draft_of(group, keys, roles, terms, payees, cutover), notes


def _plain_checks(group: LeaseLines, cutover: Day) -> None:
    head, reader = group.head, group.reader
    start, end = head.start, head.end
    if start is None or end is None:
        return
    if end <= start:
        reader.problem(
            "end", f"the lease ends before it starts ({format_day(start)})", "Correct the start or the end."
        )
    elif end <= cutover + 1:
        reader.problem(
            "end",
            f"the lease is over by the cut-over ({format_day(cutover)})",
            "Leave it out, and settle what is owed outside; or put the new end in if it was renewed.",
        )
    if not is_running(start, cutover):
        for name in ("arrears", "prepaid", "late_fees", "deposit_held"):
            if head.money.get(name):
                reader.problem(
                    name,
                    f"the lease starts after the cut-over ({format_day(cutover)}): there are no books yet",
                    "Empty the cell, or correct the start.",
                )
    if len(group.tenants) > MAX_TENANTS:
        reader.problem("tenant", f"there are {len(group.tenants)} tenants", f"Name at most {MAX_TENANTS}.")
    if head.numbers.get("break_fee") and not head.numbers.get("break_day"):
        reader.problem(
            "break_fee",
            "there is no day from which the lease may be broken",
            "Fill in the break date, or no fee.",
        )
    if head.numbers.get("commission") and group.manager is None:
        reader.problem(
            "commission",
            "nobody is named who earns it",
            'Declare [defaults] manager = "the company\'s name".',
        )


def _distinct(group: LeaseLines, book: PartyBook) -> None:
    """Landlord and tenants of a lease are different parties."""
    seen: set[str] = set()
    for tenant in group.tenants:
        key = book.key(tenant)
        if group.landlord is not None and key == book.key(group.landlord):
            what = "the tenant is the landlord"
        elif key in seen:
            what = "the same tenant is named twice"
        else:
            seen.add(key)
            continue
        tenant.reader.problem(
            "tenant", what, "Name different parties; add contacts where two people have one name."
        )
        return
    landlord = book.key(group.landlord) if group.landlord is not None else ""
    arbiter = book.key(group.arbiter) if group.arbiter is not None else ""
    if arbiter and arbiter in (landlord, *seen):
        group.reader.problem(
            "arbiter",
            f"the arbiter is the {'landlord' if arbiter == landlord else 'tenant'}",
            "Name somebody with no part in the lease, or nobody.",
        )


def _shares(group: LeaseLines) -> tuple[Bps, ...]:
    count = len(group.tenants)
    shares = [share for line in group.lines for share in line.shares]
    reader = group.reader
    if not shares and count == 1:
        return (FULL_BPS,)
    if not shares and reader.context.mapping.shares == "equal":
        each = FULL_BPS // count
        return (*[Bps(each)] * (count - 1), Bps(FULL_BPS - each * (count - 1)))
    if len(shares) != count:
        reader.problem(
            "shares",
            f"there are {len(shares)} shares for {count} tenants",
            'Write one for each tenant: 60% / 40%; or declare [lease] shares = "equal".',
        )
    elif sum(shares) != FULL_BPS:
        total = format_bps(Bps(sum(shares)))
        reader.problem("shares", f"the shares add up to {total}, not 100%", "Correct them.")
    elif min(shares) < MIN_SHARE:
        reader.problem("shares", "a share is below 1%", "Write at least 1% for each tenant.")
    return tuple(shares)


def _cover(group: LeaseLines, keys: Sequence[str]) -> int:
    """Bit i: tenant i also pays what the others owe."""
    reader = group.reader
    if len(keys) == 1:
        return 0
    mask = 0
    names = [fold(tenant.name) for tenant in group.tenants]
    for word in reader.names("cover"):
        folded = fold(word)
        if folded in _ALL:
            mask |= (1 << len(keys)) - 1
        elif folded in names:
            mask |= 1 << names.index(folded)
        elif folded not in _NONE:
            reader.problem(
                "cover", "this is none of the tenants", 'Write "all", "none", or the names of tenants.', word
            )
    return mask


def _fees(group: LeaseLines) -> list[tuple[str, int, bytes]]:
    """Payee's role, amount and kind. Key money goes to the landlord, the agency's fee to the manager."""
    numbers = group.head.numbers
    fees = [("landlord", numbers.get("key_money", 0), KEY_MONEY)]
    fees += [("manager", numbers.get("agency_fee", 0), AGENCY_FEE)]
    return [fee for fee in fees if fee[1]]


def _terms(group: LeaseLines, shares: Sequence[Bps], cover: int) -> LeaseTerms:
    """The agreed terms, with stand-ins for ids: landlord 1, tenants from 2, manager and arbiter behind."""
    head, numbers = group.head, group.head.numbers
    if numbers.get("agency_fee") and group.manager is None:
        group.reader.problem(
            "agency_fee",
            "nobody is named who earns it",
            'Declare [defaults] manager = "the company\'s name".',
        )
    count = len(group.tenants)
    deposit = head.money.get("deposit", Money(0))
    return LeaseTerms(
        unit=1,
        landlord=1,
        tenants=tuple(range(2, 2 + count)),
        shares=tuple(shares),
        rent=head.money["rent"],
        deposit=head.money.get("deposit_held", deposit),
        start_day=head.start or 0,
        end_day=head.end or 0,
        billing_day=numbers.get("billing_day", 0),
        interval=numbers.get("interval", 1),
        due_offset=numbers.get("due_offset", 0),
        rent_free_days=numbers.get("rent_free_days", 0),
        steps=tuple(RentStep(day, rent) for day, rent in head.steps),
        fees=tuple(OneOffFee(1, amount, kind) for _, amount, kind in _fees(group)),
        grace_days=numbers.get("grace_days", 0),
        late_fee_rate=numbers.get("late_fee_rate", 0),
        late_fee_max_days=numbers.get("late_fee_max_days", 0),
        notice_days=numbers.get("notice_days", 0),
        break_day=numbers.get("break_day", 0),
        break_fee=numbers.get("break_fee", 0),
        manager=2 + count if group.manager else 0,
        commission=numbers.get("commission", 0),
        holdover_rate=numbers.get("holdover_rate", 0),
        day_count=head.day_count,
        arbiter=3 + count if group.arbiter else 0,
        cover_mask=cover,
    )


def _check_steps(reader: RowReader, terms: LeaseTerms) -> None:
    anchor = anchor_of(terms)
    before = terms.start_day
    if terms.rent_free_days >= terms.end_day - terms.start_day:
        reader.problem("rent_free_days", "the whole lease would be free", "Correct the days.")
    for step in terms.steps:
        first = boundary(anchor, label_of(anchor, step.day))
        day = format_day(Day(step.day))
        if first != step.day:
            reader.problem(
                "steps",
                f"{day} is not the first day of a period; {format_day(Day(first))} is",
                "A new rent begins with a period: put such a day in.",
                day,
            )
        elif not before < step.day < terms.end_day:
            reader.problem(
                "steps",
                f"{day} is not after the step before and before the end",
                "Order the steps by day.",
                day,
            )
        before = step.day


def _deposit_note(head: RollLine, terms: LeaseTerms) -> list[Note]:
    agreed = head.money.get("deposit")
    if agreed is None or agreed == terms.deposit:
        return []
    held, due = format_money(Money(terms.deposit)), format_money(agreed)
    return [
        Note(
            head.line,
            f"{head.label}: the deposit held is {held}, not {due}; the lease takes over what is held",
        )
    ]
