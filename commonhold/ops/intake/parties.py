"""Who is who in a roll. The same name with the same contact is one party; contacts tell namesakes apart.

Among tenants, a name that stands with a contact in one line and without in another is unclear, and a problem.
Landlords, managers and arbiters are often named without: there, the one known contact of the name is meant.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from commonhold.ops.intake.problems import Note
from commonhold.ops.intake.reader import RowReader
from commonhold.ops.intake.roll import PartyDraft, PartyKind
from commonhold.text import fold

Role = Literal["landlord", "tenant", "manager", "arbiter"]

_COMPANY: Final = re.compile(
    r"公司|集团|合作社|委员会|会社|\(株\)|\b(ltd|limited|llc|inc|gmbh|corp|plc|llp|s\.a|b\.v)\b|\bco\.",
    re.IGNORECASE,
)
_NO_MENTIONS: Final = 3  # lines that a note lists


@dataclass(slots=True)
class Mention:
    """One name on one line."""

    name: str
    contact: str
    wallet: str
    role: Role
    reader: RowReader

    @property
    def group(self) -> str:
        return "tenant" if self.role == "tenant" else "owner"


@dataclass(slots=True)
class PartyBook:
    """Collects all mentions of a roll; then `settle` decides who is who."""

    mentions: list[Mention] = field(default_factory=list)
    _contacts: dict[tuple[str, str], set[str]] = field(default_factory=dict)  # of a name within a group

    def mention(self, name: str, contact: str, wallet: str, role: Role, reader: RowReader) -> Mention:
        mention = Mention(name, contact, wallet, role, reader)
        self.mentions.append(mention)
        known = self._contacts.setdefault((mention.group, fold(name)), set())
        if contact:
            known.add(contact_key(contact))
        return mention

    def mention_all(
        self,
        names: Sequence[str],
        contacts: Sequence[str],
        wallets: Sequence[str],
        role: Role,
        reader: RowReader,
    ) -> list[Mention]:
        """Names with their contacts and wallets, in order; contacts and wallets may be fewer."""
        for values, column in ((contacts, f"{role}_contact"), (wallets, f"{role}_wallet")):
            if len(values) > len(names) > 0:
                reader.problem(
                    column,
                    f"there are {len(values)} entries for {len(names)} names",
                    "Write one for each name, in the same order.",
                )
        filled = [*contacts, *[""] * len(names)]
        addresses = [*wallets, *[""] * len(names)]
        return [
            self.mention(name, filled[index], addresses[index], role, reader)
            for index, name in enumerate(names)
        ]

    def settle(self) -> list[Note]:
        """Report unclear tenants as problems of their lines; returns what the manager should know."""
        notes = []
        for mention in self.mentions:
            known = self._contacts[mention.group, fold(mention.name)]
            if mention.contact or not known or (mention.group == "owner" and len(known) == 1):
                continue
            mention.reader.problem(
                mention.role,
                "the same name stands elsewhere with a contact: it may be somebody else",
                "Fill in the contact here too, so that namesakes are told apart.",
                mention.name,
            )
        lines: dict[str, list[int]] = {}
        for mention in self.mentions:
            if mention.role == "tenant" and not mention.contact:
                lines.setdefault(fold(mention.name), []).append(mention.reader.line)
        for where in lines.values():
            if len(where) > 1:
                listed = ", ".join(map(str, where[:_NO_MENTIONS]))
                more = "…" if len(where) > _NO_MENTIONS else ""
                text = f"the tenant of lines {listed}{more} is taken as one person: one name, and no contact"
                notes.append(Note(where[0], text))
        return notes

    def key(self, mention: Mention) -> str:
        """The local identity of a mention. Call it after `settle`."""
        contact = contact_key(mention.contact)
        if not contact and mention.group == "owner":
            known = self._contacts[mention.group, fold(mention.name)]
            contact = next(iter(known)) if len(known) == 1 else ""
        return f"{fold(mention.name)}|{contact}" if contact else fold(mention.name)

    def drafts(self, keys: set[str]) -> tuple[PartyDraft, ...]:
        """The parties with these keys, in the order of their first mention."""
        found: dict[str, PartyDraft] = {}
        for mention in self.mentions:
            key = self.key(mention)
            if key not in keys:
                continue
            before = found.get(key)
            roles = before.roles if before else ()
            found[key] = PartyDraft(
                key=key,
                kind=kind_of(mention.name),
                name=before.name if before else mention.name,
                contact=(before.contact if before else "") or mention.contact,
                wallet=(before.wallet if before else "") or mention.wallet,
                roles=roles if mention.role in roles else (*roles, mention.role),
                line=before.line if before else mention.reader.line,
            )
        return tuple(found.values())


def kind_of(name: str) -> PartyKind:
    """A company by its legal form in the name, else a person."""
    return "company" if _COMPANY.search(fold(name)) else "person"


def contact_key(contact: str) -> str:
    """A contact as compared: of a telephone number the digits, of anything else the folded text."""
    digits = re.sub(r"\D", "", contact)
    return digits if len(digits) >= 6 and "@" not in contact else fold(contact)
