"""Win chances from the odds of a tote pool."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hippique.errors import FieldTooSmall, OddsOutOfRange

Floats = NDArray[np.float64]

LEAST_RUNNERS = 2


def win_shares(odds: Floats) -> Floats:
    """Each runner's share of the win pool.

    odds: shape (runners,), decimal, stake included, each above 1; non-runners left out.
    Returns shape (runners,), sums to 1. The takeout cancels; rounding of the odds stays.
    Raises OddsOutOfRange, FieldTooSmall. Source: tote identity, share_i = (1/o_i) / sum_j (1/o_j).
    """
    implied = 1.0 / _checked(odds)
    return np.asarray(implied / implied.sum())


def book_sum(odds: Floats) -> float:
    """Σ 1/odds: the overround, takeout and rounding together.

    odds as in `win_shares`. Raises OddsOutOfRange, FieldTooSmall.
    """
    return float((1.0 / _checked(odds)).sum())


def _checked(odds: Floats) -> Floats:
    values = np.array(odds, dtype=np.float64)
    if values.ndim != 1 or values.size < LEAST_RUNNERS:
        raise FieldTooSmall(
            f"odds of at least {LEAST_RUNNERS} runners are needed, got {values.size}"
        )
    wrong = np.flatnonzero(~(np.isfinite(values) & (values > 1.0)))
    if wrong.size:
        first = int(wrong[0])
        raise OddsOutOfRange(f"runner {first + 1}: odds {values[first]} are not above 1")
    return values
