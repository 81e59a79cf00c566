"""Identity of a race, readings of one race, and the small facts of a snapshot."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

import strategies
from hippique.errors import InputError
from hippique.racing.card import (
    Discipline,
    Meeting,
    Race,
    RaceId,
    RaceKey,
    Reading,
    is_handicap,
)
from hippique.racing.market import Quote, Snapshot
from hippique.racing.times import paris_at


@given(strategies.race_keys)
def test_key_reads_back_from_its_own_text(key):
    assert RaceKey.parse(str(key)) == key


@given(strategies.race_ids)
def test_race_reads_back_from_its_own_text(race):
    assert RaceId.parse(str(race)) == race


@given(strategies.race_ids, strategies.race_ids)
def test_races_sort_by_day_then_meeting_then_race(first, second):
    assert (first < second) == (sort_numbers(first) < sort_numbers(second))


def sort_numbers(race: RaceId) -> tuple[date, int, int]:
    return race.day, race.key.meeting, race.key.race


@pytest.mark.parametrize(
    "text", ["R1C3", "r1c3", " R1C3 ", "R01C03"], ids=["plain", "lower case", "blanks", "zeros"]
)
def test_key_is_read_in_every_usual_writing(text):
    assert RaceKey.parse(text) == RaceKey(1, 3)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("C3R1", id="turned round"),
        pytest.param("R1", id="no race"),
        pytest.param("R1C", id="race without a number"),
        pytest.param("R1C3x", id="more behind it"),
        pytest.param("R-1C3", id="minus, as on provincial cards"),
        pytest.param("R0C3", id="meeting zero"),
        pytest.param("R1C0", id="race zero"),
        pytest.param("R1C123", id="three digits for a race"),
        pytest.param("R٣C٤", id="digits of another script"),
    ],
)
def test_bad_key_is_refused_with_the_field(text):
    with pytest.raises(InputError) as caught:
        RaceKey.parse(text)

    assert caught.value.field == "race"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("R1C3", id="no day"),
        pytest.param("2025-06-01", id="no race"),
        pytest.param("2025-06-01/", id="empty race"),
        pytest.param("2025-02-30/R1C3", id="no such day"),
        pytest.param("01/06/2025/R1C3", id="French day"),
        pytest.param("20250601/R1C3", id="day without dashes"),
        pytest.param("2025-W22-7/R1C3", id="day of a week"),
        pytest.param("2025-06-01/R1C3/H5", id="more behind it"),
    ],
)
def test_bad_race_is_refused_with_the_field(text):
    with pytest.raises(InputError) as caught:
        RaceId.parse(text)

    assert caught.value.field == "race"


@given(st.text("R0123456789C-/ r", max_size=16) | st.text(max_size=30))
def test_any_text_is_a_race_that_reads_back_or_a_bad_input(text):
    race = race_or_none(text)

    assert race is None or RaceId.parse(str(race)) == race


def race_or_none(text: str) -> RaceId | None:
    try:
        return RaceId.parse(text)
    except InputError:
        return None


def reading_of(*races: Race) -> Reading:
    return Reading(source="zeturf", page="race", meetings=(Meeting(number=1, races=races),))


def test_page_of_one_race_gives_that_race():
    race = Race(number=3)

    assert reading_of(race).only_race() == race


@pytest.mark.parametrize("races", [(), (Race(number=1), Race(number=2))], ids=["none", "two"])
def test_page_of_another_count_of_races_is_refused(races):
    with pytest.raises(InputError, match=f"{len(races)} races"):
        reading_of(*races).only_race()


def test_only_harness_and_mounted_are_trot():
    trot = {discipline for discipline in Discipline if discipline.is_trot}

    assert trot == {Discipline.TROT_HARNESS, Discipline.TROT_MOUNTED}


def snapshot_of(*quotes: Quote) -> Snapshot:
    taken_at = paris_at(date(2026, 6, 7), 14)
    return Snapshot(
        race="2026-06-07/R1C3", source="pmu", pool="x", taken_at=taken_at, quotes=quotes
    )


def test_coverage_counts_starters_only():
    # Of three starters two have odds; the withdrawn horse's left-over odds do not count.
    snapshot = snapshot_of(
        Quote(number=1, win=2.0),
        Quote(number=2),
        Quote(number=3, win=5.0, non_runner=True),
        Quote(number=4, win=3.0),
    )

    assert snapshot.win_coverage() == pytest.approx(2 / 3)


def test_coverage_of_an_empty_field_is_zero():
    assert snapshot_of().win_coverage() == 0.0


@given(strategies.snapshots)
def test_coverage_is_a_share(snapshot):
    assert 0.0 <= snapshot.win_coverage() <= 1.0


@given(strategies.results())
def test_positions_leave_gaps_after_dead_heats(result):
    # Two firsts make the next horse third: a position is one more than the horses before it.
    before = 0
    for tied in result.order:
        assert {result.position(number) for number in tied} == {before + 1}
        before += len(tied)


@given(strategies.results())
def test_horse_that_is_not_placed_has_no_position(result):
    out = (*result.non_runners, *result.disqualified, *result.fallen)

    assert {result.position(number) for number in out} <= {None}


@pytest.mark.parametrize(
    ("labels", "known"),
    [
        (("handicap",), True),
        (("quinte", "handicap"), True),
        (("claiming", "handicap"), True),  # PMU's HANDICAP_A_RECLAMER
        (("conditions",), False),
        (("claiming",), False),
        (("group2",), False),
        (("listed",), None),  # listed handicaps exist
        (("quinte", "autostart"), None),
        ((), None),
    ],
)
def test_labels_tell_a_handicap_or_leave_it_open(labels, known):
    assert is_handicap(labels) is known
