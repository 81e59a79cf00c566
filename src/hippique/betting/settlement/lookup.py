"""The published dividend of a combination: never another rank's, operator's, bet's or horse's."""

from __future__ import annotations

from collections.abc import Sequence

from hippique.betting.settlement.official import Combination
from hippique.racing.bets import BetType, Order, Wins
from hippique.racing.result import Dividend

LEAST_DIVIDEND = 1.0  # below it a page prints another base than 1 €, or a part of a combined stake


def dividends_for(
    bet: BetType, combination: Combination, published: Sequence[Dividend], rank: str | None = None
) -> tuple[Dividend, ...]:
    """Those of `published` (one operator's, of this bet) that pay the combination at this rank.

    2 sur 4 has one dividend for its six pairs, which some pages print once, with all four
    horses. A multi is paid at the dividend of its formula, printed with the first four.
    """
    ranked = [d for d in published if d.rank == rank and d.per_euro >= LEAST_DIVIDEND]
    exact = bet.order is Order.EXACT
    wanted = _key(combination, exact=exact)
    same = tuple(d for d in ranked if _key(d.combination, exact=exact) == wanted)
    if same or bet.wins not in _SETS:
        return same
    mine = set(combination)
    if bet.wins is Wins.TWO_OF_FOUR:
        return tuple(d for d in ranked if mine < set(d.combination))
    return tuple(d for d in ranked if set(d.combination) <= mine)


_SETS = frozenset({Wins.TWO_OF_FOUR, Wins.FIRST_FOUR_AMONG})


def _key(combination: Combination, *, exact: bool) -> Combination:
    return combination if exact else tuple(sorted(combination))
