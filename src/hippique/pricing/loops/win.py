"""Rows of odds to chances, in loops: Shin's method and the power method."""

from __future__ import annotations

import numpy as np

from hippique.pricing.checks import Bools, Floats
from hippique.pricing.loops.jit import jit
from hippique.pricing.win.steps import MOST_STEPS, PAIR, STEP_DONE


@jit
def shin_rows(implied: Floats) -> tuple[Floats, Floats, Bools]:
    """As the plain form in `win.shin_root`: chances, z and whether it was reached."""
    rows, width = implied.shape
    chances = np.zeros((rows, width))
    shares = np.zeros(rows)
    reached = np.ones(rows, dtype=np.bool_)
    squares = np.empty(width)
    for row in range(rows):
        total, largest, count = _summed(implied[row])
        for runner in range(width):
            squares[runner] = implied[row, runner] * implied[row, runner] / total
        share = 0.0
        if count == PAIR:
            gap = 2.0 * largest - total
            share = max(total - 1.0, 0.0) * (total - gap * gap) / (total * (1.0 - gap * gap))
        elif total > 1.0:
            share, reached[row] = _share(squares, (total - 1.0) / (count - 1.0))
        _shares(squares, share, chances[row])
        shares[row] = share
    return chances, shares, reached


@jit
def _shares(squares: Floats, share: float, chances: Floats) -> None:
    for runner in range(squares.size):
        square = squares[runner]
        if square > 0.0:
            root = np.sqrt(share * share + 4.0 * (1.0 - share) * square)
            chances[runner] = 2.0 * square / (share + root)
    _sum_to_one(chances)


@jit
def power_rows(implied: Floats) -> tuple[Floats, Floats, Bools]:
    """As the plain form in `win.power_root`: chances, k and whether it was reached."""
    rows, width = implied.shape
    chances = np.zeros((rows, width))
    powers = np.zeros(rows)
    reached = np.ones(rows, dtype=np.bool_)
    logs = np.empty(width)
    for row in range(rows):
        _, largest, count = _summed(implied[row])
        lead = -np.log(largest)
        kept = _others(implied[row], largest, logs)
        power = np.log(count) * count / (lead + logs[:kept].sum())
        power, reached[row] = _power(logs[:kept], lead, power)
        for runner in range(width):
            if implied[row, runner] > 0.0:
                chances[row, runner] = np.exp(-power * (-np.log(implied[row, runner]) - lead))
        _sum_to_one(chances[row])
        powers[row] = power
    return chances, powers, reached


@jit
def _others(values: Floats, largest: float, logs: Floats) -> int:
    # One favourite is kept apart; those equal to it are among the others.
    kept, apart = 0, False
    for value in values:
        if value == largest and not apart:
            apart = True
        elif value > 0.0:
            logs[kept] = -np.log(value)
            kept += 1
    return kept


@jit
def _summed(values: Floats) -> tuple[float, float, int]:
    total, largest, count = 0.0, 0.0, 0
    for value in values:
        total += value
        largest = max(largest, value)
        if value > 0.0:
            count += 1
    return total, largest, count


@jit
def _share(squares: Floats, start: float) -> tuple[float, bool]:
    share, low, high = start, 0.0, 1.0
    for _ in range(MOST_STEPS):
        over, fall = -1.0, 0.0
        for square in squares:
            if square > 0.0:
                root = np.sqrt(share * share + 4.0 * (1.0 - share) * square)
                chance = 2.0 * square / (share + root)
                over += chance
                fall += chance / (share + root) * (1.0 + (share - 2.0 * square) / root)
        if over > 0.0:
            low = share
        else:
            high = share
        new = share + over / fall
        if new < low or new > high:
            new = 0.5 * (low + high)
        step = abs(new - share)
        share = new
        if step <= STEP_DONE:
            return share, True
    return share, False


@jit
def _power(logs: Floats, lead: float, start: float) -> tuple[float, bool]:
    power = start
    nearest = logs.min()
    for _ in range(MOST_STEPS):
        total, weighted = 0.0, 0.0
        for value in logs:
            part = np.exp(-power * (value - nearest))
            total += part
            weighted += part * value
        rest = -np.expm1(-power * lead)
        gap = np.log(total) - power * nearest - np.log(rest)
        step = gap / (weighted / total + lead * (1.0 - rest) / rest)
        power += step
        if abs(step) <= STEP_DONE * power:
            return power, True
    return power, False


@jit
def _sum_to_one(values: Floats) -> None:
    # Over the largest first: equal values become 1 each, so exactly 1/n.
    largest = values.max()
    total = 0.0
    for runner in range(values.size):
        values[runner] /= largest
        total += values[runner]
    for runner in range(values.size):
        values[runner] /= total
