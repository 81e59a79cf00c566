"""The parquet tables of recorded days: rows of one day, one crawl per race.

The only module that needs polars, which the service itself never does: imported when used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from hippique.errors import InputError, SettingsError

if TYPE_CHECKING:
    import polars as pl

Row = Mapping[str, Any]

RACES, RUNNERS, TICKS = "fr_races", "fr_runners", "fr_odds_ts"
_KEY = ("src", "race_id")
_FIRST_CRAWL = "bitzibox"  # it alone has statuses, incidents, prizes and dense ticks

_COLUMNS = {
    RACES: (
        *_KEY,
        *("date", "reunion", "course", "pays", "hippodrome", "heureDepart", "libelle"),
        *("discipline", "specialite", "distance", "montantPrix", "categorieParticularite"),
        *("nombreDeclaresPartants", "penetrometre", "terrain", "paris", "statut"),
        *("categorieStatut", "arrivee", "arrival_src", "incidents", "n_part"),
        *("arrivee_definitive", "pool"),
    ),
    RUNNERS: (
        *_KEY,
        *("num", "nom", "age", "sexe", "statut_final", "musique", "driver", "entraineur"),
        *("deferre", "oeilleres", "placeCorde", "poids_kg", "handicapDistance", "gainsCarriere"),
        *("nombreCourses", "nombreVictoires", "nombrePlacesSecond", "nombrePlacesTroisieme"),
        *("odds_ref", "odds_ref_ms", "odds_final", "rank", "incident"),
    ),
    TICKS: (*_KEY, "num", "kind", "obs_ms", "odds", "pool"),
}
_NEEDED = frozenset(
    {*_KEY, "date", "reunion", "course", "heureDepart", "pool", "num", "obs_ms", "odds"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RaceRows:
    """The rows of one race, from one crawl."""

    race: Row
    runners: tuple[Row, ...]
    ticks: tuple[Row, ...]


def recorded_days(folder: Path) -> tuple[date, ...]:
    """The days that the tables in `folder` (or its `fr/`) hold, ascending.

    Raises SettingsError: no tables there, tables of another shape, polars not installed.
    """
    days = _collect(_scan(folder, RACES).select("date").unique())
    return tuple(sorted(date.fromisoformat(str(row["date"])) for row in days))


def read_day(folder: Path, day: date) -> tuple[RaceRows, ...]:
    """The rows of a day's races by meeting and race number, one crawl each.

    bitzibox wins over bencode where both crawls have the race, unless it has none of its runners.
    Raises InputError for a day that is not recorded, SettingsError as `recorded_days`.
    """
    races = _collect(_of_day(_scan(folder, RACES), day))
    if not races:
        raise InputError(f"{day} is not recorded in {folder}", field="date", hint=_span(folder))
    runners = _by_race(_collect(_of_day(_scan(folder, RUNNERS), day)))
    ticks = _by_race(_collect(_of_day(_scan(folder, TICKS), day)))
    chosen: dict[str, Row] = {}
    for race in sorted(races, key=lambda race: _preference(race, runners)):
        chosen.setdefault(race["race_id"], race)
    return tuple(
        RaceRows(
            race=race,
            runners=tuple(runners.get(_key(race), ())),
            ticks=tuple(ticks.get(_key(race), ())),
        )
        for race in sorted(chosen.values(), key=lambda race: (race["reunion"], race["course"]))
    )


def save_tables(folder: Path, tables: Mapping[str, Sequence[Row]]) -> None:
    """Write new tables, each whole or not at all. Every row of a table has the same columns.

    Raises InputError where one is there already, SettingsError without polars.
    """
    polars = _polars()
    folder.mkdir(parents=True, exist_ok=True)
    taken = [name for name in tables if (folder / f"{name}.parquet").exists()]
    if taken:
        raise InputError(f"{folder} holds {taken[0]}.parquet already; give an empty folder")
    for name, rows in tables.items():
        draft = folder / f"~{name}.parquet"
        polars.DataFrame(list(rows), infer_schema_length=None).write_parquet(draft)
        draft.replace(folder / f"{name}.parquet")


def _preference(race: Row, runners: Mapping[tuple[str, str], Sequence[Row]]) -> tuple[bool, bool]:
    return (_key(race) not in runners, race["src"] != _FIRST_CRAWL)


def _key(row: Row) -> tuple[str, str]:
    return (row["src"], row["race_id"])


def _by_race(rows: Sequence[Row]) -> dict[tuple[str, str], list[Row]]:
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        found.setdefault(_key(row), []).append(row)
    return found


def _span(folder: Path) -> str:
    days = recorded_days(folder)
    return f"{len(days)} days from {days[0]} to {days[-1]}" if days else "no day is recorded"


def _scan(folder: Path, table: str) -> pl.LazyFrame:
    """The table with the columns that it has; those that only one crawl has may be absent."""
    polars = _polars()
    path = _path(folder, table)
    try:
        frame: pl.LazyFrame = polars.scan_parquet(path)
        present = set(frame.collect_schema().names())
    except (polars.exceptions.PolarsError, OSError) as error:
        raise SettingsError(f"{path} is not a parquet table: {error}") from error
    wanted = _COLUMNS[table]
    lacking = sorted(set(wanted) & _NEEDED - present)
    if lacking:
        raise SettingsError(f"{path} lacks {', '.join(lacking)}: not a table of recorded days")
    return frame.select(column for column in wanted if column in present)


def _path(folder: Path, table: str) -> Path:
    for path in (folder / f"{table}.parquet", folder / "fr" / f"{table}.parquet"):
        if path.is_file():
            return path
    raise SettingsError(
        f"no {table}.parquet in {folder} or its fr/: give the folder of the recorded tables"
    )


def _of_day(frame: pl.LazyFrame, day: date) -> pl.LazyFrame:
    # race_id begins with the date of the meeting in all three tables.
    return frame.filter(_polars().col("race_id").str.starts_with(f"{day.isoformat()}_"))


def _collect(frame: pl.LazyFrame) -> list[Row]:
    polars = _polars()
    try:
        return list(frame.collect().iter_rows(named=True))
    except (polars.exceptions.PolarsError, OSError) as error:
        raise SettingsError(f"a recorded table cannot be read: {error}") from error


def _polars() -> ModuleType:
    try:
        import polars as pl  # noqa: PLC0415  an extra of a hundred megabytes, for this room only
    except ImportError as error:
        raise SettingsError(
            "recorded days need polars: install hippique-orchestrator[history]"
        ) from error
    return pl
