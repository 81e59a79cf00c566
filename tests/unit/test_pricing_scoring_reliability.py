"""Reliability: the isotonic fit against its min–max formula, both scores taken apart, the bands."""

from __future__ import annotations

import math
from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hippique.errors import ArgumentOutOfRange, ProbabilityOutOfRange
from hippique.pricing.checks import Floats
from hippique.pricing.scoring import Decomposition, consistency_bands, reliability
from hippique.pricing.scoring.isotonic import pooled

CHANCES = st.one_of(st.floats(1e-4, 0.95), st.sampled_from([0.05, 0.1, 0.2, 0.5]))
POINTS = st.lists(st.tuples(CHANCES, st.integers(0, 1)), min_size=1, max_size=30)
HEATS = st.lists(
    st.tuples(CHANCES, st.sampled_from([0.0, 1.0, 1 / 2, 1 / 3])), min_size=1, max_size=30
)


def min_max(sums: list[float], counts: list[float]) -> list[float]:
    """The isotonic fit by its definition: over starts, the largest of the least mean to an end."""
    groups = len(sums)
    return [
        max(
            min(sum(sums[i:j]) / sum(counts[i:j]) for j in range(here + 1, groups + 1))
            for i in range(here + 1)
        )
        for here in range(groups)
    ]


def split(points: list[tuple[float, float]]) -> tuple[Floats, Floats]:
    return np.array([p for p, _ in points]), np.array([y for _, y in points], dtype=np.float64)


@given(
    st.lists(st.integers(1, 5), min_size=1, max_size=12).flatmap(
        lambda counts: st.tuples(
            st.just(counts),
            st.lists(st.tuples(*(st.integers(0, n) for n in counts)), min_size=1, max_size=3),
        )
    )
)
def test_pooling_is_the_min_max_formula_row_by_row(drawn):
    counts, rows = drawn

    found = pooled(np.array(rows, dtype=np.float64), np.array(counts, dtype=np.float64))

    expected = [min_max(list(row), counts) for row in rows]
    assert found == pytest.approx(np.array(expected), abs=1e-14)


def test_long_rise_that_one_late_drop_pools_is_walked_not_repeated():
    # Each round would pool two blocks only: a case for the walk with a stack.
    sums, counts = np.arange(1.0, 51.0), np.full(50, 50.0)
    sums[-1], counts[-1] = 0.0, 1e9

    found = pooled(np.vstack([sums, sums]), counts)

    assert found == pytest.approx(np.tile(sums.sum() / counts.sum(), (2, 50)), abs=1e-18)


@given(POINTS)
def test_scores_come_apart_without_a_rest(points):
    p, y = split(points)
    found = reliability(p, y)

    assert found.brier.score == pytest.approx(np.mean((p - y) ** 2), abs=1e-12)
    assert found.log.score == pytest.approx(-np.log(np.where(y, p, 1 - p)).mean(), abs=1e-12)
    for parts in (found.brier, found.log):
        whole = parts.miscalibration - parts.discrimination + parts.uncertainty
        assert whole == pytest.approx(parts.score, abs=1e-12)
        assert min(parts.miscalibration, parts.discrimination, parts.uncertainty) >= -1e-12


@given(HEATS)
def test_recalibrated_rises_with_the_chance_and_keeps_the_rate(points):
    p, y = split(points)
    found = reliability(p, y)
    again = found.recalibrated[np.argsort(p, kind="stable")]

    assert np.all(np.diff(again) >= -1e-15)  # thirds of dead heats round
    assert again.mean() == pytest.approx(found.rate, abs=1e-12)
    assert np.unique(np.column_stack((p, found.recalibrated)), axis=0).shape[0] == np.unique(p).size


@given(HEATS, st.randoms(use_true_random=False))
def test_order_of_the_points_changes_nothing(points, random):
    order = random.sample(range(len(points)), len(points))
    p, y = split(points)
    found, moved = reliability(p, y), reliability(p[order], y[order])

    assert astuple(moved.brier) == pytest.approx(astuple(found.brier), abs=1e-14)
    assert astuple(moved.log) == pytest.approx(astuple(found.log), abs=1e-14)
    assert moved.recalibrated == pytest.approx(found.recalibrated[order], abs=1e-14)


