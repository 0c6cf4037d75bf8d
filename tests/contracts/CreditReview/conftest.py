from tests.credit_fixtures import _deployed, exact, world

__all__ = ["_deployed", "exact", "world"]
