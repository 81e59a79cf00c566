"""How far odds shown lie from the closing odds: the error of carrying a quote forward.

Real races of the two PMU pools, each pool alone, all countries, usable races whose field is
known. One line per pool, age of the quote and band of odds: what `forecast/closing_table.py`
holds. Run as `make bench ARGS=closing_carry`. `material` must point to the tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from material import material_root

KEY = ["src", "race_id"]
BANDS = (1.0, 3.0, 6.0, 12.0, 25.0, 60.0, float("inf"))
SPLITS = {"SIMPLE_GAGNANT": "2025-12-31", "E_SIMPLE_GAGNANT": "2026-05-31"}
LEAST_HELD_OUT = 1_000
LEAST_QUOTES = 300  # fewer say nothing of the tenths of a distribution


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Quotes of one age. oldest, newest: minutes before the off by the quote's own stamp."""

    column: str
    oldest: float
    newest: float


# `odds_ref` of the E pool has no stamp of its own; it is PMU's quote of about H-30.
SLICES = (
    Slice(column="odds_t60", oldest=90, newest=50),
    Slice(column="odds_t30", oldest=45, newest=25),
    Slice(column="odds_ref", oldest=0, newest=0),
    Slice(column="odds_t15", oldest=25, newest=12),
    Slice(column="odds_t5", oldest=15, newest=3.5),
    Slice(column="odds_t0", oldest=5, newest=0),
    Slice(column="tick", oldest=15, newest=3.5),
)


def main() -> list[tuple[str, str, str]]:
    """One row per pool, age and band: races, quotes; bias, sd and tenths of ln(final/shown)."""
    folder = material_root() / "history" / "fr"
    if not folder.exists():
        return [(f"tables absent: {folder}", "not run", "set HIPPIQUE_MATERIAL")]
    quotes = read_quotes(folder)
    measured = [row for part in SLICES for row in rows_of(quotes, part)]
    judged = [row for part in SLICES for pool in SPLITS for row in held_out(quotes, part, pool)]
    return measured + judged


def read_quotes(folder: Path) -> pl.DataFrame:
    """Starters of usable races, one crawl a race; the quote of each age in its column."""
    whole = (pl.col("src") == "bitzibox") | (pl.col("n_part") == pl.col("n_runners"))
    races = (
        pl.read_parquet(folder / "fr_races.parquet")
        .filter(pl.col("usable") & whole)
        .sort("src", descending=True)
        .unique("race_id", keep="first", maintain_order=True)
    )
    starts = pl.col("statut_final").is_null() | (pl.col("statut_final") != "NON_PARTANT")
    runners = pl.read_parquet(folder / "fr_runners.parquet").filter(starts)
    joined = runners.join(races.select([*KEY, "pool", "date"]), on=KEY, validate="m:1")
    return joined.join(last_ticks(folder), on=[*KEY, "num"], how="left", validate="1:1")


def last_ticks(folder: Path) -> pl.DataFrame:
    """The last quote of each runner at H-5 or earlier, with its minutes; wrong clocks left out."""
    # The crawl's clock is two hours early on these dates: their minutes mean nothing.
    wrong = ("2026-04-01", "2026-04-02", "2026-04-03", *(f"2026-04-{d}" for d in range(10, 16)))
    seen = (pl.col("kind") == "Direct") & pl.col("mins").is_between(-15, -3.5)
    clocked = ~pl.col("race_id").str.slice(0, 10).is_in(wrong) | (pl.col("src") == "bitzibox")
    return (
        pl.scan_parquet(folder / "fr_odds_ts.parquet")
        .filter(seen & clocked & (pl.col("odds") >= 1))
        .sort("obs_ms")
        .group_by([*KEY, "num"])
        .agg(pl.col("odds").last().alias("tick"), pl.col("mins").last().alias("tick_min"))
        .collect()
    )


