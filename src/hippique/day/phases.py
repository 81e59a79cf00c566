"""The three visits to a race, counted from its latest known off, and the words for them."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from hippique.errors import BadPhase


class Phase(StrEnum):
    """H30 takes the first snapshot, H5 decides, RESULT settles."""

    H30 = "H30"
    H5 = "H5"
    RESULT = "RESULT"


DUE = {
    Phase.H30: timedelta(minutes=-30),
    Phase.H5: timedelta(minutes=-5),
    Phase.RESULT: timedelta(minutes=15),
}

_WORDS = {
    "H30": Phase.H30,
    "H5": Phase.H5,
    "RESULT": Phase.RESULT,
    "RES": Phase.RESULT,
}


def read_phase(text: str) -> Phase:
    """Read "H30", "H-30", "h5", "result". Raises BadPhase."""
    try:
        return _WORDS[text.strip().upper().replace("-", "")]
    except KeyError:
        known = ", ".join(Phase)
        raise BadPhase(f"unknown phase {text!r}; write one of {known}", field="phase") from None


def due_at(phase: Phase, off_time: datetime) -> datetime:
    """When the phase of a race is due."""
    return off_time + DUE[phase]


def not_after(phase: Phase, off_time: datetime) -> datetime:
    """The instant from which the phase is late: H30 at H-5, H5 at the off, RESULT in 4 days."""
    if phase is Phase.H30:
        return due_at(Phase.H5, off_time)
    if phase is Phase.H5:
        return off_time
    return off_time + timedelta(days=4)
