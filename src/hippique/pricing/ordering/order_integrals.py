"""Chances of orders of finish, by integrating up to the nodes once for each place.

G_1 = F_{i1}, G_m(t) = ∫_{-∞}^t f_{im} G_{m-1}; the others' survival closes the last place.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import factorial, perm

import numpy as np

from hippique.pricing.checks import Floats
from hippique.pricing.ordering.index import orders_of, set_rows, sets_of
from hippique.pricing.ordering.tables import Rows, Tables

BLOCK_ROWS = 2048  # orders integrated at a time: the block stays in the cache


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


def order_chances(tables: Tables, size: int) -> Floats:
    """`order_chance` of every row of `orders_of(runners, size)`.

    The spectral integral leaves values of about -1e-16 where the truth is 0; they stay as they are.
    """
    if size == 1:
        return tables.win.copy()
    runners, depth = tables.runners, size - 1
    groups = _groups(runners, depth)
    come = _come(tables, depth - 1)
    others = _others(tables, size)
    chances = np.empty((perm(runners, depth), runners - depth))
    step = max(1, BLOCK_ROWS // factorial(depth))
    for start in range(0, len(groups.prefixes), step):
        block = slice(start, start + step)
        prefixes = groups.prefixes[block]
        closing = others[groups.closed[block]] * tables.tails.density[groups.left[block]]
        earlier = _integrated(tables, come, prefixes.ravel(), depth).reshape(*prefixes.shape, -1)
        chances[prefixes] = earlier @ closing.transpose(0, 2, 1)
    return chances.reshape(-1)


def _come(tables: Tables, depth: int) -> Floats:
    # The chance that the runners of every order of `depth` have come, in this order, by each node.
    come = np.ones((1, tables.weights.size))
    for place in range(1, depth + 1):
        rows = np.arange(perm(tables.runners, place))
        come = _integrated(tables, come, rows, place)
    return come


def _integrated(tables: Tables, come: Floats, rows: Rows, depth: int) -> Floats:
    # One place more; `rows` are rows of orders_of(runners, depth), whose parents stand in `come`.
    last = orders_of(tables.runners, depth)[rows, -1]
    if depth == 1:
        return np.asarray(tables.tails.before[last])  # in closed form: exact
    now: Floats = come[rows // (tables.runners - depth + 1)]
    now *= tables.tails.density[last]
    return np.asarray(now @ tables.up_to.T)


def _others(tables: Tables, size: int) -> Floats:
    # For every set, the chance that nobody else has come, times the weight of the node.
    rows, between = sets_of(tables.runners, size), tables.between
    others: Floats = between[0, rows[:, 0]] * tables.weights
    for slot in range(1, size):
        others *= between[rows[:, slot - 1] + 1, rows[:, slot]]
    others *= between[rows[:, -1] + 1, tables.runners]
    return others


@dataclass(frozen=True, slots=True, eq=False)
class _Groups:
    # prefixes: rows of orders_of that share one set, shape (sets, size!); left: who is not in it,
    # ascending, shape (sets, runners - size); closed: the row in sets_of(runners, size + 1) of the
    # set with that one added.
    prefixes: Rows
    left: Rows
    closed: Rows


@lru_cache(maxsize=16)
def _groups(runners: int, size: int) -> _Groups:
    orders = orders_of(runners, size)
    prefixes = np.argsort(set_rows(np.sort(orders, axis=1), runners), kind="stable")
    sets = sets_of(runners, size)
    outside = np.ones((len(sets), runners), dtype=bool)
    np.put_along_axis(outside, sets.astype(np.intp), values=False, axis=1)
    left = np.nonzero(outside)[1].reshape(len(sets), -1)
    members = np.repeat(sets[:, None, :], left.shape[1], axis=1).astype(np.intp)
    bigger = np.sort(np.concatenate((members, left[:, :, None]), axis=2), axis=2)
    closed = set_rows(bigger.reshape(-1, size + 1), runners).reshape(left.shape)
    return _Groups(prefixes.reshape(-1, factorial(size)), left, closed)
