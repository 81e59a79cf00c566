"""What each phase does once its race is claimed: H30, H5, the result, and an operator's look."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from dataclasses import dataclass

from hippique.betting.slip import Decision, read_decision
from hippique.day import addresses
from hippique.day.analyse import Inputs, Setting, hash_of, write_forecast, write_slip
from hippique.day.books import write_stakes
from hippique.day.capture import Capture, capture, captured_before, write_capture
from hippique.day.desk import Desk
from hippique.day.enrich import gather
from hippique.day.folder import Folder
from hippique.day.outcome import Order, Outcome, Status
from hippique.day.phases import Phase
from hippique.day.plan import PlannedRace
from hippique.day.race_day import load, snapshots_of
from hippique.day.snapshots import RaceSnapshots, take_snapshots
from hippique.errors import AlreadyExists, PageMissing, SourceDown
from hippique.forecast.forecaster import Forecast, NoForecast
from hippique.racing.card import RaceStatus, Reading
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


OVER = frozenset(
    {RaceStatus.CLOSED, RaceStatus.PROVISIONAL, RaceStatus.OFFICIAL, RaceStatus.CANCELLED}
)
OLDEST_ODDS = dt.timedelta(minutes=7)  # the method's own gate on the age of its data


@dataclass(frozen=True, slots=True)
class _Readings:
    readings: tuple[Reading, ...]


def visit_h30(desk: Desk, visit: Visit, folder: Folder) -> Outcome:
    """Take the first snapshot and the chances it gives."""
    snapshots = _snapshot(desk, visit, folder)
    _forecast(desk, visit, folder, snapshots)
    _freeze_race(visit, folder)
    return visit.outcome(desk, Status.DONE, artifacts=folder.addresses())


def visit_h5(desk: Desk, visit: Visit, folder: Folder) -> Outcome:
    """Take the second snapshot and decide; the decision is frozen before the off.

    LATE, and no ticket, where the pages took so long that the off has passed meanwhile.
    """
    decision = _decided_before(folder) or _decide(desk, visit, folder)
    if isinstance(decision, str):
        return visit.outcome(desk, Status.LATE, reasons=(decision,), artifacts=folder.addresses())
    write_stakes(desk.archive, folder, visit.order.race)
    return visit.outcome(
        desk,
        Status.DONE,
        decision=decision.decision,
        reasons=decision.reasons,
        artifacts=folder.addresses(),
    )


def _decided_before(folder: Folder) -> Decision | None:
    if addresses.SLIP not in folder.names():
        return None
    return read_decision(folder.read(addresses.SLIP))


def _decide(desk: Desk, visit: Visit, folder: Folder) -> Decision | str:
    """The decision, written once; or why there is none, with what was seen kept all the same."""
    snapshots = _snapshot(desk, visit, folder)
    evidence = gather(desk, visit.race, visit.order.phase, folder, snapshots)
    forecast = write_forecast(folder, evidence, desk.forecaster)
    inputs = Inputs(
        race=_freeze_race(visit, folder),
        snapshots=snapshots,
        earlier=snapshots_of(desk.archive, visit.order.race, Phase.H30),
        forecast=forecast,
        hashes={
            "snapshot": hash_of(folder, addresses.SNAPSHOT),
            "forecast": hash_of(folder, addresses.FORECAST),
        },
        evidence=evidence,
    )
    now = desk.now()
    too_late = _why_too_late(folder, visit, snapshots, now)
    return too_late or write_slip(folder, inputs, setting_of(desk), now)


def _why_too_late(
    folder: Folder, visit: Visit, snapshots: RaceSnapshots, now: dt.datetime
) -> str | None:
    """Why no ticket may be written any more: the hour, the pages' own word, or odds too old."""
    if now >= visit.off_time:
        return "the pages came after the off"
    for reading in from_json(_Readings, folder.read(addresses.READING)).readings:
        race = reading.only_race()
        if race.status in OVER or race.result is not None:
            return f"{reading.source} says that betting is over ({race.status or 'a result'})"
    taken = [snapshot.taken_at for snapshot in snapshots.snapshots]
    if taken and now - max(taken) > OLDEST_ODDS:
        return "the odds of an interrupted attempt are too old"
    return None


def setting_of(desk: Desk) -> Setting:
    """What a desk decides under."""
    return Setting(
        forecaster=desk.forecaster,
        policy=desk.policy,
        operators=desk.options.operators,
        mode=desk.options.mode,
        simulated=desk.options.simulated,
        versions=desk.versions,
    )


def _snapshot(desk: Desk, visit: Visit, folder: Folder) -> RaceSnapshots:
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


def _freeze_race(visit: Visit, folder: Folder) -> PlannedRace:
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
    snapshots = _snapshot(desk, visit, folder)
    _forecast(desk, visit, folder, snapshots)
    _freeze_race(visit, folder)
    outcome = visit.outcome(
        desk,
        Status.LOOK,
        reasons=("before the due time: a look, no ticket",),
        artifacts=folder.addresses(),
    )
    return from_json(Outcome, folder.write_value(addresses.OUTCOME, outcome))
