"""The crowd: who stakes how much on whom, from the morning until the off.

Each pool is filled by blocks of money. Early blocks hold opinions that overrate outsiders and are
noisy; late blocks know more. A pool at an instant is the sum of the blocks up to it, so stakes
never shrink; a withdrawn horse gets no more money, and what it holds is refunded.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from random import Random

from hippique.racecourse.chance import stream
from hippique.racecourse.finish import win_chances
from hippique.racecourse.rates import SINGLE_BETS, TAKEOUTS, is_offered
from hippique.racecourse.simulated import SimulatedRace

PoolName = tuple[str, str]  # (operator, bet)

# Minutes before the off and the share of all money in by then. Half comes in the last four.
_INFLOW = (
    (180, 0.03), (120, 0.05), (60, 0.09), (45, 0.11), (30, 0.15), (20, 0.20), (15, 0.24),
    (12, 0.28), (10, 0.31), (8, 0.35), (6, 0.40), (5, 0.44), (4, 0.49), (3, 0.57), (2, 0.68),
    (1, 0.84), (0, 1.0),
)  # fmt: skip
_LEAST_CHANCE = 0.004  # somebody backs every horse: its name, its colours, its rider
_BIAS = 0.88  # exponent of the early crowd: below 1 overrates outsiders
_EARLY_NOISE = 0.60  # of the opinion all early bettors share, in ln
_LATE_NOISE = 0.10
_POOL_NOISE = 0.12  # one pool against another
_BLOCK_NOISE = 0.22  # one block of money against the next
_FLATNESS = {"win": 1.0, "place": 0.79, "show2": 0.72, "fourth": 0.42}
_TURNOVER_EUR = {  # least and most of a French race
    ("zeturf", "win"): (18_000, 60_000),
    ("zeturf", "place"): (12_000, 40_000),
    ("zeturf", "show2"): (2_000, 6_000),
    ("zeturf", "fourth"): (1_500, 4_000),
    ("pmu", "win"): (180_000, 420_000),
    ("pmu", "place"): (150_000, 380_000),
    ("pmu_internet", "win"): (60_000, 150_000),
    ("pmu_internet", "place"): (45_000, 120_000),
    ("genybet", "win"): (5_000, 14_000),
    ("genybet", "place"): (4_000, 10_000),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Stakes of one bet at one operator, in cents by saddle number; the refunded ones named."""

    operator: str
    bet: str
    stakes: Mapping[int, int]
    refunded: frozenset[int]

    def live(self) -> dict[int, int]:
        """The stakes that take part: without those of withdrawn horses."""
        return {n: stake for n, stake in self.stakes.items() if n not in self.refunded}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Flow:
    """Cumulated euros by number at each of `times` (seconds since the epoch)."""

    times: tuple[float, ...]
    totals: tuple[tuple[float, ...], ...]


def pools_at(race: SimulatedRace, now: datetime) -> dict[PoolName, Pool]:
    """All single pools of the race at this instant; after the off as they were at the off.

    A function of (seed, race, now) alone; each stake is monotone in `now`.
    """
    return {name: pool_at(race, name, now) for name in _flows(race)}


def pool_at(race: SimulatedRace, name: PoolName, now: datetime) -> Pool:
    """One pool. Raises KeyError where the bet is not offered on this race."""
    flow = _flows(race)[name]
    stakes = _interpolated(flow, min(now, race.closes_at).timestamp())
    return Pool(
        operator=name[0],
        bet=name[1],
        stakes={number: int(euros * 100) for number, euros in enumerate(stakes, start=1)},
        refunded=frozenset(race.withdrawn(now)),
    )


def closing_shares(race: SimulatedRace) -> dict[int, float]:
    """Each starter's share of all win money at the off: what combination bettors think too."""
    stakes = pool_at(race, ("pmu", "win"), race.actual_off).live()
    total = sum(stakes.values())
    return {number: stake / total for number, stake in stakes.items()}


def _interpolated(flow: _Flow, instant: float) -> list[float]:
    block = bisect_right(flow.times, instant) - 1
    if block < 0:
        return [0.0] * len(flow.totals[0])
    if block + 1 >= len(flow.times):
        return list(flow.totals[-1])
    start, end = flow.times[block], flow.times[block + 1]
    part = (instant - start) / (end - start)
    before, after = flow.totals[block], flow.totals[block + 1]
    return [low + part * (high - low) for low, high in zip(before, after, strict=True)]


@lru_cache(maxsize=256)  # more than the races of a day; keyed by the drawn race itself
def _flows(race: SimulatedRace) -> dict[PoolName, _Flow]:
    singles = ((row.operator, row.bet) for row in TAKEOUTS if row.bet in SINGLE_BETS)
    names = [name for name in singles if is_offered(*name, race.declared)]
    opinions = _opinions(race)
    return {name: _flow(race, name, opinions) for name in names}


