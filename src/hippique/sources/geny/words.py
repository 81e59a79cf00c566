"""The site's words as the values of a reading: disciplines, countries, labels, marks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape

from hippique.racing.card import Blinkers, Discipline, Shoes
from hippique.sources.geny import selectors as s
from hippique.sources.text import fold, squash

_DISCIPLINES: tuple[tuple[re.Pattern[str], Discipline], ...] = (
    (re.compile(r"(?:trot )?attel."), Discipline.TROT_HARNESS),
    (re.compile(r"(?:trot )?mont."), Discipline.TROT_MOUNTED),
    (re.compile(r"plat"), Discipline.FLAT),
    (re.compile(r"(?:course de )?haies?"), Discipline.HURDLE),
    (re.compile(r"(?:steeple.?chase.?)?cross(?:.country)?"), Discipline.CROSS_COUNTRY),
    (re.compile(r"steeple(?:.?chase)?"), Discipline.STEEPLECHASE),
)

_LABELS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\bgr(?:oupe|\.)? ?(?:iii|3)\b"), "group3"),
    (re.compile(r"\bgr(?:oupe|\.)? ?(?:ii|2)\b"), "group2"),
    (re.compile(r"\bgr(?:oupe|\.)? ?(?:i|1)\b"), "group1"),
    (re.compile(r"\blist(?:ed|.e)\b"), "listed"),
    (re.compile(r"\bhandicap\b"), "handicap"),
    (re.compile(r"\br.clamer\b"), "claiming"),
    (re.compile(r"\bapprentis?\b"), "apprentices"),
    (re.compile(r"\bamateurs?\b"), "amateurs"),
    (re.compile(r"\bautostart\b"), "autostart"),
)

# Words in brackets after a track that are no country: the half of the day, the sister site.
NO_COUNTRY = frozenset(
    {"matinee", "matin", "apres-midi", "nocturne", "semi-nocturne", "soiree", "genybet", "internet"}
)

COUNTRIES = {
    "afrique du sud": "ZA",
    "allemagne": "DE",
    "angleterre": "GB",
    "arabie saoudite": "SA",
    "argentine": "AR",
    "australie": "AU",
    "autriche": "AT",
    "bahrein": "BH",
    "belgique": "BE",
    "bresil": "BR",
    "canada": "CA",
    "chili": "CL",
    "coree du sud": "KR",
    "danemark": "DK",
    "dubai": "AE",
    "e.a.u.": "AE",
    "eau": "AE",
    "ecosse": "GB",
    "emirats arabes unis": "AE",
    "espagne": "ES",
    "etats-unis": "US",
    "etats unis": "US",
    "finlande": "FI",
    "france": "FR",
    "grande-bretagne": "GB",
    "grande bretagne": "GB",
    "grece": "GR",
    "guadeloupe": "GP",
    "guyane": "GF",
    "hong kong": "HK",
    "hong-kong": "HK",
    "hongrie": "HU",
    "ile maurice": "MU",
    "inde": "IN",
    "irlande": "IE",
    "italie": "IT",
    "japon": "JP",
    "la reunion": "RE",
    "macao": "MO",
    "malaisie": "MY",
    "malte": "MT",
    "maroc": "MA",
    "martinique": "MQ",
    "maurice": "MU",
    "mexique": "MX",
    "monaco": "MC",
    "norvege": "NO",
    "nouvelle-zelande": "NZ",
    "nouvelle zelande": "NZ",
    "panama": "PA",
    "pays-bas": "NL",
    "pays bas": "NL",
    "perou": "PE",
    "pologne": "PL",
    "portugal": "PT",
    "qatar": "QA",
    "republique tcheque": "CZ",
    "roumanie": "RO",
    "royaume-uni": "GB",
    "royaume uni": "GB",
    "serbie": "RS",
    "singapour": "SG",
    "slovaquie": "SK",
    "suede": "SE",
    "suisse": "CH",
    "tchequie": "CZ",
    "tunisie": "TN",
    "turquie": "TR",
    "uruguay": "UY",
    "usa": "US",
    "u.s.a.": "US",
}


def discipline_of(words: str) -> Discipline | None:
    """The discipline that a folded text names, None for any other text."""
    return next((kind for pattern, kind in _DISCIPLINES if pattern.fullmatch(words)), None)


def labels_in(folded: Iterable[str]) -> tuple[str, ...]:
    """The labels that folded fragments name, each once, in the catalogue's order."""
    texts = tuple(folded)
    found = (label for pattern, label in _LABELS if any(pattern.search(text) for text in texts))
    return tuple(dict.fromkeys(found))