@given(HEATS)
def test_fractional_outcomes_are_scored_point_by_point(points):
    p, y = split(points)
    found = reliability(p, y)

    log = -(y * np.log(p) + (1 - y) * np.log1p(-p)).mean()
    assert found.brier.score == pytest.approx(np.mean((p - y) ** 2), abs=1e-12)
    assert found.log.score == pytest.approx(log, abs=1e-12)


@given(POINTS)
def test_steps_hold_every_point_once_and_rise(points):
    p, y = split(points)
    found = reliability(p, y)
    steps = found.steps

    assert steps.count.sum() == p.size
    assert steps.happened.sum() == y.sum()
    assert np.all(np.diff(steps.recalibrated) > 0)
    assert np.all(steps.low[1:] > steps.high[:-1])
    assert (steps.mean * steps.count).sum() == pytest.approx(p.sum(), abs=1e-12)
    assert steps.recalibrated == pytest.approx(steps.happened / steps.count, abs=1e-15)


def test_calibrated_forecast_has_no_miscalibration():
    found = reliability([0.25] * 4 + [0.5] * 2, [0, 0, 0, 1, 0, 1])

    assert found.brier.miscalibration == 0.0
    assert found.log.miscalibration == pytest.approx(0.0, abs=1e-15)


def test_recalibration_to_zero_and_one_is_exact_in_the_log_score():
    # Perfect order: recalibrated 0 and 1, whose log score is 0 · ln 0 = 0; base rate 1/2.
    found = reliability([0.2, 0.3, 0.6, 0.7], [0, 0, 1, 1])

    assert found.recalibrated.tolist() == [0.0, 0.0, 1.0, 1.0]
    assert found.log.discrimination == found.log.uncertainty == math.log(2)
    assert found.log.miscalibration == found.log.score


def test_events_that_never_or_always_happen_have_no_uncertainty():
    for came in (0, 1):
        found = reliability([0.2, 0.4], [came, came])
        assert (found.log.uncertainty, found.log.discrimination) == (0.0, 0.0)


def test_outcome_without_a_chance_is_infinite_and_named():
    found = reliability([0.0, 0.5, 1.0, 0.0, 1.0], [0, 1, 0, 1, 1])

    assert found.impossible == (2, 3)
    assert found.flag == "an outcome had probability 0"
    assert (found.log.score, found.log.miscalibration) == (math.inf, math.inf)
    assert math.isfinite(found.log.discrimination + found.log.uncertainty + found.brier.score)


def test_certain_chances_that_come_true_are_finite():
    found = reliability([0.0, 1.0], [0, 1])

    assert found.log == Decomposition(0.0, 0.0, math.log(2), math.log(2))
    assert found.flag is None


@pytest.mark.parametrize(
    ("chances", "outcomes", "kind", "why"),
    [
        pytest.param([0.1, math.nan], [0, 1], ProbabilityOutOfRange, "point 2", id="nan"),
        pytest.param([0.1, 1.1], [0, 1], ProbabilityOutOfRange, "outside .*point 2", id="above"),
        pytest.param([0.1, 0.2], [0, 2], ArgumentOutOfRange, "outcome .*point 2", id="outcome"),
        pytest.param([0.1, 0.2], [math.nan, 2], ArgumentOutOfRange, "point 1", id="no outcome"),
        pytest.param([0.1], [0, 1], ArgumentOutOfRange, "probabilities 1, outcomes 2", id="length"),
        pytest.param([], [], ArgumentOutOfRange, "nothing to score", id="nothing"),
        pytest.param([[0.1]], [0], ArgumentOutOfRange, "one dimension", id="shape"),
    ],
)
def test_bad_points_are_refused_by_number(chances, outcomes, kind, why):
    with pytest.raises(kind, match=why):
        reliability(chances, outcomes)


# --- bands -----------------------------------------------------------------------------------


