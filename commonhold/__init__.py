"""Commonhold: the money, the records and the promises of a residential community."""

__version__ = "0.1.0"