def rows_of(quotes: pl.DataFrame, part: Slice) -> list[tuple[str, str, str]]:
    """The lines of one age, over races whose every starter has such a quote."""
    errors = errors_of(quotes, part)
    everything = errors.with_columns(band=pl.lit("all").cast(pl.Categorical))
    return [
        as_row(part.column, measured)
        for table in (everything, errors)
        for measured in tenths(table, part.column)
        if measured["quotes"] >= LEAST_QUOTES
    ]


def errors_of(quotes: pl.DataFrame, part: Slice) -> pl.DataFrame:
    """Quotes of one age with e = ln(final/shown), their band, and their chance to be paid."""
    shown, final = pl.col(part.column), pl.col("odds_final")
    usable = (shown > 1) & (final > 1)
    if part.oldest:
        usable &= pl.col(f"{part.column}_min").is_between(-part.oldest, -part.newest)
    whole = quotes.filter(usable.fill_null(value=False).all().over(KEY))
    return whole.with_columns(
        e=(final / shown).log(), band=shown.cut(BANDS[1:-1], left_closed=True), paid=1 / final
    )


def held_out(quotes: pl.DataFrame, part: Slice, pool: str) -> list[tuple[str, str, str]]:
    """Bands made up to the split's day, judged on the days after; none where these are too few."""
    errors = errors_of(quotes, part).filter(pl.col("pool") == pool)
    day = pl.col("race_id").str.slice(0, 10)
    early, late = errors.filter(day <= SPLITS[pool]), errors.filter(day > SPLITS[pool])
    if min(early.height, late.height) < LEAST_HELD_OUT:
        return []
    rows = [row for row in tenths(early, part.column) if row["quotes"] >= LEAST_QUOTES]
    at, e = np.log([row["centre"] for row in rows]), late["e"].to_numpy()
    shown = np.log(late[part.column].to_numpy())
    low, median, high = (
        np.interp(shown, at, [row[name] for row in rows]) for name in ("low", "median", "high")
    )
    inside = ((e >= low) & (e <= high)).mean()
    plain, ours = np.sqrt((e**2).mean()), np.sqrt(((e - median) ** 2).mean())
    what = f"{pool} {part.column} after {SPLITS[pool]}: {late['race_id'].n_unique()} races"
    told = f"rmse {ours:.3f}, 80 % holds {inside:.1%}, bias {(e - median).mean():+.3f}"
    return [(what, told, f"carried plainly {plain:.3f}")]


def tenths(errors: pl.DataFrame, column: str) -> list[dict[str, float | str]]:
    """Each pool and band: centre of the odds, bias, sd, tenths, and the mean where it is paid.

    paid_mean weighs each quote by 1/final, its chance to be paid: what a backer receives over
    what he saw, on average.
    """
    e = pl.col("e")
    return (
        errors.group_by(["pool", "band"])
        .agg(
            races=pl.struct(KEY).n_unique(),
            quotes=pl.len(),
            centre=pl.col(column).log().mean().exp(),
            bias=e.mean(),
            rmse=(e**2).mean().sqrt(),
            sd=e.std(),
            low=e.quantile(0.1),
            median=e.median(),
            high=e.quantile(0.9),
            paid_mean=(e.exp() * pl.col("paid")).sum() / pl.col("paid").sum(),
        )
        .sort(["pool", "centre"])
        .to_dicts()
    )


def as_row(column: str, m: dict[str, float | str]) -> tuple[str, str, str]:
    """One line of the table."""
    what = f"{m['pool']} {column} odds {m['band']} (centre {m['centre']:.2f})"
    size = f"{m['races']} races, {m['quotes']} quotes, bias {m['bias']:.3f}, rmse {m['rmse']:.3f}"
    spread = f"{m['low']:.3f} {m['median']:.3f} {m['high']:.3f} paid ×{m['paid_mean']:.3f}"
    return what, f"{size}, sd {m['sd']:.3f}", spread
