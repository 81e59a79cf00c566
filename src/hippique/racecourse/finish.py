"""How a race ends: each starter runs once around its ability; some are disqualified or fall."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from random import Random

from hippique.racecourse.field import KINDS
from hippique.racecourse.simulated import Entry, Finish
from hippique.racing.card import Discipline

LEAST_FINISHERS = 5  # incidents stop there, or at the number of starters where fewer run
_TROT_SCALE_MS = 450  # ms per km for one standard deviation
_GALLOP_SCALE_MS = 330
_GRID = 160  # midpoints of the integral; its error is below 1e-6 for eighteen horses
_REACH = 6.5  # standard deviations on either side


def draw_finish(
    rng: Random,
    discipline: Discipline,
    distance_m: int,
    starters: Sequence[Entry],
    *,
    tied: bool,
) -> Finish:
    """Run the race. tied: the closest pair among the first four crosses the line together."""
    performances = {entry.number: rng.gauss(entry.ability, 1.0) for entry in starters}
    out = _incidents(rng, starters)
    ranked = sorted(
        (number for number in performances if number not in out),
        key=lambda number: -performances[number],
    )
    order: list[tuple[int, ...]] = [(number,) for number in ranked]
    if tied:
        order = _with_dead_heat(order, performances)
    times = _times(discipline, distance_m, order, performances)
    unlucky = sorted(out)
    if discipline.is_trot:
        return Finish(order=tuple(order), times_ms=times, disqualified=tuple(unlucky))
    fallen = tuple(number for number in unlucky if rng.random() < 0.5)  # noqa: PLR2004  even chance
    pulled_up = tuple(number for number in unlucky if number not in fallen)
    return Finish(order=tuple(order), times_ms=times, fallen=fallen, pulled_up=pulled_up)


def win_chances(starters: Sequence[Entry]) -> dict[int, float]:
    """True chance of each starter to finish first; they sum to 1.

    P_i = (1-d_i) ∫ f_i ∏_{j≠i} (d_j + (1-d_j) F_j) dt for normal performances of spread 1 and
    incident chances d, by the midpoint rule; ties and the least number of finishers left aside.
    """
    low = min(entry.ability for entry in starters) - _REACH
    width = max(entry.ability for entry in starters) + _REACH - low
    totals = [0.0] * len(starters)
    for step in range(_GRID):
        point = low + width * (step + 0.5) / _GRID
        beaten = [
            entry.incident_chance + (1 - entry.incident_chance) * _normal_cdf(point - entry.ability)
            for entry in starters
        ]
        product = math.prod(beaten)
        for index, entry in enumerate(starters):
            density = math.exp(-0.5 * (point - entry.ability) ** 2) * (1 - entry.incident_chance)
            totals[index] += density * product / beaten[index]
    scale = sum(totals)
    return {entry.number: total / scale for entry, total in zip(starters, totals, strict=True)}


def without(finish: Finish, number: int) -> Finish:
    """The same race without this horse: each ran for itself, so the others stay as they were."""
    order = (tuple(other for other in tied if other != number) for tied in finish.order)
    return Finish(
        order=tuple(tied for tied in order if tied),
        times_ms={other: time for other, time in finish.times_ms.items() if other != number},
        disqualified=tuple(other for other in finish.disqualified if other != number),
        fallen=tuple(other for other in finish.fallen if other != number),
        pulled_up=tuple(other for other in finish.pulled_up if other != number),
    )


def with_dead_heat(finish: Finish) -> Finish:
    """The closest two places among the first four become one, at the earlier time."""
    order, times = list(finish.order), dict(finish.times_ms)
    if any(len(tied) > 1 for tied in order[:3]) or len(order) < 2:  # noqa: PLR2004  a pair
        return finish
    gaps = [times[order[i + 1][0]] - times[order[i][0]] for i in range(min(3, len(order) - 1))]
    first = gaps.index(min(gaps))
    pair = tuple(sorted(order[first] + order[first + 1]))
    times |= dict.fromkeys(pair, times[order[first][0]])
    return replace(finish, order=(*order[:first], pair, *order[first + 2 :]), times_ms=times)


def _normal_cdf(deviation: float) -> float:
    # The floor keeps the division by one factor of the product away from 0/0.
    return max(0.5 * math.erfc(-deviation / math.sqrt(2)), 1e-30)


def _incidents(rng: Random, starters: Sequence[Entry]) -> set[int]:
    least = min(LEAST_FINISHERS, len(starters))
    out: set[int] = set()
    for entry in rng.sample(starters, len(starters)):
        if rng.random() < entry.incident_chance and len(starters) - len(out) > least:
            out.add(entry.number)
    return out


def _with_dead_heat(
    order: list[tuple[int, ...]], performances: dict[int, float]
) -> list[tuple[int, ...]]:
    """The pair with the tiniest gap among the first four shares its place."""
    first = min(
        range(min(3, len(order) - 1)),
        key=lambda i: performances[order[i][0]] - performances[order[i + 1][0]],
    )
    pair = tuple(sorted(order[first] + order[first + 1]))
    return [*order[:first], pair, *order[first + 2 :]]


def _times(
    discipline: Discipline,
    distance_m: int,
    order: Sequence[tuple[int, ...]],
    performances: dict[int, float],
) -> dict[int, int]:
    """Finishing times in ms, strictly later from place to place."""
    scale = _TROT_SCALE_MS if discipline.is_trot else _GALLOP_SCALE_MS
    kilometres = distance_m / 1000
    times: dict[int, int] = {}
    last = 0
    for tied in order:
        best = max(performances[number] for number in tied)
        pace = KINDS[discipline].pace_ms - scale * best
        last = max(last + 10, round(pace * kilometres / 10) * 10)
        times |= dict.fromkeys(tied, last)
    return times
