"""Many fields in one call."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from hippique.errors import ArgumentOutOfRange, FieldTooSmall, OddsOutOfRange
from hippique.pricing.checks import LEAST_RUNNERS, Bools, Floats
from hippique.pricing.win.chances import WinChancesBatch, checked_beta, checked_method
from hippique.pricing.win.rows import solve_rows


def win_chances_batch(
    odds: ArrayLike,
    mask: ArrayLike | None = None,
    method: str = "tempered",
    *,
    beta: float | None = None,
) -> WinChancesBatch:
    """Chances of many fields, each equal to `win_chances` of its row to 1e-12.

    odds: shape (rows, width), decimal, stake included. mask: same shape, bool, True where there is
    a runner (what stands elsewhere is not read); None: everywhere. method, beta: as `win_chances`.
    Raises OddsOutOfRange and FieldTooSmall naming row and runner (from 1), ArgumentOutOfRange,
    NoSolution naming the row.
    """
    law = checked_method(method)
    return solve_rows(checked_odds_rows(odds, mask), law, checked_beta(law, beta))


def checked_odds_rows(odds: ArrayLike, mask: ArrayLike | None) -> Floats:
    """A copy of odds, shape (rows, width), infinite where the mask is False.

    Raises OddsOutOfRange, FieldTooSmall, ArgumentOutOfRange.
    """
    values = _table(odds)
    there = checked_mask(mask, values.shape)
    _refuse_cell(there & ~np.isfinite(values), values, "odds not finite")
    _refuse_cell(there & (values <= 1.0), values, "odds <= 1")
    count = there.sum(axis=1)
    for row in np.flatnonzero(count < LEAST_RUNNERS)[:1]:
        raise FieldTooSmall(f"row {row + 1}: fewer than two runners ({count[row]})")
    values[~there] = np.inf
    return values


def checked_mask(mask: ArrayLike | None, shape: tuple[int, ...]) -> Bools:
    """A copy of a mask of this shape; all True for None. Raises ArgumentOutOfRange."""
    if mask is None:
        return np.ones(shape, dtype=np.bool_)
    there = np.array(mask)
    if there.dtype != np.bool_:
        raise ArgumentOutOfRange(f"mask: truth values are needed, they are {there.dtype}")
    if there.shape != shape:
        raise ArgumentOutOfRange(f"mask: the shape is {there.shape}, that of the odds {shape}")
    return there


def _table(odds: ArrayLike) -> Floats:
    try:
        values = np.array(odds, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ArgumentOutOfRange(f"odds: not a table of numbers ({error})") from error
    if values.ndim != 2:  # noqa: PLR2004  rows and runners
        raise ArgumentOutOfRange(f"odds: rows of runners are needed, the shape is {values.shape}")
    return values


def _refuse_cell(wrong: Bools, values: Floats, why: str) -> None:
    for row, runner in np.argwhere(wrong)[:1]:
        raise OddsOutOfRange(f"row {row + 1}, runner {runner + 1}: {why} ({values[row, runner]})")
