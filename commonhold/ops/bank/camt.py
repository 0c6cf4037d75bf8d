"""Bank statements as XML: CAMT.053 of ISO 20022, versions 001.02 to 001.08.

Booked entries count; pending ones are left alone. An entry that stands for several payments (a batch) becomes
one entry for each, if their amounts add up. Namespaces, the two forms of the status and of parties, and both
places of an amount are those of the versions; banks that mix them are read too.
"""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final

from commonhold.ops.bank.entries import Entry, Side, Statement, account_name, own_reference
from commonhold.ops.bank.xmlfile import Node, read_xml
from commonhold.ops.intake.dates import read_day
from commonhold.ops.intake.problems import FileProblem, Note, Problem, ValueProblem, shorten
from commonhold.text import clean
from commonhold.units import money_from_decimal

VERSIONS: Final = range(2, 9)
MOST: Final = 2**53  # nine billion [cmt]
_NAMESPACE = re.compile(r"urn:iso:std:iso:20022:tech:xsd:camt\.(\d{3})\.001\.(\d{2})")
_AMOUNT = re.compile(r"\d{1,18}(\.\d{1,17})?", re.ASCII)
_NONE: Final = {"", "NOTPROVIDED", "NONREF", "NONE"}
_OPENING: Final = ("OPBD", "PRCD")
_CLOSING: Final = ("CLBD",)
_SIDES: Final[dict[str, Side]] = {"CRDT": "credit", "DBIT": "debit"}
_ADVICE: Final = "Export the statement from the bank again; if it stays like this, ask the bank."


class _Reading:
    """One file being read: what is wrong and worth knowing is gathered here."""

    def __init__(self, currency: str) -> None:
        self.currency = currency
        self.problems: list[Problem] = []
        self.notes: list[Note] = []

    def problem(self, node: Node, what: str, value: str = "", advice: str = _ADVICE) -> None:
        self.problems.append(Problem(node.line, node.name, shorten(value or node.text), what, advice))


def is_xml(data: bytes) -> bool:
    """Whether a file begins as XML does, in one of the encodings that XML has."""
    start = data[:200].lstrip(b"\xef\xbb\xbf").lstrip()
    return start.startswith(b"<") or data[:4] in (
        b"\xff\xfe<\x00",
        b"\xfe\xff\x00<",
        b"<\x00?\x00",
        b"\x00<\x00?",
    )


def read_camt(path: Path, data: bytes) -> tuple[str, list[Statement], list[Problem], list[Note]]:
    """The form and the statements of a file, and what is wrong with it. Raises FileProblem."""
    document = read_xml(data)
    form = _form(document)
    reading = _Reading("")
    statements = [_statement(reading, node) for node in document.each("BkToCstmrStmt/Stmt")]
    if not statements:
        raise FileProblem(
            Problem(document.line, document.name, path.name, "the file holds no statement", _ADVICE)
        )
    return form, statements, reading.problems, reading.notes


def _form(document: Node) -> str:
    match = _NAMESPACE.fullmatch(document.namespace)
    if document.name != "Document" or match is None:
        what, advice = (
            "this is XML, but no statement by ISO 20022",
            "Export the statement as CAMT.053 or as CSV.",
        )
    elif match[1] != "053":
        what = f"this is a message camt.{match[1]}, not a statement"
        advice = "Export the end-of-day statement, camt.053: only that one says what was booked."
    elif int(match[2]) not in VERSIONS:
        what = f"version 001.{match[2]} of camt.053 is not read"
        advice = "Choose one from 001.02 to 001.08 at the bank, or export as CSV."
    else:
        return f"camt.053.001.{match[2]}"
    raise FileProblem(Problem(document.line, document.name, shorten(document.namespace), what, advice))


# ---- one statement


