"""What was paid for what was staked, the error of that ratio, and the bets it takes to know."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from hippique.errors import ArgumentOutOfRange, OddsOutOfRange
from hippique.pricing.checks import Floats, checked_number, checked_vector
from hippique.pricing.scoring.doors import refuse_entry, refuse_lengths

LEAST_BETS = 10  # below this the normal law is no guide, whatever the interval
_SAME = 1e-12  # rounding of the sums
_LEAST = 1e-12  # next to 0, where nothing is defined


@dataclass(frozen=True, slots=True)
class Returns:
    """The return of settled bets: roi = (paid − staked) / staked.

    won, lost: bets paid more, paid less than their stake; refunded: paid exactly their stake, and
    counted in bets and staked. error: standard error of the ratio; low, high: the normal 95 %
    interval, not cut at −1. All three are None where the bets do not differ (one bet; all lost):
    that says little of a rare win.
    """

    bets: int
    won: int
    lost: int
    refunded: int
    staked: float
    paid: float
    roi: float
    error: float | None
    low: float | None
    high: float | None

    @property
    def conclusive(self) -> bool:
        """Ten bets at least that were won or lost, and an interval that leaves 0 out."""
        if self.won + self.lost < LEAST_BETS or self.low is None or self.high is None:
            return False
        return self.low > 0.0 or self.high < 0.0


@dataclass(frozen=True, slots=True, eq=False)
class BetsNeeded:
    """Bets to show an edge, shape (odds,), not rounded.

    null: with the variance of a fair bet; true: with that of the bet that has the edge.
    """

    null: Floats
    true: Floats


def returns(staked: ArrayLike, paid: ArrayLike) -> Returns:
    """The return and its error, by linearisation of the ratio.

    staked: above 0; paid: 0 or more, stake included; both of shape (bets,), in one currency. A
    refund is paid = staked. Bets that win and lose together (a slip, a day) are one entry, or the
    error comes out too small. error = √(n Σ (profit_i − roi·staked_i)² / (n − 1)) / Σ staked.
    Raises ArgumentOutOfRange naming the bet, counted from 1. Source: Cochran 1977.
    """
    stakes, payments = _checked(staked, paid)
    total, profit = float(stakes.sum()), payments - stakes
    roi = float(profit.sum()) / total
    error = _error(profit - roi * stakes, total)
    reach = None if error is None else NormalDist().inv_cdf(0.975) * error
    return Returns(
        bets=stakes.size,
        won=int((profit > 0.0).sum()),
        lost=int((profit < 0.0).sum()),
        refunded=int((profit == 0.0).sum()),
        staked=total,
        paid=float(payments.sum()),
        roi=roi,
        error=error,
        low=None if reach is None else roi - reach,
        high=None if reach is None else roi + reach,
    )


def bets_needed(
    odds: ArrayLike, *, edge: float = 0.05, alpha: float = 0.05, power: float = 0.8
) -> BetsNeeded:
    """Bets at these decimal odds to show an edge: two-sided test at `alpha`, with this power.

    odds: shape (odds,), each above 1 + edge (a bet that cannot lose needs no test). edge: p·odds −
    1, above 0. power: from .5. n = (z_{1−alpha/2} + z_power)² · variance / edge². Raises
    OddsOutOfRange naming the entry, ArgumentOutOfRange.
    """
    gain = checked_number(edge, "edge", least=_LEAST, most=math.inf)
    normal = NormalDist()
    tail = checked_number(alpha, "alpha", least=_LEAST, most=1.0 - _LEAST) / 2.0
    reach = checked_number(power, "power", least=0.5, most=1.0 - _LEAST)
    values = checked_vector(odds, "odds")
    refuse_lengths(odds=values.size)
    refuse_entry(~np.isfinite(values), values, "odds not finite: entry", OddsOutOfRange)
    refuse_entry(values <= 1.0 + gain, values, "odds <= 1 + edge: entry", OddsOutOfRange)
    scale = ((normal.inv_cdf(1.0 - tail) + normal.inv_cdf(reach)) / gain) ** 2
    chance = (1.0 + gain) / values
    return BetsNeeded(
        null=scale * (values - 1.0), true=scale * np.square(values) * chance * (1.0 - chance)
    )


def _checked(staked: ArrayLike, paid: ArrayLike) -> tuple[Floats, Floats]:
    stakes, payments = checked_vector(staked, "staked"), checked_vector(paid, "paid")
    refuse_lengths(staked=stakes.size, paid=payments.size)
    for name, values in (("staked", stakes), ("paid", payments)):
        refuse_entry(~np.isfinite(values), values, f"{name} not finite: bet", ArgumentOutOfRange)
    refuse_entry(stakes <= 0.0, stakes, "staked <= 0: bet", ArgumentOutOfRange)
    refuse_entry(payments < 0.0, payments, "paid < 0: bet", ArgumentOutOfRange)
    return stakes, payments


def _error(residual: Floats, total: float) -> float | None:
    bets = residual.size
    if bets == 1:
        return None
    error = math.sqrt(bets * float(np.square(residual).sum()) / (bets - 1)) / total
    return None if error < _SAME else error
