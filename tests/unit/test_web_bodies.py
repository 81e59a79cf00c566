"""Bodies of the posts: days that can be meant, instants that carry a zone."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from hippique.errors import BadDate
from hippique.web.bodies import RunBody, ScheduleBody, read_day

DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2099, 12, 31))
NOON = dt.datetime(2026, 6, 7, 10, tzinfo=dt.UTC)


@given(DAYS)
def test_a_day_is_read_as_it_is_written(day: dt.date):
    assert read_day(day.isoformat(), NOON) == day


@pytest.mark.parametrize(
    ("now", "day"),
    [  # Paris is ahead of UTC: its day begins while UTC still has the one before
        (dt.datetime(2026, 6, 7, 21, 59, tzinfo=dt.UTC), dt.date(2026, 6, 7)),
        (dt.datetime(2026, 6, 7, 22, 0, tzinfo=dt.UTC), dt.date(2026, 6, 8)),
        (dt.datetime(2026, 12, 7, 22, 59, tzinfo=dt.UTC), dt.date(2026, 12, 7)),
        (dt.datetime(2026, 12, 7, 23, 0, tzinfo=dt.UTC), dt.date(2026, 12, 8)),
    ],
)
def test_today_is_the_day_of_paris(now: dt.datetime, day: dt.date):
    assert read_day("today", now) == day


@pytest.mark.parametrize(
    "text",
    ["", "Today", "tomorrow", "20260607", "2026-6-7", "2026-W23-7", " 2026-06-07", "2026-02-29",
     "1989-12-31", "2100-01-01", "9999-12-31", "0001-01-01", "\ud800", "x" * 10_000],
)  # fmt: skip
def test_what_is_no_day_is_refused_and_shown_in_short(text: str):
    with pytest.raises(BadDate) as refused:
        read_day(text, NOON)

    assert refused.value.field == "date"
    assert len(str(refused.value)) < 120


def test_schedule_without_a_word_plans_today_with_tasks():
    assert ScheduleBody.model_validate({}) == ScheduleBody(date="today", mode="tasks")


@pytest.mark.parametrize("name", ["due", "off", "not_after"])
def test_an_instant_without_a_zone_is_refused(name: str):
    body = {"course_url": "https://www.zeturf.fr/", "phase": "H5", name: "2026-06-07T10:00:00"}

    with pytest.raises(ValidationError, match=name):
        RunBody.model_validate(body)
    assert RunBody.model_validate(body | {name: "2026-06-07T10:00:00+02:00"})
