"""The exponents of the blend, fitted on days that the model has not seen."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hippique.errors import ArgumentOutOfRange, ProbabilityOutOfRange
from hippique.pricing.blend.blend import FLOOR, FLOORED, NO_EARLIER, floored_log
from hippique.pricing.blend.logit import LogitFit, fit_logit
from hippique.pricing.blend.rows import (
    checked_starts,
    group_sums,
    refuse_row,
    spread_over,
)
from hippique.pricing.checks import SUM_SLACK, Bools, Floats, Ints, checked_vector

NAMES = ("alpha (ln f)", "beta (ln q)", "gamma (ln q - ln q')")
MARKET_ALONE = (0.0, 1.0, 0.0)  # the start, and what a ridge pulls towards
NORMAL_95 = 1.959963984540054  # quantile .975 of the normal
DAY_BLOCKS = "sandwich by blocks"
INVERSE_HESSIAN = "inverse Hessian"


@dataclass(frozen=True, slots=True)
class Exponent:
    """A fitted exponent, its standard error, and its normal 95 % interval."""

    value: float
    error: float
    low: float
    high: float

    @property
    def may_be_zero(self) -> bool:
        """Whether the interval holds 0."""
        return self.low <= 0.0 <= self.high


@dataclass(frozen=True, slots=True)
class BlendFit:
    """The fitted exponents; gamma is None where no earlier market was given.

    interval_from: "sandwich by blocks" or "inverse Hessian". without_earlier: groups whose drift
    counted as 0; None where no earlier market was asked for. floored: chances counted as 1e-6.
    """

    alpha: Exponent
    beta: Exponent
    gamma: Exponent | None
    interval_from: str
    without_earlier: int | None
    floored: int
    flags: tuple[str, ...]
    fit: LogitFit

    @property
    def model_may_add_nothing(self) -> bool:
        """Whether alpha's interval holds 0: a fair outcome, the market is not refuted."""
        return self.alpha.may_be_zero


def fit_blend(  # noqa: PLR0913  # the rows are four arrays, the rest is optional and named
    f: ArrayLike,
    q: ArrayLike,
    sizes: ArrayLike,
    weights: ArrayLike,
    *,
    earlier: ArrayLike | None = None,
    blocks: Iterable[Hashable] | None = None,
    ridge: ArrayLike | None = None,
) -> BlendFit:
    """The exponents that make the winners most likely.

    f must come from a model fitted **without** the groups given here (out of fold, by day). This
    function cannot know; on groups that the model has seen, alpha is far too large.

    f, q, earlier: (rows,), group after group, each group's sum 1. A NaN in `earlier` is a missing
    quote: its whole group then has drift 0 and is counted. sizes, weights, blocks: see `fit_logit`.
    ridge: scalar or one per exponent, towards (0, 1, 0). Chances below 1e-6 count as 1e-6.
    Raises as `fit_logit`, and ProbabilityOutOfRange naming group and runner.
    """
    terms = _terms(f, q, sizes, earlier)
    count = terms.columns.shape[1]
    # Quotes were promised and none came: the exponent of the drift goes, and its ridge with it.
    is_cut = terms.drift_dropped and ridge is not None and np.ndim(ridge) > 0
    held = np.asarray(ridge)[:count] if is_cut else ridge
    fit = fit_logit(
        terms.columns,
        sizes,
        weights,
        blocks=blocks,
        ridge=held,
        towards=MARKET_ALONE[:count],
        start=MARKET_ALONE[:count],
        names=NAMES[:count],
    )
    return _reported(fit, terms)


@dataclass(frozen=True, slots=True)
class _Terms:
    """The columns (rows, 2 or 3), and what was put in for them."""

    columns: Floats
    without_earlier: int | None
    drift_dropped: bool
    floored: int


def _terms(f: ArrayLike, q: ArrayLike, sizes: ArrayLike, earlier: ArrayLike | None) -> _Terms:
    starts = checked_starts(sizes, np.shape(f)[0] if np.ndim(f) else 0)
    model, market = _chances(f, starts, "f"), _chances(q, starts, "q")
    floored = int((model < FLOOR).sum() + (market < FLOOR).sum())
    columns = [floored_log(model), floored_log(market)]
    if earlier is None:
        return _Terms(np.stack(columns, axis=1), None, drift_dropped=False, floored=floored)
    before, missing = _earlier_chances(earlier, starts, market)
    if not missing.all():
        columns.append(columns[1] - floored_log(before))
        quoted = np.repeat(~missing, np.diff(starts))
        floored += int((before[quoted] < FLOOR).sum())
    table = np.stack(columns, axis=1)
    return _Terms(table, int(missing.sum()), drift_dropped=bool(missing.all()), floored=floored)


def _earlier_chances(earlier: ArrayLike, starts: Ints, market: Floats) -> tuple[Floats, Bools]:
    """The chances q'; the market's own, so a drift of 0, where a group lacks a quote."""
    quoted = _rows_of(earlier, starts, "earlier")
    missing: Bools = np.logical_or.reduceat(np.isnan(quoted), starts[:-1])
    known = np.where(np.repeat(missing, np.diff(starts)), market, quoted)
    return _chances(known, starts, "earlier"), missing


def _chances(values: ArrayLike, starts: Ints, name: str) -> Floats:
    chances = _rows_of(values, starts, name)
    wrong = ~((chances >= 0.0) & (chances <= 1.0))  # a NaN is wrong too
    refuse_row(wrong, starts, f"{name} outside [0, 1]", ProbabilityOutOfRange)
    totals = group_sums(chances, starts)
    off = np.flatnonzero(np.abs(totals - 1.0) > SUM_SLACK)
    if off.size:
        first = int(off[0])
        why = f"probabilities do not sum to 1 (they sum to {totals[first]})"
        raise ProbabilityOutOfRange(f"group {first + 1}: {name}: {why}")
    return np.asarray(chances / spread_over(totals, starts))


def _rows_of(values: ArrayLike, starts: Ints, name: str) -> Floats:
    rows = checked_vector(values, name)
    if rows.size != starts[-1]:
        raise ArgumentOutOfRange(f"{name}: {rows.size} for {starts[-1]} rows")
    return rows


def _reported(fit: LogitFit, terms: _Terms) -> BlendFit:
    exponents = [
        Exponent(value, error, value - NORMAL_95 * error, value + NORMAL_95 * error)
        for value, error in zip(
            fit.coefficients.tolist(), fit.standard_errors.tolist(), strict=True
        )
    ]
    flags = {FLOORED: terms.floored > 0, NO_EARLIER: bool(terms.without_earlier)}
    return BlendFit(
        alpha=exponents[0],
        beta=exponents[1],
        gamma=exponents[2] if len(exponents) > 2 else None,  # noqa: PLR2004  the drift is the third
        interval_from=INVERSE_HESSIAN if fit.block_errors is None else DAY_BLOCKS,
        without_earlier=terms.without_earlier,
        floored=terms.floored,
        flags=(*(flag for flag, is_so in flags.items() if is_so), *fit.flags),
        fit=fit,
    )
