"""Dividends: paid from the pool, shared in dead heats, never more than the pool holds."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hippique.racecourse.crowd import pool_at
from hippique.racecourse.dividends import dividends, share_profit
from hippique.racecourse.draw import draw_day
from hippique.racecourse.odds import MINIMUM_DECIMES, place_odds, win_odds
from hippique.racecourse.rates import takeout
from hippique.racing.bets import places_paid

DAYS = [draw_day(date(2026, 6, 7), seed) for seed in (1, 2)]
RACES = [race for day in DAYS for race in day.races()]
DEAD_HEATS = [
    race
    for seed in range(40)
    for race in draw_day(date(2026, 6, 7), seed, 1).french_races()
    if any(len(tied) > 1 for tied in race.finish.order)
]
races = st.sampled_from([*RACES, *DEAD_HEATS])


def by_bet(race):
    rows = defaultdict(list)
    for row in dividends(race):
        rows[row.operator, row.bet].append(row)
    return rows


def test_one_winner_takes_the_net_pool():
    # 1,000 euros in all, 15 % kept, 100 on the winner: 850 / 100 = 8.5.
    paid = share_profit(Fraction(85_000), {(3,): Fraction(1)}, {(3,): 10_000})
    assert paid == {(3,): Fraction("8.5")}


def test_two_winners_halve_the_profit():
    # 850 net, 100 and 50 on them: 700 of profit, 350 each: 1 + 3.5 and 1 + 7.
    halves = {(1,): Fraction(1, 2), (2,): Fraction(1, 2)}
    paid = share_profit(Fraction(85_000), halves, {(1,): 10_000, (2,): 5_000})
    assert paid == {(1,): Fraction("4.5"), (2,): Fraction(8)}


def test_place_gives_stakes_back_and_shares_the_profit_equally():
    # 840 net, 200, 100 and 60 placed: 480 of profit, 160 each: 1.8, 2.6 and 3.66…
    thirds = dict.fromkeys([(1,), (2,), (3,)], Fraction(1, 3))
    paid = share_profit(Fraction(84_000), thirds, {(1,): 20_000, (2,): 10_000, (3,): 6_000})
    assert paid == {(1,): Fraction("1.8"), (2,): Fraction("2.6"), (3,): Fraction(11, 3)}


@given(races)
@settings(max_examples=80, deadline=None)
def test_no_pool_pays_more_than_it_holds_after_takeout_minimum_dividend_apart(race):
    for (operator, bet), rows in by_bet(race).items():
        net = rows[0].pool_cents * (1 - takeout(operator, bet, race.id.day))
        paid = sum(
            Fraction(row.decimes, 10) * row.stake_cents
            for row in rows
            if row.decimes > MINIMUM_DECIMES
        )
        assert paid <= net


@given(races)
@settings(max_examples=80, deadline=None)
def test_little_of_the_net_pool_is_lost_to_rounding(race):
    rows = by_bet(race)["pmu", "win"]
    if any(row.decimes == MINIMUM_DECIMES for row in rows) or len(rows) > 1:
        return
    net = rows[0].pool_cents * (1 - takeout("pmu", "win", race.id.day))
    assert net - Fraction(rows[0].decimes, 10) * rows[0].stake_cents < rows[0].stake_cents / 10


@given(races)
@settings(max_examples=80, deadline=None)
def test_the_win_dividend_is_the_closing_odds_where_one_horse_wins(race):
    winners = race.finish.order[0]
    if len(winners) > 1:
        return
    odds = win_odds(race, ("zeturf", "win"), race.actual_off)
    (row,) = by_bet(race)["zeturf", "win"]
    assert row.combination == winners
    assert row.per_euro == odds[winners[0]]


@given(races)
@settings(max_examples=80, deadline=None)
def test_place_dividends_lie_in_the_range_shown_unless_horses_tie(race):
    if any(len(tied) > 1 for tied in race.finish.order):
        return
    shown = place_odds(race, "zeturf", race.actual_off)
    rows = by_bet(race)["zeturf", "place"]
    assert len(rows) == places_paid(race.declared)
    for row in rows:
        low, high = shown[row.combination[0]]
        assert low <= row.per_euro <= high


@pytest.mark.parametrize("race", [r for r in RACES if r.declared < 8][:4], ids=lambda r: str(r.id))
def test_fewer_than_eight_declared_pay_two_places_and_no_couple_place(race):
    rows = by_bet(race)
    assert len(rows["zeturf", "place"]) == 2
    assert ("pmu", "couple_place") not in rows
    assert ("zeturf", "couple_order") in rows


def test_a_dead_heat_for_first_halves_the_win_profit():
    race = next(r for r in DEAD_HEATS if len(r.finish.order[0]) > 1)
    one, other = by_bet(race)["zeturf", "win"]
    stakes = pool_at(race, ("zeturf", "win"), race.actual_off).live()
    net = sum(stakes.values()) * (1 - takeout("zeturf", "win", race.id.day))
    profit = net - sum(stakes[n] for n in race.finish.order[0])
    for row in (one, other):
        exact = 1 + profit / 2 / stakes[row.combination[0]]
        assert row.decimes == max(MINIMUM_DECIMES, int(exact * 10))


def test_a_dead_heat_for_third_pays_four_horses_and_halves_the_third_part():
    race = next(r for r in DEAD_HEATS if len(r.finish.order[2]) > 1 and len(r.finish.order[0]) == 1)
    rows = {row.combination[0]: row for row in by_bet(race)["zeturf", "place"]}
    stakes = pool_at(race, ("zeturf", "place"), race.actual_off).live()
    net = sum(stakes.values()) * (1 - takeout("zeturf", "place", race.id.day))
    profit = net - sum(stakes[number] for number in rows)
    first, tied = race.finish.order[0][0], race.finish.order[2][0]
    assert len(rows) == 4
    assert rows[first].decimes == max(11, int(10 * (1 + profit / 3 / stakes[first])))
    assert rows[tied].decimes == max(11, int(10 * (1 + profit / 6 / stakes[tied])))


def test_a_dead_heat_for_second_pays_two_couples():
    race = next(
        r for r in DEAD_HEATS if len(r.finish.order[0]) == 1 and len(r.finish.order[1]) == 2
    )
    first, (second, also_second) = race.finish.order[0][0], race.finish.order[1]
    couples = {frozenset(row.combination) for row in by_bet(race)["pmu", "couple_win"]}
    assert couples == {frozenset({first, second}), frozenset({first, also_second})}


@given(races)
@settings(max_examples=40, deadline=None)
def test_two_of_four_pays_one_dividend_for_its_six_pairs(race):
    rows = by_bet(race)["pmu", "two_of_four"]
    assert len({row.decimes for row in rows}) <= 1
    assert len(rows) in {0, 6}


@given(races)
@settings(max_examples=40, deadline=None)
def test_refunded_stakes_take_no_part(race):
    pool = pool_at(race, ("pmu", "place"), race.actual_off)
    out = sum(stake for n, stake in pool.stakes.items() if n in pool.refunded)
    (row, *_) = by_bet(race)["pmu", "place"]
    assert row.pool_cents == sum(pool.stakes.values()) - out


def test_the_quinte_pays_exact_and_any_order():
    race = next(race for race in DAYS[0].races() if race.is_quinte)
    ranks = {row.rank for row in by_bet(race)["pmu", "quinte"]}
    assert ranks == {"order", "any_order"}
    assert not any(
        row.bet == "quinte" for r in DAYS[0].races() if r is not race for row in dividends(r)
    )


def test_an_unknown_takeout_is_refused_by_name():
    with pytest.raises(KeyError, match="no takeout of genybet for trio"):
        takeout("genybet", "trio", date(2026, 6, 7))
