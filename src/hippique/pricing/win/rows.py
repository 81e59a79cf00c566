"""The laws from odds to chances, one row a field; single fields are rows too."""

from __future__ import annotations

import numpy as np

from hippique.errors import NoSolution
from hippique.pricing.checks import Bools, Floats
from hippique.pricing.win.chances import (
    BOOK_BELOW_1,
    BOOK_SLACK,
    INVALID,
    Method,
    WinChancesBatch,
)
from hippique.pricing.win.power_root import power_rows
from hippique.pricing.win.shin_root import shin_rows
from hippique.pricing.win.steps import COMPILED_FROM


def solve_rows(odds: Floats, method: Method, beta: float) -> WinChancesBatch:
    """Chances of every row; odds are checked already, infinite where there is no runner.

    Raises NoSolution naming the row (from 1): Shin's method with a book sum below 1.
    """
    implied = 1.0 / odds
    total = implied.sum(axis=1)
    below = total < 1.0 - BOOK_SLACK
    named = {}
    if method == "shin":
        chances, named["z"] = _shin(implied, total, below)
    elif method == "power":
        chances, named["k"] = _power(implied)
    elif method == "additive":
        chances = _additive(implied)
    else:
        chances = _tempered(odds, beta)
        if method == "tempered":
            named["beta"] = np.full(total.size, beta)
    return WinChancesBatch(
        method=method,
        parameters={name: _kept(values) for name, values in named.items()},
        overround=_kept(total),
        probabilities=_kept(chances),
        mask=_fixed(np.isfinite(odds)),
        flags={BOOK_BELOW_1: _fixed(below), INVALID: _fixed(chances.min(axis=1) < 0.0)},
    )


def _tempered(odds: Floats, beta: float) -> Floats:
    # Over the favourite's: equal odds give 1 each, so exactly 1/n.
    ratios = (odds.min(axis=1, keepdims=True) / odds) ** beta
    return np.asarray(ratios / ratios.sum(axis=1, keepdims=True))


def _additive(implied: Floats) -> Floats:
    there = implied > 0.0
    # π − (Π−1)/n, written as 1/n + (π − mean): from the favourite's, so that equal odds give 1/n.
    count = there.sum(axis=1, keepdims=True)
    behind = np.where(there, implied - implied.max(axis=1, keepdims=True), 0.0)
    chances = 1.0 / count + (behind - behind.sum(axis=1, keepdims=True) / count)
    return np.where(there, chances, 0.0)


def _shin(implied: Floats, total: Floats, below: Bools) -> tuple[Floats, Floats]:
    for row in np.flatnonzero(below)[:1]:
        raise NoSolution(
            f"{_place(row, total)}book sum below 1 ({total[row]}): Shin's equation has no solution"
        )
    form = shin_rows if total.size >= COMPILED_FROM else shin_rows.plain
    chances, share, reached = form(implied)
    _refuse_unreached(reached, "z of Shin's method")
    return chances, share


def _power(implied: Floats) -> tuple[Floats, Floats]:
    form = power_rows if implied.shape[0] >= COMPILED_FROM else power_rows.plain
    chances, power, reached = form(implied)
    _refuse_unreached(reached, "k of the power method")
    return chances, power


def _refuse_unreached(reached: Bools, what: str) -> None:
    for row in np.flatnonzero(~reached)[:1]:
        raise NoSolution(f"{_place(row, reached)}{what} was not reached within its steps")


def _place(row: int, rows: Floats | Bools) -> str:
    return f"row {row + 1}: " if rows.size > 1 else ""


def _kept(values: Floats) -> Floats:
    values.flags.writeable = False
    return values


def _fixed(values: Bools) -> Bools:
    values.flags.writeable = False
    return values
