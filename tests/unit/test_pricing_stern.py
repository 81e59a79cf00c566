"""Stern's model: gamma times; shape 1 is Harville, a large shape is nearly Henery."""

from __future__ import annotations

import math
import re
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import oracles
import ordering_laws
from hippique.errors import ArgumentOutOfRange, FieldTooSmall, PricingError
from hippique.pricing.ordering.gamma import GammaNoise, incomplete_gamma
from hippique.pricing.ordering.gamma_times import stern, stern_of, stern_rates
from hippique.pricing.ordering.index import orders_of
from hippique.pricing.ordering.normal_times import henery
from hippique.pricing.ordering.strengths import strengths_batch
from ordering_facts import facts
from pricing_strategies import fields

SLACK = 1e-11
SHAPES = [0.5, 1.0, 1.37, 4.0, 30.0]


@pytest.mark.parametrize("case", oracles.cases("stern.json"))
def test_the_oracle_agrees(case):
    inputs, expected = case["inputs"], case["expected"]
    if "error" in expected:
        with pytest.raises(PricingError, match=re.escape(expected["error"])):
            stern(inputs["win"], inputs["r"])
        return
    given_rates = "rate" in inputs
    ordering = (stern_of if given_rates else stern)(
        inputs["rate" if given_rates else "win"], inputs["r"]
    )
    produced = facts(ordering, expected)
    if "rate" in expected:
        produced["rate"] = stern_rates(inputs["win"], inputs["r"]).tolist()
    oracles.agree(case, produced)


@pytest.mark.parametrize("law", ordering_laws.LAWS, ids=ordering_laws.sentence)
@given(win=fields(least=3))
@settings(max_examples=8, deadline=None)
def test_the_model_obeys(law, win):
    law(lambda chances: stern(chances, 4.0), win, SLACK)


@given(win=fields(), shape=st.sampled_from(SHAPES))
@settings(max_examples=40, deadline=None)
def test_rates_found_give_the_win_chances_back(win, shape):
    rates = stern_rates(win, shape)

    assert stern_of(rates, shape).win == pytest.approx(win, rel=3e-12)
    assert np.log(rates).sum() == pytest.approx(0.0, abs=1e-11)


@given(win=fields(least=3, most=9))
@settings(max_examples=15, deadline=None)
def test_shape_1_is_harville(win):
    ordering = stern(win, 1.0)

    size = min(4, win.size)
    left = np.ones(len(orders_of(win.size, size)))
    expected = np.ones(len(left))
    for runners in orders_of(win.size, size).T:
        expected *= win[runners] / left
        left = left - win[runners]
    assert ordering.all_ordered(size) == pytest.approx(expected, abs=1e-10)


def test_a_large_shape_is_nearly_henery():
    win = np.array([0.35, 0.25, 0.15, 0.12, 0.08, 0.05])
    gaps = [
        float(np.abs(stern(win, shape).all_exacta() - henery(win).all_exacta()).max())
        for shape in (1.0, 10.0, 100.0, 1000.0)
    ]

    # The skewness of a gamma time is 2/√shape: the gap shrinks as fast.
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[-1] < gaps[1] / 8


@pytest.mark.parametrize("shape", [1, 2, 5])
def test_two_runners_win_as_often_as_fair_and_unfair_coins_say(shape):
    # The first to `shape` points wins: one of 2r - 1 tosses decides, the chance of a point is
    # rate_1 / (rate_1 + rate_2) - the regularised incomplete beta function I(r, r).
    point = 0.7
    expected = sum(
        math.comb(2 * shape - 1, won) * point**won * (1 - point) ** (2 * shape - 1 - won)
        for won in range(shape, 2 * shape)
    )

    assert stern_of([0.7, 0.3], shape).win[0] == pytest.approx(expected, abs=1e-12)


