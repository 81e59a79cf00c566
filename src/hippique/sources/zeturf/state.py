"""How far a race is, and the order of finish that this state allows."""

from __future__ import annotations

from dataclasses import dataclass, replace

from selectolax.lexbor import LexborNode

from hippique.racing.card import RaceStatus
from hippique.racing.result import ResultStatus
from hippique.sources.zeturf import selectors as site
from hippique.sources.zeturf.document import Document
from hippique.sources.zeturf.finish import Finish, read_finish
from hippique.sources.zeturf.timeline import is_called_off, provisional_finish, read_timeline


@dataclass(frozen=True, slots=True)
class State:
    """finish: None before an order is known."""

    status: RaceStatus
    finish: Finish | None = None


def find_details(document: Document, header: LexborNode) -> LexborNode | None:
    """The box with the order of finish, None before there is one."""
    return header.css_first(site.DETAILS) or document.tree.css_first(site.DETAILS)


def read_state(document: Document, number: int | None, details: LexborNode | None) -> State:
    """The state by the page's own number (etatPage; None in a fragment without script).

    Raises PageChanged for an unknown number, and for results without an order.
    """
    if number in site.OPEN_STATES:
        return _unless_called_off(document, RaceStatus.OPEN)
    stated = read_finish(document, details)
    if number == site.CLOSED_STATE:
        return _closed(document, stated or provisional_finish(read_timeline(document)))
    is_known = number in {site.RESULT_STATE, None}
    if stated is not None and is_known:
        is_official = stated.status is ResultStatus.OFFICIAL
        return State(RaceStatus.OFFICIAL if is_official else RaceStatus.PROVISIONAL, stated)
    if is_called_off(document):
        return State(RaceStatus.CANCELLED)
    if not is_known:
        raise document.changed(f"a known state of the race: etatPage is {number}")
    wanted = "«Arrivée officielle»" if number else "the state of the race (etatPage)"
    raise document.changed(wanted)


def _closed(document: Document, finish: Finish | None) -> State:
    # Whatever the page calls the order, nothing settles on it until the state says results.
    if finish is None:
        return _unless_called_off(document, RaceStatus.CLOSED)
    return State(RaceStatus.PROVISIONAL, replace(finish, status=ResultStatus.PROVISIONAL))


def _unless_called_off(document: Document, status: RaceStatus) -> State:
    return State(RaceStatus.CANCELLED if is_called_off(document) else status)
