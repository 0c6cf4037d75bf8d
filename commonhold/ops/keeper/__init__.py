"""The keeper: settles leases, fees and bills on a schedule, for as long as it is left running.

`schedule` (when), `backoff` (who is not tried again yet), `budget` (what gas may cost in an hour), `bills`
(which ones are asked about), `memory` (what must survive a restart), `telling` (log lines, metrics, health),
`keeper` (the rounds).
"""

from commonhold.ops.keeper.keeper import Keeper, Plan
from commonhold.ops.keeper.schedule import Schedule, time_of_day
from commonhold.ops.keeper.server import serve
from commonhold.ops.keeper.telling import Metrics, Teller

__all__ = ["Keeper", "Metrics", "Plan", "Schedule", "Teller", "serve", "time_of_day"]
