"""Every field name and code of PMU's JSON that the readers know, in one place.

Seen on documents of 2023-2026 and on the code columns of two crawls of 2025-2026. A code that is
not here is reported as a warning and read as None, never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping

from hippique.racing.card import Blinkers, Discipline, RaceStatus, Shoes

SITE = "pmu"
LAST_MEETING = 999
LAST_NUMBER = 99  # of a race in its meeting, of a horse in its race

# --- the documents ---------------------------------------------------------------------------
PROGRAMME = "programme"
MEETINGS = "reunions"
RACES = "courses"
RUNNERS = "participants"

# --- a meeting -------------------------------------------------------------------------------
MEETING_NUMBER = "numOfficiel"  # the R of the day; numExterne is the number at the track
MEETING_DAY = "dateReunion"
PROGRAMME_DAY = "date"
TRACK = "hippodrome"
TRACK_NAME = "libelleCourt"
COUNTRY = "pays"
COUNTRY_CODE = "code"
MEETING_STATE = "statut"

# --- a race ----------------------------------------------------------------------------------
RACE_NUMBER = "numOrdre"
RACE_MEETING = "numReunion"  # equals the meeting's numOfficiel
RACE_NAME = "libelle"
OFF_TIME = "heureDepart"
DISCIPLINE = "discipline"
SPECIALITY = "specialite"
DISTANCE = "distance"
PRIZE = "montantPrix"
DECLARED = "nombreDeclaresPartants"
GOING = "penetrometre"
GOING_WORDS = "intitule"
CATEGORY = "categorieParticularite"
BETS = "paris"
POOL = "typePari"
STATE = "statut"
STATE_GROUP = "categorieStatut"
IS_DEFINITIVE = ("isArriveeDefinitive", "arriveeDefinitive")
ORDER = "ordreArrivee"
INCIDENTS = "incidents"
INCIDENT_TYPE = "type"
INCIDENT_NUMBERS = "numeroParticipants"

# --- a runner --------------------------------------------------------------------------------
NUMBER = "numPmu"
NAME = "nom"
RUNNER_STATE = "statut"
SEX = "sexe"
AGE = "age"
JOCKEY = "driver"  # the jockey too, in flat and jump races
TRAINER = "entraineur"
GAIT = "allure"
WEIGHT = "handicapPoids"
DRAW = "placeCorde"
RUNNER_DISTANCE = "handicapDistance"
SHOES = "deferre"
BLINKERS = "oeilleres"
FORM = "musique"
EARNINGS = "gainsParticipant"
CAREER_EARNINGS = "gainsCarriere"
STARTS = "nombreCourses"
WINS = "nombreVictoires"
SECONDS = "nombrePlacesSecond"  # "nombrePlaces" counts paid places, the fourth and fifth among them
THIRDS = "nombrePlacesTroisieme"
COUPLING = "ecurie"
SILKS = "urlCasaque"  # the picture's address names the day, the meeting and the race
RUNNER_INCIDENT = "incident"
DIRECT = "dernierRapportDirect"
REFERENCE = "dernierRapportReference"
ODDS = "rapport"
ODDS_AT = "dateRapport"

# --- dividends -------------------------------------------------------------------------------
BASE_STAKE = "miseBase"
REFUNDED = "rembourse"
PAYMENTS = "rapports"
PAYMENT_NAME = "libelle"
COMBINATION = "combinaison"
PER_EURO = "dividendePourUnEuro"

# --- codes -----------------------------------------------------------------------------------
NON_RUNNER = "NON_PARTANT"
STARTER = "PARTANT"
GALLOP = "GALOP"
CANCELLED_SIGN = "ANNULE"  # COURSE_ANNULEE, ANNULEE
PROVISIONAL_SIGN = "ARRIVEE_PROVISOIRE"  # ..._NON_VALIDEE too
DEFINITIVE_SIGN = "ARRIVEE_DEFINITIVE"  # ..._COMPLETE too
QUINTE_SIGN = "QUINTE_PLUS"  # E_QUINTE_PLUS too

DISCIPLINES: Mapping[str, Discipline] = {
    "ATTELE": Discipline.TROT_HARNESS,
    "MONTE": Discipline.TROT_MOUNTED,
    "PLAT": Discipline.FLAT,
    "HAIE": Discipline.HURDLE,
    "HAIES": Discipline.HURDLE,
    "STEEPLECHASE": Discipline.STEEPLECHASE,
    "CROSS": Discipline.CROSS_COUNTRY,
    # `specialite`, where the finer `discipline` is absent; OBSTACLE alone says too little.
    "TROT_ATTELE": Discipline.TROT_HARNESS,
    "TROT_MONTE": Discipline.TROT_MOUNTED,
}

STATE_GROUPS: Mapping[str, RaceStatus] = {
    "A_PARTIR": RaceStatus.OPEN,
    "EN_COURS": RaceStatus.CLOSED,
    "ARRIVEE": RaceStatus.CLOSED,  # run; the order and the definitive flag say more
    "ANNULEE": RaceStatus.CANCELLED,
}
STATES: Mapping[str, RaceStatus] = {  # where the group is absent
    "PROGRAMMEE": RaceStatus.OPEN,
    "EN_COURS": RaceStatus.CLOSED,
    "FIN_COURSE": RaceStatus.CLOSED,
}

SEXES: Mapping[str, str] = {"MALES": "M", "FEMELLES": "F", "HONGRES": "H"}

BLINKERS_CODES: Mapping[str, Blinkers] = {
    "SANS_OEILLERES": Blinkers.NONE,
    "OEILLERES_CLASSIQUE": Blinkers.STANDARD,
    "OEILLERES_AUSTRALIENNES": Blinkers.AUSTRALIAN,
}

# Fore and hind feet can differ (PROTEGE_ANTERIEURS_DEFERRRE_POSTERIEURS, three R in the site's
# own code). One word must do: the bare feet are told, because bare feet are what a horse gains
# by, and the plates go into a warning.
SHOES_CODES: Mapping[str, Shoes] = {
    "DEFERRE_ANTERIEURS": Shoes.UNSHOD_FRONT,
    "DEFERRE_POSTERIEURS": Shoes.UNSHOD_HIND,
    "DEFERRE_ANTERIEURS_POSTERIEURS": Shoes.UNSHOD_FOUR,
    "PROTEGE_ANTERIEURS": Shoes.PLATED_FRONT,
    "PROTEGE_POSTERIEURS": Shoes.PLATED_HIND,
    "PROTEGE_ANTERIEURS_POSTERIEURS": Shoes.PLATED_FOUR,
    "REFERRE_ANTERIEURS_POSTERIEURS": Shoes.SHOD,
}
MIXED_SHOES_CODES: Mapping[str, Shoes] = {
    "PROTEGE_ANTERIEURS_DEFERRRE_POSTERIEURS": Shoes.UNSHOD_HIND,
    "PROTEGE_ANTERIEURS_DEFERRE_POSTERIEURS": Shoes.UNSHOD_HIND,
    "DEFERRE_ANTERIEURS_PROTEGE_POSTERIEURS": Shoes.UNSHOD_FRONT,
    "DEFERRRE_ANTERIEURS_PROTEGE_POSTERIEURS": Shoes.UNSHOD_FRONT,
}

WIN_POOLS = frozenset({"SIMPLE_GAGNANT", "E_SIMPLE_GAGNANT"})

# Stewards' decisions against a horse that finished, and horses that did not finish.
DISQUALIFIED_SIGNS = ("DISQUALIFIE", "DISTANCE")
FALLEN_CODES = frozenset({"TOMBE", "ARRETE", "RESTE_AU_POTEAU", "DEROBE"})

CATEGORY_LABELS: tuple[tuple[str, str], ...] = (
    ("GROUPE_III", "group3"),
    ("GROUPE_II", "group2"),
    ("GROUPE_I", "group1"),
    ("LISTE", "listed"),
    ("HANDICAP", "handicap"),
    ("A_RECLAMER", "claiming"),
    ("COURSE_A_CONDITIONS", "conditions"),
    ("APPRENTIS", "apprentices"),
    ("AMATEURS", "amateurs"),
    ("AUTOSTART", "autostart"),
)

# ISO 3166-1: alpha-3 of the countries whose races PMU has offered or may offer -> alpha-2.
COUNTRIES: Mapping[str, str] = {
    "ARE": "AE",
    "ARG": "AR",
    "AUS": "AU",
    "AUT": "AT",
    "BEL": "BE",
    "BHR": "BH",
    "BRA": "BR",
    "CAN": "CA",
    "CHE": "CH",
    "CHL": "CL",
    "CHN": "CN",
    "CZE": "CZ",
    "DEU": "DE",
    "DNK": "DK",
    "ESP": "ES",
    "FIN": "FI",
    "FRA": "FR",
    "GBR": "GB",
    "GUF": "GF",
    "GLP": "GP",
    "GRC": "GR",
    "HKG": "HK",
    "HUN": "HU",
    "IND": "IN",
    "IRL": "IE",
    "ITA": "IT",
    "JPN": "JP",
    "KOR": "KR",
    "LUX": "LU",
    "MAC": "MO",
    "MAR": "MA",
    "MCO": "MC",
    "MEX": "MX",
    "MLT": "MT",
    "MTQ": "MQ",
    "MUS": "MU",
    "MYS": "MY",
    "NLD": "NL",
    "NOR": "NO",
    "NZL": "NZ",
    "PAN": "PA",
    "PER": "PE",
    "POL": "PL",
    "PRT": "PT",
    "QAT": "QA",
    "REU": "RE",
    "ROU": "RO",
    "SAU": "SA",
    "SGP": "SG",
    "SRB": "RS",
    "SVK": "SK",
    "SWE": "SE",
    "TUN": "TN",
    "TUR": "TR",
    "URY": "UY",
    "USA": "US",
    "ZAF": "ZA",
}

# Pools of combination bets whose code needs the horses on the ticket (multi) are below.
BET_CODES: Mapping[str, str] = {
    "SIMPLE_GAGNANT": "win",
    "SIMPLE_PLACE": "place",
    "COUPLE_GAGNANT": "couple_win",
    "COUPLE_PLACE": "couple_place",
    "COUPLE_ORDRE": "couple_order",
    "TRIO": "trio",
    "TRIO_ORDRE": "trio_order",
    "DEUX_SUR_QUATRE": "two_of_four",
    "TIERCE": "tierce",
    "QUARTE_PLUS": "quarte",
    "QUINTE_PLUS": "quinte",
    "PICK5": "pick5",
}
SIZED_BET_CODES: Mapping[str, tuple[str, ...]] = {
    "MULTI": ("multi4", "multi5", "multi6", "multi7"),
    "MINI_MULTI": ("mini_multi4", "mini_multi5", "mini_multi6"),
}
INTERNET_SIGN = "E_"
SHOPS_OPERATOR = "pmu"
INTERNET_OPERATOR = "pmu_fr"
SIZED_BET_STEMS: Mapping[str, str] = {"MULTI": "multi", "MINI_MULTI": "mini_multi"}
ABSENT_LEG = "NP"  # a leg whose horse was withdrawn
