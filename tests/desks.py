"""Desks for tests of the day: memory backends, a driven clock, scripted sites, small readings."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from hippique.betting.policy import ControlPolicy, Policy
from hippique.day.desk import Desk, Options
from hippique.day.outcome import Order
from hippique.day.phases import Phase
from hippique.day.plan import Scope
from hippique.day.replay import Replay, replay_day
from hippique.day.service import DayService
from hippique.errors import StoreBusy
from hippique.forecast.forecaster import MarketForecaster
from hippique.ports import Archive, Claims, Source
from hippique.racing.card import (
    Discipline,
    Meeting,
    Race,
    RaceId,
    RaceKey,
    RaceStatus,
    Reading,
    Runner,
)
from hippique.racing.market import RunnerOdds
from hippique.racing.result import Dividend, Result, ResultStatus
from hippique.racing.times import paris_at
from hippique.runtime.claims import MemoryClaims
from hippique.runtime.clocks import DrivenClock
from hippique.runtime.memory import MemoryArchive, MemoryViews
from hippique.runtime.memory_queue import MemoryQueue
from hippique.runtime.owner import this_process
from hippique.sources.scripted import ScriptedSource

DAY = dt.date(2025, 10, 16)
OFF = paris_at(DAY, 14, 15)
R1C1 = RaceId(DAY, RaceKey(1, 1))
NAMES = ("ALBA", "BELLO", "CARA", "DUNE", "ETOILE", "FABLE", "GAMIN", "HARPE", "ISARD", "JALON")
ODDS = {1: 2.5, 2: 3.4, 3: 6.0, 4: 9.0, 5: 14.0, 6: 21.0, 7: 30.0, 8: 44.0}


def minutes(count: float) -> dt.timedelta:
    return dt.timedelta(minutes=count)


class Heard:
    """A journal that keeps every event."""

    def __init__(self) -> None:
        self.events: list[tuple[str, str, dict[str, object]]] = []

    def event(self, severity: str, message: str, **fields: object) -> None:
        self.events.append((severity, message, fields))

    def messages(self, severity: str | None = None) -> list[str]:
        return [said for level, said, _ in self.events if severity in {None, level}]

    def fields_of(self, message: str) -> list[dict[str, object]]:
        return [fields for _, said, fields in self.events if said == message]


class NoFiles:
    """Reports of which nobody reads anything; days: what was asked for."""

    def __init__(self) -> None:
        self.days: list[dt.date] = []

    def publish(self, day: dt.date) -> None:
        self.days.append(day)


class FailingArchive:
    """An archive whose process dies at its n-th create (from 0), or at that of a file name.

    after: the content is stored before it dies, as by a process killed right after writing.
    """

    def __init__(self, inside: Archive, at: int | str | None, *, after: bool = False) -> None:
        self.inside = inside
        self.creates = 0
        self._at = at
        self._after = after

    def create(self, address: str, content: bytes) -> None:
        is_end = self._at in {self.creates, address.rpartition("/")[2]}
        self.creates += 1
        if is_end and not self._after:
            raise Killed(address)
        self.inside.create(address, content)
        if is_end:
            raise Killed(address)

    def read(self, address: str) -> bytes:
        return self.inside.read(address)

    def addresses(self, prefix: str = "") -> tuple[str, ...]:
        return self.inside.addresses(prefix)

    def folders(self, prefix: str = "") -> tuple[str, ...]:
        return self.inside.folders(prefix)


class Killed(BaseException):
    """The end of a process at an instant; no code of ours catches it."""


class HeldClaims:
    """Claims that another worker holds; meanwhile it may do something."""

    def __init__(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        self._meanwhile = meanwhile

    def acquire(self, key: str) -> bool:
        del key
        self._meanwhile()
        return False

    def release(self, key: str) -> None:
        raise StoreBusy(f"{key} is not held here")


def counted_ids() -> Callable[[str], str]:
    numbers = itertools.count(1)
    return lambda prefix: f"{prefix}-{next(numbers)}"


class ReachedClaims:
    """Claims that are free, but only after another worker did something."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        self._meanwhile = meanwhile

    def acquire(self, key: str) -> bool:
        del key
        self._meanwhile()
        return True

    def release(self, key: str) -> None:
        """Nothing is held."""


@dataclass(kw_only=True)
class Bench:
    """A desk with everything that a test may turn or look at."""

    clock: DrivenClock
    archive: Archive
    queue: MemoryQueue
    views: MemoryViews
    journal: Heard
    sources: dict[str, ScriptedSource]
    policy: Policy = field(default_factory=ControlPolicy)
    claims: Claims | None = None
    mode: str = "simulated"
    scope: Scope = Scope.FR
    operators: tuple[str, ...] = ("zeturf",)
    shadows: tuple[Policy, ...] = ()
    week_loss_limit_cents: int | None = None
    dry: bool = False
    reports: NoFiles = field(default_factory=NoFiles)
    ids: Callable[[str], str] = field(default_factory=counted_ids)

    @property
    def desk(self) -> Desk:
        return Desk(
            sources=tuple(self.sources.values()),
            archive=self.archive,
            views=self.views,
            queue=self.queue,
            claims=self.claims or fresh_claims(self.clock),
            clock=self.clock,
            forecaster=MarketForecaster(),
            policy=self.policy,
            options=Options(
                mode=self.mode,
                simulated=self.mode == "simulated",
                scope=self.scope,
                operators=self.operators,
                versions={"code": "test", "settings": "test"},
                parallel=False,
                week_loss_limit_cents=self.week_loss_limit_cents,
                dry=self.dry,
            ),
            shadows=self.shadows,
            journal=self.journal,
            reports=self.reports,
            new_id=self.ids,
        )

    @property
    def service(self) -> DayService:
        return DayService(self.desk, stopwatch=lambda: 0.0)

    def at(self, instant: dt.datetime) -> Bench:
        self.clock.advance_to(instant)
        return self

    def site(self, name: str) -> ScriptedSource:
        return self.sources[name]


