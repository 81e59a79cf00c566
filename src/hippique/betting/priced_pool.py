"""A pool as it is predicted to close, and one operator's pools of a race together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from hippique.betting.late_money import LateMoney
from hippique.betting.terms import Terms
from hippique.forecast.closing_price import CROSS_POOL
from hippique.pricing.checks import Floats
from hippique.pricing.value import Bet, BetPool, combinations_of, in_front, pair_among, top, within
from hippique.racing.bets import bet_type, places_paid
from hippique.racing.market import Snapshot


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PricedPool:
    """One bet's pool at the close. Positions are those of the book's numbers.

    pool: others' euros on each combination. made: "win_odds", "place_odds", "win_share" or
    "order_model". late_sd: spread of ln stakes by runner that late money leaves, of the whole
    field at once; legs_sd: of each combination apart; total_sd: of the whole pool.
    """

    operator: str
    terms: Terms
    pool: BetPool
    made: str
    flags: tuple[str, ...]
    late_sd: Floats
    legs_sd: float
    total_sd: float

    @property
    def bet(self) -> str:
        """The code of the bet in the catalogue."""
        return self.terms.bet

    @property
    def levels(self) -> range:
        """Stakes on sale, cents, without an end: the caller caps them."""
        return range(self.terms.min_cents, 1_000_000, self.terms.step_cents)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Book:
    """One operator's view of a race.

    snapshot: of its win pool. pools: by bet, those that can be priced. unpriced: bet → why not.
    overround: Σ 1/odds of the win pool, None unless complete.
    """

    operator: str
    snapshot: Snapshot
    pools: Mapping[str, PricedPool]
    unpriced: Mapping[str, str]
    late: LateMoney
    overround: float | None

    @property
    def is_cross_pool(self) -> bool:
        """Whether its pools lack a closing model of their own."""
        return CROSS_POOL in self.late.flags


def bet_on(code: str, declared: int | None, runners: int) -> Bet | None:
    """A bet of the catalogue as the pricing room knows it; None where it is not priced.

    declared decides on the places; bets that a field of this size refunds are None too.
    """
    kind = bet_type(code)
    if declared is None or declared < kind.least_declared or runners < kind.least_starters:
        return None
    bet = _bet(code, places_paid(declared), runners)
    return bet if bet is not None and max(bet.last, bet.legs) <= runners else None


def shrunk(priced: PricedPool, row: int, factor: float) -> PricedPool:
    """The same pool with `factor` times the stakes on one combination, the others' as they are."""
    stakes = priced.pool.stakes.copy()
    stakes[row] *= factor
    return replace(priced, pool=replace(priced.pool, stakes=stakes))


def position_rows(bet: Bet, runners: int) -> Floats:
    """Which runners each combination names: shape (combinations, runners), 0 or 1."""
    rows = combinations_of(bet, runners)
    named = np.zeros((len(rows), runners))
    np.put_along_axis(named, rows.astype(np.intp), 1.0, axis=1)
    return named


def _bet(code: str, places: int, runners: int) -> Bet | None:
    if code == "place":
        return top(min(places, runners)) if places else None
    if code.startswith("multi"):
        return within(int(code.removeprefix("multi")), 4)
    return {
        "win": top(1),
        "couple_win": in_front(2),
        "couple_order": in_front(2, in_order=True),
        "couple_place": pair_among(3),
        "trio": in_front(3),
        "trio_order": in_front(3, in_order=True),
        "two_of_four": pair_among(4, "alike"),
    }.get(code)
