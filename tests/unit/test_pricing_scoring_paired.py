"""Ours against theirs: the bootstrap of whole days, counted or drawn, and when it may conclude."""

from __future__ import annotations

import math
from datetime import date, timedelta
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hippique.errors import ArgumentOutOfRange
from hippique.pricing.scoring import PairedDifference, paired_difference

DIFFERENCES = st.lists(
    st.lists(st.floats(-1.0, 1.0, width=32), min_size=1, max_size=4), min_size=2, max_size=4
)


def compared(differences, blocks, seed: int = 1, **how: object) -> PairedDifference:
    """Each day's differences against a forecaster who always scores 2."""
    ours = 2.0 + np.asarray(differences, dtype=np.float64)
    theirs = np.full(ours.size, 2.0)
    return paired_difference(
        ours,
        theirs,
        blocks,
        **{"resamples": 2000, "generator": np.random.default_rng(seed), **how},
    )


def flat(days: list[list[float]]) -> tuple[list[float], list[int]]:
    return (
        [one for day in days for one in day],
        [number for number, day in enumerate(days) for _ in day],
    )


@given(DIFFERENCES)
def test_counted_resamples_are_all_ordered_draws(days):
    every = [
        sum(sum(days[d]) for d in draw) / sum(len(days[d]) for d in draw)
        for draw in product(range(len(days)), repeat=len(days))
    ]

    found = compared(*flat(days))

    assert (found.exact, found.resamples) == (True, len(every))
    assert found.bootstrap_mean == pytest.approx(np.mean(every), abs=1e-12)
    assert found.bootstrap_sd == pytest.approx(np.std(every), abs=1e-7)
    expected = {level: pytest.approx(np.quantile(every, level), abs=1e-12) for level in (0.5, 0.95)}
    assert {level: found.quantiles[level] for level in (0.5, 0.95)} == expected


@given(DIFFERENCES, st.sampled_from([0, 8]))
def test_forecaster_against_itself_differs_by_exactly_nothing(days, exact_blocks):
    scores, blocks = flat(days)
    found = paired_difference(
        scores,
        scores,
        blocks,
        resamples=20,
        generator=np.random.default_rng(2),
        exact_blocks=exact_blocks,
    )

    assert (found.mean, found.bootstrap_mean, found.bootstrap_sd) == (0.0, 0.0, 0.0)
    assert set(found.quantiles.values()) == {0.0}
    assert (found.p_not_better, found.conclusive) == (1.0, False)


@given(DIFFERENCES, st.randoms(use_true_random=False))
def test_order_of_the_fields_and_names_of_the_days_change_nothing(days, random):
    differences, blocks = flat(days)
    order = random.sample(range(len(blocks)), len(blocks))
    dates = [date(2025, 6, 1) + timedelta(days=block) for block in blocks]

    one = compared(differences, blocks, exact_blocks=0, resamples=50)
    other = compared(
        [differences[i] for i in order], [dates[i] for i in order], exact_blocks=0, resamples=50
    )

    assert other.mean == pytest.approx(one.mean, abs=1e-12)
    assert other.quantiles == pytest.approx(one.quantiles, abs=1e-12)


def test_interval_holds_the_truth_about_as_often_as_it_says():
    # 300 histories of 40 days with a day's luck shared by its 8 races; the true mean is −.02.
    generator = np.random.default_rng(11)
    blocks = np.repeat(np.arange(40), 8)
    inside = []
    for _ in range(300):
        luck = np.repeat(generator.normal(0.0, 0.1, 40), 8)
        differences = -0.02 + luck + generator.normal(0.0, 0.2, 320)
        found = compared(differences, blocks, seed=12, resamples=400)
        inside.append(found.low <= -0.02 <= found.high)

    assert 0.90 <= np.mean(inside) <= 0.98  # 95 % less a percentile interval's shortfall; 3 s.e.


def test_days_are_resampled_whole():
    # The same 400 differences: all alike within a day, or each day holding all of them.
    rare = np.repeat([-0.1, 0.1], 200)
    by_day = compared(rare, np.repeat(np.arange(20), 20))
    mixed = compared(rare, np.tile(np.arange(20), 20))

    assert by_day.bootstrap_sd == pytest.approx(0.1 / math.sqrt(20), rel=0.1)
    assert mixed.bootstrap_sd == pytest.approx(0.0, abs=1e-12)


def test_six_days_all_better_conclude_and_five_do_not():
    better = [-0.02, -0.03, -0.01, -0.05, -0.02, -0.04]

    assert compared(better, range(6)).conclusive
    assert not compared(better[:5], range(5)).conclusive
    assert compared(better[:5], range(5)).p_not_better == 0.0


def test_one_day_gives_its_mean_and_no_interval():
    found = compared([-0.25, -0.5], ["d1", "d1"])

    assert (found.mean, found.fields, found.blocks) == (-0.375, 2, 1)
    assert (found.bootstrap_sd, found.low, found.high, found.p_not_better) == (None,) * 4
    assert (found.quantiles, found.conclusive) == ({}, False)


def test_same_generator_gives_the_same_interval():
    differences = np.random.default_rng(3).normal(size=60)
    one, other = (compared(differences, np.arange(60) // 3) for _ in range(2))

    assert (one.low, one.high) == (other.low, other.high)
    assert (one.exact, one.resamples) == (False, 2000)


@pytest.mark.parametrize(
    ("ours", "blocks", "how", "why"),
    [
        pytest.param([0.1, math.inf], [1, 2], {}, "ours not finite: field 2", id="infinite"),
        pytest.param([0.1, 0.2, 0.3], [1, 2, 3], {}, "ours 3, theirs 2", id="lengths"),
        pytest.param([0.1, 0.2], [1], {}, "fields 2, blocks 1", id="days"),
        pytest.param([0.1, 0.2], [1.0, math.nan], {}, "a label is missing", id="missing"),
        pytest.param([0.1, 0.2], [date(2025, 6, 1), None], {}, "do not sort", id="none"),
        pytest.param([0.1, 0.2], [(1, 2), (3, 4)], {}, "one label for each", id="pairs"),
        pytest.param([0.1, 0.2], [1, 2], {"resamples": 0}, "resamples", id="no resample"),
        pytest.param([0.1, 0.2], [1, 2], {"levels": [2.5]}, "levels: 2.5", id="level"),
        pytest.param([0.1, 0.2], [1, 2], {"exact_blocks": 12}, "exact_blocks", id="too many"),
    ],
)
def test_bad_comparison_is_refused_by_name(ours, blocks, how, why):
    wish = {"resamples": 5, "generator": np.random.default_rng(4), **how}

    with pytest.raises(ArgumentOutOfRange, match=why):
        paired_difference(ours, [0.1, 0.2], blocks, **wish)
