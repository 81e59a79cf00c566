"""The yardstick: a flat stake on the market's favourite in every race. No opinion, no edge."""

from __future__ import annotations

from hippique.betting.amounts import odds, operator_name
from hippique.betting.policy_file import FavouriteRules
from hippique.betting.situation import Situation, snapshot_of
from hippique.betting.slip import Ev, ExpectedDividend, Gate, Leg, Ticket, Verdict
from hippique.betting.terms import Terms, terms_of
from hippique.forecast.forecaster import NoForecast
from hippique.racing.bets import bet_type
from hippique.racing.market import Quote, Snapshot


def bet_on_favourite(situation: Situation, rules: FavouriteRules) -> Verdict:
    """One ticket at the first operator whose pool has a favourite; its reading is left empty.

    Where the operator's least stake is above the rules', that stake is placed, because a ticket
    must be playable. Ties go to the smaller number.
    """
    for operator in situation.operators:
        terms = terms_of(operator, rules.bet, situation.day)
        snapshot = snapshot_of(situation.snapshots, terms.pool)
        favourite = _favourite(snapshot) if snapshot else None
        if favourite is not None:
            return _bet_on(favourite, terms, situation, rules)
    gate = Gate(gate="win_odds", statistic="value", value=0.0, threshold=1.0, passed=False)
    names = ", ".join(situation.operators)
    reason = f"aucun opérateur parmi {names} ne montre de cotes gagnant"
    return Verdict(gates=(gate,), reasons=(reason,))


def _favourite(snapshot: Snapshot) -> Quote | None:
    priced = [quote for quote in snapshot.starters() if quote.win is not None]
    return min(priced, key=lambda q: (q.win, q.number), default=None)


def _bet_on(quote: Quote, terms: Terms, situation: Situation, rules: FavouriteRules) -> Verdict:
    shown = quote.win if quote.win is not None else 0.0
    wanted = max(round(rules.stake_eur * 100), terms.min_cents)
    stake = -(-wanted // terms.step_cents) * terms.step_cents
    combination = (quote.number,)
    ticket = Ticket(
        operator=terms.operator,
        pool=terms.bet,
        bet=terms.bet,
        label=bet_type(terms.bet).label,
        min_cents=terms.min_cents,
        step_cents=terms.step_cents,
        legs=(Leg(combination=combination, stake_cents=stake),),
        expected_dividend=(ExpectedDividend(combination=combination, mean=shown),),
    )
    return Verdict(
        tickets=(ticket,),
        reasons=(_is_favourite(quote.number, terms.operator, shown),),
        ev=_ev(quote.number, shown, stake, situation),
    )


def _is_favourite(number: int, operator: str, shown: float) -> str:
    return f"le {number} est le favori de {operator_name(operator)}, à {odds(shown, 'fr')}"


def _ev(number: int, shown: float, stake_cents: int, situation: Situation) -> Ev | None:
    """Expected profit at the odds shown: the yardstick forecasts no close, so no interval."""
    if isinstance(situation.forecast, NoForecast):
        return None
    chance = situation.forecast.p_win(number)
    if chance is None:
        return None
    mean = (chance * shown - 1.0) * stake_cents / 100
    return Ev(mean_eur=round(mean, 2), p_loss_all=round(1.0 - chance, 4))
