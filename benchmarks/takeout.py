"""What pools keep, told from their dividends: pools whose rate is published first, then ZEturf's.

Two sides per pool (`finishing/shares.py`): the crowd's errs to low takeouts, the result's to high
ones. Chances and shares are those of PMU's closing odds of the betting shops (ZEturf) and of the
pool's own closing odds (Hong Kong), through Henery's model; Harville and Stern r = 10 show what the
model moves. On the known pools the result's side is too high by a factor of its own mean that
hardly changes from pool to pool: its average is taken out of the unknown pools, its spread and the
sampling of whole days give their interval. History is read from HIPPIQUE_MATERIAL.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from finishing.history import Field, Floats, french, hong_kong
from finishing.measures import RESAMPLES, generator
from finishing.models import chances, padded, sterns
from finishing.paid import Paid, hong_kong_paid, zeturf
from finishing.shares import (
    Sides,
    Told,
    as_set,
    couple_place,
    exactly,
    in_order,
    of_three,
    pairs_of_four,
)

from hippique.pricing.ordering import Ordering, harville, henery
from hippique.pricing.win import fit_tempered

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).resolve().parents[1] / "tests")]
from material import material_root

Row = tuple[str, str, str]
Models = Callable[[Sequence[Floats]], Iterable[Ordering]]

FIRST_HONG_KONG = "2016"  # before, horses that did not finish are missing (D28 of the notes)
WITH_FOURTH = 5  # runners from which a fourth is worth a bet
HALF_STEP = {"zeturf": 0.05, "hk": 0.025}  # dividends are rounded down to the step
MODELS: dict[str, Models] = {
    "Henery": lambda shares: map(henery, shares),
    "Harville": lambda shares: map(harville, shares),
    "Stern r=10": lambda shares: sterns(shares, 10.0),
}


@dataclass(frozen=True, slots=True)
class Pool:
    """told: how its rows are read; rows: how many there are without a dead heat.

    known: what it keeps, and who says so; None where that is to be found.
    """

    told: Told
    rows: int
    known: float | None = None
    said: str = ""


CLUB = "the club's rate"
PAGES = "closing books of 3 or 4 race pages"
HONG_KONG = {
    "win": Pool(as_set, 1, 0.175, CLUB),
    "place": Pool(of_three, 3, 0.175, CLUB),
    "quinella": Pool(as_set, 1, 0.175, CLUB),
    "quinellaPlace": Pool(of_three, 3, 0.175, CLUB),
    "forecast": Pool(in_order, 1, 0.195, CLUB),
    "trio": Pool(as_set, 1, 0.25, CLUB),
    "trio 2020": Pool(as_set, 1, 0.195, "announced by the club for 2020"),
    "tierce": Pool(in_order, 1, 0.25, CLUB),
    "first4": Pool(as_set, 1, 0.25, CLUB),
    "quartet": Pool(in_order, 1, 0.25, CLUB),
}
ZETURF = {
    "win": Pool(as_set, 1, 0.136, PAGES),
    "show2": Pool(exactly(2), 1, 0.203, PAGES),
    "fourth": Pool(exactly(4), 1, 0.203, PAGES),
    "couple_win": Pool(as_set, 1),
    "couple_place": Pool(couple_place, 3),
    "couple_order": Pool(in_order, 1),
    "trio": Pool(as_set, 1),
    "trio_order": Pool(in_order, 1),
    "two_of_four": Pool(pairs_of_four, 6),
    "ze4": Pool(as_set, 1),
    "ze4_order": Pool(in_order, 1),
}
NOBODY = (float("nan"), 0.0)  # the winning combination holds no stake, and returns nothing
OWN_ODDS = {("hk", "win"), ("hk", "place")}  # the chances are the pool's own: no test of the error


@dataclass(frozen=True, slots=True)
class Sample:
    """One pool of one model: both sides race by race, and their days."""

    name: str
    pool: Pool
    days: tuple[str, ...]
    crowd: Floats
    result: Floats

    @property
    def inverse(self) -> float:
        """1/(1 − t) as the result's side has it."""
        return float(self.result.mean())


def rows() -> list[Row]:
    """(what, measured, against)."""
    history = material_root() / "history"
    if not history.exists():
        return [("history", "not run", "absent: set HIPPIQUE_MATERIAL")]
    return list(all_rows(history))


def all_rows(history: Path) -> Iterator[Row]:
    fields, counted = french(history / "fr", "SIMPLE_GAGNANT")
    abroad, dropped = hong_kong(history / "hk")
    abroad = [field for field in abroad if field.day >= FIRST_HONG_KONG]
    yield "PMU, betting shops", f"{len(fields):,} races", counted
    yield f"Hong Kong, from {FIRST_HONG_KONG}", f"{len(abroad):,} races", dropped
    paid = {"zeturf": zeturf(history, fields), "hk": hong_kong_paid(history / "hk", abroad)}
    for model in MODELS:
        told = [
            *measured("hk", HONG_KONG, abroad, paid["hk"], model),
            *measured("zeturf", ZETURF, fields, paid["zeturf"], model),
        ]
        yield from (known_row(one, model) for one in told if one.pool.known is not None)
        factors = np.array([too_high(one) for one in told if is_test(one)])
        mean, spread = float(factors.mean()), float(factors.std(ddof=1))
        yield f"{model}: result's mean ÷ known", f"{mean:.3f}, sd {spread:.3f}", listed(factors)
        yield from (left_out_row(one, told, model) for one in told if is_test(one))
        yield from (unknown_row(one, factors, model) for one in told if one.pool.known is None)


