"""Orders of finish against formulas, sums, simulated races and a root finder."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from operator import methodcaller
from typing import Any

import numpy as np
from peers import inputs, orders, simulation
from peers.measured import Call, Rival, Row, apart, duel, sampled
from peers.roots import mean_times

from hippique.pricing.ordering.discounted import harville, lbs
from hippique.pricing.ordering.index import orders_of, sets_of
from hippique.pricing.ordering.normal_times import henery_of
from hippique.pricing.ordering.orders import Ordering
from hippique.pricing.ordering.strengths import strengths

RUNNERS = 18
PLACES = 5
RACES = 1_000_000


def drawn_orders() -> list[Row]:
    columns = orders.columns_of(orders_of(RUNNERS, PLACES))
    orders_of.cache_clear()  # so that our own table is in our own memory
    win, few = inputs.field(RUNNERS), inputs.field(7)

    def of_model(name: str, model: Callable[[np.ndarray], Ordering], formula: Call) -> list[Row]:
        weights = model(win).law.weights
        summed = partial(orders.sums_of_orders, weights)
        return [
            *duel(
                f"{name}, orders of 5",
                lambda: model(win).all_ordered(PLACES),
                [Rival("the formula in numpy", formula, 8)],
                first=lambda: model(few).all_ordered(PLACES),
                check=lambda: apart(model(win).all_ordered(PLACES), formula(), slack=1e-15),
            ),
            *duel(
                f"{name}, sets of 1 to 5",
                lambda: all_sets(model(win)),
                [Rival("every order in numba, summed", summed, 10)],
                first=lambda: model(few).all_sets(PLACES),
                check=lambda: apart(
                    np.concatenate(all_sets(model(win))),
                    summed()[orders.bits_up_to(RUNNERS, PLACES)],
                    slack=1e-15,
                ),
            ),
        ]

    return [
        *of_model("Harville", harville, partial(orders.harville_orders, win, columns)),
        *of_model("LBS", lbs, partial(orders.lbs_orders, lbs(win).law.weights, columns)),
    ]


def all_sets(ordering: Ordering) -> list[np.ndarray]:
    return [ordering.all_sets(size) for size in range(1, PLACES + 1)]


def normal_times() -> list[Row]:
    theta = inputs.normal_field(RUNNERS)
    bits = {size: orders.bits_of(sets_of(RUNNERS, size)) for size in (3, PLACES)}
    codes = simulation.order_codes(orders_of(RUNNERS, PLACES), RUNNERS)
    orders_of.cache_clear()
    trios, fives, ordered = (
        partial(simulation.set_shares, theta, 3, RACES, bits[3]),
        partial(simulation.set_shares, theta, PLACES, RACES, bits[PLACES]),
        partial(simulation.order_shares, theta, PLACES, RACES, codes),
    )

    def of(name: str, exact: Callable[[Ordering], Any], peer: Call, reach: float) -> list[Row]:
        ready = henery_of(theta)
        rivals = [Rival("simulated", peer, reach)]
        few = partial(exact, henery_of(theta[:7]))
        return [
            *duel(
                f"Henery, {name}, from θ",
                lambda: exact(henery_of(theta)),
                rivals,
                first=few,
                check=lambda: sampled(exact(henery_of(theta)), peer(), RACES),
            ),
            *duel(
                f"Henery, {name}, priced",
                lambda: exact(ready),
                rivals,
                first=few,
                check=lambda: sampled(exact(ready), peer(), RACES),
            ),
        ]

    return [
        *of("trios", methodcaller("all_sets", 3), trios, 1000),
        *of("quinté sets", methodcaller("all_sets", PLACES), fives, 100),
        *of("orders of 5", methodcaller("all_ordered", PLACES), ordered, 4),
    ]


def strengths_back() -> list[Row]:
    win = inputs.field(RUNNERS)
    plain, sloped = (partial(mean_times, win, slope=slope) for slope in (False, True))
    name = f"scipy {version('scipy')} root, {{}}"
    return duel(
        "win chances to θ",
        lambda: strengths(win),
        [
            Rival(name.format("differences"), plain, 20),
            Rival(name.format("with slopes"), sloped, 20),
        ],
        first=lambda: strengths([0.5, 0.3, 0.2]),
        check=lambda: apart(
            np.tile(strengths(win), 2), np.concatenate([plain(), sloped()]), slack=1e-7
        ),
    )
