"""What a visit is, the visit of H-30, and an operator's look."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from dataclasses import dataclass

from hippique.day import addresses
from hippique.day.analyse import write_forecast
from hippique.day.capture import Capture, capture, captured_before, write_capture
from hippique.day.desk import Desk
from hippique.day.enrich import gather
from hippique.day.folder import Folder
from hippique.day.outcome import Order, Outcome, Status
from hippique.day.phases import Phase
from hippique.day.plan import PlannedRace
from hippique.day.race_day import load
from hippique.day.snapshots import RaceSnapshots, take_snapshots
from hippique.errors import AlreadyExists, PageMissing, SourceDown
from hippique.forecast.forecaster import Forecast, NoForecast
from hippique.racing.codec import from_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A delivery with the race as the plan in force knows it. begun_at: when we took it up."""

    order: Order
    race: PlannedRace
    off_time: dt.datetime
    begun_at: dt.datetime

    def outcome(
        self,
        desk: Desk,
        status: Status,
        *,
        decision: str | None = None,
        reasons: tuple[str, ...] = (),
        artifacts: tuple[str, ...] = (),
    ) -> Outcome:
        """This delivery's outcome, now."""
        return Outcome(
            race=str(self.order.race),
            phase=self.order.phase,
            status=status,
            correlation_id=self.order.correlation_id,
            at=desk.now(),
            decision=decision,
            reasons=reasons,
            artifacts=artifacts,
            begun_at=self.begun_at,
        )


def visit_h30(desk: Desk, visit: Visit, folder: Folder) -> Outcome:
    """Take the first snapshot and the chances it gives."""
    snapshots = snapshot_once(desk, visit, folder)
    _forecast(desk, visit, folder, snapshots)
    freeze_race(visit, folder)
    return visit.outcome(desk, Status.DONE, artifacts=folder.addresses())


def snapshot_once(desk: Desk, visit: Visit, folder: Folder) -> RaceSnapshots:
    """The snapshots of this visit: an earlier attempt's where it wrote them, else fresh ones."""
    kept = load(desk.archive, RaceSnapshots, f"{folder.path}/{addresses.SNAPSHOT}")
    if kept is not None:
        return kept
    taken = _cards(desk, visit, folder)
    write_capture(folder, taken)
    snapshots = take_snapshots(visit.order.race, taken.taken)
    return from_json(RaceSnapshots, folder.write_value(addresses.SNAPSHOT, snapshots))


def _forecast(
    desk: Desk, visit: Visit, folder: Folder, snapshots: RaceSnapshots
) -> Forecast | NoForecast:
    evidence = gather(desk, visit.race, visit.order.phase, folder, snapshots)
    return write_forecast(folder, evidence, desk.forecaster)


def freeze_race(visit: Visit, folder: Folder) -> PlannedRace:
    """The race as it was known when it was decided on: late, because failed tries see it move."""
    return from_json(PlannedRace, folder.write_value(addresses.RACE, visit.race))


def _cards(desk: Desk, visit: Visit, folder: Folder) -> Capture:
    """Every source's page of the race. Raises SourceDown where none could be read."""
    ref = visit.race.ref
    before = captured_before(desk.sources, ref, folder)
    if before is not None:
        return before
    taken = capture(
        desk.sources, lambda source: source.card(ref), folder, parallel=desk.options.parallel
    )
    report_failures(desk, visit, folder, taken)
    if not taken.taken:
        reasons = "; ".join(f"{f.source}: {f.reason}" for f in taken.failures) or "no source has it"
        raise SourceDown(f"no page of {visit.order.race} could be read ({reasons})", site="day")
    return taken


def report_failures(desk: Desk, visit: Visit, folder: Folder, taken: Capture) -> None:
    """One event for each page that could not be had or read, with where it was kept."""
    for failure in taken.failures:
        awaited = visit.order.phase is Phase.RESULT and failure.error == PageMissing.__name__
        desk.journal.event(
            "DEBUG" if awaited else "WARNING",  # dividends have no page before they are official
            "Error parsing" if failure.file else "Error fetching",
            race=str(visit.order.race),
            phase=visit.order.phase,
            correlation_id=visit.order.correlation_id,
            source=failure.source,
            url=failure.url,
            error=failure.error,
            missing=failure.reason,
            page=f"{folder.path}/{failure.file}" if failure.file else None,
        )


def look(desk: Desk, visit: Visit) -> Outcome:
    """An operator's look before the due time: kept apart, once, and never a ticket."""
    folder = Folder(desk.archive, addresses.look_folder(visit.order.race, visit.order.phase))
    kept = load(desk.archive, Outcome, f"{folder.path}/{addresses.OUTCOME}")
    outcome = kept or _looked(desk, visit, folder)
    if addresses.MANIFEST not in folder.names():
        with suppress(AlreadyExists):  # of two looks at once the first one's stands
            folder.close(desk.stamp())
    return outcome


def _looked(desk: Desk, visit: Visit, folder: Folder) -> Outcome:
    snapshots = snapshot_once(desk, visit, folder)
    _forecast(desk, visit, folder, snapshots)
    freeze_race(visit, folder)
    outcome = visit.outcome(
        desk,
        Status.LOOK,
        reasons=("before the due time: a look, no ticket",),
        artifacts=folder.addresses(),
    )
    return from_json(Outcome, folder.write_value(addresses.OUTCOME, outcome))
