"""How many of some independent events happen, and places counted inside the integral."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import oracles
from hippique.errors import ArgumentOutOfRange, ProbabilityOutOfRange
from hippique.pricing.ordering.counts import poisson_binomial
from hippique.pricing.ordering.normal_times import henery

CASES = [case for case in oracles.cases("place.json") if case.values[0]["id"].startswith("pb_")]


@pytest.mark.parametrize("case", CASES)
def test_the_oracle_agrees(case):
    oracles.agree(case, {"pmf": poisson_binomial(case["inputs"]["q"]).tolist()})


def test_equal_events_are_counted_as_a_binomial():
    counts = poisson_binomial([0.3] * 12)

    expected = [math.comb(12, k) * 0.3**k * 0.7 ** (12 - k) for k in range(13)]
    assert counts == pytest.approx(expected, abs=1e-15)


@given(chances=st.lists(st.floats(0.0, 1.0), max_size=30))
@settings(max_examples=60)
def test_counts_sum_to_one_and_their_mean_is_the_sum_of_the_chances(chances):
    counts = poisson_binomial(chances)

    assert counts.min() >= 0.0
    assert counts.sum() == pytest.approx(1.0, abs=1e-13)
    assert counts @ np.arange(len(counts)) == pytest.approx(sum(chances), abs=1e-12)


def test_no_event_is_certainly_none():
    assert poisson_binomial([]).tolist() == [1.0]


@pytest.mark.parametrize("places", [1, 2, 3, 7, 12, 17])
def test_place_chances_of_any_depth_sum_to_the_places(places):
    win = np.geomspace(1.0, 1e-3, 18)

    assert henery(win / win.sum()).top_k(places).sum() == pytest.approx(places, abs=1e-10)


@pytest.mark.parametrize(
    ("chances", "kind", "words"),
    [
        ([0.2, 1.2], ProbabilityOutOfRange, r"runner 2: probability outside \[0, 1\]"),
        ([0.2, math.nan], ProbabilityOutOfRange, "runner 2: chances not finite"),
        ([[0.2]], ArgumentOutOfRange, "one dimension"),
    ],
)
def test_what_is_no_chance_is_refused_by_name(chances, kind, words):
    with pytest.raises(kind, match=words):
        poisson_binomial(chances)
