"""The moves of one odds cell that the counterfactual may try, and the situation after a move."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from hippique.betting.situation import Situation
from hippique.betting.terms import bets_of, terms_of
from hippique.forecast.forecaster import Forecast, NoForecast
from hippique.racing.market import Quote, Snapshot

Cell = Literal["win", "place_low", "place_high"]
CELLS: tuple[Cell, ...] = ("win", "place_low", "place_high")
LEAST_ODDS, MOST_TIMES = 1.01, 3.0
_TINY = 1e-9  # binary noise of a decime
Estimate = Callable[[tuple[Snapshot, ...]], Forecast | NoForecast]


@dataclass(frozen=True, slots=True, order=True)
class Ladder:
    """One cell in one direction. was: the odds shown. is_read: the chances hang on it."""

    pool: str
    number: int
    cell: Cell
    up: bool
    was: float
    is_read: bool

    def moves(self) -> tuple[Move, ...]:
        """Whole decimes within [1.01, 3 × the odds], from the smallest move up."""
        first, last = math.ceil(LEAST_ODDS * 10), math.floor(MOST_TIMES * self.was * 10 + _TINY)
        steps = (decimes / 10 for decimes in range(first, last + 1))
        wanted = (to for to in steps if (to - self.was > _TINY) is self.up)
        moves = (Move(abs(math.log(to / self.was)), self, to) for to in wanted)
        return tuple(sorted(move for move in moves if move.size > _TINY))


@dataclass(frozen=True, slots=True, order=True)
class Move:
    """One cell's new odds. size: |ln(to / was)|. Ordered by size, then cell: ties are fixed."""

    size: float
    ladder: Ladder
    to: float


def ladders_of(situation: Situation, estimate: Estimate) -> tuple[Ladder, ...]:
    """Every cell that the decision can see, up and down, in a fixed order.

    Those are the cells of pools that the bettor can play in, and those without which the chances
    would be others. Nobody reads any other cell: it is inert.
    """
    played = {
        terms_of(operator, bet, situation.day).pool
        for operator in situation.operators
        for bet in bets_of(operator, situation.day)
    }
    found: list[Ladder] = []
    done: set[str] = set()
    for snapshot in situation.snapshots:
        if snapshot.pool in done:
            continue
        done.add(snapshot.pool)
        for cell in CELLS:
            is_read = _is_read(situation, estimate, snapshot, cell)
            if is_read or snapshot.pool in played:
                found += _ladders(snapshot, cell, is_read=is_read)
    return tuple(sorted(found))


def moved(situation: Situation, move: Move, estimate: Estimate) -> Situation:
    """The situation after a move, its chances estimated again where they hang on that cell."""
    snapshots = _after(situation.snapshots, move)
    forecast = estimate(snapshots) if move.ladder.is_read else situation.forecast
    return replace(situation, snapshots=snapshots, forecast=forecast)


def _ladders(snapshot: Snapshot, cell: Cell, *, is_read: bool) -> Iterator[Ladder]:
    for quote in snapshot.starters():
        was = getattr(quote, cell)
        if was is not None and was > 1.0:
            for up in (False, True):
                yield Ladder(snapshot.pool, quote.number, cell, up, was, is_read)


def _is_read(situation: Situation, estimate: Estimate, snapshot: Snapshot, cell: Cell) -> bool:
    """Whether the chances would be others with other odds in this column of the snapshot."""
    bent = replace(
        snapshot, quotes=tuple(_bent(quote, cell, at) for at, quote in enumerate(snapshot.quotes))
    )
    if bent == snapshot:
        return False
    snapshots = tuple(bent if one is snapshot else one for one in situation.snapshots)
    return chances_differ(situation.forecast, estimate(snapshots))


def _bent(quote: Quote, cell: Cell, at: int) -> Quote:
    """Every odds by another factor, so that their proportions change too."""
    was = getattr(quote, cell)
    return quote if was is None else _with(quote, cell, was * (1.1 + at / 10.0))


def chances_differ(one: Forecast | NoForecast, two: Forecast | NoForecast) -> bool:
    """Whether two forecasts tell other chances."""
    if isinstance(one, Forecast) and isinstance(two, Forecast):
        return one.chances != two.chances
    return isinstance(one, Forecast) is not isinstance(two, Forecast)


def _after(snapshots: Sequence[Snapshot], move: Move) -> tuple[Snapshot, ...]:
    """The snapshots with one odds cell changed, in the first snapshot of its pool."""
    ladder = move.ladder
    at = next(i for i, snapshot in enumerate(snapshots) if snapshot.pool == ladder.pool)
    quotes = tuple(
        _with(quote, ladder.cell, move.to) if quote.number == ladder.number else quote
        for quote in snapshots[at].quotes
    )
    return (*snapshots[:at], replace(snapshots[at], quotes=quotes), *snapshots[at + 1 :])


def _with(quote: Quote, cell: Cell, odds: float | None) -> Quote:
    change: dict[str, Any] = {cell: odds}
    return replace(quote, **change)
