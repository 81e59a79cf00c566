"""The career that PMU counts for an invented horse."""

from __future__ import annotations

import re

_YEAR = re.compile(r"\(\d+\)")
_RUN = re.compile(r"(\d+|[A-Z])[a-z]")
_PAID = {"2", "3", "4", "5"}  # PMU counts paid places, wins left out


def career_counts(form: str) -> dict[str, int]:
    """PMU's counts. An invented horse has run what its musique prints, and no more."""
    runs = _RUN.findall(_YEAR.sub("", form))
    return {
        "nombreCourses": len(runs),
        "nombreVictoires": runs.count("1"),
        "nombrePlaces": sum(run in _PAID for run in runs),
        "nombrePlacesSecond": runs.count("2"),
        "nombrePlacesTroisieme": runs.count("3"),
    }
