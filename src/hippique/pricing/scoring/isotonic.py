"""The isotonic fit by pooling adjacent violators, many rows at once."""

from __future__ import annotations

import numpy as np

from hippique.pricing.checks import Bools, Floats, Ints

WORTHWHILE = 0.9  # a round that leaves more blocks than this share is dearer than walking them


def pooled(sums: Floats, counts: Floats) -> Floats:
    """Non-decreasing means of each row, nearest to its own means weighted by the counts.

    sums: shape (rows, groups), 0 or more. counts: shape (groups,), above 0. Returns the fitted
    means, shape (rows, groups). All rows are pooled together in rounds of whole-array steps:
    compiled loops were only twice as fast, too little for a second form.
    """
    rows, groups = sums.shape
    total = sums.ravel()
    count = np.tile(counts, rows)
    first = np.arange(total.size)
    is_head = first % groups == 0  # nothing is pooled across rows
    while True:
        blocks = total.size
        starts = _runs(total, count, is_head)
        total = np.add.reduceat(total, starts)
        count = np.add.reduceat(count, starts)
        first, is_head = first[starts], is_head[starts]
        if total.size == blocks:
            break
        if total.size > WORTHWHILE * blocks:
            total, count, first = _walked(total, count, first, is_head)
            break
    sizes = np.diff(np.append(first, sums.size))
    return np.repeat(total / count, sizes).reshape(rows, groups)


def _runs(total: Floats, count: Floats, is_head: Bools) -> Ints:
    """Where each run of means that do not rise begins: all of a run ends in one block."""
    rises = total[:-1] * count[1:] < total[1:] * count[:-1]
    return np.flatnonzero(np.concatenate(([True], rises | is_head[1:])))


def _walked(
    total: Floats, count: Floats, first: Ints, is_head: Bools
) -> tuple[Floats, Floats, Ints]:
    """One walk with a stack, which bounds the time whatever the blocks look like."""
    stack: list[tuple[float, float, int, bool]] = []
    blocks = zip(total.tolist(), count.tolist(), first.tolist(), is_head.tolist(), strict=True)
    for block in blocks:
        events, points, start, heads = block
        while stack and not heads and stack[-1][0] * points >= events * stack[-1][1]:
            before = stack.pop()
            events, points = events + before[0], points + before[1]
            start, heads = before[2], before[3]
        stack.append((events, points, start, heads))
    sums, counts, starts, _ = zip(*stack, strict=True)
    return np.array(sums), np.array(counts), np.array(starts)
