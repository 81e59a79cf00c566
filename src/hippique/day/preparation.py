"""The 08:45 preparation: sources, archive, disk, queue, model and policy, each tried for real."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from hippique.betting.situation import Situation
from hippique.betting.terms import terms_of
from hippique.day import addresses
from hippique.day.capture import Capture, capture
from hippique.day.desk import Desk
from hippique.day.folder import Folder
from hippique.day.tasks import day_prefix
from hippique.errors import HippiqueError
from hippique.forecast.forecaster import Evidence, NoForecast, TrueChance
from hippique.racing.card import Discipline, Race, Runner
from hippique.racing.market import Quote, RunnerOdds, Snapshot

MIB = 2**20
# A made-up race that shows whether model and policy answer at all; nothing is bet on it.
ODDS = (2.6, 3.9, 6.5, 8.0, 12.0, 17.0, 26.0, 41.0)
EARLIER = dt.timedelta(minutes=25)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that the day needs. told: what was found, or what is wrong with it."""

    name: str
    ok: bool
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """What was found before the day. down: sources that gave no programme."""

    checks: tuple[Check, ...]
    down: tuple[str, ...]

    @property
    def faults(self) -> tuple[str, ...]:
        """What is wrong, the sources apart: a plan can do without one of them."""
        return tuple(f"{one.name}: {one.told}" for one in self.checks if not one.ok)


def prepare_day(desk: Desk, day: dt.date, *, free_bytes: int | None, least: float) -> Preparation:
    """Try everything that the day needs, and keep what was found.

    free_bytes: of the archive's disk, None where there is none; least: what it must have. The
    pages are kept under `preparation/`. Nothing is raised: what cannot be done is a fault.
    """
    down: tuple[str, ...] = ()
    checks = [_tried("queue", lambda: _queue(desk, day)), _tried("model", lambda: _decide(desk))]
    if free_bytes is not None:
        is_enough = free_bytes >= least  # the number itself would differ from run to run
        told = f"{'at least' if is_enough else 'less than'} {least / MIB:.0f} MiB free"
        checks.append(Check(name="disk", ok=is_enough, told=told))
    try:
        down = _sources(desk, day, checks)
    except HippiqueError as error:
        checks.append(Check(name="archive", ok=False, told=f"{type(error).__name__}: {error}"))
    return Preparation(checks=tuple(checks), down=down)


def _tried(name: str, attempt: Callable[[], str]) -> Check:
    try:
        return Check(name=name, ok=True, told=attempt())
    except Exception as error:  # noqa: BLE001  whatever breaks now would break the first race
        return Check(name=name, ok=False, told=f"{type(error).__name__}: {error}")


def _queue(desk: Desk, day: dt.date) -> str:
    tasks = desk.queue.live(day_prefix(day))
    return f"generation {desk.queue.generation()}, {len(tasks)} tasks of the day"


def _sources(desk: Desk, day: dt.date, checks: list[Check]) -> tuple[str, ...]:
    """Ask each source for its programme; writing the answers down tries the archive."""
    folder = Folder(desk.archive, addresses.preparation_folder(day, desk.now()))
    if addresses.MANIFEST in folder.names():  # asked twice within a second
        return ()
    taken = capture(
        desk.sources, lambda source: source.programme(day), folder, parallel=desk.options.parallel
    )
    down = tuple(_down(desk, taken))
    folder.write_value(addresses.PAGES, {"pages": taken.pages, "failures": taken.failures})
    folder.write_value(addresses.PREPARATION, {"checks": checks, "down": down})
    folder.close(desk.stamp())
    checks.append(Check(name="archive", ok=True, told=folder.path))
    return down


def _down(desk: Desk, taken: Capture) -> Iterator[str]:
    read = {one.reading.source for one in taken.taken}
    yield from (source.name for source in desk.sources if source.name not in read)


def _decide(desk: Desk) -> str:
    """Chances and a decision for the made-up race."""
    now = desk.now()
    pools = [terms_of(name, "win", now.date()).pool for name in desk.options.operators]
    evidence = Evidence(
        race=f"{now.date()}/R0C0",
        snapshots=tuple(_snapshot(pool, now) for pool in pools),
        declared=len(ODDS),
        earlier=tuple(_snapshot(pool, now - EARLIER) for pool in pools),
        card=_card(pools[0]),
        truth=tuple(TrueChance(number=n, p_win=1 / len(ODDS)) for n, _ in enumerate(ODDS, 1)),
    )
    forecast = desk.forecaster.forecast(evidence)
    situation = Situation(
        race=evidence.race,
        day=now.date(),
        declared=len(ODDS),
        forecast=forecast,
        snapshots=evidence.snapshots,
        earlier=evidence.earlier,
        operators=desk.options.operators,
        discipline=Discipline.FLAT,
        decided_at=now,
    )
    verdict = desk.policy.decide(situation)
    chances = "no chances" if isinstance(forecast, NoForecast) else "chances"
    decided = "slip" if verdict.tickets else "no-bet"
    return f"{desk.forecaster.model}, {desk.policy.name}: {chances} and a {decided} on a trial race"


def _snapshot(pool: str, taken_at: dt.datetime) -> Snapshot:
    quotes = tuple(
        Quote(number=n, name=f"TRIAL {n}", win=win, place_low=1 + win / 5, place_high=1 + win / 3)
        for n, win in enumerate(ODDS, 1)
    )
    return Snapshot(race="trial", source="trial", pool=pool, taken_at=taken_at, quotes=quotes)


def _card(pool: str) -> Race:
    runners = tuple(
        Runner(number=n, name=f"TRIAL {n}", odds=RunnerOdds(pool=pool, win=win))
        for n, win in enumerate(ODDS, 1)
    )
    return Race(number=0, discipline=Discipline.FLAT, declared=len(ODDS), runners=runners)
