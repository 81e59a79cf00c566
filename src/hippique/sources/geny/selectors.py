"""Every selector, expression and field name of geny.com that the readers know, in one place.

Two generations: G1, pages of 2024-2026 rendered on the server (seen), and G2, Next.js pages since
autumn 2026, known by their field names only. Captions are compared folded (lower case, without
accents); a dot stands where a damaged copy may hold U+FFFD in place of an accented letter.
"""

from __future__ import annotations

import re

SITE = "geny"

# --- what kind of page ---------------------------------------------------------------------------
ERROR_EVENT = re.compile(r"""event["']?\s*:\s*["']error_page["']""")
ERROR_STATUS = re.compile(r"""error_status["']?\s*:\s*["']?(\d{3})""")
ERROR_TITLE = re.compile(r"<title[^>]*>\s*(?:Erreur|ERREUR|404|Page (?:introuvable|non trouv))\b")
GONE_WORDS = re.compile(r"La page que vous (?:recherchez|demandez) n.{1,8}existe (?:plus|pas)")
PAGE_START = re.compile(
    r"\s*(?:<!--(?:(?!-->).)*-->\s*)*<(?:!doctype|html)\b", re.IGNORECASE | re.DOTALL
)
PAGE_ENDS = ("</html", "</HTML")
CONTENT_MARKS = ('id="tableau_partants"', 'id="arrivees"', "cartoucheReunion")
SISTER_MARK = 'id="partant-'
FLIGHT_PUSH = "self.__next_f.push("
QUERY_STATE = re.compile(r'\{\s*"(?:mutations|queries)"\s*:\s*\[')

# --- addresses -----------------------------------------------------------------------------------
_DAY = r"(?P<day>\d{4}-\d\d-\d\d)"
# The track is lazy: "-pmu-" also occurs inside prizes (prix-bar-pmu-le-nemrod).
LEGACY_RACE = re.compile(
    rf"/(?P<view>[a-z-]+?)(?:-pm[uh])?/{_DAY}-(?P<track>.+?)-pmu-(?P<prize>.+)_c(?P<race>\d{{1,12}})"
    r"(?:[/?#]|$)"
)
LEGACY_ID = re.compile(r"/(?P<view>[a-z-]+?)(?:-pm[uh])?\?(?:[^#]*&)?id_course=(?P<race>\d{1,12})")
LEGACY_INFO_DAY = re.compile(rf"[?&]info={_DAY}")
LEGACY_DAY = re.compile(
    rf"/reunions-(?:courses-)?pm[uh](?:/(?:\d{{4}}-\d\d-\d\d)?_d|\?(?:[^#]*&)?date=){_DAY}"
)
NEXT_RACE = re.compile(
    rf"/course/(?P<race>\d{{1,12}})(?:-{_DAY}-(?P<slug>[^/?#]+))?(?:/(?P<view>[a-z-]+))?/?(?:[?#]|$)"
)
NEXT_API = re.compile(r"/api/turf/course/(?P<race>\d{1,12})/(?P<view>[a-z]+)")
NEXT_DAY = re.compile(rf"/programme/{_DAY}/?(?:[?#]|$)")
SISTER_RACE = re.compile(r"/courses/(?P<view>[a-z-]+)/(?P<race>\d{1,12})/?(?:[?#]|$)")
PRIZE_IN_SLUG = "-prix-"

# --- whose page it is ----------------------------------------------------------------------------
PAGE_RACE_ID = re.compile(r"YAHOO\.geny\.dt\.ID_COURSE\s*=\s*(\d{1,12})")
PAGE_SHOP_ID = re.compile(r"[?&;]svidg=(\d{1,12})")
SISTER_RACE_ID = re.compile(r"/cheval/[^/\"']+/\d+/(\d{1,12})")
CANONICAL = 'link[rel="canonical"]'
REDIRECTION = "input#urlRedirection"
PAGE_DAY = "input#selectedDateValue"
FRENCH_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")

