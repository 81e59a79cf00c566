"""From chances back to odds, and what the rounding of the odds hides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hippique.errors import ArgumentOutOfRange, PoolOutOfRange
from hippique.pricing.checks import Floats, checked_odds, checked_positive_chances
from hippique.pricing.win.chances import checked_beta, checked_method
from hippique.pricing.win.rows import solve_rows

FLOOR_SLACK = 1e-9  # of a step: 2.3 / 0.1 is 22.999999999999996
SHORT_ODDS = 2.0  # below it a step of 0.10 is more than 5 % of the price


@dataclass(frozen=True, slots=True, eq=False)
class ChanceInterval:
    """Least and most chance of each runner to win, shape (runners,) each."""

    low: Floats
    high: Floats


def odds_from(chances: ArrayLike, takeout: float, step: float = 0.1) -> Floats:
    """The odds that a pool with these shares shows: (1−t)/q, rounded down to the step.

    chances: shape (runners,), each above 0, sum 1. takeout: in [0, 1). step: above 0.
    Returns shape (runners,), decimal, stake included. Where q > 1 − t they fall to 1 or below: no
    minimum is put in, it is the operator's rule and dated.
    Raises ProbabilityOutOfRange, FieldTooSmall, PoolOutOfRange, ArgumentOutOfRange.
    """
    values = checked_positive_chances(chances)
    if not 0.0 <= takeout < 1.0:  # a NaN fails too
        raise PoolOutOfRange(f"takeout: {takeout} is not in [0, 1)")
    _check_step(step)
    steps = np.floor((1.0 - takeout) / values / step + FLOOR_SLACK)
    return np.asarray(np.round(steps * step, 10))  # 23 * 0.1 is 2.3000000000000003


def chance_interval(
    odds: ArrayLike,
    step: float = 0.1,
    method: str = "tempered",
    *,
    beta: float | None = None,
    below: float = SHORT_ODDS,
) -> ChanceInterval:
    """Least and most chance of each runner while odds shown as o may be anything in [o, o + step).

    odds, method, beta: as `win_chances`. step: above 0. below: only odds under it are widened
    (infinity: all). A runner's chance falls with its own odds and rises with those of the others,
    so that the extremes lie at two corners: own odds at the one end, the others at the other.
    That is exact for the multiplicative, tempered, power and additive methods. For Shin's it held
    in a search over a million random books, but for short odds only: a longshot that lengthens
    further can also take from others, for z rises. The far end of an interval is not reached,
    since o + step would be shown as such.
    Raises as `win_chances`; ArgumentOutOfRange for Shin's with `below` above 2; NoSolution for
    Shin's where a widened book falls below 1.
    """
    law = checked_method(method)
    exponent = checked_beta(law, beta)
    if law == "shin" and below > SHORT_ODDS:
        raise ArgumentOutOfRange(
            f"below: {below} is above {SHORT_ODDS}, too long for Shin's method"
        )
    least = checked_odds(odds)
    _check_step(step)
    most = np.where(least < below, least + step, least)
    own = np.eye(least.size, dtype=np.bool_)
    corners = np.concatenate([np.where(own, most, least), np.where(own, least, most)])
    chances = solve_rows(corners, law, exponent).probabilities
    return ChanceInterval(
        low=np.diagonal(chances[: least.size]).copy(),
        high=np.diagonal(chances[least.size :]).copy(),
    )


def _check_step(step: float) -> None:
    if not 0.0 < step < float("inf"):  # a NaN fails too
        raise ArgumentOutOfRange(f"step: {step} is not a positive finite number")
