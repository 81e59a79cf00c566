"""Harville's and Lo and Bacon-Shone's formulas, written out: numpy for orders, numba for sums."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

from hippique.pricing.ordering.index import sets_of

Floats = NDArray[np.float64]
Columns = list[NDArray[np.intp]]


def columns_of(rows: NDArray[np.int8]) -> Columns:
    """The columns of a table of orders, each ready to index with."""
    return [np.ascontiguousarray(column, dtype=np.intp) for column in rows.T]


def harville_orders(win: Floats, columns: Columns) -> Floats:
    """P(i, j, k …) = c_i · c_j/(1 − c_i) · c_k/(1 − c_i − c_j) … of every order."""
    chance = win[columns[0]]
    left = 1.0 - chance
    for column in columns[1:]:
        drawn = win[column]
        chance = chance * (drawn / left)
        left -= drawn
    return chance


def lbs_orders(weights: Floats, columns: Columns) -> Floats:
    """The same with weights of their own for every place, shape (places, runners)."""
    chance = weights[0][columns[0]] / weights[0].sum()
    for place in range(1, len(columns)):
        left = weights[place].sum()
        for column in columns[:place]:
            left = left - weights[place][column]
        chance = chance * (weights[place][columns[place]] / left)
    return chance


@numba.njit(cache=False, error_model="numpy")
def sums_of_orders(weights: Floats) -> Floats:
    """Chances of all sets of up to `places`, by every order of them; bit i of a row: runner i."""
    places, runners = weights.shape
    sums = np.zeros(1 << runners)
    totals = np.empty(places)
    for place in range(places):
        totals[place] = weights[place].sum()
    chosen = np.full(places, -1)
    chance, taken = np.ones(places + 1), np.zeros(places + 1, dtype=np.int64)
    place = 0
    while place >= 0:
        runner = chosen[place] + 1
        while runner < runners and (taken[place] >> runner) & 1:
            runner += 1
        if runner == runners:
            chosen[place] = -1
            place -= 1
            continue
        chosen[place] = runner
        left = totals[place]
        for earlier in range(place):
            left -= weights[place, chosen[earlier]]
        chance[place + 1] = chance[place] * weights[place, runner] / left
        taken[place + 1] = taken[place] | (1 << runner)
        sums[taken[place + 1]] += chance[place + 1]
        if place + 1 < places:
            place += 1
    return sums


def bits_of(rows: NDArray[np.int8]) -> NDArray[np.int64]:
    """Each set as a number whose bit i says that runner i is in it."""
    return np.left_shift(np.int64(1), rows.astype(np.int64)).sum(axis=1)


def bits_up_to(runners: int, most: int) -> NDArray[np.int64]:
    """`bits_of` all sets of 1 to `most` runners, as `sets_of` lists them."""
    return np.concatenate([bits_of(sets_of(runners, size)) for size in range(1, most + 1)])
