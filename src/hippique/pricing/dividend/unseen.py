"""Stakes in pools that nobody shows, from what such pools paid before.

ln share = a + b ln P + c Σ ln share_i + residual: P the model's chance of the combination on the
crowd's win shares, share_i the win share of each of its runners. Per operator and pool; the
residual's spread belongs in the interval of every expected value.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hippique.errors import ArgumentOutOfRange, NoSolution
from hippique.pricing.checks import Floats, checked_chances
from hippique.pricing.dividend.doors import checked_takeout, finite, fitting, refuse

LEAST_ROWS = 10
PLACE_SHARE_EXPONENT = 0.79  # measured once on French place pools [M]; refit before relying on it
_COLLINEAR = 1e-8  # smallest singular value of unit columns
_NORMAL_MAD = 1.482602218505602  # 1/Φ⁻¹(3/4): a normal's sd over its median absolute deviation


@dataclass(frozen=True, slots=True)
class Coefficient:
    """An estimate and its standard error."""

    value: float
    error: float


@dataclass(frozen=True, slots=True, eq=False)
class PoolModel:
    """How ln stake shares of one pool follow the model.

    on_entries: None where the fit had no such column. residual_sd: with n less the number of
    coefficients. robust_sd: 1.4826 median absolute deviations, which a few wild pools do not
    move. spread: (X'X)⁻¹, of intercept, model and entries.
    """

    intercept: Coefficient
    on_model: Coefficient
    on_entries: Coefficient | None
    residual_sd: float
    robust_sd: float
    rows: int
    r_squared: float
    spread: Floats


def fit_pool(
    ln_model_share: ArrayLike, ln_entry_share: ArrayLike | None, ln_stake_share: ArrayLike
) -> PoolModel:
    """Least squares of ln stake share on ln P and Σ ln share_i, each of shape (past pools,).

    ln_entry_share: None leaves that column out. Raises ArgumentOutOfRange (fewer than 10 rows,
    shapes), PoolOutOfRange (not finite), NoSolution (a constant column, columns that are
    collinear, by name).
    """
    names = {"ln_model_share": ln_model_share, "ln_entry_share": ln_entry_share}
    columns = {name: _column(c, name) for name, c in names.items() if c is not None}
    target = _column(ln_stake_share, "ln_stake_share")
    _check_columns({**columns, "ln_stake_share": target})
    _check_independent(columns)
    design = np.column_stack([np.ones_like(target), *columns.values()])
    q, r = np.linalg.qr(design)
    values = np.linalg.solve(r, q.T @ target)
    inverse = np.linalg.inv(r)
    return _model(values, inverse @ inverse.T, target - design @ values, target)


def predict(
    model: PoolModel, ln_model_share: ArrayLike, ln_entry_share: ArrayLike | None = None
) -> tuple[Floats, Floats]:
    """Mean and sd of ln stake share, for the median share exp(mean); arguments broadcast.

    The sd holds the residual and the coefficients' own error. ln_entry_share: needed if, and
    only if, the model was fitted with it. Raises ArgumentOutOfRange, PoolOutOfRange.
    """
    if (ln_entry_share is None) != (model.on_entries is None):
        fitted = "without" if model.on_entries is None else "with"
        raise ArgumentOutOfRange(f"ln_entry_share: the model was fitted {fitted} it")
    terms = [finite(ln_model_share, "ln_model_share")]
    values = [model.intercept.value, model.on_model.value]
    if model.on_entries is not None and ln_entry_share is not None:
        terms.append(finite(ln_entry_share, "ln_entry_share"))
        values.append(model.on_entries.value)
    shape = fitting(**{f"term {i}": term for i, term in enumerate(terms, start=1)})
    rows = np.stack([np.ones(shape), *(np.broadcast_to(term, shape) for term in terms)], axis=-1)
    leverage = np.einsum("...i,ij,...j->...", rows, model.spread, rows)
    return np.asarray(rows @ np.array(values)), model.residual_sd * np.sqrt(1.0 + leverage)


def stake_share_from_dividend(dividend: ArrayLike, takeout: ArrayLike) -> Floats:
    """Share of its pool that was on a combination which paid this: (1 − t)/r, from s = (1 − t)S/r.

    dividend: per 1 €, of a pool that pays one combination; its rounding down makes shares a
    little too high. Below 1 it is on another stake base, or a bonus rank. Raises PoolOutOfRange.
    """
    per_euro, kept = finite(dividend, "dividend"), checked_takeout(takeout)
    refuse(per_euro < 1.0, per_euro, "dividend", "dividend below 1: not per 1 € staked")
    fitting(dividend=per_euro, takeout=kept)
    return np.asarray((1.0 - kept) / per_euro)


def place_share(win_share: ArrayLike, exponent: float = PLACE_SHARE_EXPONENT) -> Floats:
    """Shares of the place pool from those of the win pool: share^exponent, brought to sum to 1.

    win_share: shape (runners,), summing to 1. exponent: above 0; below 1 the place crowd is
    flatter. Raises FieldTooSmall, ProbabilityOutOfRange, ArgumentOutOfRange.
    """
    if not 0.0 < exponent < np.inf:
        raise ArgumentOutOfRange(f"exponent: {exponent} is not above 0")
    flattened = checked_chances(win_share, "win_share") ** exponent
    return np.asarray(flattened / flattened.sum())


def _column(values: ArrayLike, name: str) -> Floats:
    column = finite(values, name)
    if column.ndim != 1:
        raise ArgumentOutOfRange(f"{name}: one dimension is needed, the shape is {column.shape}")
    return column


def _check_columns(columns: dict[str, Floats]) -> None:
    sizes = {name: column.size for name, column in columns.items()}
    if len(set(sizes.values())) > 1:
        raise ArgumentOutOfRange(f"rows differ: {sizes}")
    if min(sizes.values()) < LEAST_ROWS:
        raise ArgumentOutOfRange(f"too few rows: {min(sizes.values())}, at least {LEAST_ROWS}")
    for name, column in columns.items():
        if np.ptp(column) <= _COLLINEAR * max(1.0, float(np.abs(column).max())):
            raise NoSolution(f"{name} is constant: nothing can be fitted to it")


def _check_independent(columns: dict[str, Floats]) -> None:
    centred = np.column_stack([column - column.mean() for column in columns.values()])
    unit = centred / np.linalg.norm(centred, axis=0)
    if np.linalg.svd(unit, compute_uv=False)[-1] < _COLLINEAR:
        raise NoSolution(f"{' and '.join(columns)} are collinear: drop one")


def _model(values: Floats, spread: Floats, residual: Floats, target: Floats) -> PoolModel:
    squares = float(residual @ residual)
    sd = float(np.sqrt(squares / (residual.size - values.size)))
    errors = sd * np.sqrt(np.diag(spread))
    found = [Coefficient(float(v), float(e)) for v, e in zip(values, errors, strict=True)]
    centred = target - target.mean()
    return PoolModel(
        intercept=found[0],
        on_model=found[1],
        on_entries=found[2] if len(found) > 2 else None,  # noqa: PLR2004  the third column
        residual_sd=sd,
        robust_sd=_NORMAL_MAD * float(np.median(np.abs(residual - np.median(residual)))),
        rows=residual.size,
        r_squared=1.0 - squares / float(centred @ centred),
        spread=spread,
    )
