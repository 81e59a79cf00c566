"""From the odds of one field to its win chances: one front door, and every method by its name."""

from __future__ import annotations

from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from hippique.errors import ArgumentOutOfRange
from hippique.pricing.checks import Bools, Floats, checked_odds, checked_vector
from hippique.pricing.win.chances import (
    DROPPED,
    Method,
    WinChances,
    checked_beta,
    checked_method,
)
from hippique.pricing.win.rows import solve_rows

Missing = Literal["refuse", "drop"]


def win_chances(
    odds: ArrayLike,
    method: str = "tempered",
    *,
    beta: float | None = None,
    missing: Missing = "refuse",
) -> WinChances:
    """The chances of one field to win.

    odds: shape (runners,), decimal, stake included, each above 1. method: "multiplicative",
    "tempered" (default), "power", "shin" or "additive". beta: the exponent of the tempered method
    (None: 1.07). missing: what odds of None or NaN mean: "refuse" (default), or "drop", a runner
    that was withdrawn: the chances are those of the others, `runners` says which positions they
    are, and the flag "runners dropped" is set.
    Raises OddsOutOfRange (names the runner, from 1), FieldTooSmall, ArgumentOutOfRange, NoSolution.
    """
    law = checked_method(method)
    exponent = checked_beta(law, beta)
    if missing == "refuse":
        return _solved(checked_odds(odds), law, exponent)
    if missing != "drop":
        raise ArgumentOutOfRange(f"missing: {missing!r} is neither 'refuse' nor 'drop'")
    values = checked_vector(odds, "odds")
    left = np.isnan(values)
    # One stands in for the withdrawn while the others are checked, so that messages count them all.
    checked_odds(np.where(left, 2.0, values))
    return _solved(checked_odds(values[~left]), law, exponent, dropped=left)


def multiplicative(odds: ArrayLike) -> WinChances:
    """The shares q = π/Π: the exact inverse of a tote pool but for rounding. See `win_chances`."""
    return win_chances(odds, "multiplicative")


def tempered(odds: ArrayLike, beta: float | None = None) -> WinChances:
    """Chances q ∝ π^β, β > 1 where longshots are overbet (None: 1.07; see `fit_tempered`).

    The default method. See `win_chances`. Source: Ali 1977 for the bias.
    """
    return win_chances(odds, "tempered", beta=beta)


def power(odds: ArrayLike) -> WinChances:
    """Chances q = π^k, k such that they sum to 1. See `win_chances`.

    k grows with the overround, which on a tote is takeout and no bias.
    Source: Clarke, Kovalchik & Ingram 2017.
    """
    return win_chances(odds, "power")


def shin(odds: ArrayLike) -> WinChances:
    """Shin's method: a share z of the money knows the winner. See `win_chances`.

    Raises NoSolution for a book sum below 1. Sources: Shin 1992, 1993; Jullien & Salanié 1994.
    """
    return win_chances(odds, "shin")


def additive(odds: ArrayLike) -> WinChances:
    """A warning, not a method: q = π − (Π−1)/n, flagged "invalid" where longshots fall below 0."""
    return win_chances(odds, "additive")


def _solved(odds: Floats, method: Method, beta: float, dropped: Bools | None = None) -> WinChances:
    rows = solve_rows(odds[None, :], method, beta)
    flags = {name for name, rows_flagged in rows.flags.items() if rows_flagged[0]}
    positions = range(odds.size) if dropped is None else np.flatnonzero(~dropped).tolist()
    if dropped is not None and dropped.any():
        flags.add(DROPPED)
    return WinChances(
        method=method,
        parameters=MappingProxyType({name: float(v[0]) for name, v in rows.parameters.items()}),
        overround=float(rows.overround[0]),
        probabilities=rows.probabilities[0],
        runners=tuple(positions),
        flags=frozenset(flags),
    )
