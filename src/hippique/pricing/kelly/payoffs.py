"""What tickets pay in each state, tabulated, checked once and laid out by amount staked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from hippique.errors import ArgumentOutOfRange, ProbabilityOutOfRange
from hippique.pricing.checks import SUM_SLACK, Bools, Floats, Ints, checked_vector

DUST = 1e-9  # euros; amounts nearer than this are the same (.1 + .2 is .3)


@dataclass(frozen=True, slots=True, eq=False)
class Payoffs:
    """One ticket that may be bought, at each stake that the operator takes.

    runners: positions, for the cap per runner. stakes: (levels,) euros, ascending.
    states: (support,) ascending indexes of the states in which it may pay.
    returns: (levels, support) euros paid for the whole stake, after rounding and own stake.
    """

    name: str
    runners: tuple[int, ...]
    stakes: Floats
    states: Ints
    returns: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Amount:
    """All tickets that can be bought for one stake, their payments end to end.

    owners: (tickets,) ticket indexes, ascending. starts: (tickets + 1,) where each one's payments
    begin. rows: (payments,) position in owners; states, pays, weights: state, euros, its chance.
    keys: row × width + state, ascending: where a payment is looked up; width: number of states.
    covered: (tickets,) the chance that the ticket pays at all.
    """

    stake: float
    owners: Ints
    starts: Ints
    rows: Ints
    states: Ints
    pays: Floats
    weights: Floats
    keys: Ints
    width: int
    covered: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """Tickets in the order of their names, states that can happen, payments by amount."""

    names: tuple[str, ...]
    chances: Floats
    sharing: Bools  # (tickets, tickets): a runner in common, or the same ticket
    amounts: tuple[Amount, ...]


def tabulated(chances: ArrayLike, candidates: Sequence[Payoffs]) -> Tables:
    """The candidates, checked and laid out; states without a chance are left out.

    Raises ProbabilityOutOfRange, ArgumentOutOfRange; both name the state or the ticket.
    """
    states = _checked_states(chances)
    tickets = sorted(candidates, key=lambda ticket: ticket.name)
    names = tuple(ticket.name for ticket in tickets)
    for name, following in pairwise(names):
        if name == following:
            raise ArgumentOutOfRange(f"two tickets are named {name}")
    _check_shapes(tickets)
    if tickets:
        _check_values(tickets, states.size)
    return Tables(names, states[states > 0.0], _sharing(tickets), _amounts(tickets, states))


def sums_by(rows: Ints, terms: Floats, count: int) -> Floats:
    """The terms summed by row: (count,)."""
    return np.asarray(np.bincount(rows, weights=terms, minlength=count), dtype=np.float64)


def _checked_states(chances: ArrayLike) -> Floats:
    values = checked_vector(chances, "chances of the states")
    wrong = np.flatnonzero(~((values >= 0.0) & (values <= 1.0)))  # a NaN is wrong too
    if wrong.size:
        at = int(wrong[0])
        raise ProbabilityOutOfRange(f"state {at}: probability outside [0, 1] ({values[at]})")
    total = float(values.sum())
    if abs(total - 1.0) > SUM_SLACK:
        raise ProbabilityOutOfRange(f"states: probabilities do not sum to 1 (they sum to {total})")
    return np.asarray(values / total)


def _check_shapes(tickets: Sequence[Payoffs]) -> None:
    for ticket in tickets:
        levels, support = np.shape(ticket.stakes), np.shape(ticket.states)
        if len(levels) != 1 or levels == (0,) or len(support) != 1:
            raise ArgumentOutOfRange(f"ticket {ticket.name}: stakes {levels}, states {support}")
        if np.shape(ticket.returns) != levels + support:
            shape = np.shape(ticket.returns)
            raise ArgumentOutOfRange(
                f"ticket {ticket.name}: returns are {shape}, not {levels + support}"
            )
        if not ticket.runners or len(set(ticket.runners)) < len(ticket.runners):
            raise ArgumentOutOfRange(f"ticket {ticket.name}: runners {ticket.runners}")
        if min(ticket.runners) < 0:
            raise ArgumentOutOfRange(f"ticket {ticket.name}: runners count from 0")


def _check_values(tickets: Sequence[Payoffs], states: int) -> None:
    stakes = [np.asarray(ticket.stakes, dtype=np.float64) for ticket in tickets]
    before = [np.concatenate(([0.0], column[:-1])) for column in stakes]
    rising = np.concatenate(stakes) > np.concatenate(before) + DUST
    finite = np.isfinite(np.concatenate(stakes))
    _refuse(~(rising & finite), tickets, stakes, "stakes must be positive and ascend")
    where = [np.asarray(ticket.states) for ticket in tickets]
    earlier = [np.concatenate(([-1], column[:-1])) for column in where]
    flat = np.concatenate(where)
    known = (flat > np.concatenate(earlier)) & (flat < states)
    _refuse(~known, tickets, where, f"states must ascend from 0 to {states - 1}")
    pays = [np.asarray(ticket.returns, dtype=np.float64).ravel() for ticket in tickets]
    paid = np.concatenate(pays)
    _refuse(~(np.isfinite(paid) & (paid >= 0.0)), tickets, pays, "a return is not 0 or more")


def _refuse(
    wrong: Bools, tickets: Sequence[Payoffs], columns: Sequence[np.ndarray], why: str
) -> None:
    found = np.flatnonzero(wrong)
    if found.size:
        ends = np.cumsum([column.size for column in columns])
        ticket = tickets[int(np.searchsorted(ends, found[0], side="right"))]
        raise ArgumentOutOfRange(f"ticket {ticket.name}: {why}")


def _sharing(tickets: Sequence[Payoffs]) -> Bools:
    width = 1 + max((max(ticket.runners) for ticket in tickets), default=0)
    inside = np.zeros((len(tickets), width))
    for row, ticket in enumerate(tickets):
        inside[row, list(ticket.runners)] = 1.0
    return np.asarray(inside @ inside.T > 0.0)


def _amounts(tickets: Sequence[Payoffs], chances: Floats) -> tuple[Amount, ...]:
    possible = chances > 0.0
    place = np.cumsum(possible) - 1  # a state's index among those that can happen
    kept = [np.asarray(ticket.states, dtype=np.int64) for ticket in tickets]
    masks = [possible[states] for states in kept]
    places = [place[states[mask]] for states, mask in zip(kept, masks, strict=True)]
    sellers: dict[float, list[tuple[int, int]]] = {}
    for owner, ticket in enumerate(tickets):
        for level, stake in enumerate(ticket.stakes):
            sellers.setdefault(round(float(stake), 9), []).append((owner, level))
    living = chances[possible]
    return tuple(
        _amount(
            stake,
            [owner for owner, _ in sold],
            [places[owner] for owner, _ in sold],
            [tickets[owner].returns[level][masks[owner]] for owner, level in sold],
            living,
        )
        for stake, sold in sorted(sellers.items())
    )


def _amount(
    stake: float,
    owners: list[int],
    states: list[Ints],
    pays: list[Floats],
    chances: Floats,
) -> Amount:
    lengths = [column.size for column in states]
    flat, paid = np.concatenate(states), np.concatenate(pays).astype(np.float64)
    rows = np.repeat(np.arange(len(owners)), lengths)
    weights = chances[flat]
    return Amount(
        stake=stake,
        owners=np.array(owners, dtype=np.int64),
        starts=np.concatenate(([0], np.cumsum(lengths))),
        rows=rows,
        states=flat,
        pays=paid,
        weights=weights,
        keys=rows * chances.size + flat,
        width=chances.size,
        covered=sums_by(rows, weights * (paid > 0.0), len(owners)),
    )
