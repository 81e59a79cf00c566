"""After the race: poll until official, then settle, or close a race that was not run."""

from __future__ import annotations

from hippique.betting.settlement import LegState, Settlement, refund, write_settlement
from hippique.day import addresses
from hippique.day.books import settle_by, settle_issued, write_results
from hippique.day.capture import Capture, capture, captured_before, write_capture
from hippique.day.desk import Desk
from hippique.day.folder import Folder
from hippique.day.official import RaceResult, official_result
from hippique.day.outcome import Outcome, Status
from hippique.day.race_day import decision_of
from hippique.day.result_polls import last_poll, queue_next_poll
from hippique.day.visits import Visit, report_failures
from hippique.racing.codec import from_json


def visit_result(desk: Desk, visit: Visit, folder: Folder) -> Outcome:
    """Ask for the official result; settle on it, or ask again later, also where no page came."""
    decision = decision_of(desk.archive, visit.order.race)
    if visit.race.cancelled:
        return _not_run(desk, visit, folder)
    taken = _result_pages(desk, visit, folder)
    found = official_result(str(visit.order.race), taken.taken, visit.race.declared)
    if found.cancelled:
        return _not_run(desk, visit, folder)
    waits_for = _waits_for(desk, visit, found)
    if waits_for:
        return _ask_again(desk, visit, waits_for)
    folder.write_value(addresses.RACE, visit.race)
    write_capture(folder, taken)
    kept = from_json(RaceResult, folder.write_value(addresses.RESULT, found))
    _settle(desk, visit, folder, kept)
    return visit.outcome(
        desk,
        Status.DONE,
        decision=decision.decision if decision else None,
        reasons=kept.disagreements,
        artifacts=folder.addresses(),
    )


def _result_pages(desk: Desk, visit: Visit, folder: Folder) -> Capture:
    before = captured_before(desk.sources, visit.race.ref, folder)
    if before is not None:
        return before
    taken = capture(
        desk.sources,
        lambda source: source.result(visit.race.ref),
        folder,
        parallel=desk.options.parallel,
    )
    report_failures(desk, visit, folder, taken)
    return taken


def _settled(desk: Desk, visit: Visit, found: RaceResult) -> Settlement | None:
    official = found.official
    if official is None:
        return None
    return settle_issued(desk.archive, visit.order.race, settle_by(official))


def _waits_for(desk: Desk, visit: Visit, found: RaceResult) -> tuple[str, ...]:
    """What is still missing: an official order, or what the slip's tickets need to be paid."""
    if found.result is None:
        return ("not official yet",)
    settlement = _settled(desk, visit, found)
    legs = settlement.legs if settlement else ()
    reasons = [leg.reason or "pending" for leg in legs if leg.state is LegState.PENDING]
    return tuple(dict.fromkeys(reasons))


def _ask_again(desk: Desk, visit: Visit, reasons: tuple[str, ...]) -> Outcome:
    if desk.now() >= last_poll(visit.order.race.day):
        return visit.outcome(desk, Status.FAILED, reasons=("never official", *reasons))
    queue_next_poll(desk, visit.order, visit.off_time)
    return visit.outcome(desk, Status.PENDING, reasons=reasons)


def _settle(desk: Desk, visit: Visit, folder: Folder, found: RaceResult) -> None:
    """The slip's settlement, and the entries of every account that had a stake."""
    settlement, official = _settled(desk, visit, found), found.official
    if settlement is None or official is None:
        return
    folder.write(addresses.SETTLEMENT, write_settlement(settlement))
    write_results(desk.archive, folder, visit.order.race, settle_by(official), desk.now())


def _not_run(desk: Desk, visit: Visit, folder: Folder) -> Outcome:
    """A cancelled race: every stake comes back."""
    race = visit.order.race
    settlement = settle_issued(desk.archive, race, refund)
    if settlement is not None:
        folder.write(addresses.SETTLEMENT, write_settlement(settlement))
        write_results(desk.archive, folder, race, refund, desk.now())
    return visit.outcome(
        desk, Status.CANCELLED, reasons=("the race was not run",), artifacts=folder.addresses()
    )
