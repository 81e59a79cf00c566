"""Orders of finish: which model of second and third is right, judged on results of later seasons.

Win chances are closing odds, q ∝ o^-β; β and the fitted discounts come from the training seasons
only. Races with a dead heat in the first three, and those with odds of 1.0 (D25 of the notes), are
counted out. Intervals: 95 %, whole days resampled. History is read from HIPPIQUE_MATERIAL.
Draw the picture: python benchmarks/orders.py --picture docs/pictures/orders-hk.png [--dark]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hippique.pricing.dividend import fit_pool, stake_share_from_dividend
from hippique.pricing.ordering import Ordering, harville, henery, lbs, stern_of, strengths_batch
from hippique.pricing.ordering.gamma import GammaNoise
from hippique.pricing.scoring import PairedDifference, paired_difference, reliability
from hippique.pricing.win import fit_tempered, win_chances

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).resolve().parents[1] / "tests")]
from material import material_root

Floats = NDArray[np.float64]
Row = tuple[str, str, str]

RESAMPLES = 2000
SEED = 20260607
TRAINED = "2018-08-01"  # the first day that is judged
JUDGED_TO = "2024-08-01"  # later days are left for the final judge
FRENCH = {  # pool: the first day that is judged
    "SIMPLE_GAGNANT": "2026-01-01",
    "E_SIMPLE_GAGNANT": "2026-06-01",
}
DISCIPLINES = {"PLAT": "flat", "TROT_ATTELE": "harness", "TROT_MONTE": "mounted"}  # else jumps
SHAPES = (3.0, 4.0, 10.0)
EDGES = (0.0, 0.0075, 0.015, 0.03, 0.05, 0.08, 0.12, 0.18, 0.27, 0.40, 1.0)
CHUNK = 64  # fields solved together
QUINELLA_TAKEOUT = 0.175  # moves the intercept only, never the slope


@dataclass(frozen=True, slots=True)
class Field:
    """One race: closing odds of the starters, and the positions of the first three."""

    key: str
    day: str
    kind: str
    odds: Floats
    front: tuple[int, int, int]
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """One model on many fields: losses given the winner, and chances of every runner in a row."""

    second: Floats
    both: Floats
    places: Floats  # (runners, 3): chance to be exactly 1st, 2nd, 3rd


# --- rows ------------------------------------------------------------------------------------


def rows() -> list[Row]:
    """(what, measured, against): Hong Kong in full, France by pool and discipline."""
    root = material_root() / "history"
    if not root.exists():
        return [("history of races", "not run", "absent: set HIPPIQUE_MATERIAL")]
    begun = time.process_time()
    fields, counted = hong_kong(root / "hk")
    past, later = split(fields, TRAINED, JUDGED_TO)
    beta, lambdas = fitted(past)
    judged = judge(later, beta, lambdas)
    spent = time.process_time() - begun
    return [
        ("HK races", f"{len(past):,} train, {len(later):,} judged", counted),
        ("HK exponent and discounts, training", *in_words(past, beta, lambdas)),
        *loss_rows(later, judged),
        *(calibration_row(later, judged, name) for name in ("Harville", "Henery")),
        *band_rows(later, judged),
        *dividend_rows(root / "hk", later, beta),
        ("HK losses and places, CPU", f"{spent:.0f} s", f"{len(judged)} models; aim 60 s"),
        *french_rows(root / "fr"),
    ]


def in_words(past: Sequence[Field], beta: float, lambdas: tuple[float, float]) -> tuple[str, str]:
    fit = fit_tempered(*padded(past, 0))
    shown = f"λ2 {lambdas[0]:.3f}, λ3 {lambdas[1]:.3f}"
    return f"β {beta:.4f} ± {fit.se:.4f}", f"{shown}; n {len(past):,}"


def loss_rows(fields: Sequence[Field], judged: dict[str, Judged]) -> Iterator[Row]:
    """Log loss of each model in nat, and its difference to Harville's."""
    for what in ("second", "both"):
        base: Floats = getattr(judged["Harville"], what)
        title = {"second": "HK 2nd given 1st", "both": "HK 2nd and 3rd given 1st"}[what]
        for name, found in judged.items():
            loss: Floats = getattr(found, what)
            shown = "n {:,}, {} days".format(len(fields), len({f.day for f in fields}))
            if name != "Harville":
                shown = "Harville " + interval(against(loss, base, fields))
            yield f"{title}: {name}", f"{loss.mean():.4f} nat", shown


def calibration_row(fields: Sequence[Field], judged: dict[str, Judged], name: str) -> Row:
    """Top 3 of every runner: slope of the outcome on the log odds of the chance, and CORP."""
    chance = np.clip(judged[name].places.sum(axis=1), 0.0, 1.0)
    came = places_seen(fields).sum(axis=1)
    slope, error = logistic_slope(chance, came, runner_days(fields))
    low, high = slope - 1.96 * error, slope + 1.96 * error
    apart = reliability(chance, came).log
    return (
        f"HK top 3 of {chance.size:,} runners: {name}",
        f"slope {slope:.3f} [{low:.3f}, {high:.3f}]",
        f"miscalibration {apart.miscalibration:.5f} of {apart.score:.4f} nat",
    )


