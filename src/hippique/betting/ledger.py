"""Settlement: what each ticket returns by the bet's rules, the official order and the dividends.

A dividend that is not there yet leaves a ticket pending; it is never made up from odds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from hippique.betting.slip import Decision, Leg, Ticket
from hippique.racing.bets import BetType, Order, Wins, bet_type, places_paid
from hippique.racing.codec import from_builtins, from_json, to_builtins, to_pretty_json
from hippique.racing.money import in_cents, in_euros
from hippique.racing.result import Dividend, Result


class LegState(StrEnum):
    """How a leg ended. PENDING: it won, but its dividend is not published yet."""

    WON = "won"
    LOST = "lost"
    REFUNDED = "refunded"
    PENDING = "pending"


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledLeg:
    """One leg's outcome. per_euro: the dividend that paid it; profit = payout − stake."""

    operator: str
    bet: str
    combination: tuple[int, ...]
    state: LegState
    stake_cents: int
    payout_cents: int
    profit_cents: int
    per_euro: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """A race's ledger entry: every leg, and the totals. complete: no leg is pending."""

    race: str
    decision: str
    complete: bool
    staked_cents: int
    returned_cents: int
    profit_cents: int
    legs: tuple[SettledLeg, ...] = ()


def settle(decision: Decision, result: Result, declared: int | None) -> Settlement:
    """Settle every leg of a decision on an official result.

    declared: horses declared, which fixes the places paid; None leaves place bets pending.
    """
    legs = tuple(
        _settled(ticket, leg, result, declared)
        for ticket in decision.tickets
        for leg in ticket.legs
    )
    return _totalled(decision, legs)


def refund(decision: Decision) -> Settlement:
    """Every stake returned: the race was cancelled."""
    legs = tuple(
        _leg(ticket, leg, LegState.REFUNDED, leg.stake_cents)
        for ticket in decision.tickets
        for leg in ticket.legs
    )
    return _totalled(decision, legs)


def _totalled(decision: Decision, legs: tuple[SettledLeg, ...]) -> Settlement:
    return Settlement(
        race=decision.race,
        decision=decision.decision,
        complete=all(leg.state is not LegState.PENDING for leg in legs),
        staked_cents=sum(leg.stake_cents for leg in legs),
        returned_cents=sum(leg.payout_cents for leg in legs),
        profit_cents=sum(leg.profit_cents for leg in legs),
        legs=legs,
    )


def _settled(ticket: Ticket, leg: Leg, result: Result, declared: int | None) -> SettledLeg:
    bet = bet_type(ticket.bet)
    if _is_refunded(bet, leg.combination, result, declared):
        return _leg(ticket, leg, LegState.REFUNDED, leg.stake_cents)
    wins = has_won(bet, leg.combination, result, declared)
    if wins is False:
        return _leg(ticket, leg, LegState.LOST, 0)
    dividend = _dividend(ticket, bet, leg.combination, result.dividends)
    if dividend is None or bet.wins in _OWN_RULES:
        return _leg(ticket, leg, LegState.PENDING, 0)
    payout = round(leg.stake_cents * dividend.per_euro)
    return _leg(ticket, leg, LegState.WON, payout, dividend.per_euro)


def _leg(
    ticket: Ticket, leg: Leg, state: LegState, payout: int, per_euro: float | None = None
) -> SettledLeg:
    pending = state is LegState.PENDING
    return SettledLeg(
        operator=ticket.operator,
        bet=ticket.bet,
        combination=leg.combination,
        state=state,
        stake_cents=leg.stake_cents,
        payout_cents=payout,
        profit_cents=0 if pending else payout - leg.stake_cents,
        per_euro=per_euro,
    )


def _is_refunded(
    bet: BetType, combination: tuple[int, ...], result: Result, declared: int | None
) -> bool:
    if bet.code in result.refunded:
        return True
    if declared is not None and declared < bet.least_declared:
        return True
    if declared is not None and declared - len(result.non_runners) < bet.least_starters:
        return True
    absent = [number in result.non_runners for number in combination]
    return all(absent) if bet.wins in _OWN_RULES else any(absent)


_OWN_RULES = frozenset({Wins.RANKED, Wins.FIRST_FOUR_AMONG})  # bonus ranks, ranks of one non-runner


def has_won(
    bet: BetType, combination: tuple[int, ...], result: Result, declared: int | None
) -> bool | None:
    """Whether the combination wins by the order of finish; None where that cannot be told yet.

    A dead heat is resolved in the combination's favour, as the rules of tote bets do: with two
    seconds, the winner and either of them win a couple, the two seconds alone do not.
    """
    rule = _RULES.get(bet.wins)
    return None if rule is None else rule(bet, combination, result, declared)


Combination = tuple[int, ...]
Rule = Callable[[BetType, Combination, Result, int | None], bool | None]


def _within(combination: Combination, result: Result, last: int) -> bool | None:
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
    out = {*result.disqualified, *result.fallen}
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
    return None if declared is None else _within(numbers, result, places_paid(declared))


def _first_n(bet: BetType, numbers: Combination, result: Result, _: int | None) -> bool | None:
    within = _within(numbers, result, bet.legs)
    if not within or bet.order is not Order.EXACT:
        return within
    positions = [result.position(number) or 0 for number in numbers]
    return positions == sorted(positions)


_RULES: dict[Wins, Rule] = {
    Wins.FIRST: lambda _bet, numbers, result, _n: _within(numbers, result, 1),
    Wins.SECOND: lambda _bet, numbers, result, _n: _at(numbers, result, 2),
    Wins.FOURTH: lambda _bet, numbers, result, _n: _at(numbers, result, 4),
    Wins.PLACED: _placed,
    Wins.FIRST_N: _first_n,
    Wins.TWO_OF_PLACED: lambda _bet, numbers, result, _n: _within(numbers, result, 3),
    Wins.TWO_OF_FOUR: lambda _bet, numbers, result, _n: _within(numbers, result, 4),
}


def _dividend(
    ticket: Ticket, bet: BetType, combination: tuple[int, ...], dividends: Sequence[Dividend]
) -> Dividend | None:
    exact = bet.order is Order.EXACT
    wanted = combination if exact else tuple(sorted(combination))
    for dividend in dividends:
        shown = dividend.combination if exact else tuple(sorted(dividend.combination))
        if dividend.operator == ticket.operator and dividend.bet == bet.code and shown == wanted:
            return dividend
    return None


def write_settlement(settlement: Settlement) -> bytes:
    """The bytes of settlement.json, amounts in euros."""
    return to_pretty_json(in_euros(to_builtins(settlement)))


def read_settlement(content: bytes) -> Settlement:
    """Read settlement.json. Raises InputError where it is not one."""
    return from_builtins(Settlement, in_cents(from_json(dict, content)))