def _statement(reading: _Reading, node: Node) -> Statement:
    account = account_name(node.says("Acct/Id/IBAN", "Acct/Id/Othr/Id"))
    if not account:
        reading.problem(node, "the statement names no account", node.says("Id"))
    amounts = [found for found in (node.first("Acct/Ccy"),) if found is not None]
    currency = amounts[0].text if amounts else ""
    balances = list(_balances(reading, node))
    currency = currency or next((one[3] for one in balances), "")
    reading.currency = currency
    opening = next((one for one in balances if one[0] in _OPENING), None)
    closing = next((one for one in reversed(balances) if one[0] in _CLOSING), None)
    entries: list[Entry] = []
    pending = 0
    for item in node.each("Ntry"):
        status = item.says("Sts/Cd", "Sts")
        if status not in ("BOOK", ""):
            pending += 1
            continue
        entries += _entries(reading, item)
    return Statement(
        account=account,
        currency=currency,
        name=node.says("Id"),
        opening=opening[1] if opening else None,
        closing=closing[1] if closing else None,
        first_day=opening[2] if opening else None,
        last_day=closing[2] if closing else None,
        entries=tuple(entries),
        pending=pending,
    )


def _balances(reading: _Reading, node: Node) -> Iterator[tuple[str, int, int | None, str]]:
    """(kind, amount with its sign [cmt], day, currency) of each balance; available ones are no balances."""
    for balance in node.each("Bal"):
        kind = balance.says("Tp/CdOrPrtry/Cd", "Tp/CdOrPrtry/Prtry")
        if kind not in (*_OPENING, *_CLOSING):
            continue
        amount = _amount(reading, balance, balance.first("Amt"), same=False)
        side = _SIDES.get(balance.says("CdtDbtInd"))
        day = _day(reading, balance, "Dt", needed=False)
        if amount is None or side is None:
            reading.problem(balance, "the balance is not clear", kind)
            continue
        found = balance.first("Amt")
        currency = found.attributes.get("Ccy", "") if found is not None else ""
        yield kind, amount if side == "credit" else -amount, day, currency


# ---- one entry


def _entries(reading: _Reading, node: Node) -> list[Entry]:
    """The entry, or one for each payment of a batch."""
    before = len(reading.problems)
    side = _SIDES.get(node.says("CdtDbtInd"))
    amount = _amount(reading, node, node.first("Amt"))
    day = _day(reading, node, "BookgDt") or _day(reading, node, "ValDt", needed=False)
    value_day = _day(reading, node, "ValDt", needed=False)
    if side is None:
        reading.problem(node, "the entry is neither a credit nor a debit", node.says("CdtDbtInd"))
    if amount == 0:
        reading.notes.append(Note(node.line, "an entry over nothing is left out"))
        return []
    if len(reading.problems) > before or side is None or amount is None or day is None:
        return []
    details = list(node.each("NtryDtls/TxDtls"))
    reversal = node.says("RvslInd").lower() in ("true", "1")
    whole = Entry(
        side=side,
        amount=amount,
        day=day,
        value_day=value_day,
        reference=_reference(node, details),
        counterparty=_counterparty(details[0], side) if len(details) == 1 else "",
        told=_told(node, details[0] if len(details) == 1 else None),
        reversal=reversal or any(one.first("RtrInf") is not None for one in details[:1]),
        line=node.line,
    )
    if len(details) < 2:
        return [whole]
    return _parts(reading, node, whole, details)


def _parts(reading: _Reading, node: Node, whole: Entry, details: list[Node]) -> list[Entry]:
    """One entry for each payment of a batch; the whole where their amounts do not add up."""
    amounts = []
    for one in details:
        place = one.first("Amt", "AmtDtls/TxAmt/Amt")
        amounts.append(_amount(reading, one, place) if place is not None else None)
    known = [amount for amount in amounts if amount]
    if len(known) != len(details) or sum(known) != whole.amount:
        reading.notes.append(
            Note(node.line, "a batch whose payments do not add up to its amount is kept as one entry")
        )
        return [whole]
    return [
        Entry(
            side=whole.side,
            amount=amount,
            day=whole.day,
            value_day=whole.value_day,
            reference=whole.reference,
            part=_own_reference(one) or f"part {number}",
            counterparty=_counterparty(one, whole.side),
            told=_told(node, one),
            reversal=whole.reversal or one.first("RtrInf") is not None,
            line=one.line,
        )
        for number, (one, amount) in enumerate(zip(details, known, strict=True), start=1)
    ]


