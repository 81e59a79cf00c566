"""What a bet returns on average when late money and the result go together."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from hippique.errors import ArgumentOutOfRange, ProbabilityOutOfRange
from hippique.pricing.checks import SUM_SLACK, Floats
from hippique.pricing.dividend.doors import finite, fitting, numbers, refuse


def expected_return(weights: ArrayLike, chances: ArrayLike, dividends: ArrayLike) -> Floats:
    """E[r · 1{win}] per 1 €, over scenarios of the close along the last axis; 1 is break-even.

    weights: chance of each scenario, summing to 1. chances: of winning in it. dividends: paid
    in it, per 1 €, stake included. All broadcast, shape (..., scenarios); returns (...).
    The product E[r] · P(win) is not this: who wins was often backed late, and pays less.
    Raises ProbabilityOutOfRange, PoolOutOfRange, ArgumentOutOfRange.
    """
    weight, chance = _chances(weights, "weights"), _chances(chances, "chances")
    paid = finite(dividends, "dividends")
    refuse(paid < 0.0, paid, "dividends", "negative dividend")
    shape = fitting(weights=weight, chances=chance, dividends=paid)
    if not weight.ndim or weight.shape[-1] != shape[-1]:
        raise ArgumentOutOfRange(f"weights: shape {weight.shape} for scenarios of shape {shape}")
    total = np.asarray(weight.sum(axis=-1, keepdims=True))
    wrong = np.abs(total - 1.0) > SUM_SLACK
    refuse(wrong, total, "weights", "weights do not sum to 1", ProbabilityOutOfRange)
    return np.asarray((weight / total * chance * paid).sum(axis=-1))


def _chances(values: ArrayLike, name: str) -> Floats:
    copy = numbers(values, name)
    inside = (copy >= 0.0) & (copy <= 1.0)  # a NaN fails too
    refuse(~inside, copy, name, "probability outside [0, 1]", ProbabilityOutOfRange)
    return copy
