"""Nodes on [-1, 1] for a bell in the middle, and the matrix that integrates up to each node."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from hippique.pricing.checks import Floats, checked_number

LEAST_NODES, MOST_NODES = 16, 512

# Gauss–Legendre nodes s crowd at the ends, where the noise has long faded. At sinh(a s) / sinh(a)
# they crowd in the middle instead: 64 of them come nearer than 96 straight ones.
CROWDING = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """Nodes of one rule: read-only arrays of shape (nodes,).

    both: points and weights, shape (2, nodes). up_to[g, h]: the weight of the value at node h in
    the integral from -1 to node g.
    """

    points: Floats
    weights: Floats
    both: Floats
    up_to: Floats


@lru_cache(maxsize=64)
def rule_of(count: int) -> Rule:
    """The rule with `count` nodes. Raises ArgumentOutOfRange outside 16–512."""
    checked_number(count, "nodes", least=LEAST_NODES, most=MOST_NODES)
    even, weights = np.polynomial.legendre.leggauss(count)
    points = np.sinh(CROWDING * even) / math.sinh(CROWDING)
    step = CROWDING * np.cosh(CROWDING * even) / math.sinh(CROWDING)
    both, up_to = np.stack((points, weights * step)), _up_to(even, weights) * step
    for array in (both, up_to):
        array.flags.writeable = False
    return Rule(points=both[0], weights=both[1], both=both, up_to=up_to)


def _up_to(points: Floats, weights: Floats) -> Floats:
    # The interpolating polynomial's Legendre coefficients come from the rule itself, and each
    # Legendre polynomial has a closed integral: (P[m+1] - P[m-1]) / (2m + 1).
    count = points.size
    values = np.polynomial.legendre.legvander(points, count)
    integrals = np.empty((count, count))
    integrals[:, 0] = points + 1.0
    odd = 2.0 * np.arange(1, count) + 1.0
    integrals[:, 1:] = (values[:, 2:] - values[:, :-2]) / odd
    coefficients = (values[:, :count] * weights[:, None]).T * (np.arange(count) + 0.5)[:, None]
    return np.asarray(integrals @ coefficients)
