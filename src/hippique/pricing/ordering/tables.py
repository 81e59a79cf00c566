"""One field's noise at the nodes, and what every integral over it needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hippique.pricing.checks import Floats
from hippique.pricing.compiled import Kernel
from hippique.pricing.ordering.noise import Tails

Rows = NDArray[np.intp]  # positions wide enough to index with: the tables of index.py are bytes


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """Values of one field at the nodes.

    tails: arrays of shape (runners, nodes). weights: shape (nodes,); Σ_g weights_g y_g is the
    integral of y. up_to: shape (nodes, nodes); up_to @ y is the integral of y up to each node.
    between: `survival_between` of the field. win: shape (runners,).
    """

    tails: Tails
    weights: Floats
    up_to: Floats
    between: Floats
    win: Floats

    @property
    def runners(self) -> int:
        """How many there are."""
        return int(self.win.size)


def _survival_between_plain(after: Floats, /) -> Floats:
    runners, nodes = after.shape
    products = np.ones((runners + 1, runners + 1, nodes))
    for end in range(1, runners + 1):
        np.multiply(products[:end, end - 1], after[end - 1], out=products[:end, end])
    return products


def _load() -> Callable[[Floats], Floats]:
    from hippique.pricing.loops.halves import (  # noqa: PLC0415  numba loads slowly and may be absent
        survival_between as compiled,
    )

    return compiled


survival_between = Kernel(plain=_survival_between_plain, load=_load)
"""(after): products of consecutive rows: [i, j] is that of rows i, i+1 … j-1, 1 where i >= j.

after: shape (runners, nodes). Returns shape (runners + 1, runners + 1, nodes). With it nobody is
ever divided out of a product, which underflows far on the right.
"""
