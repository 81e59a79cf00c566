"""Whether a combination wins by the order of finish. One row a kind of bet.

A dead heat is resolved in the combination's favour, as the rules of tote bets do: with two
seconds, the winner and either of them win a couple, the two seconds alone do not.
"""

from __future__ import annotations

from collections.abc import Callable

from hippique.betting.settlement.official import Combination
from hippique.racing.bets import BetType, Order, Wins, places_paid
from hippique.racing.result import Result

FIRST_PLACES = 3  # couplé placé
FIRST_FOUR = 4  # 2 sur 4, multi


def has_won(
    bet: BetType, combination: Combination, result: Result, declared: int | None
) -> bool | None:
    """Whether the combination wins by the order of finish; None where that cannot be told.

    declared: horses declared, which fixes the places of simple placé.
    """
    return _WINS[bet.wins](bet, combination, result, declared)


Rule = Callable[[BetType, Combination, Result, int | None], bool | None]


def all_within(combination: Combination, result: Result, last: int) -> bool | None:
    """Whether all of them can be among the first `last`; None while the order is too short."""
    place = 1
    for tied in result.order:
        mine = len(set(tied) & set(combination))
        if mine and place + mine - 1 > last:
            return False
        place += len(tied)
    return _all_listed(combination, result, is_told=place - 1 >= last)


def _all_listed(combination: Combination, result: Result, *, is_told: bool) -> bool | None:
    """True where all are in the order; None for one that the order may not have come to yet."""
    missing = [number for number in combination if result.position(number) is None]
    if not missing:
        return True
    out = {*result.disqualified, *result.fallen, *result.non_runners}
    return False if is_told or out.intersection(missing) else None


def _at(combination: Combination, result: Result, wanted: int) -> bool | None:
    """Whether the only horse of a combination can be at one place."""
    place = 1
    for tied in result.order:
        if combination[0] in tied:
            return place <= wanted < place + len(tied)
        place += len(tied)
    return _all_listed(combination, result, is_told=place - 1 >= wanted)


def _placed(_: BetType, numbers: Combination, result: Result, declared: int | None) -> bool | None:
    return None if declared is None else all_within(numbers, result, places_paid(declared))


def _first_n(bet: BetType, numbers: Combination, result: Result, _: int | None) -> bool | None:
    within = all_within(numbers, result, bet.legs)
    if not within or bet.order is not Order.EXACT:
        return within
    positions = [result.position(number) or 0 for number in numbers]
    return positions == sorted(positions)


def _first_four_among(
    _: BetType, numbers: Combination, result: Result, _declared: int | None
) -> bool | None:
    """Whether four of the numbers can be the first four."""
    free = FIRST_FOUR
    for tied in result.order:
        mine = len(set(tied) & set(numbers))
        if mine < min(len(tied), free):
            return False
        free -= min(len(tied), free)
        if free == 0:
            return True
    return None


def _ranked(
    bet: BetType, numbers: Combination, result: Result, declared: int | None
) -> bool | None:
    """The first rank of ZE 4 and ZE 5 alone; the other bets with bonus ranks cannot be told."""
    if bet.code in _FIRST_RANK_ONLY:
        return _first_n(bet, numbers, result, declared)
    return None


_FIRST_RANK_ONLY = frozenset({"ze4", "ze4_order", "ze5", "ze5_order"})

_WINS: dict[Wins, Rule] = {
    Wins.FIRST: lambda _bet, numbers, result, _n: all_within(numbers, result, 1),
    Wins.SECOND: lambda _bet, numbers, result, _n: _at(numbers, result, 2),
    Wins.FOURTH: lambda _bet, numbers, result, _n: _at(numbers, result, 4),
    Wins.PLACED: _placed,
    Wins.FIRST_N: _first_n,
    Wins.TWO_OF_PLACED: lambda _bet, numbers, result, _n: all_within(numbers, result, FIRST_PLACES),
    Wins.TWO_OF_FOUR: lambda _bet, numbers, result, _n: all_within(numbers, result, FIRST_FOUR),
    Wins.FIRST_FOUR_AMONG: _first_four_among,
    Wins.RANKED: _ranked,
}
