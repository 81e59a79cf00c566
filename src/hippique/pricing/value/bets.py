"""Bets as values: what must happen for a combination to be paid, and how those paid share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations as choices
from typing import Literal

import numpy as np

from hippique.errors import ArgumentOutOfRange
from hippique.pricing.checks import Ints, checked_places
from hippique.pricing.ordering.front_index import (
    DEEPEST,
    Parts,
    coarser_rows,
    fronts_of,
    joined,
    order_rows,
)
from hippique.pricing.ordering.index import Positions, Rows, orders_of, set_rows, sets_of

Sharing = Literal["alone", "profit", "alike"]


@dataclass(frozen=True, slots=True)
class Bet:
    """A kind of bet.

    legs: runners that a combination names. first, last: the places it is about, from 1. Up to as
    many legs as places: all legs must finish there. More legs: those who finish there must all be
    among the legs. in_order: the legs are the first, in this order.
    sharing: "alone", one combination is paid and takes the net pool; "profit", stakes of those
    paid are given back and each gets an equal part of the profit; "alike", all those paid get one
    dividend. Raises ArgumentOutOfRange where these contradict each other.
    """

    legs: int
    last: int
    first: int = 1
    in_order: bool = False
    sharing: Sharing = "alone"

    def __post_init__(self) -> None:
        if self.legs < 1 or not 1 <= self.first <= self.last <= DEEPEST:
            raise ArgumentOutOfRange(f"{self}: places must lie within the first {DEEPEST}")
        places = self.last - self.first + 1
        if self.in_order and (self.first, self.legs) != (1, places):
            raise ArgumentOutOfRange(f"{self}: an order names every one of the first")
        if self.sharing == "alone" and self.legs != places:
            raise ArgumentOutOfRange(f"{self}: more than one combination is paid")

    @property
    def parts(self) -> Parts:
        """The coarsest front that settles it."""
        if self.in_order:
            return (1,) * self.last
        places = self.last - self.first + 1
        return (places,) if self.first == 1 else (self.first - 1, places)


def top(places: int) -> Bet:
    """One runner among the first `places`; the profit of the net pool is shared. 1: the winner."""
    return Bet(legs=1, last=places, sharing="alone" if places == 1 else "profit")


def in_front(legs: int, *, in_order: bool = False) -> Bet:
    """The first `legs`, as a set or in this order; one combination is paid."""
    return Bet(legs=legs, last=legs, in_order=in_order)


def pair_among(places: int, sharing: Sharing = "profit") -> Bet:
    """Two of the first `places`; "profit" or, where all pairs get one dividend, "alike"."""
    return Bet(legs=2, last=places, sharing=sharing)


def within(legs: int, places: int) -> Bet:
    """The first `places` are all among the `legs`; those paid get one dividend."""
    return Bet(legs=legs, last=places, sharing="alone" if legs == places else "alike")


def parts_for(bets: Iterable[Bet]) -> Parts:
    """The coarsest front that settles all of these. Raises ArgumentOutOfRange where none is."""
    parts = joined(bet.parts for bet in bets)
    if not parts:
        raise ArgumentOutOfRange("bets: none is given")
    return parts


def combinations_of(bet: Bet, runners: int) -> Positions:
    """Every combination that can be played: shape (combinations, legs), as rows of stakes stand.

    The table of `sets_of` or, for a bet in order, of `orders_of`. Raises ArgumentOutOfRange.
    """
    checked_places(bet.last, runners)
    return orders_of(runners, bet.legs) if bet.in_order else sets_of(runners, bet.legs)


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """Who is paid where, for one bet in fields of one size; read-only.

    parts: the bet's own front. paid: rows of the combinations paid in each of its states, shape
    (states, paid together). states: those in which a combination is paid, ascending, shape
    (combinations, support); every combination is paid in equally many.
    """

    parts: Parts
    paid: Rows
    states: Ints


@lru_cache(maxsize=32)
def settled(bet: Bet, runners: int) -> Settled:
    """The table of a bet. Raises ArgumentOutOfRange."""
    combinations = combinations_of(bet, runners)
    members = fronts_of(runners, bet.parts)
    paid = _paid(bet, members, runners).astype(np.int32)
    states = _grouped(paid, len(combinations)) // paid.shape[1]
    for array in (paid, states):
        array.flags.writeable = False
    return Settled(bet.parts, paid, states)


@lru_cache(maxsize=32)
def settled_on(bet: Bet, runners: int, parts: Parts) -> tuple[Ints, Ints]:
    """A bet's states on a finer front, and where each one's return stands in its own support.

    Both of shape (combinations, support on that front). Raises ArgumentOutOfRange.
    """
    own = settled(bet, runners)
    if parts == own.parts:
        slots = np.arange(own.states.shape[1], dtype=np.int64)
        return own.states, np.broadcast_to(slots, own.states.shape)
    coarse = coarser_rows(runners, parts, own.parts)
    count, width = len(own.states), len(own.paid)
    states = _grouped(own.paid[coarse], count) // own.paid.shape[1]
    rows = np.arange(count)[:, None] * width
    slots = np.searchsorted((own.states + rows).ravel(), coarse[states] + rows)
    slots -= np.arange(count)[:, None] * own.states.shape[1]
    for array in (states, slots):
        array.flags.writeable = False
    return states, slots


def _paid(bet: Bet, members: Positions, runners: int) -> Ints:
    there = members[:, bet.first - 1 : bet.last]
    if bet.in_order:
        return order_rows(there, runners)[:, None]
    there = np.sort(there, axis=1)
    places = there.shape[1]
    if bet.legs > places:
        return _paid_round(there, bet.legs, runners)
    chosen = [set_rows(there[:, slots], runners) for slots in choices(range(places), bet.legs)]
    return np.stack(chosen, axis=1)


def _paid_round(there: Positions, legs: int, runners: int) -> Ints:
    # All combinations that hold those who finish there, and others beside them.
    inside = np.zeros((len(there), runners), dtype=np.bool_)
    np.put_along_axis(inside, there.astype(np.intp), values=True, axis=1)
    outside = np.nonzero(~inside)[1].astype(np.int8).reshape(len(there), -1)
    beside = outside[:, sets_of(outside.shape[1], legs - there.shape[1])]
    held = np.broadcast_to(there[:, None, :], (*beside.shape[:2], there.shape[1]))
    whole = np.sort(np.concatenate([held, beside], axis=2), axis=2)
    return set_rows(whole.reshape(-1, legs), runners).reshape(len(there), -1)


def _grouped(paid: Ints | Rows, count: int) -> Ints:
    # Flat places in `paid` of each combination, ascending; by symmetry all have equally many.
    return np.argsort(paid, axis=None, kind="stable").reshape(count, -1)
