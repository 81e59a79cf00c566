"""The smallest move of one odds cell that makes a slip, found by deciding again."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desks import DAY, OFF
from hippique.betting.counterfactual import Search, counterfactual, fixed_gates
from hippique.betting.moves import Ladder, Move, ladders_of, moved
from hippique.betting.policy_file import packaged_policy
from hippique.betting.reading import operator_odds, race_reading
from hippique.betting.situation import Situation
from hippique.betting.slip import Gate, Leg, Ticket, Verdict
from hippique.forecast.forecaster import Evidence, Forecast, MarketForecaster, NoForecast
from hippique.racing.market import Quote, Snapshot

RACE = "2025-10-16/R1C1"
PMU, ZETURF = "E_SIMPLE_GAGNANT", "zeturf"
WIN = {1: 2.2, 2: 3.9, 3: 5.1, 4: 9.0, 5: 15.0, 6: 19.0, 7: 26.0, 8: 31.0}
PLACE = {1: 1.2, 2: 1.4, 3: 1.7, 4: 2.4, 5: 3.4, 6: 4.0, 7: 5.2, 8: 6.0}


def snapshot(pool: str, win: dict[int, float], place: dict[int, float] | None = None) -> Snapshot:
    return Snapshot(
        race=RACE,
        source=pool,
        pool=pool,
        taken_at=OFF,
        quotes=tuple(
            Quote(
                number=number,
                win=odds,
                place_low=place[number] if place else None,
                place_high=round(place[number] * 1.2, 1) if place else None,
            )
            for number, odds in win.items()
        ),
    )


def estimate(snapshots: tuple[Snapshot, ...]) -> Forecast | NoForecast:
    return MarketForecaster().forecast(Evidence(race=RACE, snapshots=snapshots, declared=8))


def situation(*snapshots: Snapshot) -> Situation:
    return Situation(
        race=RACE, day=DAY, declared=8, forecast=estimate(snapshots), snapshots=snapshots
    )


TWO_POOLS = situation(snapshot(PMU, WIN), snapshot(ZETURF, WIN, PLACE))


def middle(quote: Quote) -> float:
    return ((quote.place_low or 0.0) + (quote.place_high or 0.0)) / 2


@dataclass
class PlaceBets:
    """A real, small policy: 1 € placed at ZEturf on each horse whose EV reaches `least_ev`.

    most: place odds above it are refused, so that slips lie in a window.
    """

    least_ev: float = 0.10
    most: float = 1000.0
    asked: list[Situation] = field(default_factory=list)

    def decide(self, seen: Situation) -> Verdict:
        self.asked.append(seen)
        chances = seen.forecast.chances if isinstance(seen.forecast, Forecast) else ()
        placed = {chance.number: chance.p_place or 0.0 for chance in chances}
        quotes = [q for s in seen.snapshots if s.pool == ZETURF for q in s.starters()]
        legs = tuple(
            Leg(combination=(quote.number,), stake_cents=100)
            for quote in quotes
            if placed.get(quote.number, 0.0) * middle(quote) >= 1.0 + self.least_ev
            and middle(quote) <= self.most
        )
        views = operator_odds(seen.snapshots, ("zeturf",), DAY)
        reading = race_reading(seen.forecast, views, (), {"place": self.least_ev})
        gate = Gate(
            gate="ev", statistic="mean", value=None, threshold=self.least_ev, passed=bool(legs)
        )
        return Verdict(tickets=(ticket(legs),) if legs else (), gates=(gate,), reading=reading)


def ticket(legs: tuple[Leg, ...]) -> Ticket:
    return Ticket(
        operator="zeturf",
        pool="place",
        bet="place",
        label="Simple placé",
        min_cents=100,
        step_cents=100,
        legs=legs,
    )


def searched(seen: Situation, policy: PlaceBets, **how: object) -> dict | None:
    search = Search(decide=policy.decide, estimate=estimate, **how)  # type: ignore[arg-type]  # a test's own columns
    return counterfactual(seen, policy.decide(seen), search)


def move_of(seen: Situation, told: dict) -> Move:
    change = told["change"]
    up = change["to"] > change["from"]
    ladder = next(
        one
        for one in ladders_of(seen, estimate)
        if (one.pool, one.number, one.cell, one.up)
        == (change["pool"], change["number"], change["field"], up)
    )
    return next(move for move in ladder.moves() if move.to == change["to"])


def least_by_trying_all(seen: Situation, decide: Callable[[Situation], Verdict]) -> float | None:
    """The size of the smallest move that makes a slip, every decime of every cell tried."""
    moves = sorted(move for ladder in ladders_of(seen, estimate) for move in ladder.moves())
    sizes = (m.size for m in moves if decide(moved(seen, m, estimate)).tickets)
    return next(sizes, None)


# --- what is told -----------------------------------------------------------------------------


def test_the_change_told_makes_a_slip_when_the_whole_decision_runs_on_it():
    policy = PlaceBets()

    told = searched(TWO_POOLS, policy)

    assert told is not None
    assert told["retested"] is True
    assert policy.decide(moved(TWO_POOLS, move_of(TWO_POOLS, told), estimate)).tickets


def test_one_decime_less_would_not_have_been_enough():
    policy = PlaceBets()

    move = move_of(TWO_POOLS, searched(TWO_POOLS, policy) or {})
    steps = list(move.ladder.moves())
    before = steps[steps.index(move) - 1]

    assert not policy.decide(moved(TWO_POOLS, before, estimate)).tickets


def test_no_other_cell_needs_less():
    policy = PlaceBets()

    told = searched(TWO_POOLS, policy, decisions=500)

    size = move_of(TWO_POOLS, told or {}).size
    assert size == pytest.approx(least_by_trying_all(TWO_POOLS, policy.decide))


@settings(max_examples=15, deadline=None)
@given(
    cells=st.lists(st.integers(12, 60), min_size=8, max_size=8),
    least_ev=st.sampled_from([0.05, 0.2, 0.4]),
)
def test_with_decisions_enough_the_smallest_move_of_all_is_found(cells, least_ev):
    place = {number: tenths / 10 for number, tenths in enumerate(cells, 1)}
    seen = situation(snapshot(PMU, WIN), snapshot(ZETURF, WIN, place))
    policy = PlaceBets(least_ev)
    if policy.decide(seen).tickets:
        return

    told = searched(seen, policy, decisions=500)

    assert told is not None
    size = move_of(seen, told).size
    assert size == pytest.approx(least_by_trying_all(seen, policy.decide))


def test_a_place_price_moves_at_equal_chances_and_says_so():
    policy = PlaceBets()
    told_chances = Search(decide=policy.decide, estimate=lambda _: TWO_POOLS.forecast)

    told = counterfactual(TWO_POOLS, policy.decide(TWO_POOLS), told_chances) or {}

    assert told["change"]["pool"] == ZETURF
    assert "à chances égales" in told["text"]


def test_a_price_that_the_estimator_reads_moves_the_chances_too():
    flat = snapshot(ZETURF, WIN, dict.fromkeys(WIN, 1.1))  # to 1.3: the middle is 1.2
    seen = situation(snapshot(PMU, WIN), flat)

    # The favourite is placed 74 % of the time; 1/1.2 asks for 83 %, and 1.25 is the dearest.
    told = searched(seen, PlaceBets(0.0, most=1.25), decisions=500) or {}

    assert (told["change"]["pool"], told["change"]["field"]) == (PMU, "win")
    assert "chances réestimées" in told["text"]


def test_the_same_search_tells_the_same_twice():
    assert searched(TWO_POOLS, PlaceBets()) == searched(TWO_POOLS, PlaceBets())


def test_the_document_is_the_published_one():
    told = searched(TWO_POOLS, PlaceBets()) or {}

    assert set(told) == {"text", "change", "retested"}
    assert set(told["change"]) == {"pool", "number", "field", "from", "to"}
    assert f"Il y aurait eu un ticket avec le {told['change']['number']} à " in told["text"]


# --- when nothing is told ---------------------------------------------------------------------


def test_no_single_change_is_enough():
    class Never(PlaceBets):
        def decide(self, seen: Situation) -> Verdict:
            return replace(super().decide(seen), tickets=())

    assert searched(TWO_POOLS, Never()) is None


def test_a_slip_has_no_counterfactual():
    policy = PlaceBets(-0.9)

    assert searched(TWO_POOLS, policy) is None
    assert len(policy.asked) == 1


def test_a_gate_that_no_odds_can_mend_costs_no_decision():
    policy = PlaceBets()

    assert searched(TWO_POOLS, policy, fixed_gates=frozenset({"ev"})) is None
    assert len(policy.asked) == 1


def test_a_cheap_look_that_refuses_costs_no_decision():
    policy = PlaceBets()

    assert searched(TWO_POOLS, policy, may_pass=lambda _: False) is None
    assert len(policy.asked) == 1


@pytest.mark.parametrize("decisions", [1, 5, 48])
def test_decisions_are_bounded(decisions):
    policy = PlaceBets(5.0)

    searched(TWO_POOLS, policy, decisions=decisions)

    assert len(policy.asked) <= 1 + decisions + 12


def test_a_race_without_any_odds_has_nothing_to_change():
    seen = situation(Snapshot(race=RACE, source="x", pool=ZETURF, taken_at=OFF))

    assert searched(seen, PlaceBets()) is None


# --- windows, cells ---------------------------------------------------------------------------


def test_a_window_of_prices_is_found_by_the_grid():
    seen = situation(snapshot(PMU, WIN), snapshot(ZETURF, WIN, dict.fromkeys(WIN, 1.2)))
    # The favourite is placed 74 % of the time: 1.2/.743 = 1.62 is enough, above 2.0 is refused.
    policy = PlaceBets(0.2, most=2.0)

    told = searched(seen, policy, decisions=200)

    assert told is not None
    assert policy.decide(moved(seen, move_of(seen, told), estimate)).tickets


def test_moves_are_whole_decimes_between_1_01_and_three_times_the_odds():
    down = Ladder(ZETURF, 1, "win", up=False, was=1.3, is_read=True).moves()
    up = Ladder(ZETURF, 1, "win", up=True, was=1.3, is_read=True).moves()

    assert [move.to for move in down] == [1.2, 1.1]
    assert [move.to for move in up] == [round(1.4 + k / 10, 1) for k in range(26)]
    assert up[-1].to == 3.9
    assert math.isclose(up[0].size, math.log(1.4 / 1.3))


def test_cells_that_nobody_reads_are_not_tried():
    geny = snapshot("geny", WIN, PLACE)
    shops = snapshot("SIMPLE_GAGNANT", WIN)

    pools = {one.pool for one in ladders_of(situation(*TWO_POOLS.snapshots, geny, shops), estimate)}

    assert pools == {PMU, ZETURF}


def test_non_runners_and_unknown_cells_are_not_moved():
    quotes = (
        Quote(number=1, win=2.0),
        Quote(number=2, win=2.5),
        Quote(number=3, non_runner=True, win=4.0),
        Quote(number=4, win=None),
    )
    seen = situation(replace(snapshot(ZETURF, WIN), quotes=quotes))

    assert {(one.number, one.cell) for one in ladders_of(seen, estimate)} == {
        (1, "win"),
        (2, "win"),
    }


def test_gates_of_the_field_and_of_money_are_fixed_those_of_prices_are_not():
    fixed = fixed_gates(packaged_policy("gpi-5.1"), ("zeturf",))

    assert {"runners", "people_coverage", "enrichment", "losses", "closing_model"} <= fixed
    assert not fixed & {"odds_floor", "quality", "sum_p_place", "basket_ev", "overround", "week"}


def test_with_two_operators_a_price_can_send_the_slip_to_the_one_that_has_a_model():
    assert "closing_model" not in fixed_gates(packaged_policy("gpi-5.1"), ("zeturf", "pmu_fr"))


def test_what_a_quick_trial_finds_is_decided_on_by_the_whole_decision():
    careful, quick = PlaceBets(0.12), PlaceBets(0.10)

    told = searched(TWO_POOLS, careful, trial=quick.decide)

    assert told is not None
    assert careful.decide(moved(TWO_POOLS, move_of(TWO_POOLS, told), estimate)).tickets


def test_nothing_is_told_that_the_whole_decision_refuses():
    assert searched(TWO_POOLS, PlaceBets(9.0), trial=PlaceBets(0.10).decide) is None