def test_rates_count_only_against_each_other():
    slow, quick = stern_of([1e-3, 2e-3, 5e-3], 2.5), stern_of([10.0, 20.0, 50.0], 2.5)

    assert slow.all_ordered(3) == pytest.approx(quick.all_ordered(3), abs=1e-13)


def test_a_withdrawn_runner_leaves_the_rates_of_the_others():
    left = stern_of([3.0, 2.0, 1.0, 0.5], 4.0).without(0)

    assert left.win == pytest.approx(stern_of([2.0, 1.0, 0.5], 4.0).win, abs=1e-13)


def test_all_orders_of_the_field_are_the_single_ones():
    ordering = stern_of([1.4, 1.1, 0.8, 0.5], 3.0)

    for row, runners in enumerate(permutations(range(4))):
        assert ordering.all_ordered(4)[row] == pytest.approx(ordering.ordered(runners), abs=1e-14)


def test_a_batch_gives_every_row_what_the_row_alone_gives():
    wins = np.array([[0.5, 0.3, 0.2], [0.9, 0.06, 0.04]])
    noise = GammaNoise(4.0)

    together = np.exp(-strengths_batch(wins, noise))

    for row, win in enumerate(wins):
        assert together[row] == pytest.approx(stern_rates(win, 4.0), abs=1e-12)


@pytest.mark.parametrize("shape", [1, 2, 7, 40])
def test_the_incomplete_gamma_function_is_the_poisson_sum(shape):
    times = np.concatenate([[0.0], np.geomspace(1e-3, 300.0, 60)])

    lower, upper = incomplete_gamma(float(shape), times)

    late = [
        math.fsum(
            math.exp(k * math.log(x) - x - math.lgamma(k + 1)) if x else float(k == 0)
            for k in range(shape)
        )
        for x in times
    ]
    early = [
        math.fsum(
            math.exp(k * math.log(x) - x - math.lgamma(k + 1)) if x else 0.0
            for k in range(shape, shape + 900)
        )
        for x in times
    ]
    assert upper == pytest.approx(np.array(late), rel=1e-12, abs=1e-300)
    assert lower == pytest.approx(np.array(early), rel=1e-11, abs=1e-300)


def test_the_incomplete_gamma_function_of_one_half_is_the_error_function():
    times = np.geomspace(1e-8, 400.0, 50)

    lower, upper = incomplete_gamma(0.5, times)

    assert lower == pytest.approx([math.erf(math.sqrt(x)) for x in times], rel=1e-13)
    assert upper == pytest.approx([math.erfc(math.sqrt(x)) for x in times], rel=1e-12)


@pytest.mark.parametrize("shape", [0.1, 0.5, 1.0, 4.0, 100.0, 1000.0])
def test_every_shape_keeps_its_totals(shape):
    ordering = stern(np.geomspace(1.0, 3e-4, 9) / np.geomspace(1.0, 3e-4, 9).sum(), shape)

    for size in (2, 3, 4):
        assert ordering.all_sets(size).sum() == pytest.approx(1.0, abs=1e-11)
        assert ordering.all_ordered(size).sum() == pytest.approx(1.0, abs=1e-11)
        assert ordering.top_k(size).sum() == pytest.approx(size, abs=1e-11)


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda: stern_of([1.0], 2), FieldTooSmall, "fewer than two runners"),
        (lambda: stern_of([1.0, 0.0], 2), ArgumentOutOfRange, "runner 2: a rate is not above 0"),
        (lambda: stern_of([1.0, math.inf], 2), ArgumentOutOfRange, "runner 2: rates not finite"),
        (lambda: stern([0.5, 0.5], 0.0), ArgumentOutOfRange, "shape"),
        (lambda: stern([0.5, 0.5], math.nan), ArgumentOutOfRange, "shape"),
        (lambda: stern([1.0, 0.0], 2), PricingError, "runner 2: a win probability is 0"),
    ],
)
def test_what_cannot_be_priced_is_refused_by_name(call, kind, words):
    with pytest.raises(kind, match=words):
        call()
