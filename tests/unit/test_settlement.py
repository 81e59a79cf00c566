"""Settlement: every bet by its own rule, on the order of finish and the published dividends."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hippique.betting.settlement import (
    LegState,
    has_won,
    read_settlement,
    refund,
    settle,
    write_settlement,
)
from hippique.betting.slip import Decision, Leg, RaceReading, Ticket, read_decision, write_decision
from hippique.racing.bets import CATALOGUE, Order, Wins, bet_type
from hippique.racing.result import Dividend, Refund, Result, ResultStatus
from strategies import dividends_per_euro, orders, results

PLAIN = ((1,), (2,), (3,), (4,), (5,), (6,))
FIRST_TIED = ((1, 2), (3,), (4,), (5,))
SECOND_TIED = ((1,), (2, 3), (4,), (5,))
THIRD_TIED = ((1,), (2,), (3, 4), (5,))
FOURTH_TIED = ((1,), (2,), (3,), (4, 5), (6,))
SHORT = ((1,), (2,), (3,))


def official(order=PLAIN, **facts: object) -> Result:
    return Result(status=ResultStatus.OFFICIAL, order=order, **facts)


def paid(bet, combination, per_euro, operator="zeturf", rank=None) -> Dividend:
    return Dividend(
        operator=operator, bet=bet, combination=combination, per_euro=per_euro, rank=rank
    )


def decision(*legs: tuple[tuple[int, ...], int], bet="win", operator="zeturf") -> Decision:
    ticket = Ticket(
        operator=operator,
        pool=bet,
        bet=bet,
        label=bet_type(bet).label,
        min_cents=100,
        step_cents=100,
        legs=tuple(Leg(combination=c, stake_cents=cents) for c, cents in legs),
    )
    return Decision(
        decision="slip",
        race="2025-10-16/R1C1",
        mode="simulated",
        simulated=True,
        policy="control",
        policy_hash="x",
        estimator="market",
        decided_at=dt.datetime(2025, 10, 16, 12, 10, tzinfo=dt.UTC),
        play_before=None,
        tickets=(ticket,),
        stake_cents=sum(cents for _, cents in legs),
        ev=None,
        gates=(),
        reasons=(),
        counterfactual=None,
        reading=RaceReading(),
        inputs={},
        versions={},
    )


def state(bet, combination, result, declared: int | None = 10) -> LegState:
    (leg,) = settle(decision((combination, 100), bet=bet), result, declared).legs
    return leg.state


# --- who wins --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bet", "combination", "order", "wins"),
    [
        ("win", (1,), PLAIN, True),
        ("win", (2,), PLAIN, False),
        ("win", (2,), FIRST_TIED, True),
        ("win", (3,), FIRST_TIED, False),
        ("place", (3,), PLAIN, True),
        ("place", (4,), PLAIN, False),
        ("place", (4,), THIRD_TIED, True),
        ("place", (5,), THIRD_TIED, False),
        ("show2", (2,), PLAIN, True),
        ("show2", (1,), PLAIN, False),
        ("show2", (3,), PLAIN, False),
        ("show2", (3,), SECOND_TIED, True),
        ("show2", (3,), FIRST_TIED, False),
        ("fourth", (4,), PLAIN, True),
        ("fourth", (3,), PLAIN, False),
        ("fourth", (5,), FOURTH_TIED, True),
        ("fourth", (5,), THIRD_TIED, False),
        ("couple_win", (2, 1), PLAIN, True),
        ("couple_win", (1, 3), PLAIN, False),
        ("couple_win", (1, 3), SECOND_TIED, True),
        ("couple_win", (2, 3), SECOND_TIED, False),
        ("couple_win", (1, 3), FIRST_TIED, False),
        ("couple_order", (1, 2), PLAIN, True),
        ("couple_order", (2, 1), PLAIN, False),
        ("couple_order", (2, 1), FIRST_TIED, True),
        ("couple_order", (1, 3), SECOND_TIED, True),
        ("couple_order", (3, 1), SECOND_TIED, False),
        ("couple_place", (1, 3), PLAIN, True),
        ("couple_place", (2, 3), PLAIN, True),
        ("couple_place", (3, 4), PLAIN, False),
        ("couple_place", (1, 4), THIRD_TIED, True),
        ("couple_place", (3, 4), THIRD_TIED, False),
        ("trio", (3, 1, 2), PLAIN, True),
        ("trio", (1, 2, 4), PLAIN, False),
        ("trio", (1, 2, 4), THIRD_TIED, True),
        ("trio", (1, 3, 4), THIRD_TIED, False),
        ("trio_order", (1, 2, 3), PLAIN, True),
        ("trio_order", (1, 3, 2), PLAIN, False),
        ("trio_order", (1, 3, 2), SECOND_TIED, True),
        ("two_of_four", (1, 4), PLAIN, True),
        ("two_of_four", (4, 5), PLAIN, False),
        ("two_of_four", (1, 5), FOURTH_TIED, True),
        ("two_of_four", (4, 5), FOURTH_TIED, False),
    ],
)
def test_a_bet_wins_by_its_own_rule(bet, combination, order, wins):
    assert has_won(bet_type(bet), combination, official(order), 10) is wins


@pytest.mark.parametrize(
    ("bet", "combination"),
    [("fourth", (7,)), ("two_of_four", (1, 7)), ("two_of_four", (7, 8))],
)
def test_an_order_that_stops_too_early_does_not_lose_a_bet(bet, combination):
    assert has_won(bet_type(bet), combination, official(SHORT), 10) is None
    assert state(bet, combination, official(SHORT)) is LegState.PENDING


def test_an_order_of_two_does_not_lose_the_third_place():
    assert state("place", (7,), official(((1,), (2,)))) is LegState.PENDING
    assert state("place", (7,), official(SHORT)) is LegState.LOST


@pytest.mark.parametrize("how", ["disqualified", "fallen"])
def test_a_horse_that_cannot_be_placed_loses_also_in_a_short_order(how):
    result = official(SHORT, **{how: (7,)})

    assert state("fourth", (7,), result) is LegState.LOST
    assert state("two_of_four", (1, 7), result) is LegState.LOST


def test_a_short_order_with_a_published_dividend_has_won():
    result = official(SHORT, dividends=(paid("fourth", (7,), 14.5),))

    assert state("fourth", (7,), result) is LegState.WON


@pytest.mark.parametrize("bet", sorted(CATALOGUE))
def test_every_bet_settles_or_waits_and_never_breaks(bet):
    legs = CATALOGUE[bet].legs
    for combination in ((tuple(range(1, legs + 1))), tuple(range(20, 20 + legs))):
        assert state(bet, combination, official()) in LegState
        assert state(bet, combination, official(())) is LegState.PENDING


@pytest.mark.parametrize(
    "bet", [b for b, row in CATALOGUE.items() if row.wins in {Wins.RANKED, Wins.FIRST_FOUR_AMONG}]
)
def test_a_bet_with_ranks_of_its_own_waits_for_its_own_settlement(bet):
    numbers = tuple(range(1, CATALOGUE[bet].legs + 1))
    bonus = official(dividends=(paid(bet, numbers, 3.0, rank="bonus3"),))

    assert state(bet, numbers, bonus) is LegState.PENDING
    one_absent = official(PLAIN[1:], non_runners=(1,))
    assert state(bet, numbers, one_absent) is LegState.PENDING


def resolved(order):
    """Every full order that a dead heat may stand for."""
    return [sum(ways, ()) for ways in product(*(permutations(tied) for tied in order))]


FIRST_PLACES = {
    Wins.FIRST: (1, 1),
    Wins.PLACED: (1, 3),
    Wins.SECOND: (2, 2),
    Wins.FOURTH: (4, 4),
    Wins.TWO_OF_PLACED: (1, 3),
    Wins.TWO_OF_FOUR: (1, 4),
}


@given(order=orders(), draw=st.data(), bet=st.sampled_from(sorted(CATALOGUE)))
def test_a_dead_heat_wins_exactly_where_one_way_to_part_it_does(order, draw, bet):
    row = CATALOGUE[bet]
    flat = sum(order, ())
    if row.wins in {Wins.RANKED, Wins.FIRST_FOUR_AMONG} or len(flat) < max(4, row.legs):
        return
    if len(resolved(order)) > 500:
        return
    shuffled = draw.draw(st.permutations(flat))
    combination = tuple(shuffled[: row.legs])
    first, last = FIRST_PLACES.get(row.wins, (1, row.legs))

    def wins(way) -> bool:
        if row.order is Order.EXACT:
            return way[: row.legs] == combination
        return set(combination) <= set(way[first - 1 : last])

    expected = any(map(wins, resolved(order)))
    assert has_won(row, combination, official(order), 8) is expected


# --- places by the declared field --------------------------------------------------------------


@pytest.mark.parametrize(
    ("declared", "number", "expected"),
    [
        (8, 3, LegState.PENDING),
        (8, 4, LegState.LOST),
        (7, 2, LegState.PENDING),
        (7, 3, LegState.LOST),
        (4, 2, LegState.PENDING),
        (4, 3, LegState.LOST),
        (3, 1, LegState.REFUNDED),
        (None, 1, LegState.PENDING),
    ],
)
def test_places_follow_the_declared_field(declared, number, expected):
    assert state("place", (number,), official(), declared) is expected


@pytest.mark.parametrize("starters", [4, 5, 6, 7])
def test_eight_declared_pay_three_places_however_few_started(starters):
    started = official(PLAIN[:starters], non_runners=tuple(range(starters + 1, 9)))

    assert has_won(bet_type("place"), (3,), started, 8) is True


def test_starters_below_the_places_are_all_paid():
    two_left = official(((1,), (2,)), non_runners=tuple(range(3, 9)))

    assert has_won(bet_type("place"), (2,), two_left, 8) is True


def test_too_small_a_field_refunds_the_couple_place():
    assert state("couple_place", (1, 2), official(), 7) is LegState.REFUNDED


def test_two_of_four_is_refunded_when_fewer_than_five_took_part():
    four_ran = official(PLAIN[:4], non_runners=(5, 6))

    assert state("two_of_four", (1, 2), four_ran, 6) is LegState.REFUNDED
    assert state("two_of_four", (1, 2), four_ran, 7) is LegState.PENDING


# --- money -------------------------------------------------------------------------------------


def test_a_winner_is_paid_its_dividend_and_a_loser_nothing():
    result = official(dividends=(paid("win", (1,), 2.6),))

    settlement = settle(decision(((1,), 300), ((2,), 200)), result, 8)

    assert [leg.payout_cents for leg in settlement.legs] == [780, 0]
    assert (settlement.staked_cents, settlement.returned_cents) == (500, 780)
    assert (settlement.profit_cents, settlement.complete) == (280, True)


def test_a_dividend_that_is_not_there_leaves_the_ticket_open():
    settlement = settle(decision(((1,), 300)), official(), 8)

    assert not settlement.complete
    (leg,) = settlement.legs
    assert (leg.state, leg.payout_cents, leg.profit_cents) == (LegState.PENDING, 0, 0)


@pytest.mark.parametrize(
    "other",
    [
        paid("win", (1,), 2.6, operator="pmu"),
        paid("place", (1,), 1.4),
        paid("win", (2,), 2.6),
    ],
)
def test_a_dividend_of_another_operator_bet_or_horse_pays_nothing(other):
    assert state("win", (1,), official(dividends=(other,))) is LegState.PENDING


def test_each_horse_of_a_dead_heat_is_paid_its_own_dividend():
    result = official(FIRST_TIED, dividends=(paid("win", (1,), 1.8), paid("win", (2,), 3.1)))

    settlement = settle(decision(((1,), 100), ((2,), 100)), result, 8)

    assert [leg.payout_cents for leg in settlement.legs] == [180, 310]


def test_a_place_is_paid_at_its_own_dividend_not_the_winners():
    result = official(dividends=(paid("win", (1,), 9.0), paid("place", (1,), 2.0)))

    (leg,) = settle(decision(((1,), 100), bet="place"), result, 8).legs

    assert leg.payout_cents == 200


def test_an_exact_order_is_paid_at_its_own_order_only():
    wrong_way = official(FIRST_TIED, dividends=(paid("couple_order", (1, 2), 9.0),))

    assert state("couple_order", (1, 2), wrong_way) is LegState.WON
    assert state("couple_order", (2, 1), wrong_way) is LegState.PENDING


def test_an_any_order_dividend_is_found_in_whichever_order_it_is_shown():
    result = official(dividends=(paid("trio", (3, 1, 2), 31.2),))

    assert state("trio", (1, 2, 3), result) is LegState.WON


@pytest.mark.parametrize("bet", ["win", "place"])
def test_a_non_runner_is_refunded_without_any_dividend(bet):
    settlement = settle(decision(((9,), 300), bet=bet), official(non_runners=(9,)), 10)

    assert settlement.legs[0].state is LegState.REFUNDED
    assert (settlement.returned_cents, settlement.profit_cents) == (300, 0)
    assert settlement.complete


def test_a_bet_that_the_operator_paid_back_is_refunded():
    assert (
        state("win", (2,), official(refunded=(Refund(operator="zeturf", bet="win"),)))
        is LegState.REFUNDED
    )


def test_a_cancelled_race_returns_every_stake():
    settlement = refund(decision(((1,), 300), ((2,), 200)))

    assert (settlement.staked_cents, settlement.returned_cents) == (500, 500)
    assert settlement.complete


@given(
    cents=st.integers(1, 2000).map(lambda steps: steps * 50),
    per_euro=dividends_per_euro,
)
def test_payouts_are_whole_cents_nearest_to_the_exact_product(cents, per_euro):
    result = official(dividends=(paid("win", (1,), per_euro),))

    (leg,) = settle(decision(((1,), cents)), result, 8).legs

    exact = Decimal(str(per_euro)) * cents
    assert isinstance(leg.payout_cents, int)
    assert abs(leg.payout_cents - exact) <= Decimal("0.5")
    assert leg.profit_cents == leg.payout_cents - cents


@given(
    result=results(),
    bet=st.sampled_from(sorted(CATALOGUE)),
    declared=st.one_of(st.none(), st.integers(1, 24)),
    stakes=st.lists(st.integers(1, 50).map(lambda n: n * 100), min_size=1, max_size=3),
    draw=st.data(),
)
def test_settling_is_repeatable_adds_up_and_comes_back_from_its_file(
    result, bet, declared, stakes, draw
):
    numbers = st.lists(
        st.integers(1, 24),
        min_size=CATALOGUE[bet].legs,
        max_size=CATALOGUE[bet].legs,
        unique=True,
    )
    made = decision(*((tuple(draw.draw(numbers)), cents) for cents in stakes), bet=bet)

    settlement = settle(made, result, declared)

    assert settle(made, result, declared) == settlement
    assert read_settlement(write_settlement(settlement)) == settlement
    assert settlement.staked_cents == sum(stakes)
    assert settlement.returned_cents == sum(leg.payout_cents for leg in settlement.legs)
    assert settlement.complete is all(x.state is not LegState.PENDING for x in settlement.legs)
    for leg in settlement.legs:
        if leg.state is LegState.LOST:
            assert leg.payout_cents == 0
        if leg.state is LegState.REFUNDED:
            assert leg.payout_cents == leg.stake_cents
        if leg.state is LegState.WON:
            assert leg.per_euro is not None


@given(cents=st.lists(st.integers(0, 10_000_000), min_size=1, max_size=4))
def test_money_goes_to_euros_and_back_without_losing_a_cent(cents):
    made = decision(*(((n + 1,), amount) for n, amount in enumerate(cents)))

    assert read_decision(write_decision(made)) == made
    assert b"_cents" not in write_decision(made)
