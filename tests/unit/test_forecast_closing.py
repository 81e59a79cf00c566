"""The closing odds carried forward: the measured table, its interval, and what it refuses."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desks import OFF, minutes
from hippique.forecast.closing_price import (
    AGE_UNKNOWN,
    CROSS_POOL,
    LEAST_ODDS,
    closing_price,
    closing_prices,
    closing_readings,
)
from hippique.forecast.closing_table import AGES
from hippique.racing.market import Quote, Snapshot

POOLS = ("SIMPLE_GAGNANT", "E_SIMPLE_GAGNANT", "zeturf")
ages = st.floats(-3, 90)
shown = st.floats(1.06, 500)


def snapshot(pool="SIMPLE_GAGNANT", *, stamped=True) -> Snapshot:
    return Snapshot(
        race="2025-10-16/R1C1",
        source="pmu",
        pool=pool,
        taken_at=OFF - minutes(4),
        stamp=OFF - minutes(28) if stamped else None,
        quotes=(
            Quote(number=1, win=2.5),
            Quote(number=2, win=9.0),
            Quote(number=3),
            Quote(number=4, win=7.0, non_runner=True),
        ),
    )


@given(shown, ages, st.sampled_from(POOLS))
@settings(max_examples=100)
def test_the_interval_holds_the_median_and_no_odds_below_the_least(odds, age, pool):
    price = closing_price(odds, pool, age)

    assert price is not None
    assert LEAST_ODDS <= price.low <= price.median <= price.high


@given(shown, st.floats(1.001, 3), ages, st.sampled_from(POOLS))
@settings(max_examples=100)
def test_higher_odds_never_close_lower(odds, ratio, age, pool):
    low, high = closing_price(odds, pool, age), closing_price(odds * ratio, pool, age)

    assert low is not None
    assert high is not None
    assert low.median <= high.median + 1e-9


@given(shown, ages)
@settings(max_examples=50)
def test_the_other_pool_is_never_known_better_than_the_measured_one(odds, age):
    measured, crossed = (
        closing_price(odds, "SIMPLE_GAGNANT", age),
        closing_price(odds, "zeturf", age),
    )

    assert measured is not None
    assert crossed is not None
    assert crossed.low <= measured.low
    assert crossed.high >= measured.high
    assert CROSS_POOL in crossed.flags
    assert CROSS_POOL not in measured.flags


def test_the_other_pool_adds_its_spread_in_quadrature():
    # The upper tenth of a quote of 8.54 at H-5 lies .375 above; 1.2816 × .23 = .2948 is added.
    price = closing_price(8.54, "zeturf", 5)

    assert price is not None
    assert math.log(price.high / 8.54) == pytest.approx(math.hypot(0.375, 1.2816 * 0.23))


@pytest.mark.parametrize(
    ("age", "high"),
    [
        pytest.param(60, 0.588, id="an hour before"),
        pytest.param(30, 0.498, id="the reference"),
        pytest.param(14, 0.435, id="a quarter of an hour"),
        pytest.param(5, 0.375, id="at H-5"),
        pytest.param(1, 0.261, id="last minutes"),
        pytest.param(-2, 0.261, id="after the hour printed"),
    ],
)
def test_a_younger_quote_has_the_smaller_error(age, high):
    price = closing_price(8.55, "SIMPLE_GAGNANT", age)

    assert price is not None
    assert math.log(price.high / 8.55) == pytest.approx(high, abs=0.005)


def test_the_internet_pool_keeps_the_error_of_its_only_measured_hour():
    assert closing_price(9.0, "E_SIMPLE_GAGNANT", 2) == closing_price(9.0, "E_SIMPLE_GAGNANT", 30)


@pytest.mark.parametrize(("odds", "pool"), [(5.0, "geny"), (1.0, "zeturf"), (0.5, "zeturf")])
def test_an_unknown_pool_and_odds_that_are_none_get_no_price(odds, pool):
    assert closing_price(odds, pool, 5) is None


def test_a_quote_is_as_old_as_the_stamp_of_its_pool_says():
    # Fetched four minutes before the off, but the pool's own stamp is half an hour old.
    assert closing_prices(snapshot(), OFF)[2] == closing_price(9.0, "SIMPLE_GAGNANT", 28)


def test_without_a_stamp_the_fetch_counts_and_is_flagged():
    price = closing_prices(snapshot(stamped=False), OFF)[2]
    fresh = closing_price(9.0, "SIMPLE_GAGNANT", 4)

    assert fresh is not None
    assert (price.median, price.high) == (fresh.median, fresh.high)
    assert AGE_UNKNOWN in price.flags


def test_only_priced_starters_are_forecast():
    assert set(closing_prices(snapshot(), OFF)) == {1, 2}


def test_readings_name_their_pool_and_skip_pools_nobody_measured():
    seen = (snapshot(), snapshot("geny"), snapshot("zeturf", stamped=False))
    readings = closing_readings(seen, OFF)

    assert {number: set(pools) for number, pools in readings.items()} == {
        1: {"SIMPLE_GAGNANT", "zeturf"},
        2: {"SIMPLE_GAGNANT", "zeturf"},
    }
    assert set(readings[1]["zeturf"]) == {"mean", "low", "high", "flags"}


@pytest.mark.parametrize("age", AGES, ids=lambda age: f"{age.pool}-{age.from_min:g}")
def test_rows_are_in_order_and_measured_on_hundreds_of_races(age):
    centres = [knot.centre for knot in age.knots]

    assert centres == sorted(centres)
    assert all(knot.low <= knot.median <= knot.high for knot in age.knots)
    assert age.races >= 500
