"""The words of `explain` in French and English: headings, sentences, and each gate as a need."""

from __future__ import annotations

from collections.abc import Mapping

from hippique.betting.amounts import Lang, decimal, euros, percent, sign
from hippique.betting.gate_measures import Unit
from hippique.betting.gate_words import GATE_WORDS, amount, gate_sentence
from hippique.betting.slip import Gate

WORDS: Mapping[str, tuple[str, str]] = {
    "slip": ("Ticket", "Slip"),
    "no_bet": ("Pas de pari", "No bet"),
    "simulated": (
        "SIMULÉ : aucun pari réel, aucun gain réel.",
        "SIMULATED: no real bet, no real gain.",
    ),
    "recorded": ("JOURNÉE ENREGISTRÉE : jouée après coup.", "RECORDED DAY: played afterwards."),
    "dry": (
        "À L'ESSAI : ticket pour voir, à ne pas jouer.",
        "ON TRIAL: a slip to look at, not to be played.",
    ),
    "replayed": ("REJEU d'une journée archivée.", "REPLAY of an archived day."),
    "off": ("départ {hour}", "off at {hour}"),
    "decided": (
        "Décidé à {hour} par {policy}, sur les chances de {estimator}.",
        "Decided at {hour} by {policy}, on the chances of {estimator}.",
    ),
    "play_before": ("À jouer avant {hour}.", "To be played before {hour}."),
    "stake": ("Mise totale {stake}", "Total stake {stake}"),
    "ev": ("espérance {mean}", "expected profit {mean}"),
    "interval": ("({low} à {high})", "({low} to {high})"),
    "lose_all": ("tout perdu {share} du temps", "all lost {share} of the time"),
    "limit": ("pas sous {odds}", "not below {odds}"),
    "expected": ("rapport attendu {odds}", "expected dividend {odds}"),
    "on_screen": ("cote affichée {odds}", "odds shown {odds}"),
    "seen": ("Ce qui a été vu", "What was seen"),
    "snapshot": (
        "{phase}  {pool} à {hour} : cotes de {priced} partants sur {starters}",
        "{phase}  {pool} at {hour}: odds of {priced} of {starters} starters",
    ),
    "no_snapshot": ("Aucun relevé de cotes.", "No odds were seen."),
    "chances_from": (
        "Chances tirées de {pool} (somme des cotes inverses {book}), modèle {model}.",
        "Chances from {pool} (sum of inverse odds {book}), model {model}.",
    ),
    "no_chances": ("Pas de chances : {reason}.", "No chances: {reason}."),
    "why_not": ("Pourquoi pas", "Why not"),
    "why": ("Pourquoi", "Why"),
    "passed": ("Conditions remplies : {count}", "Conditions met: {count}"),
    "change": ("Ce qui aurait tout changé", "What would have changed it"),
    "with": (
        "Il y aurait eu un ticket avec le {number} à {to} au lieu de {was} ({details}).",
        "There would have been a slip with {number} at {to} instead of {was} ({details}).",
    ),
    "win": ("cote gagnant", "win odds"),
    "place_low": ("cote placé, bas de la fourchette", "place odds, low end of the range"),
    "place_high": ("cote placé, haut de la fourchette", "place odds, high end of the range"),
    "told_again": ("chances réestimées", "chances estimated again"),
    "told_same": ("à chances égales", "at equal chances"),
    "no_change": (
        "Aucun changement d'une seule cote n'a été trouvé qui aurait suffi.",
        "No change of a single price was found that would have been enough.",
    ),
    "reading": ("Lecture de la course", "Reading of the race"),
    "costs": ("Jouer quand même", "Playing anyway"),
    "loses": ("{bet}, {operator} : perd {loss} par euro", "{bet}, {operator}: loses {loss} a euro"),
    "gains": (
        "{bet}, {operator} : gagne {loss} par euro",
        "{bet}, {operator}: gains {loss} a euro",
    ),
    "least": ("au mieux le {numbers} : {loss}", "at best {numbers}: {loss}"),
    "study": ("Ticket d'étude, sur le papier", "Study ticket, on paper"),
    "refused_by": ("Refusé par : {gates}.", "Refused by: {gates}."),
    "refused_above": (
        "Refusé par les {count} conditions ci-dessus.",
        "Refused by the {count} conditions above.",
    ),
    "after": ("Ensuite", "Afterwards"),
    "withdrawn": ("Ticket retiré à {hour} : {reason}.", "Slip withdrawn at {hour}: {reason}."),
    "sent": ("Envoyé au parieur à {hour}.", "Sent to the bettor at {hour}."),
    "too_late": ("Jamais parvenu au parieur.", "It never reached the bettor."),
    "order": ("Arrivée officielle : {order}", "Official order: {order}"),
    "cancelled": ("La course n'a pas été courue.", "The race was not run."),
    "waiting": ("Arrivée officielle pas encore connue.", "The official order is not known yet."),
    "won": ("gagné", "won"),
    "lost": ("perdu", "lost"),
    "refunded": ("remboursé", "refunded"),
    "pending": ("en attente", "pending"),
    "paid": ("{paid} rendus pour {stake}", "{paid} back for {stake}"),
    "result": ("Résultat {profit}", "Result {profit}"),
    "made_from": ("Pièces", "Made from"),
    "nothing_settled": ("Rien à régler.", "Nothing to settle."),
    "number": ("N°", "No"),
    "horse": ("Cheval", "Horse"),
    "p_win": ("Gagne", "Wins"),
    "p_place": ("Placé", "Placed"),
    "fair": ("Juste", "Fair"),
    "shown": ("Cote", "Odds"),
    "closing": ("Clôture 80 %", "Close 80%"),
    "place_shown": ("Cote placé", "Place odds"),
    "place_closing": ("Rapport placé 80 %", "Place paid 80%"),
    "limit_head": ("Limite", "Limit"),
    "best": ("Paie le plus", "Pays most"),
    "legend": (
        "Limite : rapport à partir duquel le pari passerait seul ({bets}).",
        "Limit: the dividend from which the bet alone would pass ({bets}).",
    ),
    "H30": ("H-30", "H-30"),
    "H5": ("H-5", "H-5"),
}

