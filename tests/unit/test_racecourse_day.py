"""The draw of a day: what it promises, whatever the seed."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hippique.errors import InputError
from hippique.racecourse.draw import draw_day
from hippique.racecourse.simulated import SimulatedDay, SimulatedRace
from hippique.racing.card import Discipline, RaceKey
from hippique.racing.times import paris_at

DAY = date(2026, 6, 7)
days = st.builds(
    lru_cache(draw_day),  # drawn once for all laws
    st.sampled_from([DAY, date(2026, 3, 29), date(2026, 10, 25)]),  # both clock changes
    st.integers(0, 9),
)
few = settings(max_examples=25, deadline=None)


def entries(day: SimulatedDay):
    return [(race, entry) for race in day.french_races() for entry in race.entries]


def late_withdrawals(race: SimulatedRace):
    window = (race.off_time - timedelta(minutes=30), race.off_time - timedelta(minutes=5))
    return [e for e in race.entries if e.withdrawn_at and window[0] < e.withdrawn_at < window[1]]


@few
@given(days)
def test_an_ordinary_day_has_four_to_eight_french_meetings_and_thirty_to_fifty_races(day):
    french = [meeting for meeting in day.meetings if meeting.country == "FR"]
    assert 4 <= len(french) <= 8
    assert 30 <= len(day.french_races()) <= 50


@few
@given(days)
def test_one_foreign_meeting_of_three_to_five_races_lies_outside_the_count(day):
    foreign = [meeting for meeting in day.meetings if meeting.country != "FR"]
    assert [3 <= len(meeting.races) <= 5 for meeting in foreign] == [True]


@few
@given(days)
def test_meetings_are_numbered_from_one_in_order(day):
    assert [meeting.number for meeting in day.meetings] == list(range(1, len(day.meetings) + 1))
    assert all(race.key.meeting == m.number for m in day.meetings for race in m.races)


@few
@given(days)
def test_the_first_off_is_by_half_past_ten_and_all_lie_between_ten_past_ten_and_ten(day):
    offs = [race.off_time for race in day.races()]
    assert paris_at(day.day, 10, 10) <= min(offs) <= paris_at(day.day, 10, 30)
    assert max(offs) <= paris_at(day.day, 22)


@few
@given(days)
def test_two_races_of_a_meeting_are_twenty_minutes_apart_at_least(day):
    for meeting in day.meetings:
        offs = [race.off_time for race in meeting.races]
        assert all(b - a >= timedelta(minutes=20) for a, b in pairwise(offs))


@few
@given(days)
def test_the_last_official_result_is_out_before_midnight(day):
    end = paris_at(day.day + timedelta(days=1), 0)
    assert max(race.official_at for race in day.races()) < end


@few
@given(days)
def test_each_race_goes_off_then_has_a_provisional_then_an_official_order(day):
    for race in day.races():
        assert timedelta(0) <= race.actual_off - race.off_time <= timedelta(seconds=90)
        provisional, official = race.provisional_at, race.official_at
        assert timedelta(minutes=5) <= provisional - race.actual_off <= timedelta(minutes=7)
        assert timedelta(minutes=10) <= official - race.actual_off <= timedelta(minutes=15)


@few
@given(days)
def test_every_discipline_is_run(day):
    assert {race.discipline for race in day.french_races()} == set(Discipline)


@few
@given(days)
def test_exactly_one_name_begins_like_a_formula_and_one_holds_markup(day):
    names = [entry.name for _, entry in entries(day)]
    assert sum(name.startswith("=cmd") for name in names) == 1
    assert sum("<b>" in name for name in names) == 1


@few
@given(days)
def test_one_coupled_pair_runs(day):
    coupled = [(race.key, e.coupling) for race, e in entries(day) if e.coupling]
    assert list(Counter(coupled).values()) == [2]


@few
@given(days)
def test_a_withdrawal_becomes_known_between_h30_and_h5_and_another_in_the_morning(day):
    assert any(late_withdrawals(race) for race in day.french_races())
    opening = paris_at(day.day, 8, 50)
    assert any(e.withdrawn_at and e.withdrawn_at < opening for _, e in entries(day))


@few
@given(days)
def test_one_dead_heat_among_the_first_four(day):
    ties = [race.finish.order for race in day.races() if any(len(t) > 1 for t in race.finish.order)]
    assert len(ties) == 1
    assert max(len(tied) for tied in ties[0][:4]) == 2


@few
@given(days)
def test_one_quinte_and_a_race_with_fewer_than_eight_declared(day):
    assert sum(race.is_quinte for race in day.races()) == 1
    assert any(race.declared < 8 for race in day.french_races())
    assert all(4 <= race.declared <= 18 for race in day.races())


@few
@given(days)
def test_starters_finish_or_are_named_and_the_withdrawn_are_neither(day):
    for race in day.races():
        finish = race.finish
        ran = [*finish.finishers(), *finish.disqualified, *finish.fallen, *finish.pulled_up]
        starters = [entry.number for entry in race.starters(race.off_time)]
        assert sorted(ran) == starters


@few
@given(days)
def test_horse_names_and_riders_do_not_repeat(day):
    names = [entry.name for race in day.races() for entry in race.entries]
    assert len(set(names)) == len(names)
    for race in day.races():
        assert len({entry.jockey for entry in race.entries}) == race.declared


@pytest.mark.parametrize("races", [1, 2, 3, 7, 30, 51, 100])
def test_races_overrides_the_number_of_french_races(races):
    day = draw_day(DAY, 3, races)
    assert len(day.french_races()) == races
    assert min(race.off_time for race in day.races()) <= paris_at(DAY, 10, 30)


def test_a_day_of_one_race_still_holds_every_special_fact():
    race = draw_day(DAY, 3, 1).french_races()[0]
    assert race.is_quinte
    assert race.entries[0].name.startswith("=cmd")
    assert "<b>" in race.entries[1].name
    assert race.entries[2].coupling == race.entries[3].coupling == "E1"
    assert late_withdrawals(race)
    assert any(len(tied) > 1 for tied in race.finish.order)


@pytest.mark.parametrize("races", [0, -1, 401])
def test_an_impossible_number_of_races_is_refused(races):
    with pytest.raises(InputError, match="choose 1 to 400"):
        draw_day(DAY, 1, races)


def test_the_same_seed_draws_the_same_day():
    assert repr(draw_day(DAY, 11)) == repr(draw_day(DAY, 11))


def test_another_seed_or_day_draws_another_day():
    drawn = {repr(draw_day(day, seed)) for day in (DAY, date(2026, 6, 8)) for seed in (1, 2)}
    assert len(drawn) == 4


def test_an_unknown_race_is_refused_by_name():
    with pytest.raises(InputError, match="no race R40C1"):
        draw_day(DAY, 1, 1).race(RaceKey(40, 1))
