"""Gates as rows: judged, told in French, bound by conditions."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hippique.betting import loss_limit
from hippique.betting.gate_measures import MEASURES, known
from hippique.betting.gate_words import GATE_WORDS, amount, gate_sentence
from hippique.betting.gates import (
    BadgeRule,
    Conditions,
    FieldFacts,
    GateRule,
    badges,
    conditions_met,
    judge,
    judge_all,
    rule_faults,
    rules_of,
)
from hippique.betting.policy_file import packaged_policy, policy_names
from hippique.betting.slip import Gate
from hippique.racing.card import Discipline

POLICIES = [packaged_policy(name) for name in policy_names()]
GPI = packaged_policy("gpi-5.1")
RULES = [
    pytest.param(rule, id=f"{policy.name}-{rule.gate}")
    for policy in POLICIES
    for rule in policy.gates
]
STRICT = Conditions(strict_flat_runners=14, high_overround_above=1.25)
values = st.floats(-1e6, 1e6, allow_nan=False)


def rule_with(**changed: Any) -> GateRule:
    row = {"gate": "runners", "group": "data", "measure": "runners", "compare": ">="}
    return GateRule(**{**row, "threshold": 6, "note": "a test", **changed})


# --- one gate ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("compare", "value", "passed"),
    [
        (">=", 6.0, True),
        (">=", 5.999, False),
        ("<=", 6.0, True),
        ("<=", 6.001, False),
        (">", 6.0, False),
        (">", 6.001, True),
        ("<", 6.0, False),
        ("<", 5.999, True),
        (">=", None, False),
        ("<=", None, False),
        ("<", math.nan, False),
        (">=", math.inf, True),
    ],
)
def test_a_gate_passes_where_the_comparison_holds_and_the_value_is_known(compare, value, passed):
    assert judge(rule_with(compare=compare), value).passed is passed


def test_what_is_not_known_stands_in_the_gate_as_none():
    assert judge(rule_with(), math.nan).value is None
    assert judge(rule_with(statistic="q05"), None) == Gate(
        gate="runners", statistic="q05", value=None, threshold=6, passed=False
    )


def test_binary_noise_refuses_nothing():
    assert judge(rule_with(threshold=0.3, compare="<="), 0.1 + 0.2).passed
    assert not judge(rule_with(threshold=0.3, compare=">"), 0.1 + 0.2).passed


@given(value=values, threshold=values)
def test_the_opposite_comparisons_never_agree(value, threshold):
    for one, other in ((">=", "<"), ("<=", ">")):
        first = judge(rule_with(compare=one, threshold=threshold), value)
        second = judge(rule_with(compare=other, threshold=threshold), value)
        assert first.passed is not second.passed


# --- many gates, conditions --------------------------------------------------------------------


def test_statistics_of_a_measure_are_kept_apart():
    rules = (
        rule_with(gate="a", measure="ev", statistic="mean", threshold=0.35),
        rule_with(gate="b", measure="ev", statistic="q05", threshold=0.35),
        rule_with(gate="c", measure="roi", statistic="mean", threshold=0.35),
    )
    gates = judge_all(rules, {"ev": {"mean": 0.4, "q05": -0.1}}, frozenset())

    assert [gate.passed for gate in gates] == [True, False, False]
    assert known({"ev": {"mean": 0.4}}, "ev", "q05") is None


FLAT, HARNESS = Discipline.FLAT, Discipline.TROT_HARNESS


@pytest.mark.parametrize(
    ("discipline", "is_handicap", "runners", "is_strict"),
    [
        (FLAT, False, 13, False),
        (FLAT, False, 14, True),
        (FLAT, True, 8, True),
        (FLAT, None, 8, True),  # not known: the stricter rule binds
        (FLAT, False, None, True),
        (None, False, 8, False),
        (None, None, 8, True),
        (HARNESS, True, 16, False),
        (HARNESS, None, None, False),
    ],
)
def test_strict_overround_is_for_flat_handicaps_and_big_flat_fields(
    discipline, is_handicap, runners, is_strict
):
    facts = FieldFacts(
        discipline=discipline, is_handicap=is_handicap, runners=runners, overround=1.2
    )

    assert ("strict_overround" in conditions_met(STRICT, facts)) is is_strict


@pytest.mark.parametrize(
    ("overround", "discipline", "ev", "refused"),
    [
        (1.25, HARNESS, 0.45, set()),
        (1.26, HARNESS, 0.45, {"combination_ev_high"}),
        (1.26, HARNESS, 0.50, set()),
        (1.30, HARNESS, 0.50, set()),
        (1.31, HARNESS, 0.60, {"overround"}),
        (1.25, FLAT, 0.45, set()),
        (1.26, FLAT, 0.60, {"overround_strict"}),
        (None, HARNESS, 0.60, {"overround"}),
    ],
)
def test_overround_and_ev_of_a_combination_hang_together(overround, discipline, ev, refused):
    facts = FieldFacts(discipline=discipline, is_handicap=True, runners=10, overround=overround)
    measures = {
        "overround": {"value": overround},
        "combination_ev": {"mean": ev},
        "ticket1_stands": {"value": 1.0},
        "payout_eur": {"value": 25.0},
        "calibration_valid": {"value": 1.0},
        "sharpe": {"value": 0.6},
        "top4_spread": {"value": 0.2},
    }
    gates = judge_all(
        rules_of(GPI.gates, "ticket2"), measures, conditions_met(GPI.conditions, facts)
    )

    assert {gate.gate for gate in gates if not gate.passed} == refused


@pytest.mark.parametrize(("tickets", "gates"), [(1, 0), (2, 2)])
def test_sixty_forty_binds_only_where_both_tickets_stand(tickets, gates):
    facts = FieldFacts(
        discipline=HARNESS, is_handicap=None, runners=9, overround=1.2, tickets=tickets
    )
    met = conditions_met(GPI.conditions, facts)
    judged = judge_all(rules_of(GPI.gates, "slip"), {}, met)

    assert sum(g.gate in {"ticket1_stake", "ticket2_stake"} for g in judged) == gates


def test_nothing_known_passes_nothing():
    met = frozenset({"strict_overround", "high_overround", "two_tickets"})
    gates = judge_all(GPI.gates, {}, met)

    assert len(gates) == len(GPI.gates)
    assert not any(gate.passed for gate in gates)


def test_badges_need_all_of_their_conditions():
    rules = GPI.badges
    rich = {"ev": {"mean": 0.6}, "roi": {"mean": 0.6}, "payout_eur": {"value": 30.0}}

    assert badges(rules, rich) == ("green", "value_alert")
    assert badges(rules, {**rich, "payout_eur": {"value": 15.0}}) == ("green",)
    assert badges(rules, {**rich, "roi": {}}) == ("value_alert",)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (rule_with(measure="runers"), "measure runers is unknown; write one of runners"),
        (rule_with(statistic="mean"), "statistic mean of runners; write value"),
        (rule_with(measure="ev"), "statistic value of ev; write mean or q05"),
        (
            BadgeRule(badge="green", measure="x", compare=">", threshold=0, note="a test"),
            "badges[0] green: measure x is unknown",
        ),
    ],
)
def test_a_rule_that_cannot_be_judged_is_named(rule, words):
    assert words in next(iter(rule_faults([rule])))


def test_two_gates_of_one_name_are_named():
    assert "gates[1] runners: gate stands twice" in next(iter(rule_faults([rule_with()] * 2)))


# --- words -------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", RULES)
def test_every_gate_of_a_policy_has_its_sentence_in_the_measure_s_unit(rule):
    words = GATE_WORDS[rule.gate]
    value = rule.threshold - 1 if rule.compare in {">=", ">"} else rule.threshold + 1
    sentence = gate_sentence(judge(rule, value))

    assert words.unit == MEASURES[rule.measure].unit
    assert re.fullmatch(r"Il aurait fallu .+ ; .+\.", sentence)
    assert "{" not in sentence


@pytest.mark.parametrize("rule", RULES)
def test_a_value_that_is_not_known_is_said_so(rule):
    assert gate_sentence(judge(rule, None)).endswith("; la valeur n'est pas connue.")


def test_no_sentence_is_for_a_gate_that_no_policy_has():
    of_policies = {rule.gate for policy in POLICIES for rule in policy.gates}

    assert set(GATE_WORDS) == of_policies | {loss_limit.GATE}


def test_every_measure_is_asked_for_and_says_what_it_is():
    asked = {rule.measure for policy in POLICIES for rule in policy.gates}

    assert set(MEASURES) == asked | {loss_limit.MEASURE}
    assert all(measure.meaning for measure in MEASURES.values())


@pytest.mark.parametrize(
    ("gate", "value", "sentence"),
    [
        ("runners", 5.0, "Il aurait fallu au moins 6 partants ; il y en a 5."),
        ("roi", 0.124, "Il aurait fallu un rendement d'au moins 20 % ; il est de 12,4 %."),
        ("roi", 0.19999, "Il aurait fallu un rendement d'au moins 20 % ; il est de 19,999 %."),
        ("stake", 7.0, "Il aurait fallu 5,00 € de mise au plus ; la mise est de 7,00 €."),
        ("odds_age", 8.5, "Il aurait fallu des cotes de 7 min au plus ; celles-ci ont 8,5 min."),
    ],
)
def test_sentences_read_well(gate, value, sentence):
    rule = next(rule for rule in GPI.gates if rule.gate == gate)

    assert gate_sentence(judge(rule, value)) == sentence


def test_enrichment_keeps_the_author_s_word():
    rule = next(rule for rule in GPI.gates if rule.gate == "enrichment")

    assert "NO_PLAY_DATA_MISSING" in gate_sentence(judge(rule, 0.0))


def test_a_gate_without_words_is_named():
    gate = Gate(gate="win_odds", statistic="value", value=0.0, threshold=1.0, passed=False)

    assert "win_odds" in gate_sentence(gate)


@given(value=values)
def test_amounts_have_a_comma_and_no_point(value):
    for unit in ("count", "share", "ratio", "odds", "eur", "minutes", "points"):
        assert "." not in amount(value, unit)
