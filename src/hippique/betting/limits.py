"""The limit price of each leg: the least dividend paid at which every gate still passes.

It is compared with the odds on screen at the last minute, so it is a price at the close: what late
money is expected to do after H-5 is no longer ahead of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from hippique.betting.choice import Choice, Holding, profits, returned, with_holding
from hippique.betting.measures_slip import judged
from hippique.betting.policy_file import PolicyFile
from hippique.betting.priced import PricedRace
from hippique.betting.priced_pool import PricedPool, shrunk
from hippique.pricing.ordering import Ordering
from hippique.pricing.value import Draws, fronts

_DECIME = 10
_LEAST_WIN, _LEAST_FACTOR = 1.05, 1e-3
_TINY = 1e-6  # binary noise must not cost a whole decime


def limits_of(
    race: PricedRace, policy: PolicyFile, choice: Choice, draws: Draws | None
) -> tuple[float | None, ...]:
    """By stake of the choice; its tickets as they are, its other prices too, at equal chances.

    At the limit the leg alone must not lose on average either: no other may carry it.
    None for a leg whose odds are not on a screen.
    """
    return tuple(_limit(race, policy, choice, holding, draws) for holding in choice.holdings)


def _limit(
    race: PricedRace, policy: PolicyFile, choice: Choice, leg: Holding, draws: Draws | None
) -> float | None:
    if leg.shown is None or race.at_close is None:
        return None
    predicted = _gross_dividend(leg, race.at_close)

    def passes(decimes: int) -> bool:
        wanted = decimes / _DECIME
        pool = shrunk(leg.pool, leg.positions[0], _more_on_it(leg, predicted, wanted))
        changed = replace(leg, pool=pool, shown=min(leg.shown or wanted, wanted))
        if _expected(race, changed) < 0.0:
            return False  # the other legs carry it
        tried = _in_one_pool(with_holding(choice, leg, changed), pool)
        gates, _ = judged(race, policy, tried, _settled(draws, pool))
        return all(gate.passed for gate in gates)

    least = round(leg.pool.terms.min_dividend * _DECIME)
    found = _bisected(passes, least, math.ceil(predicted * _DECIME))
    return min(found, int(leg.shown * _DECIME + _TINY)) / _DECIME


def _gross_dividend(leg: Holding, at_close: Ordering) -> float:
    """What the leg is predicted to pay per euro, unrounded, whoever is placed with it."""
    gross = replace(leg.pool, pool=replace(leg.pool.pool, rules=None))
    on = fronts(at_close, gross.pool.bet.parts)
    back = returned(replace(leg, pool=gross), on)
    paid = back > 0.0
    return float(back[paid] @ on.chances[paid] / on.chances[paid].sum() / leg.stake_cents * 100)


def _expected(race: PricedRace, leg: Holding) -> float:
    """Euros that the leg alone wins on average, at the centre."""
    if race.at_close is None:
        return 0.0
    won, chances = profits((leg,), race.at_close)
    return float(chances @ won)


def _bisected(passes: Callable[[int], bool], least: int, most: int) -> int:
    """The least whole number that passes, where all above it do; `most` is known to."""
    while least < most:
        middle = (least + most) // 2
        if passes(middle):
            most = middle
        else:
            least = middle + 1
    return most


def _more_on_it(leg: Holding, predicted: float, wanted: float) -> float:
    """By how much others' stakes on the leg must grow, beside it all as it is, to pay `wanted`.

    One's own stake is on the leg already, in `predicted` too.
    """
    pool, own = leg.pool.pool, leg.stake_cents / 100
    (position,) = leg.positions  # only bets on one horse have odds on a screen
    others = float(pool.stakes[position])
    if pool.bet.sharing == "alone":
        kept, beside = 1.0 - pool.takeout, float(pool.stakes.sum()) - others
        on_it = kept * beside / (max(wanted, _LEAST_WIN) - kept)
    else:
        places = pool.bet.last
        on_it = (
            (others + own) * (1.0 + places * (predicted - 1.0)) / (1.0 + places * (wanted - 1.0))
        )
    return max((on_it - own) / others, _LEAST_FACTOR) * (1.0 - _TINY)


def _in_one_pool(choice: Choice, pool: PricedPool) -> Choice:
    """All stakes of a pool meet in the same changed one."""
    tickets = tuple(
        tuple(replace(h, pool=pool) if h.pool.pool.name == pool.pool.name else h for h in ticket)
        for ticket in choice.tickets
    )
    return replace(choice, tickets=tickets)


def _settled(draws: Draws | None, pool: PricedPool) -> Draws | None:
    """The same draws, but for this pool: what it pays is given here, not unsure."""
    if draws is None:
        return None
    name = pool.pool.name
    stakes = np.broadcast_to(pool.pool.stakes, draws.stakes[name].shape)
    takeouts = {other: rate for other, rate in draws.takeouts.items() if other != name}
    return replace(draws, stakes={**draws.stakes, name: stakes}, takeouts=takeouts)