def band_rows(fields: Sequence[Field], judged: dict[str, Judged]) -> Iterator[Row]:
    """Chances and shares, in per cent, by band of win chance."""
    for place, name in ((1, "1st"), (2, "2nd"), (3, "3rd")):
        ours, peer = (bands(fields, judged, model, place) for model in ("Henery", "Harville"))
        for one, other in zip(ours, peer, strict=True):
            low, high = (100 * one.predicted * ratio for ratio in (one.low, one.high))
            yield (
                f"HK win chance {one.label}, {one.runners:,} runners: {name}",
                f"seen {100 * one.seen:.2f} % [{low:.2f}, {high:.2f}]",
                f"Harville {100 * other.predicted:.2f}, Henery {100 * one.predicted:.2f}",
            )


def dividend_rows(folder: Path, fields: Sequence[Field], beta: float) -> Iterator[Row]:
    """Slope of −ln dividend on ln P of the quinella: 1 where the crowd bets as the model says."""
    paid = quinellas(folder)
    chosen = [field for field in fields if field.key in paid]
    pairs = [paired_in(field, paid[field.key]) for field in chosen]
    share = [stake_share_from_dividend(paid[f.key][1], QUINELLA_TAKEOUT) for f in chosen]
    for name, model in (("Henery", henery), ("Harville", harville)):
        for exponent in (1.0, beta):
            chance = [
                model(chances(field, exponent)).set(pair)
                for field, pair in zip(chosen, pairs, strict=True)
            ]
            fit = fit_pool(np.log(chance), None, np.log(share))
            slope, error = fit.on_model.value, fit.on_model.error
            yield (
                f"HK quinella, −ln dividend on ln P: {name}, β {exponent:.3f}",
                f"slope {slope:.4f} ± {error:.4f}",
                f"n {fit.rows:,}, residual sd {fit.residual_sd:.3f}; aim 1",
            )


def french_rows(folder: Path) -> Iterator[Row]:
    """By pool and discipline: Harville's loss of 2nd and 3rd, and what the others differ by."""
    for pool, first_day in FRENCH.items():
        fields, counted = french(folder, pool)
        past, later = split(fields, first_day, "9999")
        yield f"FR {pool}", f"{len(past):,} train, {len(later):,} judged", counted
        for kind in sorted({field.kind for field in fields}):
            learnt, met = ([f for f in part if f.kind == kind] for part in (past, later))
            beta, lambdas = fitted(learnt)
            judged = judge(met, beta, lambdas)
            base = judged.pop("Harville").both
            found = {name: against(one.both, base, met) for name, one in judged.items()}
            best = min(found, key=lambda name: found[name].mean)
            title = f"FR {pool} {kind}, {len(met)} races, {len({f.day for f in met})} days"
            yield title, f"Harville {base.mean():.4f}, β {beta:.3f}", f"lowest: {best}"
            for name, apart in found.items():
                yield f"  {kind}: {name}", f"{base.mean() + apart.mean:.4f}", interval(apart)


# --- models ----------------------------------------------------------------------------------


def judge(fields: Sequence[Field], beta: float, lambdas: tuple[float, float]) -> dict[str, Judged]:
    """Every model on the same fields and win chances."""
    shares = [chances(field, beta) for field in fields]
    named: dict[str, Callable[[Floats], Ordering]] = {
        "Harville": harville,
        "LBS table": lbs,
        f"LBS {lambdas[0]:.2f}/{lambdas[1]:.2f}": lambda win: lbs(win, lambdas),
        "Henery": henery,
    }
    found = {name: scored(fields, map(model, shares)) for name, model in named.items()}
    for shape in SHAPES:
        found[f"Stern r={shape:g}"] = scored(fields, sterns(shares, shape))
    return found


def sterns(shares: Sequence[Floats], shape: float) -> Iterator[Ordering]:
    """Fields of one size are inverted together: eight times faster than one by one."""
    rates: dict[int, Floats] = {}
    for size in {share.size for share in shares}:
        at = [index for index, share in enumerate(shares) if share.size == size]
        for part in (at[start : start + CHUNK] for start in range(0, len(at), CHUNK)):
            theta = strengths_batch([shares[index] for index in part], GammaNoise(shape), 96)
            rates.update(zip(part, np.exp(-theta), strict=True))
    return (stern_of(rates[index], shape) for index in range(len(shares)))


def scored(fields: Sequence[Field], models: Iterator[Ordering]) -> Judged:
    second, both, places = [], [], []
    for field, model in zip(fields, models, strict=True):
        first = np.log(model.win[field.front[0]])
        second.append(first - np.log(model.exacta(*field.front[:2])))
        both.append(first - np.log(model.ordered(field.front)))
        places.append(np.stack([model.finishes(place) for place in (1, 2, 3)], axis=1))
    return Judged(np.array(second), np.array(both), np.concatenate(places))


def chances(field: Field, beta: float) -> Floats:
    return win_chances(field.odds, beta=beta).probabilities


