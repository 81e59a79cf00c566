"""Structured logs and counters. Set up by bootstrap alone; everyone else gets a Journal."""

from __future__ import annotations

import datetime as dt
import sys
import traceback
from collections.abc import Callable
from typing import Any, TextIO

import structlog
from prometheus_client import CollectorRegistry, Counter

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


class CountingJournal:
    """Counts events for /metrics and passes them on."""

    def __init__(self, onward: Any, registry: CollectorRegistry) -> None:
        self._onward = onward
        self._analyses = Counter(
            "hippique_analyses", "Deliveries by phase and result", ["phase", "result"],
            registry=registry,
        )  # fmt: skip
        self._plans = Counter(
            "hippique_plans", "Plans made, by result", ["result"], registry=registry
        )
        self._source_failures = Counter(
            "hippique_source_failures", "Pages not had or not read", ["source", "error"],
            registry=registry,
        )  # fmt: skip
        self._refusals = Counter(
            "hippique_refused_calls", "Calls refused for who sent them", ["status"],
            registry=registry,
        )  # fmt: skip

    def event(self, severity: str, message: str, **fields: object) -> None:
        """Count, then pass on."""
        self._count(message, {key: str(value) for key, value in fields.items()})
        self._onward.event(severity, message, **fields)

    def _count(self, message: str, fields: dict[str, str]) -> None:
        if message in {"Analysis complete", "Analysis failed", "Task answered"}:
            result = "failed" if message == "Analysis failed" else fields.get("status", "done")
            self._analyses.labels(fields.get("phase", ""), result).inc()
        elif message in {"Plan written", "Schedule failed"}:
            self._plans.labels("written" if message == "Plan written" else "failed").inc()
        elif message == "Identity refused":
            self._refusals.labels(fields.get("status", "")).inc()
        elif message in {PARSING, "Error fetching"}:
            self._source_failures.labels(fields.get("source", ""), fields.get("error", "")).inc()
