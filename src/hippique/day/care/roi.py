"""A return with its uncertainty: a bare figure would promise too much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hippique.pricing.scoring import returns

LEAST_SLIPS = 2  # fewer give no interval at all


@dataclass(frozen=True, slots=True)
class Roi:
    """Profit per euro staked over `slips` settled slips; low and high at 95 %, None if unknown.

    is_conclusive: ten slips won or lost at least, and an interval that leaves zero out.
    """

    slips: int
    value: float
    low: float | None = None
    high: float | None = None
    is_conclusive: bool = False


def ratio_roi(slips: Sequence[tuple[int, int]]) -> Roi | None:
    """ROI of (staked, profit) pairs in cents, with the normal interval of a ratio of sums.

    The slip is the unit, for its bets win and lose together. A loss stops at −100 %. No interval
    where the slips do not differ: all lost says little of a rare win. None for fewer than two.
    """
    if len(slips) < LEAST_SLIPS:
        return None
    found = returns([staked for staked, _ in slips], [staked + profit for staked, profit in slips])
    low = None if found.low is None else max(-1.0, found.low)
    return Roi(len(slips), found.roi, low, found.high, is_conclusive=found.conclusive)
