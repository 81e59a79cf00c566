"""The decision under the author's policy: data measures, every gate, money, and the story of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from betting_races import (
    EASY,
    GPI,
    NINE,
    OFF,
    OPEN,
    enriched,
    lifted,
    minutes,
    situation,
    snapshot,
    without_gates,
)
from hippique.betting.engine import decide, judged_on_paper, priced, refused_on_paper
from hippique.betting.money_state import MoneyState
from hippique.betting.policy import FilePolicy
from hippique.betting.policy_file import PolicyFile
from hippique.betting.slip import total_stake_cents
from hippique.racing.card import Discipline
from hippique.racing.codec import to_json

EDGE = lifted(OPEN, {5: 1.9, 8: 2.2, 9: 2.2})


def measure(name: str, **given: object) -> float | None:
    return priced(situation(**given), GPI).measures[name]["value"]


def failed(policy: PolicyFile = GPI, **given: object) -> set[str]:
    found = decide(priced(situation(**given), policy), policy, with_draws=False)
    return {gate.gate for gate in found.gates if not gate.passed}


def withdrawn(seen, number):
    quotes = tuple(
        replace(q, win=None, non_runner=True) if q.number == number else q for q in seen.quotes
    )
    return replace(seen, quotes=quotes)


def gone(seen, number):
    return replace(seen, quotes=tuple(q for q in seen.quotes if q.number != number))


def unpriced(seen, number):
    quotes = tuple(replace(q, win=None) if q.number == number else q for q in seen.quotes)
    return replace(seen, quotes=quotes)


# --- data --------------------------------------------------------------------------------------

NOW, THEN = snapshot(NINE), snapshot(NINE, before_min=30.0)


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("runners", {}, 9),
        ("runners", {"snapshots": ()}, None),
        ("same_runners", {}, 1),
        ("same_runners", {"snapshots": (withdrawn(NOW, 9),)}, 1),
        ("same_runners", {"snapshots": (gone(NOW, 9),)}, 0),
        ("same_runners", {"earlier": (gone(THEN, 9),)}, 0),
        ("same_runners", {"earlier": ()}, None),
        ("h5_coverage", {"snapshots": (unpriced(NOW, 1),)}, 8 / 9),
        ("h5_coverage", {"snapshots": ()}, 0),
        ("drift_coverage", {"earlier": (unpriced(THEN, 1),)}, 8 / 9),
        ("drift_coverage", {"earlier": ()}, 0),
        ("people_coverage", {}, 1),
        ("people_coverage", {"enrichment": None}, None),
        ("enrichment_present", {"enrichment": None}, 0),
        ("odds_age_min", {}, 0.5),
        ("odds_age_min", {"decided_at": OFF + minutes(3)}, 8.0),
        ("odds_age_min", {"decided_at": None}, 5.0),
        ("closing_model", {}, 0),
        ("closing_model", {"chances": NINE}, 1),
        # 100 points: 25 + 25 + 15 + 20 + 15 + 15 make 115, capped.
        ("quality_score", {}, 100),
        # Without H-30: neither its 25 nor the 15 of the drift: 75.
        ("quality_score", {"earlier": ()}, 75),
        # Without enrichment: 115 - 20 - 15.
        ("quality_score", {"enrichment": None}, 80),
    ],
)
def test_a_measure_of_the_data(name, given, value):
    found = measure(name, **given)

    assert found == (value if value is None else pytest.approx(value))


@pytest.mark.parametrize(
    ("gate", "given"),
    [
        ("enrichment", {"enrichment": None}),
        ("same_runners", {"earlier": ()}),
        ("odds_age", {"decided_at": OFF + minutes(3)}),
        ("drift_coverage", {"earlier": ()}),
        ("closing_model", {"chances": None}),
    ],
)
def test_data_that_lack_something_refuse_the_race(gate, given):
    seen = {"win": OPEN, "chances": EDGE, **given}

    assert gate in failed(**seen)
    assert decide(priced(situation(**seen), EASY), EASY).tickets == ()


# --- the author's thresholds -------------------------------------------------------------------


def test_the_authors_place_sum_and_values_refuse_what_his_other_gates_let_through():
    assert failed(chances=lifted(NINE, {3: 1.3, 4: 1.3})) >= {"sum_p_place", "basket_ev"}


def test_without_them_his_ticket_stands_with_every_gate_told():
    found = decide(priced(situation(OPEN, chances=EDGE), EASY), EASY)

    (ticket,) = found.tickets
    assert ticket.bet == "place"
    assert 2 <= len(ticket.legs) <= 3
    assert total_stake_cents(found.tickets) <= 500
    assert max(leg.stake_cents for leg in ticket.legs) <= 300
    assert all(gate.passed for gate in found.gates)
    assert {"runners", "volatile_legs", "stake", "week", "var95"} <= {g.gate for g in found.gates}


def test_a_no_bet_tells_the_gates_of_the_best_basket_on_paper_and_keeps_it_as_a_study():
    chances = lifted(NINE, {6: 1.2})
    found = FilePolicy(GPI).decide(situation(chances=chances))
    race = priced(situation(chances=chances), GPI)
    refused = refused_on_paper(race, judged_on_paper(race, GPI))

    assert found.tickets == ()
    assert {g.gate for g in refused.failed} == {g.gate for g in found.gates if not g.passed}
    assert found.reading.study["stake_cents"] == total_stake_cents(refused.tickets)
    assert len(found.reasons) == len(refused.failed)


def test_every_gate_that_passed_is_satisfied_by_the_value_it_publishes():
    for chances in (EDGE, OPEN, lifted(OPEN, {6: 1.2})):
        found = decide(priced(situation(OPEN, chances=chances), GPI), GPI)
        rules = {rule.gate: rule for rule in GPI.gates}
        for gate in found.gates:
            value, compare = gate.value, rules[gate.gate].compare
            holds = (
                value is not None
                and {
                    ">=": value >= gate.threshold,
                    "<=": value <= gate.threshold,
                    ">": value > gate.threshold,
                    "<": value < gate.threshold,
                }[compare]
            )
            assert gate.passed == holds, gate


def test_the_same_situation_gives_the_same_bytes():
    seen = situation(OPEN, chances=EDGE)

    assert to_json(FilePolicy(EASY).decide(seen)) == to_json(FilePolicy(EASY).decide(seen))


# --- money -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gate", "money"),
    [
        ("meeting", MoneyState(meeting_staked_cents=1_150)),
        ("week", MoneyState(week_staked_cents=5_950)),
        ("losses", MoneyState(losses_in_a_row=3)),
        ("var95", MoneyState(at_risk_cents=1_190)),
    ],
)
def test_what_was_staked_and_lost_before_stops_the_next_slip(gate, money):
    assert decide(priced(situation(OPEN, chances=EDGE), EASY), EASY).tickets
    assert gate in failed(EASY, win=OPEN, chances=EDGE, money=money)


def test_two_losses_in_a_row_stop_nothing_yet():
    assert "losses" not in failed(EASY, win=OPEN, chances=EDGE, money=MoneyState(losses_in_a_row=2))


# --- conditions --------------------------------------------------------------------------------


def test_the_overround_binds_ticket_2_alone():
    flat = failed(EASY, win=OPEN, chances=EDGE, discipline=Discipline.FLAT, is_handicap=True)

    assert "overround_strict" not in flat


def test_a_gate_left_out_of_the_file_is_not_asked():
    assert "enrichment" not in failed(without_gates(GPI, "enrichment"), enrichment=None)


def test_form_that_is_not_known_is_not_taken_for_steady():
    known = enriched(len(OPEN))
    partly = replace(known, runners=known.runners[:2])
    found = decide(
        priced(situation(OPEN, chances=EDGE, enrichment=partly), EASY), EASY, with_draws=False
    )

    assert "volatile_legs" in {gate.gate for gate in found.gates if not gate.passed}
