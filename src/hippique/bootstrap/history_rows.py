"""One's own archive as rows of the history tables: what was known when, under the tables' words."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hippique.day import addresses
from hippique.day.corrections import standing_result
from hippique.day.merge import TRUST
from hippique.day.official import RaceResult
from hippique.day.phases import Phase
from hippique.day.plan import Plan, PlannedRace
from hippique.day.race_day import load
from hippique.day.snapshots import RaceSnapshots
from hippique.errors import InputError
from hippique.ports import Archive
from hippique.racing.card import Race, Reading, Runner
from hippique.racing.market import Snapshot
from hippique.racing.result import Result, ResultStatus
from hippique.sources.pmu import fields

Row = dict[str, Any]
POOLS = ("SIMPLE_GAGNANT", "E_SIMPLE_GAGNANT", "zeturf", "geny")
"""Whose odds a race's rows carry: the first that was sampled; two pools never meet in one row."""
MINUTES = (60, 30, 15, 5, 0)
_LIVE_KIND = "Direct"
_MINUTE_MS = 60_000
_CENTS = 100
_WORDS: tuple[Mapping[str, object], ...] = (
    fields.DISCIPLINES,
    fields.SHOES_CODES,
    fields.BLINKERS_CODES,
    fields.COUNTRIES,
)
# The first code of a value stands; the later ones are how other pages spell it.
_CODES = {value: code for table in _WORDS for code, value in reversed(list(table.items()))}


@dataclass(frozen=True, slots=True)
class Tables:
    """Rows of fr_races, fr_runners and fr_odds_ts."""

    races: list[Row] = field(default_factory=list)
    runners: list[Row] = field(default_factory=list)
    ticks: list[Row] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Readings:
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """A race as its visits saw it: card at H-5 (else H-30), page after it, odds of one pool."""

    planned: PlannedRace
    off_ms: int
    card: Race
    after: Race | None
    pool: str
    snapshots: tuple[Snapshot, ...]
    result: Result | None


def history_of(archive: Archive, plan: Plan) -> Tables:
    """The rows of a day: races in scope that were run and whose odds were sampled.

    `src` is `hippique`, with the mode behind a dash where the day was not live. Raises InputError
    for a simulated day, which is no history, and StoreDamaged.
    """
    if plan.simulated:
        raise InputError(
            f"{plan.date} is simulated and no history; draw it again from its seed instead",
            field="data",
        )
    tables = Tables()
    source = "hippique" if plan.mode == "live" else f"hippique-{plan.mode}"
    for planned in plan.queued():
        seen = _seen(archive, planned)
        if seen is not None:
            _add(tables, seen, _identity(planned, source, seen.pool))
    return tables


def _identity(planned: PlannedRace, source: str, pool: str) -> Row:
    key = planned.race.key
    return {
        "race_id": f"{planned.date.isoformat()}_R{key.meeting}_C{key.race}", "src": source,
        "date": planned.date.isoformat(), "reunion": key.meeting, "course": key.race, "pool": pool,
    }  # fmt: skip


def _seen(archive: Archive, planned: PlannedRace) -> _Seen | None:
    snapshots = _snapshots(archive, planned)
    pool = next((p for p in POOLS if any(s.pool == p for s in snapshots)), None)
    card = _card(archive, planned, Phase.H5) or _card(archive, planned, Phase.H30)
    if pool is None or card is None or planned.off_time is None:
        return None
    return _Seen(
        planned=planned,
        off_ms=_ms(planned.off_time),
        card=card,
        after=_card(archive, planned, Phase.RESULT, pool),
        pool=pool,
        snapshots=tuple(s for s in snapshots if s.pool == pool),
        result=_result(archive, planned),
    )


def _snapshots(archive: Archive, planned: PlannedRace) -> list[Snapshot]:
    """Every sample of the race, oldest first."""
    name = f"/{addresses.SNAPSHOT}"
    listed = [a for a in archive.addresses(str(planned.race)) if a.endswith(name)]
    taken = [load(archive, RaceSnapshots, a) for a in listed if "/manual/" not in a]
    found = [one for kept in taken if kept is not None for one in kept.snapshots]
    return sorted(found, key=lambda one: one.taken_at)


def _card(
    archive: Archive, planned: PlannedRace, phase: Phase, pool: str | None = None
) -> Race | None:
    """The race on the page of the most trusted source that shows runners, of `pool` if given."""
    address = f"{addresses.phase_folder(planned.race, phase)}/{addresses.READING}"
    kept = load(archive, _Readings, address)
    ranked = sorted(kept.readings if kept else (), key=lambda one: _rank(one.source))
    races = (reading.only_race() for reading in ranked)
    return next((race for race in races if race.runners and _shows(race, pool)), None)


def _rank(source: str) -> int:
    return TRUST.index(source) if source in TRUST else len(TRUST)


def _shows(race: Race, pool: str | None) -> bool:
    return pool is None or any(r.odds is not None and r.odds.pool == pool for r in race.runners)


def _result(archive: Archive, planned: PlannedRace) -> Result | None:
    address = f"{addresses.phase_folder(planned.race, Phase.RESULT)}/{addresses.RESULT}"
    found = standing_result(archive, planned.race) or load(archive, RaceResult, address)
    return found.result if found else None


def _ms(instant: dt.datetime) -> int:
    return round(instant.timestamp() * 1000)


