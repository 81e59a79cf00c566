"""Backup, restore, pruning, checks, figures and the doctor over a bucket."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from buckets import client_of, fake_gcs, new_name
from hippique.runtime.disk_archive import DiskArchive
from hippique.runtime.gcs import GcsArchive
from hippique.runtime.gcs_bucket import Bucket
from running import Ended, invoke

DAY = "2031-06-07"


@dataclass(frozen=True, slots=True)
class Store:
    """A fake Cloud Storage with a finished simulated day in one of its buckets."""

    top: Path
    address: str
    bucket: str

    def run(self, *command: object, bucket: str | None = None, **settings: str) -> Ended:
        place = {"GCS_BUCKET": bucket or self.bucket, "STORAGE_EMULATOR_HOST": self.address}
        return invoke(*command, "--json", cwd=self.top, **place, **settings)

    def archive(self, bucket: str | None = None) -> GcsArchive:
        name = bucket or self.bucket
        return GcsArchive(Bucket(client_of(self.address), name, writer="test"))

    def empty(self) -> str:
        return new_name(client_of(self.address))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    top = tmp_path_factory.mktemp("day")
    arguments = ("day", "--date", DAY, "--races", 1, "--data", "made")
    assert invoke(*arguments, cwd=top).code == 0
    with fake_gcs() as address:
        made = Store(top, address, new_name(client_of(address)))
        disk = DiskArchive(top / "made" / "archive")
        archive = made.archive()
        for name in disk.addresses():
            archive.create(name, disk.read(name))
        (top / "data").mkdir()
        (top / "data" / "queue.sqlite").write_bytes((top / "made" / "queue.sqlite").read_bytes())
        yield made


@pytest.mark.parametrize("command", [("stats",), ("errors",)], ids=" ".join)
def test_figures_are_those_of_the_folder(command, store: Store):
    on_disk = invoke(*command, "--json", "--data", "made", cwd=store.top)

    in_bucket = store.run(*command)

    assert (in_bucket.code, on_disk.code) == (0, 0)
    assert in_bucket.document == on_disk.document


@pytest.mark.parametrize("period", ["morning", "weekly", "monthly", "quarterly"])
def test_checks_find_nothing_on_a_healthy_day(period, store: Store):
    told = store.run("check", period)

    assert told.code == 0, told.out
    assert told.document["ok"] is True


def test_the_doctor_finds_nothing_on_a_healthy_day(store: Store):
    told = store.run("doctor")

    assert (told.code, told.document["findings"]) == (0, [])


def test_a_backup_of_a_bucket_fills_a_bucket_and_a_folder(store: Store):
    assert store.run("backup", "one.tar.zst").code == 0
    other = store.empty()

    filled = store.run("restore", "one.tar.zst", bucket=other)
    on_disk = invoke("restore", "one.tar.zst", "--data", "back", "--json", cwd=store.top)

    assert (filled.code, on_disk.code) == (0, 0)
    addresses = store.archive().addresses()
    assert store.archive(other).addresses() == addresses
    assert DiskArchive(store.top / "back" / "archive").addresses() == addresses
    assert store.run("verify", bucket=other).code == 0
    assert store.run("restore", "one.tar.zst", "--drill").document["differing"] == []


def test_a_bucket_that_holds_days_is_filled_only_when_told_and_never_replaced(store: Store):
    assert store.run("backup", "two.tar.zst").code == 0
    other = store.empty()
    slip = f"{DAY}/R1C1/H5/slip.json"
    store.archive(other).create(f"{DAY}/R1C1/H5/race.json", b"another")

    refused = store.run("restore", "two.tar.zst", bucket=other)
    stopped = store.run("restore", "two.tar.zst", "--replace", bucket=other)

    assert "--replace" in refused.document["error"]["message"]
    assert stopped.document["error"]["code"] == "AlreadyExists"
    assert store.archive(other).read(f"{DAY}/R1C1/H5/race.json") == b"another"
    assert slip not in store.archive(other).addresses(f"{DAY}/R1C1/RESULT")


def test_old_pages_go_from_a_bucket_and_it_verifies(store: Store):
    assert store.run("backup", "three.tar.zst").code == 0
    other = store.empty()
    assert store.run("restore", "three.tar.zst", bucket=other).code == 0
    shutil.copytree(store.top / "made", store.top / "later")  # its seal follows that of DAY
    arguments = ("day", "--date", "2031-07-30", "--races", 1, "--data", "later")
    assert invoke(*arguments, cwd=store.top).code == 0
    disk = DiskArchive(store.top / "later" / "archive")
    archive = store.archive(other)
    for name in disk.addresses("2031-07-30"):
        archive.create(name, disk.read(name))

    told = store.run("prune", "--yes", bucket=other, RETENTION_DAYS="30")

    assert [one["date"] for one in told.document["days"]] == [DAY]
    assert not [name for name in archive.addresses(DAY) if "/page-" in name]
    assert store.run("verify", DAY, bucket=other).code == 0
