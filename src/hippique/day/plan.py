"""The plan of a day: every race that the sources list, who said what, and who disagrees."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from hippique.ports import RaceRef
from hippique.racing.card import Discipline, RaceId, RaceKey


class Scope(StrEnum):
    """Which races are queued: French ones, those PMU lists, or all."""

    FR = "fr"
    PMU = "pmu"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRace:
    """One race of the plan. provenance: field → source. urls: source → its page.

    url: absolute, accepted by POST /run. off_time: the latest known. declared counts later
    non-runners. cancelled races stay in the plan and are not queued.
    """

    date: dt.date
    key: str
    meeting: str | None = None
    country: str | None = None
    name: str | None = None
    discipline: Discipline | None = None
    distance_m: int | None = None
    prize_eur: float | None = None
    off_time: dt.datetime | None = None
    declared: int | None = None
    labels: tuple[str, ...] = ()
    cancelled: bool = False
    in_scope: bool = True
    url: str | None = None
    urls: Mapping[str, str] = field(default_factory=dict)
    provenance: Mapping[str, str] = field(default_factory=dict)

    @property
    def race(self) -> RaceId:
        """The race's identity."""
        return RaceId(self.date, RaceKey.parse(self.key))

    @property
    def ref(self) -> RaceRef:
        """What the sources need to find it."""
        return RaceRef(race=self.race, urls=self.urls)

    @property
    def is_queued(self) -> bool:
        """In scope, still to be run, with a known off."""
        return self.in_scope and not self.cancelled and self.off_time is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """Sources that differ on one field of one race; `kept` is the source that was believed."""

    race: str
    field: str
    values: Mapping[str, str]
    kept: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedJoin:
    """A source's race of the same key that is not the same race; its facts were set aside."""

    race: str
    source: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReport:
    """How one source served the plan. covers: whether its pages speak of this day at all."""

    source: str
    ok: bool
    covers: bool = True
    meetings: int = 0
    races: int = 0
    warnings: tuple[str, ...] = ()
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The day's plan, written once per version. settings: what its decisions are made under."""

    date: dt.date
    mode: str
    simulated: bool
    made_at: dt.datetime
    correlation_id: str
    scope: Scope
    settings: Mapping[str, str] = field(default_factory=dict)
    races: tuple[PlannedRace, ...] = ()
    sources: tuple[SourceReport, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    refused: tuple[RefusedJoin, ...] = ()

    @property
    def degraded(self) -> tuple[str, ...]:
        """Sources that failed."""
        return tuple(report.source for report in self.sources if not report.ok)

    def find(self, key: str) -> PlannedRace | None:
        """The race of this key."""
        return next((race for race in self.races if race.key == key), None)

    def queued(self) -> tuple[PlannedRace, ...]:
        """Races that get tasks, by off time then key."""
        return tuple(race for race in self.races if race.is_queued)
