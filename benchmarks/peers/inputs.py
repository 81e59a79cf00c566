"""What both sides are given: invented books, fields, tickets, rows, forecasts, always the same."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from hippique.pricing.dividend import PayRules
from hippique.pricing.kelly import Payoffs
from hippique.pricing.ordering.discounted import harville
from hippique.pricing.ordering.normal_times import henery
from hippique.pricing.value import BetPool, fronts, in_front, payoffs, top

Floats = NDArray[np.float64]

SHARES = 3.0  # of the Dirichlet law: favourites near 20 % in a field of 18
PLACE_CROWD = 0.79  # exponent from win shares to place shares
CROWD_ERROR = 0.3  # of the logarithm of a share: enough for some tickets to be worth their stake
DECIME = PayRules(step=0.1, minimum=1.1)
COUPLED = 0.75  # of one correlated column is another's


def books(count: int) -> tuple[Floats, NDArray[np.bool_], list[list[float]]]:
    """Odds of fields of 8–16 as a tote shows them: padded rows, mask, and plain lists."""
    rng = np.random.default_rng(1)
    sizes = rng.integers(8, 17, size=count)
    mask = np.arange(16) < sizes[:, None]
    weights = rng.gamma(SHARES, size=mask.shape) * mask
    with np.errstate(divide="ignore"):
        gross = 0.84 * weights.sum(axis=1, keepdims=True) / weights
    odds = np.where(mask, np.maximum(np.floor(gross * 10.0) / 10.0, 1.1), np.nan)
    return odds, mask, [row[there].tolist() for row, there in zip(odds, mask, strict=True)]


def field(runners: int, seed: int = 2) -> Floats:
    """Win chances of one field."""
    return np.random.default_rng(seed).dirichlet(np.full(runners, SHARES))


def tickets(runners: int, levels: int) -> tuple[Floats, list[Payoffs]]:
    """Chances of the fronts of three, and place and pair tickets at 1 € to `levels` €."""
    place, pairs = pools(runners)
    on = fronts(harville(field(runners)), (2, 1))
    stakes = np.arange(1.0, levels + 1.0)
    return on.chances, [*payoffs(place, on, stakes), *payoffs(pairs, on, stakes)]


def pools(runners: int) -> tuple[BetPool, BetPool]:
    """A place pool of 40,000 € and a pair pool of 20,000 €, backed by a crowd that errs."""
    chances = field(runners)
    error = np.random.default_rng(3).normal(size=runners)
    crowd = chances * np.exp(CROWD_ERROR * error)
    crowd /= crowd.sum()
    shares = crowd**PLACE_CROWD
    place = 40_000.0 * shares / shares.sum()
    pairs = [
        20_000.0 * crowd[a] * crowd[b] * (1 / (1 - crowd[a]) + 1 / (1 - crowd[b]))
        for a, b in combinations(range(runners), 2)
    ]
    return (
        BetPool("SP", top(3), place, 0.15, DECIME, stakes_sd=0.1),
        BetPool("CG", in_front(2), np.array(pairs), 0.25, DECIME, stakes_sd=0.1),
    )


def logit_rows(
    groups: int, size: int, columns: int, *, correlated: bool
) -> tuple[Floats, NDArray[np.int64], Floats]:
    """Rows, sizes and winners' weights; independent columns of unit variance, or as features are.

    correlated: every column shares 3/4 of itself with the others, and their scales run from a
    hundredth (a rate) to a hundred (a rating).
    """
    rng = np.random.default_rng(4)
    rows = rng.standard_normal((groups * size, columns))
    truth = rng.normal(scale=0.2, size=columns)
    if correlated:
        rows = np.sqrt(1 - COUPLED) * rows + np.sqrt(COUPLED) * rng.standard_normal((len(rows), 1))
        scales = np.geomspace(0.01, 100.0, columns)
        rows *= scales
        truth /= scales
    utilities = (rows @ truth).reshape(groups, size) + rng.gumbel(size=(groups, size))
    weights = np.zeros((groups, size))
    weights[np.arange(groups), utilities.argmax(axis=1)] = 1.0
    return rows, np.full(groups, size), weights.ravel()


def forecasts(points: int) -> tuple[Floats, Floats]:
    """Chances and what came of them, the chances too bold."""
    rng = np.random.default_rng(5)
    true = rng.beta(1.5, 8.0, size=points)
    told = true**1.2 / (true**1.2 + (1 - true) ** 1.2)
    return told, (rng.random(points) < true).astype(np.float64)


def strong_field(runners: int) -> tuple[Floats, Floats]:
    """Chances and fixed odds of a field in which some are worth a stake."""
    chances = field(runners, seed=6)
    error = np.random.default_rng(7).normal(size=runners)
    crowd = chances * np.exp(CROWD_ERROR * error)
    return chances, np.maximum(0.9 * crowd.sum() / crowd, 1.05)


def normal_field(runners: int) -> Floats:
    """Mean times of one field under Henery's model."""
    return np.array(henery(field(runners)).law.theta)