def country_code(words: str) -> str | None:
    """ISO alpha-2 of a French country name, None for an unknown one."""
    return COUNTRIES.get(fold(words).replace("_", " "))


def read_marks(titles: Iterable[str | None], glyphs: str) -> tuple[Shoes | None, Blinkers | None]:
    """Shoes and headgear of one horse from the marks' titles, else from their glyphs."""
    # Some titles lack the semicolons of their entities; HTML5 leaves those undecoded inside
    # attributes, so the parser's text is unescaped once more.
    text = fold(" , ".join(unescape(title) for title in titles if title))
    if not text:
        return _shoes_of_glyphs(glyphs), _headgear_of_glyphs(glyphs)
    return shoes_of(_feet(text)), _headgear(text)


def shoes_of(feet: tuple[str | None, str | None]) -> Shoes | None:
    """One word for fore and hind feet, each "bare", "plate", "shod" or None.

    Fore and hind can differ and one word must do: bare feet are told before plates.
    """
    front, hind = feet
    if front is None and hind is None:
        return None
    for state, four, fore, rear in (
        ("bare", Shoes.UNSHOD_FOUR, Shoes.UNSHOD_FRONT, Shoes.UNSHOD_HIND),
        ("plate", Shoes.PLATED_FOUR, Shoes.PLATED_FRONT, Shoes.PLATED_HIND),
    ):
        if state in feet:
            return four if front == hind else (fore if front == state else rear)
    return Shoes.SHOD


def has_bare_and_plated(titles: Iterable[str | None]) -> bool:
    """True where one pair of feet is bare and the other plated: `Shoes` has no word for it."""
    text = fold(" , ".join(unescape(title) for title in titles if title))
    return set(_feet(text)) == {"bare", "plate"}


def _feet(text: str) -> tuple[str | None, str | None]:
    front: str | None = None
    hind: str | None = None
    for verb, feet in s.SHOEING.findall(text):
        state = {"d": "bare", "p": "plate"}.get(verb[0], "shod")
        if not feet.startswith("post"):
            front = state
        if not feet.startswith("ant"):
            hind = state
    return front, hind


def _headgear(text: str) -> Blinkers | None:
    if s.AUSTRALIAN_WORDS.search(text):
        return Blinkers.AUSTRALIAN
    if s.BLINKER_WORDS.search(text):
        return Blinkers.NONE if "sans" in squash(text).split() else Blinkers.STANDARD
    return Blinkers.HOOD if s.HOOD_WORDS.search(text) else None


def _shoes_of_glyphs(glyphs: str) -> Shoes | None:
    front = "bare" if s.GLYPH_UNSHOD_FRONT in glyphs else None
    hind = "bare" if s.GLYPH_UNSHOD_HIND in glyphs else None
    front = front or ("plate" if s.GLYPH_PLATED_FRONT in glyphs else None)
    hind = hind or ("plate" if s.GLYPH_PLATED_HIND in glyphs else None)
    return shoes_of((front, hind))


def _headgear_of_glyphs(glyphs: str) -> Blinkers | None:
    for glyph, headgear in (
        (s.GLYPH_AUSTRALIAN, Blinkers.AUSTRALIAN),
        (s.GLYPH_BLINKERS, Blinkers.STANDARD),
        (s.GLYPH_HOOD, Blinkers.HOOD),
    ):
        if glyph in glyphs:
            return headgear
    return None
