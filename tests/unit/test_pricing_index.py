"""The tables of all sets and orders, and the row in which one of them stands."""

from __future__ import annotations

from itertools import combinations, permutations
from math import comb, perm

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hippique.errors import ArgumentOutOfRange
from hippique.pricing.ordering.index import (
    order_row,
    orders_of,
    rows_without,
    set_row,
    set_rows,
    sets_of,
)

SMALL = [(runners, size) for runners in range(1, 8) for size in range(1, runners + 1)]


@pytest.mark.parametrize(("runners", "size"), SMALL)
def test_tables_list_every_selection_in_ascending_order(runners, size):
    assert sets_of(runners, size).tolist() == [list(s) for s in combinations(range(runners), size)]
    orders = [list(order) for order in permutations(range(runners), size)]
    assert orders_of(runners, size).tolist() == orders


@st.composite
def rows(draw, table, count):
    runners = draw(st.integers(2, 24))
    size = draw(st.integers(1, min(4, runners)))
    return runners, size, draw(st.integers(0, count(runners, size) - 1)), table(runners, size)


@given(found=rows(sets_of, comb))
def test_the_row_of_a_set_leads_back_to_it(found):
    runners, _, row, table = found

    assert set_row(tuple(table[row].tolist()), runners) == row
    assert set_rows(table[row : row + 3], runners).tolist() == [
        *range(row, min(row + 3, len(table)))
    ]


@given(found=rows(orders_of, perm))
def test_the_row_of_an_order_leads_back_to_it(found):
    runners, _, row, table = found

    assert order_row(tuple(table[row].tolist()), runners) == row


@pytest.mark.parametrize(("runners", "size"), [(2, 2), (6, 4), (9, 9), (18, 5)])
def test_who_leaves_a_set_leaves_a_smaller_one(runners, size):
    smaller, sets = sets_of(runners, size - 1), sets_of(runners, size)

    for slot, parents in enumerate(rows_without(runners, size)):
        assert np.array_equal(smaller[parents], np.delete(sets, slot, axis=1))


@pytest.mark.parametrize(
    ("runners", "orders", "sets"),
    [
        pytest.param(18, 1_028_160, 8_568, id="18 runners"),
        pytest.param(24, 5_100_480, 42_504, id="24 runners"),
    ],
)
def test_first_fives_of_large_fields_are_tabulated(runners, orders, sets):
    table = orders_of(runners, 5)

    assert table.shape == (orders, 5)
    assert sets_of(runners, 5).shape == (sets, 5)
    assert table[-1].tolist() == [*range(runners - 1, runners - 6, -1)]


@pytest.mark.parametrize("table", [sets_of(5, 3), orders_of(5, 3), rows_without(5, 3)])
def test_a_table_shared_by_all_callers_cannot_be_written(table):
    with pytest.raises(ValueError, match="read-only"):
        table[0, 0] = 1


@pytest.mark.parametrize("table", [sets_of, orders_of])
@pytest.mark.parametrize(
    ("runners", "size", "message"),
    [
        pytest.param(3, 4, "more places than runners", id="more places than runners"),
        pytest.param(3, 0, "less than 1", id="no place"),
        pytest.param(40, 12, "at most are tabulated", id="too many rows"),
        pytest.param(128, 1, "127 runners at most", id="too many runners for a byte"),
    ],
)
def test_a_table_that_is_not_there_is_refused(table, runners, size, message):
    with pytest.raises(ArgumentOutOfRange, match=message):
        table(runners, size)


def test_a_set_of_one_has_nobody_to_spare():
    with pytest.raises(ArgumentOutOfRange, match="less than 1"):
        rows_without(5, 1)
