"""The book of a tote pool: shares and their sum, as bare numbers."""

from __future__ import annotations

import numpy as np

from hippique.pricing.checks import Floats, checked_odds


def win_shares(odds: Floats) -> Floats:
    """Each runner's share of the win pool.

    odds: shape (runners,), decimal, stake included, each above 1; non-runners left out.
    Returns shape (runners,), sums to 1. The takeout cancels; rounding of the odds stays.
    Raises OddsOutOfRange, FieldTooSmall. Source: tote identity, share_i = (1/o_i) / sum_j (1/o_j).
    """
    values = checked_odds(odds)
    ratios = values.min() / values  # equal odds give 1 each, so exactly 1/n in the end
    return np.asarray(ratios / ratios.sum())


def book_sum(odds: Floats) -> float:
    """Σ 1/odds: the overround, takeout and rounding together.

    odds as in `win_shares`. Raises OddsOutOfRange, FieldTooSmall.
    """
    return float((1.0 / checked_odds(odds)).sum())
