"""The conditional logit by scipy's BFGS, with value and gradient in numpy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import OptimizeResult, minimize

Floats = NDArray[np.float64]


def bfgs(rows: Floats, size: int, weights: Floats, tolerance: float) -> OptimizeResult:
    """The mean log likelihood of groups of one size, climbed until its slope is below tolerance."""
    return minimize(
        _loss, np.zeros(rows.shape[1]), args=(rows, size, weights), jac=True, method="BFGS",
        options={"gtol": tolerance},
    )  # fmt: skip


def scaled_bfgs(rows: Floats, size: int, weights: Floats, tolerance: float) -> OptimizeResult:
    """The same on columns divided by their spread first, as one must where scales differ."""
    spread = rows.std(axis=0)
    found = bfgs(rows / spread, size, weights, tolerance)
    found.x = found.x / spread
    return found


def _loss(coefficients: Floats, rows: Floats, size: int, weights: Floats) -> tuple[float, Floats]:
    utilities = (rows @ coefficients).reshape(-1, size)
    utilities -= utilities.max(axis=1, keepdims=True)
    chances = np.exp(utilities)
    totals = chances.sum(axis=1, keepdims=True)
    chances /= totals
    value = weights @ (utilities - np.log(totals)).ravel()
    slope = (weights - chances.ravel()) @ rows
    return -float(value) / len(totals), -slope / len(totals)
