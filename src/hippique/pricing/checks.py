"""The doors of this room: numbers are copied, checked once and refused by name.

Messages count runners from 1, as people do; arrays count from 0.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hippique.errors import (
    ArgumentOutOfRange,
    FieldTooSmall,
    OddsOutOfRange,
    PricingError,
    ProbabilityOutOfRange,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

LEAST_RUNNERS = 2
# Farther from 1 is a mistake of the caller, nearer is rounding; a sum of .999999 in binary passes.
SUM_SLACK = 1e-6 * (1.0 + 1e-6)


def checked_odds(odds: ArrayLike) -> Floats:
    """A copy of decimal odds, shape (runners,), each finite and above 1.

    Raises FieldTooSmall, OddsOutOfRange (names the first runner at fault), ArgumentOutOfRange.
    """
    values = checked_vector(odds, "odds")
    if values.size < LEAST_RUNNERS:
        raise FieldTooSmall(f"odds: fewer than two runners ({values.size})")
    refuse_first(~np.isfinite(values), values, "odds not finite", OddsOutOfRange)
    refuse_first(values <= 1.0, values, "odds <= 1", OddsOutOfRange)
    return values


def checked_chances(chances: ArrayLike, name: str = "probabilities") -> Floats:
    """A copy of exclusive chances, shape (runners,), brought to sum to 1 exactly.

    Raises FieldTooSmall, ArgumentOutOfRange, ProbabilityOutOfRange: not finite, outside [0, 1],
    or a sum farther than 1e-6 from 1.
    """
    values = checked_vector(chances, name)
    if values.size < LEAST_RUNNERS:
        count = {0: "no runner", 1: "one runner"}[values.size]
        raise FieldTooSmall(f"{name}: {count}; at least two are needed")
    refuse_first(~np.isfinite(values), values, f"{name} not finite", ProbabilityOutOfRange)
    outside = (values < 0.0) | (values > 1.0)
    refuse_first(outside, values, "probability outside [0, 1]", ProbabilityOutOfRange)
    total = float(values.sum())
    if abs(total - 1.0) > SUM_SLACK:
        raise ProbabilityOutOfRange(f"{name}: probabilities do not sum to 1 (they sum to {total})")
    return np.asarray(values / total)


def checked_positive_chances(chances: ArrayLike, name: str = "probabilities") -> Floats:
    """As `checked_chances`, and none of them 0: for models in which nobody is without a chance."""
    values = checked_chances(chances, name)
    refuse_first(values == 0.0, values, "a win probability is 0", ProbabilityOutOfRange)
    return values


def checked_vector(values: ArrayLike, name: str) -> Floats:
    """A float64 copy of one dimension. Raises ArgumentOutOfRange for another shape or no number."""
    try:
        copy = np.array(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ArgumentOutOfRange(f"{name}: not an array of numbers ({error})") from error
    if copy.ndim != 1:
        raise ArgumentOutOfRange(f"{name}: one dimension is needed, the shape is {copy.shape}")
    return copy


def checked_finite(values: ArrayLike, name: str) -> Floats:
    """`checked_vector`, every value finite. Raises ArgumentOutOfRange naming the position."""
    copy = checked_vector(values, name)
    refuse_first(~np.isfinite(copy), copy, f"{name} not finite", ArgumentOutOfRange)
    return copy


def checked_number(value: float, name: str, *, least: float, most: float) -> float:
    """A finite number in [least, most]. Raises ArgumentOutOfRange naming it and its bounds."""
    number = float(value)
    if not (least <= number <= most):  # a NaN fails too
        raise ArgumentOutOfRange(f"{name}: {number} is not in [{least}, {most}]")
    return number


def checked_runners(runners: Sequence[int], count: int) -> tuple[int, ...]:
    """Distinct positions of a field of `count`, from 0.

    Raises ArgumentOutOfRange naming the runner, counted from 1.
    """
    chosen = tuple(_whole(runner, "runner") for runner in runners)
    for position in chosen:
        if not 0 <= position < count:
            raise ArgumentOutOfRange(f"runner {position + 1} is not one of the {count} runners")
    if len(set(chosen)) < len(chosen):
        raise ArgumentOutOfRange(f"a runner is named twice in {[p + 1 for p in chosen]}")
    return chosen


def checked_places(places: int, count: int) -> int:
    """Places from 1 to the number of runners. Raises ArgumentOutOfRange."""
    whole = _whole(places, "places")
    if whole < 1:
        raise ArgumentOutOfRange(f"places: {whole} is less than 1")
    if whole > count:
        raise ArgumentOutOfRange(f"more places than runners ({whole} of {count})")
    return whole


def _whole(value: int, name: str) -> int:
    try:
        return operator.index(value)
    except TypeError as error:
        raise ArgumentOutOfRange(f"{name}: {value!r} is not a whole number") from error


def refuse_first(wrong: Bools, values: Floats, why: str, kind: type[PricingError]) -> None:
    """Raise `kind` for the first True of `wrong`, naming the runner (from 1) and its value."""
    if wrong.any():
        first = int(wrong.argmax())
        raise kind(f"runner {first + 1}: {why} ({values[first]})")
