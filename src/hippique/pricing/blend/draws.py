"""Coefficients drawn from their own uncertainty."""

from __future__ import annotations

import numpy as np

from hippique.errors import ArgumentOutOfRange
from hippique.pricing.blend.logit import LogitFit
from hippique.pricing.checks import Floats


def draw_coefficients(fit: LogitFit, draws: int, generator: np.random.Generator) -> Floats:
    """Draws of the coefficients, normal with the fit's covariance; shape (draws, p).

    The same generator state gives the same draws. Raises ArgumentOutOfRange: no draw asked for.
    """
    if draws < 1:
        raise ArgumentOutOfRange(f"draws: {draws} is less than 1")
    noise = generator.standard_normal((draws, fit.coefficients.size))
    return np.asarray(fit.coefficients + noise @ root_of(fit.covariance))


def root_of(covariance: Floats) -> Floats:
    """The symmetric square root; (p, p).

    Not Cholesky: fewer blocks than coefficients make the covariance singular.
    """
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray((vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T)
