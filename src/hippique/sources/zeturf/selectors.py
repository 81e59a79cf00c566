"""Every selector, pattern and fixed word of the site, so that a change of the site is mended here.

Checked on whole pages of 2024, 2025 and 2026 and on fragments with data of 2005 to 2024. No page
captured with betting open was at hand: what concerns only that state is inferred from the others.
"""

from __future__ import annotations

import re
from typing import Final

from hippique.racing.card import Blinkers, Discipline, Shoes

SITE: Final = "zeturf"

# --- any page ------------------------------------------------------------------------------
HTML_START: Final = re.compile(r"<(?:!doctype\s+)?html", re.IGNORECASE)
HTML_ENDS: Final = ("</html", "</HTML")
DOCTYPE: Final = b"<!DOCTYPE html>"
TITLE: Final = re.compile(r"<title\b[^>]*>([^<]*)", re.IGNORECASE)
HIDDEN_TEXT: Final = ((b"<script", b"</script"), (b"<!--", b"-->"))
# The site answers a wrong address with a page of this title, whatever the HTTP status.
ERROR_TITLE: Final = re.compile(
    r"contenu non disponible|page (?:non trouvee|introuvable|not found)|introuvable|not found"
    r"|(?:erreur|error)\b|4(?:04|10)\b|50[0234]\b|(?:site )?(?:en |en cours de )?maintenance"
    r"|service (?:temporairement )?(?:unavailable|indisponible)"
)
RACE_ADDRESS: Final = re.compile(
    r"/(?P<day>\d{4}-\d{2}-\d{2})/R(?P<meeting>[0-9]{1,3})C(?P<race>[0-9]{1,2})(?![0-9])",
    re.IGNORECASE | re.ASCII,
)
MEETING_ADDRESS: Final = re.compile(
    r"/reunion/(?P<day>\d{4}-\d{2}-\d{2})/R(?P<meeting>[0-9]{1,3})(?![0-9])",
    re.IGNORECASE | re.ASCII,
)
DAY_ADDRESS: Final = re.compile(r"/(\d{4}-\d{2}-\d{2})(?![\d-])", re.ASCII)
RUNNER_TAIL: Final = re.compile(r"[?#].*\Z|/[0-9]{1,2}/?(?=[?#]|\Z)", re.ASCII)
FLAG: Final = "i.fi, span.fi"
FLAG_CLASS: Final = re.compile(r"\bfi-([a-z]{2})\b")

# --- race page: the script -----------------------------------------------------------------
SCRIPT_START: Final = "Course.init("
# An object literal of JavaScript, not JSON: keys stand without quotes, values are JSON.
SCRIPT_STRING: Final = r"""\b{key}["']?\s*:\s*("(?:[^"\\\n]|\\.)*")"""
COURSE_URI: Final = re.compile(SCRIPT_STRING.format(key="courseUri"))
TRACK_NAME: Final = re.compile(SCRIPT_STRING.format(key="nomReunion"))
COUNTRY: Final = re.compile(SCRIPT_STRING.format(key="alpha2"))
STATE: Final = re.compile(r"""\betatPage["']?\s*:\s*([0-9]{1,3})(?![0-9])""", re.ASCII)
DISCIPLINE_ID: Final = re.compile(
    r"""\bcriteresJeton["']?\s*:\s*\{[^}\n]*"7"\s*:\s*"?([0-9]{1,2})""", re.ASCII
)
ODDS_START: Final = re.compile(r"""\bcotesInfos["']?\s*:\s*""")
ODDS_STAMP: Final = "referenceDateTime"
ODDS_WIN: Final = "SG"
ODDS_REFERENCE: Final = "reference"
ODDS_PLACE_LOW: Final = "SPMin"
ODDS_PLACE_HIGH: Final = "SPMax"
ODDS_SHOW2: Final = "ZS"
ODDS_FOURTH: Final = "ZC"
LONGEST_ODDS: Final = 99_999.0  # beyond it a number is damage, no price
OPEN_STATES: Final = frozenset({1, 2})
CLOSED_STATE: Final = 3
RESULT_STATE: Final = 4
DISCIPLINES_BY_ID: Final = {
    1: Discipline.TROT_HARNESS,
    2: Discipline.FLAT,
    3: Discipline.TROT_MOUNTED,
    4: Discipline.HURDLE,
    7: Discipline.STEEPLECHASE,
}

