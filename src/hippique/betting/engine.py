"""The decision of a race: a choice, every gate tested on it, the slip or why there is none."""

from __future__ import annotations

from dataclasses import dataclass

from hippique.betting.amounts import decimal, euros
from hippique.betting.choice import Choice, slip_tickets
from hippique.betting.gate_words import gate_sentence
from hippique.betting.growth import best_growth, growth_on_paper
from hippique.betting.limits import limits_of
from hippique.betting.measures_slip import judged
from hippique.betting.policy_file import PolicyFile
from hippique.betting.priced import PricedRace, priced
from hippique.betting.priced_pool import PricedPool
from hippique.betting.scenarios import Shocks, draws_for, pools_of
from hippique.betting.slip import Ev, Gate, Ticket, Verdict
from hippique.betting.ticket_pair import best_tickets, tickets_on_paper
from hippique.forecast.forecaster import NoForecast
from hippique.pricing.value import Draws
from hippique.pricing.value import Ev as Value

__all__ = ["Refused", "decide", "priced"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The best portfolio on paper and why it is none: its tickets, value and failed gates."""

    tickets: tuple[Ticket, ...] = ()
    ev: Ev | None = None
    failed: tuple[Gate, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """A choice with every gate tested on it, and its value where it has one."""

    choice: Choice
    gates: tuple[Gate, ...]
    value: Value | None


def decide(race: PricedRace, policy: PolicyFile, *, with_draws: bool = True) -> Verdict:
    """The verdict without its reading: a slip where every gate passes on the stakes as played.

    Without a choice that passes, the gates are those of the best one on paper. with_draws: False
    leaves the values at the centre, without an interval: quicker, for trials.
    """
    return deliberate(race, policy, with_draws=with_draws)[0]


def deliberate(
    race: PricedRace, policy: PolicyFile, *, with_draws: bool = True
) -> tuple[Verdict, Judged | None]:
    """The verdict, and the best choice on paper where it had to be judged for it."""
    choices = _choices(race, policy)
    shocks = race.shocks() if with_draws and choices and race.at_close is not None else None
    last: tuple[Gate, ...] = ()
    for choice in choices:
        draws = _draws(shocks, choice)
        gates, value = judged(race, policy, choice, draws)
        if all(gate.passed for gate in gates) and value is not None:
            return _slip(race, policy, choice, draws, gates, value), None
        last = last or gates
    paper = None if choices else judged_on_paper(race, policy, with_draws=with_draws)
    last = paper.gates if paper else last or judged(race, policy, None, None)[0]
    return Verdict(gates=last, reasons=_reasons(race, last)), paper


def judged_on_paper(
    race: PricedRace, policy: PolicyFile, *, with_draws: bool = True
) -> Judged | None:
    """The best choice whatever the gates say, None where nothing can be priced."""
    choice = on_paper(race, policy)
    if choice is None:
        return None
    draws = _draws(race.shocks() if with_draws else None, choice)
    return Judged(choice, *judged(race, policy, choice, draws))


def refused_on_paper(race: PricedRace, paper: Judged | None) -> Refused:
    """The portfolio of the greatest growth that does not pass, at any operator, though it lose."""
    if paper is None:
        return Refused()
    return Refused(
        tickets=slip_tickets(race, paper.choice),
        ev=published(paper.value) if paper.value else None,
        failed=tuple(gate for gate in paper.gates if not gate.passed),
    )


def on_paper(race: PricedRace, policy: PolicyFile) -> Choice | None:
    """The best choice whatever the gates say, None where nothing can be priced."""
    if policy.method == "growth":
        return growth_on_paper(race, policy)
    return tickets_on_paper(race, policy)


def published(value: Value) -> Ev:
    """Euros of the whole slip; low and high: 95 % of the mean over the draws."""
    doubt = value.doubt
    return Ev(
        mean_eur=round(value.mean, 2),
        low_eur=round(doubt.low, 2) if doubt else None,
        high_eur=round(doubt.high, 2) if doubt else None,
        p_loss_all=round(value.outcome.p_loss_all, 4),
    )


def _choices(race: PricedRace, policy: PolicyFile) -> tuple[Choice, ...]:
    """What may become the slip, the greatest growth first."""
    if policy.method == "growth":
        found = best_growth(race, policy)
        return (found,) if found else ()
    return best_tickets(race, policy)


def _draws(shocks: Shocks | None, choice: Choice) -> Draws | None:
    return draws_for(shocks, _played(choice)) if shocks else None


def _played(choice: Choice) -> tuple[PricedPool, ...]:
    return pools_of(holding.pool for holding in choice.holdings)


def _slip(  # noqa: PLR0913, PLR0917  the parts of one decision, made just before
    race: PricedRace,
    policy: PolicyFile,
    choice: Choice,
    draws: Draws | None,
    gates: tuple[Gate, ...],
    value: Value,
) -> Verdict:
    tickets = slip_tickets(race, choice, limits_of(race, policy, choice, draws))
    count = len(choice.holdings)
    stake = choice.stake_cents / 100
    reason = (
        f"{count} mise{'s' if count > 1 else ''}, {euros(stake, 'fr')} en tout : toutes les "
        f"conditions sont remplies, et le capital croît de {decimal(choice.growth, 5, 'fr')} nat"
    )
    return Verdict(tickets=tickets, gates=gates, reasons=(reason,), ev=published(value))


def _reasons(race: PricedRace, gates: tuple[Gate, ...]) -> tuple[str, ...]:
    """Why there is no slip: no chances, no price, or the gates that failed."""
    failed = tuple(gate_sentence(gate) for gate in gates if not gate.passed)
    made = race.situation.forecast
    if isinstance(made, NoForecast):
        return (made.reason, *failed)
    if failed:
        return failed
    if not race.books:
        names = ", ".join(race.situation.operators)
        return (f"aucun opérateur parmi {names} ne montre de cotes gagnant",)
    return ("rien de ce qui peut être misé ne fait croître le capital",)
