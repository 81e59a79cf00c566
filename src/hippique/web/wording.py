"""French words and numbers of the pages. Numbers are written as report/french writes them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from hippique.betting.explain_words import met
from hippique.betting.gate_words import gate_sentence
from hippique.betting.slip import Gate
from hippique.racing.bets import CATALOGUE
from hippique.racing.codec import from_builtins
from hippique.report import french

PHASES = {"H30": "H-30", "H5": "H-5", "RESULT": "résultat"}
_STATES = {
    "planned": "prévue",
    "done": "faite",
    "late": "en retard",
    "failed": "échec",
    "cancelled": "annulée",
}
_STATUSES = {
    "open": "ouverte",
    "closed": "partie",
    "provisional": "provisoire",
    "official": "officielle",
    "cancelled": "annulée",
}
_DISCIPLINES = {
    "trot_harness": "Trot attelé",
    "trot_mounted": "Trot monté",
    "flat": "Plat",
    "hurdle": "Haies",
    "steeplechase": "Steeple",
    "cross_country": "Cross",
}
_MODES = {
    "simulated": ("SIMULÉ", "Hippodrome simulé. Aucun pari réel, aucun gain réel."),
    "recorded": ("ENREGISTRÉ", "Journée réelle, enregistrée puis rejouée. Aucun pari réel."),
    "replayed": ("REJEU", "Journée rejouée depuis l’archive. Aucun pari réel."),
}
_NAMES = {  # sources, operators and pools
    "zeturf": "ZEturf",
    "geny": "Geny",
    "genybet": "Genybet",
    "pmu": "PMU",
    "pmu_fr": "PMU.fr",
    "recorded": "Enregistrement",
    "SIMPLE_GAGNANT": "PMU, points de vente",
    "E_SIMPLE_GAGNANT": "PMU, internet",
}
_FIELDS = {
    "off_time": "Départ",
    "declared": "Partants déclarés",
    "name": "Prix",
    "meeting": "Réunion",
    "country": "Pays",
    "discipline": "Discipline",
    "distance_m": "Distance",
    "prize_eur": "Allocation",
    "cancelled": "Annulation",
    "labels": "Mentions",
}
_LEGS = {
    "won": "gagné",
    "lost": "perdu",
    "refunded": "remboursé",
    "pending": "en attente du rapport",
}
_RANKS = {
    "order": "ordre",
    "any_order": "désordre",
    "bonus3": "bonus 3",
    "bonus4": "bonus 4",
    "bonus4of5": "bonus 4 sur 5",
    "field": "champ total",
}
_LACKS = {"win_odds": "Il manquait les cotes gagnant."}
_LABELS = {
    "quinte": "Q+",
    "group1": "Groupe I",
    "group2": "Groupe II",
    "group3": "Groupe III",
    "handicap": "Handicap",
    "claiming": "À réclamer",
    "conditions": "À conditions",
}
_REASONS = {  # what the day writes into an outcome
    "past H-5": "lancée après H-5",
    "past the off": "lancée après le départ",
    "never official": "jamais officielle",
    "not official yet": "pas encore officielle",
    "a dividend is not published yet": "un rapport n’est pas encore publié",
    "the race was not run": "la course n’a pas été courue",
}


def instant(value: str | dt.datetime) -> dt.datetime:
    """An instant of a document, where it is text."""
    return dt.datetime.fromisoformat(value) if isinstance(value, str) else value


def hour(value: str | dt.datetime | None) -> str:
    """`14 h 10` on Paris clocks."""
    return french.hour(None if value is None else instant(value))


def exact_hour(value: str | dt.datetime | None) -> str:
    """`14 h 10 min 07 s` on Paris clocks."""
    return french.exact_hour(None if value is None else instant(value))


def long_day(value: dt.date | str) -> str:
    """`jeudi 20 novembre 2025`."""
    return french.long_date(dt.date.fromisoformat(value) if isinstance(value, str) else value)


def capital(text: str) -> str:
    """First letter as a capital, the rest as it is."""
    return text[:1].upper() + text[1:]


def count(number: int, one: str, many: str | None = None) -> str:
    """`1 course`, `2 700 courses`; in French zero is singular."""
    word = one if abs(number) < 2 else many or f"{one}s"  # noqa: PLR2004  the plural begins at two
    return f"{french.number(number, 0)}{french.NO_BREAK}{word}"


def dividend(value: float | None) -> str:
    """Official dividends: two decimals."""
    return french.number(value, 2)


def bet(code: str, label: str | None = None) -> str:
    """The catalogue's name of a bet, else the page's own words."""
    known = CATALOGUE.get(code)
    return known.label if known else label or code


def fact(value: object, field: str) -> str:
    """One side of a disagreement: sources write hours and disciplines in our own codes."""
    text = str(value)
    if field == "off_time":
        try:
            return hour(text)
        except ValueError:
            return text
    return _DISCIPLINES.get(text, text)


def ordinal(place: int) -> str:
    """`1er`, `2e`."""
    return "1er" if place == 1 else f"{place}e"


def banner(mode: str) -> tuple[str, str] | None:
    """The word and the sentence above every page that is not of live races."""
    return None if mode == "live" else _MODES.get(mode, (mode.upper(), "Aucun pari réel."))


def is_worded(reason: str) -> bool:
    """Whether `reason` has French words here; others are shown as written, marked as English."""
    return reason in _REASONS


def _word(words: Mapping[str, str]) -> Callable[[Any], str]:
    return lambda value: french.UNKNOWN if value is None else words.get(str(value), str(value))


reason_words = _word(_REASONS)
state_word = _word(_STATES)
discipline_word = _word(_DISCIPLINES)
name_of = _word(_NAMES)
label_word = _word(_LABELS)


def gate_told(document: Mapping[str, Any]) -> str:
    """A gate of a decision's document in a sentence: what it needs, and what there was."""
    gate = from_builtins(Gate, document)
    return met(gate, "fr") if gate.passed else gate_sentence(gate)


def missing(gate: str) -> str | None:
    """The first line of a no-bet for a refused check, None where there are no words for it."""
    return _LACKS.get(gate)


FILTERS: dict[str, Callable[..., Any]] = {
    "hour": hour,
    "exact_hour": exact_hour,
    "long_day": long_day,
    "capital": capital,
    "count": count,
    "euros": french.euro_amount,
    "percent": french.percent,
    "odds": french.odds,
    "number": french.number,
    "dividend": dividend,
    "bet": bet,
    "fact": fact,
    "ordinal": ordinal,
    "worded": is_worded,
    "reason": reason_words,
    "state": state_word,
    "race_status": _word(_STATUSES),
    "discipline": discipline_word,
    "named": name_of,
    "field": _word(_FIELDS),
    "leg_state": _word(_LEGS),
    "rank": _word(_RANKS),
    "told": gate_told,
    "label": label_word,
    "phase": _word(PHASES),
}
