"""Reading what managers really have: rent rolls in CSV and XLSX, in the encodings and styles they come in.

report = read_roll(Path("roll.xlsx"), Path("roll.toml"))
report.ok, report.problems, report.leases, report.reconciliation
console.print(render(report)); report_json(report)
"""

from commonhold.ops.intake.mapping import Mapping, load_mapping, parse_mapping
from commonhold.ops.intake.problems import Note, Problem
from commonhold.ops.intake.rentroll import read_roll
from commonhold.ops.intake.report import render, report_json
from commonhold.ops.intake.roll import LeaseDraft, PartyDraft, RollReport, RollRow, UnitDraft

__all__ = [
    "LeaseDraft",
    "Mapping",
    "Note",
    "PartyDraft",
    "Problem",
    "RollReport",
    "RollRow",
    "UnitDraft",
    "load_mapping",
    "parse_mapping",
    "read_roll",
    "render",
    "report_json",
]
