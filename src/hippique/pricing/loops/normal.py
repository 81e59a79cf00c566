"""The normal noise at many deviations, one by one."""

from __future__ import annotations

import math

import numpy as np

from hippique.pricing.checks import Floats
from hippique.pricing.loops.jit import jit

ROOT_HALF, PEAK, UNDERFLOW = math.sqrt(0.5), 1.0 / math.sqrt(2.0 * math.pi), 36.0


@jit
def normal_tails(deviations: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """See `ordering.normal.normal_tails`."""
    count = deviations.size
    density, hazard = np.empty(count), np.empty(count)
    before, after = np.empty(count), np.empty(count)
    for place in range(count):
        deviation = deviations[place]
        small = 0.5 * math.erfc(abs(deviation) * ROOT_HALF)
        density[place] = PEAK * math.exp(-0.5 * deviation * deviation)
        right = deviation > 0.0
        before[place] = 1.0 - small if right else small
        after[place] = small if right else 1.0 - small
        far = deviation >= UNDERFLOW
        hazard[place] = deviation if far else density[place] / after[place]
    return density, before, after, hazard
