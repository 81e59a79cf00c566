"""The standard normal noise of Henery's model."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hippique.pricing.checks import Floats
from hippique.pricing.compiled import Kernel, repaid
from hippique.pricing.ordering.noise import Tails

_erfc = np.frompyfunc(math.erfc, 1, 1)

UNDERFLOW = 36.0  # beyond it the hazard is the deviation itself, to 1 part in 1,000


@dataclass(frozen=True, slots=True)
class NormalNoise:
    """Independent standard normal noise. half_width: how far from the outer locations to go."""

    half_width: float = 8.0

    @property
    def scale(self) -> float:
        """The standard deviation."""
        return 1.0

    @property
    def reach(self) -> float:
        """Both sides."""
        return 2.0 * self.half_width

    def grid(self, low: Floats, high: Floats, points: Floats) -> tuple[Floats, Floats]:
        """Straight: the noise falls faster than exponentially on both sides."""
        middle = 0.5 * (low + high)
        half = 0.5 * (high - low) + self.half_width
        times = middle[..., None] + half[..., None] * points
        return times, np.broadcast_to(half[..., None], times.shape)

    def tails(self, deviation: Floats) -> Tails:
        """Density, both tails and hazard."""
        each = repaid(normal_tails)(np.ravel(deviation))
        density, before, after, hazard = (values.reshape(deviation.shape) for values in each)
        return Tails(density, before, after, hazard)

    def start(self, win: Floats) -> Floats:
        """-Φ⁻¹(c), exact but for a factor with two runners and near enough with any number."""
        return -near_quantile(win)


def near_quantile(chance: Floats) -> Floats:
    """Φ⁻¹ to 5e-4, where the inversion starts. Source: Abramowitz & Stegun 26.2.23."""
    tail = np.minimum(chance, 1.0 - chance)
    root = np.sqrt(-2.0 * np.log(tail))
    above = 2.515517 + root * (0.802853 + root * 0.010328)
    below = 1.0 + root * (1.432788 + root * (0.189269 + root * 0.001308))
    distance = root - above / below
    return np.where(chance < 0.5, -distance, distance)  # noqa: PLR2004  the median


FourArrays = tuple[Floats, Floats, Floats, Floats]


def _normal_tails_plain(deviations: Floats, /) -> FourArrays:
    density = np.exp(-0.5 * deviations * deviations) / math.sqrt(2.0 * math.pi)
    distance = np.abs(deviations)
    small = 0.5 * np.asarray(_erfc(distance * math.sqrt(0.5)), dtype=np.float64)
    right = deviations > 0.0
    after = np.where(right, small, 1.0 - small)
    safe = np.where(distance < UNDERFLOW, after, 1.0)
    hazard = np.where(deviations < UNDERFLOW, density / safe, deviations)
    return density, np.where(right, 1.0 - small, small), after, hazard


def _load() -> Callable[[Floats], FourArrays]:
    from hippique.pricing.loops.normal import (  # noqa: PLC0415  numba loads slowly and may be absent
        normal_tails as compiled,
    )

    return compiled


normal_tails = Kernel(plain=_normal_tails_plain, load=_load)
"""Density, chance to be smaller, to be larger, and hazard, at deviations of shape (count,)."""
