"""Tickets, their value and their settled legs as lines of text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from hippique.betting.amounts import (
    Lang,
    cents,
    combination,
    euros,
    odds,
    operator_name,
    percent,
    sign,
)
from hippique.betting.explain_words import said
from hippique.betting.settlement import SettledLeg
from hippique.betting.slip import Ev, ExpectedDividend, Ticket
from hippique.racing.bets import CATALOGUE


def ticket_lines(tickets: Iterable[Ticket], names: Mapping[int, str], lang: Lang) -> Iterator[str]:
    """A line for each ticket and one for each of its legs. names: by saddle number."""
    for ticket in tickets:
        yield f"  {ticket.label}, {operator_name(ticket.operator, lang)}"
        expected = {one.combination: one for one in ticket.expected_dividend}
        for leg in ticket.legs:
            parts = [cents(leg.stake_cents, lang)]
            if leg.limit_dividend is not None:
                parts.append(said("limit", lang, odds=odds(leg.limit_dividend, lang)))
            if leg.combination in expected:
                parts.append(_dividend(expected[leg.combination], lang))
            yield f"    {_horses(leg.combination, names)}{sign(':', lang)} {', '.join(parts)}"


def stake_line(stake_cents: int, ev: Ev | None, lang: Lang) -> str:
    """The stake, the expected profit with its interval, the chance to lose it all."""
    parts = [said("stake", lang, stake=cents(stake_cents, lang))]
    if ev is not None:
        told = said("ev", lang, mean=euros(ev.mean_eur, lang, signed=True))
        if ev.low_eur is not None and ev.high_eur is not None:
            low, high = (euros(end, lang, signed=True) for end in (ev.low_eur, ev.high_eur))
            told = f"{told} {said('interval', lang, low=low, high=high)}"
        parts.append(told)
        if ev.p_loss_all is not None:
            parts.append(said("lose_all", lang, share=percent(ev.p_loss_all, lang)))
    return f"  {', '.join(parts)}."


def leg_lines(legs: Iterable[SettledLeg], lang: Lang) -> Iterator[str]:
    """What became of each leg."""
    for leg in legs:
        paid = said(
            "paid", lang, paid=cents(leg.payout_cents, lang), stake=cents(leg.stake_cents, lang)
        )
        state, colon = said(leg.state.value, lang), sign(":", lang)
        yield f"  {bet_label(leg.bet)} {combination(leg.combination)}{colon} {state}, {paid}."


def bet_label(bet: str) -> str:
    """The French name of a bet: bets have no other."""
    return CATALOGUE[bet].label if bet in CATALOGUE else bet


def _dividend(made: ExpectedDividend, lang: Lang) -> str:
    """A forecast has an interval; without one the figure is what was on screen."""
    if made.low is None or made.high is None:
        return said("on_screen", lang, odds=odds(made.mean, lang))
    told = said("expected", lang, odds=odds(made.mean, lang))
    low, high = odds(made.low, lang), odds(made.high, lang)
    return f"{told} {said('interval', lang, low=low, high=high)}"


def _horses(numbers: tuple[int, ...], names: Mapping[int, str]) -> str:
    named = [names[number] for number in numbers if number in names]
    return f"{combination(numbers)} {' / '.join(named)}".rstrip()
