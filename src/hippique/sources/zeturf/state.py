"""How far a race is, and the order of finish that this state allows."""

from __future__ import annotations

from dataclasses import dataclass, replace

from selectolax.lexbor import LexborNode

from hippique.racing.card import RaceStatus
from hippique.racing.result import ResultStatus
from hippique.sources.zeturf import selectors as site
from hippique.sources.zeturf.document import Document
from hippique.sources.zeturf.finish import Finish, read_finish
from hippique.sources.zeturf.timeline import (
    Line,
    is_called_off,
    provisional_finish,
    read_timeline,
)


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What a page says of the race's course. details: the box with the order, once there is one."""

    details: LexborNode | None
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class State:
    """finish: None before an order is known."""

    status: RaceStatus
    finish: Finish | None = None


def read_aftermath(document: Document, header: LexborNode) -> Aftermath:
    """The details and the timeline, whatever the state."""
    details = header.css_first(site.DETAILS) or document.tree.css_first(site.DETAILS)
    return Aftermath(details, read_timeline(document))


def read_state(document: Document, number: int | None, aftermath: Aftermath) -> State:
    """The state by the page's own number (etatPage; None in a fragment without script).

    Raises PageChanged for an unknown number, and for results without an order.
    """
    if number in site.OPEN_STATES:
        return _unless_called_off(document, aftermath, RaceStatus.OPEN)
    stated = read_finish(document, aftermath.details)
    if number == site.CLOSED_STATE:
        return _closed(document, stated or provisional_finish(aftermath.lines), aftermath)
    if number not in {site.RESULT_STATE, None}:
        raise document.changed(f"a known state of the race: etatPage is {number}")
    if stated is not None:
        is_official = stated.status is ResultStatus.OFFICIAL
        return State(RaceStatus.OFFICIAL if is_official else RaceStatus.PROVISIONAL, stated)
    if is_called_off(document, aftermath.lines):
        return State(RaceStatus.CANCELLED)
    wanted = "«Arrivée officielle»" if number else "the state of the race (etatPage)"
    raise document.changed(wanted)


def _closed(document: Document, finish: Finish | None, aftermath: Aftermath) -> State:
    # Whatever the page calls the order, nothing settles on it until the state says results.
    if finish is None:
        return _unless_called_off(document, aftermath, RaceStatus.CLOSED)
    return State(RaceStatus.PROVISIONAL, replace(finish, status=ResultStatus.PROVISIONAL))


def _unless_called_off(document: Document, aftermath: Aftermath, status: RaceStatus) -> State:
    is_off = is_called_off(document, aftermath.lines)
    return State(RaceStatus.CANCELLED if is_off else status)
