"""Are events of chance p seen p of the time? The CORP way: an isotonic fit, not chosen bins.

Source: Dimitriadis, Gneiting & Jordan 2021 (PNAS 118, e2016191118).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hippique.errors import ArgumentOutOfRange, ProbabilityOutOfRange
from hippique.pricing.checks import Bools, Floats, Ints, checked_vector
from hippique.pricing.scoring.doors import refuse_entry, refuse_lengths
from hippique.pricing.scoring.isotonic import pooled

EVENT_AT_ZERO = "an outcome had probability 0"
_SAME = 1e-12  # steps nearer than this differ by rounding only


@dataclass(frozen=True, slots=True)
class Decomposition:
    """score = miscalibration − discrimination + uncertainty, means over points, each 0 or more.

    score and miscalibration are infinite together, where an outcome had probability 0.
    """

    score: float
    miscalibration: float
    discrimination: float
    uncertainty: float


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """The steps of the isotonic fit, rising, each array of shape (steps,).

    low, high: least and greatest chance forecast in the step. mean: their mean over its points.
    count: points. happened: their outcomes added up. recalibrated: happened / count.
    """

    low: Floats
    high: Floats
    mean: Floats
    count: Ints
    happened: Floats
    recalibrated: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Reliability:
    """What the points say of the chances.

    rate: mean outcome. recalibrated: shape (points,), in the order given. brier: of (p − y)², so 0
    to 1 here. log: in nat. impossible: positions, from 0, of the points whose log score is
    infinite.
    """

    rate: float
    recalibrated: Floats
    steps: Steps
    brier: Decomposition
    log: Decomposition
    impossible: tuple[int, ...]

    @property
    def flag(self) -> str | None:
        """Why the log score is infinite; None where it is finite."""
        return EVENT_AT_ZERO if self.impossible else None


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Points sorted by chance, equal chances together. chances, counts, starts: shape (groups,)."""

    order: Ints
    chances: Floats
    counts: Ints
    starts: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """All that the scores ask of the points of each chance: how many, their outcomes added up."""

    chances: Floats
    count: Floats
    happened: Floats


def reliability(chances: ArrayLike, outcomes: ArrayLike) -> Reliability:
    """Recalibrated chances, the steps of the fit, and both scores taken apart.

    chances: shape (points,), of events of one kind (win, place, each combination apart), each in
    [0, 1]; no sum is asked. outcomes: shape (points,), 1 if it happened, 0 if not, 1/m for the
    winners of a dead heat of m. Equal chances are pooled first. Raises ProbabilityOutOfRange naming
    the point, counted from 1; ArgumentOutOfRange for lengths.
    """
    forecast, came = _checked(chances, outcomes)
    groups = grouped(forecast)
    given = _tally(groups, came)
    fitted = pooled(given.happened[np.newaxis], given.count)[0]
    recalibrated = np.empty_like(forecast)
    recalibrated[groups.order] = np.repeat(fitted, groups.counts)
    begins = np.flatnonzero(np.concatenate(([True], fitted[1:] - fitted[:-1] > _SAME)))
    best = _added(given, begins, fitted[begins])
    constant = _added(given, begins[:1], np.array([came.sum() / came.size]))
    shared = float(np.square(came).sum() - came.sum())  # of dead heats only: 0 for 0 and 1
    told = (given, best, constant)
    return Reliability(
        rate=float(constant.chances[0]),
        recalibrated=recalibrated,
        steps=_steps(given, begins, best),
        brier=_taken_apart([(_brier(one) + shared) / came.size for one in told]),
        log=_taken_apart([_log(one) / came.size for one in told]),
        impossible=tuple(np.flatnonzero(_is_impossible(forecast, came)).tolist()),
    )


def checked_events(chances: ArrayLike) -> Floats:
    """A copy of chances of single events, each in [0, 1], without a sum."""
    values = checked_vector(chances, "probabilities")
    refuse_lengths(points=values.size)
    wrong = ~np.isfinite(values)
    refuse_entry(wrong, values, "probabilities not finite: point", ProbabilityOutOfRange)
    wrong = (values < 0.0) | (values > 1.0)
    refuse_entry(wrong, values, "probability outside [0, 1]: point", ProbabilityOutOfRange)
    return values


def grouped(chances: Floats) -> Groups:
    """Points in the order of their chances, equal chances together."""
    order = np.argsort(chances)
    rising = chances[order]
    starts = np.flatnonzero(np.concatenate(([True], rising[1:] > rising[:-1])))
    counts = np.diff(np.append(starts, chances.size))
    return Groups(order=order, chances=rising[starts], counts=counts, starts=starts)


def _checked(chances: ArrayLike, outcomes: ArrayLike) -> tuple[Floats, Floats]:
    came = checked_vector(outcomes, "outcomes")
    refuse_lengths(probabilities=np.size(chances), outcomes=came.size)
    wrong = ~((came >= 0.0) & (came <= 1.0))
    refuse_entry(wrong, came, "outcome is not in [0, 1]: point", ArgumentOutOfRange)
    return checked_events(chances), came


def _tally(groups: Groups, came: Floats) -> Tally:
    happened = np.add.reduceat(came[groups.order], groups.starts)
    return Tally(groups.chances, groups.counts.astype(np.float64), happened)


def _added(tally: Tally, begins: Ints, chances: Floats) -> Tally:
    count, happened = (np.add.reduceat(row, begins) for row in (tally.count, tally.happened))
    return Tally(chances, count, happened)


def _steps(given: Tally, begins: Ints, best: Tally) -> Steps:
    ends = np.append(begins[1:], given.chances.size) - 1
    return Steps(
        low=given.chances[begins],
        high=given.chances[ends],
        mean=np.add.reduceat(given.chances * given.count, begins) / best.count,
        count=best.count.astype(np.int64),
        happened=best.happened,
        recalibrated=best.chances,
    )


def _taken_apart(scores: list[float]) -> Decomposition:
    given, best, constant = scores
    return Decomposition(given, given - best, constant - best, constant)


def _brier(tally: Tally) -> float:
    """Σ y(1 − p)² + (1 − y)p², which is Σ (p − y)² without the Σ y² − y that no p changes."""
    came = tally.happened * np.square(1.0 - tally.chances)
    failed = (tally.count - tally.happened) * np.square(tally.chances)
    return float(came.sum() + failed.sum())


def _log(tally: Tally) -> float:
    """Σ −y ln p − (1 − y) ln(1 − p), where 0 · ln 0 is 0: no logarithm is taken there."""
    failed = tally.count - tally.happened
    none = np.zeros_like(failed)
    with np.errstate(divide="ignore"):
        came = np.log(tally.chances, out=none.copy(), where=tally.happened > 0.0)
        not_come = np.log1p(-tally.chances, out=none, where=failed > 0.0)
    return float(0.0 - (tally.happened * came).sum() - (failed * not_come).sum())


def _is_impossible(p: Floats, y: Floats) -> Bools:
    impossible: Bools = ((p == 0.0) & (y > 0.0)) | ((p == 1.0) & (y < 1.0))
    return impossible
