"""The French message of a slip and of its withdrawal: all that is needed to play it, or not to."""

from __future__ import annotations

from collections.abc import Mapping

from hippique.betting.amounts import cents, combination, euros, hour, odds, operator_name, printable
from hippique.betting.slip import Decision, ExpectedDividend, Leg, Ticket
from hippique.day.plan import PlannedRace
from hippique.ports import Message

NOTICE = "18+. Jouer comporte des risques : 09 74 75 13 13. Aucune promesse de gain."
_BANNERS = {
    "simulated": "SIMULÉ",
    "recorded": "JOURNÉE ENREGISTRÉE",
    "replayed": "REJEU",
}


def slip_message(
    decision: Decision, race: PlannedRace, names: Mapping[int, str], service_url: str | None
) -> Message:
    """Bets, numbers, stakes, operator, limit prices, play-before, links. names: by number."""
    before = hour(decision.play_before, "fr")
    latest = f"À jouer avant {hour(decision.play_before, 'fr', seconds=True)}"
    body = [
        *_warning(decision),
        *(line for ticket in decision.tickets for line in _ticket(ticket, names)),
        _total(decision),
        f"{latest} (départ {hour(race.off_time, 'fr')}).",
        *_links(race, service_url),
        NOTICE,
    ]
    title = f"Ticket {_where(race)}, à jouer avant {before}"
    return Message(
        key=f"{decision.race} slip", title=_titled(decision, title), body="\n".join(body)
    )


def withdrawn_message(
    decision: Decision, race: PlannedRace, reason: str, service_url: str | None
) -> Message:
    """Not to be played any more, and why."""
    body = [
        *_warning(decision),
        f"Ne pas jouer : {reason}.",
        "Un ticket déjà pris reste valable chez l'opérateur.",
        *_links(race, service_url),
        NOTICE,
    ]
    return Message(
        key=f"{decision.race} withdrawn",
        title=_titled(decision, f"Ticket retiré {_where(race)}"),
        body="\n".join(body),
    )


def _titled(decision: Decision, title: str) -> str:
    banner = _banner(decision)
    return f"{banner} – {title}" if banner else title


def _banner(decision: Decision) -> str | None:
    """Every mode but live wears one, and a slip on trial; a mode without a word is named."""
    return "À L'ESSAI" if decision.dry else mode_banner(decision.mode, simulated=decision.simulated)


def mode_banner(mode: str, *, simulated: bool) -> str | None:
    """The word that a day which is not live wears, None for a live one."""
    if mode == "live" and not simulated:
        return None
    return "SIMULÉ" if simulated else _BANNERS.get(mode, mode.upper())


def _warning(decision: Decision) -> list[str]:
    banner = _banner(decision)
    return [f"{banner} : aucun pari réel, ne pas jouer."] if banner else []


def _where(race: PlannedRace) -> str:
    return f"{race.key} {printable(race.meeting).title()}".rstrip()


def _ticket(ticket: Ticket, names: Mapping[int, str]) -> list[str]:
    expected = {one.combination: one for one in ticket.expected_dividend}
    return [
        f"{ticket.label}, {operator_name(ticket.operator)} :",
        *(f"  {_leg(leg, names, expected.get(leg.combination))}" for leg in ticket.legs),
    ]


def _leg(leg: Leg, names: Mapping[int, str], expected: ExpectedDividend | None) -> str:
    named = [names[number] for number in leg.combination if number in names]
    horses = f" ({', '.join(named)})" if len(named) == len(leg.combination) else ""
    limit = f", pas sous {odds(leg.limit_dividend, 'fr')}" if leg.limit_dividend else ""
    # A forecast has an interval; without one the figure is what was on screen.
    word = "rapport attendu" if expected and expected.low is not None else "cote affichée"
    forecast = f", {word} {odds(expected.mean, 'fr')}" if expected else ""
    return (
        f"{combination(leg.combination)}{horses} : {cents(leg.stake_cents, 'fr')}{limit}{forecast}"
    )


def _total(decision: Decision) -> str:
    total = f"Mise totale {cents(decision.stake_cents, 'fr')}"
    if decision.ev is None:
        return f"{total}."
    low, high = (euros(v, "fr", signed=True) for v in (decision.ev.low_eur, decision.ev.high_eur))
    interval = "" if decision.ev.low_eur is None else f" ({low} à {high})"
    return f"{total}, espérance {euros(decision.ev.mean_eur, 'fr', signed=True)}{interval}."


def _links(race: PlannedRace, service_url: str | None) -> list[str]:
    """Our own page where it can be reached, and the race's page at its site."""
    own = f"{service_url.rstrip('/')}/race/{race.date}/{race.key}" if service_url else None
    return [link for link in (own, race.url) if link]
