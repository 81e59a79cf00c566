"""Performances: the chances they imply, and the order that comes of them."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hippique.racecourse.chance import stream
from hippique.racecourse.draw import draw_day
from hippique.racecourse.finish import LEAST_FINISHERS, draw_finish, win_chances
from hippique.racing.card import Discipline

DAY = date(2026, 6, 7)
RACE = draw_day(DAY, 1, 1).french_races()[0]


def field(*abilities: float, incident_chance: float = 0.0):
    pattern = RACE.entries[0]
    return [
        replace(pattern, number=n, ability=ability, incident_chance=incident_chance)
        for n, ability in enumerate(abilities, start=1)
    ]


@given(st.lists(st.floats(-2.5, 2.5), min_size=2, max_size=18), st.floats(0, 0.3))
@settings(max_examples=40, deadline=None)
def test_chances_sum_to_one_and_keep_the_order_of_abilities(abilities, incident_chance):
    chances = win_chances(field(*abilities, incident_chance=incident_chance))
    assert sum(chances.values()) == pytest.approx(1)
    ranked = sorted(chances, key=lambda n: abilities[n - 1])
    assert all(chances[a] <= chances[b] + 1e-12 for a, b in pairwise(ranked))


def test_equal_horses_have_equal_chances():
    assert list(win_chances(field(*[0.3] * 7)).values()) == pytest.approx([1 / 7] * 7)


def test_two_horses_follow_the_normal_law_of_their_difference():
    # X1 - X2 is normal with mean 1 and variance 2: P(X1 > X2) = Phi(1/sqrt 2) = 0.760250.
    assert win_chances(field(1.0, 0.0))[1] == pytest.approx(0.760250, abs=1e-5)


def test_a_horse_that_often_breaks_gait_wins_less_often():
    steady, unsteady = field(0.5, 0.5)
    chances = win_chances([steady, replace(unsteady, incident_chance=0.4)])
    # Unsteady wins when it stays in gait and is the faster: 0.6 / 2, against 0.4 + 0.6 / 2.
    assert chances[2] == pytest.approx(0.3, abs=1e-6)


def test_drawn_winners_agree_with_the_chances():
    entries = field(1.0, 0.4, 0.0, -0.6, -1.2)
    rng = stream(5, DAY)
    runs = 4000
    wins = Counter(
        draw_finish(rng, Discipline.FLAT, 2000, entries, tied=False).order[0][0]
        for _ in range(runs)
    )
    for number, chance in win_chances(entries).items():
        spread = math.sqrt(chance * (1 - chance) / runs)
        assert wins[number] / runs == pytest.approx(chance, abs=4 * spread)


@given(st.integers(0, 500), st.integers(4, 18))
@settings(max_examples=40, deadline=None)
def test_incidents_leave_five_finishers_or_all_of_a_smaller_field(seed, size):
    entries = field(*[0.0] * size, incident_chance=0.9)
    finish = draw_finish(stream(seed, DAY), Discipline.STEEPLECHASE, 4000, entries, tied=False)
    assert len(finish.finishers()) >= min(LEAST_FINISHERS, size)
    assert not finish.disqualified


@given(st.integers(0, 500), st.integers(5, 18))
@settings(max_examples=40, deadline=None)
def test_a_dead_heat_is_two_horses_of_the_first_four_with_one_time(seed, size):
    entries = field(*[0.0] * size)
    finish = draw_finish(stream(seed, DAY), Discipline.FLAT, 1600, entries, tied=True)
    tied = [numbers for numbers in finish.order if len(numbers) > 1]
    assert [len(numbers) for numbers in tied] == [2]
    assert set(tied[0]) <= set(finish.finishers()[:4])
    assert finish.times_ms[tied[0][0]] == finish.times_ms[tied[0][1]]


@given(st.integers(0, 500))
@settings(max_examples=40, deadline=None)
def test_times_grow_from_place_to_place(seed):
    entries = field(*[0.0] * 12)
    finish = draw_finish(stream(seed, DAY), Discipline.TROT_HARNESS, 2700, entries, tied=False)
    times = [finish.times_ms[number] for number in finish.finishers()]
    assert times == sorted(set(times))
