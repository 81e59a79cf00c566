"""Loss apart, calibration by band and slope, with whole days as the unit of chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from finishing.history import Field, Floats, places_seen, runner_days
from finishing.models import Judged
from numpy.typing import NDArray

from hippique.pricing.scoring import PairedDifference, paired_difference

RESAMPLES = 2000
SEED = 20260607
EDGES = (0.0, 0.0075, 0.015, 0.03, 0.05, 0.08, 0.12, 0.18, 0.27, 0.40, 1.0)


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
