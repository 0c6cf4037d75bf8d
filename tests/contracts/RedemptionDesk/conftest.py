"""The deployment that these tests share."""

from tests.money_fixtures import deployed, world

__all__ = ["deployed", "world"]
