"""The expected return goes over late money and the result together."""

from __future__ import annotations

import re

import numpy as np
import pytest

from hippique.errors import ArgumentOutOfRange, PoolOutOfRange, ProbabilityOutOfRange
from hippique.pricing.dividend import expected_return

HALVES = (0.5, 0.5)
OUTSIDE = ProbabilityOutOfRange


def test_expected_returns_of_many_tickets_at_once():
    chances = [[0.4, 0.1], [0.5, 0.5]]
    found = expected_return([0.3, 0.7], chances, [[4.0, 10.0], [2.0, 2.0]])

    assert found.tolist() == pytest.approx([1.18, 1.0])


@pytest.mark.parametrize(
    ("arguments", "kind", "words"),
    [
        pytest.param(([0.3, 0.6], [0.4, 0.1], [4, 9]), OUTSIDE, "do not sum", id="sum"),
        pytest.param(([1.5, -0.5], [0.4, 0.1], [4, 9]), OUTSIDE, "weights (entry 1)", id="weight"),
        pytest.param((HALVES, [0.4, np.nan], [4, 9]), OUTSIDE, "chances (entry 2)", id="nan"),
        pytest.param((HALVES, [0.4, 0.1], [4, -9]), PoolOutOfRange, "dividends (ent", id="paid"),
        pytest.param(([1.0], [0.4, 0.1], [4, 9]), ArgumentOutOfRange, "shape (1,)", id="one"),
        pytest.param((1.0, 0.4, 4), ArgumentOutOfRange, "weights: shape ()", id="no scenarios"),
    ],
)  # fmt: skip
def test_joint_expectation_refuses_by_name(arguments, kind, words):
    with pytest.raises(kind, match=re.escape(words)):
        expected_return(*arguments)


def test_one_scenario_is_a_plain_product():
    assert float(expected_return([1.0], [0.25], [5.0])) == 1.25


def test_rounding_noise_of_the_weights_does_not_scale_the_return():
    weights = [0.3000003, 0.7]  # sum to 1.0000003: near enough, and brought to 1

    assert float(expected_return(weights, 0.5, 2.0)) == pytest.approx(1.0, abs=1e-14)
