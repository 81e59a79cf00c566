"""The return of a day's slips with its uncertainty: a bare figure would promise too much."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from hippique.day.status import DayStatus

LEAST_SLIPS = 2  # fewer give no interval at all
LEAST_CONCLUSIVE = 10  # slips below which nothing is concluded, whatever the interval
_Z95 = 1.959964  # quantile 0.975 of the normal law


@dataclass(frozen=True, slots=True)
class Roi:
    """Profit per euro staked over `slips` settled slips; low and high at 95 %, None if unknown."""

    slips: int
    value: float
    low: float | None = None
    high: float | None = None

    @property
    def is_conclusive(self) -> bool:
        """Ten slips at least, and an interval that leaves zero out."""
        if self.slips < LEAST_CONCLUSIVE or self.low is None or self.high is None:
            return False
        return self.low > 0 or self.high < 0


def day_roi(status: DayStatus) -> Roi | None:
    """The day's ROI over its settled slips; None with fewer than two."""
    settled = [
        (race.settlement.staked_cents, race.settlement.profit_cents)
        for race in status.races
        if race.settlement and race.settlement.complete and race.settlement.staked_cents
    ]
    return ratio_roi(settled)


def ratio_roi(slips: Sequence[tuple[int, int]]) -> Roi | None:
    """ROI of (staked, profit) pairs in cents, with the normal interval of a ratio of sums.

    The slip is the unit, for its bets win and lose together. Residual e_i = profit_i − ROI·stake_i;
    standard error = sqrt(n/(n−1) · Σ e_i²) / Σ stake (Cochran, Sampling Techniques, 2.11, without
    the finite correction). A loss stops at −100 %. No interval where the slips do not differ: all
    lost says little of a rare win. None for fewer than two slips.
    """
    count = len(slips)
    if count < LEAST_SLIPS:
        return None
    staked = sum(stake for stake, _ in slips)
    value = sum(profit for _, profit in slips) / staked
    squares = math.fsum((profit - value * stake) ** 2 for stake, profit in slips)
    error = math.sqrt(count / (count - 1) * squares) / staked
    if error < _SAME:
        return Roi(count, value)
    return Roi(count, value, max(-1.0, value - _Z95 * error), value + _Z95 * error)


_SAME = 1e-12  # rounding of the sums
