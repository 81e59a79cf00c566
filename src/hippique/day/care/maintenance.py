"""The guide's thirteen maintenance lines, each a named check over one frozen value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from hippique.day.care.maintenance_monthly import backup, costs, dependencies, images, recovery
from hippique.day.care.maintenance_quarterly import access, alerts, documentation, timeouts
from hippique.day.care.maintenance_weekly import disk_space, performance, schedule, week_errors
from hippique.day.care.upkeep import Upkeep
from hippique.day.care.verdict import Verdict


class Period(StrEnum):
    """How often a person looks, and how many days the figures go back."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"


DAYS: Mapping[Period, int] = {Period.WEEKLY: 7, Period.MONTHLY: 31, Period.QUARTERLY: 92}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the guide, in its own words, and what it came to."""

    name: str
    line: str
    verdict: Verdict


Judge = Callable[[Upkeep], Verdict]
LINES: Mapping[Period, tuple[tuple[str, str, Judge], ...]] = {
    Period.WEEKLY: (
        ("week_errors", "Vérifier les logs d'erreur de la semaine", week_errors),
        ("performance", "Analyser les statistiques de performance", performance),
        ("disk_space", "Vérifier l'espace disque (si GCS non utilisé)", disk_space),
        ("schedule", "Tester le schedule manuellement", schedule),
    ),
    Period.MONTHLY: (
        ("costs", "Revoir les coûts Cloud Run/Tasks/Scheduler", costs),
        ("images", "Optimiser les images Docker si nécessaire", images),
        ("dependencies", "Mettre à jour les dépendances Python", dependencies),
        ("backup", "Backup configuration et secrets", backup),
        ("recovery", "Test disaster recovery", recovery),
    ),
    Period.QUARTERLY: (
        ("access", "Audit sécurité IAM", access),
        ("alerts", "Revue des alertes et seuils", alerts),
        ("timeouts", "Optimisation des timeouts", timeouts),
        ("documentation", "Documentation mise à jour", documentation),
    ),
}


def maintain(period: Period, upkeep: Upkeep) -> tuple[Line, ...]:
    """Every check of a period, in the guide's order."""
    return tuple(
        Line(name=name, line=line, verdict=judge(upkeep)) for name, line, judge in LINES[period]
    )
