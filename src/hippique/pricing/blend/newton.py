"""Newton's way up a concave log likelihood, with step halving."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from hippique.errors import NoSolution
from hippique.pricing.blend.likelihood import Likelihood, likelihood_at
from hippique.pricing.blend.maximum import (
    is_flat,
    is_singular,
    large,
    named,
    refuse_direction,
    refuse_flat,
    refuse_separable,
    scaled,
)
from hippique.pricing.blend.rows import GroupedRows, group_spreads
from hippique.pricing.checks import Floats

MOST_STEPS = 60
MOST_HALVINGS = 40
# The search ends after a step that moved no log ratio of two chances by more: what is missing is
# its square, and the gain that was left was below 1e-12 nat a group.
SETTLED = 1e-6
NEAR = 1e-2  # the same measure: from here each step squares what is missing
TINY = 1e-16  # nat a group
SUSPECT_STEPS = 12  # by then a well-posed fit has settled, or is worth a test for separation
STILL_GOING = 0.5  # toward infinity every step adds about 1 to some log ratio
GAIN_SHARE = 1e-4  # of the promised gain (Armijo)
NOISE = 1e-13  # rounding of the value, relative


@dataclass(frozen=True, slots=True)
class Ridge:
    """A penalty ½ Σ_j penalty_j (b_j − towards_j)² on the log likelihood; both (p,)."""

    penalty: Floats
    towards: Floats

    def cost(self, coefficients: Floats) -> float:
        """What is taken from the log likelihood."""
        return float(0.5 * self.penalty @ (coefficients - self.towards) ** 2)

    def pull(self, coefficients: Floats) -> Floats:
        """Minus the slope of the cost."""
        return np.asarray(self.penalty * (self.towards - coefficients))

    @property
    def is_some(self) -> bool:
        """Whether anything is penalised."""
        return bool(self.penalty.any())


@dataclass(frozen=True, slots=True)
class Problem:
    """What is to be maximised: the rows' log likelihood less the ridge's cost."""

    rows: GroupedRows
    ridge: Ridge


@dataclass(frozen=True, slots=True)
class Place:
    """Where the search stands: coefficients (p,), the likelihood, and its penalised value."""

    coefficients: Floats
    likelihood: Likelihood
    value: float


@dataclass(frozen=True, slots=True)
class Summit:
    """The end of the search; inverse: (p, p), of information plus penalty."""

    place: Place
    inverse: Floats
    start_likelihood: float
    steps: int
    halvings: int


@dataclass(frozen=True, slots=True)
class _Step:
    """A Newton step, (p,), and slope · step: twice the gain that it promises."""

    by: Floats
    slope: float


def climb(problem: Problem, start: Floats) -> Summit:
    """The maximum. Raises NoSolution: none that is finite and unique, or not reached."""
    place = place_at(problem, start)
    begun = place.likelihood.value
    place, scale = _safe(problem, place)
    halvings, moved = 0, math.inf
    for steps in range(1, MOST_STEPS + 1):
        step = _newton(problem, place)
        if moved <= NEAR and step.slope <= TINY * problem.rows.groups:
            return Summit(
                _finished(problem, place, step), _inverse(problem, place), begun, steps, halvings
            )
        risen, halved = _risen(problem, place, step)
        moved = _largest_move(problem, place, risen) * 2.0**halved
        place, halvings = risen, halvings + halved
        suspect = steps >= SUSPECT_STEPS and moved >= STILL_GOING
        _refuse_endless(problem, place, step, scale, is_suspect=suspect)
        if moved <= SETTLED:
            return Summit(place, _inverse(problem, place), begun, steps, halvings)
    raise _not_reached(problem, step, scale)


def place_at(problem: Problem, coefficients: Floats) -> Place:
    """The likelihood and its penalised value at some coefficients."""
    likelihood = likelihood_at(problem.rows, coefficients)
    return Place(coefficients, likelihood, likelihood.value - problem.ridge.cost(coefficients))


def _safe(problem: Problem, place: Place) -> tuple[Place, Floats]:
    """A place from which steps can be trusted, and the scale of each coefficient there."""
    if is_flat(problem.rows, _curvature(problem, place)):
        # The start may be extreme; at equal chances the columns alone decide.
        place = place_at(problem, np.zeros_like(place.coefficients))
        refuse_flat(problem.rows, _curvature(problem, place))
    return place, np.sqrt(np.diag(_curvature(problem, place)))


def _finished(problem: Problem, place: Place, step: _Step) -> Place:
    # The last step is too small to be worth a pass: it squares an error that is TINY already.
    coefficients = place.coefficients + step.by
    value = place.value + step.slope / 2.0
    likelihood = replace(place.likelihood, value=value + problem.ridge.cost(coefficients))
    return Place(coefficients, likelihood, value)


def _curvature(problem: Problem, place: Place) -> Floats:
    return np.asarray(place.likelihood.information + np.diag(problem.ridge.penalty))


def _inverse(problem: Problem, place: Place) -> Floats:
    inverse = _solved(_curvature(problem, place), np.eye(place.coefficients.size))
    return np.asarray((inverse + inverse.T) / 2.0)


def _newton(problem: Problem, place: Place) -> _Step:
    slope = place.likelihood.gradient + problem.ridge.pull(place.coefficients)
    by = _solved(_curvature(problem, place), slope)
    return _Step(by, float(slope @ by))


def _solved(matrix: Floats, right: Floats) -> Floats:
    # With ones on the diagonal the units of the columns do not matter.
    root = np.sqrt(np.diag(matrix))
    by_column = root if right.ndim == 1 else root[:, None]
    try:
        return np.asarray(np.linalg.solve(scaled(matrix), right / by_column) / by_column)
    except np.linalg.LinAlgError as error:
        raise NoSolution(f"no maximum reached: the curvature is singular ({error})") from error


def _risen(problem: Problem, place: Place, step: _Step) -> tuple[Place, int]:
    share = 1.0
    for halvings in range(MOST_HALVINGS):
        tried = place_at(problem, place.coefficients + share * step.by)
        least = place.value + GAIN_SHARE * share * step.slope
        if tried.value >= least - NOISE * (1.0 + abs(place.value)):
            return tried, halvings
        share /= 2.0
    raise NoSolution(f"no maximum reached: no higher point along a step of {step.by}")


def _largest_move(problem: Problem, old: Place, new: Place) -> float:
    """The largest change of a log ratio of two chances of one group."""
    shift = new.likelihood.utilities - old.likelihood.utilities
    largest = float(group_spreads(shift, problem.rows.starts).max())
    if not problem.ridge.is_some:
        return largest
    # A column that is constant in every group moves no chance, yet the penalty pulls at it.
    apart = np.abs(new.coefficients - old.coefficients)[problem.ridge.penalty > 0.0]
    return max(largest, float(apart.max()))


def _refuse_endless(
    problem: Problem, place: Place, step: _Step, scale: Floats, *, is_suspect: bool
) -> None:
    """Raise NoSolution where the likelihood would rise for ever."""
    # Above −ln 2 in all, each winner is above 1/2 in its own group: nobody is level with it.
    if not problem.ridge.is_some and place.likelihood.value > -math.log(2.0):
        refuse_direction(problem.rows, place.coefficients, scale)
    is_lost = is_singular(_curvature(problem, place), scale)
    if is_suspect or is_lost:
        free = problem.ridge.penalty == 0.0  # no penalised coefficient runs away
        refuse_separable(problem.rows, [step.by * free, place.coefficients * free], scale)
    if is_lost:  # rounding has eaten the slope too: a step of nought would say nothing
        raise _not_reached(problem, step, scale)


def _not_reached(problem: Problem, step: _Step, scale: Floats) -> NoSolution:
    moving = named(problem.rows.names, large(step.by * scale))
    return NoSolution(f"no maximum reached; the curvature or the steps ran out along {moving}")
