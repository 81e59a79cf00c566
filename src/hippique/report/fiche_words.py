"""The words of the printable race sheet in its two languages."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from hippique.racing.card import Discipline
from hippique.report.labels import DISCIPLINES
from hippique.report.summary import NOTICE

_PAIRS: Mapping[str, tuple[str, str]] = {
    "simulated": (
        "SIMULÉ – Hippodrome simulé. Aucun pari réel, aucun gain réel. Ne pas jouer.",
        "SIMULATED – Simulated racecourse. No real bet, no real money. Do not play.",
    ),
    "recorded": (
        "ENREGISTRÉ – Journée réelle, enregistrée. Aucun pari réel. Ne pas jouer.",
        "RECORDED – A real day, recorded. No real bet. Do not play.",
    ),
    "dry": (
        "À L’ESSAI – Ticket pour voir. Ne pas jouer.",
        "ON TRIAL – A slip to look at. Do not play.",
    ),
    "replayed": (
        "REJEU – Journée rejouée depuis l’archive. Aucun pari réel. Ne pas jouer.",
        "REPLAYED – A day replayed from the archive. No real bet. Do not play.",
    ),
    "off": ("départ", "off"),
    "declared": ("déclarés", "declared"),
    "reading": ("Lecture de la course", "Reading of the race"),
    "no_snapshot": ("Aucun relevé de cette course.", "No odds were seen for this race."),
    "number": ("N°", "No."),
    "horse": ("Cheval", "Horse"),
    "win": ("Gagnant", "Win"),
    "place": ("Placé", "Place"),
    "fair": ("Cote juste", "Fair odds"),
    "shown": ("Affichée", "Shown"),
    "closing": ("Clôture prévue", "Predicted close"),
    "limit": ("Limite", "Limit"),
    "finish": ("Arrivée", "Finish"),
    "non_runner": ("non-partant", "non-runner"),
    "NP": ("NP", "NR"),
    "dai": ("dai", "dq"),
    "arr": ("arr.", "dnf"),
    "decision": ("Décision", "Decision"),
    "no_decision": ("Pas de décision pour cette course.", "No decision for this race."),
    "slip": ("Ticket à jouer", "Slip to play"),
    "slip_plain": ("Ticket", "Slip"),
    "slip_withdrawn": ("Ticket retiré, ne pas jouer", "Slip withdrawn, do not play"),
    "slip_settled": ("Ticket réglé", "Slip settled"),
    "no_bet": ("Pas de pari", "No bet"),
    "issued": ("émis à", "issued at"),
    "decided": ("décidé à", "decided at"),
    "before": ("à jouer avant", "play before"),
    "at": ("chez", "at"),
    "expected": ("Rapport attendu à la clôture", "Expected dividend at close"),
    "seen_odds": ("Cote à H-5", "Odds at H-5"),
    "not_under": ("pas sous", "not under"),
    "total": ("Mise totale", "Total stake"),
    "ev": ("Espérance, prélèvement déduit", "Expected value after takeout"),
    "interval": ("Intervalle à 95 %", "95% interval"),
    "unknown": ("inconnu", "unknown"),
    "lose_all": ("Perte totale", "Lose all"),
    "of_cases": ("des cas", "of cases"),
    "estimate": ("Estimation, pas une promesse.", "An estimate, not a promise."),
    "study": ("À l’étude, sur le papier, non joué", "Study, on paper only, not played"),
    "checks": ("Contrôles", "Checks"),
    "passed": ("admis", "passed"),
    "refused": ("refusés", "refused"),
    "costs": ("Ce que coûte chaque pari", "What each bet costs"),
    "per_euro": ("par euro joué", "per euro staked"),
    "result": ("Arrivée officielle", "Official result"),
    "not_yet": ("Pas encore connue.", "Not known yet."),
    "cancelled": ("Course annulée.", "Race cancelled."),
    "dividends": ("Rapports pour 1 €", "Dividends per €1"),
    "settlement": ("Règlement", "Settlement"),
    "unsettled": ("Pas encore réglée.", "Not settled yet."),
    "nothing": ("Aucun pari à régler.", "No bet to settle."),
    "withdrawn": ("Ticket retiré avant le départ.", "Slip withdrawn before the off."),
    "won": ("gagné", "won"),
    "lost": ("perdu", "lost"),
    "refunded": ("remboursé", "refunded"),
    "pending": ("en attente du rapport", "awaiting its dividend"),
    "stake": ("mise", "stake"),
    "return": ("gain", "return"),
    "profit": ("Résultat", "Result"),
    "policy": ("Politique", "Policy"),
    "estimator": ("pronostic", "forecast"),
    "unnamed": ("course sans nom", "unnamed race"),
    "notice": (
        NOTICE.removeprefix("18+ "),
        (
            "Over-18s only. Gambling carries risks: debt, isolation, dependency. No promise of "
            "gain. For help (France): 09 74 75 13 13 (no extra charge), joueurs-info-service.fr."
        ),
    ),
    "other": ("English", "Français"),
}
_DISCIPLINES: Mapping[Discipline, str] = {
    Discipline.TROT_HARNESS: "Harness trot",
    Discipline.TROT_MOUNTED: "Mounted trot",
    Discipline.FLAT: "Flat",
    Discipline.HURDLE: "Hurdles",
    Discipline.STEEPLECHASE: "Chase",
    Discipline.CROSS_COUNTRY: "Cross-country",
}
_BETS = {  # bets without an English name keep their French one
    "win": "Win",
    "place": "Place",
    "couple_place": "Couplé placé (two of first three)",
    "two_of_four": "2 sur 4 (two of first four)",
    "trio": "Trio (first three)",
}
LANGUAGES = ("fr", "en")
WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {tongue: {key: pair[i] for key, pair in _PAIRS.items()} for i, tongue in enumerate(LANGUAGES)}
)
DISCIPLINE_NAMES = MappingProxyType({"fr": DISCIPLINES, "en": _DISCIPLINES})
BET_NAMES: Mapping[str, Mapping[str, str]] = MappingProxyType({"fr": {}, "en": _BETS})
OPERATORS = MappingProxyType({"zeturf": "ZEturf", "pmu": "PMU", "pmu_fr": "PMU.fr", "geny": "Geny"})
