"""What a keeper tells: one line for each decision, figures for Prometheus, and whether it is well."""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any, Final, Self

from prometheus_client import CollectorRegistry, Counter, Gauge

from commonhold.ops.settle import Report

PREFIX: Final = "commonhold_keeper_"
_DEAD: Final = 1_800.0  # without a sign of life [s]


class Metrics:
    """Figures for Prometheus. Amounts [cmt] or [wei], times [unix]."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()

        def gauge(name: str, words: str, *labels: str) -> Gauge:
            return Gauge(PREFIX + name, words, labels, registry=self.registry)

        def counter(name: str, words: str, *labels: str) -> Counter:
            return Counter(PREFIX + name, words, labels, registry=self.registry)

        self.decisions = counter("decisions", "decisions by kind, as in the log", "event")
        self.settled = counter("settled", "ids settled, by book and answer", "book", "code")
        self.collected = counter("collected_base_units", "money collected", "book")
        self.gas = counter("gas", "gas of mined transactions", "book")
        self.node_up = gauge("node_up", "1 while the node answers and is the right one")
        self.head = gauge("head_block", "newest block of the node")
        self.head_age = gauge("head_age_seconds", "age of the newest block")
        self.coin = gauge("coin_wei", "what the keeper's key has for gas")
        self.coin_low = gauge("coin_low", "1 while that is less than the alarm asks for")
        self.budget_left = gauge(
            "budget_left_wei", "what may still be spent in this hour; -1 without a budget"
        )
        self.backing_off = gauge("backing_off", "ids that failed and are not tried yet", "book")
        self.open_runs = gauge("open_runs", "runs that are not at their end")
        self.last_good = gauge("last_good_round_time", "end of the last round without trouble")
        self.next_round = gauge("next_round_time", "when the next round is planned")


class Teller:
    """Log lines, figures and health in one place. write: takes a line of text."""

    def __init__(
        self,
        metrics: Metrics,
        write: Callable[[str], None],
        *,
        as_json: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.metrics = metrics
        self._write = write
        self._as_json = as_json
        self._clock = clock
        self._ready = False
        self._life = clock()

    def tell(self, event: str, **values: Any) -> Self:
        """One decision, one line. None is left out."""
        self.metrics.decisions.labels(event).inc()
        said = {name: value for name, value in values.items() if value is not None}
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self._clock()))
        if self._as_json:
            self._write(json.dumps({"time": moment, "event": event, **said}, ensure_ascii=False))
        else:
            self._write(
                " ".join([moment, event, *(f"{name}={_plain(value)}" for name, value in said.items())])
            )
        return self

    def report(self, event: str, report: Report, **values: Any) -> None:
        """What a run did."""
        metrics = self.metrics
        for code, count in report.by_code.items():
            metrics.settled.labels(report.name, code.name).inc(count)
        gas = sum(used for _, used in report.transactions)
        metrics.collected.labels(report.name).inc(report.discharged)
        metrics.gas.labels(report.name).inc(gas)
        self.tell(
            event,
            book=report.name,
            run=report.run,
            block=report.block,
            depth=report.depth,
            ids=len(report.rows),
            collected=str(report.discharged),
            left=str(sum(row.left for row in report.rows)),
            codes={code.name: count for code, count in sorted(report.by_code.items())},
            transactions=len(report.transactions),
            gas=gas,
            **values,
        )

    # ---- health

    def alive(self) -> None:
        self._life = self._clock()

    def ready(self, yes: bool, *, node: bool = True) -> None:
        """yes: it can settle now; node: there is a node that answers, of the right chain."""
        self._ready = yes
        self.metrics.node_up.set(int(node))

    @property
    def is_alive(self) -> bool:
        return self._clock() - self._life < _DEAD

    @property
    def is_ready(self) -> bool:
        return self._ready and self.is_alive


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return ",".join(f"{name}:{count}" for name, count in value.items()) or "-"
    text = str(value)
    return text if text.isprintable() and text and not set(text) & set(' "=') else json.dumps(text)
