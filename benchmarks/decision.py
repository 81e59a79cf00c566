"""From the snapshot to the decision at H-5, 18 runners: each policy, with and without draws.

Chances, prices of every bet, the choice, every gate, the reading and the study ticket; warm, in
this process. The races are drawn fields of 18; the aim is 150 ms, and 1 s with 200 draws.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from betting_races import GPI, KELLY, lifted, situation
from hippique.betting.engine import decide, priced
from hippique.betting.policy import FilePolicy
from hippique.betting.policy_file import PolicyFile
from hippique.betting.situation import Situation
from hippique.betting.what_if import what_if
from hippique.forecast.forecaster import Evidence, MarketForecaster

RUNNERS, RACES, TRIALS = 18, 60, 12
AIM_MS, AIM_DRAWS_MS = 150.0, 1000.0

Row = tuple[str, str, str]


def rows() -> list[Row]:
    """Median and 99th percentile of the CPU and of the wall, for each policy."""
    seen = fields(RACES)
    told = [replace_chances(one) for one in seen]
    return [
        _row("gpi-5.1, no draws", seen, lambda one: _at_the_centre(one, GPI), AIM_MS),
        _row("gpi-5.1, 200 draws, reading and study", seen, _whole(GPI), AIM_DRAWS_MS),
        _row(
            "kelly-pure, told chances, no draws", told, lambda o: _at_the_centre(o, KELLY), AIM_MS
        ),
        _row("kelly-pure, told chances, 200 draws, reading", told, _whole(KELLY), AIM_DRAWS_MS),
        _row("kelly-pure, what would have changed it", seen[:TRIALS], _with_change, None),
    ]


def fields(count: int) -> list[Situation]:
    """Fields of 18 with win shares between about .5 and 30 %, the market's own chances."""
    random = np.random.default_rng(18)
    drawn = [np.sort(random.gamma(0.9, size=RUNNERS))[::-1] + 0.03 for _ in range(count)]
    return [
        replace(situation((one / one.sum()).tolist()), race=f"2026-06-07/R1C{number}")
        for number, one in enumerate(drawn, start=1)
    ]


def replace_chances(seen: Situation) -> Situation:
    """The same odds with chances that the crowd does not see: two horses better than shown."""
    quotes = seen.snapshots[0].quotes
    shares = [1.0 / quote.win for quote in quotes if quote.win]
    chances = lifted([share / sum(shares) for share in shares], {2: 1.5, 6: 1.4})
    return replace(situation(chances, chances), snapshots=seen.snapshots, race=seen.race)


def _at_the_centre(seen: Situation, policy: PolicyFile) -> None:
    decide(priced(_with_market(seen), policy), policy, with_draws=False)


def _whole(policy: PolicyFile) -> Callable[[Situation], None]:
    decider = FilePolicy(policy)
    return lambda seen: _ignore(decider.decide(_with_market(seen)))


def _with_market(seen: Situation) -> Situation:
    """The chances estimated anew where they are the market's: that is part of the time."""
    if getattr(seen.forecast, "estimator", "") != MarketForecaster.name:
        return seen
    evidence = Evidence(race=seen.race, snapshots=seen.snapshots, declared=seen.declared)
    return replace(seen, forecast=MarketForecaster().forecast(evidence))


def _with_change(seen: Situation) -> None:
    decider = FilePolicy(KELLY)
    evidence = Evidence(race=seen.race, snapshots=seen.snapshots, declared=seen.declared)

    def estimate(snapshots: tuple[object, ...]) -> object:
        return MarketForecaster().forecast(replace(evidence, snapshots=snapshots))

    what_if(decider, seen, decider.decide(seen), estimate)


def _ignore(value: object) -> None:
    del value


def _row(
    what: str, seen: Sequence[Situation], act: Callable[[Situation], None], aim_ms: float | None
) -> Row:
    act(seen[0])  # warm: kernels compiled, tables read
    cpu, wall = [], []
    for one in seen:
        cpu_begun, wall_begun = time.process_time(), time.perf_counter()
        act(one)
        cpu.append(1000 * (time.process_time() - cpu_begun))
        wall.append(1000 * (time.perf_counter() - wall_begun))
    told = f"CPU median {np.median(cpu):.0f} ms, p99 {np.quantile(cpu, 0.99):.0f}"
    told += f"; wall median {np.median(wall):.0f}, p99 {np.quantile(wall, 0.99):.0f}"
    return what, told, f"aim {aim_ms:.0f} ms" if aim_ms else "no aim set"
