"""What one ticket pays in each state, and the door where all of them are checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from hippique.errors import ArgumentOutOfRange
from hippique.pricing.checks import Bools, Floats, Ints
from hippique.pricing.kelly.cuts import Cut

DUST = 1e-9  # euros; amounts nearer than this are the same (.1 + .2 is .3)


@dataclass(frozen=True, slots=True, eq=False)
class Payoffs:
    """One ticket that may be bought, at each stake that the operator takes.

    runners: positions, for the cap per runner. stakes: (levels,) euros, ascending.
    states: (support,) ascending indexes of the states in which it may pay.
    returns: (levels, support) euros paid for the whole stake, after rounding and own stake.
    cut: the name of the cut whose states these are; it matters where there are several (`Cuts`).
    """

    name: str
    runners: tuple[int, ...]
    stakes: Floats
    states: Ints
    returns: Floats
    cut: Cut = ()


def check_tickets(tickets: Sequence[Payoffs], sizes: Sequence[int]) -> None:
    """Refuse what makes no sense. tickets: by name; sizes: of each one's cut, how many states.

    Raises ArgumentOutOfRange naming the ticket.
    """
    for one, following in pairwise(tickets):
        if one.name == following.name:
            raise ArgumentOutOfRange(f"two tickets are named {one.name}")
    for ticket in tickets:
        _check_shape(ticket)
    if tickets:
        _check_values(tickets, sizes)


def _check_shape(ticket: Payoffs) -> None:
    levels, support = np.shape(ticket.stakes), np.shape(ticket.states)
    if len(levels) != 1 or levels == (0,) or len(support) != 1:
        raise ArgumentOutOfRange(f"ticket {ticket.name}: stakes {levels}, states {support}")
    shape = np.shape(ticket.returns)
    if shape != levels + support:
        raise ArgumentOutOfRange(
            f"ticket {ticket.name}: returns are {shape}, not {levels + support}"
        )
    if not ticket.runners or len(set(ticket.runners)) < len(ticket.runners):
        raise ArgumentOutOfRange(f"ticket {ticket.name}: runners {ticket.runners}")
    if min(ticket.runners) < 0:
        raise ArgumentOutOfRange(f"ticket {ticket.name}: runners count from 0")


def _check_values(tickets: Sequence[Payoffs], sizes: Sequence[int]) -> None:
    stakes = [np.asarray(ticket.stakes, dtype=np.float64) for ticket in tickets]
    flat = np.concatenate(stakes)
    rising = flat > _before(flat, stakes, 0.0) + DUST
    _refuse(~(rising & np.isfinite(flat)), tickets, stakes, "stakes must be positive and ascend")
    where = [np.asarray(ticket.states) for ticket in tickets]
    states = np.concatenate(where)
    last = np.repeat(np.array(sizes) - 1, [column.size for column in where])
    known = (states > _before(states, where, -1)) & (states <= last)
    why = "" if known.all() else f"states must ascend from 0 to {last[~known][0]}"
    _refuse(~known, tickets, where, why)
    pays = [np.asarray(ticket.returns, dtype=np.float64).ravel() for ticket in tickets]
    paid = np.concatenate(pays)
    _refuse(~(np.isfinite(paid) & (paid >= 0.0)), tickets, pays, "a return is not 0 or more")


def _before(flat: np.ndarray, columns: Sequence[np.ndarray], head: float) -> np.ndarray:
    """What stands before each value in its own column; `head` before the first."""
    lengths = np.array([column.size for column in columns])
    before = np.empty_like(flat)
    before[1:] = flat[:-1]
    before[(np.cumsum(lengths) - lengths)[lengths > 0]] = head
    return before


def _refuse(
    wrong: Bools, tickets: Sequence[Payoffs], columns: Sequence[np.ndarray], why: str
) -> None:
    found = np.flatnonzero(wrong)
    if found.size:
        ends = np.cumsum([column.size for column in columns])
        ticket = tickets[int(np.searchsorted(ends, found[0], side="right"))]
        raise ArgumentOutOfRange(f"ticket {ticket.name}: {why}")
