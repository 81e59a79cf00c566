"""Mean times of Henery's model from win chances, by scipy's root finder on the same integrals."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import root
from scipy.special import ndtr

Floats = NDArray[np.float64]

NODES = 64
REACH = 7.0  # standard deviations beyond the fastest and the slowest


def mean_times(win: Floats, *, slope: bool) -> Floats:
    """θ with mean 0 whose chances are `win`; slope: with the analytic Jacobian, else without."""
    points, weights = np.polynomial.legendre.leggauss(NODES)
    start = -np.log(win) / 2.0
    found = root(
        _off,
        start - start.mean(),
        args=(np.log(win), points, weights, int(slope)),
        jac=slope,
        method="hybr",
        tol=1e-10,
    )
    if not found.success:
        raise ValueError(f"scipy found no root: {found.message}")
    return np.asarray(found.x - found.x.mean())


def _off(
    theta: Floats, wanted: Floats, points: Floats, weights: Floats, slope: int
) -> Floats | tuple[Floats, Floats]:
    # The mean of θ is added to each equation: it says nothing about the chances, so it must be 0.
    low, high = theta.min() - REACH, theta.max() + REACH
    half = 0.5 * (high - low)
    away = (low + high) / 2.0 + half * points - theta[:, None]
    density = np.exp(-0.5 * away**2) / np.sqrt(2.0 * np.pi)
    after = ndtr(-away)
    hazard = density / after
    weighed = hazard * (after.prod(axis=0) * weights * half)
    chances = weighed.sum(axis=1)
    off = np.log(chances) - wanted + theta.mean()
    if not slope:
        return off
    rise = weighed @ hazard.T
    np.fill_diagonal(rise, 0.0)
    np.fill_diagonal(rise, -rise.sum(axis=1))
    return off, rise / chances[:, None] + 1.0 / theta.size
