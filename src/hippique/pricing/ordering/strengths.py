"""From win chances back to locations: Newton's method on the logarithms of the chances.

With the hazard h_i = f_i / S_i and S = ∏ S_j, c_i = ∫ h_i S and ∂c_i/∂θ_j = ∫ h_i h_j S for i ≠ j;
rows sum to 0, as moving the whole field changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from hippique.errors import ArgumentOutOfRange, NoSolution
from hippique.pricing.checks import Floats, checked_positive_chances, refuse_first
from hippique.pricing.compiled import Kernel, repaid
from hippique.pricing.ordering.nodes import rule_of
from hippique.pricing.ordering.noise import Noise
from hippique.pricing.ordering.normal import NormalNoise

NODES, BULK_NODES = 80, 64
COARSE_NODES = 40  # for the first steps, until the chances are within a hundredth
ROUGH = 1e-2  # of the logarithm of each chance
# A step squares what is left, times 2e4 at the most (24 alike but one of 1e-12): to 1e-12.
CLOSE = 5e-9
BATCH = 50  # rows that are worth loading numba for
MOST_STEPS = 60
LEAST_CHANCE = 1e-12  # below it the nodes no longer reach where such a runner wins
LONGEST_STEP = 1.0  # in scales of the noise
WINNING = 3.0  # scales: later than that after the favourite nobody wins


def strengths(win: ArrayLike, noise: Noise | None = None, nodes: int = NODES) -> Floats:
    """Locations θ, mean 0, whose chances to win are `win`; shape (runners,).

    noise: Henery's standard normal unless given. The logarithms of their chances are within 1e-12
    of those of `win`, as far as the nodes reach. Raises FieldTooSmall, ProbabilityOutOfRange (a
    chance of 0 among them), NoSolution for a chance below 1e-12 or where Newton does not settle.
    """
    theta = _solved(_invertible(win)[None], noise, nodes)
    return np.asarray(theta[0])


def strengths_batch(wins: ArrayLike, noise: Noise | None = None, nodes: int = BULK_NODES) -> Floats:
    """`strengths` of each row of many draws of one field; shape (draws, runners).

    Fewer nodes than for one field: in the hardest fields their chances are within 1e-9.
    Raises as `strengths` does, and ArgumentOutOfRange where `wins` is not two-dimensional.
    """
    try:
        rows = np.array(wins, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ArgumentOutOfRange(f"wins: not a table of numbers ({error})") from error
    if rows.ndim != 2:  # noqa: PLR2004  draws by runners
        raise ArgumentOutOfRange(f"wins: two dimensions are needed, the shape is {rows.shape}")
    if not len(rows):
        return np.empty(rows.shape)
    return _solved(np.stack([_invertible(row) for row in rows]), noise, nodes)


def _invertible(win: ArrayLike) -> Floats:
    chances = checked_positive_chances(win)
    refuse_first(chances < LEAST_CHANCE, chances, "a win chance below 1e-12", NoSolution)
    return chances


def _solved(wins: Floats, noise: Noise | None, nodes: int) -> Floats:
    family = NormalNoise() if noise is None else noise
    begin = family.start(wins)
    begin -= begin.mean(axis=1, keepdims=True)
    fine = rule_of(nodes).both
    if isinstance(family, NormalNoise):
        coarse = rule_of(min(nodes, COARSE_NODES)).both
        solve = repaid(newton_normal, is_heavy=len(wins) >= BATCH)
        theta, left, _ = solve(wins, begin, coarse, fine, family.half_width)
    else:
        theta, left, _ = newton(wins, begin, family, (fine,))
    if not (left < CLOSE).all():
        row = int(np.flatnonzero(~(left < CLOSE))[0])
        raise NoSolution(f"win chances {wins[row].tolist()}: no strengths found ({left[row]} off)")
    return theta


Found = tuple[Floats, Floats, Floats]


def newton(wins: Floats, begin: Floats, noise: Noise, rules: tuple[Floats, ...]) -> Found:
    """Locations (rows, runners), and for each row what was left before the last step, and steps.

    wins, begin: shape (rows, runners). rules: points and weights on [-1, 1], each of shape (2,
    nodes); all but the last are left as soon as they have come near. The last step is not
    verified.
    """
    theta, steps = begin.copy(), np.zeros(len(wins))
    for nodes in rules[:-1]:
        _approach(wins, theta, steps, noise, nodes, ROUGH)
    return theta, _approach(wins, theta, steps, noise, rules[-1], CLOSE), steps


def _approach(  # noqa: PLR0913, PLR0917  # it moves what it is given
    wins: Floats, theta: Floats, steps: Floats, noise: Noise, nodes: Floats, enough: float
) -> Floats:
    """Move theta and count the steps; returns what was left before each row's last step."""
    left, going = np.full(len(wins), np.inf), np.arange(len(wins))
    for _ in range(MOST_STEPS):
        off, slope = _residual(theta[going], wins[going], noise, nodes)
        left[going] = np.abs(off).max(axis=1)
        step = np.linalg.solve(slope, -off[..., None])[..., 0]
        size = np.abs(step).max(axis=1, keepdims=True) / (LONGEST_STEP * noise.scale)
        theta[going] += step / np.maximum(size, 1.0)
        theta[going] -= theta[going].mean(axis=1, keepdims=True)
        steps[going] += 1
        going = going[~(left[going] < enough)]
        if not going.size:
            break
    return left


def _residual(theta: Floats, wins: Floats, noise: Noise, nodes: Floats) -> tuple[Floats, Floats]:
    # ln of the chances against the wanted ones, and its slope made regular: 1/n added everywhere
    # takes the step of mean 0 among all that differ by a shift of the whole field.
    runners = theta.shape[1]
    low, high = theta.min(axis=1), theta.max(axis=1)
    times, width = noise.grid(low, np.minimum(high, low + WINNING * noise.scale), nodes[0])
    tails = noise.tails(times[:, None, :] - theta[:, :, None])
    first = nodes[1] * width * tails.after.prod(axis=1)
    weighed = tails.hazard * first[:, None, :]
    chances = weighed.sum(axis=2)
    slope = weighed @ tails.hazard.transpose(0, 2, 1)
    diagonal = np.arange(runners)
    slope[:, diagonal, diagonal] = 0.0
    slope[:, diagonal, diagonal] = -slope.sum(axis=2)
    off = np.log(chances) - np.log(wins)
    # The quadrature's own total is not exactly 1; a common factor cannot be moved away.
    off -= (chances * off).sum(axis=1, keepdims=True) / chances.sum(axis=1, keepdims=True)
    return off, slope / chances[:, :, None] + 1.0 / runners


def _newton_normal(
    wins: Floats, begin: Floats, coarse: Floats, nodes: Floats, half_width: float, /
) -> Found:
    return newton(wins, begin, NormalNoise(half_width), (coarse, nodes))


def _load() -> Callable[[Floats, Floats, Floats, Floats, float], Found]:
    from hippique.pricing.loops.newton import normal_strengths  # noqa: PLC0415  numba loads slowly and may be absent

    return normal_strengths


newton_normal = Kernel(plain=_newton_normal, load=_load)
"""(wins, begin, coarse, nodes, half_width): `newton` with normal noise and these two rules."""
