"""Several ways to cut what can happen into states, and how two of them meet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hippique.errors import ArgumentOutOfRange, ProbabilityOutOfRange
from hippique.pricing.checks import SUM_SLACK, Floats, Ints, checked_vector

Cut = tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Overlay:
    """Two cuts laid over each other: states so fine that each lies in one state of both.

    chances: shape (states,), sums to 1. first, second: shape (states,), the row of the state of
    each cut that it lies in.
    """

    chances: Floats
    first: NDArray[np.integer]
    second: NDArray[np.integer]


@dataclass(frozen=True, slots=True, eq=False)
class Cuts:
    """Ways to cut all that can happen into exclusive states.

    Each ticket is tabulated on the coarsest cut that settles it; only two tickets bought together
    need states fine enough for both.
    chances: of the states of each cut, by its name, shape (states,), sums to 1. meet: how two
    cuts of different names meet, the smaller name first; called once for each two that are
    compared.
    """

    chances: Mapping[Cut, Floats]
    meet: Callable[[Cut, Cut], Overlay]


@dataclass(frozen=True, slots=True, eq=False)
class Refined:
    """The states of one cut, each divided by those of another.

    starts: (states + 1,) where the pieces of each state begin. others: (pieces,) the state of the
    other cut. chances: (pieces,).
    """

    starts: Ints
    others: Ints
    chances: Floats


def checked_cuts(chances: ArrayLike | Cuts, asked: Mapping[Cut, str]) -> Cuts:
    """Chances that sum to 1 exactly. asked: cuts that tickets are on, each with one of their names.

    One list of states needs no name: it is the cut that all tickets are on.
    Raises ProbabilityOutOfRange (names the state), ArgumentOutOfRange (names the ticket).
    """
    if isinstance(chances, Cuts):
        known: Mapping[Cut, ArrayLike] = chances.chances
        meet = chances.meet
    else:
        known, meet = {next(iter(asked), ()): chances}, _unmet
    for cut, ticket in asked.items():
        if cut not in known:
            raise ArgumentOutOfRange(f"ticket {ticket}: no chances are given for its cut {cut}")
    return Cuts({cut: _checked(each) for cut, each in known.items()}, cache(meet))


def refined(cuts: Cuts, cut: Cut, other: Cut) -> Refined:
    """One cut divided by another, or by itself. Raises ArgumentOutOfRange: they do not fit."""
    own, theirs = cuts.chances[cut], cuts.chances[other]
    if cut == other:
        return Refined(np.arange(own.size + 1), np.arange(own.size), own)
    met = cuts.meet(cut, other) if cut < other else _turned(cuts.meet(other, cut))
    for name, chances, rows in ((cut, own, met.first), (other, theirs, met.second)):
        if np.shape(rows) != np.shape(met.chances) or not _adds_up(met.chances, rows, chances):
            raise ArgumentOutOfRange(f"cuts {cut} and {other} meet in other chances than {name}")
    # A state that cannot happen has no pieces that can, whatever rounding says.
    possible = (own[met.first] > 0.0) & (theirs[met.second] > 0.0)
    pieces = np.where(possible, met.chances, 0.0)
    order = np.argsort(met.first, kind="stable")
    starts = np.searchsorted(met.first[order], np.arange(own.size + 1))
    others = np.asarray(met.second[order], dtype=np.int64)
    return Refined(starts, others, pieces[order] / pieces.sum())


def _turned(met: Overlay) -> Overlay:
    return Overlay(met.chances, met.second, met.first)


def _checked(chances: ArrayLike) -> Floats:
    values = checked_vector(chances, "chances of the states")
    wrong = np.flatnonzero(~((values >= 0.0) & (values <= 1.0)))  # a NaN is wrong too
    if wrong.size:
        at = int(wrong[0])
        raise ProbabilityOutOfRange(f"state {at}: probability outside [0, 1] ({values[at]})")
    total = float(values.sum())
    if abs(total - 1.0) > SUM_SLACK:
        raise ProbabilityOutOfRange(f"states: probabilities do not sum to 1 (they sum to {total})")
    return np.asarray(values / total)


def _unmet(first: Cut, second: Cut) -> Overlay:
    raise ArgumentOutOfRange(f"cuts {first} and {second}: how they meet is not given")


def _adds_up(pieces: Floats, rows: NDArray[np.integer], chances: Floats) -> bool:
    if rows.min() < 0 or rows.max() >= chances.size or not (pieces >= 0.0).all():
        return False
    summed = np.bincount(rows, weights=pieces, minlength=chances.size)
    return bool(np.abs(summed - chances).max() <= SUM_SLACK)
