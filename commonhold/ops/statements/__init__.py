"""Statements of a unit, a party or a month: what was owed, what fell due, what was paid, what is owed."""

from commonhold.ops.statements.debts import Scope
from commonhold.ops.statements.page import as_json, describe, page, title_of, write_page, write_table
from commonhold.ops.statements.sheet import Sheet, make

__all__ = ["Scope", "Sheet", "as_json", "describe", "make", "page", "title_of", "write_page", "write_table"]
