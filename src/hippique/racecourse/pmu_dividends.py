"""PMU-shaped bets of a race and its definitive dividends, in cents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from hippique.racecourse.dividends import Paid, dividends
from hippique.racecourse.rates import is_offered
from hippique.racecourse.simulated import SimulatedRace
from hippique.racing.card import RaceStatus

Document = dict[str, object]

_BETS = {
    "win": ("SIMPLE_GAGNANT", "Simple"),
    "place": ("SIMPLE_PLACE", "Simple"),
    "couple_win": ("COUPLE_GAGNANT", "Couple"),
    "couple_place": ("COUPLE_PLACE", "Couple"),
    "couple_order": ("COUPLE_ORDRE", "Couple"),
    "trio": ("TRIO", "Trio"),
    "trio_order": ("TRIO_ORDRE", "Trio"),
    "two_of_four": ("DEUX_SUR_QUATRE", "DeuxSurQuatre"),
    "quinte": ("QUINTE_PLUS", "QuintePlus"),
}
_LABELS = {
    "win": "Simple gagnant",
    "couple_win": "Couplé gagnant",
    "couple_place": "Couplé placé",
    "couple_order": "Couplé ordre",
    "trio": "Trio",
    "trio_order": "Trio ordre",
    "two_of_four": "2 sur 4",
}
_QUINTE_LABELS = {"order": "Quinté+ Ordre", "any_order": "Quinté+ Désordre"}
_SHOP_BASE_CENTS = {"win": 200, "place": 200, "two_of_four": 300, "quinte": 200}
_BASE_CENTS = 200
_INTERNET_BASE_CENTS = 100
_PLACES_WORDS_FROM = 8  # declared horses that pay three places


@lru_cache(maxsize=512)  # on sale or not
def race_bets(race: SimulatedRace, *, is_open: bool) -> list[Document]:
    """`paris` of a race: what can be played, in shops and (E_) on the internet."""
    return [
        {
            "typePari": prefix + name,
            "codePari": prefix + name,
            "miseBase": _base_cents(bet, internet=bool(prefix)),
            "enVente": is_open,
            "audience": "NATIONAL",
            "spotAutorise": False,
        }
        for operator, prefix in (("pmu", ""), ("pmu_internet", "E_"))
        for bet, (name, _) in _BETS.items()
        if is_offered(operator, bet, race.declared, quinte=race.is_quinte)
    ]


def definitive_dividends(
    race: SimulatedRace, now: datetime, *, internet: bool
) -> list[Document] | None:
    """All dividends of one offer; None while the arrival is not definitive."""
    if race.status(now) is not RaceStatus.OFFICIAL:
        return None
    operator = "pmu_internet" if internet else "pmu"
    paid = [row for row in dividends(race) if row.operator == operator]
    documents = []
    for bet, (name, family) in _BETS.items():
        rows = [row for row in paid if row.bet == bet]
        if rows:
            documents.append(
                {
                    "typePari": ("E_" if internet else "") + name,
                    "miseBase": _base_cents(bet, internet=internet),
                    "rembourse": False,
                    "rapports": _reports(race, rows, _base_cents(bet, internet=internet)),
                    "audience": "NATIONAL",
                    "dividendeUnite": "PourUnEuro",
                    "famillePari": family,
                }
            )
    return documents


def _base_cents(bet: str, *, internet: bool) -> int:
    if internet:
        return 200 if bet == "quinte" else _INTERNET_BASE_CENTS
    return _SHOP_BASE_CENTS.get(bet, _BASE_CENTS)


def _reports(race: SimulatedRace, paid: Sequence[Paid], base_cents: int) -> list[Document]:
    return [
        {
            "libelle": _label(race, row),
            "dividende": row.decimes * 10,
            "dividendePourUnEuro": row.decimes * 10,
            "combinaison": "-".join(map(str, row.combination)),
            "nombreGagnants": round(row.stake_cents / base_cents, 2),
            "dividendePourUneMiseDeBase": row.decimes * 10 * base_cents // 100,
            "dividendeUnite": "PourUnEuro",
        }
        for row in paid
    ]


def _label(race: SimulatedRace, paid: Paid) -> str:
    if paid.bet == "place":
        field = "8 partants et plus" if race.declared >= _PLACES_WORDS_FROM else "4 à 7 partants"
        return f"Simple placé {field}"
    if paid.bet == "quinte":
        return _QUINTE_LABELS[str(paid.rank)]
    return _LABELS[paid.bet]
