"""All tickets laid out by amount staked, in the states that can happen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import chain
from operator import attrgetter

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hippique.pricing.checks import Bools, Floats, Ints
from hippique.pricing.kelly.cuts import Cut, Cuts, Refined, checked_cuts, refined
from hippique.pricing.kelly.payoffs import Payoffs, check_tickets

Words = NDArray[np.uint64]


@dataclass(frozen=True, slots=True, eq=False)
class Amount:
    """All tickets that can be bought for one stake, their payments end to end.

    owners: (tickets,) ticket indexes, ascending. starts: (tickets + 1,) where each one's payments
    begin. rows: (payments,) position in owners; states, pays, weights: state of the ticket's own
    cut, euros, its chance. keys: row × width + state, ascending: where a payment is looked up.
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
    """Tickets in the order of their names; their payments by amount, stakes ascending.

    runners: (tickets, words), a bit for each. cuts: chances by name.
    on: (tickets,) the position in `cuts` of the cut that the ticket's states are of.
    refined: (cut, other) → the states of one divided by those of the other, or of itself.
    """

    names: tuple[str, ...]
    runners: Words
    amounts: tuple[Amount, ...]
    cuts: tuple[Cut, ...]
    on: Ints
    refined: Callable[[Cut, Cut], Refined]


def tabulated(chances: ArrayLike | Cuts, candidates: Sequence[Payoffs]) -> Tables:
    """The candidates, checked and laid out; states without a chance are left out.

    Raises ProbabilityOutOfRange, ArgumentOutOfRange; both name the state or the ticket.
    """
    tickets = sorted(candidates, key=attrgetter("name"))
    cuts = checked_cuts(chances, {ticket.cut: ticket.name for ticket in tickets})
    check_tickets(tickets, [cuts.chances[ticket.cut].size for ticket in tickets])
    place = {cut: at for at, cut in enumerate(cuts.chances)}
    return Tables(
        names=tuple(ticket.name for ticket in tickets),
        runners=_runners(tickets),
        amounts=tuple(_amounts(tickets, cuts)) if tickets else (),
        cuts=tuple(place),
        on=np.array([place[ticket.cut] for ticket in tickets], dtype=np.int64),
        refined=cache(partial(refined, cuts)),
    )


def sums_by(rows: Ints, terms: Floats, count: int) -> Floats:
    """The terms summed by row: (count,)."""
    return np.asarray(np.bincount(rows, weights=terms, minlength=count), dtype=np.float64)


def _runners(tickets: Sequence[Payoffs]) -> Words:
    several = [ticket.runners for ticket in tickets]
    width = 1 + max((max(runners) for runners in several), default=0)
    inside = np.zeros((len(tickets), -(-width // 64) * 64), dtype=np.bool_)
    rows = np.repeat(np.arange(len(several)), [len(runners) for runners in several])
    inside[rows, list(chain.from_iterable(several))] = True
    return np.packbits(inside, axis=1).view(np.uint64)


@dataclass(frozen=True, slots=True, eq=False)
class _Payments:
    """Payments of all tickets end to end; states, weights, possible: (payments,).

    returns: of each ticket, (levels, support). possible: the state can happen.
    """

    returns: Sequence[Floats]
    tickets: Ints
    states: Ints
    weights: Floats
    possible: Bools
    width: int


def _amounts(tickets: Sequence[Payoffs], cuts: Cuts) -> Iterator[Amount]:
    payments = _payments(tickets, cuts)
    stakes = np.round(np.concatenate([ticket.stakes for ticket in tickets]), 9)
    levels = [np.arange(len(ticket.stakes)) for ticket in tickets]
    owners = np.repeat(np.arange(len(tickets)), [len(ticket.stakes) for ticket in tickets])
    level = np.concatenate(levels)
    for stake in np.unique(stakes):
        sold = stakes == stake
        yield _amount(float(stake), owners[sold], level[sold], payments)


def _payments(tickets: Sequence[Payoffs], cuts: Cuts) -> _Payments:
    states = [np.asarray(ticket.states, dtype=np.int64) for ticket in tickets]
    lengths = [column.size for column in states]
    flat = np.concatenate(states)
    # The chances of all cuts end to end, and where those of each ticket's begin.
    ends = np.cumsum([each.size for each in cuts.chances.values()])
    begins = {
        cut: end - each.size for (cut, each), end in zip(cuts.chances.items(), ends, strict=True)
    }
    begin = np.repeat([begins[ticket.cut] for ticket in tickets], lengths)
    weights = np.concatenate(list(cuts.chances.values()))[begin + flat]
    return _Payments(
        returns=[np.asarray(ticket.returns, dtype=np.float64) for ticket in tickets],
        tickets=np.repeat(np.arange(len(tickets)), lengths),
        states=flat,
        weights=weights,
        possible=weights > 0.0,
        width=max(each.size for each in cuts.chances.values()),
    )


def _amount(stake: float, owners: Ints, levels: Ints, payments: _Payments) -> Amount:
    row = np.full(len(payments.returns), -1)
    row[owners] = np.arange(owners.size)
    rows = row[payments.tickets]
    sold = rows >= 0
    here, possible = sold & payments.possible, payments.possible[sold]
    bought = zip(owners.tolist(), levels.tolist(), strict=True)
    pays = np.concatenate([payments.returns[owner][level] for owner, level in bought])[possible]
    rows, states, weights = rows[here], payments.states[here], payments.weights[here]
    return Amount(
        stake=stake,
        owners=owners,
        starts=np.searchsorted(rows, np.arange(owners.size + 1)),
        rows=rows,
        states=states,
        pays=pays,
        weights=weights,
        keys=rows * payments.width + states,
        width=payments.width,
        covered=sums_by(rows, weights * (pays > 0.0), owners.size),
    )
