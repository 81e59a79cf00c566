"""One delivery of a race task: whatever arrives, and however often, acts once."""

from __future__ import annotations

from collections.abc import Callable

from hippique.day import addresses
from hippique.day.close import seal_of
from hippique.day.desk import Desk
from hippique.day.folder import Folder
from hippique.day.outcome import Order, Outcome, Status
from hippique.day.phases import Phase, due_at, not_after
from hippique.day.plan import PlannedRace
from hippique.day.race_day import latest_plan, load, outcome_of
from hippique.day.tasks import race_claim
from hippique.day.visit_h5 import visit_h5
from hippique.day.visit_result import visit_result
from hippique.day.visits import Visit, look, visit_h30
from hippique.errors import SourceError, StoreBusy, StoreError, UnknownRace
from hippique.ports import RaceRef
from hippique.racing.codec import from_json, to_pretty_json


def run_order(desk: Desk, order: Order) -> Outcome:
    """Run one delivery. Returns its outcome; a stale or late task is an outcome, not an error.

    Raises UnknownRace (no plan holds it), SourceError and StoreError (the queue tries again),
    StoreBusy where another worker is at this race and no outcome is stored yet.
    """
    stored = outcome_of(desk.archive, order.race, order.phase)
    if stored is not None:
        return stored
    visit = _visit(desk, order)
    stale = _stale(desk, visit)
    if stale is not None:
        return visit.outcome(desk, stale)
    if seal_of(desk.archive, order.race.day) is not None:
        return visit.outcome(desk, Status.LATE, reasons=("the day is closed",))
    if _is_look(desk, visit):
        return look(desk, visit)
    return _claimed(desk, visit)


def _is_look(desk: Desk, visit: Visit) -> bool:
    """Before its due time a call without `due` is a look; H-5 is one in any case.

    A decision frozen hours early, by a task run by hand, would stand in for the real one.
    """
    is_early = desk.now() < due_at(visit.order.phase, visit.off_time)
    return is_early and (visit.order.due is None or visit.order.phase is Phase.H5)


def _visit(desk: Desk, order: Order) -> Visit:
    begun_at = desk.now()
    plan = latest_plan(desk.archive, order.race.day)
    race = plan.find(str(order.race.key)) if plan else None
    if race is None:
        race = _unplanned(desk, order)
    if race.off_time is None:
        raise UnknownRace(f"{order.race} has no known off time yet", field="course_url")
    return Visit(order=order, race=race, off_time=race.off_time, begun_at=begun_at)


def _unplanned(desk: Desk, order: Order) -> PlannedRace:
    """A race that no plan holds, read from its own page at the first source that has it."""
    ref = RaceRef(race=order.race, urls=_urls_of(desk, order))
    for source in desk.sources:
        for request in source.card(ref):
            try:
                reading = source.read(source.fetch(request))
            except SourceError:
                continue  # the next source may know it; if none does the caller is told
            race = reading.only_race()
            if race.off_time is not None:
                return PlannedRace(
                    date=order.race.day, key=str(order.race.key), meeting=reading.meetings[0].track,
                    country=reading.meetings[0].country, name=race.name, off_time=race.off_time,
                    declared=race.declared, url=request.url, urls=ref.urls,
                )  # fmt: skip
    raise UnknownRace(
        f"no plan and no source knows {order.race}; POST /schedule for that day first",
        field="course_url",
    )


def _urls_of(desk: Desk, order: Order) -> dict[str, str]:
    return {source.name: order.course_url for source in desk.sources if order.course_url}


def _stale(desk: Desk, visit: Visit) -> Status | None:
    """Why this delivery must not act, if it must not."""
    order = visit.order
    if order.generation is not None and order.generation != desk.queue.generation():
        return Status.SUPERSEDED
    if order.off is not None and order.off != visit.off_time:
        return Status.SUPERSEDED
    if visit.race.cancelled and order.phase is not Phase.RESULT:  # RESULT returns the stakes
        return Status.CANCELLED
    return None


def _claimed(desk: Desk, visit: Visit) -> Outcome:
    key = race_claim(visit.order.race)
    if not desk.claims.acquire(key):
        stored = outcome_of(desk.archive, visit.order.race, visit.order.phase)
        if stored is not None:
            return stored
        raise StoreBusy(f"another worker is at {visit.order.race}; try again")
    try:
        return _act(desk, visit)
    finally:
        desk.claims.release(key)


def _act(desk: Desk, visit: Visit) -> Outcome:
    order = visit.order
    stored = outcome_of(desk.archive, order.race, order.phase)
    if stored is not None:  # another worker finished between our first look and the claim
        return stored
    folder = Folder(desk.archive, addresses.phase_folder(order.race, order.phase))
    outcome = load(desk.archive, Outcome, f"{folder.path}/{addresses.OUTCOME}")
    if outcome is None:
        outcome = _outcome(desk, visit, folder)
    return outcome if outcome.status is Status.PENDING else _close(desk, order, folder, outcome)


_ACTS: dict[Phase, Callable[[Desk, Visit, Folder], Outcome]] = {
    Phase.H30: visit_h30,
    Phase.H5: visit_h5,
    Phase.RESULT: visit_result,
}


def _outcome(desk: Desk, visit: Visit, folder: Folder) -> Outcome:
    if desk.now() >= not_after(visit.order.phase, visit.off_time) and not _was_decided(folder):
        return _late(desk, visit, folder)
    try:
        return _ACTS[visit.order.phase](desk, visit, folder)
    except (SourceError, StoreError) as error:
        failure = {
            "at": desk.now(),
            "error": type(error).__name__,
            "reason": str(error),
            "begun_at": visit.begun_at,
        }
        folder.write_beside("failure", ".json", to_pretty_json(failure))
        raise


def _was_decided(folder: Folder) -> bool:
    """Whether a slip was frozen in time by a worker that died: it is finished, not refused."""
    return addresses.SLIP in folder.names()


_TOO_LATE = {Phase.H30: "past H-5", Phase.H5: "past the off", Phase.RESULT: "never official"}


def _late(desk: Desk, visit: Visit, folder: Folder) -> Outcome:
    """LATE, or FAILED where earlier attempts were made and failed."""
    phase = visit.order.phase
    tried = any(name.startswith("failure-") for name in folder.names())
    status = Status.FAILED if tried or phase is Phase.RESULT else Status.LATE
    return visit.outcome(desk, status, reasons=(_TOO_LATE[phase],))


def _close(desk: Desk, order: Order, folder: Folder, outcome: Outcome) -> Outcome:
    """Store the outcome, then the manifest that makes it count."""
    kept = folder.write_value(addresses.OUTCOME, outcome)
    folder.close(desk.stamp(order.race))
    return from_json(Outcome, kept)