# --- header of a race (G1) -----------------------------------------------------------------------
HEADER = "div.cartoucheCourse"
MEETING_NAME = ".nomReunion"
RACE_TITLE = ".nomCourse h1"
RACE_TITLE_OLD = ".nomCourse"
RACE_INFO = "span.infoCourse"
CONDITIONS = "span.conditionCourse"
QUINTE_MARK = "span.TQQ"
NON_RUNNERS = "div.nonPartant"

WEEKDAY = re.compile(
    r"^(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\s*:\s*", re.IGNORECASE
)
MEETING_NUMBER = re.compile(r"\(\s*R\s*(-?\d{1,3})\s*\)", re.IGNORECASE)
MEETING_TAIL = re.compile(
    r"\s+(?:D.buts?\b|Jouer\b|Terrain\s*:|P.n.trom.tre\s*:).*$", re.IGNORECASE | re.DOTALL
)
COUNTRY_TAIL = re.compile(r"\s*(?:\(([^()]*)\)|\[([^\[\]]*)\])\s*$")
SISTER_TAIL = re.compile(r"\s+-\s*genybet\s*$", re.IGNORECASE)
RACE_HEADING = re.compile(r"^(\d{1,2})(?!\d)\D*?course\s*-\s*(.*)$", re.IGNORECASE | re.DOTALL)
RACE_HEADING_SHORT = re.compile(r"^(\d{1,2})\s*-\s*(.*)$", re.DOTALL)

INFO_SPLIT = re.compile(r"\x1f|(?:^|\s)-\s")
INFO_HOUR = re.compile(r"^(?:d.part\s*:?\s*)?(?:.\s+)?(\d{1,2})\s*[h:]\s*(\d{2})$")
INFO_PRIZE = re.compile(r"^(?:allocation\s*:?\s*)?([\d .]+(?:,\d{1,2})?)\s*(€|euros?|eur)$")
INFO_FOREIGN_PRIZE = re.compile(
    r"^(?:(?:[£$¥]|hk\$|[a-z]{3})\s*[\d .,]{4,}|[\d .,]{4,}\s*(?:[£$¥]|hk\$|[a-z]{3}))$"
)
INFO_DISTANCE = re.compile(r"^(\d[\d .]{2,6})\s*m(?:.tres)?\.?$")
INFO_STARTERS = re.compile(r"^(\d{1,2})\s*partants?$")
INFO_GOING = re.compile(r"^terrain\s*:\s*(.+)$", re.IGNORECASE)
INFO_CANCELLED = re.compile(r"annul.e?s?\b")
GOING_IN_MEETING = re.compile(
    r"Terrain\s*:\s*([^\W\d_][^-:|\d]*?)(?=\s+P.n.trom|\s+Non|\s*[-:|\d]|\s*$)", re.IGNORECASE
)

# "Ecurie : 3 - 5", above the simple bets of PMU: horses of one owner that it pays as one.
COUPLED = re.compile(
    r"[EÉé\ufffd]curies?\s*[A-Z0-9]?\s*:\s*(\d{1,2}(?:\s*[-/]\s*\d{1,2})+)", re.IGNORECASE
)
COUPLED_PLACES = 'div.cartoucheCourse, table[id="lesSolos"]'

# --- table of runners (G1) -----------------------------------------------------------------------
RUNNERS = "table#tableau_partants"
NAME_LINK = "a.lienFiche"
MARK = ".deferre"
NESTED = "table"
NON_RUNNER_CLASS = "nonPartant"
NON_RUNNER_WORDS = re.compile(r"^(?:non[\s-]*partante?|n\.?p\.?)$")
CELL_NUMBER = re.compile(r"^(\d{1,2})(?!\d)\s*[(\[]?\s*(E[a-z]?\d{0,2})?\s*[)\]]?$", re.IGNORECASE)
NAME_COUPLING = re.compile(r"\s*[(\[]\s*(E[a-z]?\d{0,2})\s*[)\]]\s*|\s+(E\d{1,2})$")
LONE_COUPLING = re.compile(r"^[(\[]?\s*(E[a-z]?\d{0,2})\s*[)\]]?$", re.IGNORECASE)
SEX_AGE = re.compile(r"^([A-Za-z])\s*/?\s*(\d{1,2})$")
ODDS = re.compile(r"^\d{1,5}(?:[.,]\d{1,3})?$")

