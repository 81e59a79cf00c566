"""The numbers of a choice that the gates look at, on the stakes as they would be played."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from hippique.betting.choice import Choice, Holding, horse_cents, profits
from hippique.betting.gate_measures import Measures, Statistic
from hippique.betting.gates import FieldFacts, Group, conditions_met, judge_all, rules_of
from hippique.betting.loss_limit import loss_limit_rules, week_loss_at_worst_cents
from hippique.betting.policy_file import PolicyFile
from hippique.betting.priced import PricedRace
from hippique.betting.profiles import volatile_legs
from hippique.betting.situation import Situation
from hippique.betting.slip import Gate
from hippique.pricing.ordering import Ordering
from hippique.pricing.value import Draws, Ev, expected_value

_GROUPS: tuple[Group, ...] = ("data", "ticket1", "slip", "money")
_WITH_SECOND: tuple[Group, ...] = ("data", "ticket1", "ticket2", "slip", "money")
_DIGITS = 6  # of what is judged and published alike
_Row = dict[Statistic, float | None]


def judged(
    priced: PricedRace, policy: PolicyFile, choice: Choice | None, draws: Draws | None
) -> tuple[tuple[Gate, ...], Ev | None]:
    """Every gate that binds on this choice, and the choice's value.

    Ticket 2 has gates only where there is one: without it, ticket 1 stands alone.
    """
    measures, value = slip_measures(priced, choice, draws)
    facts = FieldFacts(
        discipline=priced.situation.discipline,
        is_handicap=priced.situation.is_handicap,
        runners=len(priced.numbers) or None,
        overround=_value(measures, "overround"),
        tickets=len(choice.tickets) if choice else 0,
    )
    is_pair = policy.method == "tickets" and choice is not None and len(choice.tickets) > 1
    rules = (
        *rules_of(policy.gates, *(_WITH_SECOND if is_pair else _GROUPS)),
        *loss_limit_rules(priced.situation.money),
    )
    return judge_all(rules, measures, conditions_met(policy.conditions, facts)), value


def slip_measures(
    priced: PricedRace, choice: Choice | None, draws: Draws | None
) -> tuple[Measures, Ev | None]:
    """All measures of a race and a choice, rounded as they are published."""
    money = _money(priced.situation, choice.stake_cents if choice else 0)
    if choice is None or priced.at_close is None:
        return _rounded({**priced.measures, **money}), None
    value = expected_value([h.staked for h in choice.holdings], priced.at_close, draws)
    first, second = choice.tickets[0], choice.tickets[1] if len(choice.tickets) > 1 else ()
    rows: dict[str, Mapping[Statistic, float | None]] = {
        **priced.measures,
        **money,
        **_of_operators(priced, choice),
        **_of_first(priced, first, draws),
        **(_of_second(second, priced.at_close, draws) if second else {}),
        "ev": _per_euro(value, before_rounding=True),
        "roi": _per_euro(value),
        "tickets": _plain(len(choice.tickets)),
        "stake_eur": _plain(choice.stake_cents / 100),
        "horse_stake_eur": _plain(max(horse_cents(choice.holdings).values()) / 100),
        "ticket1_stake_eur": _plain(sum(h.stake_cents for h in first) / 100),
        "ticket2_stake_eur": _plain(sum(h.stake_cents for h in second) / 100),
        "var95_eur": _plain(
            max(0.0, -value.outcome.q05) + priced.situation.money.at_risk_cents / 100
        ),
    }
    return _rounded(rows), value


def _of_operators(priced: PricedRace, choice: Choice) -> dict[str, _Row]:
    played = {holding.pool.operator for holding in choice.holdings}
    books = [book for book in priced.books if book.operator in played]
    is_known = priced.is_told or not any(book.is_cross_pool for book in books)
    overrounds = [book.overround for book in books if book.overround is not None]
    return {
        "closing_model": _plain(1.0 if is_known else 0.0),
        "overround": _plain(max(overrounds) if overrounds else None),
    }


def _of_first(priced: PricedRace, first: Sequence[Holding], draws: Draws | None) -> dict[str, _Row]:
    """Measures of ticket 1, whatever bet it is; odds only where they are shown."""
    if priced.at_close is None:
        return {}
    value = expected_value([holding.staked for holding in first], priced.at_close, draws)
    shown = [holding.shown for holding in first if holding.shown is not None]
    return {
        "legs": _plain(len(first)),
        "volatile_legs": _plain(volatile_legs(priced, [h.positions[0] for h in first])),
        "place_odds_low": _plain(min(shown) if len(shown) == len(first) else None),
        "place_odds_high": _plain(max(shown) if len(shown) == len(first) else None),
        "sum_p_place": _plain(_sum_p_place(priced, first)),
        "basket_ev": _per_euro(value, before_rounding=True),
        "basket_roi": _per_euro(value),
    }


def _sum_p_place(priced: PricedRace, first: Sequence[Holding]) -> float | None:
    """The estimator's own chances to be placed: under `gpi51` the author's."""
    if priced.forecast is None:
        return None
    placed = [priced.forecast.chances[h.positions[0]].p_place for h in first]
    known = [p for p in placed if p is not None]
    return sum(known) if len(known) == len(placed) else None


def _of_second(
    second: Sequence[Holding], ordering: Ordering, draws: Draws | None
) -> dict[str, _Row]:
    value = expected_value([holding.staked for holding in second], ordering, draws)
    own_odds = all(holding.pool.made != "order_model" for holding in second)
    return {
        "ticket1_stands": _plain(1.0),
        "combination_ev": _per_euro(value, before_rounding=True),
        "payout_eur": _plain(value.outcome.payout_if_paid),
        "calibration_valid": _plain(1.0 if own_odds else 0.0),
        "sharpe": _plain(_sharpe(second, ordering)),
    }


def _sharpe(holdings: Sequence[Holding], ordering: Ordering) -> float | None:
    won, chances = profits(holdings, ordering)
    mean = float(chances @ won)
    sd = float(np.sqrt(chances @ (won - mean) ** 2))
    return mean / sd if sd > 0.0 else None


def _money(situation: Situation, stake_cents: int) -> dict[str, _Row]:
    money = situation.money
    return {
        "meeting_eur": _plain((money.meeting_staked_cents + stake_cents) / 100),
        "week_eur": _plain((money.week_staked_cents + stake_cents) / 100),
        "week_loss_eur": _plain(week_loss_at_worst_cents(money, stake_cents) / 100),
        "losses_in_a_row": _plain(money.losses_in_a_row),
        "var95_eur": _plain(money.at_risk_cents / 100),
    }


def _per_euro(value: Ev, *, before_rounding: bool = False) -> _Row:
    """Expected profit per euro. Before rounding: as if dividends were not rounded down."""
    added = value.lost_to_rounding if before_rounding else 0.0
    q05 = value.doubt.q05 if value.doubt else None
    return {
        "mean": (value.mean + added) / value.stake,
        "q05": None if q05 is None else (q05 + added) / value.stake,
    }


def _plain(value: float | None) -> _Row:
    return {"value": value}


def _value(measures: Measures, name: str) -> float | None:
    return measures.get(name, {}).get("value")


def _rounded(rows: Mapping[str, Mapping[Statistic, float | None]]) -> Measures:
    return {
        name: {
            statistic: None if value is None else round(float(value), _DIGITS)
            for statistic, value in row.items()
        }
        for name, row in rows.items()
    }
