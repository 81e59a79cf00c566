"""The closing odds of a runner from the odds shown: carried forward, with the measured error.

No model yet: the quote is moved by what quotes of its pool, age and size did on real days. ZEturf
shows no history before the off, so that its odds move as PMU's shops do, with the spread between
the two pools added and the flag `cross_pool`: for readings, never for a ticket.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from hippique.forecast.closing_table import AGES, Age
from hippique.racing.market import Snapshot

CARRY_FORWARD = "carry_forward"
CROSS_POOL = "cross_pool"
AGE_UNKNOWN = "stamp_unknown"
CROSS_POOL_SD = 0.23  # sd of ln dividend, ZEturf priced from PMU's win pool
LEAST_ODDS = 1.05  # no operator has paid less on a winning euro
_MEASURED_AS = {"zeturf": "SIMPLE_GAGNANT"}
_TENTH = 1.2816  # standard normal quantile of 90 %


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingPrice:
    """Forecast of one runner's closing odds. low, high: 80 % interval around the median.

    paid_mean: the mean of what a winning euro is paid, for an expected value; it lies below the
    plain mean because winners shorten. flags: how it came about.
    """

    median: float
    low: float
    high: float
    paid_mean: float
    flags: tuple[str, ...]

    def as_reading(self) -> dict[str, object]:
        """The published form; `mean` holds the middle of the interval's distribution."""
        return {
            "mean": round(self.median, 2),
            "low": round(self.low, 2),
            "high": round(self.high, 2),
            "flags": list(self.flags),
        }


def closing_price(shown: float, pool: str, minutes_before: float) -> ClosingPrice | None:
    """Closing win odds from the odds shown this long before the off; None for an unknown pool.

    shown: decimal, above 1. minutes_before: by the pool's own stamp; below 0 counts as 0.
    """
    age = _age(_MEASURED_AS.get(pool, pool), minutes_before)
    if age is None or shown <= 1.0:
        return None
    low, median, high, paid = _interpolated(age, shown)
    flags: tuple[str, ...] = (CARRY_FORWARD,)
    if pool in _MEASURED_AS:
        extra = _TENTH * CROSS_POOL_SD
        low, high = (
            median - math.hypot(median - low, extra),
            median + math.hypot(high - median, extra),
        )
        flags = (CARRY_FORWARD, CROSS_POOL)
    return ClosingPrice(
        median=_odds(shown, median),
        low=_odds(shown, low),
        high=_odds(shown, high),
        paid_mean=max(LEAST_ODDS, shown * paid),
        flags=flags,
    )


def closing_prices(snapshot: Snapshot, off_time: datetime) -> dict[int, ClosingPrice]:
    """Closing odds of every priced starter of a snapshot, by saddle number.

    The age is that of the pool's own stamp; where it has none, that of the fetch, flagged.
    """
    seen_at = snapshot.stamp or snapshot.taken_at
    minutes = (off_time - seen_at).total_seconds() / 60.0
    unstamped = () if snapshot.stamp else (AGE_UNKNOWN,)
    prices = {}
    for quote in snapshot.starters():
        price = closing_price(quote.win, snapshot.pool, minutes) if quote.win is not None else None
        if price is not None:
            prices[quote.number] = _flagged(price, unstamped)
    return prices


def closing_readings(
    snapshots: Sequence[Snapshot], off_time: datetime
) -> dict[int, dict[str, dict[str, object]]]:
    """For the reading of a race: number → pool → {mean, low, high, flags}."""
    readings: dict[int, dict[str, dict[str, object]]] = {}
    for snapshot in snapshots:
        for number, price in closing_prices(snapshot, off_time).items():
            readings.setdefault(number, {})[snapshot.pool] = price.as_reading()
    return readings


def _age(pool: str, minutes_before: float) -> Age | None:
    minutes = max(0.0, minutes_before)
    ages = [age for age in AGES if age.pool == pool and age.from_min <= minutes]
    return max(ages, key=lambda age: age.from_min, default=None)


def _interpolated(age: Age, shown: float) -> tuple[float, float, float, float]:
    # Linear in ln odds between the bands' centres: a step would make a quote of 12.1 close
    # above one of 13, and swap two runners.
    at = np.log([knot.centre for knot in age.knots])
    rows = np.array([(k.low, k.median, k.high, k.paid) for k in age.knots])
    low, median, high, paid = (float(np.interp(math.log(shown), at, row)) for row in rows.T)
    return low, median, high, paid


def _odds(shown: float, moved: float) -> float:
    return max(LEAST_ODDS, shown * math.exp(moved))


def _flagged(price: ClosingPrice, flags: tuple[str, ...]) -> ClosingPrice:
    if not flags:
        return price
    return ClosingPrice(
        median=price.median,
        low=price.low,
        high=price.high,
        paid_mean=price.paid_mean,
        flags=price.flags + flags,
    )
