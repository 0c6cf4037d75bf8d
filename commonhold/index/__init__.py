"""The index: every log of a deployment in a database of one's own, and what can be worked out from them."""

from commonhold.index.index import Index, IndexForeign, open_index
from commonhold.index.sources import Source, read_earlier
from commonhold.index.state import At
from commonhold.index.update import DEPTH, Progress, ReorgTooDeep

__all__ = [
    "DEPTH",
    "At",
    "Index",
    "IndexForeign",
    "Progress",
    "ReorgTooDeep",
    "Source",
    "open_index",
    "read_earlier",
]
