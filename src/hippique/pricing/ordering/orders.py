"""One object for every model of the order of finish: single chances and whole arrays of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from hippique.errors import ArgumentOutOfRange, FieldTooSmall
from hippique.pricing.checks import LEAST_RUNNERS, Floats, Ints, checked_places, checked_runners
from hippique.pricing.ordering.front_index import DEEPEST, Parts, checked_depth
from hippique.pricing.ordering.index import set_rows, sets_of
from hippique.pricing.ordering.sums import sums_holding, sums_inside


class OrderLaw(Protocol):
    """What a model must know of one field; positions count from 0, arguments are checked before."""

    def win(self) -> Floats:
        """The chance to be first, shape (runners,)."""

    def top(self, places: int) -> Floats:
        """The chance of each to be among the first `places`, shape (runners,)."""

    def order(self, runners: tuple[int, ...]) -> float:
        """The chance that these are the first, in this order."""

    def first(self, runners: tuple[int, ...]) -> float:
        """The chance that these (ascending, fewer than all) are the first, in any order."""

    def orders(self, size: int) -> Floats:
        """`order` of every row of `orders_of(runners, size)`."""

    def firsts(self, size: int) -> Floats:
        """`first` of every row of `sets_of(runners, size)`, size below the number of runners."""

    def fronts(self, parts: Parts) -> Floats:
        """The chance of every row of `fronts_of(runners, parts)`, from two blocks up."""

    def without(self, runner: int) -> OrderLaw:
        """The same field when one has been withdrawn and nothing else is known."""


@dataclass(frozen=True, slots=True, eq=False)
class Ordering:
    """Chances of the orders of finish of one field. Runners are array positions, from 0.

    model: "harville", "lbs", "henery" or "stern". law: the model itself. Every method raises
    ArgumentOutOfRange for a runner that is not there or named twice, for more places than runners,
    and for sets or orders of more than five.
    """

    model: str
    law: OrderLaw

    @property
    def win(self) -> Floats:
        """The chance of each to win, shape (runners,)."""
        return self.law.win()

    @property
    def runners(self) -> int:
        """How many there are."""
        return int(self.law.win().size)

    def exacta(self, first: int, second: int) -> float:
        """The chance that these are first and second, in this order."""
        return self.ordered((first, second))

    def ordered(self, runners: Sequence[int]) -> float:
        """The chance that these are the first, in this order."""
        return self.law.order(self._chosen(runners))

    def set(self, runners: Sequence[int]) -> float:
        """The chance that these are the first, in any order."""
        chosen = tuple(sorted(self._chosen(runners)))
        if len(chosen) == self.runners:
            return 1.0
        return self.law.first(chosen)

    def top_k(self, places: int) -> Floats:
        """The chance of each to be among the first `places`, shape (runners,); sums to `places`."""
        if checked_places(places, self.runners) == self.runners:
            return np.ones(self.runners)
        return _at_most_one(self.law.top(places))

    def finishes(self, place: int) -> Floats:
        """The chance of each to finish exactly there (1 = first), shape (runners,); to 1e-15."""
        if place == 1:
            return self.win
        # The difference of two near-certain chances may round to just below 0.
        return np.maximum(self.top_k(place) - self.top_k(place - 1), 0.0)

    def joint(self, runners: Sequence[int], places: int) -> float:
        """The chance that all of these are among the first `places`."""
        chosen = self._some(runners)
        if len(chosen) > checked_places(places, self.runners):
            return 0.0
        if places == self.runners:
            return 1.0
        if len(chosen) == places:
            return self.set(chosen)
        if len(chosen) == 1:
            return float(self.top_k(places)[chosen[0]])
        chances = self.all_sets(places)[_rows_holding(chosen, self.runners, places)]
        return min(float(chances.sum()), 1.0)

    def within(self, runners: Sequence[int], places: int) -> float:
        """The chance that the first `places` are all among these."""
        chosen = self._some(runners)
        if len(chosen) < checked_places(places, self.runners):
            return 0.0
        if len(chosen) == self.runners:
            return 1.0
        if len(chosen) == places:
            return self.set(chosen)
        chances = self.all_sets(places)[_rows_inside(chosen, self.runners, places)]
        return min(float(chances.sum()), 1.0)

    def all_exacta(self) -> Floats:
        """Row: first, column: second; shape (runners, runners), the diagonal 0."""
        table = np.zeros((self.runners, self.runners))
        table[~np.eye(self.runners, dtype=bool)] = self.all_ordered(2)
        return table

    def all_ordered(self, size: int) -> Floats:
        """`ordered` of every row of `orders_of(runners, size)`; sums to 1."""
        return self.law.orders(self._size(size))

    def all_sets(self, size: int) -> Floats:
        """`set` of every row of `sets_of(runners, size)`; sums to 1."""
        if self._size(size) == self.runners:
            return np.ones(1)
        return self.law.firsts(size)

    def all_fronts(self, parts: Parts) -> Floats:
        """The chance of every row of `fronts_of(runners, parts)`; sums to 1.

        parts: sizes of the blocks in front, the first block first, without order inside a block:
        (3, 1) is the first three as a set and then the fourth.
        """
        depth = checked_depth(parts, self.runners)
        if len(parts) == 1:
            return self.all_sets(depth)
        return self.law.orders(depth) if len(parts) == depth else self.law.fronts(parts)

    def all_joint(self, size: int, places: int) -> Floats:
        """`joint` of every row of `sets_of(runners, size)`; sums to C(places, size)."""
        rows = len(sets_of(self.runners, size))
        if size > checked_places(places, self.runners):
            return np.zeros(rows)
        if places == self.runners:
            return np.ones(rows)
        if size == 1:
            return self.top_k(places)
        return _at_most_one(sums_holding(self.all_sets(places), self.runners, places, size))

    def all_within(self, size: int, places: int) -> Floats:
        """`within` of every row of `sets_of(runners, size)`."""
        rows = len(sets_of(self.runners, size))
        if size < checked_places(places, self.runners):
            return np.zeros(rows)
        if size == self.runners:
            return np.ones(rows)
        return _at_most_one(sums_inside(self.all_sets(places), self.runners, places, size))

    def without(self, runner: int) -> Ordering:
        """The field after a withdrawal, where no new odds are known; those after it move up by one.

        Henery and Stern keep the strengths of the others (which is not the same as dividing their
        win chances by what is left); Harville and its discounts divide, as the model says. Raises
        FieldTooSmall where one runner is left, ProbabilityOutOfRange where none with a chance is.
        """
        (position,) = checked_runners((runner,), self.runners)
        if self.runners <= LEAST_RUNNERS:
            raise FieldTooSmall(f"without runner {position + 1}: one runner is left, a walkover")
        return Ordering(model=self.model, law=self.law.without(position))

    def _chosen(self, runners: Sequence[int]) -> tuple[int, ...]:
        chosen = checked_runners(runners, self.runners)
        self._size(len(chosen))
        return chosen

    def _some(self, runners: Sequence[int]) -> tuple[int, ...]:
        chosen = checked_runners(runners, self.runners)
        if not chosen:
            raise ArgumentOutOfRange("runners: none is named")
        return chosen

    def _size(self, size: int) -> int:
        if size > DEEPEST:
            raise ArgumentOutOfRange(f"{size} runners in front: chances go to the first {DEEPEST}")
        return checked_places(size, self.runners)


def _rows_holding(chosen: tuple[int, ...], runners: int, places: int) -> Ints:
    """Rows of `sets_of(runners, places)` that hold all of these, and others beside them."""
    others = np.delete(np.arange(runners), chosen)
    beside = others[sets_of(others.size, places - len(chosen))]
    held = np.broadcast_to(chosen, (len(beside), len(chosen)))
    return set_rows(np.sort(np.concatenate([held, beside], axis=1), axis=1), runners)


def _rows_inside(chosen: tuple[int, ...], runners: int, places: int) -> Ints:
    """Rows of `sets_of(runners, places)` whose members are all among these."""
    return set_rows(np.sort(chosen)[sets_of(len(chosen), places)], runners)


def _at_most_one(chances: Floats) -> Floats:
    """A sum of many chances of a near-certain event may round to just above 1."""
    return np.minimum(chances, 1.0)
