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
    dividend = _dividend(ticket, bet, leg.combination, result.dividends) if wins else None
    if dividend is None:
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
    return any(number in result.non_runners for number in combination)


def has_won(
    bet: BetType, combination: tuple[int, ...], result: Result, declared: int | None
) -> bool | None:
    """Whether the combination wins by the order of finish; None where that cannot be told yet."""
    positions = [result.position(number) for number in combination]
    rule = _RULES.get(bet.wins)
    if rule is None:
        return None
    return rule(bet, positions, declared)


Positions = Sequence[int | None]
Rule = Callable[[BetType, Positions, int | None], bool | None]


def _within(positions: Positions, last: int) -> bool:
    return all(place is not None and place <= last for place in positions)


def _placed(_: BetType, positions: Positions, declared: int | None) -> bool | None:
    return None if declared is None else _within(positions, places_paid(declared))


def _first_n(bet: BetType, positions: Positions, _: int | None) -> bool:
    if not _within(positions, bet.legs):
        return False
    return bet.order is not Order.EXACT or list(positions) == sorted(
        positions, key=lambda p: p or 0
    )


_RULES: dict[Wins, Rule] = {
    Wins.FIRST: lambda _bet, positions, _n: _within(positions, 1),
    Wins.SECOND: lambda _bet, positions, _n: positions[0] == 2,  # noqa: PLR2004  second
    Wins.FOURTH: lambda _bet, positions, _n: positions[0] == 4,  # noqa: PLR2004  fourth
    Wins.PLACED: _placed,
    Wins.FIRST_N: _first_n,
    Wins.TWO_OF_PLACED: lambda _bet, positions, _n: _within(positions, 3),
    Wins.TWO_OF_FOUR: lambda _bet, positions, _n: _within(positions, 4),
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
