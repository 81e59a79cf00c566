"""CORP by model-diagnostics."""

from __future__ import annotations

import numpy as np
from model_diagnostics.scoring import LogLoss, SquaredError, decompose
from numpy.typing import NDArray

Floats = NDArray[np.float64]
PARTS = ("score", "miscalibration", "discrimination", "uncertainty")


def brier_parts(chances: Floats, outcomes: Floats) -> list[float]:
    """Score, miscalibration, discrimination and uncertainty of the Brier score."""
    return _parts(chances, outcomes, SquaredError())


def log_parts(chances: Floats, outcomes: Floats) -> list[float]:
    """The same of the logarithmic score."""
    return _parts(chances, outcomes, LogLoss())


def _parts(chances: Floats, outcomes: Floats, score: SquaredError | LogLoss) -> list[float]:
    table = decompose(outcomes, chances, scoring_function=score)
    return [float(table[part][0]) for part in PARTS]
