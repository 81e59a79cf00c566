"""Draws of what is not known of one field: its chances, the stakes in its pools, the takeouts.

The same draws serve every bet of the field (common random numbers), so that two bets can be
compared draw by draw.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import ArrayLike

from hippique.errors import ArgumentOutOfRange, ProbabilityOutOfRange
from hippique.pricing.checks import SUM_SLACK, Floats, checked_positive_chances
from hippique.pricing.compiled import compiled_everywhere
from hippique.pricing.ordering.front_index import Parts
from hippique.pricing.ordering.normal_times import henery, henery_of
from hippique.pricing.ordering.orders import Ordering
from hippique.pricing.ordering.strengths import BULK_NODES, strengths_batch
from hippique.pricing.value.fronts import fronts
from hippique.pricing.value.pools import BetPool, check_rows

MANY = 50  # rows from which they are priced together

Model = Callable[[Floats], Sequence[Ordering]]
"""Rows of win chances, shape (rows, runners), to one ordering each."""

DRAWS = 200
ASYMMETRY = 1e-9  # relative: a covariance made of a product is symmetric up to rounding


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """Equally likely versions of one field; scenarios of the close may be given as such too.

    chances: by the parts of a front, shape (draws, states). stakes: by the name of a pool, euros
    of others, shape (draws, combinations); a pool that is absent is known. takeouts: by the name
    of a pool, shape (draws,). Where stakes and chances of one row belong together, the average over
    rows is that of the return where the bet wins, not a product of two averages.
    Raises ArgumentOutOfRange (shapes, not finite), ProbabilityOutOfRange (not summing to 1).
    """

    count: int
    chances: Mapping[Parts, Floats]
    stakes: Mapping[str, Floats]
    takeouts: Mapping[str, Floats]

    def __post_init__(self) -> None:
        chances = ((str(parts), rows) for parts, rows in self.chances.items())
        for name, rows in chain(chances, self.stakes.items(), self.takeouts.items()):
            if np.shape(rows)[:1] != (self.count,) or not np.isfinite(rows).all():
                raise ArgumentOutOfRange(
                    f"draws: {name}: shape {np.shape(rows)} for {self.count} draws, or not finite"
                )
        for parts, rows in self.chances.items():
            if rows.min() < 0.0 or np.abs(rows.sum(axis=1) - 1.0).max() > SUM_SLACK:
                raise ProbabilityOutOfRange(f"draws: chances of {parts} do not sum to 1")


def drawn_chances(
    chances: ArrayLike,
    covariance: ArrayLike,
    rng: np.random.Generator,
    draws: int = DRAWS,
) -> Floats:
    """Rows of win chances around these: c · exp(noise), brought to sum to 1; (draws, runners).

    covariance: of the log strengths, shape (runners, runners); from a fitted logit it is
    X V X' with X the field's columns and V the covariance of the coefficients.
    Raises ProbabilityOutOfRange, ArgumentOutOfRange (shape, not symmetric, negative variance).
    """
    centre = checked_positive_chances(chances)
    root = _root(covariance, centre.size)
    logs = np.log(centre) + rng.standard_normal((_checked_count(draws), centre.size)) @ root
    rows = np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.asarray(rows / rows.sum(axis=1, keepdims=True))


def draws_of(
    rows: ArrayLike, pools: Sequence[BetPool], rng: np.random.Generator, model: Model
) -> Draws:
    """Draws for all these pools: each row of win chances, with stakes and takeouts drawn.

    rows: shape (draws, runners), from `drawn_chances` or a resampling. Stakes are moved by their
    `stakes_sd` and brought back to the pool's total; takeouts are moved on the logit scale.
    Raises ProbabilityOutOfRange, ArgumentOutOfRange, NoSolution.
    """
    wins = np.array(rows, dtype=np.float64)
    if wins.ndim != 2 or not len(wins):  # noqa: PLR2004  draws by runners
        raise ArgumentOutOfRange(f"rows: shape {wins.shape}, not (draws, runners)")
    for pool in pools:
        check_rows(pool, wins.shape[1])
    orderings = model(wins)
    needed = dict.fromkeys(pool.bet.parts for pool in pools)
    chances = {
        parts: np.stack([fronts(one, parts).chances for one in orderings]) for parts in needed
    }
    stakes = {pool.name: _stakes(pool, len(wins), rng) for pool in pools if np.any(pool.stakes_sd)}
    takeouts = {pool.name: _takeouts(pool, len(wins), rng) for pool in pools if pool.takeout_sd}
    return Draws(len(wins), chances, stakes, takeouts)


def henery_rows(rows: Floats) -> list[Ordering]:
    """Henery's model of each row; many rows are found in one go, at the nodes of bulk work.

    Raises as `henery`.
    """
    if len(rows) < MANY:
        return [henery(row) for row in rows]
    with compiled_everywhere():  # small fields by the hundred are heavy work together
        return [henery_of(theta, BULK_NODES) for theta in strengths_batch(rows)]


def _stakes(pool: BetPool, draws: int, rng: np.random.Generator) -> Floats:
    noise = rng.standard_normal((draws, pool.stakes.size)) * pool.stakes_sd
    moved = pool.stakes * np.exp(noise)
    return np.asarray(moved * (pool.stakes.sum() / moved.sum(axis=1, keepdims=True)))


def _takeouts(pool: BetPool, draws: int, rng: np.random.Generator) -> Floats:
    # On the logit scale no draw leaves (0, 1); the sd there by the derivative.
    kept = pool.takeout * (1.0 - pool.takeout)
    logit = np.log(pool.takeout / (1.0 - pool.takeout))
    moved = logit + rng.standard_normal(draws) * pool.takeout_sd / kept
    return np.asarray(1.0 / (1.0 + np.exp(-moved)))


def _root(covariance: ArrayLike, runners: int) -> Floats:
    # R with R'R the covariance; it is often of lower rank than the field, so not Cholesky's.
    square = np.array(covariance, dtype=np.float64)
    if square.shape != (runners, runners) or not np.isfinite(square).all():
        raise ArgumentOutOfRange(
            f"covariance: shape {square.shape} for {runners} runners, or not finite"
        )
    largest = float(np.abs(square).max())
    if np.abs(square - square.T).max() > ASYMMETRY * largest:
        raise ArgumentOutOfRange("covariance: not symmetric")
    values, vectors = np.linalg.eigh(square)
    if values[0] < -ASYMMETRY * runners * largest:
        raise ArgumentOutOfRange(f"covariance: a variance is negative ({values[0]})")
    return np.asarray(np.sqrt(np.maximum(values, 0.0))[:, None] * vectors.T)


def _checked_count(draws: int) -> int:
    if draws < 1:
        raise ArgumentOutOfRange(f"draws: {draws} is less than 1")
    return draws
