"""A watch over a bench of the day, and views that a rule is asked of."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace

from desks import DAY, R1C1, Bench, Heard, a_race, bench, card, programme, result
from hippique.bootstrap.watching import WatchingJournal
from hippique.day.plan import Plan, PlannedRace, Scope, SourceReport
from hippique.day.service import DayService
from hippique.day.watch.facts import DayFacts
from hippique.day.watch.gather import Gatherer
from hippique.day.watch.incident import Incident
from hippique.day.watch.model import Event
from hippique.day.watch.rule import View
from hippique.day.watch.thresholds import Thresholds
from hippique.day.watch.watch import Post, Watch
from hippique.ports import Archive
from hippique.racing.times import paris_at
from hippique.runtime.memory import MemoryChannel, MemoryHeartbeat

NOON = paris_at(DAY, 12)
MINUTE = dt.timedelta(minutes=1)


def events(*told: tuple[float, str, dict[str, object]]) -> tuple[Event, ...]:
    """Events from (minutes before noon, message, fields), in the order given."""
    return tuple(
        Event(number=number, at=NOON - ago * MINUTE, message=message, fields=fields)
        for number, (ago, message, fields) in enumerate(told, 1)
    )


def a_plan(*offs: dt.datetime, degraded: tuple[str, ...] = ()) -> Plan:
    """A plan of French races R1C1, R1C2 … at these hours; afternoon ones where none is given."""
    hours = offs or (paris_at(DAY, 14), paris_at(DAY, 15))
    return Plan(
        date=DAY, mode="live", simulated=False, made_at=paris_at(DAY, 9), correlation_id="x",
        scope=Scope.FR,
        races=tuple(
            PlannedRace(date=DAY, key=f"R1C{number}", off_time=off)
            for number, off in enumerate(hours, 1)
        ),
        sources=tuple(SourceReport(source=name, ok=False) for name in degraded),
    )  # fmt: skip


def facts(**said: object) -> DayFacts:
    """Facts of DAY at noon, races ahead, all well."""
    known: dict[str, object] = {"date": DAY, "now": NOON, "plan": a_plan()}
    return DayFacts(**{**known, **said})  # type: ignore[arg-type]  # a test's own columns


def view(
    *told: tuple[float, str, dict[str, object]], of: DayFacts | None = None, **limits: float
) -> View:
    """A view at the instant of its facts, else at noon; everything was heard since the morning."""
    now = of.now if of else NOON
    return View(
        now=now, limits=replace(Thresholds(), **limits), events=events(*told),
        since=paris_at(DAY, 8), facts=of,
    )  # fmt: skip


@dataclass
class Watched:
    """A service that is watched: its bench, and who is told."""

    bench: Bench
    limits: Thresholds = field(default_factory=Thresholds)
    first: MemoryChannel = field(default_factory=MemoryChannel)
    second: MemoryChannel = field(default_factory=MemoryChannel)
    heartbeat: MemoryHeartbeat = field(default_factory=MemoryHeartbeat)
    free_bytes: int | None = None
    is_reading: bool = False

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """A new process over the same archive."""
        self.log = Heard()
        desk = self.bench.desk
        post = Post(
            archive=desk.archive, clock=desk.clock, journal=self.log, limits=self.limits,
            versions=lambda: {"code": "test"}, mode=desk.options.mode,
            first=self.first, second=self.second, heartbeat=self.heartbeat,
            is_reading=self.is_reading,
        )  # fmt: skip
        room = self.free_bytes
        free = None if room is None else (lambda: room)
        self.watch = Watch(post, Gatherer(desk.archive, desk.queue, self.limits, free))
        self.journal = WatchingJournal(self.log, self.watch)
        watched = replace(desk, journal=self.journal)
        self.service = DayService(watched, lambda: 0.0, self.watch)

    def fail(self, race: str = "2025-10-16/R1C1", error: str = "SourceDown: no answer") -> None:
        """An analysis fails, as the service tells it."""
        self.journal.event("ERROR", "Analysis failed", race=race, phase="H5", error=error)

    def succeed(self, race: str = "2025-10-16/R1C1", duration_s: float = 1.0) -> None:
        self.journal.event(
            "INFO", "Analysis complete", race=race, phase="H5", duration_s=duration_s
        )

    def at(self, instant: dt.datetime) -> Watched:
        """Move the clock, and look at the day as a tick does."""
        self.bench.clock.advance_to(instant)
        self.watch.look(DAY, beat=True)
        return self

    def alerts(self, rule: str | None = None) -> list[Incident]:
        """What /api/alerts shows."""
        return [one for one in self.watch.alerts() if rule in {None, one.rule}]

    def titles(self) -> list[str]:
        return [message.title for message in self.first.sent]


def watched(at: dt.datetime = NOON, archive: Archive | None = None, **said: object) -> Watched:
    """A watched service at noon of a day with one race at 14:15, planned."""
    made = bench(at)
    made.archive = archive or made.archive
    made.site("zeturf").show_card(R1C1, card("zeturf"))
    made.site("zeturf").show_result(R1C1, result("zeturf"))
    for source in made.sources.values():
        source.show_programme(DAY, programme(source.name, a_race()))
    one = Watched(made, **said)  # type: ignore[arg-type]  # a test's own columns
    one.service.schedule(DAY)
    return one
