"""Chances of sets to come first, by meeting in the middle.

P(A first) = ∫ (Σ_{a∈A} f_a ∏_{b∈A∖a} F_b) ∏_{∉A} S. A set in ascending order is cut after its
second member: left and right part each carry "all before t" and "all before t, one of them at t",
so that all sets with the same cut are one matrix product.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import comb

import numpy as np

from hippique.pricing.checks import Floats
from hippique.pricing.ordering.index import sets_of
from hippique.pricing.ordering.noise import Tails
from hippique.pricing.ordering.tables import Rows, Tables


def set_chance(tables: Tables, chosen: tuple[int, ...]) -> float:
    """The chance that these are the first, in any order."""
    rows = np.array([chosen], dtype=np.intp)
    _, one = _before_and_at(tables.tails, rows)
    others = np.delete(tables.tails.after, list(chosen), axis=0).prod(axis=0)
    return float((one[0] * others) @ tables.weights)


def set_chances(tables: Tables, size: int) -> Floats:
    """`set_chance` of every row of `sets_of(runners, size)`."""
    if size == 1:
        return tables.win.copy()
    plan = _plan(tables.runners, size)
    left = _left(tables, plan.left)
    right = _right(tables, plan.right)
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


def _left(tables: Tables, rows: Rows) -> Floats:
    # Side by side: all before; one of them now. Nobody else up to the last member has come.
    between = tables.between
    skipped = between[0, rows[:, 0]] * tables.weights
    for slot in range(1, rows.shape[1]):
        skipped *= between[rows[:, slot - 1] + 1, rows[:, slot]]
    every, one = _before_and_at(tables.tails, rows)
    return np.concatenate((every * skipped, one * skipped), axis=1)


def _right(tables: Tables, rows: Rows) -> Floats:
    # The mirror: what meets the left part's "all before" is "one of them now".
    between = tables.between
    skipped = between[rows[:, -1] + 1, tables.runners]
    for slot in range(1, rows.shape[1]):
        skipped *= between[rows[:, slot - 1] + 1, rows[:, slot]]
    every, one = _before_and_at(tables.tails, rows)
    return np.concatenate((one * skipped, every * skipped), axis=1)


def _before_and_at(tails: Tails, rows: Rows) -> tuple[Floats, Floats]:
    # All of a row before t; and all of them up to t, one exactly there.
    every, one = tails.before[rows[:, 0]], tails.density[rows[:, 0]]
    for slot in range(1, rows.shape[1]):
        before, density = tails.before[rows[:, slot]], tails.density[rows[:, slot]]
        one = one * before + every * density
        every = every * before
    return every, one
