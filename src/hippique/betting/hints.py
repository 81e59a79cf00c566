"""About how far an odds cell would have to move for a bet to pass: where to look first.

A hint is taken from the reading alone: the limit of a bet over its forecast dividend. It orders
the search and is never told: what is told was decided on.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from hippique.betting.moves import Ladder
from hippique.betting.slip import RaceReading, RunnerReading

_BETS = {"win": "win", "place_low": "place", "place_high": "place"}


def sizes_needed(
    reading: RaceReading, ladders: Sequence[Ladder], operators: Mapping[str, str]
) -> dict[Ladder, float]:
    """Ladder → about the |ln(to/from)| that is enough; a ladder that has no hint is left out.

    operators: pool → the bettor's operator there. Odds of a played pool pass by rising, those that
    the chances hang on by falling; where both are one pool the two effects cancel: no hint.
    """
    readings = {runner.number: runner for runner in reading.runners}
    found: dict[Ladder, float] = {}
    for ladder in ladders:
        runner = readings.get(ladder.number)
        operator = operators.get(ladder.pool)
        if runner is None or ladder.is_read is (operator is not None):
            continue
        if ladder.is_read:
            size = None if ladder.up else _fall(runner)
        else:
            size = _rise(runner, ladder, operator or "") if ladder.up else None
        if size is not None:
            found[ladder] = size
    return found


def _fall(runner: RunnerReading) -> float | None:
    """Chances go as one over the odds: the fall is the least rise that any dividend would need."""
    return min((math.log(factor) for factor in _factors(runner)), default=None)


def _factors(runner: RunnerReading) -> Iterator[float]:
    for operator in {*runner.closing, *runner.place, *runner.shown_by}:
        for bet in ("win", "place"):
            factor = _factor(runner, operator, bet)
            if factor is not None:
                yield factor


def _rise(runner: RunnerReading, ladder: Ladder, operator: str) -> float | None:
    factor = _factor(runner, operator, _BETS[ladder.cell])
    if factor is None:
        return None
    if ladder.cell == "win":
        return math.log(factor)
    shown = runner.place.get(operator, {})
    ends = [end for end in (shown.get("shown_low"), shown.get("shown_high")) if end is not None]
    # Place odds count by the middle of their range: one end must make the whole way alone.
    return math.log1p(sum(ends) * (factor - 1.0) / ladder.was)


def _factor(runner: RunnerReading, operator: str, bet: str) -> float | None:
    """By how much the dividend is too low, above 1; None where it is not, or is not known."""
    limit = runner.limit.get(bet)
    dividend = _win(runner, operator) if bet == "win" else _place(runner, operator)
    if limit is None or dividend is None or limit <= dividend:
        return None
    return limit / dividend


def _win(runner: RunnerReading, operator: str) -> float | None:
    closing = runner.closing.get(operator)
    return closing["mean"] if closing else runner.shown_by.get(operator)


def _place(runner: RunnerReading, operator: str) -> float | None:
    place = runner.place.get(operator) or {}
    if place.get("mean") is not None:
        return float(place["mean"])
    ends = [end for end in (place.get("shown_low"), place.get("shown_high")) if end is not None]
    return sum(ends) / len(ends) if ends else None
