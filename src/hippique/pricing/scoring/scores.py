"""Scores of chances to win, field by field; a mean is over fields, never over runners."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hippique.errors import FieldTooSmall, PricingError
from hippique.pricing.checks import (
    LEAST_RUNNERS,
    SUM_SLACK,
    Floats,
    Ints,
    checked_chances,
    checked_vector,
)
from hippique.pricing.scoring.doors import checked_winners, refuse_lengths

WINNER_AT_ZERO = "winner had probability 0"


@dataclass(frozen=True, slots=True, eq=False)
class Scoreboard:
    """Scores of many fields, each array of shape (fields,).

    log_loss: in nat, 0 or more, infinite where a winner had chance 0. brier: from 0 to 2.
    impossible: positions, from 0, of the fields with an infinite log loss; the mean is then
    infinite too.
    """

    log_loss: Floats
    brier: Floats
    impossible: tuple[int, ...]

    @property
    def mean_log_loss(self) -> float:
        """Over fields, in nat."""
        return float(self.log_loss.mean())

    @property
    def mean_brier(self) -> float:
        """Over fields."""
        return float(self.brier.mean())

    @property
    def flag(self) -> str | None:
        """Why the mean log loss is infinite; None where it is finite."""
        return WINNER_AT_ZERO if self.impossible else None


def log_loss(chances: ArrayLike, winners: Sequence[int]) -> float:
    """The log loss of one field: −ln(chance of the winner), in nat, the mean over m in a dead heat.

    chances: shape (runners,), summing to 1. winners: positions from 0. Infinite, not clipped, where
    a winner had chance 0. Raises FieldTooSmall, ProbabilityOutOfRange, ArgumentOutOfRange.
    """
    values, won = _checked(chances, winners)
    return float(_surprise(values[list(won)]).mean())


def brier(chances: ArrayLike, winners: Sequence[int]) -> float:
    """The Brier score of one field: Σ (chance − outcome)², 0 to 2; outcome 1/m in a dead heat of m.

    Arguments and errors as `log_loss`.
    """
    values, won = _checked(chances, winners)
    values[list(won)] -= 1.0 / len(won)
    return float(np.square(values).sum())


def scoreboard(fields: Sequence[ArrayLike], winners: Sequence[Sequence[int]]) -> Scoreboard:
    """`log_loss` and `brier` of every field.

    fields: one sequence of chances each, of any lengths. winners: for each field its positions,
    from 0. Raises as `log_loss`, with the field, counted from 1, in the message; ArgumentOutOfRange
    where the two lengths differ or there is no field.
    """
    refuse_lengths(fields=len(fields), winners=len(winners))
    flat, starts = _joined(fields)
    sizes = np.diff(np.append(starts, flat.size))
    where, field, share = _winners(winners, starts, sizes)
    losses = np.zeros(starts.size)
    np.add.at(losses, field, share * _surprise(flat[where]))
    missed = flat.copy()
    missed[where] -= share
    impossible = tuple(np.flatnonzero(np.isinf(losses)).tolist())
    return Scoreboard(losses, np.add.reduceat(np.square(missed), starts), impossible)


def _checked(chances: ArrayLike, winners: Sequence[int]) -> tuple[Floats, tuple[int, ...]]:
    values = _checked_field(chances)
    return values, checked_winners(winners, values.size)


def _checked_field(chances: ArrayLike) -> Floats:
    if not np.size(checked_vector(chances, "probabilities")):
        raise FieldTooSmall("empty race: there is no runner")
    return checked_chances(chances)


def _surprise(chances: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        surprise: Floats = -np.log(chances)
    return surprise


def _joined(fields: Sequence[ArrayLike]) -> tuple[Floats, Ints]:
    """All chances in one row, each field brought to sum to 1, and where each field begins."""
    vectors = []
    for place, chances in enumerate(fields):
        with _naming(place):
            vectors.append(checked_vector(chances, "probabilities"))
    sizes = np.array([vector.size for vector in vectors], dtype=np.int64)
    flat = np.concatenate(vectors)
    # One look at all the numbers; only where it finds a fault are the fields walked to name it.
    if sizes.min() < LEAST_RUNNERS or not np.all((flat >= 0.0) & (flat <= 1.0)):
        _refuse(vectors)
    starts = np.cumsum(sizes) - sizes
    totals = np.add.reduceat(flat, starts)
    if np.any(np.abs(totals - 1.0) > SUM_SLACK):
        _refuse(vectors)
    return flat / np.repeat(totals, sizes), starts


def _refuse(vectors: Sequence[Floats]) -> None:
    for place, vector in enumerate(vectors):
        with _naming(place):
            _checked_field(vector)


def _winners(
    winners: Sequence[Sequence[int]], starts: Ints, sizes: Ints
) -> tuple[Ints, Ints, Floats]:
    """Every winner: its position in the row of all chances, its field, its share of the win."""
    chosen = []
    for place, (won, runners) in enumerate(zip(winners, sizes.tolist(), strict=True)):
        with _naming(place):
            chosen.append(checked_winners(won, runners))
    together = np.array([len(won) for won in chosen], dtype=np.int64)
    field = np.repeat(np.arange(starts.size), together)
    within = np.array([winner for won in chosen for winner in won], dtype=np.int64)
    return starts[field] + within, field, 1.0 / together[field]


@contextmanager
def _naming(place: int) -> Iterator[None]:
    try:
        yield
    except PricingError as error:
        raise type(error)(f"field {place + 1}: {error}") from error
