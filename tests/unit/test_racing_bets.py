"""The bet catalogue: the rules of DOMAIN's table as rows, and the places that are paid."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hippique.errors import UnknownBet
from hippique.racing.bets import CATALOGUE, Order, Wins, bet_type, places_paid


@pytest.mark.parametrize(
    ("declared", "places"),
    [
        pytest.param(0, 0, id="nothing declared"),
        pytest.param(3, 0, id="three declared: refunded"),
        pytest.param(4, 2, id="four declared: first two"),
        pytest.param(7, 2, id="seven declared: first two"),
        pytest.param(8, 3, id="eight declared: first three"),
        pytest.param(20, 3, id="a full field: never more than three"),
    ],
)
def test_places_paid_follow_the_declared_field(declared, places):
    assert places_paid(declared) == places


@given(st.integers(0, 40))
def test_one_more_declared_never_pays_fewer_places(declared):
    assert places_paid(declared) <= places_paid(declared + 1)


# Which horses, in which order, and when the stake comes back (decree; real dividends).
RULES = [
    pytest.param("win", 1, Order.SINGLE, Wins.FIRST, 0, 0, id="simple gagnant"),
    pytest.param("place", 1, Order.SINGLE, Wins.PLACED, 4, 0, id="simple placé"),
    pytest.param("show2", 1, Order.SINGLE, Wins.SECOND, 0, 0, id="ZEshow: finishes second"),
    pytest.param("fourth", 1, Order.SINGLE, Wins.FOURTH, 0, 0, id="ZE couillon: finishes fourth"),
    pytest.param("couple_win", 2, Order.ANY, Wins.FIRST_N, 0, 0, id="couplé gagnant"),
    pytest.param("couple_order", 2, Order.EXACT, Wins.FIRST_N, 0, 0, id="couplé ordre"),
    pytest.param("couple_place", 2, Order.ANY, Wins.TWO_OF_PLACED, 8, 0, id="couplé placé from 8"),
    pytest.param("trio", 3, Order.ANY, Wins.FIRST_N, 0, 0, id="trio"),
    pytest.param("trio_order", 3, Order.EXACT, Wins.FIRST_N, 0, 0, id="trio ordre"),
    pytest.param("two_of_four", 2, Order.ANY, Wins.TWO_OF_FOUR, 0, 5, id="2 sur 4 from 5 starters"),
    pytest.param("multi4", 4, Order.ANY, Wins.FIRST_FOUR_AMONG, 0, 8, id="multi from 8 starters"),
    pytest.param("multi7", 7, Order.ANY, Wins.FIRST_FOUR_AMONG, 0, 8, id="multi with seven horses"),
    pytest.param("tierce", 3, Order.BOTH, Wins.RANKED, 0, 0, id="tiercé pays both orders"),
    pytest.param("quinte", 5, Order.BOTH, Wins.RANKED, 0, 0, id="quinté+ pays both orders"),
]


@pytest.mark.parametrize(("code", "legs", "order", "wins", "declared", "starters"), RULES)
def test_rule_of_a_bet(code, legs, order, wins, declared, starters):
    row = bet_type(code)

    assert (row.legs, row.order, row.wins) == (legs, order, wins)
    assert (row.least_declared, row.least_starters) == (declared, starters)


# The codes that the published reading promises.
PROMISED = (
    "win place show2 fourth couple_win couple_place couple_order trio trio_order two_of_four "
    "multi4 multi5 multi6 multi7 mini_multi ze4 ze4_order ze5 ze5_order ze234 ze345 "
    "tierce quarte quinte pick5"
)


def test_every_promised_bet_has_a_row():
    assert set(PROMISED.split()) <= set(CATALOGUE)


@pytest.mark.parametrize("code", CATALOGUE)
def test_row_lies_under_its_own_code(code):
    assert bet_type(code).code == code


def test_labels_tell_bets_apart():
    labels = [row.label for row in CATALOGUE.values()]

    assert len(set(labels)) == len(labels)


def test_single_bets_are_those_with_one_leg():
    singles = {code for code, row in CATALOGUE.items() if row.order is Order.SINGLE}

    assert singles == {code for code, row in CATALOGUE.items() if row.legs == 1}


def test_unknown_bet_names_the_known_ones():
    with pytest.raises(UnknownBet, match="couple_place") as caught:
        bet_type("loto")

    assert caught.value.field == "bet"
