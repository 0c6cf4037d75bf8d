"""The index: every log of a deployment in a database of one's own, and what can be worked out from them."""

from commonhold.index.figures import LeaseFigures
from commonhold.index.index import Index, open_index
from commonhold.index.prepare import IndexForeign
from commonhold.index.sources import Source, read_earlier
from commonhold.index.state import At
from commonhold.index.update import DEPTH, Progress, ReorgTooDeep

__all__ = [
    "DEPTH",
    "At",
    "Index",
    "IndexForeign",
    "LeaseFigures",
    "Progress",
    "ReorgTooDeep",
    "Source",
    "open_index",
    "read_earlier",
]
