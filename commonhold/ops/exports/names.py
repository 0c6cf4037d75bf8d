"""What people call parties and units. Numbers alone leave the computer unless names were asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from commonhold.ops.exports.table import Column, Kind, Table, Value
from commonhold.text import clean

_PARTIES = ("party", "landlord", "owner", "user", "payer", "manager", "payee")


@dataclass(frozen=True, slots=True)
class Names:
    """known: "party 7" and "unit 3" → what people call them."""

    known: Mapping[str, str] = field(default_factory=dict)

    def party(self, party: int) -> str:
        return clean(self.known.get(f"party {party}", ""))

    def unit(self, unit: int) -> str:
        return clean(self.known.get(f"unit {unit}", ""))

    def beside(self, table: Table) -> Table:
        """The table with a name behind every number of a party or unit."""
        if not self.known:
            return table
        named = [at for at, column in enumerate(table.columns) if self._whose(column)]
        columns: list[Column] = []
        for column in table.columns:
            columns.append(column)
            if self._whose(column):
                columns.append(Column(f"{column.name}_name", Kind.TEXT))
        rows = (self._row(row, named, table.columns) for row in table.rows)
        return replace(table, columns=columns, rows=rows)

    def _whose(self, column: Column) -> bool:
        return column.name in _PARTIES or column.name in ("unit", "tenants")

    def _row(self, row: Sequence[Value], named: Sequence[int], columns: Sequence[Column]) -> list[Value]:
        found: list[Value] = []
        for at, value in enumerate(row):
            found.append(value)
            if at in named:
                found.append(self._name(columns[at].name, value))
        return found

    def _name(self, column: str, value: Value) -> str:
        if column == "unit":
            return self.unit(int(value or 0))
        parties = str(value or "").split(" ")
        return "; ".join(filter(None, (self.party(int(party)) for party in parties if party)))
