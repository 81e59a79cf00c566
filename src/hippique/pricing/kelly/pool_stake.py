"""One stake in a win pool that moves the price it is paid at."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hippique.errors import NoSolution, PoolOutOfRange, ProbabilityOutOfRange

NOBODY_ELSE = "nobody else on the runner"


@dataclass(frozen=True, slots=True)
class SingleStake:
    """stake and expected_profit in the pool's unit; flags as `best_single_stake` explains."""

    stake: float
    expected_profit: float
    flags: tuple[str, ...] = ()


def best_single_stake(p: float, pool: float, on_runner: float, takeout: float) -> SingleStake:
    """The stake of the greatest expected profit on one runner, 0 where every stake loses.

    p: chance to win; pool: all stakes S before ours; on_runner: s of them, on the runner;
    takeout: share t kept by the operator. x* = √(p(1−t)s(S−s)/(1−p(1−t))) − s.
    Where s = 0 the least stake of the operator takes the whole pool and more only loses, so no
    best stake exists: 0 is returned with the flag "nobody else on the runner".
    Raises ProbabilityOutOfRange, PoolOutOfRange, and NoSolution where p(1−t) = 1: more is always
    better. Source: Isaacs 1953.
    """
    _check(p, pool, on_runner, takeout)
    if on_runner == 0.0:
        return SingleStake(0.0, 0.0, (NOBODY_ELSE,))
    back = p * (1.0 - takeout)  # what a unit brings back if the runner carried the whole pool
    if back <= on_runner / pool:  # p × dividend ≤ 1: the first cent loses already
        return SingleStake(0.0, 0.0)
    if back == 1.0:
        raise NoSolution("a certain winner without takeout: no stake is the best, more is better")
    stake = math.sqrt(back * on_runner * (pool - on_runner) / (1.0 - back)) - on_runner
    if stake <= 0.0:
        return SingleStake(0.0, 0.0)
    return SingleStake(stake, single_profit(stake, p, pool, on_runner, takeout))


def single_profit(stake: float, p: float, pool: float, on_runner: float, takeout: float) -> float:
    """The expected profit x[p(1−t)(S+x)/(s+x) − 1] of a stake x; arguments as above.

    Raises ProbabilityOutOfRange, PoolOutOfRange.
    """
    _check(p, pool, on_runner, takeout)
    if not 0.0 <= stake < math.inf:
        raise PoolOutOfRange(f"stake: {stake} is not a stake of 0 or more")
    if stake == 0.0:
        return 0.0
    return stake * (p * (1.0 - takeout) * (pool + stake) / (on_runner + stake) - 1.0)


def _check(p: float, pool: float, on_runner: float, takeout: float) -> None:
    if not 0.0 <= p <= 1.0:
        raise ProbabilityOutOfRange(f"p: probability outside [0, 1] ({p})")
    if not 0.0 <= takeout < 1.0:
        raise PoolOutOfRange(f"takeout outside [0, 1) ({takeout})")
    if not 0.0 < pool < math.inf:
        raise PoolOutOfRange(f"pool: {pool}; it must be positive")
    if not 0.0 <= on_runner <= pool:
        raise PoolOutOfRange(f"on_runner: {on_runner} is not between 0 and the pool {pool}")
