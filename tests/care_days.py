"""Finished days for the tests of backup, pruning, checks and runbooks."""

from __future__ import annotations

from desks import DAY, OFF, Bench, minutes, order, race_day_bench
from hippique.day.close import close_day
from hippique.day.phases import Phase
from hippique.day.run import run_order
from hippique.ports import Archive
from hippique.racing.times import paris_at
from hippique.runtime.memory import MemoryArchive

EVENING = paris_at(DAY, 23)


def run_day(*, sealed: bool = True) -> Bench:
    """A day of one race, run to its settlement and, unless told otherwise, to its seal."""
    made = race_day_bench()
    made.service.schedule(DAY)
    for before, phase in ((30, Phase.H30), (5, Phase.H5), (-15, Phase.RESULT)):
        run_order(made.at(OFF - minutes(before)).desk, order(phase))
    for task in made.queue.live():
        made.queue.cancel(task.name)
    if sealed:
        assert close_day(made.at(EVENING).desk, DAY) is not None
    return made


def copied(archive: Archive) -> MemoryArchive:
    """The same artefacts, to be spoiled."""
    copy = MemoryArchive()
    for address in archive.addresses():
        copy.create(address, archive.read(address))
    return copy


def put(archive: MemoryArchive, address: str, content: bytes) -> None:
    """Replace an artefact, as nobody may."""
    archive.remove(address)
    archive.create(address, content)
