"""One field of 18 at H-5, from its odds to its best portfolio, against the time it may take.

Odds to chances, Henery's strengths, every set and order up to three, every combination of the
pools, the best pair of tickets; and the same with the expected value over 200 draws of chances,
pools and takeouts. Warm, one core: a process of its own, as BLAS counts its threads when it loads.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from functools import partial

import numpy as np

from hippique.pricing.checks import Floats
from hippique.pricing.dividend import PayRules, place_share
from hippique.pricing.ordering.discounted import harville
from hippique.pricing.value import (
    Bet,
    BetPool,
    FieldPrices,
    StakePlan,
    Unsure,
    in_front,
    pair_among,
    price_field,
    top,
    within,
)
from hippique.pricing.win import odds_from

RUNNERS, DRAWS, ROUNDS, RUNS = 18, 200, 7, 100
HERE = "--here"  # in this process, which whoever starts it has given one thread
AIM_S, AIM_DRAWS_S = 0.150, 1.0
RULES = PayRules(step=0.1, minimum=1.1)
PLAN = StakePlan(levels=(1.0, 2.0, 3.0, 4.0, 5.0), bankroll=200.0, budget=5.0, per_runner_cap=3.0)

Row = tuple[str, str, str]


def main() -> list[Row]:
    """Time without and with draws for some offers of pools, how it varies, and the memory."""
    one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    done = subprocess.run(
        [sys.executable, __file__, HERE],
        env=os.environ | one_thread,
        check=True,
        capture_output=True,
    )
    return [(what, ours, aim) for what, ours, aim in json.loads(done.stdout)]


def measured() -> list[Row]:
    """The rows, in this process."""
    odds, pools = field()
    offers = (("3 pools", 3), ("and 2 sur 4", 4), ("every set bet", 6), ("and multi en 4", 7))
    return [row for name, count in offers for row in rows_of(name, odds, pools[:count])]


def rows_of(name: str, odds: Floats, pools: list[BetPool]) -> list[Row]:
    """The figures of one offer."""
    count = sum(pool.stakes.size for pool in pools)
    bets = ", ".join(pool.name.strip() for pool in pools)
    what = f"{RUNNERS} runners, {name}"
    bare, drawn = partial(price_field, odds, pools, PLAN), partial(with_draws, odds, pools)
    if not drawn().tickets:
        raise ValueError("the benchmark's field holds a portfolio")
    return [
        (f"{what} ({bets}: {count} combinations), no draws", *against(timed(bare), AIM_S)),
        (f"{what}, no draws, median and p99 of {RUNS}", *spread(bare)),
        (f"{what}, {DRAWS} draws", *against(timed(drawn), AIM_DRAWS_S)),
        (f"{what}, {DRAWS} draws, peak memory", f"{peak_mib(drawn):.0f} MiB", "no aim is set"),
    ]


def with_draws(odds: Floats, pools: list[BetPool]) -> FieldPrices:
    """The same with what is not known: a tenth in each log strength, and what the pools leave."""
    covariance = 0.1**2 * np.eye(RUNNERS)
    unsure = Unsure(covariance=covariance, rng=np.random.default_rng(7), draws=DRAWS)
    return price_field(odds, pools, PLAN, unsure=unsure)


def field() -> tuple[Floats, list[BetPool]]:
    """A seeded field whose crowds err on some combinations, so that there is something to buy."""
    rng = np.random.default_rng(1)
    win = 0.02 / RUNNERS + 0.98 * rng.dirichlet(np.full(RUNNERS, 1.5))
    crowd = harville(win)
    place, front = place_share(win), crowd.all_sets(2)
    three, four = crowd.all_joint(2, 3) / 3, crowd.all_joint(2, 4) / 6

    def pool(name: str, bet: Bet, shares: Floats, takeout: float, err: float) -> BetPool:
        stakes = 30_000.0 * shares * np.exp(err * rng.standard_normal(shares.size))
        return BetPool(name, bet, stakes, takeout, RULES, stakes_sd=err, takeout_sd=0.01)

    return odds_from(win, 0.15), [
        pool("place ", top(3), place, 0.15, 0.15),
        pool("couplé gagnant ", in_front(2), front, 0.26, 0.3),
        pool("couplé placé ", pair_among(3), three, 0.26, 0.3),
        pool("2 sur 4 ", pair_among(4, "alike"), four, 0.26, 0.3),
        pool("win ", top(1), win, 0.15, 0.15),
        pool("trio ", in_front(3), crowd.all_sets(3), 0.27, 0.3),
        pool("multi en 4 ", within(4, 4), crowd.all_sets(4), 0.3, 0.3),
    ]


def timed(call: Callable[[], object]) -> float:
    """CPU seconds of the best of some warm calls: what else the machine does only adds to it."""
    call()
    return min(seconds_of(call) for _ in range(ROUNDS))


def spread(call: Callable[[], object]) -> tuple[str, str]:
    """Wall clock this time: it is what the one who waits sees."""
    seconds = []
    for _ in range(RUNS):
        before = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - before)
    median, late = np.quantile(seconds, (0.5, 0.99)) * 1000
    aim = AIM_S * 1000
    return (
        f"{median:.0f} and {late:.0f} ms",
        f"aim {aim:.0f} ms: {median / aim:.0%}, {late / aim:.0%}",
    )


def seconds_of(call: Callable[[], object]) -> float:
    before = time.process_time()
    call()
    return time.process_time() - before


def peak_mib(call: Callable[[], object]) -> float:
    """The most that one warm call holds at once, beside the cached tables; arrays included."""
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1] / 2**20
    finally:
        tracemalloc.stop()


def against(seconds: float, aim: float) -> tuple[str, str]:
    return f"{seconds * 1000:.0f} ms", f"aim {aim * 1000:.0f} ms: {seconds / aim:.0%} of it"


if __name__ == "__main__":
    print(json.dumps(measured() if HERE in sys.argv else main()))