# (field of the reading, caption); the first match in this order wins. A caption that none of
# them matches is named in a warning, as the bookmakers' own odds columns are.
CAPTIONS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("number", re.compile(r"n.?|num.*")),
    ("name", re.compile(r"che(?:val|vaux)")),
    ("draw", re.compile(r"c\.?|corde|stalle|place (?:a la|.) corde")),
    ("sex_age", re.compile(r"s\.?\s*/?\s*a\.?|sexe.*")),
    ("distance", re.compile(r"dist(?:ance)?\.?")),
    ("weight", re.compile(r"poids")),
    ("jockey", re.compile(r"jockeys?|drivers?|jockey\s*/\s*driver|driver\s*/\s*jockey|cavaliers?")),
    ("trainer", re.compile(r"entra.neurs?|entr\.?")),
    ("form", re.compile(r"musique|performances?|perfs?\.?")),
    ("earnings", re.compile(r"gains")),
    ("record", re.compile(r"records?|r.d\.?\s*km|chronos?")),
    ("reference", re.compile(r"(?:cotes? (?:de )?)?r.f(?:.rences?)?\.?")),
    ("win", re.compile(r"(?:cotes? )?derni.res?(?: cotes?)?|live")),
    ("unused", re.compile(r"d.ch\.?|valeur|val\.?|propri.taires?|casaques?|avis.*|\s*")),
)
# Columns that every variant has: without one of them the page is no longer the one we know.
NEEDED = {
    "number": "N°",
    "name": "Cheval",
    "jockey": "Jockey or Driver",
    "trainer": "Entraîneur",
    "form": "Musique",
    "win": "Dernières cotes",
}

# --- marks of shoeing and headgear: the title says it, the glyph only where there is no title -----
SHOEING = re.compile(
    r"(d.ferr.|ferr.|prot.g.)\s*des\s+(quatre pieds|4 pieds|ant.rieurs|post.rieurs)"
)
AUSTRALIAN_WORDS = re.compile(r"(?:oeill|.ill).res?\s+australiennes?")
BLINKER_WORDS = re.compile(r"(?:oeill|.ill).res?")
HOOD_WORDS = re.compile(r"bonnet")
GLYPH_UNSHOD_FRONT, GLYPH_UNSHOD_HIND = "\ue900", "\ue901"
GLYPH_PLATED_FRONT, GLYPH_PLATED_HIND = "\ue904", "\ue905"
GLYPH_BLINKERS, GLYPH_AUSTRALIAN, GLYPH_HOOD = "\ue906", "\ue907", "\ue909"

# --- Genybet, the sister site: its table of runners ----------------------------------------------
SISTER_ROW = 'tr.partant[id^="partant-"]'
SISTER_PERSON = "span.left"

# --- arrival (G1) --------------------------------------------------------------------------------
ARRIVAL = "table#arrivees"
ARRIVAL_HEAD = "enteteColonne"
ARRIVAL_STATUS = "h1"
DEFINITIVE = re.compile(r"arriv.es?\s+(?:d.finitive|officielle)")
PROVISIONAL = re.compile(r"arriv.es?\s+(?:provisoire|officieuse)")
RANK = re.compile(r"^(\d{1,2})\s*(?:er|.me|e)?\s*(?:\(?ex.*|dh|d\.h\.|=)?$")
SAME_RANK = re.compile(r"^(?:ex.{0,9}|=|\"|id\.?)$")  # tied with the line above
DEAD_HEAT = re.compile(r"^\(?(?:dead[ -]?heat|d\.?h\.?|ex[ -]?.{0,2}quo)\)?$")  # a margin of none
ARRIVAL_CAPTIONS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("rank", re.compile(r"rg\.?|rangs?|pl(?:ace)?\.?|")),
    ("gap", re.compile(r"r.d\.?\s*km|.carts?|temps|chronos?|distances?")),
)
DISQUALIFIED = re.compile(
    r"^(?:d|da|dai|dm|dq|d\.?a\.?i\.?|disq.*|dist|dist\..*|distanc.*|r.trograd.*)$"
)
# Fell, brought down, unseated, pulled up, refused, ran out, left at the post: none finished.
FALLEN = re.compile(
    r"^(?:t|tb|tomb.*|chut.*|d.sar.*|a|arr|arr\..*|arr.t.*|refus.*|d.rob.*|rp|r\.p\.|rest.*poteau.*)$"
)

