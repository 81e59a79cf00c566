"""Races of the past with their closing odds: which are used, and who finished where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]
DISCIPLINES = {"PLAT": "flat", "TROT_ATTELE": "harness", "TROT_MONTE": "mounted"}  # else jumps


@dataclass(frozen=True, slots=True)
class Field:
    """One race: closing odds of the starters, and the positions of the first three."""

    key: str
    day: str
    kind: str
    odds: Floats
    front: tuple[int, int, int]
    numbers: tuple[int, ...]


def hong_kong(folder: Path) -> tuple[list[Field], str]:
    """Usable races with one winner, one second, one third; and what was counted out."""
    races = pl.read_parquet(folder / "hk_races.parquet").filter("usable").select("race_id")
    runners = pl.read_parquet(folder / "hk_runners.parquet").join(
        races, on="race_id", validate="m:1"
    )
    return fields_of(runners.with_columns(key="race_id", day="date", kind=pl.lit("flat")))


def french(folder: Path, pool: str) -> tuple[list[Field], str]:
    """The same of one PMU pool: one crawl a race, no race with an unmarked non-runner (D5)."""
    races = pl.read_parquet(folder / "fr_races.parquet").filter(
        "usable", (pl.col("src") == "bitzibox") | (pl.col("n_part") == pl.col("n_runners"))
    )
    once = races.sort("src", descending=True).unique("race_id", keep="first", maintain_order=True)
    kind = pl.col("specialite").replace_strict(DISCIPLINES, default="jumps")
    chosen = once.filter(pl.col("pool") == pool).select("src", "race_id", day="date", kind=kind)
    runners = pl.read_parquet(folder / "fr_runners.parquet").filter(
        pl.col("statut_final").is_null() | (pl.col("statut_final") != "NON_PARTANT")
    )
    joined = runners.drop("date", strict=False).join(chosen, on=["src", "race_id"], validate="m:1")
    return fields_of(joined.with_columns(key="race_id"))


def fields_of(runners: pl.DataFrame) -> tuple[list[Field], str]:
    found, tied, at_one, short = [], 0, 0, 0
    columns = ("key", "day", "kind", "num", "rank", "odds_final")
    parts = (
        runners.select(columns).sort("day", "key", "num").partition_by("key", maintain_order=True)
    )
    for part in parts:
        rank = part["rank"].fill_null(0).to_numpy()
        front = [np.flatnonzero(rank == place) for place in (1, 2, 3)]
        odds = part["odds_final"].to_numpy().astype(np.float64)
        if any(at.size > 1 for at in front):
            tied += 1
        elif any(at.size == 0 for at in front):
            short += 1
        elif not (odds > 1.0).all():
            at_one += 1
        else:
            names = (part["key"][0], part["day"][0], part["kind"][0])
            first, second, third = (int(at[0]) for at in front)
            found.append(Field(*names, odds, (first, second, third), tuple(part["num"])))
    out = f"{len(parts):,} usable; out: {tied} dead heats in the first 3, "
    return found, out + f"{at_one} with odds of 1.0 or none, {short} with fewer than 3 placed"


def split(fields: Sequence[Field], first: str, end: str) -> tuple[list[Field], list[Field]]:
    past = [field for field in fields if field.day < first]
    return past, [field for field in fields if first <= field.day < end]


def quinellas(folder: Path) -> dict[str, tuple[tuple[int, ...], float]]:
    """By race: the pair and its dividend per 1; races with two of them are left out."""
    table = pl.read_parquet(folder / "hk_dividends.parquet").filter(pool="quinella")
    once = table.filter(pl.len().over("race_id") == 1)
    chosen = once.select("race_id", "combination", pl.col("dividend_per_10") / 10)
    return {
        key: (tuple(int(number) for number in pair.split("-")), paid)
        for key, pair, paid in chosen.iter_rows()
    }


def paired_in(field: Field, paid: tuple[tuple[int, ...], float]) -> tuple[int, ...]:
    return tuple(field.numbers.index(number) for number in paid[0])


def places_seen(fields: Sequence[Field]) -> Floats:
    """Shape (runners, 3): 1 where the runner finished there."""
    seen = [np.zeros((field.odds.size, 3)) for field in fields]
    for field, table in zip(fields, seen, strict=True):
        table[list(field.front), [0, 1, 2]] = 1.0
    return np.concatenate(seen)


def runner_days(fields: Sequence[Field]) -> NDArray[np.str_]:
    return np.repeat([field.day for field in fields], [field.odds.size for field in fields])
