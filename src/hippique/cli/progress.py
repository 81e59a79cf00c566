"""The show of a driven day: events as lines on a terminal, the log beside the data."""

from __future__ import annotations

import datetime as dt
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self, TextIO

from rich.console import Console
from rich.text import Text

from hippique.day.desk import Journal
from hippique.racing.times import paris_time
from hippique.runtime.clocks import WallClock
from hippique.telemetry import StructuredJournal

_STYLES = {
    "slip": "bold green",
    "no_bet": "dim",
    "WARNING": "yellow",
    "ERROR": "red",
    "CRITICAL": "bold red",
}


class Progress:
    """Makes the day's journal and shows its events as they come; silent on a pipe.

    log: file of the structured log. speed: race seconds per real second, None as fast as it goes.
    """

    def __init__(self, log: Path, *, simulated: bool, speed: float | None, shown: bool) -> None:
        self._log = log
        self._simulated = simulated
        self._speed = speed
        self._console = Console(stderr=True, highlight=False)
        self._shown = shown and sys.stderr.isatty()
        self._stream: TextIO | None = None
        self._last: dt.datetime | None = None

    def __enter__(self) -> Self:
        self._log.parent.mkdir(parents=True, exist_ok=True)
        self._stream = self._log.open("a", encoding="utf-8")
        return self

    def __exit__(self, *_: object) -> None:
        if self._stream is not None:
            self._stream.close()

    def journal(self, race_now: Callable[[], dt.datetime]) -> Journal:
        """The journal of the day whose clock this is."""
        structured = StructuredJournal(
            wall=WallClock().now,
            race_now=race_now,
            stream=self._stream,
            simulated=self._simulated,
        )
        return _Shown(structured, self._console, race_now) if self._shown else structured

    def pause(self, instant: dt.datetime) -> None:
        """Wait before race time jumps to `instant`, where the show has a speed."""
        if self._speed is not None and self._last is not None:
            time.sleep(max(0.0, (instant - self._last).total_seconds() / self._speed))
        self._last = instant


class _Shown:
    def __init__(
        self, onward: Journal, console: Console, race_now: Callable[[], dt.datetime]
    ) -> None:
        self._onward = onward
        self._console = console
        self._race_now = race_now

    def event(self, severity: str, message: str, **fields: object) -> None:
        """Log, then show what a person follows."""
        self._onward.event(severity, message, **fields)
        line = _line(severity, message, fields)
        if line is not None:
            hour = paris_time(self._race_now()).strftime("%H:%M")
            self._console.print(Text(f"{hour}  "), line, sep="")


def _line(severity: str, message: str, fields: dict[str, Any]) -> Text | None:
    if message == "Plan written":
        told = f"plan      {fields['total_races']} courses, {fields['queued']} dans la file"
        return Text(told, style="bold")
    if message == "Analysis complete":
        race = str(fields["race"]).partition("/")[2]
        decision = fields.get("decision") if fields["phase"] != "H30" else None
        words = {"slip": "ticket", "no_bet": "pas de pari"}.get(str(decision), "")
        return Text(
            f"{fields['phase']:<8}  {race:<6} {words}", style=_STYLES.get(str(decision), "")
        )
    if message.startswith("Alert "):
        is_news = message in {"Alert opened", "Alert raised"} and severity in _STYLES
        return Text(f"alerte    {fields['cause']}", style=_STYLES[severity]) if is_news else None
    if message == "Day closed":
        return Text("clôture   journée scellée", style="bold")
    if severity in _STYLES:
        return Text(
            f"{message}  {fields.get('race', '')} {fields.get('error', '')}",
            style=_STYLES[severity],
        )
    return None
