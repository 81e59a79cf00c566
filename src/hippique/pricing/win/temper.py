"""The exponent of the tempered method, fitted to results, and drawn together over groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hippique.errors import ArgumentOutOfRange, NoSolution
from hippique.pricing.checks import Bools, Floats, Ints
from hippique.pricing.win.batch import checked_mask, checked_odds_rows

MOST_STEPS = 50
STEP_DONE = 1e-10
FIRST_REACH = 1.0  # the likelihood is flat far out: a step may be this long, doubled each time


@dataclass(frozen=True, slots=True)
class GroupBeta:
    """The exponent of one group of fields.

    own, own_se: by maximum likelihood on the group alone; None where that has no finite maximum.
    weight: of the own value, in [0, 1). beta: what to use, weight · own + (1 − weight) · overall.
    """

    label: int
    rows: int
    own: float | None
    own_se: float | None
    weight: float
    beta: float


@dataclass(frozen=True, slots=True)
class TemperedFit:
    """The exponent of all fields together, and of every group.

    se: standard error from the curvature. log_likelihood: at beta, in nat, summed over the rows.
    gain: nat per row over the multiplicative method (beta 1). spread: the standard deviation of
    the true values between groups, 0 where their differences are what chance makes of them.
    """

    beta: float
    se: float
    rows: int
    log_likelihood: float
    gain: float
    spread: float
    groups: tuple[GroupBeta, ...]

    def beta_of(self, label: int) -> float:
        """The exponent of a group; of a group without any row, the overall one."""
        return next((g.beta for g in self.groups if g.label == label), self.beta)


def fit_tempered(
    odds: ArrayLike,
    winners: ArrayLike,
    mask: ArrayLike | None = None,
    groups: ArrayLike | None = None,
) -> TemperedFit:
    """The exponent β of q ∝ (1/odds)^β that makes the winners most likely.

    odds, mask: shape (rows, width), as `win_chances_batch`. winners: same shape, bool, one True a
    row; in a dead heat m of them, each weighing 1/m. groups: shape (rows,), whole numbers (such as
    discipline × band of field size × snapshot); None: no groups.
    Newton on the concave log likelihood. Group values are shrunk to the overall one by weight
    τ² / (τ² + se²), se² the error variance of the group (it falls as 1/rows) and τ² the variance
    between groups by the method of moments. Source: DerSimonian & Laird 1986; the fit is a
    conditional logit, McFadden 1974.
    Raises OddsOutOfRange, FieldTooSmall, ArgumentOutOfRange; NoSolution: no finite maximum
    (favourites only, or longshots only, have won).
    """
    book = _checked_book(odds, winners, mask)
    labels = _checked_labels(groups, book.won.size)
    beta, variance = _most_likely(book)
    own = [_of_group(book, labels, int(label)) for label in np.unique(labels)]
    spread = 0.0 if groups is None else _spread(own)
    return TemperedFit(
        beta=beta,
        se=float(np.sqrt(variance)),
        rows=book.won.size,
        log_likelihood=_likelihood(book, beta),
        gain=(_likelihood(book, beta) - _likelihood(book, 1.0)) / book.won.size,
        spread=spread,
        groups=() if groups is None else tuple(_shrunk(g, beta, spread) for g in own),
    )


@dataclass(frozen=True, slots=True)
class _Book:
    logs: Floats  # ln of 1/odds over the favourite's: 0 for it, below 0 for the others
    there: Bools
    won: Floats  # the mean of `logs` over the winners of a row


def _checked_book(odds: ArrayLike, winners: ArrayLike, mask: ArrayLike | None) -> _Book:
    values = checked_odds_rows(odds, mask)
    if not values.size:
        raise ArgumentOutOfRange("odds: no row to fit")
    won = checked_mask(winners, values.shape)
    for row, runner in np.argwhere(won & np.isinf(values))[:1]:
        raise ArgumentOutOfRange(f"row {row + 1}: the winner {runner + 1} is masked out")
    count = won.sum(axis=1)
    for row in np.flatnonzero(count == 0)[:1]:
        raise ArgumentOutOfRange(f"row {row + 1}: no winner")
    there = np.isfinite(values)
    logs = np.where(there, np.log(values.min(axis=1, keepdims=True)) - np.log(values), 0.0)
    return _Book(logs, there, np.where(won, logs, 0.0).sum(axis=1) / count)


def _checked_labels(groups: ArrayLike | None, rows: int) -> Ints:
    if groups is None:
        return np.zeros(0, dtype=np.int64)
    labels = np.array(groups)
    if labels.shape != (rows,) or labels.dtype.kind not in "iu":
        raise ArgumentOutOfRange(
            f"groups: {rows} whole numbers are needed, got {labels.dtype} of shape {labels.shape}"
        )
    return labels.astype(np.int64)


def _most_likely(book: _Book) -> tuple[float, float]:
    """The exponent and its error variance."""
    _refuse_endless(book)
    beta, low, high, reach = 1.0, -np.inf, np.inf, FIRST_REACH
    for _ in range(MOST_STEPS):
        slope, curvature = _slope(book, beta)
        low, high = (beta, high) if slope > 0.0 else (low, beta)
        short = abs(slope) < reach * curvature
        step = slope / curvature if short else float(np.copysign(reach, slope))
        if not low <= beta + step <= high:  # overshot: the curve is flatter out there
            step = 0.5 * (low + high) - beta
        beta += step
        if abs(step) <= STEP_DONE * max(1.0, abs(beta)):
            return beta, 1.0 / _slope(book, beta)[1]
        reach *= 2.0
    raise NoSolution(f"the exponent was not reached within {MOST_STEPS} steps")


def _refuse_endless(book: _Book) -> None:
    # Far out only the shortest (or longest) odds of a row count: the slope tends to these sums.
    if book.won.sum() >= 0.0:
        raise NoSolution("no finite maximum: nobody but favourites has won")
    if (book.won - book.logs.min(axis=1)).sum() <= 0.0:
        raise NoSolution("no finite maximum: nobody but the longest odds has won")


def _slope(book: _Book, beta: float) -> tuple[float, float]:
    shares = np.exp(beta * book.logs) * book.there
    shares /= shares.sum(axis=1, keepdims=True)
    mean = (shares * book.logs).sum(axis=1)
    curvature = (shares * (book.logs - mean[:, None]) ** 2).sum()
    return float((book.won - mean).sum()), float(curvature)


def _likelihood(book: _Book, beta: float) -> float:
    total = (np.exp(beta * book.logs) * book.there).sum(axis=1)
    return float((beta * book.won - np.log(total)).sum())


@dataclass(frozen=True, slots=True)
class _Own:
    label: int
    rows: int
    fitted: tuple[float, float] | None  # value and error variance


def _of_group(book: _Book, labels: Ints, label: int) -> _Own:
    rows = labels == label
    part = _Book(book.logs[rows], book.there[rows], book.won[rows])
    try:
        return _Own(label, part.won.size, _most_likely(part))
    except NoSolution:  # a few rows in which every favourite won say nothing that can be weighed
        return _Own(label, part.won.size, None)


def _spread(own: list[_Own]) -> float:
    fitted = np.array([group.fitted for group in own if group.fitted is not None])
    if len(fitted) < 2:  # noqa: PLR2004  one value has no spread
        return 0.0
    values, weights = fitted[:, 0], 1.0 / fitted[:, 1]
    centre = (weights * values).sum() / weights.sum()
    excess = (weights * (values - centre) ** 2).sum() - (values.size - 1)
    scale = weights.sum() - (weights**2).sum() / weights.sum()
    return float(np.sqrt(max(excess / scale, 0.0)))


def _shrunk(group: _Own, overall: float, spread: float) -> GroupBeta:
    if group.fitted is None:
        return GroupBeta(group.label, group.rows, None, None, 0.0, overall)
    own, variance = group.fitted
    weight = spread**2 / (spread**2 + variance)
    beta = weight * own + (1.0 - weight) * overall
    return GroupBeta(group.label, group.rows, own, float(np.sqrt(variance)), weight, beta)
