"""Rows in groups: the doors of the conditional logit, and sums inside groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hippique.errors import ArgumentOutOfRange, FieldTooSmall, PricingError
from hippique.pricing.checks import LEAST_RUNNERS, SUM_SLACK, Bools, Floats, Ints, checked_finite

LARGEST = 1e100  # of a column; its square must not overflow


@dataclass(frozen=True, slots=True)
class GroupedRows:
    """Rows of runners, group after group, each group one field.

    columns: (rows, p), C order. starts: (groups + 1,), the first row of each group, then the number
    of rows. weights: (rows,), each group's sum to 1. names: p names for messages.
    largest: the largest absolute value of a column.
    """

    columns: Floats
    starts: Ints
    weights: Floats
    names: tuple[str, ...]
    largest: float

    @property
    def groups(self) -> int:
        """How many groups there are."""
        return self.starts.size - 1


def grouped_rows(
    columns: ArrayLike, sizes: ArrayLike, weights: ArrayLike, names: Sequence[str] | None
) -> GroupedRows:
    """The rows, checked once. Raises ArgumentOutOfRange, FieldTooSmall, naming group and runner."""
    table = checked_table(columns)
    labels = checked_names(names, table.shape[1])
    starts = checked_starts(sizes, table.shape[0])
    # Two passes without a temporary; a NaN comes through both.
    largest = float(max(table.max(), -table.min()))
    if not largest <= LARGEST:
        wrong = ~(np.abs(table) <= LARGEST)
        row = wrong.any(axis=1)
        name = labels[int(np.argmax(wrong[np.argmax(row)]))]
        why = f"{name} not finite, or beyond {LARGEST}"
        refuse_row(np.asarray(row), starts, why, ArgumentOutOfRange)
    return GroupedRows(table, starts, checked_weights(weights, starts), labels, largest)


def checked_table(columns: ArrayLike) -> Floats:
    """float64 of two dimensions with at least one column; only read, so not copied if it fits."""
    try:
        table = np.ascontiguousarray(columns, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ArgumentOutOfRange(f"columns: not an array of numbers ({error})") from error
    if np.ndim(columns) != 2 or table.shape[1] == 0:  # noqa: PLR2004  rows and columns
        raise ArgumentOutOfRange(f"columns: (rows, p) is needed, the shape is {np.shape(columns)}")
    return table


def checked_names(names: Sequence[str] | None, count: int) -> tuple[str, ...]:
    """A name for each column, `column 1` … where none is given. Raises ArgumentOutOfRange."""
    labels = tuple(names) if names is not None else tuple(f"column {k + 1}" for k in range(count))
    if len(labels) != count:
        raise ArgumentOutOfRange(f"names: {len(labels)} for {count} columns")
    return labels


def checked_starts(sizes: ArrayLike, rows: int) -> Ints:
    """The first row of each group, and the number of rows at the end.

    Raises ArgumentOutOfRange: no groups, sizes that are no whole numbers or do not add up to the
    rows; FieldTooSmall: a group of fewer than two.
    """
    counts = checked_finite(sizes, "sizes")
    if counts.size == 0:
        raise ArgumentOutOfRange("sizes: no group")
    if (counts != np.floor(counts)).any():
        raise ArgumentOutOfRange("sizes: not whole numbers")
    small = np.flatnonzero(counts < LEAST_RUNNERS)
    if small.size:
        first = int(small[0])
        raise FieldTooSmall(f"group {first + 1}: fewer than two runners ({int(counts[first])})")
    if counts.sum() != rows:
        raise ArgumentOutOfRange(f"sizes: they add up to {int(counts.sum())}, not to {rows} rows")
    return np.concatenate(([0], np.cumsum(counts))).astype(np.int64)


def checked_weights(weights: ArrayLike, starts: Ints) -> Floats:
    """A copy, each group's sum brought to 1 exactly.

    Raises ArgumentOutOfRange: not in [0, 1], or a group whose sum is farther than 1e-6 from 1.
    """
    shares = checked_finite(weights, "weights")
    if shares.size != starts[-1]:
        raise ArgumentOutOfRange(f"weights: {shares.size} for {starts[-1]} rows")
    outside = (shares < 0.0) | (shares > 1.0)
    refuse_row(outside, starts, "weight outside [0, 1]", ArgumentOutOfRange)
    totals = group_sums(shares, starts)
    wrong = np.flatnonzero(np.abs(totals - 1.0) > SUM_SLACK)
    if wrong.size:
        first = int(wrong[0])
        raise ArgumentOutOfRange(f"group {first + 1}: its weights sum to {totals[first]}, not to 1")
    return np.asarray(shares / spread_over(totals, starts))


def refuse_row(wrong: Bools, starts: Ints, why: str, kind: type[PricingError]) -> None:
    """Raise `kind` for the first True of `wrong`, naming the group and the runner, from 1."""
    found = np.flatnonzero(wrong)
    if found.size:
        row = int(found[0])
        group = int(np.searchsorted(starts, row, side="right")) - 1
        raise kind(f"group {group + 1}, runner {row - int(starts[group]) + 1}: {why}")


def group_sums(values: Floats, starts: Ints) -> Floats:
    """Sums inside each group along the first axis."""
    return np.add.reduceat(values, starts[:-1], axis=0)


def spread_over(per_group: Floats, starts: Ints) -> Floats:
    """Each group's value at each of its rows."""
    return np.repeat(per_group, np.diff(starts), axis=0)


def group_spreads(values: Floats, starts: Ints) -> Floats:
    """Largest minus smallest inside each group; values: (rows,)."""
    firsts = starts[:-1]
    spreads = np.maximum.reduceat(values, firsts) - np.minimum.reduceat(values, firsts)
    return np.asarray(spreads)
