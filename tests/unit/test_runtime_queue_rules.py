from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hippique.runtime.instants import instant_of, micros
from hippique.runtime.queue_rules import RetryPolicy, backoff_s, due_again, is_used_up

NINE = datetime(2026, 6, 7, 7, 0, tzinfo=UTC)


def test_the_back_off_is_the_published_one():
    waits = [backoff_s(RetryPolicy(), attempts) for attempts in range(1, 10)]

    assert waits == [10, 20, 40, 80, 160, 240, 300, 300, 300]


@pytest.mark.parametrize(
    ("policy", "waits"),
    [
        # Cloud Tasks' own example: doubled, then by steps of the last doubled wait, then the most
        pytest.param(RetryPolicy(max_doublings=0, max_backoff_s=25), [10, 20, 25, 25], id="none"),
        pytest.param(RetryPolicy(max_doublings=1, max_backoff_s=70), [10, 20, 40, 60, 70], id="1"),
        pytest.param(RetryPolicy(min_backoff_s=5, max_backoff_s=5), [5, 5, 5], id="constant"),
    ],
)
def test_the_back_off_follows_its_settings(policy: RetryPolicy, waits: list[float]):
    assert [backoff_s(policy, attempt) for attempt in range(1, len(waits) + 1)] == waits


def test_the_back_off_of_the_thousandth_attempt_is_still_the_longest():
    assert backoff_s(RetryPolicy(), 1000) == 300


@pytest.mark.parametrize(
    ("max_attempts", "max_retry_s", "attempts", "since_s", "over"),
    [
        pytest.param(3, 100.0, 3, 99.0, False, id="attempts used up, duration not"),
        pytest.param(3, 100.0, 2, 500.0, False, id="duration used up, attempts not"),
        pytest.param(3, 100.0, 3, 100.0, True, id="both used up"),
        pytest.param(3, None, 3, 0.0, True, id="no limit of duration"),
        pytest.param(None, 100.0, 1, 100.0, True, id="no limit of attempts"),
        pytest.param(None, None, 10_000, 1e9, False, id="no limit at all"),
    ],
)
def test_a_task_fails_for_good_when_every_given_limit_is_used_up(
    max_attempts: int | None,
    max_retry_s: float | None,
    attempts: int,
    since_s: float,
    *,
    over: bool,
):
    policy = RetryPolicy(max_attempts=max_attempts, max_retry_s=max_retry_s)

    assert is_used_up(policy, attempts, since_s) is over


def test_an_absurd_retry_after_stays_within_the_horizon():
    assert due_again(RetryPolicy(), 1, NINE, 1e12) == NINE + timedelta(days=30)


@pytest.mark.parametrize(("least", "most"), [(0.0, 300.0), (-1.0, 300.0), (20.0, 10.0)])
def test_a_back_off_that_would_hammer_or_shrink_is_refused(least: float, most: float):
    with pytest.raises(ValueError, match="min_backoff_s"):
        RetryPolicy(min_backoff_s=least, max_backoff_s=most)


@given(st.datetimes(timezones=st.just(UTC)))
def test_an_instant_survives_the_file_to_the_microsecond(instant: datetime):
    assert instant_of(micros(instant)) == instant