def _add(tables: Tables, seen: _Seen, identity: Row) -> None:
    ticks = list(_ticks(seen))
    runners = [_runner_row(seen, runner, ticks) for runner in seen.card.runners]
    tables.races.append({**identity, **_race_row(seen, runners)})
    tables.runners.extend({**identity, **row} for row in runners)
    shared = {name: identity[name] for name in ("race_id", "src", "pool")}
    tables.ticks.extend({**shared, **tick} for tick in ticks)


def _ticks(seen: _Seen) -> Iterator[Row]:
    for snapshot in seen.snapshots:
        at_ms = _ms(snapshot.stamp or snapshot.taken_at)
        for quote in snapshot.quotes:
            if quote.win is not None:
                yield {
                    "num": quote.number, "kind": _LIVE_KIND, "obs_ms": at_ms, "odds": quote.win,
                    "mins": (at_ms - seen.off_ms) / _MINUTE_MS,
                }  # fmt: skip


def _race_row(seen: _Seen, runners: Sequence[Row]) -> Row:
    race, result = seen.card, seen.result
    is_official = result is not None and result.status is ResultStatus.OFFICIAL
    started = [row for row in runners if row["statut_final"] != fields.NON_RUNNER]
    return {
        "pays": _CODES.get(seen.planned.country), "hippodrome": seen.planned.meeting,
        "heureDepart": seen.off_ms, "libelle": race.name,
        "discipline": _CODES.get(race.discipline), "distance": race.distance_m,
        "montantPrix": race.prize_eur, "nombreDeclaresPartants": race.declared,
        "terrain": race.going, "n_part": len(started),
        "statut": fields.DEFINITIVE_SIGN if is_official else None,
        "arrivee": json.dumps(result.order) if result else None,
        "arrivee_definitive": str(is_official), **_quality(result, started),
    }  # fmt: skip


def _quality(result: Result | None, started: Sequence[Row]) -> Row:
    """The tables' own marks of a race that can be scored, by their published rule."""
    finals = [row["odds_final"] for row in started if row["odds_final"] is not None]
    winners = len(result.order[0]) if result and result.order else 0
    overround = math.fsum(1 / odds for odds in finals) if finals else None
    stamps = Counter(row["odds_final_min"] for row in started if row["odds_final"] is not None)
    final_min = stamps.most_common(1)[0][0] if stamps else None
    missing = len(started) - len(finals)
    usable = (
        winners == 1 and missing == 0 and len(started) >= 3  # noqa: PLR2004  NOTES' rule
        and overround is not None and 1.05 <= overround <= 1.35  # noqa: PLR2004  the same
        and final_min is not None and final_min >= -1
    )  # fmt: skip
    return {
        "n_runners": len(started), "n_winners": winners, "n_no_final": missing,
        "overround_final": overround, "final_min": final_min, "usable": usable,
    }  # fmt: skip


def _runner_row(seen: _Seen, runner: Runner, ticks: Sequence[Row]) -> Row:
    result = seen.result
    is_gone = runner.non_runner or (result is not None and runner.number in result.non_runners)
    earned = runner.earnings_eur
    return {
        "num": runner.number, "nom": runner.name, "age": runner.age, "sexe": runner.sex,
        "statut_final": fields.NON_RUNNER if is_gone else fields.STARTER,
        "musique": runner.form, "driver": runner.jockey, "entraineur": runner.trainer,
        "deferre": _CODES.get(runner.shoes), "oeilleres": _CODES.get(runner.blinkers),
        "placeCorde": runner.draw, "poids_kg": runner.weight_kg,
        "handicapDistance": runner.distance_m,
        "gainsCarriere": None if earned is None else earned * _CENTS,
        "rank": result.position(runner.number) if result else None,
        "incident": _incident(runner.number, result, is_gone=is_gone),
        **_prices(seen, runner.number, ticks), **_final(seen, runner.number),
    }  # fmt: skip


def _incident(number: int, result: Result | None, *, is_gone: bool) -> str | None:
    if is_gone:
        return fields.NON_RUNNER
    if result is not None and number in result.disqualified:
        return str(fields.DISQUALIFIED_SIGNS[0])
    if result is not None and number in result.fallen:
        return min(fields.FALLEN_CODES)
    return None


def _prices(seen: _Seen, number: int, ticks: Sequence[Row]) -> Row:
    """The last odds at each of the tables' minutes before the off, with how old they were."""
    own = [tick for tick in ticks if tick["num"] == number]
    row: Row = {}
    for minutes in MINUTES:
        known = [t for t in own if t["obs_ms"] <= seen.off_ms - minutes * _MINUTE_MS]
        row[f"odds_t{minutes}"] = known[-1]["odds"] if known else None
        row[f"odds_t{minutes}_min"] = known[-1]["mins"] if known else None
    return row


def _final(seen: _Seen, number: int) -> Row:
    """The odds that the page after the race shows in the same pool: for settling, never to bet."""
    runners = seen.after.runners if seen.after else ()
    odds = next((r.odds for r in runners if r.number == number), None)
    if odds is None or odds.pool != seen.pool or odds.win is None:
        return {"odds_final": None, "odds_final_min": None}
    minutes = (_ms(odds.stamp) - seen.off_ms) / _MINUTE_MS if odds.stamp else 0.0
    return {"odds_final": odds.win, "odds_final_min": minutes}
