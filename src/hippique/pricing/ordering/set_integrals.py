"""Chances of sets to come first, by meeting in the middle.

P(A first) = ∫ (Σ_{a∈A} f_a ∏_{b∈A∖a} F_b) ∏_{∉A} S. A set in ascending order is cut after its
second member: left and right part each carry "all before t" and "all before t, one of them at t",
so that all sets with the same cut are one matrix product.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import comb

import numpy as np

from hippique.pricing.checks import Floats
from hippique.pricing.compiled import Kernel, repaid
from hippique.pricing.ordering.index import sets_of
from hippique.pricing.ordering.tables import Rows, Tables

HEAVY = 2500  # sets, as of 4 of 18 runners; fewer take less than a millisecond in numpy

HalfSets = Callable[[Rows, Rows, Floats, Floats, Floats, Floats], Floats]


def set_chance(tables: Tables, chosen: tuple[int, ...]) -> float:
    """The chance that these are the first, in any order."""
    tails = tables.tails
    every, one = tails.before[chosen[0]], tails.density[chosen[0]]
    for runner in chosen[1:]:
        one = one * tails.before[runner] + every * tails.density[runner]
        every = every * tails.before[runner]
    others = np.delete(tails.after, list(chosen), axis=0).prod(axis=0)
    return float((one * others) @ tables.weights)


def set_chances(tables: Tables, size: int) -> Floats:
    """`set_chance` of every row of `sets_of(runners, size)`."""
    if size == 1:
        return tables.win.copy()
    plan = _plan(tables.runners, size)
    parts = repaid(half_sets, is_heavy=plan.count >= HEAVY)
    left, right = _left(tables, plan.left, parts), _right(tables, plan.right, parts)
    twice = np.tile(tables.tails.after, 2)
    chances = np.empty(plan.count)
    for cut in plan.cuts:
        # Rows whose first member comes after the cut stand last; nobody between is in the set.
        right[cut.passed :] *= twice[cut.runner + 1]
        chances[cut.rows] = left[cut.here] @ right[cut.kept :].T
    return chances


@dataclass(frozen=True, slots=True, eq=False)
class _Cut:
    # The sets that are cut after this runner: their left parts, the first of their right parts,
    # the first that has this runner's follower behind it, and where the products belong.
    runner: int
    here: slice
    kept: int
    passed: int
    rows: Rows


@dataclass(frozen=True, slots=True, eq=False)
class _Plan:
    # Left parts sorted by their last member, right parts in the order of `sets_of`.
    left: Rows
    right: Rows
    cuts: tuple[_Cut, ...]
    count: int


@lru_cache(maxsize=64)
def _plan(runners: int, size: int) -> _Plan:
    left_size = 1 if size == 2 else 2  # noqa: PLR2004  a pair is cut in the middle
    left = sets_of(runners, left_size).astype(np.intp)
    right = sets_of(runners, size - left_size).astype(np.intp)
    following = np.array([comb(runners - 1 - cut, size - left_size) for cut in range(runners)])
    counts = following[left[:, -1]]
    starts = np.cumsum(counts) - counts
    by_cut = np.argsort(left[:, -1], kind="stable")
    ends = np.searchsorted(left[by_cut, -1], np.arange(runners + 1))
    cuts = []
    for cut in range(runners - 1 - (size - left_size), left_size - 2, -1):
        here = slice(int(ends[cut]), int(ends[cut + 1]))
        rows = starts[by_cut[here], None] + np.arange(following[cut])
        kept, passed = len(right) - following[cut], len(right) - following[cut + 1]
        cuts.append(_Cut(cut, here, int(kept), int(passed), rows))
    return _Plan(left[by_cut], right, tuple(cuts), comb(runners, size))


def _left(tables: Tables, rows: Rows, parts: HalfSets) -> Floats:
    # The mirror: what meets the right part's "all before" is "one of them now".
    edges = tables.between[0] * tables.weights
    tails = tables.tails
    halves = parts(rows, rows[:, 0], edges, tails.before, tails.density, tables.between)
    return halves[:, ::-1].reshape(len(rows), -1)


def _right(tables: Tables, rows: Rows, parts: HalfSets) -> Floats:
    # Side by side: all before; one of them now. Nobody behind the last member has come.
    edges, tails = tables.between[:, tables.runners], tables.tails
    halves = parts(rows, rows[:, -1] + 1, edges, tails.before, tails.density, tables.between)
    return halves.reshape(len(rows), -1)


def _half_sets_plain(  # noqa: PLR0913, PLR0917  # the compiled twin takes arrays only
    rows: Rows, edge_rows: Rows, edges: Floats, before: Floats, density: Floats, between: Floats, /
) -> Floats:
    every, one = before[rows[:, 0]], density[rows[:, 0]]
    for slot in range(1, rows.shape[1]):
        come = before[rows[:, slot]]
        one *= come
        one += every * density[rows[:, slot]]
        every *= come
    skipped = edges[edge_rows]
    for slot in range(1, rows.shape[1]):
        skipped *= between[rows[:, slot - 1] + 1, rows[:, slot]]
    return np.stack((every * skipped, one * skipped), axis=1)


def _load() -> HalfSets:
    from hippique.pricing.loops.halves import half_sets as compiled  # noqa: PLC0415  numba loads slowly and may be absent

    return compiled


half_sets = Kernel(plain=_half_sets_plain, load=_load)
"""(rows, edge_rows, edges, before, density, between): all of a row before t; one of them just at t.

rows: ascending members, shape (rows, size); edge_rows: which row of `edges` multiplies each.
Nobody between the members has come. Returns both, shape (rows, 2, nodes).
"""
