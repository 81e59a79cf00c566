"""A rule of the watch as a row, and what it looks at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from hippique.day.watch.facts import DayFacts
from hippique.day.watch.model import Event, Finding, Level
from hippique.day.watch.thresholds import Thresholds

Findings = tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What is known at `now`. since: from when on events were heard; facts: None between looks."""

    now: dt.datetime
    limits: Thresholds
    events: tuple[Event, ...] = ()
    since: dt.datetime | None = None
    facts: DayFacts | None = None

    def heard(self, *messages: str, within: dt.timedelta) -> list[Event]:
        """Events with one of these messages, not older than `within`, oldest first."""
        return [e for e in self.events if e.message in messages and self.now - e.at <= within]

    def has_heard_all(self, within: dt.timedelta) -> bool:
        """Whether nothing of the last `within` can have been missed, as after a restart."""
        return self.since is not None and self.now - self.since >= within


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row of the table of rules.

    find: the causes that stand now; None where it cannot tell, and what stood stands on. hears:
    messages after which it is asked at once. fr, en: when it fires. becomes_critical: after
    `critical_minutes`. needs_racing: over when no race in scope is ahead. of_today: asked of the
    present race day alone. on_idle_days: also asked on a day without a race in scope.
    """

    name: str
    level: Level
    fr: str
    en: str
    find: Callable[[View], Findings | None]
    hears: frozenset[str] = frozenset()
    becomes_critical: bool = False
    needs_racing: bool = False
    of_today: bool = True
    on_idle_days: bool = False


def ask(rule: Rule, view: View) -> Findings | None:
    """What a rule finds, kept silent where the day gives it no say."""
    facts = view.facts
    if facts is not None and rule.of_today and not facts.is_today:
        return None
    if facts is not None and not rule.on_idle_days and not facts.has_racing:
        return ()
    if facts is not None and rule.needs_racing and not facts.is_racing:
        return ()
    return rule.find(view)


def each(findings: Iterator[Finding]) -> Findings:
    """The findings, one of each key."""
    return tuple({one.key: one for one in findings}.values())
