"""Field names and codes of the Next.js site's state, as its public readers of 2026 name them.

No real page of this generation was at hand: names and codes come from such readers alone, so a
code that is not here is reported and read as None.
"""

from __future__ import annotations

from collections.abc import Mapping

from hippique.racing.card import Blinkers, Discipline, RaceStatus

MEETING_MARKS = ("numeroPmu", "nomReunion", "organisateurPari", "etatReunion", "hippodrome")
RACE_MARKS = (
    "id",
    "numeroCourse",
    "nomPrix",
    "heureCourse",
    "dateHeureCourse",
    "specialite",
    "distance",
    "nombrePartants",
    "allocations",
    "typeEtatTerrain",
    "conditionDeLaCourse",
    "etatCourse",
    "corde",
    "classe",
)

DISCIPLINES: Mapping[str, Discipline] = {
    "ATTELE": Discipline.TROT_HARNESS,
    "TROT_ATTELE": Discipline.TROT_HARNESS,
    "MONTE": Discipline.TROT_MOUNTED,
    "TROT_MONTE": Discipline.TROT_MOUNTED,
    "PLAT": Discipline.FLAT,
    "HAIE": Discipline.HURDLE,
    "HAIES": Discipline.HURDLE,
    "STEEPLE": Discipline.STEEPLECHASE,
    "STEEPLECHASE": Discipline.STEEPLECHASE,
    "STEEPLE_CHASE": Discipline.STEEPLECHASE,
    "CROSS": Discipline.CROSS_COUNTRY,
    "CROSS_COUNTRY": Discipline.CROSS_COUNTRY,
}

# The longest sign stands first: a definitive order that still awaits validation does not settle.
STATES: tuple[tuple[str, RaceStatus], ...] = (
    ("ANNUL", RaceStatus.CANCELLED),
    ("EN_ATTENTE_VALIDATION", RaceStatus.PROVISIONAL),
    ("ARRIVEE_PROVISOIRE", RaceStatus.PROVISIONAL),
    ("ARRIVEE_DEFINITIVE", RaceStatus.OFFICIAL),
    ("PARTIE", RaceStatus.CLOSED),
    ("EN_COURS", RaceStatus.CLOSED),
    ("DEPART_DONNE", RaceStatus.CLOSED),
)

SEXES: Mapping[str, str] = {"HONGRE": "H", "MALE": "M", "FEMELLE": "F"}

# Fore feet then hind feet: D bare, P plated, F shod.
FEET: Mapping[str, str] = {"D": "bare", "P": "plate", "F": "shod"}

BLINKERS: Mapping[str, Blinkers] = {
    "A": Blinkers.AUSTRALIAN,
    "AUSTRALIENNES": Blinkers.AUSTRALIAN,
    "OEILLERES_AUSTRALIENNES": Blinkers.AUSTRALIAN,
    "O": Blinkers.STANDARD,
    "C": Blinkers.STANDARD,
    "CLASSIQUES": Blinkers.STANDARD,
    "OEILLERES_CLASSIQUE": Blinkers.STANDARD,
    "SANS": Blinkers.NONE,
    "SANS_OEILLERES": Blinkers.NONE,
}

ODDS_POOLS = (("cotePmu", "pmu"), ("coteGeny", "genybet"))

NON_RUNNER = "NON_PARTANT"
DISQUALIFIED_SIGNS = ("DISQUALIFIE", "DISTANCE", "RETROGRADE")
FALLEN_SIGNS = ("TOMB", "ARRET", "CHUTE", "DEROB", "REFUS", "RESTE_AU_POTEAU", "DESARCONNE")

OPERATORS: Mapping[str, str] = {
    "PMU": "pmu",
    "PMU_ONLINE": "pmu_fr",
    "GENY": "genybet",
    "PMH": "pmh",
}
BET_PREFIXES = ("E_", "GB_")
PLAIN_TYPES = frozenset({"STANDARD", "GENY"})
