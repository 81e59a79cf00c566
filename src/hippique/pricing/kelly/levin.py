"""Stakes on several runners of one win pool, each stake moving all the prices (Levin 1994)."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hippique.errors import ArgumentOutOfRange, NoSolution, PoolOutOfRange
from hippique.pricing.checks import (
    Floats,
    checked_chances,
    checked_number,
    checked_vector,
    refuse_first,
)
from hippique.pricing.kelly.exclusive import checked_bankroll

MOST_STEPS = 200
MOST_DOUBLINGS = 200
HALVE_EACH = 4  # steps; false position alone can creep
FLAT = 1e-13  # without takeout a slope below this is none: beyond it more changes nothing
SHORT = 1e-12  # of the wealth, kept back so that no state is left with nothing
NARROW = 1e-15  # relative width of a bracket that holds one number


@dataclass(frozen=True, slots=True, eq=False)
class LevinStakes:
    """The stakes on each runner of one pool, in the pool's unit.

    stakes, gradient: shape (runners,); gradient: of the objective at the stakes, 0 on a runner
    that is played and not above 0 on the others. total_pool: with our stakes and without the
    carry-over. growth: expected log growth, None where the objective is the profit.
    """

    stakes: Floats
    total_stake: float
    total_pool: float
    gradient: Floats
    expected_profit: float
    growth: float | None


@dataclass(frozen=True, slots=True, eq=False)
class _Pool:
    """public, chances: (runners,); paid_out: Q; wealth: None for the linear objective."""

    public: Floats
    chances: Floats
    paid_out: float
    carry: float
    wealth: float | None

    def shared(self, total: float) -> float:
        """What the winner's backers share when our stakes sum to `total`: Q·a + c."""
        return self.paid_out * (float(self.public.sum()) + total) + self.carry


def levin(
    public: ArrayLike, probabilities: ArrayLike, *, takeout: float, wealth: float, carry: float = 0
) -> LevinStakes:
    """The stakes that maximise the expected log of the wealth.

    public: (runners,) stakes of the others, each above 0; a unit on winner i is paid
    (Q·a + carry)/a_i with Q = 1 − takeout, a and a_i the pool and its part on i, ours included.
    Where a large carry-over makes the whole wealth worth staking, the stakes stop 1e-12 of it
    short and the gradient stays above 0, equal on all that are played. Where several totals are
    equally good (no takeout), the smallest is given.
    Raises PoolOutOfRange, ProbabilityOutOfRange, ArgumentOutOfRange (wealth), FieldTooSmall.
    """
    pool = _checked(public, probabilities, takeout, carry, checked_bankroll(wealth))
    return _solved(pool, wealth * (1.0 - SHORT))


def levin_linear(
    public: ArrayLike, probabilities: ArrayLike, *, takeout: float, carry: float = 0
) -> LevinStakes:
    """The stakes that maximise the expected profit; arguments and errors as `levin`.

    Raises NoSolution without a takeout: more stakes then never lose.
    """
    pool = _checked(public, probabilities, takeout, carry, None)
    if takeout == 0.0:
        raise NoSolution("takeout 0: more stakes never lose, no finite ones are the best")
    most = float(pool.public.sum())
    for _ in range(MOST_DOUBLINGS):
        if _slope(pool, most) < 0.0:
            return _solved(pool, most)
        most *= 2.0
    raise NoSolution("no finite stakes maximise the expected profit")


def _checked(
    public: ArrayLike, probabilities: ArrayLike, takeout: float, carry: float, wealth: float | None
) -> _Pool:
    stakes, chances = checked_vector(public, "public"), checked_chances(probabilities)
    if stakes.size != chances.size:
        raise ArgumentOutOfRange(f"{stakes.size} public stakes for {chances.size} probabilities")
    refuse_first(~np.isfinite(stakes), stakes, "public stake not finite", PoolOutOfRange)
    refuse_first(stakes <= 0.0, stakes, "no public stake: any stake takes all", PoolOutOfRange)
    if not 0.0 <= takeout < 1.0:
        raise PoolOutOfRange(f"takeout outside [0, 1) ({takeout})")
    carried = checked_number(carry, "carry", least=0.0, most=math.inf)
    return _Pool(stakes, chances, 1.0 - takeout, carried, wealth)