def drawn(seed: int, points: int = 400) -> tuple[Floats, Floats]:
    generator = np.random.default_rng(seed)
    chances = generator.beta(1, 6, points).round(2)
    return chances, (generator.random(points) < chances).astype(np.float64)


def test_bands_hold_a_calibrated_fit_about_as_often_as_they_say():
    inside = []
    for seed in range(60):
        chances, came = drawn(seed)
        generator = np.random.default_rng(1000 + seed)
        bands = consistency_bands(
            chances, resamples=100, generator=generator, level=0.9, at=[0.05, 0.1, 0.2, 0.3]
        )
        found = reliability(chances, came)
        fit = np.interp(bands.chances, np.sort(chances), np.sort(found.recalibrated))
        inside.append((bands.low <= fit) & (fit <= bands.high))

    # 240 looks, four of each sample alike: two standard errors are about .06, and ties add to .9.
    assert 0.83 <= np.mean(inside) <= 0.98


def test_bands_leave_out_an_overconfident_fit():
    chances = np.repeat([0.05, 0.5, 0.95], 400)
    came = np.concatenate([np.arange(400) < happened for happened in (80, 200, 320)])
    bands = consistency_bands(chances, resamples=200, generator=np.random.default_rng(1))

    steps = reliability(chances, came).steps

    assert bands.chances.tolist() == [0.05, 0.5, 0.95]
    assert (steps.recalibrated > bands.high).tolist() == [True, False, False]
    assert (steps.recalibrated < bands.low).tolist() == [False, False, True]


def test_bands_rise_around_the_diagonal_and_are_thinned():
    chances = np.random.default_rng(3).random(1000)
    bands = consistency_bands(chances, resamples=100, generator=np.random.default_rng(4))

    assert bands.chances.size == 200
    assert (bands.chances[0], bands.chances[-1]) == (chances.min(), chances.max())
    assert np.all(np.diff(bands.low) >= 0.0)
    assert np.all(np.diff(bands.high) >= 0.0)
    # At its two ends an isotonic fit falls on 0 and on 1; between them the diagonal is inside.
    inner = (bands.chances > 0.05) & (bands.chances < 0.95)
    assert np.all((bands.low <= bands.chances)[inner] & (bands.chances <= bands.high)[inner])


def test_same_seed_and_other_order_give_the_same_bands():
    chances, _ = drawn(1)
    one = consistency_bands(chances, resamples=20, generator=np.random.default_rng(5))
    other = consistency_bands(chances[::-1], resamples=20, generator=np.random.default_rng(5))

    assert one.low.tolist() == other.low.tolist()
    assert one.high.tolist() == other.high.tolist()


def test_band_of_one_chance_is_the_binomial_one():
    # Of 100 fair coins 42 to 58 come down heads in the middle 90 %.
    bands = consistency_bands([0.5] * 100, resamples=2000, generator=np.random.default_rng(8))

    assert (bands.low[0], bands.high[0]) == pytest.approx((0.42, 0.58), abs=0.0101)


def test_certain_chances_leave_no_band():
    bands = consistency_bands([0.0, 1.0], resamples=5, generator=np.random.default_rng(6))

    assert bands.low.tolist() == bands.high.tolist() == [0.0, 1.0]


@pytest.mark.parametrize(
    ("how", "why"),
    [
        pytest.param({"resamples": 0}, "resamples: 0", id="no resample"),
        pytest.param({"level": 1.5}, "level: 1.5", id="level"),
        pytest.param({"at": [0.3, 0.2]}, "do not rise", id="falling"),
        pytest.param({"at": [0.05]}, "outside the chances forecast", id="below"),
        pytest.param({"at": [0.9]}, "outside the chances forecast", id="above"),
        pytest.param({"at": []}, "outside", id="nowhere"),
        pytest.param({"at": [math.nan]}, "at not finite", id="nan"),
    ],
)
def test_bad_wish_for_bands_is_refused_by_name(how, why):
    wish = {"resamples": 5, "generator": np.random.default_rng(7), **how}

    with pytest.raises(ArgumentOutOfRange, match=why):
        consistency_bands([0.1, 0.2, 0.5], **wish)
