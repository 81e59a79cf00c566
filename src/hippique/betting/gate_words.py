"""The French sentence of every gate: what it would have taken, and what there was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hippique.betting.gate_measures import Unit
from hippique.betting.slip import Gate

DATA_MISSING = "NO_PLAY_DATA_MISSING"  # the author's word, kept for those who look for it


@dataclass(frozen=True, slots=True)
class GateWords:
    """needed and seen take {threshold} and {value}, written in the unit."""

    unit: Unit
    needed: str
    seen: str


def gate_sentence(gate: Gate) -> str:
    """«Il aurait fallu …» of a gate that failed, with its value or that it is not known.

    A gate that has no words of its own is named with its threshold.
    """
    words = GATE_WORDS.get(gate.gate)
    if words is None:
        return f"La condition « {gate.gate} » n'est pas remplie."
    if gate.value is None or gate.threshold is None:
        threshold = "" if gate.threshold is None else amount(gate.threshold, words.unit)
        needed = words.needed.format(threshold=threshold)
        return f"Il aurait fallu {needed} ; la valeur n'est pas connue."
    value, threshold = _told_apart(gate.value, gate.threshold, words.unit)
    needed, seen = words.needed.format(threshold=threshold), words.seen.format(value=value)
    return f"Il aurait fallu {needed} ; {seen}."


def amount(value: float, unit: Unit, more_decimals: int = 0) -> str:
    """A number as a French reader writes it: 1,25 · 35 % · 3,00 € · 7 min."""
    if unit == "share":
        return f"{_french(100 * value, 1 + more_decimals)} %"
    if unit == "eur":
        return f"{value:.{2 + more_decimals}f} €".replace(".", ",")
    if unit == "minutes":
        return f"{_french(value, 1 + more_decimals)} min"
    return _french(value, 2 + more_decimals)


def _told_apart(value: float, threshold: float, unit: Unit) -> tuple[str, str]:
    """Both in words, with as many decimals as it takes to see that they differ."""
    for more in range(_MOST_DECIMALS):
        texts = amount(value, unit, more), amount(threshold, unit, more)
        if texts[0] != texts[1]:
            return texts
    return amount(value, unit), amount(threshold, unit)


def _french(value: float, most_decimals: int) -> str:
    text = f"{value:.{most_decimals}f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")


_MOST_DECIMALS = 6
_EV = "l'espérance est de {value}"
GATE_WORDS: Mapping[str, GateWords] = {
    "runners": GateWords("count", "au moins {threshold} partants", "il y en a {value}"),
    "same_runners": GateWords(
        "flag", "les mêmes partants à H-30 et à H-5", "la liste a changé sans retrait déclaré"
    ),
    "odds_floor": GateWords(
        "odds", "des cotes toutes au-dessus de {threshold}", "la plus basse est {value}"
    ),
    "h5_coverage": GateWords(
        "share", "les cotes d'au moins {threshold} des partants à H-5", "il y en a {value}"
    ),
    "drift_coverage": GateWords(
        "share", "la dérive d'au moins {threshold} des partants depuis H-30", "on a {value}"
    ),
    "people_coverage": GateWords(
        "share",
        "les réussites du jockey et de l'entraîneur pour au moins {threshold} des partants",
        "on les a pour {value}",
    ),
    "odds_age": GateWords("minutes", "des cotes de {threshold} au plus", "celles-ci ont {value}"),
    "enrichment": GateWords(
        "flag",
        f"les données de forme, même après un nouvel essai ({DATA_MISSING})",
        "elles manquent",
    ),
    "closing_model": GateWords(
        "flag",
        "un modèle de la cote finale propre à cet opérateur",
        "ses cotes ne servent encore que de lecture",
    ),
    "quality": GateWords(
        "points", "une note de qualité d'au moins {threshold} sur 100", "elle est de {value}"
    ),
    "least_legs": GateWords(
        "count", "au moins {threshold} chevaux à jouer placés", "{value} convient"
    ),
    "most_legs": GateWords("count", "au plus {threshold} chevaux placés", "il y en a {value}"),
    "volatile_legs": GateWords(
        "count", "aucun cheval irrégulier dans le ticket 1", "il y en a {value}"
    ),
    "place_odds_low": GateWords(
        "odds", "des cotes placé d'au moins {threshold}", "la plus basse est {value}"
    ),
    "place_odds_high": GateWords(
        "odds", "des cotes placé d'au plus {threshold}", "la plus haute est {value}"
    ),
    "place_odds_best": GateWords(
        "odds", "une cote placé d'au moins {threshold}", "la plus haute est {value}"
    ),
    "sum_p_place": GateWords(
        "ratio", "des chances d'être placé dont la somme atteint {threshold}", "elle est de {value}"
    ),
    "basket_ev": GateWords("share", "une espérance d'au moins {threshold} au ticket 1", _EV),
    "basket_roi": GateWords(
        "share", "un rendement d'au moins {threshold} au ticket 1", "il est de {value}"
    ),
    "ticket1_stands": GateWords(
        "flag", "un ticket 1 pour jouer une combinaison", "il n'y en a pas"
    ),
    "combination_ev": GateWords(
        "share", "une espérance d'au moins {threshold} à la combinaison", _EV
    ),
    "combination_ev_high": GateWords(
        "share", "une espérance d'au moins {threshold}, le prélèvement étant élevé", _EV
    ),
    "payout": GateWords(
        "eur", "un gain attendu de plus de {threshold} à la combinaison", "il est de {value}"
    ),
    "calibration": GateWords(
        "flag", "un modèle étalonné sur ce pari", "celui-ci ne l'est pas encore"
    ),
    "sharpe": GateWords("ratio", "un ratio de Sharpe d'au moins {threshold}", "il est de {value}"),
    "overround": GateWords(
        "ratio", "une somme des cotes inverses d'au plus {threshold}", "elle est de {value}"
    ),
    "overround_strict": GateWords(
        "ratio",
        "une somme des cotes inverses d'au plus {threshold} dans cette course de plat",
        "elle est de {value}",
    ),
    "top4_spread": GateWords(
        "share",
        "plus de {threshold} d'écart de chance entre les quatre premiers favoris",
        "il est de {value}",
    ),
    "roi": GateWords("share", "un rendement d'au moins {threshold}", "il est de {value}"),
    "ev": GateWords("share", "une espérance suffisante (seuil : {threshold})", _EV),
    "tickets": GateWords("count", "{threshold} tickets au plus", "il y en a {value}"),
    "stake": GateWords("eur", "{threshold} de mise au plus", "la mise est de {value}"),
    "horse_stake": GateWords(
        "eur", "{threshold} au plus sur un même cheval", "il y aurait {value}"
    ),
    "ticket1_stake": GateWords("eur", "{threshold} au plus au ticket 1", "il y aurait {value}"),
    "ticket2_stake": GateWords("eur", "{threshold} au plus au ticket 2", "il y aurait {value}"),
    "meeting": GateWords("eur", "{threshold} au plus sur la réunion", "on en serait à {value}"),
    "week": GateWords("eur", "{threshold} au plus sur la semaine", "on en serait à {value}"),
    "week_loss": GateWords(
        "eur",
        "{threshold} de perte au plus sur la semaine, votre limite",
        "on risquerait d'en perdre {value}",
    ),
    "losses": GateWords(
        "count", "moins de {threshold} tickets perdants de suite", "il y en a {value} ce jour"
    ),
    "var95": GateWords(
        "eur", "au plus {threshold} de perte possible à 95 %", "elle serait de {value}"
    ),
}
