"""Odds between the phases: every five minutes from H-45, every minute after H-5.

For charts and training. A sample never changes a frozen decision; it can only find that a slip
must no longer be played, which is written beside it as a withdrawal.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from hippique.betting.slip import Decision, Leg, Ticket
from hippique.betting.terms import terms_of
from hippique.day import addresses
from hippique.day.books import write_release
from hippique.day.capture import capture
from hippique.day.desk import Desk
from hippique.day.entries import Withdrawal
from hippique.day.folder import Folder
from hippique.day.phases import DUE, Phase
from hippique.day.plan import Plan, PlannedRace
from hippique.day.race_day import decision_of, latest_plan, load, outcome_of
from hippique.day.schedule import create_task
from hippique.day.snapshots import RaceSnapshots, take_snapshots
from hippique.day.tasks import SAMPLE, Payload, local_text, race_claim
from hippique.errors import AlreadyExists
from hippique.ports import PageRequest, Source
from hippique.racing.card import RaceId
from hippique.racing.market import Snapshot

FIRST_SAMPLE = dt.timedelta(minutes=45)
LAST_MINUTES = (4, 3, 2, 1)  # minutes before the off that are sampled after H-5
NEAR_A_PHASE = dt.timedelta(seconds=90)  # the phase's own snapshot is sample enough
# Printed hours drift by a minute all day; a slip is withdrawn where its play-before is wrong, or
# where its odds have become too old for the new hour.
MOVED_EARLIER, MOVED_LATER = dt.timedelta(minutes=-2), dt.timedelta(minutes=2)
SAMPLED = ("zeturf", "pmu", "recorded")  # Geny repeats PMU's odds minutes later


def is_sampled(race: PlannedRace, now: dt.datetime) -> bool:
    """Whether a five-minute sample of this race is due: from H-45 to H-5, not beside a phase."""
    if not race.is_queued or race.off_time is None:
        return False
    before = race.off_time - now
    if not -DUE[Phase.H5] < before <= FIRST_SAMPLE:
        return False
    return all(abs(before + DUE[phase]) > NEAR_A_PHASE for phase in (Phase.H30, Phase.H5))


def sample_day(desk: Desk, plan: Plan) -> int:
    """Sample every race that is due for it; returns how many."""
    due = [race for race in plan.races if is_sampled(race, desk.now())]
    for race in due:
        sample_race(desk, race)
    return len(due)


def queue_last_samples(desk: Desk, race: PlannedRace, generation: int) -> int:
    """Queue the samples of the last minutes; called when H-5 is done. Returns how many."""
    if race.off_time is None:
        return 0
    offs = [race.off_time - dt.timedelta(minutes=minutes) for minutes in LAST_MINUTES]
    ahead = [due for due in offs if due > desk.now()]
    for due in ahead:
        create_task(desk, _payload(desk, race, due, generation))
    return len(ahead)


def _payload(desk: Desk, race: PlannedRace, due: dt.datetime, generation: int) -> Payload:
    off = race.off_time or due
    return Payload(
        course_url=race.url,
        phase=SAMPLE,
        date=race.date,
        race=str(race.race),
        off=off,
        due=due,
        not_after=off,
        generation=generation,
        correlation_id=desk.new_id("run"),
    )


def run_sample(desk: Desk, race: RaceId, off: dt.datetime) -> bool:
    """One queued sample; False where the race moved, was cancelled or is off meanwhile."""
    plan = latest_plan(desk.archive, race.day)
    planned = plan.find(str(race.key)) if plan else None
    if planned is None or planned.off_time != off or planned.cancelled or desk.now() >= off:
        return False
    return sample_race(desk, planned)


def sample_race(desk: Desk, race: PlannedRace) -> bool:
    """Take one sample; False where no source could be read. The slip is checked against it."""
    folder = Folder(desk.archive, addresses.odds_folder(race.race, desk.now()))
    if folder.names():  # this very second was sampled by another worker
        return True
    sources = [source for source in desk.sources if source.name in SAMPLED]

    def card(source: Source) -> tuple[PageRequest, ...]:
        return source.card(race.ref)

    taken = capture(sources, card, folder, parallel=desk.options.parallel)
    folder.write_value(addresses.PAGES, {"pages": taken.pages, "failures": taken.failures})
    snapshots = take_snapshots(race.race, taken.taken)
    folder.write_value(addresses.SNAPSHOT, snapshots)
    folder.close(desk.stamp())
    if taken.taken:
        _check_slip(desk, race.race, snapshots)
    return bool(taken.taken)


def _check_slip(desk: Desk, race: RaceId, snapshots: RaceSnapshots) -> None:
    decision = decision_of(desk.archive, race)
    if decision is None or not decision.tickets:
        return
    reason = why_withdrawn(decision, snapshots.snapshots, race.day)
    if reason is not None:
        withdraw(desk, race, reason)


def why_withdrawn(decision: Decision, snapshots: Sequence[Snapshot], day: dt.date) -> str | None:
    """Why a slip must no longer be played on these odds, None while it may."""
    for ticket in decision.tickets:
        pool = terms_of(ticket.operator, ticket.bet, day).pool
        for snapshot in snapshots:
            if snapshot.pool != pool:
                continue
            for leg in ticket.legs:
                reason = _broken(ticket, leg, snapshot)
                if reason is not None:
                    return reason
    return None


def _broken(ticket: Ticket, leg: Leg, snapshot: Snapshot) -> str | None:
    quotes = {quote.number: quote for quote in snapshot.quotes}
    for number in leg.combination:
        quote = quotes.get(number)
        if quote is None or quote.non_runner:
            return f"le {number} est non-partant"
    shown = _shown(ticket, quotes[leg.combination[0]].win, quotes[leg.combination[0]].place_low)
    if leg.limit_dividend is not None and shown is not None and shown < leg.limit_dividend:
        return f"le {leg.combination[0]} est à {shown}, sous la limite {leg.limit_dividend}"
    return None


def _shown(ticket: Ticket, win: float | None, place: float | None) -> float | None:
    return {"win": win, "place": place}.get(ticket.bet)


def withdraw_moved(desk: Desk, plan: Plan) -> None:
    """Withdraw slips of races that are off at another time than they were frozen for, or never."""
    for race in plan.races:
        if not race.in_scope or race.off_time is None or desk.now() >= race.off_time:
            continue
        decided_for = _off_decided_for(desk, race.race)
        if decided_for is None:
            continue
        if race.cancelled:
            withdraw(desk, race.race, "la course est annulée")
        elif not MOVED_EARLIER < race.off_time - decided_for < MOVED_LATER:
            then, now = local_text(decided_for), local_text(race.off_time)
            withdraw(desk, race.race, f"le départ a bougé de {then} à {now}")


def _off_decided_for(desk: Desk, race: RaceId) -> dt.datetime | None:
    """The off time that the race's slip was frozen for; None where it has no slip."""
    if outcome_of(desk.archive, race, Phase.H5) is None:
        return None
    decision = decision_of(desk.archive, race)
    address = f"{addresses.phase_folder(race, Phase.H5)}/{addresses.RACE}"
    planned = load(desk.archive, PlannedRace, address)
    return planned.off_time if planned and decision and decision.tickets else None


def withdraw(desk: Desk, race: RaceId, reason: str) -> None:
    """Write the withdrawal of a slip, once; a race that is being worked on waits for the next look.

    The claim keeps the race's chain in one hand.
    """
    key = race_claim(race)
    if not desk.claims.acquire(key):
        return
    try:
        _withdraw(desk, race, reason)
    finally:
        desk.claims.release(key)


def _withdraw(desk: Desk, race: RaceId, reason: str) -> None:
    folder = Folder(desk.archive, addresses.phase_folder(race, "WITHDRAWAL"))
    withdrawal = Withdrawal(race=str(race), withdrawn_at=desk.now(), reason=reason)
    folder.write_value(addresses.WITHDRAWN, withdrawal)
    write_release(desk.archive, folder, race, reason)
    try:
        folder.close(desk.stamp(race))
    except AlreadyExists:
        return
    desk.journal.event("WARNING", "Slip withdrawn", race=str(race), reason=reason)
