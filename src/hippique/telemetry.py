"""Structured logs and counters. Set up by bootstrap alone; everyone else gets a Journal."""

from __future__ import annotations

import datetime as dt
import sys
import traceback
from collections.abc import Callable, Mapping
from typing import Any, TextIO

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics

# A series beside each counter that nobody asks for.
disable_created_metrics()  # type: ignore[no-untyped-call]  # the library leaves it untyped

SEVERITIES = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
PARSING = "Error parsing"
TAIL_LENGTH = 2000


def traceback_tail(error: BaseException) -> str:
    """The end of an error's traceback, for the log's `stderr_tail`."""
    return "".join(traceback.format_exception(error))[-TAIL_LENGTH:]


class StructuredJournal:
    """One JSON line an event, with the fields that the guides' queries read.

    stream: where lines go (stderr). race_now: race time, logged beside the wall's.
    """

    def __init__(
        self,
        *,
        wall: Callable[[], dt.datetime],
        race_now: Callable[[], dt.datetime],
        stream: TextIO | None = None,
        least: str = "INFO",
        simulated: bool = False,
    ) -> None:
        self._stream = stream or sys.stderr
        self._wall = wall
        self._race_now = race_now
        self._least = SEVERITIES.index(least)
        self._simulated = simulated
        self._log = structlog.wrap_logger(
            structlog.PrintLogger(self._stream),
            processors=[
                structlog.processors.EventRenamer("message"),
                structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
            ],
        )

    def event(self, severity: str, message: str, **fields: object) -> None:
        """Write one event; nothing below the least severity."""
        if SEVERITIES.index(severity) < self._least:
            return
        fields = {**fields, **_asked_for(severity, message, fields)}
        self._log.msg(
            message,
            severity=severity,
            timestamp=self._wall().isoformat(),
            race_time=self._race_now().isoformat(),
            simulated=self._simulated,
            **fields,
        )
        if message == PARSING:
            self._plain_line(fields)

    def _plain_line(self, fields: dict[str, Any]) -> None:
        # The seed's query looks for "Error parsing" in textPayload, which only plain lines fill.
        told = " ".join(
            f"{k}={fields[k]}" for k in ("source", "url", "missing", "page") if k in fields
        )
        self._stream.write(f"{PARSING} {' '.join(told.split())}\n")


def _asked_for(severity: str, message: str, fields: Mapping[str, object]) -> dict[str, object]:
    """What the guides' queries ask of a line beside what the event says.

    Their list of top errors reads `error` of every error, their look at failed analyses `stderr`,
    and their list of run times is two bare names, which Cloud Logging looks for as text in any
    field: a line that has both fields names them.
    """
    asked: dict[str, object] = {}
    if SEVERITIES.index(severity) >= SEVERITIES.index("ERROR") and "error" not in fields:
        asked["error"] = str(fields.get("cause", message))
    if "stderr_tail" in fields:
        asked["stderr"] = fields["stderr_tail"]
    if {"phase", "artifacts_count"} <= fields.keys():
        asked["named"] = "jsonPayload.phase jsonPayload.artifacts_count"
    return asked


class CountingJournal:
    """Counts events for /metrics and passes them on."""

    def __init__(self, onward: Any, registry: CollectorRegistry) -> None:
        self._onward = onward
        self._counters = {
            name: Counter(f"hippique_{name}", words, labels, registry=registry)
            for name, (words, labels) in _COUNTERS.items()
        }
        self._durations = Histogram(
            "hippique_analysis_duration_seconds", "Wall time of analyses by phase", ["phase"],
            buckets=_BUCKETS_S, registry=registry,
        )  # fmt: skip

    def event(self, severity: str, message: str, **fields: object) -> None:
        """Count, then pass on."""
        for counter, result in _COUNTED.get(message, ()):
            told = {name: str(fields.get(name, "")) for name in _COUNTERS[counter][1]}
            if "result" in told:
                told["result"] = result or str(fields.get("status", "done"))
            self._counters[counter].labels(**told).inc()
        seconds = fields.get("duration_s")
        if message in _TIMED and isinstance(seconds, int | float):
            self._durations.labels(str(fields.get("phase", ""))).observe(seconds)
        self._onward.event(severity, message, **fields)


_BUCKETS_S = (0.1, 0.3, 1, 3, 10, 30, 60, 120, 240)
_TIMED = {"Analysis complete", "Analysis failed"}
# Counter → its help and its labels; `result` is the table's below, the others are the event's.
_COUNTERS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "analyses": ("Deliveries by phase and result", ("phase", "result")),
    "plans": ("Plans made, by result", ("result",)),
    "source_failures": ("Pages not had or not read", ("source", "error")),
    "slips": ("Messages to the bettor, by result", ("result",)),
    "alerts": ("Alerts opened or raised to critical", ("rule", "level")),
    "alert_notices": ("Notices of alerts, by result", ("result",)),
    "heartbeats": ("Heartbeats, by result", ("result",)),
    "refused_calls": ("Calls refused for who sent them, by status", ("status",)),
}
# Message → counters with their result; None takes the event's own status.
_COUNTED: Mapping[str, tuple[tuple[str, str | None], ...]] = {
    "Analysis complete": (("analyses", None),),
    "Task answered": (("analyses", None),),
    "Analysis failed": (("analyses", "failed"),),
    "Plan written": (("plans", "written"),),
    "Schedule failed": (("plans", "failed"),),
    PARSING: (("source_failures", None),),
    "Error fetching": (("source_failures", None),),
    "Slip sent": (("slips", "sent"),),
    "Slip not sent": (("slips", "not_sent"),),
    "Slip never sent": (("slips", "never_sent"),),
    "Alert opened": (("alerts", None),),
    "Alert raised": (("alerts", None),),
    "Alert sent": (("alert_notices", "sent"),),
    "Alert not sent": (("alert_notices", "not_sent"),),
    "Heartbeat given": (("heartbeats", "given"),),
    "Heartbeat withheld": (("heartbeats", "withheld"),),
    "Heartbeat not sent": (("heartbeats", "failed"),),
    "Identity refused": (("refused_calls", None),),
}
