"""What money may still do to a win pool between the odds shown and the close.

Late money is informed: what moves the close moves the chances too, unless these were told. A
chance taken from the shares of a pool therefore moves with them, and finds no edge in that pool.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from hippique.betting.policy_file import PricingRules
from hippique.forecast.closing_price import AGE_UNKNOWN, CROSS_POOL, ClosingPrice, closing_prices
from hippique.pricing.checks import Floats
from hippique.racing.market import Snapshot

CLOSE_UNKNOWN = "close_unknown"
_DEFAULT_SD = 0.40  # rmse of ln(final / shown) of PMU's shops at H-5, where no table fits
_TENTHS = 2.0 * 1.2815515655446004  # sds between the tenth and the ninetieth percentile


@dataclass(frozen=True, slots=True, eq=False)
class LateMoney:
    """By position: shape (runners,). move: expected change of ln share, up to a common constant.

    sd: spread of that change. flags: `cross_pool`, `stamp_unknown`, `close_unknown`.
    """

    move: Floats
    sd: Floats
    flags: tuple[str, ...]


def late_money(
    snapshot: Snapshot | None, numbers: Sequence[int], off_time: datetime | None
) -> LateMoney:
    """The late money of one pool for these starters; zero moves where nobody knows."""
    if snapshot is None:
        return LateMoney(np.zeros(len(numbers)), np.zeros(len(numbers)), ())
    prices = closing_prices(snapshot, off_time) if off_time is not None else {}
    unstamped = () if snapshot.stamp else (AGE_UNKNOWN,)
    if any(number not in prices for number in numbers):
        flags = (*unstamped, CLOSE_UNKNOWN)
        return LateMoney(np.zeros(len(numbers)), np.full(len(numbers), _DEFAULT_SD), flags)
    shown = {quote.number: quote.win for quote in snapshot.starters()}
    rows = [prices[number] for number in numbers]
    odds = np.array([shown[number] for number in numbers], dtype=np.float64)
    median = np.array([price.median for price in rows])
    flags = (*unstamped, *((CROSS_POOL,) if _is_cross(rows) else ()))
    return LateMoney(np.log(odds / median), _spread(rows), flags)


def told_late_money(
    late: LateMoney, shares: Floats, chances: Floats, rules: PricingRules
) -> LateMoney:
    """Late money that is drawn towards chances which a simulation told."""
    move = rules.told_late_share * (np.log(chances) - np.log(shares))
    return LateMoney(move, np.full(len(move), rules.told_late_sd), late.flags)


def _spread(rows: Sequence[ClosingPrice]) -> Floats:
    return np.array([np.log(price.high / price.low) / _TENTHS for price in rows])


def _is_cross(rows: Sequence[ClosingPrice]) -> bool:
    return any(CROSS_POOL in price.flags for price in rows)