def measured(
    name: str,
    pools: dict[str, Pool],
    fields: Sequence[Field],
    paid: dict[str, list[Paid]],
    model: str,
) -> Iterator[Sample]:
    """Every pool of an operator under one model."""
    used = [field for field in fields if field.odds.size >= WITH_FOURTH]
    beta = fit_tempered(*padded(fields, 0)).beta
    crowds, results = (MODELS[model]([chances(f, one) for f in used]) for one in (1.0, beta))
    races = {(bet, one.field.key): one for bet in pools for one in paid[bet]}
    found: dict[str, list[tuple[str, float, float]]] = {bet: [] for bet in pools}
    for field, crowd, result in zip(used, crowds, results, strict=True):
        for bet, pool in pools.items():
            race = races.get((bet, field.key))
            sides = sides_of(race, pool, crowd, result, HALF_STEP[name]) if race else None
            found[bet] += [(field.day, *sides)] if sides else []
    for bet, told in found.items():
        days, ours, theirs = zip(*told, strict=True)
        yield Sample(f"{name} {bet}", pools[bet], days, np.array(ours), np.array(theirs))


def sides_of(
    race: Paid, pool: Pool, crowd: Ordering, result: Ordering, half: float
) -> Sides | None:
    """None where the race has not the rows that its pool has without a dead heat."""
    if race.combinations == ((),):
        return NOBODY
    if len(race.combinations) != pool.rows:
        return None
    return pool.told(crowd, result, race.combinations, [one + half for one in race.per_euro])


def too_high(one: Sample) -> float:
    """The result's mean over what it should be."""
    return one.inverse * (1.0 - (one.pool.known or 0.0))


def is_test(one: Sample) -> bool:
    operator, bet = one.name.split(" ", 1)
    return one.pool.known is not None and (operator, bet) not in OWN_ODDS


def resampled(one: Sample, values: Floats) -> Floats:
    """Means of whole days drawn again."""
    is_there = np.isfinite(values)
    days, at = np.unique(np.array(one.days)[is_there], return_inverse=True)
    values = values[is_there]
    draws = generator().multinomial(days.size, np.full(days.size, 1 / days.size), RESAMPLES)
    return (draws @ np.bincount(at, values)) / (draws @ np.bincount(at))


def sides_row(one: Sample) -> str:
    low, high = np.quantile(1.0 - resampled(one, one.crowd), (0.025, 0.975))
    least, most = np.quantile(1.0 - 1.0 / resampled(one, one.result), (0.025, 0.975))
    return (
        f"crowd {1 - np.nanmean(one.crowd):.3f} [{low:.3f}, {high:.3f}], "
        f"result {1 - 1 / one.inverse:.3f} [{least:.3f}, {most:.3f}]"
    )


def known_row(one: Sample, model: str) -> Row:
    said = f"known {one.pool.known:.3f}, {one.pool.said}"
    return f"{model}: {one.name}, {len(one.days):,} races", sides_row(one), said


def listed(factors: Floats) -> str:
    return ", ".join(f"{one:.3f}" for one in factors)


def left_out_row(one: Sample, told: Sequence[Sample], model: str) -> Row:
    """A known pool as if it were not: the correction is learnt from the others."""
    others = np.array([too_high(other) for other in told if is_test(other) and other is not one])
    value, low, high = corrected(one, others)
    known = one.pool.known or 0.0
    inside = "inside" if low <= known <= high else "outside"
    return (
        f"{model}: {one.name}, left out",
        f"{value:.3f} [{low:.3f}, {high:.3f}]",
        f"known {known:.3f}: {value - known:+.3f}, {inside}",
    )


def unknown_row(one: Sample, factors: Floats, model: str) -> Row:
    value, low, high = corrected(one, factors)
    what = f"{model}: {one.name}, {len(one.days):,} races"
    return what, f"takeout {value:.3f} [{low:.3f}, {high:.3f}]", sides_row(one)


def corrected(one: Sample, factors: Floats) -> tuple[float, float, float]:
    """The takeout, and 95 %: sampling of the days and the spread of the factor between pools."""
    means = resampled(one, one.result)
    drawn = factors.mean() + factors.std(ddof=1) * generator().standard_normal(means.size)
    low, high = np.quantile(1.0 - drawn / means, (0.025, 0.975))
    return 1.0 - float(factors.mean()) / one.inverse, float(low), float(high)


def main() -> None:
    """Print the rows."""
    for row in rows():
        print(" | ".join(row), flush=True)


if __name__ == "__main__":
    main()
