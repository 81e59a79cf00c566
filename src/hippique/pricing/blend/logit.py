"""Conditional logit: the chance of each runner of a field from any columns, fitted by Newton."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hippique.errors import ArgumentOutOfRange
from hippique.pricing.blend.newton import Problem, Ridge, Summit, climb
from hippique.pricing.blend.rows import GroupedRows, grouped_rows
from hippique.pricing.blend.sandwich import block_numbers, sandwich
from hippique.pricing.checks import Floats, checked_finite

MAXIMUM_LIKELIHOOD = "maximum likelihood"
RIDGE = "ridge"
HALVED = "steps were halved"
FEW_BLOCKS = "no more blocks than coefficients"  # the sandwich is then singular


@dataclass(frozen=True, slots=True)
class LogitFit:
    """Coefficients of c ∝ exp(x·b) with their spread.

    coefficients, hessian_errors, block_errors: (p,); block_errors is None without blocks.
    covariance: (p, p), of the day blocks where they are given, else the inverse Hessian.
    log_likelihood, log_likelihood_at_start: nat, without the penalty; start: (p,).
    method: "maximum likelihood", or "ridge", whose coefficients are pulled towards a value.
    gradient_per_group: the largest slope, penalty included, over the number of groups, where it was
    last computed; a last step smaller than 1e-8 of a log ratio is taken without computing it again.
    """

    names: tuple[str, ...]
    coefficients: Floats
    hessian_errors: Floats
    block_errors: Floats | None
    covariance: Floats
    log_likelihood: float
    log_likelihood_at_start: float
    start: Floats
    gradient_per_group: float
    steps: int
    groups: int
    blocks: int | None
    method: str
    flags: tuple[str, ...]

    @property
    def standard_errors(self) -> Floats:
        """(p,): by blocks where blocks were given, else from the inverse Hessian."""
        return self.hessian_errors if self.block_errors is None else self.block_errors


def fit_logit(  # noqa: PLR0913  # the rows are three arrays, the rest is optional and named
    columns: ArrayLike,
    sizes: ArrayLike,
    weights: ArrayLike,
    *,
    blocks: Iterable[Hashable] | None = None,
    ridge: ArrayLike | None = None,
    towards: ArrayLike | None = None,
    start: ArrayLike | None = None,
    names: Sequence[str] | None = None,
) -> LogitFit:
    """The coefficients that make the winners most likely, c ∝ exp(x·b) inside each group.

    columns: (rows, p), group after group, finite. sizes: (groups,), rows of each group, at least 2.
    weights: (rows,), each group's sum to 1: winner 1, each of a dead heat of m 1/m.
    blocks: a label per group (its day); gives the sandwich with the factor D/(D − 1), D blocks.
    ridge: scalar or (p,), each ≥ 0: ½ Σ ridge_j (b_j − towards_j)² is taken from the log
    likelihood. towards: (p,), default 0. start: (p,), default 0. names: p names for messages.
    Raises NoSolution: "no finite maximum" (separated winners, a column constant within every group,
    collinear columns), with the columns named; ArgumentOutOfRange, FieldTooSmall.
    Source: McFadden 1974; Bolton & Chapman 1986.
    """
    rows = grouped_rows(columns, sizes, weights, names)
    count = rows.columns.shape[1]
    numbers = None if blocks is None else block_numbers(blocks, rows.groups)
    penalty = Ridge(_penalty(ridge, count), _vector(towards, count, "towards"))
    begin = _vector(start, count, "start")
    summit = climb(Problem(rows, penalty), begin)
    scores = summit.place.likelihood.scores
    by_blocks = None if numbers is None else sandwich(scores, numbers, summit.inverse)
    return LogitFit(
        names=rows.names,
        coefficients=summit.place.coefficients,
        hessian_errors=_errors(summit.inverse),
        block_errors=None if by_blocks is None else _errors(by_blocks),
        covariance=summit.inverse if by_blocks is None else by_blocks,
        log_likelihood=summit.place.likelihood.value,
        log_likelihood_at_start=summit.start_likelihood,
        start=begin,
        gradient_per_group=_slope_left(summit, penalty, rows),
        steps=summit.steps,
        groups=rows.groups,
        blocks=None if numbers is None else int(numbers.max()) + 1,
        method=RIDGE if penalty.is_some else MAXIMUM_LIKELIHOOD,
        flags=_flags(summit, None if numbers is None else int(numbers.max()) + 1),
    )


def winner_weights(winners: Sequence[Sequence[int]], sizes: Sequence[int]) -> Floats:
    """The weights of `fit_logit` from the winners of each group, positions counted from 0; (rows,).

    A dead heat of m gives 1/m each. Raises ArgumentOutOfRange: no winner, or none of the field.
    """
    if len(winners) != len(sizes):
        raise ArgumentOutOfRange(f"winners: {len(winners)} for {len(sizes)} groups")
    weights = np.zeros(int(sum(sizes)))
    first = 0
    for group, (placed, size) in enumerate(zip(winners, sizes, strict=True)):
        chosen = sorted(set(placed))
        if not chosen or chosen[0] < 0 or chosen[-1] >= size:
            named = [position + 1 for position in chosen]
            raise ArgumentOutOfRange(f"group {group + 1}: winners {named} of {size} runners")
        weights[[first + position for position in chosen]] = 1.0 / len(chosen)
        first += size
    return weights


def _vector(values: ArrayLike | None, count: int, name: str) -> Floats:
    if values is None:
        return np.zeros(count)
    vector = checked_finite(values, name)
    if vector.size != count:
        raise ArgumentOutOfRange(f"{name}: {vector.size} for {count} columns")
    return vector


def _penalty(ridge: ArrayLike | None, count: int) -> Floats:
    if ridge is None or np.ndim(ridge) == 0:
        ridge = np.full(count, 0.0 if ridge is None else ridge)
    penalty = _vector(ridge, count, "ridge")
    if (penalty < 0.0).any():
        raise ArgumentOutOfRange(f"ridge: below 0 ({penalty.min()})")
    return penalty


def _errors(covariance: Floats) -> Floats:
    return np.asarray(np.sqrt(np.diag(covariance)))


def _slope_left(summit: Summit, ridge: Ridge, rows: GroupedRows) -> float:
    place = summit.place
    slope = place.likelihood.gradient + ridge.pull(place.coefficients)
    return float(np.abs(slope).max()) / rows.groups


def _flags(summit: Summit, blocks: int | None) -> tuple[str, ...]:
    found = {
        HALVED: summit.halvings > 0,
        FEW_BLOCKS: blocks is not None and blocks <= summit.place.coefficients.size,
    }
    return tuple(flag for flag, is_so in found.items() if is_so)
