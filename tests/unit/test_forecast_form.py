"""The author's score, volatility and profiles of a musique, and the traps of musiques."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecast_rules import FORM_RULES, PROFILE_RULES
from hippique.forecast.form_scores import (
    FormFacts,
    Profile,
    Volatility,
    form_facts,
    form_score,
    profiles,
    volatility,
)

runs = st.sampled_from(["1a", "2a", "3a", "4a", "5a", "7a", "9a", "0a", "Da", "Aa", "(25)"])
musiques = st.lists(runs, min_size=1, max_size=12).map(" ".join)


def facts_of(musique: str) -> FormFacts:
    facts = form_facts(musique)
    assert facts is not None
    return facts


# --- counting -------------------------------------------------------------------------------


def test_zero_counts_tenth_and_never_better_than_first():
    assert facts_of("0a 1a").placings == (10, 1)
    assert facts_of("0a 1a").mean_placing == 5.5


def test_a_year_mark_is_no_twenty_fifth_place():
    assert facts_of("2a (25) 4a").placings == (2, 4)
    assert facts_of("2a(25)4a").career_runs == 2


def test_disqualifications_are_runs_without_a_place():
    facts = facts_of("Da Da 1a Da Da")

    assert facts.placings == (None, None, 1, None, None)
    assert (facts.runs, facts.disqualified) == (5, 4)
    assert facts.share_in(3) == 0.2  # one of five, not one of one


@pytest.mark.parametrize("musique", ["Ao 1o", "To 1o", "Ro 1o"], ids=["pulled", "fell", "unseated"])
def test_other_incidents_count_as_unplaced(musique):
    assert facts_of(musique).placings == (10, 1)


def test_newest_five_runs_count_and_the_career_counts_all():
    facts = facts_of("6p 5p 4p 7p 8p (24) 1p 1p 2p")

    assert facts.placings == (6, 5, 4, 7, 8)
    assert (facts.career_runs, facts.career_wins, facts.career_places) == (8, 2, 3)


@pytest.mark.parametrize("musique", [None, "", "Inédit", "(25)"])
def test_a_horse_that_never_ran_has_no_facts(musique):
    assert form_facts(musique) is None


# --- score ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("musique", "score"),
    [
        pytest.param("1a 1a 1a 1a 1a", 10.0, id="five wins: 2x5"),
        pytest.param("1a 4a 5a 0a 5a", 2 + 3 - 3 * 4 / 9, id="one of three, three of five, mean 5"),
        pytest.param("Da 1a", 2 - 2, id="a win and a fault"),
        pytest.param("0a 0a", -3.0, id="tenth twice: worst mean"),
        pytest.param("Da Da", -5.0, id="faults alone: worst mean and the malus"),
    ],
)
def test_score_follows_the_formula(musique, score):
    assert form_score(facts_of(musique), FORM_RULES) == pytest.approx(score)


@given(musiques)
@settings(max_examples=100)
def test_score_stays_within_floor_and_five_wins(musique):
    facts = form_facts(musique)
    if facts is not None:
        assert -5.0 <= form_score(facts, FORM_RULES) <= 10.0


@given(musiques)
@settings(max_examples=100)
def test_a_fault_never_raises_the_score(musique):
    facts = form_facts(musique)
    spoilt = form_facts(f"Da {musique}")
    assert spoilt is not None
    if facts is not None and facts.runs < 5:  # at five the fault pushes an old run out
        assert form_score(spoilt, FORM_RULES) <= form_score(facts, FORM_RULES)


# --- volatility -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("musique", "found"),
    [
        pytest.param("1a 2a Da", Volatility.VOLATILE, id="one fault in three runs"),
        pytest.param("Da 1a", Volatility.NEUTRAL, id="one fault in two runs is not enough"),
        pytest.param("Da Da", Volatility.VOLATILE, id="faults alone have no mean"),
        pytest.param("1a 7a 2a", Volatility.VOLATILE, id="spread 6, worst 7"),
        pytest.param("1a 6a 4a", Volatility.NEUTRAL, id="spread 5 is not above 5"),
        pytest.param("6a 7a 7a", Volatility.VOLATILE, id="mean above 6"),
        pytest.param("6a 6a 6a", Volatility.NEUTRAL, id="mean 6 is not above 6"),
        pytest.param("1a 3a 5a", Volatility.SAFE, id="mean 3, two of three placed"),
        pytest.param("2a 4a 3a 4a 2a", Volatility.SAFE, id="mean 3, three of five placed"),
        pytest.param("3a 4a 4a", Volatility.NEUTRAL, id="mean above 3"),
        pytest.param("1a 0a", Volatility.VOLATILE, id="zero is tenth: spread 9"),
    ],
)
def test_volatility_is_the_first_rule_that_holds(musique, found):
    assert volatility(facts_of(musique), FORM_RULES) is found


# --- profiles -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("musique", "p_place", "odds", "found"),
    [
        pytest.param("5p", 0.26, 3.0, (Profile.TRUE_FAVOURITE,), id="true favourite"),
        pytest.param("5p", 0.25, 3.0, (), id="a quarter is not above a quarter"),
        pytest.param("3p 1p 9p", 0.2, 8.0, (Profile.REGULAR_OUTSIDER,), id="outsider from 8"),
        pytest.param("3p 1p 9p", 0.2, 14.0, (Profile.REGULAR_OUTSIDER,), id="outsider to 14"),
        pytest.param("3p 1p 9p", 0.2, 14.5, (), id="odds beyond"),
        pytest.param("3p 4p 1p", 0.2, 10.0, (), id="last but one was fourth"),
        pytest.param("3p Dp 1p", 0.2, 10.0, (), id="a fault is no third place"),
        pytest.param("1p", 0.2, 10.0, (), id="one run is not two"),
        pytest.param("4p 4p 4p", 0.09, 30.0, (Profile.FORGOTTEN,), id="forgotten"),
        pytest.param("4p 4p", 0.09, 30.0, (), id="two runs are not three"),
        pytest.param("4p 4p 4p", 0.10, 30.0, (), id="a tenth is not below a tenth"),
        pytest.param("4p 4p 4p", None, None, (), id="nothing known"),
        pytest.param("2p 2p 2p", 0.09, 12.0, (Profile.REGULAR_OUTSIDER, Profile.FORGOTTEN), id="2"),
    ],
)
def test_profiles_follow_their_rows(musique, p_place, odds, found):
    assert profiles(form_facts(musique), p_place, odds, PROFILE_RULES) == found


def test_a_horse_without_a_past_can_still_be_the_favourite():
    assert profiles(None, 0.5, 2.0, PROFILE_RULES) == (Profile.TRUE_FAVOURITE,)
