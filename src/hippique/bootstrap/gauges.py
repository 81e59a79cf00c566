"""Gauges of /metrics, read when they are asked for: the queue, the disk, the alerts that stand."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from prometheus_client import CollectorRegistry, Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from hippique import __version__
from hippique.day.watch.model import Level
from hippique.day.watch.watch import Watch
from hippique.errors import StoreError
from hippique.ports import QueueOperator, QueueStats


@dataclass(frozen=True, slots=True)
class Gauges(Collector):
    """What /metrics shows beside the counters. disk: the data folder; None for a bucket."""

    queue: QueueOperator
    disk: Path | None
    watch: Watch | None

    def collect(self) -> Iterator[Metric]:
        """One family a gauge; those of the queue are left out while it cannot be read."""
        yield _gauge("build_info", "Version of the code", 1, version=__version__)
        if self.disk is not None:
            free = shutil.disk_usage(self.disk).free
            yield _gauge("disk_free_bytes", "Room for the archive", free)
        yield self._alerts()
        try:
            stats = self.queue.stats()
        except StoreError:  # /readyz and the log tell it; the other gauges stay
            return
        yield from _of_queue(stats)

    def _alerts(self) -> GaugeMetricFamily:
        standing = self.watch.standing() if self.watch else ()
        counts = Counter(one.level for one in standing)
        words = "Alerts that stand, by level"
        family = GaugeMetricFamily("hippique_open_alerts", words, labels=["level"])
        for level in Level:
            family.add_metric([level.value], counts[level])
        return family


def _of_queue(stats: QueueStats) -> Iterator[Metric]:
    states = GaugeMetricFamily("hippique_queue_tasks", "Tasks by state", labels=["state"])
    for state in ("pending", "leased", "failed"):
        count = getattr(stats, state)
        if count is not None:  # Cloud Tasks forgets what has failed
            states.add_metric([state], count)
    yield states
    yield _gauge("queue_overdue_tasks", "Pending tasks past their due time", stats.overdue)
    yield _gauge("queue_paused", "1 while nothing is dispatched", stats.paused)
    if stats.oldest_due is not None:
        words = "When the oldest pending task is due, race time"
        due = stats.oldest_due.timestamp()
        yield _gauge("queue_oldest_due_timestamp_seconds", words, due)


def _gauge(name: str, words: str, value: float, **labels: str) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"hippique_{name}", words, labels=list(labels))
    family.add_metric(list(labels.values()), value)
    return family


def register_gauges(
    registry: CollectorRegistry, queue: QueueOperator, disk: Path | None, watch: Watch | None
) -> None:
    """Let a registry show the gauges."""
    registry.register(Gauges(queue, disk, watch))
