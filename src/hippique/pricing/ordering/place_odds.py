"""Chances to be placed from the place odds alone, where no win odds are known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hippique.errors import FieldTooSmall, NoSolution, ProbabilityOutOfRange
from hippique.pricing.checks import (
    LEAST_RUNNERS,
    Floats,
    checked_odds,
    checked_places,
    checked_vector,
    refuse_first,
)

MOST_STEPS = 200  # a bisection alone would need fewer to exhaust a float
CLOSE = 8.0 * float(np.finfo(np.float64).eps)


@dataclass(frozen=True, slots=True, eq=False)
class PlaceChances:
    """chances: shape (runners,), sum to the places paid. shift: what was added to every log odds.

    shift is infinite where everybody is placed.
    """

    chances: Floats
    shift: float


def place_chances_from_odds(place_odds: ArrayLike, places: int) -> PlaceChances:
    """The chance of each to be among the first `places`, from decimal place odds.

    place_odds: shape (runners,), stake included, each above 1; of a range, take one end for all.
    Raises FieldTooSmall, OddsOutOfRange, ArgumentOutOfRange. Formula: see `shifted`.
    """
    return shifted(1.0 / checked_odds(place_odds), places)


def shifted(raw: ArrayLike, places: int) -> PlaceChances:
    """Raw place chances brought to sum to `places` by one shift of their log odds.

    p_i = sigma(logit raw_i + a). Unlike a common factor, the shift can take nobody past 1, and it
    keeps the order. raw: shape (runners,), each inside (0, 1). places: 1 to runners.
    Raises FieldTooSmall, ProbabilityOutOfRange, ArgumentOutOfRange.
    """
    values = checked_vector(raw, "raw place chances")
    if values.size < LEAST_RUNNERS:
        raise FieldTooSmall(f"raw place chances: fewer than two runners ({values.size})")
    outside = ~((values > 0.0) & (values < 1.0))  # a NaN is outside too
    refuse_first(outside, values, "raw place chance outside (0, 1)", ProbabilityOutOfRange)
    if checked_places(places, values.size) == values.size:
        return PlaceChances(chances=np.ones(values.size), shift=float("inf"))
    log_odds = np.log(values) - np.log1p(-values)
    shift = _shift(log_odds, places)
    return PlaceChances(chances=_sigma(log_odds + shift), shift=shift)


def _shift(log_odds: Floats, places: int) -> float:
    """Newton inside a bracket; where a step leaves it, half the bracket instead.

    The slope lies between 1 and 2, as favourites stand higher than outsiders: no step is wild.
    """
    ascending = np.sort(log_odds)
    level = np.log(places) - np.log(
        log_odds.size - places
    )  # what each would have if all were alike
    low, high = float(level - ascending[-1]), float(level - ascending[0])
    close = CLOSE * max(1.0, float(np.abs(log_odds).max()))  # digits that log odds + shift lose
    shift = min(max(0.0, low), high)
    for _ in range(MOST_STEPS):
        excess, slope = _excess(ascending + shift, places)
        low, high = (low, shift) if excess > 0.0 else (shift, high)
        step = excess / slope if np.isfinite(excess) and slope > 0.0 else np.inf
        following = shift - step if low <= shift - step <= high else (low + high) / 2.0
        if abs(following - shift) <= close:
            return float(following)
        shift = following
    raise NoSolution(f"no shift of the log odds found for {places} places")


def _excess(ascending: Floats, places: int) -> tuple[float, float]:
    """Log of (chances of the outsiders / what the favourites lack), 0 at the solution; its slope.

    "The sum is k" says that the n - k least likely get what the k most likely lack to be certain.
    Both sides are sums of positive numbers, which keep the digits that their difference loses.
    """
    gained, lacked = _sigma(ascending[:-places]), _sigma(-ascending[-places:])
    got, short = float(gained.sum()), float(lacked.sum())
    if got == 0.0 or short == 0.0:
        return (-np.inf if got == 0.0 else np.inf), 0.0
    slope = 2.0 - float(gained @ gained) / got - float(lacked @ lacked) / short
    return float(np.log(got) - np.log(short)), slope


def _sigma(log_odds: Floats) -> Floats:
    """1 / (1 + exp(-x)) without overflow, its small values to full precision."""
    small = np.exp(-np.abs(log_odds))
    chances: Floats = np.where(log_odds >= 0.0, 1.0, small) / (1.0 + small)
    return chances
