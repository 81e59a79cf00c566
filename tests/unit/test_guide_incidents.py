"""The guide's incidents: the alert that rings and what the doctor names, both of one cause.

The doctor's own tests provoke the incidents on a real machine, one by one; pages that changed and
mass failure ring in tests/e2e/test_alerts.py, a wrong clock in tests/e2e/test_guides.py.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from desks import DAY, OFF, a_race, bench, minutes, order, programme
from hippique.day.care.evidence import Evidence, Frame, gather
from hippique.day.care.finding import Runbook
from hippique.day.care.machine import Machine, ServiceState
from hippique.day.care.runbooks import diagnose
from hippique.day.phases import Phase
from hippique.day.service import DayService
from hippique.errors import HippiqueError, SourceDown, SourceRefused, StoreBusy, StoreFull
from hippique.ports import Archive, NewTask
from hippique.racing.times import paris_at
from hippique.runtime.memory import MemoryArchive
from watching import NOON, Watched, watched

SILENT = ServiceState(url="http://127.0.0.1:8080", error="ConnectError: refused")


@dataclass
class RefusingArchive:
    """An archive that from some moment on takes no file of a first visit."""

    inside: Archive
    fault: HippiqueError | None = None

    def create(self, address: str, content: bytes) -> None:
        if self.fault is not None and "/H30/" in address:
            raise self.fault
        self.inside.create(address, content)

    def read(self, address: str) -> bytes:
        return self.inside.read(address)

    def addresses(self, prefix: str = "") -> tuple[str, ...]:
        return self.inside.addresses(prefix)

    def folders(self, prefix: str = "") -> tuple[str, ...]:
        return self.inside.folders(prefix)


class PartMissing:
    """A forecaster whose module is not installed."""

    name = model = "missing"

    def forecast(self, *_: object) -> object:
        raise ModuleNotFoundError("No module named 'gpi51_extra'", name="gpi51_extra")


# --- what happens ---------------------------------------------------------------------------


def no_source_answers_at_nine() -> Watched:
    one = Watched(bench(paris_at(DAY, 9, 10)))
    for site in one.bench.sources.values():
        site.show_programme(DAY, SourceDown("no answer", site=site.name))
    with pytest.raises(SourceDown):
        one.service.schedule(DAY)
    return one


def a_site_forbids_it() -> Watched:
    one = Watched(bench(paris_at(DAY, 9, 10)))
    zeturf, geny = one.bench.sources.values()
    zeturf.show_programme(DAY, programme("zeturf", a_race()))
    geny.show_programme(DAY, SourceRefused("geny: robots.txt forbids this path", site="geny"))
    one.service.schedule(DAY)
    return one.at(paris_at(DAY, 9, 15))


def the_queue_is_purged() -> Watched:
    one = watched()
    one.bench.queue.purge()
    return one.at(NOON + minutes(5))


def the_queue_is_paused() -> Watched:
    one = watched()
    one.bench.queue.set_paused(paused=True)
    return one.at(OFF - minutes(2))


def far_more_is_due_than_done() -> Watched:
    one = watched()
    for number in range(230):
        due = one.bench.clock.now() + minutes(1)
        one.bench.queue.create(NewTask(name=f"run-x-{number}", due=due, payload=b"{}"))
    return one.at(NOON + minutes(5))


def nobody_ran_it_for_an_hour() -> Watched:
    one = watched()
    one.bench.clock.advance_to(OFF - minutes(2))
    one.restart()
    return one.at(OFF - minutes(1))


def the_folder_may_not_be_written() -> Watched:
    return _refused(StoreBusy("archive/2025-10-16: may not be written; check its rights"))


def the_disk_is_full() -> Watched:
    return _refused(StoreFull("archive/2025-10-16: no room left"))


def _refused(fault: HippiqueError) -> Watched:
    archive = RefusingArchive(MemoryArchive())
    one = watched(archive=archive)
    archive.fault = fault
    return _visited(one, one.service, Phase.H30)


def a_module_is_missing() -> Watched:
    one = watched()
    desk = replace(one.bench.desk, journal=one.journal, forecaster=PartMissing())  # type: ignore[arg-type]  # lacks what it is
    return _visited(one, DayService(desk, lambda: 0.0, one.watch), Phase.H5)


def _visited(one: Watched, service: DayService, phase: Phase) -> Watched:
    """A visit that fails, delivered as the dispatcher does, which keeps the error."""
    one.bench.clock.advance_to(OFF - minutes(30 if phase is Phase.H30 else 5))
    one.bench.queue.open_dispatch()
    leased = one.bench.queue.lease_due(one.bench.clock.now(), 9)
    with pytest.raises((HippiqueError, ModuleNotFoundError)) as failed:
        service.run(order(phase))
    for task in leased:
        one.bench.queue.retry(task.name, f"{failed.typename}: {failed.value}")
    return one


# --- what rings, and what is named ------------------------------------------------------------


def evidence(one: Watched) -> Evidence:
    """What the doctor reads on the machine of a day of ours, whose service does not answer."""
    now: dt.datetime = one.bench.clock.now()
    frame = Frame(now=now, day=DAY, is_live=True, machine=Machine(), service=SILENT)
    return gather(one.bench.archive, one.bench.queue, frame)


@pytest.mark.parametrize(
    ("happens", "rule", "runbook"),
    [
        (no_source_answers_at_nine, "schedule_failed", Runbook.SCHEDULE),
        (the_queue_is_purged, "queue_empty", Runbook.SCHEDULE),
        (far_more_is_due_than_done, "queue_saturated", Runbook.SATURATED),
        (nobody_ran_it_for_an_hour, "phase_missed", Runbook.DOWN),
        (the_folder_may_not_be_written, "analyses_failed", Runbook.DENIED),
        (the_queue_is_paused, "phase_missed", Runbook.NOT_EXECUTED),
        (a_module_is_missing, "analyses_failed", Runbook.MODULE),
        (a_site_forbids_it, "plan_degraded", Runbook.ROBOTS),
        (the_disk_is_full, "store_full", Runbook.DISK),
    ],
)
def test_an_incident_rings_and_is_named(
    happens: Callable[[], Watched], rule: str, runbook: Runbook
):
    one = happens()

    assert rule in {alert.rule for alert in one.watch.standing()}
    assert runbook in {found.runbook for found in diagnose(evidence(one))}
