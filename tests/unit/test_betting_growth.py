"""kelly-pure: an edge makes a slip that can be played, the market's own chances never do."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from betting_races import KELLY, NINE, lifted, market, shares, situation, snapshot
from hippique.betting.engine import decide, judged_on_paper, priced, refused_on_paper
from hippique.betting.policy import FilePolicy
from hippique.betting.slip import Verdict, total_stake_cents
from hippique.racing.codec import to_json
from hippique.racing.market import Snapshot

EDGE = lifted(NINE, {4: 2.0})


def verdict(**given: object) -> Verdict:
    return decide(priced(situation(**given), KELLY), KELLY)


def test_a_horse_that_is_twice_as_good_as_its_odds_is_played():
    found = verdict(chances=EDGE)

    legs = [leg for ticket in found.tickets for leg in ticket.legs]
    assert {leg.combination for leg in legs} == {(4,)}
    assert found.ev.mean_eur > 0.0
    assert found.ev.low_eur <= found.ev.mean_eur <= found.ev.high_eur


def test_told_chances_that_agree_with_the_odds_make_no_slip():
    found = verdict(chances=NINE)

    assert found.tickets == ()
    assert found.reasons


@pytest.mark.parametrize("factor", [1.0, 1.5])
def test_a_pool_without_its_own_closing_model_gives_no_slip_to_a_real_estimator(factor):
    pmu = snapshot(lifted(NINE, {4: factor}), "E_SIMPLE_GAGNANT")
    seen = situation(snapshots=(snapshot(NINE), pmu), forecast=market(snapshot(NINE), pmu))

    found = decide(priced(seen, KELLY), KELLY)

    assert found.tickets == ()
    assert "closing_model" in {gate.gate for gate in found.gates if not gate.passed}


def test_the_study_is_the_best_portfolio_that_was_refused():
    pmu = snapshot(lifted(NINE, {4: 2.0}), "E_SIMPLE_GAGNANT")
    seen = situation(snapshots=(snapshot(NINE), pmu), forecast=market(snapshot(NINE), pmu))

    race = priced(seen, KELLY)
    refused = refused_on_paper(race, judged_on_paper(race, KELLY))

    assert all(4 in leg.combination for ticket in refused.tickets for leg in ticket.legs)
    assert refused.ev.mean_eur > 0.0
    assert [gate.gate for gate in refused.failed] == ["closing_model"]


@given(win=shares, pool=st.sampled_from(["SIMPLE_GAGNANT", "E_SIMPLE_GAGNANT"]))
@settings(max_examples=10, deadline=None)
def test_the_market_never_bets_in_its_own_pool(win, pool):
    operator = {"SIMPLE_GAGNANT": "pmu", "E_SIMPLE_GAGNANT": "pmu_fr"}[pool]
    seen = snapshot(win, pool)
    given_race = situation(win, snapshots=(seen,), forecast=market(seen), operators=(operator,))

    race = priced(given_race, KELLY)
    found = decide(race, KELLY, with_draws=False)

    for ticket in found.tickets:  # place odds are rounded: they alone may seem too high
        assert ticket.bet == "place"
        assert found.ev.mean_eur / (total_stake_cents(found.tickets) / 100) < 0.10


@given(win=shares, at=st.integers(1, 8), factor=st.floats(0.4, 3.0))
@settings(max_examples=25, deadline=None)
def test_stakes_can_be_played_caps_hold_and_every_passed_gate_is_satisfied(win, at, factor):
    found = decide(
        priced(situation(win, lifted(win, {at: factor})), KELLY), KELLY, with_draws=False
    )

    assert len(found.tickets) <= KELLY.caps.max_tickets
    assert total_stake_cents(found.tickets) <= KELLY.caps.budget_cents
    for ticket in found.tickets:
        for leg in ticket.legs:
            assert leg.stake_cents >= ticket.min_cents
            assert leg.stake_cents % ticket.step_cents == 0
    compare = {rule.gate: rule for rule in KELLY.gates}
    for gate in found.gates:
        holds = gate.value is not None and (
            gate.value > gate.threshold
            if compare[gate.gate].compare == ">"
            else gate.value >= gate.threshold
        )
        assert gate.passed == holds
    assert bool(found.tickets) == (found.ev is not None)


def test_the_same_situation_gives_the_same_bytes():
    policy = FilePolicy(KELLY)

    assert to_json(policy.decide(situation(chances=EDGE))) == to_json(
        policy.decide(situation(chances=EDGE))
    )


def test_another_race_is_drawn_otherwise():
    here = situation(chances=EDGE)

    there = replace(here, race="2026-06-07/R1C4")

    assert priced(here, KELLY).shocks().seed != priced(there, KELLY).shocks().seed


def test_a_race_without_chances_has_a_reason_and_no_study():
    found = decide(priced(situation(forecast=market(_incomplete())), KELLY), KELLY)

    assert found.tickets == ()
    assert "cote tous les partants" in found.reasons[0]


def _incomplete() -> Snapshot:
    whole = snapshot(NINE)
    return replace(whole, quotes=(replace(whole.quotes[0], win=None), *whole.quotes[1:]))
