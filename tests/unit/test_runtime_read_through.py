"""Copies in memory before a bucket, one listing for a look, and what a day's page then costs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from buckets import QUICK, Weather, client_of, fake_gcs, new_name, through
from contracts.archive_contract import ArchiveContract, PrunerContract
from desks import DAY, OFF, minutes, order, race_day_bench
from hippique.day.listed import Listed
from hippique.day.past import RIDES, PastRides
from hippique.day.race_day import latest_plan, newest_day
from hippique.day.run import run_order
from hippique.day.status import day_status
from hippique.errors import NotFound
from hippique.runtime.gcs import GcsArchive
from hippique.runtime.gcs_bucket import Bucket
from hippique.runtime.memory import MemoryArchive, MemoryViews
from hippique.runtime.read_through import ReadThrough


class Counted(MemoryArchive):
    """An archive that counts how often it is read."""

    def __init__(self) -> None:
        super().__init__()
        self.reads: list[str] = []

    def read(self, address: str) -> bytes:
        self.reads.append(address)
        return super().read(address)


class TestReadThrough(ArchiveContract):
    @pytest.fixture
    def archive(self) -> ReadThrough:
        return ReadThrough(MemoryArchive())


class TestReadThroughPruner(PrunerContract):
    @pytest.fixture
    def kept(self) -> ReadThrough:
        return ReadThrough(MemoryArchive())


def test_what_was_written_or_read_is_not_asked_for_again():
    far = Counted()
    far.create("theirs", b"1")
    near = ReadThrough(far)
    near.create("ours", b"2")

    assert [near.read(name) for name in ("theirs", "ours", "theirs", "ours")] == [
        b"1",
        b"2",
        b"1",
        b"2",
    ]
    assert far.reads == ["theirs"]


def test_what_is_absent_is_asked_for_each_time():
    far = Counted()
    near = ReadThrough(far)
    with pytest.raises(NotFound):
        near.read("slip.json")
    far.create("slip.json", b"{}")

    assert near.read("slip.json") == b"{}"


def test_memory_is_bounded_and_what_was_used_last_stays():
    far = Counted()
    near = ReadThrough(far, limit_bytes=100)
    for name in "abc":
        near.create(name, bytes(40))
    near.create("large", bytes(101))
    far.reads.clear()
    near.create("d", bytes(60))
    near.create("e", bytes(40))
    for name in "dea":
        near.read(name)

    assert far.reads == ["a"]


def test_a_look_asks_for_nothing_that_its_listing_did_not_show():
    far = Counted()
    far.create("d/R1C1/H30/a", b"1")
    look = Listed(far, "d")
    far.create("d/R1C1/H5/late", b"2")
    far.create("e/x", b"3")

    assert look.addresses("d/R1C1") == ("d/R1C1/H30/a",)
    for address in ("d/R1C1/H5/late", "d/R1C1/H5/never"):
        with pytest.raises(NotFound):
            look.read(address)
    assert (look.read("d/R1C1/H30/a"), look.read("e/x")) == (b"1", b"3")
    assert far.reads == ["d/R1C1/H30/a", "e/x"]


@pytest.fixture
def line() -> Iterator[tuple[Weather, ReadThrough]]:
    weather = Weather()
    with fake_gcs() as store, through(weather, store) as address:
        name = new_name(client_of(store))
        bucket = Bucket(client_of(address), name, writer="us", patience=QUICK)
        yield weather, ReadThrough(GcsArchive(bucket))


def test_a_days_page_costs_one_listing_once_its_files_were_read(line):
    weather, near = line
    made = race_day_bench()
    made.service.schedule(DAY)
    run_order(made.at(OFF - minutes(5)).desk, order("H5"))
    for address in made.archive.addresses():
        near.create(address, made.archive.read(address))
    plan = latest_plan(near, DAY)
    assert plan is not None
    weather.requests.clear()

    status = day_status(near, plan, OFF)

    assert status.totals.h5_done == 1
    assert len(weather.requests) == 1
    assert newest_day(near) == DAY
    assert len(weather.requests) == 3  # the days, and the newest one's plans


def finished():
    made = race_day_bench()
    made.service.schedule(DAY)
    run_order(made.at(OFF - minutes(5)).desk, order("H5"))
    run_order(made.at(OFF + minutes(15)).desk, order("RESULT"))
    return made


def test_past_rides_are_read_once_and_kept_for_the_next_process():
    made, views = finished(), MemoryViews()
    later = DAY.replace(day=DAY.day + 8)
    far = Counted()
    for address in made.archive.addresses():
        far.create(address, made.archive.read(address))
    first = PastRides(far, views).book(later)
    far.reads.clear()

    again = PastRides(far, views).book(later)

    assert far.reads == []
    known = OFF.replace(year=OFF.year + 1)
    assert first.mean_rate(DAY, known) == again.mean_rate(DAY, known) is not None


@pytest.mark.parametrize("content", [b"", b"no zstd", b"\x28\xb5\x2f\xfd\x00\x00\x01\x00\x00"])
def test_a_damaged_file_of_past_rides_is_made_anew(content):
    made, views = finished(), MemoryViews()
    later = DAY.replace(day=DAY.day + 8)
    views.publish(RIDES, content)

    book = PastRides(made.archive, views).book(later)

    assert book.mean_rate(DAY, OFF.replace(year=OFF.year + 1)) is not None
    assert views.load(RIDES) != content