# --- dividends (G1): cells in document order, because the tables are not closed -------------------
DIVIDEND_FAMILY = 'table[id^="les"]'
DIVIDEND_CELLS = (
    'table[id^="les"], i, img[src*="/paris/"], td[class^="blancdroite"], span[id^="les"],'
    ' td[class^="ncdouble"], td[class^="pts01droite"]'
)
OPERATOR_NAME = re.compile(r"^[A-Z][A-Z0-9-]{1,15}(?:\.FR)?$")
BASE_STAKE = re.compile(r"pour\s*([\d ]+(?:[.,]\d{1,2})?)\s*(?:€|euros?)", re.IGNORECASE)
COMBINATION = re.compile(r"^(?:\d{1,2}|NP|[A-Z])(?:\s*[-/]\s*(?:\d{1,2}|NP|[A-Z]))*$")
ABSENT_LEG = re.compile(r"-\s*NP\b|\bNP\s*-")  # a leg whose horse was withdrawn: "7-NP"
LEADING_COMBINATION = re.compile(
    r"^(\d{1,2}(?:\s*-\s*(?:\d{1,2}|[A-Z](?![a-zé])))*)\s+(\D.*)$", re.DOTALL
)
TRAILING_COMBINATION = re.compile(r"^(\D.*?)\s+(\d{1,2}(?:\s*-\s*(?:\d{1,2}|[A-Z]))+)$", re.DOTALL)
REFUND_WORDS = re.compile(r"^remb")
NON_RUNNER_RANK = re.compile(r"(\d)\s*n\.?\s*p\b|(?:avec\s+)?(?:un|1)\s+non[\s-]partant")

# --- programme of a day (G1) ---------------------------------------------------------------------
PROGRAMME_NODES = 'a[name^="reunion"], div.cartoucheReunion, div.courseParis, div.courseLiens'
MEETING_BLOCK = "cartoucheReunion"
MEETING_INFO = ".infoReunion"
MEETING_ANCHOR = re.compile(r"^reunion(\d{1,3})$")
MEETING_NON_RUNNERS = ".nonPartant"
MEETING_NON_RUNNER = re.compile(r"(?<!\d)(\d{1,2})(\d{2})(?!\d)")  # 511: race 5, number 11
RACE_NAME = ".nomCourse"
RACE_LINKS = "a[href]"
RACE_STATE = ".btnArrivee"
RUNNERS_HREF = re.compile(r"/partants-pm[uh]/|/course/\d+")
ARRIVAL_HREF = re.compile(r"/arrivee-et-rapports-pm[uh]/")
QUINTE_BUTTON = "a.btnQuinte"
STATE_STARTERS = re.compile(r"(\d{1,2})\s*partants?")
STATE_HOUR = re.compile(r"(?<!\d)(\d{1,2})\s*[h:]\s*(\d{2})(?!\d)")
STATE_ORDER = re.compile(r"\d{1,2}(?:\s*-\s*\d{1,2})+")

# --- G2: links beside the state ------------------------------------------------------------------
NEXT_LINKS = 'a[href*="/course/"]'
PLAIN_NUMBER = re.compile(r"[0-9]{1,12}")
LOCAL_HOUR = re.compile(r"^(\d{1,2})\s*[h:]\s*(\d{2})")
