"""Draws of one race's close: late money, pools that nobody shows, takeouts only quoted.

One shock a runner moves all pools of the race together, and the chances with them unless these
were told; so the mean over draws is that of the return where the bet wins.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from hippique.betting.late_money import LateMoney
from hippique.betting.priced_pool import PricedPool, position_rows
from hippique.pricing.checks import Floats
from hippique.pricing.ordering import Ordering
from hippique.pricing.value import DRAWS, Draws, fronts, henery_rows

_LEAST_CHANCE = 1e-5  # the order model's inversion starts here


@dataclass(frozen=True, slots=True, eq=False)
class Shocks:
    """One race's noise, standard normal: shape (draws, runners); chances: what follows of it.

    chances: one order model a draw, or the one that all of them share.
    """

    noise: Floats
    orderings: tuple[Ordering, ...]
    seed: int


def seed_of(race: str) -> int:
    """The seed of a race: the same race is drawn the same way on every machine."""
    return int.from_bytes(hashlib.sha256(race.encode()).digest()[:8])


def shocks_of(
    race: str, ordering: Ordering, late: LateMoney, informs: float, draws: int = DRAWS
) -> Shocks:
    """late: of the pool that the chances are from. informs: 0 told chances, 1 the pool's own.

    A race's last draws are kept: all policies that decide on it, in earnest, on paper or as a
    study, are judged on the same ones.
    """
    told = (race, ordering.win.tobytes(), late.sd.tobytes(), informs, draws)
    return _drawn(_Drawn(told, ordering, late))


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What draws hang on, by value; ordering and late hold the same, ready for use."""

    told: tuple[str, bytes, bytes, float, int]
    ordering: Ordering = field(compare=False)
    late: LateMoney = field(compare=False)


@lru_cache(maxsize=4)
def _drawn(of: _Drawn) -> Shocks:
    race, _, _, informs, draws = of.told
    ordering, late = of.ordering, of.late
    seed = seed_of(race)
    noise = np.random.default_rng(seed).standard_normal((draws, ordering.runners))
    if informs == 0.0 or not late.sd.any():
        return Shocks(noise, (ordering,), seed)
    logs = np.log(ordering.win) + informs * noise * late.sd
    rows = np.maximum(np.exp(logs - logs.max(axis=1, keepdims=True)), _LEAST_CHANCE)
    return Shocks(noise, tuple(henery_rows(rows / rows.sum(axis=1, keepdims=True))), seed)


def draws_for(shocks: Shocks, pools: Sequence[PricedPool]) -> Draws:
    """The draws that some tickets of these pools need."""
    count, needed = len(shocks.noise), dict.fromkeys(pool.pool.bet.parts for pool in pools)
    chances = {parts: _rows(shocks, parts, count) for parts in needed}
    return Draws(
        count,
        chances,
        {one.pool.name: _stakes(one, shocks) for one in pools},
        {one.pool.name: _takeouts(one, shocks) for one in pools if one.pool.takeout_sd},
    )


def _rows(shocks: Shocks, parts: tuple[int, ...], count: int) -> Floats:
    rows = np.stack([fronts(one, parts).chances for one in shocks.orderings])
    return np.asarray(np.broadcast_to(rows, (count, rows.shape[1])))


def _stakes(priced: PricedPool, shocks: Shocks) -> Floats:
    """Euros on each combination; a pool's own noise is seeded by its name."""
    pool, count = priced.pool, len(shocks.noise)
    own = np.random.default_rng([shocks.seed, *pool.name.encode()])
    named = position_rows(pool.bet, shocks.noise.shape[1])
    # A pair moves with both its horses: ln P(combination) follows Σ ln share, about one for one.
    logs = (shocks.noise * priced.late_sd) @ named.T
    if priced.legs_sd:
        logs = logs + priced.legs_sd * own.standard_normal((count, pool.stakes.size))
    moved = pool.stakes * np.exp(logs)
    total = pool.stakes.sum() * np.exp(priced.total_sd * own.standard_normal(count))
    return np.asarray(moved * (total / moved.sum(axis=1))[:, None])


def _takeouts(priced: PricedPool, shocks: Shocks) -> Floats:
    pool = priced.pool
    own = np.random.default_rng([shocks.seed, 1, *pool.name.encode()])
    logit = np.log(pool.takeout / (1.0 - pool.takeout))
    sd = pool.takeout_sd / (pool.takeout * (1.0 - pool.takeout))
    return np.asarray(1.0 / (1.0 + np.exp(-logit - sd * own.standard_normal(len(shocks.noise)))))


def pools_of(chosen: Iterable[PricedPool]) -> tuple[PricedPool, ...]:
    """Each pool once, in the order met."""
    return tuple({one.pool.name: one for one in chosen}.values())
