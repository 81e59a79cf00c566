"""What the watch works with: an event heard, a finding of a rule, the level of an alert."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Level(StrEnum):
    """CRITICAL pages at any hour; WARNING waits for the end of the quiet hours; INFO is news."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event of the journal. number: its place in the stream; at: race time."""

    number: int
    at: dt.datetime
    message: str
    fields: Mapping[str, object] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A field as text, empty where the event has none."""
        value = self.fields.get(name)
        return "" if value is None else str(value)

    def number_of(self, name: str) -> float | None:
        """A field as a number, None where it is none."""
        value = self.fields.get(name)
        return float(value) if isinstance(value, int | float) else None

    @property
    def error_class(self) -> str:
        """The class of the event's error: `SourceDown` of "SourceDown: no answer"."""
        head, colon, _ = self.text("error").partition(": ")
        return head if colon and head.isidentifier() else "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a rule found: one cause. key: the same cause, however often found.

    fr, en: the cause in words. level: None is the rule's own. count: how many things are
    concerned. last: number of the newest event behind it, None where it was read from the archive.
    """

    key: str
    fr: str
    en: str
    level: Level | None = None
    count: int = 1
    last: int | None = None
