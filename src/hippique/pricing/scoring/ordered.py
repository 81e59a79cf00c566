"""The score for classes that have an order: bands of finish or of dividend, never runners."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from hippique.errors import ArgumentOutOfRange
from hippique.pricing.checks import checked_chances
from hippique.pricing.scoring.doors import whole


def rps(chances: ArrayLike, category: int) -> float:
    """The ranked probability score of one forecast, 0 (certain and right) to 1.

    chances: shape (classes,), in the order of the classes, summing to 1. category: position, from
    0, of the class that came. Σ_k (Σ_{j≤k} (chance_j − outcome_j))² / (classes − 1).
    Raises FieldTooSmall, ProbabilityOutOfRange, ArgumentOutOfRange. Source: Epstein 1969.
    """
    values = checked_chances(chances, "probabilities of the classes")
    came = whole(category, "category", least=0)
    if came >= values.size:
        raise ArgumentOutOfRange(f"category: {came + 1} is not one of the {values.size} classes")
    values[came] -= 1.0
    missed = np.cumsum(values)[:-1]
    return float(np.square(missed).sum() / missed.size)
