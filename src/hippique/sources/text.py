"""Small readers of French page text. Every one answers None where the text does not hold its kind.

French pages write numbers in three ways: a thousands blank (any of U+0020, U+00A0, U+202F) with a
decimal comma, a thousands dot in whole sums ("75.000 €"), a decimal dot in odds, weights and old
sums ("21000.00 €"). So each kind of number has a reader of its own.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import filterfalse

DASHES = frozenset({"", "-", "–", "—", "−", "--"})  # how pages print "no value"

_INVISIBLE = re.compile(r"[\u200b\u2060\ufeff]")  # no-width signs, which str.split keeps
_EURO = re.compile(r"(?:€|\beuros?\b|\beur\b)\.?", re.IGNORECASE)
_GROUPED_BY_BLANK = r"\d{1,3}(?: \d{3})+(?!\d)"
_WHOLE = re.compile(rf"{_GROUPED_BY_BLANK}|\d{{1,3}}(?:\.\d{{3}})+(?![.\d])|\d+")
_AMOUNT = re.compile(
    rf"(?P<whole>{_GROUPED_BY_BLANK}|\d{{1,3}}(?:\.\d{{3}})+|\d+)"
    r"(?:(?P<sign>[.,])(?P<cents>\d{1,4}))?"
)
_DECIMAL = re.compile(r"\d{1,9}(?:[.,]\d{1,6})?")
_NUMBER = re.compile(r"[0-9]+")
_SHORT = 80  # characters
_LONGEST = 15  # digits that a float still holds exactly; longer runs are junk, not sums


def squash(text: str | None) -> str:
    """The text with every run of blanks (no-break and thin ones too) as one space, trimmed."""
    if not text:
        return ""
    return " ".join((text if text.isascii() else _INVISIBLE.sub(" ", text)).split())


def fold(text: str | None) -> str:
    """Squashed, lower case, without accents, ligatures and curly apostrophes: for comparing."""
    if not text:
        return ""
    # Captions, titles and labels come back on every row of every page; long texts do not.
    return _fold_known(text) if len(text) <= _SHORT else _fold(text)


def _fold(text: str) -> str:
    squashed = squash(text).casefold()
    if squashed.isascii():
        return squashed
    plain = unicodedata.normalize("NFKD", squashed.replace("œ", "oe").replace("æ", "ae"))
    kept = "".join(filterfalse(unicodedata.combining, plain))
    return kept.replace("’", "'").replace("‘", "'")


_fold_known = lru_cache(maxsize=4096)(_fold)


def is_dash(text: str | None) -> bool:
    """True for an empty cell and for the dashes that pages print in place of a value."""
    return squash(text) in DASHES


def read_amount(text: str | None) -> float | None:
    """Euros of a whole cell: "1 929,80 €", "5,10", "22000 €", "75.000 €", "21000.00 €".

    A dot before exactly three last digits is a thousands dot, any other a decimal one. None for
    dashes and for anything besides one sum.
    """
    match = _AMOUNT.fullmatch(_EURO.sub("", squash(text)).strip())
    if match is None or len(match["whole"]) > _LONGEST:
        return None
    whole = match["whole"].replace(" ", "").replace(".", "")
    return float(f"{whole}.{match['cents'] or 0}")


def read_int(text: str | None) -> int | None:
    """The first whole number in the text, thousands signs dropped: "2 650m", "13 Partants"."""
    match = _WHOLE.search(squash(text))
    if match is None or len(match[0]) > _LONGEST:
        return None
    return int(match[0].replace(" ", "").replace(".", ""))


def read_decimal(text: str | None) -> float | None:
    """The first decimal number in the text, comma or dot: "54.5 kg", "3,6", "2.2"."""
    match = _DECIMAL.search(squash(text))
    return float(match[0].replace(",", ".")) if match else None


def read_numbers(text: str | None) -> tuple[int, ...]:
    """All saddle numbers of a list, in order: "10 - 5 - 11", "6 / 13", "2-4"."""
    return tuple(int(found) for found in _NUMBER.findall(text or "") if len(found) <= _LONGEST)


def same_words(one: str | None, other: str | None) -> bool:
    """True when two names agree but for case, accents and blanks."""
    return fold(one) == fold(other)
