"""Every number of the alert rules, with the defaults of the operations guide."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from math import isfinite

from hippique.errors import SettingsError
from hippique.racing.times import paris_time


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """One field a number; docs/reference/alerts.md says what each does. `_minutes`: race time."""

    failed_share: float = 0.5
    failed_least: float = 4
    failed_minutes: float = 60
    latency_s: float = 30
    latency_runs: float = 5
    latency_minutes: float = 15
    overdue: float = 100
    overdue_incident: float = 200
    purge_minutes: float = 2
    refused_share: float = 0.8
    refused_of: float = 5
    unchanged_races: float = 2
    result_minutes: float = 90
    field_share: float = 0.5
    field_races: float = 3
    missed_minutes: float = 90
    free_mib: float = 200
    critical_minutes: float = 60
    escalate_minutes: float = 60
    remind_minutes: float = 30
    remind_most: float = 4
    again_minutes: float = 30
    quiet_from: float = 23
    quiet_until: float = 7

    def minutes(self, name: str) -> dt.timedelta:
        """The span that the threshold `name` gives in minutes."""
        return dt.timedelta(minutes=float(getattr(self, name)))

    def is_quiet(self, now: dt.datetime) -> bool:
        """Whether only critical alerts go out at this instant; never where both hours are equal."""
        local = paris_time(now)
        hour = local.hour + local.minute / 60
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= hour < self.quiet_until
        return hour >= self.quiet_from or hour < self.quiet_until


NAMES = tuple(one.name for one in fields(Thresholds))


def read_thresholds(said: Sequence[str]) -> Thresholds:
    """The defaults with those of `name=number` that were said. Raises SettingsError."""
    return replace(Thresholds(), **dict(_read(one) for one in said))


def _read(one: str) -> tuple[str, float]:
    name, _, text = (part.strip() for part in one.partition("="))
    if name not in NAMES:
        near = difflib.get_close_matches(name, NAMES, n=1, cutoff=0.5)
        hint = f"; did you mean {near[0]}?" if near else f"; write one of {', '.join(NAMES)}"
        raise SettingsError(f"ALERT_THRESHOLDS: {name!r} is no threshold{hint}")
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not isfinite(number) or number < 0:
        raise SettingsError(f"ALERT_THRESHOLDS: {name}={text!r}: write a number, 0 or more")
    return name, number
