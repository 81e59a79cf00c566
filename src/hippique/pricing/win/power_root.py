"""The power method: one exponent k brings the implied chances to sum to 1."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from hippique.pricing.checks import Floats
from hippique.pricing.compiled import Kernel
from hippique.pricing.win.steps import MOST_STEPS, STEP_DONE, Solved


def _power_plain(implied: Floats) -> Solved:
    """Chances, k and whether it was reached, row by row.

    implied: shape (rows, width), 1/odds, 0 where there is no runner.
    Returns shapes (rows, width), (rows,), (rows,).

    The favourite is kept apart: ln Σ_others π^k = ln(1 − π_max^k). The difference of the two sides
    falls and is convex in k, so that Newton from below the root rises to it without a bracket,
    and an extreme favourite makes it nearly a straight line.
    Source: Clarke, Kovalchik & Ingram 2017.
    """
    rows = np.arange(implied.shape[0])
    first = implied.argmax(axis=1)
    there = implied > 0.0
    logs = np.where(there, -np.log(np.where(there, implied, 1.0)), np.inf)
    lead = logs[rows, first]
    others = logs.copy()
    others[rows, first] = np.inf
    count = there.sum(axis=1)
    # By the mean of the logs: exact for equal odds, and never beyond the root (Jensen).
    power = np.log(count) * count / logs.sum(axis=1, where=there)
    done = np.zeros(power.shape, dtype=np.bool_)
    for _ in range(MOST_STEPS):
        step = _step(others, lead, power)
        power = power + step
        done = np.abs(step) <= STEP_DONE * power
        if done.all():
            break
    # Over the favourite's: equal odds give 1 each, so exactly 1/n.
    chances = np.exp(-power[:, None] * (logs - lead[:, None]))
    return chances / chances.sum(axis=1, keepdims=True), power, done


def _step(others: Floats, lead: Floats, power: Floats) -> Floats:
    nearest = others.min(axis=1)
    parts = np.exp(-power[:, None] * (others - nearest[:, None]))
    total = parts.sum(axis=1)
    weighted = (parts * np.where(parts > 0.0, others, 0.0)).sum(axis=1)
    rest = -np.expm1(-power * lead)
    gap = np.log(total) - power * nearest - np.log(rest)
    return np.asarray(gap / (weighted / total + lead * (1.0 - rest) / rest))


def _load() -> Callable[[Floats], Solved]:
    from hippique.pricing.loops.win import power_rows as compiled  # noqa: PLC0415  numba loads slowly and may be absent

    return compiled


power_rows: Kernel[[Floats], Solved] = Kernel(plain=_power_plain, load=_load)
