"""Bank files as banks write them, made from a few values: CAMT.053 in its versions, and CSV."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

from commonhold.ops.bank.reference import Purpose, Reference
from commonhold.settings import BankAccount
from commonhold.units import day_of

IBAN = "DE02120300000000202051"
ACCOUNT = BankAccount(IBAN, "Maple Grove", "Example Bank", "BYLADEM1001", "EUR")
TAG = 427
CMT = 10**6


def reference(party: int, purpose: Purpose = Purpose.PARTY, tag: int = TAG) -> str:
    return str(Reference(tag, purpose, party))


def day(text: str) -> int:
    return int(day_of(date.fromisoformat(text)))


@dataclass(frozen=True)
class Booking:
    """One entry as a test thinks of it. amount: as text, with "-" for a debit."""

    day: str
    amount: str
    text: str = ""
    name: str = ""
    ref: str = ""
    reversal: bool = False
    status: str = "BOOK"

    @property
    def side(self) -> str:
        return "DBIT" if self.amount.startswith("-") else "CRDT"

    @property
    def plain(self) -> str:
        return self.amount.lstrip("-")


def ntry(one: Booking, version: int = 8, currency: str = "EUR") -> str:
    """One entry in a version's form."""
    who = "Dbtr" if one.side == "CRDT" else "Cdtr"
    name = f"<Nm>{escape(one.name)}</Nm>"
    party = f"<{who}><Pty>{name}</Pty></{who}>" if version >= 8 else f"<{who}>{name}</{who}>"
    status = f"<Cd>{one.status}</Cd>" if version >= 7 else one.status
    text = "".join(f"<Ustrd>{escape(one.text[i : i + 35])}</Ustrd>" for i in range(0, len(one.text), 35))
    own = f"<AcctSvcrRef>{escape(one.ref)}</AcctSvcrRef>" if one.ref else ""
    back = "<RvslInd>true</RvslInd>" if one.reversal else ""
    return f"""
<Ntry><Amt Ccy="{currency}">{one.plain}</Amt><CdtDbtInd>{one.side}</CdtDbtInd>{back}<Sts>{status}</Sts>
<BookgDt><Dt>{one.day}</Dt></BookgDt><ValDt><Dt>{one.day}</Dt></ValDt>{own}
<NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><RltdPties>{party}</RltdPties>
<RmtInf>{text}</RmtInf></TxDtls></NtryDtls></Ntry>"""


def balance(kind: str, amount: str, on: str, currency: str = "EUR") -> str:
    side, plain = "DBIT" if amount.startswith("-") else "CRDT", amount.lstrip("-")
    return (
        f'<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy="{currency}">{plain}</Amt>'
        f"<CdtDbtInd>{side}</CdtDbtInd><Dt><Dt>{on}</Dt></Dt></Bal>"
    )


def stmt(
    bookings: Iterable[Booking | str],
    *,
    name: str = "S-1",
    opening: tuple[str, str] | None = None,
    closing: tuple[str, str] | None = None,
    version: int = 8,
    iban: str = IBAN,
    currency: str = "EUR",
) -> str:
    """opening, closing: (amount, day)."""
    balances = balance("OPBD", *opening, currency) if opening else ""
    balances += balance("CLBD", *closing, currency) if closing else ""
    entries = "".join(one if isinstance(one, str) else ntry(one, version, currency) for one in bookings)
    return f"""
<Stmt><Id>{name}</Id><CreDtTm>2026-03-01T06:00:00</CreDtTm>
<Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>{currency}</Ccy></Acct>{balances}{entries}
</Stmt>"""


def camt(*statements: str, version: int = 8, message: str = "053") -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{message}.001.{version:02d}">'
        f"<BkToCstmrStmt><GrpHdr><MsgId>M</MsgId></GrpHdr>{''.join(statements)}</BkToCstmrStmt></Document>\n"
    )


def csv_of(bookings: Sequence[Booking], *, refs: bool = True) -> str:
    """A plain CSV with a signed amount, the newest entry first, as many banks write it."""
    lines = ["Booking date,Amount,Name,Details" + (",Bank reference" if refs else "")]
    for one in reversed(bookings):
        quoted = [cell.replace('"', '""') for cell in (one.day, one.amount, one.name, one.text, one.ref)]
        lines.append(",".join(f'"{cell}"' for cell in quoted[: 5 if refs else 4]))
    return "\r\n".join(lines) + "\r\n"


def write(path: Path, content: str | bytes, encoding: str = "utf-8") -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path
