"""French words of the sheets and the author's short codes of bets. `SP` lives here alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hippique.betting.slip import ExpectedDividend, Leg, Ticket
from hippique.racing.card import Discipline

DISCIPLINES: Mapping[Discipline, str] = {
    Discipline.TROT_HARNESS: "Trot attelé",
    Discipline.TROT_MOUNTED: "Trot monté",
    Discipline.FLAT: "Plat",
    Discipline.HURDLE: "Haies",
    Discipline.STEEPLECHASE: "Steeple",
    Discipline.CROSS_COUNTRY: "Cross-country",
}
# The author's own words for a phase that is done: «Collecté» at H-30, «Analysé» at H-5.
_DONE = {"H30": "Collecté", "H5": "Analysé", "RESULT": "Réglé"}
_STATES = {"planned": "Prévu", "late": "En retard", "failed": "Échec", "cancelled": "Annulé"}
# A file format that exists: in the author's sheets SP is *simple placé*.
BET_CODES: Mapping[str, str] = {
    "win": "G",
    "place": "SP",
    "couple_win": "CPLG",
    "couple_place": "CPL",
    "couple_order": "CPLO",
    "two_of_four": "2S4",
    "trio": "TRIO",
    "trio_order": "TRIO ORDRE",
    "show2": "ZESHOW",
    "fourth": "ZECOUILLON",
}


def yes_no(*, answer: bool) -> str:
    """Oui or Non."""
    return "Oui" if answer else "Non"


def discipline_label(discipline: Discipline | None) -> str | None:
    """The French name, None where nobody said it."""
    return None if discipline is None else DISCIPLINES[discipline]


def phase_label(phase: str, state: str) -> str:
    """The state of a phase in one French word."""
    return _DONE[phase] if state == "done" else _STATES[state]


def tickets_cell(tickets: Sequence[Ticket]) -> str | None:
    """`SP:3-5@2.0 | CPL:1-3@1.5`: code, horses, @ the expected dividend per 1 €.

    One entry a leg; single-horse legs of a ticket that expect the same dividend share one. No @
    where no dividend is expected. None without tickets.
    """
    entries = [entry for ticket in tickets for entry in _entries(ticket)]
    return " | ".join(entries) if entries else None


def _entries(ticket: Ticket) -> list[str]:
    code = BET_CODES.get(ticket.bet, ticket.bet.upper())
    grouped: dict[tuple[str, int], list[Leg]] = {}
    for position, leg in enumerate(ticket.legs):
        is_single = len(leg.combination) == 1
        group = (_price(ticket.expected_dividend, leg), -1 if is_single else position)
        grouped.setdefault(group, []).append(leg)
    return [f"{code}:{_horses(legs)}{price}" for (price, _), legs in grouped.items()]


def _price(expected: Sequence[ExpectedDividend], leg: Leg) -> str:
    mean = next((e.mean for e in expected if e.combination == leg.combination), None)
    return "" if mean is None else f"@{mean:.1f}"


def _horses(legs: Sequence[Leg]) -> str:
    return "-".join(str(number) for leg in legs for number in leg.combination)


def order_cell(order: Sequence[Sequence[int]]) -> str | None:
    """`10-5=11-6`: the order of finish, `=` between horses of a dead heat. None when unknown."""
    return "-".join("=".join(map(str, tied)) for tied in order) if order else None
