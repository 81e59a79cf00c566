"""The evening digest: what the day came to, told once to the bettor when the day is sealed.

Slips reach him at once; no-bets only here. It is tried again at each closing hour until it is out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from hippique.betting.amounts import cents, printable
from hippique.day import addresses
from hippique.day.close import seal_of
from hippique.day.desk import Desk
from hippique.day.folder import Folder
from hippique.day.race_day import latest_plan, load
from hippique.day.slip_words import NOTICE, mode_banner
from hippique.day.status import DayStatus, RaceState, Totals, day_status
from hippique.day.tally import Refusals, ranked
from hippique.errors import AlreadyExists, SourceDown
from hippique.ports import Message

MOST_REFUSALS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestSent:
    """The marker: sent.json."""

    date: dt.date
    at: dt.datetime


def tell_digest(desk: Desk, day: dt.date) -> None:
    """Send the digest of a sealed day, once. A channel that fails is an event, never an error.

    Raises StoreError where the marker cannot be read or written.
    """
    folder = Folder(desk.archive, addresses.digest_folder(day))
    sent = f"{folder.path}/{addresses.SENT}"
    if desk.channel is None or load(desk.archive, DigestSent, sent) is not None:
        return
    plan = latest_plan(desk.archive, day)
    if plan is None or seal_of(desk.archive, day) is None:
        return
    try:
        desk.channel.send(digest_message(day_status(desk.archive, plan, desk.now())))
    except SourceDown as error:
        told = {"date": day.isoformat(), "error": str(error)}
        desk.journal.event("WARNING", "Digest not sent", **told)
        return
    folder.write_value(addresses.SENT, DigestSent(date=day, at=desk.now()))
    with suppress(AlreadyExists):  # of two processes at once the first one's stands
        folder.close(desk.stamp())
    desk.journal.event("INFO", "Digest sent", date=day.isoformat())


def digest_message(status: DayStatus) -> Message:
    """The day in a few lines of French: each slip with what it returned, no-bets by condition."""
    totals = status.totals
    banner = mode_banner(totals.mode, simulated=totals.simulated)
    title = f"Journée du {totals.date:%d/%m/%Y} : {_counted(totals)}"
    lines = [
        *([f"{banner} : aucun pari réel."] if banner else []),
        *(_slip_line(race) for race in status.races if _has_slip(race)),
        _money_line(totals),
        *_refusal_lines(totals.refused),
        NOTICE,
    ]
    return Message(
        key=f"{totals.date} digest",
        title=f"{banner} – {title}" if banner else title,
        body="\n".join(lines),
    )


def _counted(totals: Totals) -> str:
    slips = f"{totals.slips} ticket{'s' if totals.slips > 1 else ''}"
    return f"{slips}, {totals.no_bets} abstention{'s' if totals.no_bets > 1 else ''}"


def _has_slip(race: RaceState) -> bool:
    return race.decision is not None and bool(race.decision.tickets)


def _slip_line(race: RaceState) -> str:
    where = f"{race.key} {printable(race.planned.meeting).title()}".rstrip()
    if race.withdrawn:
        return f"{where} : retiré avant le départ"
    paid = race.settlement
    if paid is None:
        return f"{where} : pas encore réglé"
    staked, returned = cents(paid.staked_cents, "fr"), cents(paid.returned_cents, "fr")
    return f"{where} : {staked} misés, {returned} rendus"


def _money_line(totals: Totals) -> str:
    if not totals.staked_cents:
        return "Rien n'a été misé."
    staked, returned = cents(totals.staked_cents, "fr"), cents(totals.returned_cents, "fr")
    return f"En tout {staked} misés, {returned} rendus."


def _refusal_lines(refused: Refusals) -> Iterator[str]:
    named, others = ranked(refused, MOST_REFUSALS)
    for count, need in named:
        yield f"{count} abstention{'s' if count > 1 else ''} faute de : {need}"
    if others:
        yield f"{others} pour d'autres raisons"
