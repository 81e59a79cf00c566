"""Fronts of one field with their chances: the states on which bets are settled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hippique.pricing.checks import Floats
from hippique.pricing.kelly.cuts import Overlay
from hippique.pricing.ordering.front_index import Parts, coarser_rows, fronts_of, joined
from hippique.pricing.ordering.index import Positions
from hippique.pricing.ordering.orders import Ordering


@dataclass(frozen=True, slots=True, eq=False)
class Fronts:
    """Exclusive states that cover everything, and their chances.

    parts: sizes of the blocks. members: shape (states, sum of parts), positions from 0, ascending
    inside a block, rows ascending; read-only. chances: shape (states,), sums to 1.
    runners: how many are in the field.
    """

    parts: Parts
    runners: int
    members: Positions
    chances: Floats


def fronts(ordering: Ordering, parts: Parts) -> Fronts:
    """The fronts of one field and their chances under a model.

    parts: sizes of the blocks, from the winner on; they sum to at most five and to no more than
    there are runners. Raises ArgumentOutOfRange, and what the model raises.
    """
    # Integrals leave about -1e-16 where the truth is 0.
    chances = np.maximum(ordering.all_fronts(parts), 0.0)
    return Fronts(parts, ordering.runners, fronts_of(ordering.runners, parts), chances)


def overlay(ordering: Ordering, first: Parts, second: Parts) -> Overlay:
    """The fronts of two kinds laid over each other. Raises as `fronts`."""
    on = fronts(ordering, joined((first, second)))
    rows = (coarser_rows(on.runners, on.parts, parts) for parts in (first, second))
    return Overlay(on.chances, *rows)
