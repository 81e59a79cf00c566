"""Commands over a bucket: the same day says the same as from its folder on disk."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from buckets import client_of, fake_gcs, new_name
from hippique.ports import Archive
from hippique.runtime.disk_archive import DiskArchive
from hippique.runtime.gcs import GcsArchive
from hippique.runtime.gcs_bucket import Bucket
from running import Ended, environment, invoke

DAY = "2031-06-07"
LOOKS = [
    ("show",), ("show", DAY, "R1C1"), ("explain", DAY, "R1C1"), ("verify",), ("replay", DAY),
    ("analyse", DAY, "R1C1"), ("p-finale", DAY, "R1C1"), ("simulate-ev", DAY, "R1C1"),
    ("pipeline", DAY, "R1C1"), ("ledger", "show"), ("policy", "lint"),
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Day:
    """A finished simulated day, in a folder and in a bucket."""

    top: Path
    store: str
    bucket: str
    archive: Archive

    def on_disk(self, *command: str) -> Ended:
        return invoke(*command, "--json", "--data", self.top / "data", cwd=self.top)

    def in_bucket(self, *command: str) -> Ended:
        settings = {"GCS_BUCKET": self.bucket, "STORAGE_EMULATOR_HOST": self.store}
        return invoke(*command, "--json", cwd=self.top, **settings)


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    top = tmp_path_factory.mktemp("day")
    drawn = ("--date", DAY, "--races", 2, "--policy", "control")
    ended = invoke("day", *drawn, "--json", "--data", "data", cwd=top)
    assert ended.code == 0
    with fake_gcs() as store:
        client = client_of(store)
        name = new_name(client)
        disk = DiskArchive(top / "data" / "archive")
        archive = GcsArchive(Bucket(client, name, writer="copy"))
        for address in disk.addresses():
            archive.create(address, disk.read(address))
        yield Day(top, store, name, archive)


@pytest.mark.parametrize("command", LOOKS, ids=" ".join)
def test_a_look_into_the_bucket_says_what_a_look_into_the_folder_says(command, day: Day):
    from_bucket, from_disk = day.in_bucket(*command), day.on_disk(*command)

    assert (from_bucket.code, from_disk.code) == (0, 0), from_bucket
    assert from_bucket.document == from_disk.document


@pytest.mark.parametrize("command", [("workbook", "update"), ("workbook", "rebuild")], ids=" ".join)
def test_the_workbook_is_published_into_the_bucket(command, day: Day):
    written = day.in_bucket(*command).document["written"]

    assert f"gs://{day.bucket}/workbook/modele_suivi_courses_hippiques.xlsx" in written
    assert f"gs://{day.bucket}/tracking.csv" in written


def test_the_ledger_in_the_bucket_agrees_with_its_archive(day: Day):
    day.in_bucket("ledger", "show")

    assert day.in_bucket("ledger", "check").document == {"ok": True, "faults": []}


def test_a_mark_is_kept_in_the_bucket_alone(day: Day):
    races = day.in_bucket("show").document["races"]
    decided = [race["key"] for race in races if race["phases"].get("H5") == "done"]
    slips = [
        key for key in decided if day.in_bucket("show", DAY, key).document["decision"] == "slip"
    ]
    assert slips, "choose a seed with a slip"

    first = day.in_bucket("ledger", "play", DAY, slips[0]).document["changed"]
    second = day.in_bucket("ledger", "play", DAY, slips[0]).document["changed"]

    assert (first, second) == (True, False)
    assert any("/played/1/" in a for a in day.archive.addresses(DAY))
    assert not list((day.top / "data").glob("archive/*/*/played"))


def test_an_empty_bucket_has_no_day(day: Day):
    name = new_name(client_of(day.store))
    settings = {"GCS_BUCKET": name, "STORAGE_EMULATOR_HOST": day.store}

    ended = invoke("show", "--json", cwd=day.top, **settings)

    assert (ended.code, ended.document["error"]["code"]) == (1, "NotFound")


def test_without_the_extra_a_bucket_is_refused_with_the_mend_and_one_machine_serves(tmp_path):
    # A process that finds no library of Google's, as on a machine without the extra.
    told = subprocess.run(
        [sys.executable, "-c", WITHOUT_GOOGLE], cwd=tmp_path, env=environment(),
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert "install hippique-orchestrator[gcp]" in told.stdout, told.stderr
    assert told.stdout.endswith("FastAPI\n"), told.stderr


WITHOUT_GOOGLE = """
import os, sys
class NoGoogle:
    def find_spec(self, name, *_):
        if name.partition(".")[0] in {"google", "grpc"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, NoGoogle())
from hippique.bootstrap.cloud import make
from hippique.errors import SettingsError
os.environ["GCS_BUCKET"] = "b"
try:
    make()
except SettingsError as error:
    print(error)
del os.environ["GCS_BUCKET"]
print(type(make()).__name__)
"""
