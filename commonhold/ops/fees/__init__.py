"""Property fees as an office keeps them: schedules of tariffs (`schedule`), accounts (`accounts`), payments
and plans (`money`). Collecting them is `commonhold.ops.settle`."""
