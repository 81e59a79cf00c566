"""How a pool that shows no odds is likely to be spread, from the shares of a win pool."""

from __future__ import annotations

import numpy as np

from hippique.pricing.checks import Floats
from hippique.pricing.ordering import Ordering
from hippique.pricing.value import Bet, BetPool, combinations_of, fronts, payoffs

_ROUNDS = 3000  # a pair that is hardly backed at first grows by a few per cent a round
_ALIKE = 1.02  # no combination returns more than this times the mean
_LEAST = 1e-9  # of the pool: somebody backs everything


def crowd_stakes(model: Ordering, bet: Bet) -> Floats:
    """Shares of the combinations, rows as in `combinations_of`; they sum to 1.

    model: the order of finish by the pool's own shares, untempered: the slope of ln dividend on
    its ln chance is 1 then. Where all that are paid get one dividend, stakes in proportion to the
    chances would leave the favourites' pairs far too cheap; there the crowd is taken to stake
    until every combination returns alike.
    """
    if bet.sharing == "alike":
        return _returning_alike(model, bet)
    in_order = bet.in_order
    chances = model.all_ordered(bet.legs) if in_order else model.all_joint(bet.legs, bet.last)
    return np.asarray(chances / chances.sum())


def _returning_alike(model: Ordering, bet: Bet) -> Floats:
    """Each round a stake grows as what it returns; the fixed point returns the same everywhere."""
    on = fronts(model, bet.parts)
    count = len(combinations_of(bet, model.runners))
    even = BetPool("even", bet, np.ones(count), 0.0, None)
    paid = np.stack([table.states for table in payoffs(even, on, (1.0,))])
    shares = np.full(count, 1.0 / count)
    for _ in range(_ROUNDS):
        weights = np.broadcast_to(shares[:, None], paid.shape).ravel()
        backed = np.bincount(paid.ravel(), weights, minlength=on.chances.size)
        returned = (on.chances / backed)[paid].sum(axis=1)
        if returned.max() < _ALIKE:
            break
        shares = np.maximum(shares * returned, _LEAST)
        shares /= shares.sum()
    return shares
