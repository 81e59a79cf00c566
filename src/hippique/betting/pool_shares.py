"""A pool's shares and its takeout from the odds that it shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hippique.pricing.checks import Floats
from hippique.pricing.win import win_shares
from hippique.racing.market import Quote

HALF_STEP = 0.05  # odds are rounded down to the decime: on average they are half of one higher
_MOST_TAKEOUT = 0.50
_ROUNDS = 60
_LEAST_SHARE = 1e-6
_CLOSE = 1e-9  # far below what rounded odds can tell


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """shares: shape (runners,), sum to 1. takeout: what the odds imply, rounding undone."""

    shares: Floats
    takeout: float


def shares_from_win_odds(quotes: Sequence[Quote]) -> Shares | None:
    """Shares of a win pool; None unless every runner has odds above 1."""
    odds = [quote.win for quote in quotes]
    if len(odds) < 2 or any(one is None or one <= 1.0 for one in odds):  # noqa: PLR2004  a field
        return None
    middle = np.array(odds, dtype=np.float64) + HALF_STEP
    return Shares(win_shares(middle), max(0.0, 1.0 - 1.0 / float((1.0 / middle).sum())))


def shares_from_place_odds(
    quotes: Sequence[Quote], places: int, least_dividend: float
) -> Shares | None:
    """Shares of a net place pool whose formula gives the ranges shown; None unless all are shown.

    low: with the most backed others placed, high: with the least backed. The takeout is the one
    at which the shares sum to 1. least_dividend: at or below it the odds shown are only a bound.
    """
    shown = [_range(quote) for quote in quotes]
    ends = [one for one in shown if one is not None]
    if not 0 < places < len(quotes) or len(ends) < len(quotes):
        return None
    low, high = np.array(ends, dtype=np.float64).T
    bounded = low <= least_dividend + HALF_STEP / 2
    return _balanced(low + HALF_STEP, high + HALF_STEP, bounded, places)


def _range(quote: Quote) -> tuple[float, float] | None:
    if quote.place_low is None or quote.place_low <= 1.0:
        return None
    high = quote.place_high if quote.place_high is not None else quote.place_low
    return quote.place_low, max(high, quote.place_low)


def _balanced(low: Floats, high: Floats, bounded: Floats, places: int) -> Shares:
    """Solve odds = 1 + ((1 − t) − own − others) / (places · own) for own and t, at both ends.

    The others are those of the round before; t follows from Σ own = 1, in which it is linear.
    """
    ends = np.stack([low, high])
    weights = np.where(bounded, [[0.0], [1.0]], 0.5)
    slopes = 1.0 + places * (ends - 1.0)
    shares = 1.0 / low / (1.0 / low).sum()
    takeout = 0.0
    for _ in range(_ROUNDS):
        beside = _beside(shares, places)
        kept = (1.0 + (weights * beside / slopes).sum()) / (weights / slopes).sum()
        takeout = min(max(1.0 - kept, 0.0), _MOST_TAKEOUT)
        moved = np.maximum((weights * (1.0 - takeout - beside) / slopes).sum(axis=0), _LEAST_SHARE)
        moved /= moved.sum()
        if np.abs(moved - shares).max() < _CLOSE:
            break
        shares = (shares + moved) / 2.0
    return Shares(shares, takeout)


def _beside(shares: Floats, places: int) -> Floats:
    """Shares of the partners: row 0 with the most backed, row 1 with the least; (2, runners)."""
    ascending = np.sort(shares)
    least, most = ascending[:places], ascending[-places:]
    # One of the first `places` itself has the next one as its partner instead.
    with_most = np.where(shares >= most[0], most.sum() - shares, most[1:].sum())
    with_least = np.where(shares <= least[-1], least.sum() - shares, least[:-1].sum())
    return np.stack([with_most, with_least])