def _solved(pool: _Pool, most: float) -> LevinStakes:
    flat = FLAT if pool.paid_out == 1.0 else 0.0
    total = falling_root(lambda guess: _slope(pool, guess) - flat, 0.0, most)
    stakes = _split(pool, total)
    staked = float(stakes.sum())
    held = stakes / (pool.public + stakes)
    payouts = held * pool.shared(staked)
    growth = None
    if pool.wealth is not None:
        growth = float(pool.chances @ np.log1p((payouts - staked) / pool.wealth))
    return LevinStakes(
        stakes=stakes,
        total_stake=staked,
        total_pool=float(pool.public.sum()) + staked,
        gradient=_gradient(pool, stakes),
        expected_profit=float(pool.chances @ payouts) - staked,
        growth=growth,
    )


def _slope(pool: _Pool, total: float) -> float:
    """The gain of one more unit in total (of the wealth, for its log): the largest gradient.

    On the played runners all gradients are equal at the best split; at a total of 0 the best
    first unit goes to the largest.
    """
    steepest = float(_gradient(pool, _split(pool, total)).max())
    return steepest if pool.wealth is None else steepest * pool.wealth


def _gradient(pool: _Pool, stakes: Floats) -> Floats:
    """Of the expected log wealth, or of the expected profit, by each stake."""
    on, total = pool.public + stakes, float(stakes.sum())
    shared = pool.shared(total)
    weights = pool.chances
    if pool.wealth is not None:
        weights = weights / (pool.wealth - total + stakes * shared / on)
    everywhere = float(weights @ (pool.paid_out * stakes / on - 1.0))
    return weights * shared * pool.public / on**2 + everywhere


def _split(pool: _Pool, total: float) -> Floats:
    """The best stakes of a given total: every played runner brings the same for one more unit.

    At a multiplier λ and with W = wealth − total, M = Q·a + c, stake x on public s solves
    p·M·s = λ·y·(W·y + M·(y − s)) with y = s + x (linear objective: p·M·s = λ·y²).
    """
    if total == 0.0:
        return np.zeros_like(pool.public)
    # The stakes rise with 1/λ; its logarithm spans the scales of all pools.
    low = high = 0.0
    while _at(pool, total, low).sum() > total:
        low -= 4.0
    while _at(pool, total, high).sum() < total:
        high += 4.0
    level = falling_root(lambda guess: total - float(_at(pool, total, guess).sum()), low, high)
    stakes = _at(pool, total, level)
    return np.asarray(stakes * (total / stakes.sum()))  # the last rounding of the root


def _at(pool: _Pool, total: float, level: float) -> Floats:
    shared, s = pool.shared(total), pool.public
    drive = math.exp(level) * pool.chances * shared * s
    if pool.wealth is None:
        return np.asarray(np.maximum(np.sqrt(drive) - s, 0.0))
    lead = pool.wealth - total + shared
    y = (shared * s + np.sqrt((shared * s) ** 2 + 4.0 * lead * drive)) / (2.0 * lead)
    return np.asarray(np.maximum(y - s, 0.0))


def falling_root(f: Callable[[float], float], low: float, high: float) -> float:
    """Where f, ≥ 0 at low and ≤ 0 at high, crosses 0: false position (Illinois), some halvings."""
    at_low, at_high = f(low), f(high)
    if at_low <= 0.0:
        return low
    if at_high >= 0.0:
        return high
    side = 0
    for step in range(1, MOST_STEPS):
        middle = (low * at_high - high * at_low) / (at_high - at_low)
        if step % HALVE_EACH == 0 or not low < middle < high:
            middle = low + (high - low) / 2.0
        value = f(middle)
        if value == 0.0 or high - low <= NARROW * (abs(low) + abs(high)):
            return middle
        if value > 0.0:
            at_high *= 0.5 if side > 0 else 1.0
            low, at_low, side = middle, value, 1
        else:
            at_low *= 0.5 if side < 0 else 1.0
            high, at_high, side = middle, value, -1
    return low + (high - low) / 2.0
