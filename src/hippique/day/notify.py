"""The slip reaches the bettor at once, and so does its withdrawal; a no-bet waits for the digest.

Each is sent once: a marker beside the chain and the seal says that it was. It is written after the
sending, so that a process which dies in between sends again: twice is better than never. A channel
that fails is tried again at once, then at every sample and tick until the hour has passed. Nothing
here can fail a decision, which is frozen before.
"""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from hippique.betting.amounts import printable
from hippique.day import addresses
from hippique.day.desk import Desk
from hippique.day.entries import Withdrawal
from hippique.day.folder import Folder
from hippique.day.phases import Phase
from hippique.day.plan import Plan, PlannedRace
from hippique.day.race_day import decision_of, latest_plan, load, outcome_of, snapshots_of
from hippique.day.slip_words import slip_message, withdrawn_message
from hippique.errors import AlreadyExists, SourceDown, StoreError
from hippique.ports import Archive, Message
from hippique.racing.card import RaceId

NEAR = dt.timedelta(hours=1)  # of the off: before there is no slip, later its end is marked
PAUSES_S = (1.0, 2.0)  # between the attempts of one call


class Fate(StrEnum):
    """What became of a message. TOO_LATE: its hour passed before any address took it."""

    SENT = "sent"
    TOO_LATE = "too_late"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The marker: sent.json."""

    race: str
    kind: str
    fate: Fate
    at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Due:
    """A message that is to go out until an instant, the instant itself left out."""

    kind: str
    message: Message
    until: dt.datetime


def tell_day(desk: Desk, plan: Plan) -> None:
    """Send what is still unsent of any race of the day."""
    if desk.channel is None:
        return
    for race in plan.races:
        is_near = race.off_time is not None and abs(race.off_time - desk.now()) < NEAR
        if race.in_scope and is_near:
            tell_bettor(desk, race.race)


def tell_bettor(desk: Desk, race: RaceId) -> None:
    """Send the race's slip and its withdrawal, each once. A failure is an event, never an error."""
    if desk.channel is None:
        return
    try:
        _tell(desk, race)
    except StoreError as error:  # the next sample or tick tries again
        desk.journal.event("WARNING", "Slip not marked as sent", race=str(race), error=str(error))


def sent_of(archive: Archive, race: RaceId, kind: str) -> Sent | None:
    """What became of a race's `slip` or `withdrawn` message; None while it is still to be sent."""
    return load(archive, Sent, f"{addresses.sent_folder(race, kind)}/{addresses.SENT}")


def _tell(desk: Desk, race: RaceId) -> None:
    key = f"{race}/sent"
    if _unsent(desk, race) is None or not desk.claims.acquire(key):
        return
    try:
        due = _unsent(desk, race)  # again: another worker may have sent it meanwhile
        if due is not None:
            _send(desk, race, due)
    finally:
        desk.claims.release(key)


def _unsent(desk: Desk, race: RaceId) -> _Due | None:
    """What of the race is still to be sent: its slip or, once it is withdrawn, its withdrawal."""
    if outcome_of(desk.archive, race, Phase.H5) is None:
        return None
    withdrawal = load(desk.archive, Withdrawal, _withdrawal(race))
    if sent_of(desk.archive, race, "slip" if withdrawal is None else "withdrawn"):
        return None
    decision, planned = decision_of(desk.archive, race), _planned(desk, race)
    if decision is None or not decision.tickets or planned is None or planned.off_time is None:
        return None
    link = desk.options.service_url
    if withdrawal is None:
        message = slip_message(decision, planned, _names(desk, race), link)
        return _Due(kind="slip", message=message, until=decision.play_before or planned.off_time)
    message = withdrawn_message(decision, planned, withdrawal.reason, link)
    latest = _latest_off(desk, race) or planned.off_time
    return _Due(kind="withdrawn", message=message, until=max(latest, planned.off_time))


def _latest_off(desk: Desk, race: RaceId) -> dt.datetime | None:
    """A race that was put off withdraws its slip, and may do so after the old hour."""
    plan = latest_plan(desk.archive, race.day)
    found = plan.find(str(race.key)) if plan else None
    return found.off_time if found else None


def _planned(desk: Desk, race: RaceId) -> PlannedRace | None:
    """As it was decided on: a slip's play-before hangs on that off time."""
    address = f"{addresses.phase_folder(race, Phase.H5)}/{addresses.RACE}"
    return load(desk.archive, PlannedRace, address)


def _withdrawal(race: RaceId) -> str:
    return f"{addresses.phase_folder(race, 'WITHDRAWAL')}/{addresses.WITHDRAWN}"


def _names(desk: Desk, race: RaceId) -> dict[int, str]:
    seen = snapshots_of(desk.archive, race, Phase.H5)
    quotes = [quote for snapshot in seen.snapshots for quote in snapshot.quotes] if seen else []
    return {quote.number: printable(quote.name) for quote in reversed(quotes) if quote.name}


def _send(desk: Desk, race: RaceId, due: _Due) -> None:
    if desk.now() >= due.until:
        desk.journal.event("ERROR", "Slip never sent", race=str(race), kind=due.kind)
        _mark(desk, race, due.kind, Fate.TOO_LATE)
        return
    error = _attempt(desk, due.message)
    if error is not None:
        told = {"race": str(race), "kind": due.kind, "error": error}
        desk.journal.event("ERROR", "Slip not sent", **told, retried_until=due.until.isoformat())
        return
    _mark(desk, race, due.kind, Fate.SENT)
    desk.journal.event("INFO", "Slip sent", race=str(race), kind=due.kind)


def _attempt(desk: Desk, message: Message) -> str | None:
    """None where it went out, else why not, after the last of three attempts."""
    error: str | None = None
    for pause_s in (*PAUSES_S, None):
        error = _refusal(desk, message)
        if error is None or pause_s is None:
            return error
        desk.clock.sleep(pause_s)
    return error


def _refusal(desk: Desk, message: Message) -> str | None:
    if desk.channel is None:
        return "no channel"
    try:
        desk.channel.send(message)
    except SourceDown as error:
        return str(error)
    return None


def _mark(desk: Desk, race: RaceId, kind: str, fate: Fate) -> None:
    folder = Folder(desk.archive, addresses.sent_folder(race, kind))
    folder.write_value(addresses.SENT, Sent(race=str(race), kind=kind, fate=fate, at=desk.now()))
    with suppress(AlreadyExists):  # of two processes at once the first one's stands
        folder.close(desk.stamp())
