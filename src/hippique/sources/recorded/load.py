"""Rows of the recorded tables as a Recording: typed, units changed, defects named."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import Path

from hippique.errors import SettingsError
from hippique.racing.card import Blinkers, Discipline, Race, RaceKey, Runner, Shoes
from hippique.sources.pmu import fields
from hippique.sources.pmu.career import read_career
from hippique.sources.pmu.document import Node
from hippique.sources.pmu.labels import race_labels
from hippique.sources.recorded.cells import json_cell
from hippique.sources.recorded.outcome import read_outcome
from hippique.sources.recorded.recording import (
    RecordedMeeting,
    RecordedRace,
    RecordedRunner,
    Recording,
    Tick,
)
from hippique.sources.recorded.tables import RaceRows, Row, read_day
from hippique.sources.text import squash

_CENTS = 100
_REFERENCE_KIND = "Reference"  # every other kind of tick is a live price
_THIN_CRAWL = "bencode"
# On these days bencode's off times are two hours early (measured against the other crawl on
# 113 races, and by the odds, which go on moving for two hours after the "off").
_EARLY_DAYS = frozenset(date(2026, 4, day) for day in (1, 2, 3, 10, 11, 12, 13, 14, 15))
_EARLY_BY = timedelta(hours=2)


def load_recording(folder: Path, day: date) -> Recording:
    """A day of the tables in `folder`. Raises InputError (not recorded), SettingsError."""
    found = read_day(folder, day)
    meetings = tuple(
        _meeting(number, tuple(rows))
        for number, rows in groupby(found, key=lambda rows: int(rows.race["reunion"]))
    )
    return Recording(day=day, meetings=meetings)


def _meeting(number: int, rows: tuple[RaceRows, ...]) -> RecordedMeeting:
    first = Node(rows[0].race, "", None)
    return RecordedMeeting(
        number=number,
        track=first.text("hippodrome"),
        country=fields.COUNTRIES.get(first.code("pays") or ""),
        races=tuple(_race(number, race) for race in rows),
    )


def _race(meeting: int, rows: RaceRows) -> RecordedRace:
    row = Node(rows.race, "", None)
    eve = _eve(meeting, row, rows)
    off_time, moved = _off_time(row)
    pool = row.text("pool")
    if pool is None:  # odds without their pool are no odds
        raise SettingsError(f"{row.text('race_id')}: fr_races holds no pool")
    withdrawn = frozenset(runner["num"] for runner in rows.runners if _is_withdrawn(runner))
    outcome = read_outcome(rows, pool, withdrawn)
    is_cancelled = fields.CANCELLED_SIGN in (row.code("categorieStatut") or "")
    return RecordedRace(
        eve=eve,
        off_time=off_time,
        pool=pool,
        going=_going(row),
        runners=tuple(_runners(rows, eve.discipline, pool)),
        is_cancelled=is_cancelled,
        outcome=None if is_cancelled else outcome.result,
        remarks=(*row.warnings, *moved, *_remarks(rows)),
        result_remarks=(
            *(() if is_cancelled else outcome.remarks),
            *_unmarked(rows),
        ),
    )


def _eve(meeting: int, row: Node, rows: RaceRows) -> Race:
    number = int(rows.race["course"])
    discipline = _discipline(row)
    pools = (row.text("paris") or "").split(",")
    return Race(
        number=number,
        key=str(RaceKey(meeting, number)),
        name=squash(row.text("libelle")) or None,
        discipline=discipline,
        distance_m=row.whole("distance", least=1),
        prize_eur=row.number("montantPrix"),
        declared=row.whole("nombreDeclaresPartants") or len(rows.runners) or None,
        labels=race_labels(row.code("categorieParticularite"), pools),
    )


def _discipline(row: Node) -> Discipline | None:
    codes = (row.code("discipline"), row.code("specialite"))
    return next((fields.DISCIPLINES[c] for c in codes if c and c in fields.DISCIPLINES), None)


def _off_time(row: Node) -> tuple[datetime, tuple[str, ...]]:
    off_time = row.instant("heureDepart")
    if off_time is None:
        raise SettingsError(f"{row.text('race_id')}: fr_races holds no heureDepart")
    day = date.fromisoformat(str(row.content["date"]))
    if row.text("src") == _THIN_CRAWL and day in _EARLY_DAYS:
        return off_time + _EARLY_BY, ("the recorded off time was two hours early: corrected",)
    return off_time, ()


def _going(row: Node) -> str | None:
    # One crawl keeps PMU's object as JSON, the other the bare measure beside the word.
    text = row.text("penetrometre") or ""
    content = json_cell(text) if text.startswith("{") else None
    if isinstance(content, dict):
        return Node(content, "penetrometre", None).text(fields.GOING_WORDS)
    return row.text("terrain")


def _runners(rows: RaceRows, discipline: Discipline | None, pool: str) -> Iterable[RecordedRunner]:
    ticks: dict[int, list[Row]] = {}
    for tick in rows.ticks:
        # Odds of 1 and less are defects (199 of 1.6 million); a tick of the other pool would mix
        # two prices.
        if _is_price(tick["odds"]) and tick.get("pool", pool) == pool:
            ticks.setdefault(tick["num"], []).append(tick)
    for content in sorted(rows.runners, key=lambda runner: int(runner["num"])):
        yield _runner(content, ticks.get(content["num"], []), discipline)


def _runner(content: Row, ticks: list[Row], discipline: Discipline | None) -> RecordedRunner:
    row = Node(content, "", None)
    live = [tick for tick in ticks if tick.get("kind") != _REFERENCE_KIND]
    reference = [tick for tick in ticks if tick.get("kind") == _REFERENCE_KIND]
    return RecordedRunner(
        eve=_eve_runner(row, discipline),
        jockey=row.text("driver"),
        shoes=_shoes(row.code("deferre") or ""),
        blinkers=_blinkers(row.code("oeilleres")),
        is_withdrawn=_is_withdrawn(content),
        live=_series(live),
        reference=_series([*reference, *_stamped_reference(content)]),
    )


def _eve_runner(row: Node, discipline: Discipline | None) -> Runner:
    earnings = row.number("gainsCarriere")
    is_trot = discipline is None or discipline.is_trot
    return Runner(
        number=int(row.content["num"]),
        name=row.text("nom"),
        sex=row.text("sexe"),
        age=row.whole("age", least=1),
        trainer=row.text("entraineur"),
        weight_kg=None if is_trot else row.number("poids_kg"),
        draw=row.whole("placeCorde", least=1),
        distance_m=row.whole("handicapDistance", least=1),
        form=row.text("musique"),
        earnings_eur=None if earnings is None else earnings / _CENTS,
        career=read_career(row),
    )


def _shoes(code: str) -> Shoes | None:
    return fields.SHOES_CODES.get(code) or fields.MIXED_SHOES_CODES.get(code)


def _blinkers(code: str | None) -> Blinkers | None:
    # One crawl writes only "A"; its empty cells say nothing.
    return Blinkers.AUSTRALIAN if code == "A" else fields.BLINKERS_CODES.get(code or "")


def _is_withdrawn(runner: Row) -> bool:
    return fields.NON_RUNNER in {runner.get("statut_final"), runner.get("incident")}


def _stamped_reference(runner: Row) -> list[Row]:
    odds, at_ms = runner.get("odds_ref"), runner.get("odds_ref_ms")
    return [{"obs_ms": at_ms, "odds": odds}] if at_ms is not None and _is_price(odds) else []


def _is_price(odds: float | None) -> bool:
    return odds is not None and odds > 1


def _series(rows: list[Row]) -> tuple[Tick, ...]:
    by_instant = {row["obs_ms"]: row["odds"] for row in rows}
    return tuple(Tick(at_ms, by_instant[at_ms]) for at_ms in sorted(by_instant))


def _remarks(rows: RaceRows) -> Iterable[str]:
    if not rows.runners:
        yield "no runner is recorded"
    elif not rows.ticks:
        yield "no odds are recorded"


def _unmarked(rows: RaceRows) -> Iterable[str]:
    started = rows.race.get("n_part")
    if started is not None and started < len(rows.runners):
        missing = len(rows.runners) - started
        yield f"{missing} of {len(rows.runners)} runners did not start, the recording says not who"
