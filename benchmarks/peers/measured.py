"""How a call and its peers are measured, and how that reads in the table."""

from __future__ import annotations

import gc
import json
import math
import os
import resource
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

Row = tuple[str, str, str]
"""What, our figure, the peer's with its ratio."""
Call = Callable[[], object]

LEAST, MOST = 2, 30  # rounds
SPENT_S = 1.0  # after so much CPU no further round
SLOW_S = 1.0  # one round for such calls: they are long enough to be steady
SHORTEST_S = 0.05  # shorter calls are repeated to fill it, so that memory is theirs already


@dataclass(frozen=True, slots=True)
class Rival:
    """A peer's call. reach: how many times faster ours must be; None where nothing was aimed at.

    share: what part of the work it does; its time is scaled by it.
    """

    name: str
    call: Call
    reach: float | None
    share: float = 1.0


def duel(  # noqa: PLR0913  # what is told, what is timed, and three conditions by name
    what: str,
    ours: Call,
    rivals: Sequence[Rival],
    *,
    first: Call,
    check: Callable[[], str],
    most_s: float | None = None,
) -> list[Row]:
    """One row for each rival. All runs in copies of this process, which stays as it is.

    first: a small call of ours that loads and compiles. check: compares the results before
    anything is timed, raises where they differ, and says how near they are.
    """
    first()
    grown = in_copy(lambda: peak_growth(ours))
    told, own, *others = in_copy(
        lambda: [check(), *best_seconds([ours, *(rival.call for rival in rivals)])]
    )
    title, figure = f"{what} ({told})", f"{shown(own)}, {grown:+.1f} MiB"
    rows = [
        (title, figure, against(rival, seconds, own))
        for rival, seconds in zip(rivals, others, strict=True)
    ]
    if most_s is not None:
        rows.append((title, shown(own), f"at most {shown(most_s)} {verdict(own <= most_s)}"))
    return rows


def against(rival: Rival, seconds: float, own: float) -> str:
    """The peer's time, how many times ours it is, and whether that was the reach."""
    whole = seconds / rival.share
    ratio = whole / own
    once = " once" if seconds >= SLOW_S else ""
    told = f"{rival.name} {shown(whole)}{once}: ×{ratio:.3g}"
    if rival.reach is None:
        return told
    return f"{told}, aim {rival.reach:g} {verdict(ratio >= rival.reach)}"


def verdict(is_reached: bool) -> str:  # noqa: FBT001  it is what the function is about
    """How the table says it."""
    return "reached" if is_reached else "MISSED"


def best_seconds(calls: Sequence[Call]) -> list[float]:
    """CPU seconds of the best of some rounds, all calls in each: what disturbs, disturbs both.

    They are warm: their results have just been compared. Slow ones have the first round only.
    """
    best = [seconds_of(call, 1) for call in calls]
    repeats = [max(1, math.ceil(SHORTEST_S / max(seconds, 1e-7))) for seconds in best]
    spent, rounds = sum(best), 1
    gc.collect()
    gc.disable()
    while rounds < LEAST or (rounds < MOST and spent < SPENT_S):
        for place, (call, repeat) in enumerate(zip(calls, repeats, strict=True)):
            if best[place] >= SLOW_S:
                continue
            seconds = seconds_of(call, repeat)
            spent += seconds
            best[place] = min(best[place], seconds / repeat)
        rounds += 1
    gc.enable()
    return best


def seconds_of(call: Call, repeat: int) -> float:
    before = time.process_time()
    for _ in range(repeat):
        call()
    return time.process_time() - before


def peak_growth(call: Call) -> float:
    """By how many MiB a call raises the highest resident memory of this process."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    call()
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def in_copy(call: Callable[[], Any]) -> Any:
    """What a call returns in a forked copy of this process. Raises RuntimeError where it fails.

    The mark of the highest memory never falls, and what was freed is used again without a trace:
    only a copy in which nothing large was done yet can tell.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        failed = 1
        try:
            os.write(writing, json.dumps(call()).encode())
            failed = 0
        except Exception:  # noqa: BLE001  # told here, raised on the other side
            traceback.print_exc()
        sys.stderr.flush()
        os._exit(failed)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        answer = pipe.read()
    if os.waitpid(child, 0)[1] != 0:
        raise RuntimeError("the copy of this process failed; its traceback stands above")
    return json.loads(answer)


def agree(what: str, ours: ArrayLike, theirs: ArrayLike, slack: float) -> float:
    """The largest difference. Raises ValueError where it passes the slack, or shapes differ."""
    own, other = np.asarray(ours, dtype=np.float64), np.asarray(theirs, dtype=np.float64)
    if own.shape != other.shape:
        raise ValueError(f"{what}: shapes {own.shape} and {other.shape}")
    apart = float(np.abs(own - other).max())
    if not apart <= slack:  # a NaN fails too
        raise ValueError(f"{what}: {apart:.3g} apart, {slack:g} at most")
    return apart


def apart(ours: ArrayLike, theirs: ArrayLike, *, slack: float) -> str:
    """How far results are apart, as the table says it; raises as `agree` does."""
    return f"{agree('results', ours, theirs, slack):.0e} apart"


def sampled(exact: np.ndarray, shares: np.ndarray, races: int) -> str:
    """The median relative error of simulated shares.

    Raises ValueError where they are farther from the exact chances than chance allows: the mean
    square of their deviations, each in its own standard deviation, must be near 1.
    """
    spread = exact * (1.0 - exact) / races
    seen = exact * races > 1.0
    scaled = np.square(shares - exact)[seen] / spread[seen]
    agree("simulated", scaled.mean(), 1.0, 10.0 / math.sqrt(scaled.size))
    return f"{np.median(np.abs(shares / exact - 1.0)):.0%} off"


def shown(seconds: float) -> str:
    """A duration of three digits in the unit that suits it."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-6:.3g} µs"
