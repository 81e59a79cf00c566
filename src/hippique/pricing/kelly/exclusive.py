"""Kelly stakes on exclusive outcomes at fixed odds, exactly and in closed form."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hippique.errors import ArgumentOutOfRange
from hippique.pricing.checks import Floats, Ints, checked_chances, checked_number, checked_odds

BOOK_BELOW_1 = "book below 1"
ROUNDING = 1e-14  # p·o nearer than this to the reserve is at the reserve: its stake is 0


@dataclass(frozen=True, slots=True, eq=False)
class Stakes:
    """What to stake on each outcome.

    fractions: shape (runners,), of the bankroll; reserve: what is kept, 1 − Σ fractions.
    growth: expected log growth of the whole bankroll, nat. support: positions with a stake.
    expected_value: per unit staked, p·o − 1. amounts: fractions × bankroll.
    holds_negative_ev: a runner of negative expected value is held, as a hedge.
    flags: "book below 1" where the odds give a riskless profit.
    """

    fractions: Floats
    reserve: float
    growth: float
    support: Ints
    expected_value: Floats
    amounts: Floats
    holds_negative_ev: bool
    flags: tuple[str, ...]


def kelly(
    probabilities: ArrayLike, odds: ArrayLike, *, bankroll: float = 1.0, fraction: float = 1.0
) -> Stakes:
    """The stakes that maximise the expected log of the bankroll, one outcome wins. O(n log n).

    probabilities: shape (runners,), summing to 1. odds: decimal, stake included, each above 1.
    fraction: the same optimum on the reduced bankroll fraction × bankroll; with fixed odds that
    scales the fractions, and the reserve is 1 − fraction × Σ f. The growth is of the whole.
    Where Σ 1/o < 1 all is staked in proportion to the chances, with a flag.
    Raises ProbabilityOutOfRange, OddsOutOfRange, FieldTooSmall, ArgumentOutOfRange.
    Source: Smoczynski & Tomkins 2010; Cover & Thomas, ch. 6.
    """
    chances, prices = checked_chances(probabilities), checked_odds(odds)
    if chances.size != prices.size:
        raise ArgumentOutOfRange(f"{chances.size} probabilities for {prices.size} odds")
    wealth, share = checked_bankroll(bankroll), checked_fraction(fraction)
    p, o = chances.tolist(), prices.tolist()
    book_below_1 = sum(1.0 / price for price in o) < 1.0 - ROUNDING
    full = p if book_below_1 else _closed_form(p, o)
    held = [share * part for part in full]
    reserve = 0.0 if book_below_1 and share == 1.0 else 1.0 - sum(held)
    support = [place for place, part in enumerate(held) if part > 0.0]
    fractions = np.array(held)
    return Stakes(
        fractions=fractions,
        reserve=reserve,
        growth=_growth(p, o, held, reserve),
        support=np.array(support, dtype=np.int64),
        expected_value=chances * prices - 1.0,
        amounts=wealth * fractions,
        holds_negative_ev=any(p[place] * o[place] < 1.0 for place in support),
        flags=(BOOK_BELOW_1,) if book_below_1 else (),
    )


def checked_bankroll(bankroll: float) -> float:
    """A finite bankroll above 0. Raises ArgumentOutOfRange."""
    if not 0.0 < bankroll < math.inf:
        raise ArgumentOutOfRange(f"bankroll: {bankroll}; the bankroll must be positive")
    return float(bankroll)


def checked_fraction(fraction: float) -> float:
    """A Kelly fraction in (0, 1]. Raises ArgumentOutOfRange."""
    if fraction == 0.0:
        raise ArgumentOutOfRange("fraction: 0 of the bankroll leaves nothing to stake")
    return checked_number(fraction, "fraction", least=0.0, most=1.0)


def _closed_form(p: list[float], o: list[float]) -> list[float]:
    """Outcomes are taken in falling order of p·o while that beats the reserve R; f = p − R/o."""
    # Plain floats: at the sizes of a field a loop is faster than arrays.
    order = sorted(range(len(p)), key=lambda place: -p[place] * o[place])
    left_over = _sums_from(p, order)  # summed from the end: 1 − Σ p would go below 0 by rounding
    uncovered, reserve, taken = 1.0, 1.0, 0
    for place in order:
        if p[place] * o[place] <= reserve * (1.0 + ROUNDING):
            break
        taken += 1
        uncovered -= 1.0 / o[place]
        reserve = left_over[taken] / uncovered
    held = [0.0] * len(p)
    for place in order[:taken]:
        held[place] = max(p[place] - reserve / o[place], 0.0)  # a rounding below 0 at R = p·o
    return held


def _sums_from(p: list[float], order: list[int]) -> list[float]:
    sums = [0.0] * (len(p) + 1)
    for rank in range(len(p) - 1, -1, -1):
        sums[rank] = sums[rank + 1] + p[order[rank]]
    return sums


def _growth(p: list[float], o: list[float], held: list[float], reserve: float) -> float:
    return math.fsum(
        chance * math.log(reserve + part * price)
        for chance, price, part in zip(p, o, held, strict=True)
        if chance > 0.0
    )
