"""Pools: money only comes in, never after the off, never on a withdrawn horse."""

from __future__ import annotations

import math
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hippique.racecourse.crowd import pool_at, pools_at
from hippique.racecourse.draw import draw_day
from hippique.racecourse.finish import win_chances
from hippique.racecourse.odds import place_odds, reference_at, win_odds
from hippique.racecourse.rates import takeout
from hippique.racing.bets import places_paid

DAY = draw_day(date(2026, 6, 7), 1)
RACES = DAY.races()
races = st.sampled_from(RACES)
minutes = st.floats(-15, 15 * 60)  # before the off; below 0 is after it
ZETURF_WIN = ("zeturf", "win")
SHOP_WIN = ("pmu", "win")
some = settings(max_examples=60, deadline=None)


def withdrawn_race():
    for race in DAY.french_races():
        for entry in race.entries:
            if entry.withdrawn_at and race.off_time - entry.withdrawn_at < timedelta(minutes=30):
                return race, entry
    raise AssertionError("the day lacks its late withdrawal")


@some
@given(races, minutes, minutes)
def test_no_stake_ever_shrinks(race, one, other):
    early, late = sorted(race.off_time - timedelta(minutes=m) for m in (one, other))
    before, after = pools_at(race, early), pools_at(race, late)
    for name, pool in before.items():
        assert all(stake <= after[name].stakes[n] for n, stake in pool.stakes.items())


@some
@given(races, st.floats(0, 3600))
def test_nothing_comes_in_after_the_off(race, seconds):
    at_off = pools_at(race, race.actual_off)
    assert pools_at(race, race.actual_off + timedelta(seconds=seconds)) == at_off


@some
@given(races)
def test_pools_are_empty_before_they_open(race):
    pools = pools_at(race, race.opens_at - timedelta(seconds=1))
    assert all(stake == 0 for pool in pools.values() for stake in pool.stakes.values())


def test_a_withdrawn_horse_gets_no_more_money_and_what_it_holds_is_refunded():
    race, entry = withdrawn_race()
    known = pool_at(race, ZETURF_WIN, entry.withdrawn_at)
    closed = pool_at(race, ZETURF_WIN, race.actual_off)
    assert closed.stakes[entry.number] == known.stakes[entry.number] > 0
    assert entry.number in closed.refunded
    assert entry.number not in closed.live()


def test_a_withdrawn_horse_is_priced_until_it_is_known_and_never_after():
    race, entry = withdrawn_race()
    just_before = entry.withdrawn_at - timedelta(seconds=1)
    assert entry.number in win_odds(race, ZETURF_WIN, just_before)
    assert entry.number not in win_odds(race, ZETURF_WIN, entry.withdrawn_at)


@some
@given(races, st.floats(0, 600))
def test_win_odds_are_the_pool_less_takeout_rounded_down(race, before):
    now = race.off_time - timedelta(minutes=before)
    pool = pool_at(race, ZETURF_WIN, now).live()
    kept = 1 - float(takeout(*ZETURF_WIN, race.id.day))
    for number, shown in win_odds(race, ZETURF_WIN, now).items():
        exact = kept * sum(pool.values()) / pool[number]
        assert shown == pytest.approx(max(1.1, math.floor(exact * 10 + 1e-9) / 10))


@some
@given(races)
def test_the_book_of_a_win_pool_is_its_takeout_plus_rounding(race):
    pool = pool_at(race, ZETURF_WIN, race.actual_off).live()
    book = sum(1 / odds for odds in win_odds(race, ZETURF_WIN, race.actual_off).values())
    # Rounding down by at most a decime at odds o adds at most 1/(o - 0.1) - 1/o; floor 1.1 may cut.
    assert 1 / 0.85 - 0.2 <= book <= 1 / 0.85 + 0.12
    assert len(pool) == len(win_odds(race, ZETURF_WIN, race.actual_off))


@some
@given(races, st.floats(0, 600))
def test_place_odds_are_a_range_below_the_win_odds_of_an_outsider(race, before):
    now = race.off_time - timedelta(minutes=before)
    ranges = place_odds(race, "zeturf", now)
    assert set(ranges) == set(win_odds(race, ZETURF_WIN, now))
    assert all(1.1 <= low <= high for low, high in ranges.values())


@some
@given(races)
def test_place_odds_average_to_the_places_paid(race):
    ranges = place_odds(race, "zeturf", race.actual_off)
    places = min(places_paid(race.declared), len(ranges))
    book = sum(2 / (low + high) for low, high in ranges.values()) / places
    # A takeout of 16 % of the stakes, less in a net pool's favourites, and rounding.
    assert 0.85 < book < 1.45


def test_coupled_horses_show_one_price_at_pmu_and_their_own_at_zeturf():
    race = next(r for r in RACES if any(e.coupling for e in r.entries))
    one, other = (e.number for e in race.entries if e.coupling)
    shop = win_odds(race, SHOP_WIN, race.off_time)
    own = win_odds(race, ZETURF_WIN, race.off_time)
    assert shop[one] == shop[other]
    assert own[one] != own[other]


def test_prices_of_two_operators_differ_by_several_percent():
    gaps = []
    for race in DAY.french_races():
        shop = win_odds(race, SHOP_WIN, race.off_time)
        internet = win_odds(race, ("pmu_internet", "win"), race.off_time)
        gaps += [abs(math.log(internet[number] / shop[number])) for number in shop]
    assert 0.05 < sorted(gaps)[len(gaps) // 2] < 0.25


def test_the_reference_is_the_mornings_until_ten_minutes_before_the_off():
    race = RACES[0]
    ten_before = race.off_time - timedelta(minutes=10)
    assert reference_at(race, ten_before - timedelta(seconds=1)) == race.morning_at
    assert reference_at(race, ten_before) == ten_before


def distance(race, now):
    """Relative entropy of the market to the true chances, in nat."""
    odds = win_odds(race, ("pmu_internet", "win"), now)
    book = sum(1 / o for o in odds.values())
    truth = win_chances(race.starters(race.off_time))
    return sum(p * math.log(p * book * odds[n]) for n, p in truth.items())


def test_late_money_knows_more_than_early_money():
    runs = [race for race in DAY.french_races() if len(race.withdrawn(race.off_time)) == 0]
    early = sum(distance(race, race.off_time - timedelta(minutes=30)) for race in runs)
    close = sum(distance(race, race.actual_off) for race in runs)
    assert 0 < close < 0.7 * early


def test_outsiders_are_overbet_early():
    # Average share of the money on horses of a true chance below 4 % exceeds their chance.
    share = chance = 0.0
    for race in DAY.french_races():
        now = race.off_time - timedelta(minutes=30)
        stakes = pool_at(race, SHOP_WIN, now).live()
        truth = win_chances(race.starters(now))
        total = sum(stakes.values())
        outsiders = [number for number, p in truth.items() if p < 0.04]
        share += sum(stakes[number] / total for number in outsiders)
        chance += sum(truth[number] for number in outsiders)
    assert share > 1.05 * chance


def test_pools_do_not_depend_on_the_order_of_questions():
    forwards = draw_day(DAY.day, 9, 5)
    backwards = draw_day(DAY.day, 9, 5)
    first = [pools_at(race, race.off_time) for race in forwards.races()]
    second = [pools_at(race, race.off_time) for race in reversed(backwards.races())]
    assert first == second[::-1]