# --- race page: the header -----------------------------------------------------------------
HEADER: Final = "#arrivee-course, #infos-course"  # with a result; before it
# All parts of a race page that are read, as the site writes their ids.
RACE_PARTS: Final = re.compile(
    rb"""id=["'](?:arrivee-course|infos-course|tab-details|arriveeTab|dernieres-minutes|dm-small"""
    rb"""|pariCotesTab|rapports|selection-pari|tickets-de-jeu)["']"""
)
HEADER_LINK: Final = "a.cta_course"
HEADER_MEETING: Final = ".numero-reunion"
HEADER_RACE: Final = ".numero-course"
HEADER_TITLE: Final = "h1.nom-course"  # the track and the date, not the race's name
HEADER_TRACK: Final = "h1.nom-course .nom-hippodrome-et-drapeau span"
HEADER_NAME: Final = "h2.nom-course"
HEADER_OFF: Final = ".heure-course [data-timestamp]"
BETTING_TIMER: Final = "#selection-pari .chronoTimer[data-timer]"
HEADER_FACTS: Final = "p.infos"
FRENCH_DATE: Final = re.compile(r"\b(\d{2})/(\d{2})/(\d{4})\b", re.ASCII)
MEETING_CODE: Final = re.compile(r"\bR\s*([0-9]{1,3})\b", re.IGNORECASE | re.ASCII)
RACE_CODE: Final = re.compile(r"\bC\s*([0-9]{1,2})\b", re.IGNORECASE | re.ASCII)
FACT_SEPARATOR: Final = re.compile(r"[-–•|]")
METRES: Final = re.compile(r"(\d[\d .]*\d\d)\s*m(?:etres)?\b", re.ASCII)  # "1m 2f" is a mile
STARTERS: Final = re.compile(r"([0-9]{1,2})\s*partants?\b", re.ASCII)
DISCIPLINES: Final = (  # first word found in the folded text
    ("attele", Discipline.TROT_HARNESS),
    ("monte", Discipline.TROT_MOUNTED),
    ("plat", Discipline.FLAT),
    ("haie", Discipline.HURDLE),
    ("cross", Discipline.CROSS_COUNTRY),  # "steeple-chase cross-country" too
    ("steeple", Discipline.STEEPLECHASE),
)
GOING_LINE: Final = ".conditionsHippodrome"
GOING: Final = re.compile(r"Terrain\s*:\s*(.*?)\s*(?:\||\s[-–]\s|$)", re.IGNORECASE)
CONDITION_ICON: Final = ".condition-row i[title]"
CLASS_ICON: Final = "classe"  # folded start of the icon's title "Classe / Groupe"
GROUP: Final = re.compile(r"\b(?:groupe|group|gr)\.?\s*(?:([123])|(i{1,3}))(?!\w)", re.ASCII)
CLASS_LABELS: Final = (("listed", "listed"), ("handicap", "handicap"))
QUINTE: Final = "quinte"
CANCELLED: Final = re.compile(r"(?:la |cette )?(?:course|reunion)(?: est)? annulee\b")
CANCELLED_PLACES: Final = "#tickets-de-jeu .titre, #selection-pari .description-pari"