def _given(text: str) -> str:
    return "" if text.upper() in _NONE else text


def _reference(node: Node, details: list[Node]) -> str:
    """The bank's own: of the servicer, then of its only payment, then the entry's."""
    own = _given(node.says("AcctSvcrRef"))
    if not own and len(details) == 1:
        own = _given(details[0].says("Refs/AcctSvcrRef"))
    return own_reference(own or _given(node.says("NtryRef")))


def _own_reference(detail: Node) -> str:
    """Of one payment in a batch."""
    names = ("AcctSvcrRef", "TxId", "UETR", "EndToEndId", "InstrId")
    return next(filter(None, (_given(detail.says(f"Refs/{name}")) for name in names)), "")


def _counterparty(detail: Node, side: Side) -> str:
    """Who paid, or was paid."""
    who = "Dbtr" if side == "credit" else "Cdtr"
    return detail.says(
        f"RltdPties/{who}/Pty/Nm",
        f"RltdPties/{who}/Nm",
        f"RltdPties/Ultmt{who}/Pty/Nm",
        f"RltdPties/Ultmt{who}/Nm",
    )


def _told(node: Node, detail: Node | None) -> tuple[str, ...]:
    """Everything that was said with the payment, the structured reference first."""
    texts: list[str] = []
    if detail is not None:
        texts += [one.text for one in detail.each("RmtInf/Strd/CdtrRefInf/Ref")]
        free = [one.text for one in detail.each("RmtInf/Ustrd")]
        # banks cut a text into pieces of 35 or 140 signs: a reference may go on in the next one
        texts += ["".join(free)] if free else []
        texts += [one.text for one in detail.each("RmtInf/Strd/AddtlRmtInf")]
        texts += [_given(detail.says("Refs/EndToEndId")), detail.says("AddtlTxInf")]
    texts.append(node.says("AddtlNtryInf"))
    return tuple(dict.fromkeys(filter(None, map(clean, texts))))


# ---- values


def _amount(reading: _Reading, owner: Node, node: Node | None, *, same: bool = True) -> int | None:
    """An amount without its sign [cmt]. same: whether it must be in the account's currency."""
    if node is None:
        reading.problem(owner, "the amount is missing")
        return None
    currency = node.attributes.get("Ccy", "")
    if same and reading.currency and currency != reading.currency:
        reading.problem(
            node, f"the amount is in {currency or 'no currency'}, the account in {reading.currency}"
        )
        return None
    if not _AMOUNT.fullmatch(node.text):
        reading.problem(node, "this is not an amount")
        return None
    try:
        amount = int(money_from_decimal(Decimal(node.text)))
    except (ValueError, InvalidOperation):
        reading.problem(node, "the amount is finer than a millionth")
        return None
    if amount > MOST:
        reading.problem(node, "the amount is larger than any payment of residents")
        return None
    return amount


def _day(reading: _Reading, owner: Node, name: str, *, needed: bool = True) -> int | None:
    """A day, of which banks write the date, or date and time by their own clock. [day]"""
    node = owner.first(f"{name}/Dt", f"{name}/DtTm")
    if node is None:
        if needed and owner.first("ValDt") is None:
            reading.problem(owner, "the day of the booking is missing")
        return None
    try:
        return int(read_day(node.text[:10]))
    except ValueProblem as error:
        reading.problem(node, error.what, node.text, error.advice)
        return None