def fitted(past: Sequence[Field]) -> tuple[float, tuple[float, float]]:
    """β of the winners, and λ of 2nd and 3rd: the same fit among those who were left."""
    beta, second, third = (fit_tempered(*padded(past, ahead)).beta for ahead in (0, 1, 2))
    return beta, (second / beta, third / beta)


def padded(fields: Sequence[Field], ahead: int) -> tuple[Floats, NDArray[np.bool_], NDArray[np.bool_]]:
    """Odds, who took the next place, and who was left when `ahead` runners were in."""
    wide = (len(fields), max(field.odds.size for field in fields))
    odds, next_in, left = np.ones(wide), np.zeros(wide, bool), np.zeros(wide, bool)
    kept = 0
    for field in fields:
        if field.odds.size - ahead < 2:  # noqa: PLR2004  one runner left says nothing
            continue
        odds[kept, : field.odds.size] = field.odds
        left[kept, : field.odds.size] = True
        left[kept, list(field.front[:ahead])] = False
        next_in[kept, field.front[ahead]] = True
        kept += 1
    return odds[:kept], next_in[:kept], left[:kept]


# --- intervals -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Band:
    """Runners of one band of win chance; low and high of seen ÷ predicted."""

    label: str
    runners: int
    win: float
    seen: float
    predicted: float
    low: float
    high: float


def bands(fields: Sequence[Field], judged: dict[str, Judged], name: str, place: int) -> list[Band]:
    """How often each band finished exactly there, and how often the model said; same resamples."""
    seen, said = places_seen(fields)[:, place - 1], judged[name].places[:, place - 1]
    win = judged[name].places[:, 0]
    band = np.digitize(win, EDGES[1:-1])
    days, day = np.unique(runner_days(fields), return_inverse=True)
    sums = np.zeros((2, days.size, len(EDGES) - 1))
    np.add.at(sums, (0, day, band), seen)
    np.add.at(sums, (1, day, band), said)
    draws = generator().multinomial(days.size, np.full(days.size, 1 / days.size), RESAMPLES)
    low, high = np.quantile((draws @ sums[0]) / (draws @ sums[1]), (0.025, 0.975), axis=0)
    found = []
    for index in range(len(EDGES) - 1):
        inside = band == index
        least, most = 100 * EDGES[index], 100 * EDGES[index + 1]
        label = f"{least:g}–{most:g} %"
        means = (float(part[inside].mean()) for part in (win, seen, said))
        found.append(Band(label, int(inside.sum()), *means, float(low[index]), float(high[index])))
    return found


def against(ours: Floats, theirs: Floats, fields: Sequence[Field]) -> PairedDifference:
    days = [field.day for field in fields]
    return paired_difference(ours, theirs, days, resamples=RESAMPLES, generator=generator())


def interval(found: PairedDifference) -> str:
    return f"{found.mean:+.4f} [{found.low:+.4f}, {found.high:+.4f}]"


def generator() -> np.random.Generator:
    return np.random.default_rng(SEED)


def places_seen(fields: Sequence[Field]) -> Floats:
    """Shape (runners, 3): 1 where the runner finished there."""
    seen = [np.zeros((field.odds.size, 3)) for field in fields]
    for field, table in zip(fields, seen, strict=True):
        table[list(field.front), [0, 1, 2]] = 1.0
    return np.concatenate(seen)


def runner_days(fields: Sequence[Field]) -> NDArray[np.str_]:
    return np.repeat([field.day for field in fields], [field.odds.size for field in fields])


def logistic_slope(chance: Floats, came: Floats, day: NDArray[np.str_]) -> tuple[float, float]:
    """Slope with an intercept beside it, and its error with whole days as the unit (sandwich)."""
    inside = (chance > 0.0) & (chance < 1.0)  # all starters paid: certain, and no logarithm
    chance, came, day = chance[inside], came[inside], day[inside]
    design = np.stack([np.ones_like(chance), np.log(chance / (1.0 - chance))], axis=1)
    value = np.array([0.0, 1.0])
    for _ in range(12):
        fit = 1.0 / (1.0 + np.exp(-design @ value))
        inverse = np.linalg.inv((design * (fit * (1.0 - fit))[:, None]).T @ design)
        value += inverse @ (design.T @ (came - fit))
    days, block = np.unique(day, return_inverse=True)
    score = np.zeros((days.size, 2))
    np.add.at(score, block, design * (came - fit)[:, None])
    return float(value[1]), float(np.sqrt((inverse @ score.T @ score @ inverse)[1, 1]))


# --- history ---------------------------------------------------------------------------------


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
    joined = runners.drop("date", strict=False).join(
        chosen, on=["src", "race_id"], validate="m:1"
    )
    return fields_of(joined.with_columns(key="race_id"))


def fields_of(runners: pl.DataFrame) -> tuple[list[Field], str]:
    found, tied, at_one, short = [], 0, 0, 0
    columns = ("key", "day", "kind", "num", "rank", "odds_final")
    parts = runners.select(columns).sort("day", "key", "num").partition_by("key", maintain_order=True)
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