def _opinions(race: SimulatedRace) -> tuple[dict[int, float], dict[int, float]]:
    """Strength by number, as its logarithm, as the early and as the late money sees it.

    Horses withdrawn during the day are judged too: money came in on them before.
    """
    rng = stream(race.seed, race.id.day, "opinions", race.key)
    truth = {n: max(p, _LEAST_CHANCE) for n, p in win_chances(race.entries).items()}
    early = {n: _BIAS * math.log(p) + rng.gauss(0, _EARLY_NOISE) for n, p in truth.items()}
    late = {n: math.log(p) + rng.gauss(0, _LATE_NOISE) for n, p in truth.items()}
    return early, late


def _flow(
    race: SimulatedRace,
    name: PoolName,
    opinions: tuple[dict[int, float], dict[int, float]],
) -> _Flow:
    rng = stream(race.seed, race.id.day, "pool", race.key, *name)
    low, high = _TURNOVER_EUR[name]
    scale = 1.0 if race.country == "FR" else 0.2
    turnover = rng.uniform(low, high) * scale * (2.5 if race.is_quinte else 1.0)
    taste = {entry.number: rng.gauss(0, _POOL_NOISE) for entry in race.entries}
    blocks = _blocks(race)
    totals = [tuple(0.0 for _ in race.entries)]
    for start, end, share, informed in blocks:
        strengths = {
            n: _FLATNESS[name[1]]
            * ((1 - informed) * opinions[0][n] + informed * opinions[1][n] + taste[n])
            for n in taste
        }
        money = _block_money(rng, race, strengths, (start, end), turnover * share)
        totals.append(tuple(a + b for a, b in zip(totals[-1], money, strict=True)))
    times = (blocks[0][0], *(end for _, end, _, _ in blocks))
    return _Flow(times=times, totals=tuple(totals))


def _blocks(race: SimulatedRace) -> list[tuple[float, float, float, float]]:
    """(start, end, share of all money, how informed), cut where a withdrawal becomes known."""
    marks = _marks_of_moved(race) if race.offs else _marks(race, race.off_time, race.actual_off)
    for entry in race.entries:
        if entry.withdrawn_at is not None and entry.withdrawn_at > race.opens_at:
            marks = _cut(marks, entry.withdrawn_at.timestamp())
    # Money is better informed the later it comes: from a tenth in the morning to nine tenths.
    return [
        (start, end, share - before, 0.1 + 0.8 * (before + share) / 2)
        for (start, before), (end, share) in pairwise(marks)
    ]


def _marks(race: SimulatedRace, off_time: datetime, closes: datetime) -> list[tuple[float, float]]:
    """(instant, share of all money in by then) for a crowd that expects this off."""
    opens, off = race.opens_at.timestamp(), off_time.timestamp()
    marks = [(opens, 0.0)]
    marks += [(off - 60 * minutes, share) for minutes, share in _INFLOW[:-1]]
    marks.append((closes.timestamp(), 1.0))
    return [mark for mark in marks if mark[0] >= opens]


def _marks_of_moved(race: SimulatedRace) -> list[tuple[float, float]]:
    """The crowd follows the printed off: when it moves, the money still out is spread anew."""
    closes = race.actual_off
    marks = [(race.opens_at.timestamp(), 0.0)]
    ends = [printed.since for printed in race.offs[1:]] + [closes]
    for printed, until in zip(race.offs, ends, strict=True):
        expected = _marks(race, printed.off_time, max(printed.off_time, until))
        start, held = marks[-1]
        before = _share_at(expected, start)
        steps = [time for time, _ in expected if start < time < until.timestamp()]
        marks += [
            (time, held + (1 - held) * (_share_at(expected, time) - before) / (1 - before))
            for time in (*steps, until.timestamp())
        ]
    return marks


def _share_at(marks: list[tuple[float, float]], instant: float) -> float:
    at = bisect_right([time for time, _ in marks], instant)
    if at == len(marks):
        return marks[-1][1]
    (start, low), (end, high) = marks[at - 1], marks[at]
    return low + (high - low) * (instant - start) / (end - start)


def _cut(marks: list[tuple[float, float]], instant: float) -> list[tuple[float, float]]:
    times = [time for time, _ in marks]
    at = bisect_right(times, instant)
    if instant in times or at == len(marks):
        return marks
    (start, low), (end, high) = marks[at - 1], marks[at]
    share = low + (high - low) * (instant - start) / (end - start)
    return [*marks[:at], (instant, share), *marks[at:]]


def _block_money(
    rng: Random,
    race: SimulatedRace,
    strengths: dict[int, float],
    span: tuple[float, float],
    euros: float,
) -> list[float]:
    weights = []
    for entry in race.entries:
        noise = rng.gauss(0, _BLOCK_NOISE)
        known_at = entry.withdrawn_at.timestamp() if entry.withdrawn_at else math.inf
        is_running = known_at >= span[1]
        weights.append(math.exp(strengths[entry.number] + noise) if is_running else 0.0)
    scale = euros / sum(weights)
    return [weight * scale for weight in weights]
