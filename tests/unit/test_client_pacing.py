"""Turns at a host, in race time: the distance between them, and closed hosts."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hippique.sources.pacing import Pacer, http_date, retry_after_s
from stepped_time import START, SharedClock, StepClock, run_together


@settings(max_examples=25)
@given(
    turns=st.lists(st.integers(1, 4), min_size=1, max_size=5),
    delay_s=st.sampled_from([0.25, 1.0, 2.5]),
    pause_s=st.sampled_from([0.0, 0.1, 3.0]),
)
def test_turns_at_one_host_are_never_closer_than_the_delay(turns, delay_s, pause_s):
    clock = SharedClock(len(turns))
    pacer = Pacer(clock, delay_s)
    asked: list[datetime] = []

    def ask(times: int) -> None:
        for _ in range(times):
            pacer.wait_turn("host")
            asked.append(clock.now())
            clock.sleep(pause_s)
        clock.finish()

    run_together([lambda times=times: ask(times) for times in turns])

    gaps = [(later - sooner).total_seconds() for sooner, later in pairwise(sorted(asked))]
    assert len(asked) == sum(turns)
    assert all(gap >= delay_s for gap in gaps)


def test_hosts_do_not_wait_for_each_other():
    clock = StepClock()
    pacer = Pacer(clock, 1.0)

    for host in ("a", "b", "c"):
        pacer.wait_turn(host)

    assert clock.slept == []


def test_second_turn_waits_only_for_what_is_left_of_the_delay():
    clock = StepClock()
    pacer = Pacer(clock, 1.0)

    pacer.wait_turn("a")
    clock.instant += timedelta(seconds=0.75)
    pacer.wait_turn("a")

    assert clock.slept == [0.25]


def test_longer_distance_asked_for_is_kept_and_a_shorter_one_is_not():
    clock = StepClock()
    pacer = Pacer(clock, 1.0)
    pacer.slow_down("a", 5.0)
    pacer.slow_down("a", 0.1)

    pacer.wait_turn("a")
    pacer.wait_turn("a")

    assert clock.slept == [5.0]


def test_clock_set_back_an_hour_makes_nobody_wait_an_hour():
    clock = StepClock()
    pacer = Pacer(clock, 1.0)
    pacer.wait_turn("a")
    pacer.close("b", 30.0)

    clock.instant -= timedelta(hours=1)
    pacer.wait_turn("a")

    assert clock.slept == [1.0]
    assert pacer.closed_for_s("b") == pytest.approx(29.0)


def test_closed_host_opens_when_its_time_is_over():
    clock = StepClock()
    pacer = Pacer(clock, 1.0)

    assert pacer.close("a", 30.0) == 30.0
    clock.instant += timedelta(seconds=29)
    assert pacer.closed_for_s("a") == 1.0
    assert pacer.closed_for_s("b") == 0.0
    clock.instant += timedelta(seconds=1)
    assert pacer.closed_for_s("a") == 0.0


def test_shorter_closure_does_not_open_a_host_sooner():
    pacer = Pacer(StepClock(), 1.0)
    pacer.close("a", 60.0)

    assert pacer.close("a", 5.0) == 60.0


def test_host_that_asks_for_ten_years_is_asked_again_tomorrow():
    pacer = Pacer(StepClock(), 1.0)

    assert pacer.close("a", 3e8) == 86_400.0


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0.0),
        ("120", 120.0),
        (" 7 ", 7.0),
        ("Sun, 01 Jun 2025 10:02:00 GMT", 120.0),
        ("Sun, 01 Jun 2025 12:02:00 +0200", 120.0),
        ("Sun, 01 Jun 2025 09:00:00 GMT", 0.0),
        ("99999999999999999999", 86_400.0),
        (None, None),
        ("", None),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("٣٠", None),
        ("Sun, 99 Jun 2025 10:02:00 GMT", None),
        ("Fri, 31 Dec 9999 23:59:59 -1400", None),
        ("Sun, 01 Jun 2025 10:00:00 +999999999", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(header, seconds):
    assert retry_after_s(header, now=START) == seconds


def test_http_date_without_a_zone_is_utc():
    assert http_date("Sun, 01 Jun 2025 10:00:00 -0000") == START
