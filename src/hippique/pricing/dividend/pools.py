"""Gross dividends per 1 €, stake included, one's own stakes part of the pool.

Sources: Isaacs 1953; Hausch, Ziemba & Rubinstein 1981; the profit rule of the decree of
13 September 1985 as amended.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from hippique.errors import ArgumentOutOfRange, PoolOutOfRange
from hippique.pricing.checks import Floats
from hippique.pricing.dividend.doors import (
    EXCESS_SLACK,
    checked_own,
    checked_parts,
    checked_pool,
    checked_stakes,
    checked_takeout,
    fitting,
    refuse,
)

NOBODY = "no stake on the winning combination"


def gross_return(
    pool: ArrayLike, on: ArrayLike, *, takeout: ArrayLike, own: ArrayLike = 0.0
) -> Floats:
    """Gross dividend of a pool that pays one winner or combination: (1 − t)(S + x)/(s + x).

    pool, on: euros in all and on the winner, both without one's own stake. takeout: in [0, 1).
    own: euros of one's own on the winner. All broadcast. Raises PoolOutOfRange.
    """
    kept, total, staked, mine = (
        checked_takeout(takeout),
        checked_pool(pool),
        checked_stakes(on, "on"),
        checked_own(own),
    )
    fitting(pool=total, on=staked, own=mine, takeout=kept)
    excess = staked > total * (1.0 + EXCESS_SLACK)
    refuse(excess, staked, "on", "stakes on the winner exceed the pool")
    return _divided((1.0 - kept) * (total + mine), staked + mine, "on")


def net_returns(
    pool: ArrayLike,
    stakes: ArrayLike,
    own: ArrayLike,
    *,
    takeout: ArrayLike,
    parts: ArrayLike | None = None,
) -> Floats:
    """Gross dividends of a pool that gives stakes back and shares its profit, shape (..., k).

    1 + part·[(1 − t)(S + Σ own) − Σ (s + own)]/(s + own), sums over the k paid together.
    pool, takeout: shape (...). pool: euros without `own`; own money on those not paid belongs
    in it. stakes, own: euros on each paid, (..., k). parts: each one's part of the profit,
    (..., k), summing to 1; equal ones unless given. Raises PoolOutOfRange, ArgumentOutOfRange.
    """
    backed, profit = _backed_and_profit(pool, stakes, own, takeout)
    each = _equal_or(parts, backed.shape[-1])
    fitting(stakes=backed, profit=profit[..., np.newaxis], parts=each)
    return np.asarray(1.0 + _divided(each * profit[..., np.newaxis], backed, "stakes"))


def net_profit(pool: ArrayLike, stakes: ArrayLike, own: ArrayLike, *, takeout: ArrayLike) -> Floats:
    """Euros left of the pool once the stakes on the k paid are given back, shape (...).

    Arguments and errors as `net_returns`. Below 0 in a minus pool.
    """
    return _backed_and_profit(pool, stakes, own, takeout)[1]


def _backed_and_profit(
    pool: ArrayLike, stakes: ArrayLike, own: ArrayLike, takeout: ArrayLike
) -> tuple[Floats, Floats]:
    """Euros behind each of the k paid, (..., k), and the profit over them, (...)."""
    kept, total = checked_takeout(takeout), checked_pool(pool)
    staked, mine = _paid_together(stakes, own)
    others, ours = np.asarray(staked.sum(axis=-1)), np.asarray(mine.sum(axis=-1))
    fitting(pool=total, takeout=kept, states=others, own=ours)
    excess = others > total * (1.0 + EXCESS_SLACK)
    refuse(excess, others, "stakes", "the stakes on those paid exceed the pool")
    return staked + mine, np.asarray((1.0 - kept) * (total + ours) - (others + ours))


def _equal_or(parts: ArrayLike | None, count: int) -> Floats:
    if parts is None:
        return np.full(count, 1.0 / count)
    given = checked_parts(parts)
    if given.shape[-1] != count:  # one part spread over k would pay the profit k times
        raise ArgumentOutOfRange(f"parts: {given.shape[-1]} entries for {count} stakes")
    return given


def _paid_together(stakes: ArrayLike, own: ArrayLike) -> tuple[Floats, Floats]:
    staked, mine = checked_stakes(stakes, "stakes"), checked_own(own)
    if staked.ndim == 0:
        raise ArgumentOutOfRange("stakes: one axis at least is needed, of those paid together")
    if staked.shape[-1] == 0:
        raise PoolOutOfRange("stakes: no placed horse")
    shape = fitting(stakes=staked, own=mine)
    if shape[-1] != staked.shape[-1]:
        raise ArgumentOutOfRange(f"own: {shape[-1]} entries for {staked.shape[-1]} stakes")
    return staked, np.broadcast_to(mine, shape)


def _divided(money: Floats, backed: Floats, name: str) -> Floats:
    refuse(backed == 0.0, backed, name, NOBODY)
    with np.errstate(over="ignore"):  # stakes of less than any coin: refused just below
        dividends = np.asarray(money / backed)
    refuse(~np.isfinite(dividends), backed, name, f"{NOBODY} to speak of")
    return dividends
