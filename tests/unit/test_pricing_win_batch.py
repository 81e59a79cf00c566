"""Many fields in one call: the same as one by one, the same with and without numba."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hippique.errors import ArgumentOutOfRange, FieldTooSmall, NoSolution, OddsOutOfRange
from hippique.pricing.compiled import plain_numpy
from hippique.pricing.win import METHODS, win_chances, win_chances_batch
from hippique.pricing.win.power_root import power_rows
from hippique.pricing.win.shin_root import shin_rows
from hippique.pricing.win.steps import COMPILED_FROM
from pricing_books import books

TABLES = st.lists(books(), min_size=1, max_size=6)
SEEDS = st.integers(0, 2**32 - 1)


def padded(fields, random):
    """Rows with their runners at random columns, nonsense elsewhere."""
    width = max(odds.size for odds in fields) + 2
    table, mask = np.full((len(fields), width), -1.0), np.zeros((len(fields), width), dtype=bool)
    for row, odds in enumerate(fields):
        columns = np.sort(random.choice(width, odds.size, replace=False))
        table[row, columns], mask[row, columns] = odds, True
    table[~mask & (random.random(table.shape) < 0.5)] = np.nan
    return table, mask


@settings(max_examples=40)
@given(TABLES, st.sampled_from(METHODS), SEEDS)
def test_a_batch_is_its_rows_one_by_one(fields, method, seed):
    table, mask = padded(fields, np.random.default_rng(seed))

    batch = win_chances_batch(table, mask, method)

    for row, odds in enumerate(fields):
        single = win_chances(odds, method)
        assert np.allclose(batch.probabilities[row, mask[row]], single.probabilities, atol=1e-12)
        assert not batch.probabilities[row, ~mask[row]].any()
        assert abs(batch.overround[row] - single.overround) <= 1e-12
        assert set(batch.parameters) == set(single.parameters)
        for name, values in batch.parameters.items():
            assert abs(values[row] - single.parameters[name]) <= 1e-12 * max(1.0, values[row])
        assert {name for name, at in batch.flags.items() if at[row]} == single.flags


@settings(max_examples=40)
@given(TABLES, st.sampled_from([shin_rows, power_rows]), SEEDS)
def test_compiled_rows_equal_plain_ones(fields, kernel, seed):
    pytest.importorskip("numba")
    table, mask = padded(fields, np.random.default_rng(seed))
    implied = np.where(mask, 1.0 / np.where(mask, table, 1.0), 0.0)

    for plain, compiled in zip(kernel.plain(implied), kernel.compiled(implied), strict=True):
        assert plain.dtype == compiled.dtype
        assert np.allclose(plain, compiled, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_a_long_batch_equals_itself_without_numba(method):
    random = np.random.default_rng(8)
    chances = random.dirichlet(np.ones(14), 2 * COMPILED_FROM)
    odds = np.maximum(0.85 / chances, 1.05)

    fast = win_chances_batch(odds, None, method)
    with plain_numpy():
        slow = win_chances_batch(odds, None, method)

    assert np.allclose(fast.probabilities, slow.probabilities, rtol=0, atol=1e-12)
    assert np.allclose(fast.probabilities.sum(axis=1), 1.0, rtol=0, atol=1e-12)
    assert np.allclose(
        fast.probabilities[7], win_chances(odds[7], method).probabilities, atol=1e-12
    )


def test_an_empty_batch_has_no_rows():
    assert win_chances_batch(np.empty((0, 8))).probabilities.shape == (0, 8)


def test_given_tables_stay_as_they_are():
    odds, mask = np.array([[2.0, 3.0, 0.0]]), np.array([[True, True, False]])
    win_chances_batch(odds, mask, "shin" if 1 / 2 + 1 / 3 > 1 else "power")

    assert odds.tolist() == [[2.0, 3.0, 0.0]]
    assert mask.tolist() == [[True, True, False]]


GOOD = [2.0, 2.0, 4.0]


@pytest.mark.parametrize(
    ("odds", "mask", "kind", "why"),
    [
        ([GOOD, [2.0, 1.0, 3.0]], None, OddsOutOfRange, "row 2, runner 2: odds <= 1 (1.0)"),
        ([GOOD, [2.0, 3.0, np.nan]], None, OddsOutOfRange, "row 2, runner 3: odds not finite"),
        ([[np.inf, 3.0, 2.0]], None, OddsOutOfRange, "row 1, runner 1: odds not finite"),
        ([GOOD], [[True, False, False]], FieldTooSmall, "row 1: fewer than two runners (1)"),
        ([GOOD, GOOD], [[True] * 3], ArgumentOutOfRange, "mask: the shape is (1, 3)"),
        ([GOOD], [[1, 1, 1]], ArgumentOutOfRange, "mask: truth values are needed"),
        (GOOD, None, ArgumentOutOfRange, "odds: rows of runners are needed"),
        ([["x", "y"]], None, ArgumentOutOfRange, "odds: not a table of numbers"),
        ([GOOD, [3.0, 4.0, 5.0]], None, NoSolution, "row 2: book sum below 1"),
    ],
)
def test_bad_rows_are_refused_by_name(odds, mask, kind, why):
    with pytest.raises(kind, match=re.escape(why)):
        win_chances_batch(odds, mask, "shin")
