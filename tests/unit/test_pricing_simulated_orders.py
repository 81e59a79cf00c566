"""A second route to the sets: seeded random times are drawn and sorted, no code shared."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from hippique.pricing.ordering.gamma_times import stern_of
from hippique.pricing.ordering.index import sets_of
from hippique.pricing.ordering.normal_times import henery_of
from hippique.pricing.ordering.orders import Ordering

CHUNK = 250_000

# The share of N draws has the standard error √(p(1-p)/N). Over the 50 sets of 2, 3 and 4 the
# largest of |error| / standard error is below 4.5 in all but 4 of 10,000 seeds (Bonferroni).
MOST_ERRORS = 4.5

Draw = Callable[[np.random.Generator, int], np.ndarray]


def test_henery_sets_agree_with_ten_million_simulated_fields():
    theta = np.array([-0.9, -0.4, 0.0, 0.1, 0.5, 0.9])
    shift = theta.astype(np.float32)

    def times(random: np.random.Generator, count: int) -> np.ndarray:
        return random.standard_normal((count, 6), dtype=np.float32) + shift

    assert farthest(henery_of(theta), times, 10_000_000) < MOST_ERRORS


def test_stern_sets_agree_with_a_million_simulated_fields():
    rates = np.array([1.6, 1.3, 1.0, 0.9, 0.7, 0.5])

    def times(random: np.random.Generator, count: int) -> np.ndarray:
        return random.standard_gamma(4.0, (count, 6)) / rates

    assert farthest(stern_of(rates, 4.0), times, 1_000_000) < MOST_ERRORS


def test_a_model_that_is_off_by_a_part_in_a_hundred_would_be_found_out():
    theta = np.array([-0.9, -0.4, 0.0, 0.1, 0.5, 0.9])

    def times(random: np.random.Generator, count: int) -> np.ndarray:
        return random.standard_normal((count, 6)) + theta * 1.01

    assert farthest(henery_of(theta), times, 1_000_000) > MOST_ERRORS


def farthest(ordering: Ordering, times: Draw, count: int) -> float:
    """The largest error of the chances of sets of 2, 3 and 4, in standard errors."""
    random = np.random.default_rng(20250601)
    seen = np.zeros((5, 64))
    for _ in range(count // CHUNK):
        ranked = np.argsort(times(random, CHUNK), axis=1)
        members = np.zeros(CHUNK, dtype=np.int64)
        for place in range(1, 5):
            members |= np.left_shift(1, ranked[:, place - 1])
            seen[place] += np.bincount(members, minlength=64)
    return max(_farthest(ordering, size, seen[size] / count, count) for size in (2, 3, 4))


def _farthest(ordering: Ordering, size: int, shares: np.ndarray, count: int) -> float:
    chances = ordering.all_sets(size)
    masks = np.left_shift(1, sets_of(6, size)).sum(axis=1)
    errors = np.sqrt(chances * (1.0 - chances) / count)
    return float((np.abs(shares[masks] - chances) / errors).max())


@pytest.mark.parametrize("model", ["henery", "stern"])
def test_the_table_counts_every_set_once(model):
    ordering = henery_of(np.zeros(6)) if model == "henery" else stern_of(np.ones(6), 4.0)

    assert [ordering.all_sets(size).size for size in (2, 3, 4)] == [15, 20, 15]