# What each gate needs, in English; the French is that of the screens, in gate_words.
NEEDS: Mapping[str, str] = {
    "runners": "at least {threshold} runners",
    "same_runners": "the same runners at H-30 and at H-5",
    "odds_floor": "all odds above {threshold}",
    "h5_coverage": "odds of at least {threshold} of the runners at H-5",
    "drift_coverage": "drift since H-30 of at least {threshold} of the runners",
    "people_coverage": "jockey and trainer rates of at least {threshold} of the runners",
    "odds_age": "odds no older than {threshold}",
    "enrichment": "form data, also after another try",
    "quality": "a quality score of at least {threshold} of 100",
    "least_legs": "at least {threshold} horses to play placed",
    "most_legs": "at most {threshold} horses placed",
    "volatile_legs": "no volatile horse in ticket 1",
    "place_odds_low": "place odds of at least {threshold}",
    "place_odds_high": "place odds of at most {threshold}",
    "place_odds_best": "one horse with place odds of at least {threshold}",
    "sum_p_place": "chances to be placed that sum to at least {threshold}",
    "basket_ev": "expected profit of at least {threshold} on ticket 1",
    "basket_roi": "return of at least {threshold} on ticket 1",
    "closing_model": "a closing model for the operator's own pool",
    "ticket1_stands": "a ticket 1 beside the combination",
    "combination_ev": "expected profit of at least {threshold} on the combination",
    "combination_ev_high": "expected profit of at least {threshold} under a high takeout",
    "payout": "an expected payout above {threshold} on the combination",
    "calibration": "a calibrated model of this bet",
    "sharpe": "a Sharpe ratio of at least {threshold}",
    "overround": "a sum of inverse odds of at most {threshold}",
    "overround_strict": "a sum of inverse odds of at most {threshold} in this flat race",
    "top4_spread": "more than {threshold} between the chances of the first four favourites",
    "roi": "return of at least {threshold}",
    "ev": "enough expected profit (threshold {threshold})",
    "tickets": "at most {threshold} tickets",
    "stake": "at most {threshold} staked",
    "horse_stake": "at most {threshold} on one horse",
    "ticket1_stake": "at most {threshold} on ticket 1",
    "ticket2_stake": "at most {threshold} on ticket 2",
    "meeting": "at most {threshold} on the meeting",
    "week": "at most {threshold} in the week",
    "week_loss": "a loss of at most {threshold} in the week, your own limit",
    "losses": "fewer than {threshold} losing slips in a row",
    "var95": "at most {threshold} that could be lost at 95%",
}


def said(key: str, lang: Lang, **values: object) -> str:
    """One of the words above, its places filled in."""
    return WORDS[key][0 if lang == "fr" else 1].format(**values)


def refusal(gate: Gate, lang: Lang) -> str:
    """Why a gate refused: what it needs and what there was."""
    if lang == "fr":
        return gate_sentence(gate)
    need = gate_need(gate, lang)
    if gate.value is None:
        return f"It would have taken {need}; the value is not known."
    if _unit(gate) == "flag":
        return f"It would have taken {need}; it was not so."
    return f"It would have taken {need}; it was {_amount(gate.value, _unit(gate), lang)}."


def met(gate: Gate, lang: Lang) -> str:
    """A gate that passed: what it needs, and the value where it is a number."""
    need = gate_need(gate, lang)
    if gate.value is None or _unit(gate) == "flag":
        return need
    return f"{need}{sign(':', lang)} {_amount(gate.value, _unit(gate), lang)}"


def gate_need(gate: Gate, lang: Lang) -> str:
    """What a gate asks for; one without words of its own by its name."""
    words = GATE_WORDS.get(gate.gate)
    need = words.needed if words and lang == "fr" else NEEDS.get(gate.gate)
    if need is None:
        return gate.gate.replace("_", " ")
    threshold = "–" if gate.threshold is None else _amount(gate.threshold, _unit(gate), lang)
    return need.format(threshold=threshold)


def _unit(gate: Gate) -> Unit:
    words = GATE_WORDS.get(gate.gate)
    return words.unit if words else "ratio"


def _amount(value: float, unit: Unit, lang: Lang) -> str:
    if lang == "fr":
        return amount(value, unit)
    if unit == "share":
        return percent(value, lang, 1).replace(".0%", "%")
    if unit == "eur":
        return euros(value, lang)
    if unit == "minutes":
        return f"{decimal(value, 1, lang)} min"
    return f"{value:.2f}".rstrip("0").rstrip(".")
