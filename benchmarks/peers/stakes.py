"""Stakes: penaltyblog's Kelly optimiser, and every portfolio of two tickets in a plain loop."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from itertools import combinations, islice, product

import numpy as np
from numpy.typing import NDArray
from penaltyblog.betting import multiple_kelly_criterion

from hippique.pricing.kelly import Payoffs

Floats = NDArray[np.float64]
Line = tuple[str, float, Floats]  # a ticket's name, its stake, what it pays in every state


def penaltyblog_stakes(chances: Floats, odds: Floats) -> Floats:
    """Fractions of the bankroll on each outcome."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # scipy's, of steps without a change of slope
        return np.array(multiple_kelly_criterion(odds.tolist(), chances.tolist()).stakes)


def lines_of(chances: Floats, tickets: Sequence[Payoffs], budget: float) -> list[list[Line]]:
    """Each ticket at each stake within the budget, paid out over all states."""
    return [[*_lines(chances.size, ticket, budget)] for ticket in tickets]


def _lines(states: int, ticket: Payoffs, budget: float) -> Iterator[Line]:
    for stake, returns in zip(ticket.stakes, ticket.returns, strict=True):
        if stake <= budget:
            paid = np.zeros(states)
            paid[ticket.states] = returns
            yield ticket.name, float(stake), paid


def best_by_loop(
    chances: Floats, lines: list[list[Line]], wealth: float, budget: float, every: int = 1
) -> tuple[float, dict[str, float]]:
    """The best growth and its stakes, of all portfolios or of every so manieth."""
    best, chosen = 0.0, {}
    for portfolio in islice(portfolios(lines, budget), 0, None, every):
        total = sum(stake for _, stake, _ in portfolio)
        after = sum((paid for _, _, paid in portfolio), start=wealth - total)
        growth = float(chances @ np.log(after / wealth))
        if growth > best:
            best, chosen = growth, {name: stake for name, stake, _ in portfolio}
    return best, chosen


def portfolios(lines: list[list[Line]], budget: float) -> Iterator[tuple[Line, ...]]:
    """Every ticket at every stake, and every two of them within the budget."""
    for ticket in lines:
        for line in ticket:
            yield (line,)
    for one, other in combinations(lines, 2):
        for pair in product(one, other):
            if pair[0][1] + pair[1][1] <= budget:
                yield pair
