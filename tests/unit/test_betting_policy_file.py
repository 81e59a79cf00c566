"""Policies as data: what the packaged files hold, what is refused, what a budget allows."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hippique.betting.policy_file import (
    PolicyFile,
    bets_wanted,
    packaged_policy,
    policy_hash,
    policy_names,
    read_policy,
    threshold_of,
)
from hippique.betting.stakeable import playable_portfolios, stakeable
from hippique.betting.strict_file import packaged_text
from hippique.betting.terms import OPERATORS, terms_of
from hippique.errors import SettingsError
from hippique.racing.codec import from_json, to_json

DAY = dt.date(2026, 6, 1)
GPI_TEXT = packaged_text("gpi-5.1.toml")
GPI = packaged_policy("gpi-5.1")


def test_the_packaged_policies():
    assert policy_names() == ("control", "gpi-5.1", "kelly-pure")


@pytest.mark.parametrize("name", policy_names())
def test_a_policy_survives_its_own_json(name):
    policy = packaged_policy(name)

    assert policy.name == name
    assert from_json(type(policy), to_json(policy)) == policy


@pytest.mark.parametrize(
    ("gate", "threshold"),
    [  # the author's numbers, once more by hand: nobody loosens one without changing this list
        ("runners", 6), ("odds_floor", 1.01), ("h5_coverage", 0.9), ("drift_coverage", 0.8),
        ("people_coverage", 0.8), ("odds_age", 7), ("quality", 70), ("least_legs", 2),
        ("most_legs", 3), ("place_odds_low", 2.5), ("place_odds_high", 7), ("place_odds_best", 4),
        ("sum_p_place", 1.2), ("basket_ev", 0.4), ("basket_roi", 0.2), ("volatile_legs", 0),
        ("combination_ev", 0.4), ("combination_ev_high", 0.5), ("payout", 10), ("sharpe", 0.5),
        ("overround", 1.3), ("overround_strict", 1.25), ("top4_spread", 0.08), ("roi", 0.2),
        ("ev", 0.35), ("tickets", 2), ("stake", 5), ("horse_stake", 3), ("meeting", 12),
        ("week", 60), ("losses", 3), ("var95", 12), ("same_runners", 1), ("enrichment", 1),
        ("ticket1_stands", 1), ("calibration", 1), ("ticket1_stake", 3), ("ticket2_stake", 2),
        ("closing_model", 1),
    ],
)  # fmt: skip
def test_gpi_has_the_author_s_threshold(gate, threshold):
    assert threshold_of(GPI, gate) == threshold


def test_gpi_has_no_other_gates():
    listed = test_gpi_has_the_author_s_threshold.pytestmark[0].args[1]

    assert {rule.gate for rule in GPI.gates} == {gate for gate, _ in listed}


def test_gpi_asks_for_means():
    assert {rule.statistic for rule in GPI.gates} == {"value", "mean"}


def test_gpi_has_the_author_s_scores():
    weights = GPI.quality

    assert weights is not None
    assert (weights.h30_odds, weights.h5_odds, weights.drift) == (25, 25, 15)
    assert (weights.times, weights.people, weights.count, weights.cap) == (20, 15, 15, 100)
    assert GPI.gpi51 is not None
    assert (GPI.gpi51.floor, GPI.gpi51.ceiling, GPI.gpi51.total) == (0.01, 0.80, 1.8)
    assert GPI.caps.budget_cents == 500
    assert GPI.caps.cents_of(GPI.caps.horse_share) == 300


def test_kelly_pure_has_no_gate_of_gpi():
    assert [rule.gate for rule in packaged_policy("kelly-pure").gates] == ["ev", "closing_model"]


# --- hash --------------------------------------------------------------------------------------


def test_the_hash_changes_with_a_threshold_and_with_the_terms_in_force():
    strict = replace(GPI, gates=(replace(GPI.gates[0], threshold=7), *GPI.gates[1:]))

    assert policy_hash(GPI, DAY) == policy_hash(packaged_policy("gpi-5.1"), DAY)
    assert policy_hash(strict, DAY) != policy_hash(GPI, DAY)
    # On 2021-04-01 simple placé began to pay 1.05.
    assert policy_hash(GPI, dt.date(2021, 3, 31)) != policy_hash(GPI, dt.date(2021, 4, 1))


# --- reading -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("budget_eur = 5.0", "budjet_eur = 5.0", "caps.budjet_eur is unknown; write budget_eur"),
        ("budget_eur = 5.0", "", "caps.budget_eur is missing; add it"),
        ("budget_eur = 5.0", "budget_eur = -5", "caps.budget_eur: write `float` > 0.0"),
        ("budget_eur = 5.0", "budget_eur = 4.0", "the gate stake has 5; write one number"),
        ("max_tickets = 2", "max_tickets = 3", "caps.max_tickets: write `int` <= 2"),
        ("horse_share = 0.60", "horse_share = 60", "caps.horse_share: write `float` <= 1.0"),
        ("odds_low = 2.5", "odds_low = 2.4", "ticket1.odds_low is 2.4 and the gate"),
        ("strong_odds_from = 4.0", "strong_odds_from = 8.0", "move it inside"),
        ("min_legs = 2", "min_legs = 4", "ticket1.min_legs is above ticket1.max_legs"),
        ('method = "tickets"', 'method = "growth"', "growth is missing; method growth needs it"),
        ('method = "tickets"', 'method = "best"', "write one of tickets, growth, favourite"),
        (
            'compare = ">="',
            'compare = "=>"',
            "gates[0].compare: '=>' is unknown; write one of >=, <=, >, < (row runners)",
        ),
        ('measure = "runners"', 'measure = "runers"', "measure runers is unknown"),
        ('statistic = "mean"', 'statistic = "q5"', "write one of value, mean, q05"),
        ("threshold = 6\n", 'threshold = "6"\n', "gates[0].threshold: write `float`, got `str`"),
        ("threshold = 6\n", "threshold = nan\n", "gates[0].threshold: "),
        ("threshold = 6\n", "threshold = 6\nwhere = 1\n", "gates[0].where is unknown"),
        ('when = "high_overround"', 'when = "dear"', "gates[21].when: 'dear' is unknown"),
        ('gate = "h5_coverage"', 'gate = "runners"', "gate stands twice"),
        ('{ bet = "trio" }', '{ bets = "trio" }', "ticket2.bets[2].bets is unknown; write bet"),
        ('{ bet = "trio" }', '{ bet = "tryo" }', "bet tryo is unknown; write one of win"),
        ('"trio", "ze4"]', '"trio", "z4"]', "bet z4 is unknown"),
        ("overround_low = 0.8", "overround_low = 1.8", "exchange them"),
        ('on = "chance"', 'on = "odd"', "gpi51.drift.on: 'odd' is unknown"),
        ('["trot_mounted", "flat"]', '["plat"]', "gpi51.people_weighted[0]: 'plat' is unknown"),
        ("[caps]", "[caps", "not TOML"),
    ],
)
def test_a_bad_file_names_the_key_and_the_mend(old, new, words):
    assert old in GPI_TEXT
    with pytest.raises(SettingsError) as refused:
        read_policy(GPI_TEXT.replace(old, new, 1), "mine.toml")

    assert str(refused.value).startswith("mine.toml: ")
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_condition_without_its_numbers_is_refused():
    start, end = GPI_TEXT.index("[conditions]"), GPI_TEXT.index("[data]")
    with pytest.raises(SettingsError, match="conditions is missing; the gate"):
        read_policy(GPI_TEXT[:start] + GPI_TEXT[end:], "mine.toml")


def test_an_unknown_policy_names_the_known_ones():
    with pytest.raises(SettingsError, match=r"write one of control, gpi-5\.1, kelly-pure"):
        packaged_policy("gpi-6")


LINES = GPI_TEXT.splitlines()


def read_or_refusal(text: str) -> PolicyFile | str:
    try:
        return read_policy(text, "mine.toml")
    except SettingsError as refused:
        return str(refused)


@given(line=st.integers(0, len(LINES) - 1))
@settings(max_examples=80)
def test_a_lost_line_is_refused_or_leaves_a_whole_policy(line):
    made = read_or_refusal("\n".join(LINES[:line] + LINES[line + 1 :]))

    if isinstance(made, str):
        assert made.startswith("mine.toml: ")
    else:
        assert from_json(PolicyFile, to_json(made)) == made


# --- what a budget allows ----------------------------------------------------------------------


def reasons(name: str, operator: str) -> dict[str, str | None]:
    return {row.bet: row.reason for row in stakeable(packaged_policy(name), operator, DAY)}


@pytest.mark.parametrize(
    ("name", "operator", "bet", "words"),
    [
        ("gpi-5.1", "zeturf", "place", None),
        ("gpi-5.1", "zeturf", "trio", None),
        ("gpi-5.1", "zeturf", "multi4", "zeturf does not offer Multi en 4"),
        # Shops: two legs of 2 € leave no room for ticket 1's 3 € beside a ticket 2.
        ("gpi-5.1", "pmu", "place", None),
        ("gpi-5.1", "pmu", "trio", "costs at least 4.00 €, above the 3.00 € left to ticket 1"),
        ("gpi-5.1", "pmu_fr", "trio", None),
        ("gpi-5.1", "pmu_fr", "two_of_four", "3.00 €, above the 2.00 € left to ticket 2"),
        ("gpi-5.1", "pmu_fr", "ze4", "pmu_fr does not offer ZE 4"),
        ("kelly-pure", "pmu", "two_of_four", None),
        ("control", "pmu", "win", None),
    ],
)
def test_a_bet_that_cannot_be_staked_is_refused_with_its_reason(name, operator, bet, words):
    reason = reasons(name, operator)[bet]

    assert reason is None if words is None else words in str(reason)


def test_a_bet_that_is_only_shown_is_never_staked():
    shown = read_policy(packaged_text("kelly-pure.toml").replace('"trio"', '"quinte"'), "mine.toml")
    rows = {row.bet: row.reason for row in stakeable(shown, "pmu", DAY)}

    assert rows["quinte"] == "Quinté+ is shown, not played"


def test_a_takeout_that_nobody_knows_is_said():
    rows = {row.bet: row.unknown for row in stakeable(GPI, "pmu_fr", DAY)}

    assert rows["trio"] == ("takeout",)
    assert stakeable(GPI, "zeturf", DAY)[0].unknown == ()


@pytest.mark.parametrize(
    ("name", "operator", "splits"),
    [
        ("control", "zeturf", [(100,)]),
        ("control", "pmu", [(200,)]),  # the shops' least stake is above 1 €
        ("gpi-5.1", "pmu", [(200, 200)]),
    ],
)
def test_the_portfolios_of_a_budget(name, operator, splits):
    found = playable_portfolios(packaged_policy(name), operator, DAY)

    assert [tuple(cents for _, cents in one.stakes) for one in found] == splits


def test_five_euros_at_zeturf_by_gpi():
    found = playable_portfolios(GPI, "zeturf", DAY)
    alone = {
        tuple(cents for _, cents in one.stakes)
        for one in found
        if {bet for bet, _ in one.stakes} == {"place"}
    }

    assert alone == {
        *((100, 100), (200, 100), (200, 200), (300, 100), (300, 200)),
        *((100, 100, 100), (200, 100, 100), (200, 200, 100), (300, 100, 100)),
    }


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("name", policy_names())
def test_every_portfolio_is_on_sale_and_within_the_caps(name, operator):
    policy = packaged_policy(name)
    found = playable_portfolios(policy, operator, DAY)
    horse_cents = policy.caps.cents_of(policy.caps.horse_share)

    assert found
    assert len(set(found)) == len(found)
    for portfolio in found:
        assert portfolio.total_cents <= policy.caps.budget_cents
        for bet, cents in portfolio.stakes:
            terms = terms_of(operator, bet, DAY)
            assert terms.min_cents <= cents <= horse_cents
            assert (cents - terms.min_cents) % terms.step_cents == 0
            assert terms.played


@given(budget=st.integers(1, 12))
@settings(max_examples=12)
def test_more_money_never_allows_fewer_portfolios(budget):
    kelly = packaged_policy("kelly-pure")

    def count(euros: int) -> int:
        caps = replace(kelly.caps, budget_eur=float(euros))
        return len(playable_portfolios(replace(kelly, caps=caps), "pmu_fr", DAY))

    assert count(budget) <= count(budget + 1)


def test_the_bets_of_gpi_are_those_of_the_author():
    assert bets_wanted(GPI) == (
        *("place", "couple_place", "couple_win", "trio", "ze4", "two_of_four"),
        *("multi4", "multi5", "multi6", "multi7"),
    )
