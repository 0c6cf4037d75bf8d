"""One community for this folder; each test starts from the same state."""

from tests.fee_fixtures import world

__all__ = ["world"]