# --- race page: the runners ----------------------------------------------------------------
RUNNER_ROWS: Final = (
    "#pariCotesTab table.table-runners tr[data-runner]",
    "table.table-runners tr[data-runner]",
)
RUNNER_NUMBER: Final = "data-runner"  # of the row; on a.horse-name it is the horse's database id
SADDLE_NUMBER: Final = re.compile(r"0?[1-9]|[1-9][0-9]")
RUNNER_PARTS: Final = (  # what is looked for inside a row, each by its class
    ".horse-name, .non-partant, .ecurie, .deferres, .oeilleres, .second-line, .second-line .jockey"
)
RUNNER_NAME: Final = "horse-name"
TITLE_WITHOUT_NAME: Final = frozenset({"", "voir details"})
NON_RUNNER_ROW: Final = "blur"
NON_RUNNER_MARK: Final = re.compile(r"\(\s*NP\s*\)", re.IGNORECASE)
NON_RUNNER_NUMBER: Final = "non-partant"
COUPLING: Final = "ecurie"
COUPLING_MARK: Final = re.compile(r"[(\[]\s*(E\s?[0-9A-Z]{1,2})\s*[)\]]", re.ASCII)
SHOES: Final = "deferres"
BLINKERS: Final = "oeilleres"
PEOPLE: Final = "second-line"
JOCKEY: Final = "jockey"
# cells, by class
SEX_AGE: Final = "sexe-age"
SEX_AGE_TEXT: Final = re.compile(r"([A-Za-z])\s*/\s*([0-9]{1,2})\b", re.ASCII)
DISTANCE: Final = "distance"
WEIGHT: Final = "weight"
DRAW: Final = "corde"
RECORD: Final = "record"
RECORD_TIME: Final = "b"
FORM: Final = "musique"
# A template that found no word for a value prints the word's key: "grids.runners.deferes.",
# "enum.oeilleres.0". It says that there is nothing to say.
PLACEHOLDER: Final = re.compile(r"(?:grids|enum)\.")
NO_BLINKERS: Final = "enum.oeilleres.0"
SHOES_BY_CLASS: Final = {
    f"generic-{act}{feet}": Shoes(f"{state}_{ends}")
    for act, state in (("", "unshod"), ("plaque-", "plated"))
    for feet, ends in (("quatre", "four"), ("arriere", "hind"), ("avant", "front"))
}
# An act and its feet in the folded title: "plaque des anterieurs, deferre des posterieurs".
SHOEING: Final = re.compile(
    r"\b(deferre|plaque|protege|ferre)\w*\s+(?:des?\s+)?(4|quatre|anterieurs|posterieurs)"
)
_FEET: Final = {"4": "four", "quatre": "four", "anterieurs": "front", "posterieurs": "hind"}
SHOES_BY_WORDS: Final = {
    (act, feet): Shoes(f"{state}_{ends}")
    for act, state in (("deferre", "unshod"), ("plaque", "plated"), ("protege", "plated"))
    for feet, ends in _FEET.items()
} | {("ferre", feet): Shoes.SHOD for feet in ("4", "quatre")}
BLINKERS_BY_WORD: Final = (  # first word found in the folded title and classes
    ("australien", Blinkers.AUSTRALIAN),
    ("oeilleresaustr", Blinkers.AUSTRALIAN),
    ("sans oeilleres", Blinkers.NONE),
    ("bonnet", Blinkers.HOOD),
    ("cagoule", Blinkers.HOOD),
    ("oeillere", Blinkers.STANDARD),
)

# --- race page: order of finish ------------------------------------------------------------
DETAILS: Final = "#tab-details"
DETAILS_HEADS: Final = "h3"
DETAILS_LINES: Final = "p"
ARRIVAL_HEAD: Final = re.compile(
    r"arriv[ée]e\s+(?P<kind>officielle|provisoire)\s*:?\s*(?P<order>.*)", re.IGNORECASE
)
PLACE_SEPARATOR: Final = re.compile(r"[-–—,;]")
NON_RUNNERS: Final = re.compile(r"non[- ]?partante?s?\b")
DISQUALIFIED: Final = re.compile(r"(?:disqualifiee?|distancee?)s?\b")
FALLEN: Final = re.compile(
    r"(?:tombee?|arretee?|derobee?|desarconnee?|reste(?:e?s?) au poteau)s?\b"
)
LABELLED_LIST: Final = re.compile(
    r"(?P<label>[^:]{3,40}?)\s*(?:\(\s*e?s?\s*\))?\s*:\s*(?P<list>.*)"
)
NUMBER_LIST: Final = re.compile(
    r"((?:n°\s*)?[0-9]{1,2}(?:\s*(?:[-–,;/&]|et)\s*(?:n°\s*)?[0-9]{1,2})*)\s*(?:[.(].*)?", re.ASCII
)
FINISH_ROWS: Final = "#arriveeTab table tr[data-runner]"
FINISH_CELL: Final = "td"
FINISH_PLACE: Final = re.compile(r"(?:=|ex[ -]?ae?quo)?\s*([0-9]{1,2})(?![0-9])", re.ASCII)
DEAD_HEAT: Final = re.compile(r"\b(?:dead[ -]?heat|d\.?h\.?|ex[ -]?ae?quo)\b")

# --- race page: the last minutes -----------------------------------------------------------
TIMELINE_ITEMS: Final = ("#dernieres-minutes li", "#dm-small li")  # the second copies the first
TIMELINE_TEXT: Final = ".informations-dermin"
TIMELINE_STAMP: Final = "[data-timestamp]"
TIMELINE_ARRIVAL: Final = re.compile(
    r"arriv[ée]e\s+(?P<kind>provisoire|officielle)\b(?P<order>.*)", re.IGNORECASE
)
# "10 KING KONG SMILE - 5 KALL ME SIXTY ONE / 11 KENDO JIEL": a slash = photo not decided yet.
TIMELINE_PLACE: Final = re.compile(
    r"(?:^|\s)(?P<sign>[-/:])\s+(?P<number>[0-9]{1,2})(?=\s)", re.ASCII
)
TIMELINE_OUT: Final = re.compile(
    r"(?:le |la )?n°\s*([0-9]{1,2})\b.*\best (?:(disqualifiee?)|(tombee?|arretee?))\b", re.ASCII
)

