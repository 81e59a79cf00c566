"""A whole simulated day on Google's stand-ins, moved by Scheduler's and Tasks' calls alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from buckets import Weather, through
from cloud_day import Told, container, google_settings, listening, port_of_its_own
from google_outside import QUEUE, Google, google
from hippique.bootstrap.driven import Draw, Show, drive_day, simulated_drive
from hippique.day.close import seal_of
from hippique.day.outcome import Status
from hippique.day.phases import Phase
from hippique.day.race_day import decision_of, latest_plan, outcome_of
from hippique.day.verify import verify_day
from hippique.ports import Archive
from hippique.runtime.disk_archive import DiskArchive
from hippique.settings import Settings
from scheduler import JOBS

DAY = dt.date(2026, 6, 7)
DRAW = Draw(day=DAY, seed=7, races=4)


@contextmanager
def running(outside: Google, draw: Draw, told: Told, line: str = "") -> Iterator[None]:
    """One container in this process. line: to the bucket, where there is weather on it."""
    listener, outside.url = port_of_its_own()
    settings = google_settings(outside.bucket, outside.tasks.address, outside.url)
    environment = {"STORAGE_EMULATOR_HOST": line or outside.store}
    app = container(settings, environment, draw, outside.clock, told)
    with listening(app, listener):
        yield


def decided(archive: Archive) -> dict[str, bytes]:
    """What a day decided and what became of it, by address."""
    names = ("slip.json", "settlement.json", "forecast.json", "snapshot.json", "entries.json")
    return {a: archive.read(a) for a in archive.addresses(DAY.isoformat()) if a.endswith(names)}


@pytest.fixture(scope="module")
def on_disk(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """The same day on the embedded queue and a disk."""
    top = tmp_path_factory.mktemp("disk")
    show = Show(data=top, journal=lambda _: Told(), pause=lambda _: None)
    drive_day(simulated_drive(Settings(_env_file=None, policy="control"), DRAW, show))
    return DiskArchive(top / "archive")


def test_the_day_on_google_decides_and_settles_as_the_day_on_disk(on_disk: Archive):
    told = Told()
    with google(DRAW) as outside, running(outside, DRAW, told):
        outside.play(lambda: seal_of(outside.archive, DAY) is not None)
        in_bucket = decided(outside.archive)

        assert outside.refused == []
        assert told.of("ERROR", "CRITICAL") == []
        assert verify_day(outside.archive, DAY).ok
        assert outside.tasks.next_instant() is None
    expected = decided(on_disk)
    assert sorted(in_bucket) == sorted(expected)
    assert {a for a in expected if in_bucket[a] != expected[a]} == set()
    assert sum(a.endswith("/slip.json") for a in expected) == DRAW.races


def h5_names(outside: Google) -> list[str]:
    waiting = outside.tasks.rules.listed(QUEUE)
    return sorted(one.name.rpartition("/")[2] for one in waiting if "-h5-" in one.name)


def test_an_h5_task_run_by_hand_in_the_morning_over_http_keeps_its_decision():
    draw = replace(DRAW, races=1)
    told = Told()
    with google(draw) as outside, running(outside, draw, told):
        outside.play(lambda: bool(h5_names(outside)))
        (first,) = h5_names(outside)
        outside.tasks.rules.force(f"{QUEUE}/tasks/{first}")
        outside.tasks.send_due()
        (second,) = h5_names(outside)
        outside.play(lambda: seal_of(outside.archive, DAY) is not None)
        slips = [a for a in outside.archive.addresses() if a.endswith("/H5/slip.json")]
        looks = [a for a in outside.archive.addresses() if "/manual/H5/outcome.json" in a]

    assert first != second
    assert (len(slips), len(looks)) == (1, 1)
    assert outside.refused == []


def test_after_a_purge_the_day_is_queued_again_and_what_slipped_through_is_superseded():
    draw = replace(DRAW, races=1)
    told = Told()
    with google(draw) as outside, running(outside, draw, told):
        outside.play(lambda: bool(h5_names(outside)))
        before = set(h5_names(outside))
        outside.tasks.rules.slips = before
        outside.tasks.rules.purge(QUEUE)  # as `gcloud tasks queues purge` does
        outside.tasks.rules.queue(QUEUE).paused = False
        leaked = outside.tasks.rules.queue(QUEUE).lying[f"{QUEUE}/tasks/{min(before)}"]
        leaked.task.schedule_time = outside.clock.now()
        outside.tasks.send_due()
        answered = [fields["status"] for _, text, fields in told.events if text == "Task answered"]
        outside.fire(JOBS[1])  # POST /schedule
        again = set(h5_names(outside))
        outside.play(lambda: seal_of(outside.archive, DAY) is not None)
        slips = [a for a in outside.archive.addresses() if a.endswith("/H5/slip.json")]

    assert answered == [Status.SUPERSEDED]
    assert before.isdisjoint(again)
    assert len(slips) == 1


def test_an_upload_that_fails_at_h5_is_reported_and_the_next_delivery_decides():
    draw, told, refused = replace(DRAW, races=1), Told(), []
    name = b"/H5/slip.json"

    def rule(body: bytes) -> int | None:
        if name not in body or refused:
            return None
        refused.append(name)
        return 403  # at once; what may go by is tried again within the call

    with google(draw) as outside, through(Weather(rule=rule), outside.store) as line:
        with running(outside, draw, told, line):
            outside.play(lambda: seal_of(outside.archive, DAY) is not None)
        slips = [a for a in outside.archive.addresses() if a.endswith("/H5/slip.json")]

    assert len(slips) == 1
    assert len(outside.refused) == 1
    assert "StoreRefused" in outside.refused[0]
    assert any("Analysis failed" in one for one in told.of("ERROR"))


def test_a_slip_that_was_stored_stands_though_its_outcome_is_not_until_after_the_off():
    draw, told = replace(DRAW, races=1), Told()
    name = b"/H5/outcome.json"
    with google(draw) as outside:
        clock, off = outside.clock, [outside.clock.now() + dt.timedelta(days=1)]

        def rule(body: bytes) -> int | None:
            return 403 if name in body and clock.now() < off[0] else None

        with through(Weather(rule=rule), outside.store) as line, running(outside, draw, told, line):
            outside.play(lambda: bool(h5_names(outside)))
            plan = latest_plan(outside.archive, DAY)
            assert plan is not None
            off[0] = plan.queued()[0].off_time
            outside.play(lambda: seal_of(outside.archive, DAY) is not None)
        race = plan.queued()[0].race
        outcome = outcome_of(outside.archive, race, Phase.H5)
        decision = decision_of(outside.archive, race)

    assert len(outside.refused) >= 4  # at 0, 10, 30, 70 and 150 s, then after the off
    assert outcome is not None
    assert (outcome.status, outcome.decision) == (Status.DONE, decision.decision)
    assert decision.decided_at < off[0]
