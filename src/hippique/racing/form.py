"""The musique: a horse's past placings as a coded string.

Grammar (real pages of three sites): year marks "(25)"; then a place or an incident and a letter
of the discipline: "4a", "11s", "0h", "Da", "da", "As", "To", "Rp"; "Deb" and "Inédit" for a horse
that never raced. The newest run comes first; a mark names the year of the runs that follow it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

UNPLACED = 10  # "0" says: beyond ninth; it counts as tenth, never as better than first


class FormCode(StrEnum):
    """The letter of a run: where it was run."""

    HARNESS = "a"
    MOUNTED = "m"
    FLAT = "p"
    HURDLE = "h"
    STEEPLECHASE = "s"
    CROSS_COUNTRY = "c"
    OBSTACLE = "o"


class Incident(StrEnum):
    """Why a run has no place."""

    DISQUALIFIED = "D"
    PULLED_UP = "A"
    FELL = "T"
    UNSEATED = "R"  # "resté au poteau" or "rétrogradé" by site: the horse has no place either way


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRun:
    """One past run. place: 1–9 or two digits as printed, 0 = beyond ninth, None with an incident.

    code is None where the page printed no letter; year is the full year of the last mark passed.
    """

    place: int | None = None
    incident: Incident | None = None
    code: FormCode | None = None
    year: int | None = None

    @property
    def placing(self) -> int | None:
        """The place with 0 counted as tenth; None with an incident."""
        return UNPLACED if self.place == 0 else self.place


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A read musique. runs: newest first. never_raced: "Inédit" or "Deb". unread: what is left."""

    runs: tuple[PastRun, ...] = ()
    never_raced: bool = False
    unread: tuple[str, ...] = ()


# A year mark may have lost its closing bracket at a column's edge; it is still no 25th place.
# Incidents in small letters are seen before a discipline's letter only ("da"): "4t" is no fall.
_TOKEN = re.compile(
    r"\(\s*(?P<year>[0-9]{4}|[0-9]{2})\s*\)?"
    r"|(?P<never>in[eéÉ]dite?|d[eéÉ]b(?:utante?)?\.?)(?![a-z])"
    r"|(?P<run>[0-9]{1,2}|(?-i:[DATR])|[datr](?=[ampshco]))(?P<code>[ampshco])?"
    r"|(?P<unread>\S)",
    re.IGNORECASE | re.ASCII,  # without ASCII, signs of other scripts fold to our letters
)


def read_form(musique: str) -> Form:
    """Read a musique. Never raises: signs that nobody knows are kept in `unread`.

    A run is read at its sign even where the blank between runs is missing ("Da6aDa").
    """
    runs: list[PastRun] = []
    unread: list[str] = []
    year: int | None = None
    never = False
    for token in _TOKEN.finditer(" ".join(musique.split())):  # blanks of every width
        if token["year"]:
            year = _full_year(token["year"])
        elif token["never"]:
            never = True
        elif token["run"]:
            runs.append(_past_run(token["run"], token["code"], year))
        elif token["unread"]:
            unread.append(token["unread"])
    return Form(runs=tuple(runs), never_raced=never, unread=tuple(unread))


def _full_year(mark: str) -> int:
    # Racing archives with musiques start in the 1990s; two digits from 90 on are that century.
    year = int(mark)
    if len(mark) == 4:  # noqa: PLR2004  a four-digit mark is the year itself
        return year
    return year + (1900 if year >= 90 else 2000)  # noqa: PLR2004  see above


def _past_run(sign: str, letter: str | None, year: int | None) -> PastRun:
    code = FormCode(letter.lower()) if letter else None
    if sign.isdigit():
        return PastRun(place=int(sign), code=code, year=year)
    return PastRun(incident=Incident(sign.upper()), code=code, year=year)
