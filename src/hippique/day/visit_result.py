"""After the race: poll until official, then settle, or close a race that was not run."""

from __future__ import annotations

from hippique.betting.ledger import Settlement, refund, settle, write_settlement
from hippique.betting.slip import Decision
from hippique.day import addresses
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
        return _not_run(desk, visit, folder, decision)
    taken = _result_pages(desk, visit, folder)
    found = official_result(str(visit.order.race), taken.taken, visit.race.declared)
    if found.cancelled:
        return _not_run(desk, visit, folder, decision)
    if not _is_complete(decision, found):
        return _ask_again(desk, visit, found)
    folder.write_value(addresses.RACE, visit.race)
    write_capture(folder, taken)
    kept = from_json(RaceResult, folder.write_value(addresses.RESULT, found))
    _write_settlement(folder, decision, kept)
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


def _settled(decision: Decision | None, found: RaceResult) -> Settlement | None:
    if decision is None or found.result is None:
        return None
    return settle(decision, found.result, found.declared)


def _is_complete(decision: Decision | None, found: RaceResult) -> bool:
    """An official order, and every dividend that the decision's tickets need."""
    settlement = _settled(decision, found)
    return found.result is not None and (settlement is None or settlement.complete)


def _ask_again(desk: Desk, visit: Visit, found: RaceResult) -> Outcome:
    reason = "not official yet" if found.result is None else "a dividend is not published yet"
    if desk.now() >= last_poll(visit.order.race.day):
        return visit.outcome(desk, Status.FAILED, reasons=("never official", reason))
    queue_next_poll(desk, visit.order, visit.off_time)
    return visit.outcome(desk, Status.PENDING, reasons=(reason,))


def _write_settlement(folder: Folder, decision: Decision | None, found: RaceResult) -> None:
    settlement = _settled(decision, found)
    if settlement is not None:
        folder.write(addresses.SETTLEMENT, write_settlement(settlement))


def _not_run(desk: Desk, visit: Visit, folder: Folder, decision: Decision | None) -> Outcome:
    """A cancelled race: every stake comes back."""
    if decision is not None:
        folder.write(addresses.SETTLEMENT, write_settlement(refund(decision)))
    return visit.outcome(
        desk, Status.CANCELLED, reasons=("the race was not run",), artifacts=folder.addresses()
    )