def fresh_claims(clock: DrivenClock) -> MemoryClaims:
    return MemoryClaims(owner=this_process("test"), wall=clock.now, ttl_s=60)


def bench(start: dt.datetime | None = None, sites: Sequence[str] = ("zeturf", "geny")) -> Bench:
    """A desk at 09:00 of DAY over empty memory; nothing is scripted yet."""
    clock = DrivenClock(start or paris_at(DAY, 9))
    return Bench(
        clock=clock,
        archive=MemoryArchive(),
        queue=MemoryQueue(clock),
        views=MemoryViews(),
        journal=Heard(),
        sources={name: ScriptedSource(name, clock) for name in sites},
    )


def race_day_bench(off: dt.datetime = OFF, sites: Sequence[str] = ("zeturf", "geny")) -> Bench:
    """One French race, R1C1, that every site lists; ZEturf shows its odds and its result."""
    made = bench(sites=sites)
    for source in made.sources.values():
        source.show_programme(DAY, programme(source.name, a_race(off=off)))
    made.site("zeturf").show_card(R1C1, card("zeturf", off=off))
    made.site("zeturf").show_result(R1C1, result("zeturf", off=off))
    return made


# --- readings -------------------------------------------------------------------------------


def a_race(number: int = 1, off: dt.datetime | None = OFF, **facts: object) -> Race:
    """A race as a programme lists it."""
    said: dict[str, object] = {
        "name": f"Prix {number}",
        "discipline": Discipline.FLAT,
        "distance_m": 2000,
        "off_time": off,
        "declared": 8,
        "url": f"/r{number}",
    }
    return Race(number=number, **{**said, **facts})  # type: ignore[arg-type]  # a test's own columns


def meeting(*races: Race, **facts: object) -> Meeting:
    """R1 at Chantilly on DAY, unless told otherwise."""
    said: dict[str, object] = {"number": 1, "track": "CHANTILLY", "country": "FR", "date": DAY}
    return Meeting(races=races, **{**said, **facts})  # type: ignore[arg-type]  # a test's own columns


def reading(source: str, *meetings: Meeting, page: str = "programme") -> Reading:
    return Reading(source=source, page=page, meetings=meetings)


def programme(source: str, *races: Race, **facts: object) -> Reading:
    """A programme of one meeting."""
    return reading(source, meeting(*races, **facts))


def runners(
    source: str,
    odds: dict[int, float] | None = None,
    non_runners: Sequence[int] = (),
    pool: str | None = None,
) -> tuple[Runner, ...]:
    """Runners with their win odds in one pool; a non-runner shows none."""
    return tuple(
        Runner(
            number=number,
            name=NAMES[number - 1],
            non_runner=number in non_runners,
            odds=None
            if number in non_runners
            else RunnerOdds(pool=pool or source, win=win, place_low=max(1.1, win / 3)),
        )
        for number, win in (odds or ODDS).items()
    )


def card(
    source: str,
    odds: dict[int, float] | None = None,
    *,
    off: dt.datetime = OFF,
    non_runners: Sequence[int] = (),
    pool: str | None = None,
) -> Reading:
    """A race page while bets are open."""
    race = a_race(off=off, status=RaceStatus.OPEN)
    horses = runners(source, odds, non_runners, pool)
    return reading(source, meeting(replace(race, runners=horses)), page="race")


def result(
    source: str,
    order: Sequence[Sequence[int]] = ((1,), (2,), (3,), (4,)),
    *,
    per_euro: float | None = 2.6,
    status: ResultStatus = ResultStatus.OFFICIAL,
    off: dt.datetime = OFF,
    **facts: object,
) -> Reading:
    """A race page after the race: the winner's dividend at `per_euro`, none where None."""
    paid = [
        Dividend(operator=source, bet="win", combination=(number,), per_euro=per_euro)
        for number in (order[0] if order else ())
        if per_euro is not None
    ]
    said: dict[str, object] = {"dividends": tuple(paid)}
    found = Result(status=status, order=tuple(map(tuple, order)), **{**said, **facts})  # type: ignore[arg-type]  # a test's own columns
    shown = RaceStatus.OFFICIAL if status is ResultStatus.OFFICIAL else RaceStatus.PROVISIONAL
    race = a_race(off=off, status=shown, result=found)
    return reading(source, meeting(race), page="race")


def not_run(source: str) -> Reading:
    """A race page that says the race was cancelled."""
    return reading(source, meeting(a_race(status=RaceStatus.CANCELLED)), page="race")


def order(phase: Phase | str, race: RaceId = R1C1, **facts: object) -> Order:
    """A delivery with a due time, unless told otherwise."""
    said: dict[str, object] = {"correlation_id": "run-1", "due": OFF}
    return Order(race=race, phase=Phase(phase), **{**said, **facts})  # type: ignore[arg-type]  # a test's own columns


# --- replay ----------------------------------------------------------------------------------


def replayed(made: Bench, day: dt.date = DAY) -> Replay:
    """The day of a bench run again from its stored pages, under the same options."""
    memory = MemoryArchive()

    def desk_at(sources: Sequence[Source], instant: dt.datetime) -> Desk:
        clock = DrivenClock(instant)
        other = replace(
            made,
            clock=clock,
            archive=memory,
            queue=MemoryQueue(clock),
            views=MemoryViews(),
            journal=Heard(),
            claims=None,
        )
        return replace(other.desk, sources=tuple(sources))

    return replay_day(made.archive, tuple(made.sources.values()), desk_at, day, "test")
