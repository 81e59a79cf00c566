"""The facts of a day that rules judge: plain values, read by `gather` at one instant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from hippique.day.outcome import Outcome
from hippique.day.phases import Phase
from hippique.day.plan import Plan
from hippique.day.watch.report import DayReport

ALL_FIELDS = "*"  # of a page that cannot be read any more
PhaseOf = tuple[str, Phase]  # (R1C3, H5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """A visit before the off without its outcome past its deadline. is_tried: begun, and failed."""

    race: str
    phase: Phase
    deadline: dt.datetime
    is_tried: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One decision of the day. is_blind: refused, and for lack of data."""

    race: str
    at: dt.datetime
    is_blind: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenMeeting:
    """A meeting whose odds at one source were the same at both visits to each race."""

    meeting: str
    source: str
    races: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LostField:
    """A field that a source's pages filled the day before and fill no more.

    field: ALL_FIELDS where no page can be read any more. races: of today.
    """

    source: str
    page: str
    field: str
    discipline: str
    races: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFacts:
    """A race day at `now`. is_today: it is the present one; only then the queue is told of.

    unofficial: races without an ended result, with their off. uncovered: phases ahead of races in
    scope that no live task will run. overdue: pending tasks past their due time. decisions: the
    newest ones, oldest first. free_bytes: of the archive's disk, None where there is none.
    report: once the day is over.
    """

    date: dt.date
    now: dt.datetime
    is_today: bool = True
    plan: Plan | None = None
    is_sealed: bool = False
    outcomes: Mapping[PhaseOf, Outcome] = field(default_factory=dict)
    failures: Mapping[PhaseOf, int] = field(default_factory=dict)
    missed: tuple[Missed, ...] = ()
    unofficial: tuple[tuple[str, dt.datetime], ...] = ()
    uncovered: tuple[PhaseOf, ...] = ()
    overdue: int = 0
    generation: int = 0
    purged_at: dt.datetime | None = None
    decisions: tuple[Refusal, ...] = ()
    frozen: tuple[FrozenMeeting, ...] = ()
    lost: tuple[LostField, ...] = ()
    free_bytes: int | None = None
    report: DayReport | None = None

    @property
    def has_racing(self) -> bool:
        """Whether a race in scope is planned; a day without a plan may have one."""
        return self.plan is None or bool(self.plan.queued())

    @property
    def is_racing(self) -> bool:
        """Whether a race in scope is still to start, as one may on a day without a plan yet."""
        if self.plan is None:
            return True
        races = self.plan.queued()
        return any(race.off_time is not None and race.off_time > self.now for race in races)
