"""Pools from odds: shares, takeouts, flags, and what a crowd is taken to stake where none shows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from betting_races import (
    DAY,
    KELLY,
    NINE,
    PLACE_TAKEOUT,
    lifted,
    market,
    place_ranges,
    shares,
    situation,
    snapshot,
)
from hippique.betting.crowd import crowd_stakes
from hippique.betting.pool_shares import shares_from_place_odds, shares_from_win_odds
from hippique.betting.pools import PLACE_FROM_WIN, POOL_UNKNOWN, books_of
from hippique.betting.priced import priced, priced_bets
from hippique.betting.priced_pool import Book, bet_on
from hippique.forecast.closing_price import CROSS_POOL
from hippique.pricing.ordering import henery
from hippique.pricing.value import BetPool, fronts, mean_profits, pair_among, payoffs
from hippique.racing.card import Runner
from hippique.racing.market import Quote

NUMBERS = tuple(range(1, len(NINE) + 1))


def book(**given: object) -> Book:
    (found,) = books_of(situation(**given), NUMBERS, ("win", "place", "trio_order"))
    return found


# --- shares ------------------------------------------------------------------------------------


def test_a_win_pool_of_two_equal_horses_keeps_what_its_odds_lack():
    # Odds of 1.7 stand for 1.70 to 1.80, on average 1.75: 1 - 1/(2/1.75) = .125.
    found = shares_from_win_odds([Quote(number=1, win=1.7), Quote(number=2, win=1.7)])

    assert found.shares.tolist() == [0.5, 0.5]
    assert found.takeout == pytest.approx(0.125)


@pytest.mark.parametrize("win", [None, 1.0])
def test_a_pool_that_lacks_one_price_has_no_shares(win):
    assert shares_from_win_odds([Quote(number=1, win=1.7), Quote(number=2, win=win)]) is None


@given(win=shares)
@settings(max_examples=60, deadline=None)
def test_place_shares_come_back_from_the_ranges_that_they_show(win):
    flat = np.array(win) ** 0.79
    place = flat / flat.sum()
    quotes = [
        Quote(number=n, place_low=low, place_high=high)
        for n, (low, high) in enumerate(place_ranges(place.tolist()), start=1)
    ]
    if min(quote.place_low for quote in quotes) <= 1.3:
        return  # a step is a third of what such a horse profits: the odds hardly tell its share

    found = shares_from_place_odds(quotes, 3, 1.1)

    assert found.shares.sum() == pytest.approx(1.0)
    assert found.takeout == pytest.approx(PLACE_TAKEOUT, abs=0.02)
    assert np.abs(np.log(found.shares / place)).max() < 0.06


# --- books -------------------------------------------------------------------------------------


def test_zeturf_is_priced_from_its_own_odds_and_flagged_across_pools():
    found = book()

    assert found.is_cross_pool
    assert found.pools["win"].made == "win_odds"
    assert found.pools["place"].made == "place_odds"
    assert {CROSS_POOL, POOL_UNKNOWN} <= set(found.pools["win"].flags)


def test_without_place_odds_the_place_pool_is_the_flattened_win_pool():
    found = book(snapshots=(snapshot(NINE, with_places=False),))

    assert found.pools["place"].made == "win_share"
    assert PLACE_FROM_WIN in found.pools["place"].flags


def test_a_combination_whose_takeout_nobody_knows_is_not_priced():
    assert book().unpriced == {"trio_order": "its takeout is not known"}


def test_an_estimated_takeout_is_drawn_with_its_own_spread():
    (found,) = books_of(situation(), NUMBERS, ("couple_win",))
    (pmu,) = books_of(
        situation(operators=("pmu",), snapshots=(snapshot(NINE, pool="SIMPLE_GAGNANT"),)),
        NUMBERS,
        ("couple_win",),
    )

    assert (found.pools["couple_win"].pool.takeout, found.pools["couple_win"].pool.takeout_sd) == (
        0.188,
        0.015,
    )
    assert pmu.pools["couple_win"].pool.takeout_sd == 0.01  # quoted, without a spread of its own


def test_the_dearer_takeout_is_believed():
    # terms.toml quotes .136 for ZEturf's win pool; the odds of this one show .15.
    assert book().pools["win"].pool.takeout == pytest.approx(0.15, abs=0.01)


def test_a_coupled_entry_leaves_out_pmus_win_pool_alone():
    card = tuple(Runner(number=n, coupling="A" if n < 3 else None) for n in NUMBERS)
    seen = situation(
        snapshots=(snapshot(NINE, "SIMPLE_GAGNANT"),), operators=("pmu",), runners_card=card
    )

    (found,) = books_of(seen, NUMBERS, ("win", "place"))

    assert set(found.pools) == {"place"}
    assert "coupled" in found.unpriced["win"]


def test_a_pool_that_shows_other_horses_prices_nothing():
    (found,) = books_of(situation(), (*NUMBERS, 10), ("win",))

    assert found.pools == {}


@pytest.mark.parametrize(
    ("code", "declared", "runners", "paid"),
    [
        ("place", 8, 7, 3),
        ("place", 7, 7, 2),
        ("place", 8, 2, 2),
        ("place", 3, 3, None),
        ("couple_place", 7, 7, None),
        ("couple_place", 8, 8, 3),
        ("two_of_four", 9, 4, None),
        ("two_of_four", 9, 5, 4),
        ("multi4", 9, 7, None),
        ("multi5", 9, 8, 4),
        ("quinte", 16, 16, None),
        ("win", None, 8, None),
    ],
)
def test_the_places_of_a_bet_hang_on_the_declared_field(code, declared, runners, paid):
    bet = bet_on(code, declared, runners)

    assert (bet.last if bet else None) == paid


# --- value -------------------------------------------------------------------------------------


@pytest.mark.parametrize("pool", ["SIMPLE_GAGNANT", "E_SIMPLE_GAGNANT"])
def test_the_markets_own_chances_lose_the_takeout_on_every_horse(pool):
    operator = {"SIMPLE_GAGNANT": "pmu", "E_SIMPLE_GAGNANT": "pmu_fr"}[pool]
    seen = snapshot(NINE, pool)
    given_race = situation(snapshots=(seen,), forecast=market(seen), operators=(operator,))
    race = priced(given_race, KELLY)
    win = race.books[0].pools["win"].pool

    on = fronts(race.at_close, (1,))
    tables = payoffs(replace(win, rules=None), on, (0.01,))

    lost = mean_profits(tables, on)[:, 0] / 0.01
    assert lost == pytest.approx([-win.takeout] * len(NINE), abs=0.01)  # half a step


@given(win=shares)
@settings(max_examples=15, deadline=None)
def test_where_all_get_one_dividend_no_pair_that_is_backed_returns_more_than_another(win):
    model, bet = henery(win), pair_among(4, "alike")

    stakes = crowd_stakes(model, bet)

    pool = BetPool("P", bet, 1e6 * stakes, 0.25, None)
    on = fronts(model, bet.parts)
    back = mean_profits(payoffs(pool, on, (0.01,)), on)[:, 0] / 0.01
    assert back.max() < -0.25 + 0.03
    assert float(back @ stakes) == pytest.approx(-0.25, abs=0.01)


def test_the_reading_has_a_price_for_every_horse_at_the_least_stake():
    bets = priced_bets(priced(situation(chances=lifted(NINE, {4: 1.5})), KELLY))

    single = [b for b in bets if len(b.combination) == 1]
    assert {(b.bet, b.combination[0]) for b in single} == {
        (bet, n) for bet in ("win", "place") for n in NUMBERS
    }
    best = max((b for b in bets if b.bet == "win"), key=lambda b: b.ev)
    assert best.combination == (4,)
    assert all(b.dividend.low <= b.dividend.mean <= b.dividend.high for b in single)


def test_terms_are_those_of_the_day():
    assert book().pools["win"].terms.since <= DAY