# --- race page: the dividends --------------------------------------------------------------
DIVIDEND_TABLES: Final = "#rapports .table"
DIVIDEND_LINES: Final = ".table-header, .table-row"
DIVIDEND_HEAD: Final = "table-header"
DIVIDEND_CELL: Final = "table-cell"
DIVIDEND_LABEL: Final = ".categoryGroupLabel"
DIVIDEND_HORSES: Final = "strong"
DIVIDEND_ICON: Final = re.compile(r"paris-\w+_\d+x\d+_([0-9]{1,3})\b", re.ASCII)
STAKE_BASE_EUR: Final = 1.0  # dividends of this site are per 1 €
REFUNDED: Final = "rembours"
RANKS: Final = {  # folded heads of columns that split one bet
    "gain combinaison": None,
    "gain champ total": "field",
    "ordre": "order",
    "desordre": "any_order",
    "bonus 3": "bonus3",
    "bonus 4": "bonus4",
    "bonus 4 sur 5": "bonus4of5",
    "bonus 4sur5": "bonus4of5",
}
BETS_BY_LABEL: Final = {  # folded, without blanks
    "simplegagnant": "win",
    "simpleplace": "place",
    "zeshow": "show2",
    "zecouillon": "fourth",
    "jumelegagnant": "couple_win",
    "couplegagnant": "couple_win",
    "jumeleordre": "couple_order",
    "coupleordre": "couple_order",
    "jumeleplace": "couple_place",
    "coupleplace": "couple_place",
    "trio": "trio",
    "triordre": "trio_order",
    "trioordre": "trio_order",
    "ze2sur4": "two_of_four",
    "2sur4": "two_of_four",
    "ze4": "ze4",
    "ze4ordre": "ze4_order",
    "ze5": "ze5",
    "ze5ordre": "ze5_order",
    "ze234": "ze234",
    "ze345": "ze345",
    "tierce": "tierce",
    "quarte": "quarte",
    "quarte+": "quarte",
    "quinte": "quinte",
    "quinte+": "quinte",
    "pick5": "pick5",
}
BETS_BY_ID: Final = {
    1: "win",
    2: "place",
    3: "couple_win",
    4: "couple_order",
    5: "couple_place",
    6: "trio",
    7: "fourth",
    8: "ze4",
    11: "trio_order",
    12: "ze5",
    13: "two_of_four",
    15: "ze234",
    16: "ze345",
    22: "ze4_order",
    29: "show2",
    39: "ze5_order",
}

# --- programme page ------------------------------------------------------------------------
PROGRAMME_WRAPPERS: Final = ".programme-wrapper"
TODAY_CLASS: Final = "today"
MEETING_ROWS: Final = "tr.item"  # tr.item-mobile repeats each
MEETING_LINK: Final = "td.numero a[href], td.nom a[href], td.next_step a[href]"
MEETING_TRACK: Final = "td.nom .nom-hippodrome-et-drapeau span, td.nom h2"
MEETING_STATE: Final = "td.debut, td.statut, td.next_step"
MEETING_CANCELLED: Final = re.compile(r"\bannulee\b")
MEETING_RACES: Final = "td.nb-courses"
MEETING_COUNTRY: Final = "[data-tc-pays]"
MEETING_COUNTRY_VALUE: Final = "data-tc-pays"
STRIPS: Final = "#frise-course .strip2"
STRIP_TRACK: Final = ".nom-reunion .nom"
STRIP_CODE: Final = ".nom-reunion .hide-tld-fr"  # "FR3": third French meeting; not the R number
STRIP_CODE_TEXT: Final = re.compile(r"([A-Z]{2})[0-9]{1,2}", re.ASCII)
STRIP_RACES: Final = "li"
STRIP_LINK: Final = "a[href]"
# data-depart is the announced off, the one of the race page's header; it moves with the card.
# data-time is none: until the start it stands at data-depart + 600 s on every race seen, then it
# is the actual start, which no longer serves a plan.
STRIP_OFF: Final = "data-depart"
STRIP_TITLE: Final = re.compile(r"\s*\d{1,2}\s*h\s*\d{2}\s*[-–]\s*", re.IGNORECASE | re.ASCII)
