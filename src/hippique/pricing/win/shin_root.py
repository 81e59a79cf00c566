"""Shin's method: a share z of the money is placed by people who know the winner."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from hippique.pricing.checks import Bools, Floats
from hippique.pricing.compiled import Kernel
from hippique.pricing.win.steps import MOST_STEPS, PAIR, STEP_DONE, Solved


def _shin_plain(implied: Floats) -> Solved:
    """Chances, z and whether it was reached, row by row.

    implied: shape (rows, width), 1/odds, 0 where there is no runner; every row sums to 1 or more.
    Returns shapes (rows, width), (rows,), (rows,).

    q = [√(z² + 4(1−z)a) − z] / [2(1−z)] with a = π²/Π is computed as 2a / (z + √…), which loses
    nothing near z = 1. Its sum falls in z, from √Π at 0 to Σa < 1 at 1: one root.
    Sources: Shin 1992, 1993; Jullien & Salanié 1994.
    """
    total = implied.sum(axis=1, keepdims=True)
    squares = implied * implied / total
    count = (implied > 0.0).sum(axis=1, keepdims=True)
    # Exact for equal odds, and just below the root in general.
    share = np.maximum((total - 1.0) / (count - 1.0), 0.0)
    reached = (count == PAIR) | (total <= 1.0)
    pairs = np.flatnonzero(count == PAIR)
    share[pairs] = _share_of_two(implied[pairs], total[pairs])
    open_rows = np.flatnonzero(~reached[:, 0])
    share[open_rows], reached[open_rows] = _root(squares[open_rows], share[open_rows])
    root = np.sqrt(share * share + 4.0 * (1.0 - share) * squares)
    chances = 2.0 * squares / np.where(squares > 0.0, share + root, 1.0)
    chances /= chances.max(axis=1, keepdims=True)  # equal odds: 1 each, so exactly 1/n
    chances /= chances.sum(axis=1, keepdims=True)
    return chances, share[:, 0], reached[:, 0]


def _share_of_two(implied: Floats, total: Floats) -> Floats:
    # Of two runners the gap of the implied chances is 2·max − Π.
    gap = 2.0 * implied.max(axis=1, keepdims=True) - total
    over = np.maximum(total - 1.0, 0.0)
    return np.asarray(over * (total - gap * gap) / (total * (1.0 - gap * gap)))


def _root(squares: Floats, share: Floats) -> tuple[Floats, Bools]:
    low, high = np.zeros_like(share), np.ones_like(share)
    done = np.zeros(share.shape, dtype=np.bool_)
    for _ in range(MOST_STEPS):
        root = np.sqrt(share * share + 4.0 * (1.0 - share) * squares)
        bottom = np.where(squares > 0.0, share + root, 1.0)
        chances = 2.0 * squares / bottom
        over = chances.sum(axis=1, keepdims=True) - 1.0
        fall = (chances / bottom * (1.0 + (share - 2.0 * squares) / root)).sum(
            axis=1, keepdims=True
        )
        low, high = np.where(over > 0.0, share, low), np.where(over > 0.0, high, share)
        new = share + over / fall
        new = np.where((new < low) | (new > high), 0.5 * (low + high), new)
        done = np.abs(new - share) <= STEP_DONE
        share = new
        if done.all():
            break
    return share, done


def _load() -> Callable[[Floats], Solved]:
    from hippique.pricing.loops.win import shin_rows as compiled  # noqa: PLC0415  numba loads slowly and may be absent

    return compiled


shin_rows: Kernel[[Floats], Solved] = Kernel(plain=_shin_plain, load=_load)
