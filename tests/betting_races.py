"""Races for tests of the decision: pools whose stakes are known, and the odds that they show."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from hippique.betting.gates import GateRule
from hippique.betting.policy_file import PolicyFile, packaged_policy
from hippique.betting.situation import Situation
from hippique.forecast.enrichment import Enrichment, enrich
from hippique.forecast.forecaster import (
    Evidence,
    Forecast,
    MarketForecaster,
    NoForecast,
    TrueChance,
)
from hippique.forecast.people import Rate
from hippique.forecast.truth import TruthForecaster
from hippique.racing.card import Discipline, Runner
from hippique.racing.market import Quote, Snapshot
from hippique.racing.times import paris_at

DAY = dt.date(2026, 6, 7)
RACE = "2026-06-07/R1C3"
OFF = paris_at(DAY, 15, 0)
WIN_TAKEOUT, PLACE_TAKEOUT = 0.15, 0.16
NINE = (0.26, 0.18, 0.14, 0.11, 0.09, 0.08, 0.06, 0.05, 0.03)  # sums to 1
OPEN = (0.16, 0.14, 0.12, 0.10, 0.09, 0.08, 0.07, 0.06, 0.06, 0.05, 0.04, 0.03)  # so does this

# Win shares of a pool: no favourite above .6, no outsider below .005.
shares = st.lists(st.floats(0.02, 1.0), min_size=8, max_size=14).map(
    lambda weights: tuple(weight / sum(weights) for weight in weights)
)


def minutes(count: float) -> dt.timedelta:
    return dt.timedelta(minutes=count)


def decime(odds: float) -> float:
    return max(1.1, math.floor(odds * 10 + 1e-9) / 10)


def place_ranges(place: Sequence[float], places: int = 3) -> list[tuple[float, float]]:
    """Lowest and highest place odds of a net pool with these shares, by the decree's formula."""
    ranges = []
    for position, own in enumerate(place):
        others = sorted(share for at, share in enumerate(place) if at != position)
        low, high = others[len(others) - (places - 1) :], others[: places - 1]
        ends = [
            1.0 + (1.0 - PLACE_TAKEOUT - own - sum(beside)) / (places * own)
            for beside in (low, high)
        ]
        ranges.append((decime(ends[0]), decime(ends[1])))
    return ranges


def snapshot(
    win: Sequence[float], pool: str = "zeturf", *, before_min: float = 5.0, with_places: bool = True
) -> Snapshot:
    """Odds of a pool with these win shares; place shares are theirs to the power of .79."""
    flat = np.array(win) ** 0.79
    ranges = place_ranges((flat / flat.sum()).tolist())
    taken_at = OFF - minutes(before_min)
    quotes = tuple(
        Quote(
            number=number,
            win=decime((1.0 - WIN_TAKEOUT) / share),
            place_low=low if with_places else None,
            place_high=high if with_places else None,
        )
        for number, (share, (low, high)) in enumerate(zip(win, ranges, strict=True), start=1)
    )
    return Snapshot(
        race=RACE, source=pool, pool=pool, taken_at=taken_at, stamp=taken_at, quotes=quotes
    )


def told(chances: Sequence[float]) -> Forecast | NoForecast:
    """The chances of a simulation."""
    truth = tuple(TrueChance(number=n, p_win=p) for n, p in enumerate(chances, start=1))
    evidence = Evidence(race=RACE, snapshots=(), declared=len(chances), truth=truth)
    return TruthForecaster().forecast(evidence)


def market(*seen: Snapshot) -> Forecast | NoForecast:
    """The chances of the preferred pool."""
    declared = len(seen[0].quotes)
    return MarketForecaster().forecast(Evidence(race=RACE, snapshots=seen, declared=declared))


def enriched(runners: int, forms: dict[int, str] | None = None) -> Enrichment:
    """Everything known of every runner; form: steady unless given by number."""
    rate = Rate(rate=0.1, rides=50, wins=5)
    cards = [
        Runner(number=n, form=(forms or {}).get(n, "2a 3a 2a 4a 3a"), record="1'14\"0")
        for n in range(1, runners + 1)
    ]
    rates = dict.fromkeys(range(1, runners + 1), rate)
    return enrich(cards, rates, rates)


def situation(
    win: Sequence[float] = NINE, chances: Sequence[float] | None = None, **given: object
) -> Situation:
    """A race seen whole at H-30 and H-5; chances: told, else the market's."""
    now = snapshot(win)
    whole = Situation(
        race=RACE,
        day=DAY,
        declared=len(win),
        forecast=told(chances) if chances is not None else market(now),
        snapshots=(now,),
        earlier=(snapshot(win, before_min=30.0),),
        discipline=Discipline.TROT_HARNESS,
        is_handicap=False,
        enrichment=enriched(len(win)),
        off_time=OFF,
        decided_at=OFF - minutes(4.5),
    )
    return replace(whole, **given)  # type: ignore[arg-type]  # fields by name, as the caller has them


def lifted(win: Sequence[float], factors: dict[int, float]) -> tuple[float, ...]:
    """Chances that differ from the pool's shares by these factors, by number; they sum to 1."""
    raw = [share * factors.get(number, 1.0) for number, share in enumerate(win, start=1)]
    return tuple(one / sum(raw) for one in raw)


def without_gates(policy: PolicyFile, *names: str) -> PolicyFile:
    """The policy of a bettor who does not ask for these gates."""
    kept: tuple[GateRule, ...] = tuple(rule for rule in policy.gates if rule.gate not in names)
    return replace(policy, gates=kept)


KELLY = packaged_policy("kelly-pure")
GPI = packaged_policy("gpi-5.1")
# The author's gates that no honest chances pass are left out, so that his tickets can be seen.
EASY = without_gates(GPI, "sum_p_place", "basket_ev", "basket_roi", "roi", "ev")
