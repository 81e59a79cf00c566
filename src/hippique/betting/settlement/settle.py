"""Settle a decision leg by leg: refunds first, then non-runners, then the order and dividends."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product

from hippique.betting.settlement.document import LegState, SettledLeg, Settlement, totalled
from hippique.betting.settlement.finish import all_within, has_won
from hippique.betting.settlement.lookup import dividends_for
from hippique.betting.settlement.official import Combination, OfficialRace
from hippique.betting.settlement.operators import (
    RANK_PLACES,
    Absent,
    Coupled,
    absent_rule,
    coupled_rule,
)
from hippique.betting.settlement.payout import payout_cents
from hippique.betting.slip import Decision, Leg, Ticket
from hippique.racing.bets import BetType, Wins, bet_type
from hippique.racing.result import Dividend, Result

NOT_PUBLISHED = "a dividend is not published yet"
ORDER_TOO_SHORT = "the order does not say yet"
DECLARED_UNKNOWN = "the declared field is not known"
BONUS_RANKS = "the bonus ranks of this bet are not settled here"
NON_RUNNER_RULE = "this operator's rule for a non-runner in this bet is not known"
SEVERAL_FIT = "several dividends fit this combination"


def settle(decision: Decision, result: Result, declared: int | None) -> Settlement:
    """Settle every leg of a decision on an official result alone.

    declared: horses declared, which fixes the places paid; None leaves place bets pending where
    no dividend is published.
    """
    return settle_official(decision, OfficialRace(result=result, declared=declared))


def settle_official(decision: Decision, race: OfficialRace) -> Settlement:
    """Settle every leg of a decision. Settling twice gives the same."""
    legs = tuple(_settled(ticket, leg, race) for ticket in decision.tickets for leg in ticket.legs)
    return totalled(decision.race, decision.decision, legs)


def refund(decision: Decision, reason: str = "the race was not run") -> Settlement:
    """Every stake returned: the race was cancelled."""
    legs = tuple(
        _leg(ticket, leg, _Fate(LegState.REFUNDED, reason=reason))
        for ticket in decision.tickets
        for leg in ticket.legs
    )
    return totalled(decision.race, decision.decision, legs)


def withdraw(decision: Decision) -> Settlement:
    """Nothing staked and nothing returned: the slip was withdrawn before the off."""
    return replace(totalled(decision.race, decision.decision, ()), withdrawn=True)


@dataclass(frozen=True, slots=True)
class _Fate:
    state: LegState
    per_euro: float | None = None
    reason: str | None = None


_LOST = _Fate(LegState.LOST)
_NOT_PUBLISHED = _Fate(LegState.PENDING, reason=NOT_PUBLISHED)


def _settled(ticket: Ticket, leg: Leg, race: OfficialRace) -> SettledLeg:
    bet = bet_type(ticket.bet)
    why = _why_refunded(ticket.operator, bet, race)
    if why is not None:
        return _leg(ticket, leg, _Fate(LegState.REFUNDED, reason=why))
    absent = [number for number in leg.combination if number in race.result.non_runners]
    if absent:
        return _leg(ticket, leg, _with_absent(ticket.operator, bet, leg.combination, race))
    return _leg(ticket, leg, _by_order(ticket.operator, bet, leg.combination, race))


def _leg(ticket: Ticket, leg: Leg, fate: _Fate) -> SettledLeg:
    payout = 0
    if fate.state is LegState.REFUNDED:
        payout = leg.stake_cents
    elif fate.state is LegState.WON and fate.per_euro is not None:
        payout = payout_cents(leg.stake_cents, fate.per_euro)
    return SettledLeg(
        operator=ticket.operator,
        bet=ticket.bet,
        combination=leg.combination,
        state=fate.state,
        stake_cents=leg.stake_cents,
        payout_cents=payout,
        profit_cents=0 if fate.state is LegState.PENDING else payout - leg.stake_cents,
        per_euro=fate.per_euro,
        reason=fate.reason,
    )


def _why_refunded(operator: str, bet: BetType, race: OfficialRace) -> str | None:
    if race.is_paid_back(operator, bet.code):
        return "the operator paid the bet back"
    if race.nobody_finished:
        return "no horse finished"
    if race.declared is not None and race.declared < bet.least_declared:
        return f"fewer than {bet.least_declared} declared"
    if race.took_part is not None and race.took_part < bet.least_starters:
        return f"fewer than {bet.least_starters} took part"
    return None


# --- non-runners -------------------------------------------------------------------------------


def _with_absent(
    operator: str, bet: BetType, combination: Combination, race: OfficialRace
) -> _Fate:
    left = tuple(number for number in combination if number not in race.result.non_runners)
    if not left:
        return _Fate(LegState.REFUNDED, reason="non-runner")
    rank = f"{len(combination) - len(left)}np"
    paid = dividends_for(bet, left, race.dividends(operator, bet.code), rank)
    if paid:
        return _paid(paid, rank)
    rule = absent_rule(operator, bet.wins)
    if rule is Absent.REFUND:
        return _Fate(LegState.REFUNDED, reason="non-runner")
    if rule is Absent.UNKNOWN:
        return _Fate(LegState.PENDING, reason=NON_RUNNER_RULE)
    if _left_lose(bet, left, len(combination) - len(left), race.result):
        return _LOST
    return _Fate(LegState.PENDING, reason=f"the dividend of rank {rank} is not published")


def _left_lose(bet: BetType, left: Combination, absent: int, result: Result) -> bool:
    """Whether the horses that ran cannot be paid at a rank of non-runners."""
    if bet.wins is Wins.FIRST_FOUR_AMONG:
        return False
    places = RANK_PLACES.get((bet.code, absent), bet.legs)
    return all_within(left, result, places) is False


# --- the order and the dividends ---------------------------------------------------------------


def _by_order(operator: str, bet: BetType, combination: Combination, race: OfficialRace) -> _Fate:
    published = race.dividends(operator, bet.code)
    own = dividends_for(bet, combination, published)
    wins = has_won(bet, combination, race.result, race.declared)
    if wins is False:
        return _by_mates(operator, bet, combination, race)
    if own and bet.code not in _UNSETTLED:
        fits_twice = bet.wins is Wins.FIRST_FOUR_AMONG and len(_sets(own)) > 1
        return _Fate(LegState.PENDING, reason=SEVERAL_FIT) if fits_twice else _paid(own)
    return _Fate(LegState.PENDING, reason=_why_pending(bet, race, wins=wins))


def _sets(dividends: tuple[Dividend, ...]) -> set[frozenset[int]]:
    """A multi that holds both horses of a dead heat for fourth fits two of them."""
    return {frozenset(dividend.combination) for dividend in dividends}


# Their ranks pay parts of a stake (ZE 234: a tenth of the couple's dividend, a tenth of the
# trio's, half of ZE 4's), or several at once; they are read and shown, never played.
_UNSETTLED = frozenset({"ze234", "ze345", "tierce", "quarte", "quinte", "pick5"})


def _why_pending(bet: BetType, race: OfficialRace, *, wins: bool | None) -> str:
    if bet.code in _UNSETTLED:
        return BONUS_RANKS
    if wins:
        return NOT_PUBLISHED
    if bet.wins is Wins.PLACED and race.declared is None:
        return DECLARED_UNKNOWN
    return ORDER_TOO_SHORT


def _by_mates(operator: str, bet: BetType, combination: Combination, race: OfficialRace) -> _Fate:
    """A combination that loses by its own numbers, looked at with those of its coupled entries."""
    rule = coupled_rule(operator, bet.code, bet.wins)
    if rule is Coupled.SINGLY:
        return _LOST
    winning = [
        other
        for other in _with_mates(combination, race)
        if has_won(bet, other, race.result, race.declared)
    ]
    if not winning:
        return _LOST
    published = race.dividends(operator, bet.code)
    own = dividends_for(bet, combination, published)
    if own:
        return _paid(own, "coupled entry")
    if rule is Coupled.AS_ONE:
        mates = tuple(d for other in winning for d in dividends_for(bet, other, published))
        return _paid(mates, "coupled entry") if mates else _NOT_PUBLISHED
    return _LOST if published else _NOT_PUBLISHED


def _with_mates(combination: Combination, race: OfficialRace) -> list[Combination]:
    """The combination with any of its horses exchanged for a mate that ran."""
    choices = [(number, *race.mates(number)) for number in combination]
    return [other for other in product(*choices) if len(set(other)) == len(other)]


def _paid(dividends: tuple[Dividend, ...], reason: str | None = None) -> _Fate:
    amounts = {dividend.per_euro for dividend in dividends}
    if len(amounts) > 1:
        return _Fate(LegState.PENDING, reason=SEVERAL_FIT)
    return _Fate(LegState.WON, amounts.pop(), reason)
