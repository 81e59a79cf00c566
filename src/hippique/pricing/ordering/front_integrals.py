"""Chances of orders and fronts of finish, by integrating up to the nodes once for each place.

A first block A has come by t with chance G(t) = ∏_{a∈A} F_a. Whoever comes next brings in
G'(t) = ∫_{-∞}^t f G; where several of one block may have come last, their parts are added. The
last of all is closed by the others' survival: ∫ f G ∏_{others} S.
"""

from __future__ import annotations

import numpy as np

from hippique.pricing.checks import Floats
from hippique.pricing.ordering.front_index import (
    Parts,
    coarser_rows,
    fronts_of,
    last_steps,
    outside_of,
    shorter,
)
from hippique.pricing.ordering.index import sets_of
from hippique.pricing.ordering.tables import Rows, Tables

BLOCK_ROWS = 512  # fronts integrated at a time: the block stays in the cache


def order_chance(tables: Tables, chosen: tuple[int, ...]) -> float:
    """The chance that these are the first, in this order."""
    tails = tables.tails
    others = np.delete(tails.after, list(chosen), axis=0).prod(axis=0)
    closing = tables.weights * tails.density[chosen[-1]] * others
    if len(chosen) == 1:
        return float(tables.win[chosen[0]])
    come = tails.before[chosen[0]]
    for runner in chosen[1:-1]:
        come = tables.up_to @ (tails.density[runner] * come)
    return float(come @ closing)


def front_chances(tables: Tables, parts: Parts) -> Floats:
    """The chance of every row of `fronts_of(runners, parts)`.

    The spectral integral leaves values of about -1e-16 where the truth is 0; they stay as they are.
    """
    if parts == (1,):
        return tables.win.copy()
    runners, before = tables.runners, shorter(parts)
    outside, survival = outside_of(runners, before), _survival(tables, sum(before))
    sets = coarser_rows(runners, before, (sum(before),))
    come = _come(tables, shorter(before)) if len(before) > 1 else None
    closed = np.empty(outside.shape)
    for start in range(0, len(outside), BLOCK_ROWS):
        rows = np.arange(start, min(start + BLOCK_ROWS, len(outside)))
        now = _integrated(tables, come, rows, before)
        # f of whoever comes last, times the others' survival, is his hazard times that of all.
        closed[rows] = (now * survival[sets[rows]]) @ tables.tails.hazard.T
    chances = closed[outside]
    return chances if parts[-1] == 1 else chances[last_steps(runners, parts)].sum(axis=0)


def _come(tables: Tables, parts: Parts) -> Floats:
    # The chance that the blocks of every front have come, one after the other, by each node.
    come = _come(tables, shorter(parts)) if len(parts) > 1 else None
    return _integrated(tables, come, np.arange(len(fronts_of(tables.runners, parts))), parts)


def _integrated(tables: Tables, come: Floats | None, rows: Rows, parts: Parts) -> Floats:
    # One place more; `rows` are fronts of `parts`, from which the last to come is taken away in
    # `come`.
    tails, members = tables.tails, fronts_of(tables.runners, parts)[rows].T
    if come is None:  # the first block, in closed form: exact
        return np.asarray(np.prod(tails.before[members], axis=0))
    left = tables.runners - sum(parts) + 1
    if parts[-1] == 1:
        now: Floats = come[rows // left]
        now *= tails.density[members[-1]]
        return np.asarray(now @ tables.up_to.T)
    steps = last_steps(tables.runners, parts)[:, rows] // left
    lasts = tails.density[members[-parts[-1] :]]
    return np.asarray(np.einsum("lrg,lrg->rg", come[steps], lasts) @ tables.up_to.T)


def _survival(tables: Tables, size: int) -> Floats:
    # For every set, the chance that nobody outside has come, times the weight of the node.
    members, between = sets_of(tables.runners, size), tables.between
    survival: Floats = between[0, members[:, 0]] * tables.weights
    for slot in range(1, size):
        survival *= between[members[:, slot - 1] + 1, members[:, slot]]
    survival *= between[members[:, -1] + 1, tables.runners]
    return survival
