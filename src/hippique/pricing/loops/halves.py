"""What the integrals over all sets multiply: survivals, and the left and right parts of sets."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hippique.pricing.checks import Floats
from hippique.pricing.loops.jit import jit

Rows = NDArray[np.intp]


@jit
def survival_between(after: Floats) -> Floats:
    """See `ordering.tables.survival_between`."""
    runners, nodes = after.shape
    products = np.ones((runners + 1, runners + 1, nodes))
    for start in range(runners):
        for end in range(start, runners):
            for node in range(nodes):
                products[start, end + 1, node] = products[start, end, node] * after[end, node]
    return products


@jit
def half_sets(  # noqa: PLR0913, PLR0917  # arrays only, as numba likes them
    rows: Rows, edge_rows: Rows, edges: Floats, before: Floats, density: Floats, between: Floats
) -> Floats:
    """See `ordering.set_integrals.half_sets`."""
    count, size = rows.shape
    nodes = before.shape[1]
    halves = np.empty((count, 2, nodes))
    for row in range(count):
        every, one = halves[row, 0], halves[row, 1]
        first, edge = rows[row, 0], edges[edge_rows[row]]
        for node in range(nodes):
            every[node] = before[first, node] * edge[node]
            one[node] = density[first, node] * edge[node]
        for slot in range(1, size):
            earlier, runner = rows[row, slot - 1], rows[row, slot]
            for node in range(nodes):
                skipped = between[earlier + 1, runner, node]
                come = before[runner, node]
                one[node] = (one[node] * come + every[node] * density[runner, node]) * skipped
                every[node] *= come * skipped
    return halves
