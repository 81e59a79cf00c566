"""Paris days and hours: both clock changes of 2026, races past midnight, and laws of instants."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import strategies
from hippique.racing.times import PARIS, after_midnight, paris_at, paris_day, paris_time

SPRING = date(2026, 3, 29)  # clocks go from 02:00 to 03:00
AUTUMN = date(2026, 10, 25)  # clocks go from 03:00 back to 02:00


def utc(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "hour", "minute", "instant"),
    [
        pytest.param(date(2025, 10, 16), 14, 15, utc(2025, 10, 16, 12, 15), id="golden race"),
        pytest.param(date(2026, 1, 18), 19, 5, utc(2026, 1, 18, 18, 5), id="winter, +01:00"),
        pytest.param(SPRING, 1, 59, utc(2026, 3, 29, 0, 59), id="before the spring change"),
        pytest.param(SPRING, 3, 0, utc(2026, 3, 29, 1, 0), id="after the spring change"),
        pytest.param(SPRING, 2, 30, utc(2026, 3, 29, 1, 30), id="the hour that spring skips"),
        pytest.param(SPRING, 14, 15, utc(2026, 3, 29, 12, 15), id="afternoon of the spring change"),
        pytest.param(AUTUMN, 2, 30, utc(2026, 10, 25, 0, 30), id="repeated hour: the first pass"),
        pytest.param(AUTUMN, 3, 0, utc(2026, 10, 25, 2, 0), id="after the autumn change"),
        pytest.param(AUTUMN, 14, 15, utc(2026, 10, 25, 13, 15), id="afternoon of the autumn one"),
    ],
)
def test_paris_hour_is_the_right_instant(day, hour, minute, instant):
    assert paris_at(day, hour, minute) == instant


@pytest.mark.parametrize(
    ("hour", "minute", "h30", "h5"),
    [
        # Requirement 3: a race at 14:15 on 2025-10-16.
        pytest.param(14, 15, utc(2025, 10, 16, 11, 45), utc(2025, 10, 16, 12, 10), id="14:15"),
    ],
)
def test_golden_phases_before_the_off(hour, minute, h30, h5):
    off = paris_at(date(2025, 10, 16), hour, minute)

    assert (off - timedelta(minutes=30), off - timedelta(minutes=5)) == (h30, h5)


def test_half_an_hour_before_a_race_crosses_the_spring_change():
    # 03:10 summer time is ten minutes after 02:00 winter time; H-30 lies before the change.
    due = paris_at(SPRING, 3, 10) - timedelta(minutes=30)

    assert due == utc(2026, 3, 29, 0, 40)
    assert paris_time(due).strftime("%H:%M %z") == "01:40 +0100"


def test_half_an_hour_before_a_race_crosses_the_autumn_change():
    due = paris_at(AUTUMN, 3, 10) - timedelta(minutes=30)

    assert paris_time(due).strftime("%H:%M %z") == "02:40 +0100"


@pytest.mark.parametrize(
    ("hour", "minute", "instant"),
    [
        pytest.param(23, 55, utc(2026, 6, 7, 21, 55), id="late, still the same evening"),
        pytest.param(0, 15, utc(2026, 6, 7, 22, 15), id="a quarter past midnight"),
        pytest.param(1, 55, utc(2026, 6, 7, 23, 55), id="the last races of a night abroad"),
        pytest.param(4, 59, utc(2026, 6, 8, 2, 59), id="the last small hour"),
        pytest.param(5, 0, utc(2026, 6, 7, 3, 0), id="five in the morning is the card's own day"),
    ],
)
def test_small_hours_on_a_card_belong_to_the_next_morning(hour, minute, instant):
    assert after_midnight(date(2026, 6, 7), hour, minute) == instant


def test_race_past_midnight_on_the_eve_of_each_clock_change():
    assert after_midnight(SPRING - timedelta(days=1), 3, 0) == utc(2026, 3, 29, 1, 0)
    assert after_midnight(AUTUMN - timedelta(days=1), 2, 30) == utc(2026, 10, 25, 0, 30)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        pytest.param(utc(2026, 6, 7, 21, 59), date(2026, 6, 7), id="a minute before midnight"),
        pytest.param(utc(2026, 6, 7, 22, 0), date(2026, 6, 8), id="midnight in summer"),
        pytest.param(utc(2026, 1, 7, 23, 0), date(2026, 1, 8), id="midnight in winter"),
    ],
)
def test_paris_day_changes_at_paris_midnight(instant, day):
    assert paris_day(instant) == day


@given(strategies.instants)
def test_paris_time_is_the_same_instant_with_a_fixed_offset(instant):
    local = paris_time(instant)

    assert local == instant
    assert local.tzinfo is not PARIS
    assert datetime.fromisoformat(local.isoformat()) == instant


@given(strategies.instants)
def test_paris_offset_is_one_hour_or_two(instant):
    assert paris_time(instant).utcoffset() in {timedelta(hours=1), timedelta(hours=2)}


@given(strategies.race_days, st.integers(0, 23), st.integers(0, 59))
def test_clocks_show_the_hour_asked_for_unless_it_was_skipped(day, hour, minute):
    local = paris_at(day, hour, minute)
    skipped = hour == 2 and day.month == 3 and day.day >= 25  # last Sunday of March

    assert skipped or (local.date(), local.hour, local.minute) == (day, hour, minute)


@given(strategies.race_days, st.integers(0, 23))
def test_an_evening_on_a_card_never_ends_before_it_began(day, hour):
    assert after_midnight(day, hour, 0) >= paris_at(day, 5)
