"""Exports: ledgers that balance, and tables of what there is, as CSV, JSON, XLSX and beancount files."""

from commonhold.ops.exports.export import FORMATS, KINDS, Report, Request, export

__all__ = ["FORMATS", "KINDS", "Report", "Request", "export"]
