from __future__ import annotations

import errno
import fcntl
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hippique.errors import InputError, StoreBusy, StoreDamaged, StoreError, StoreFull
from hippique.runtime.disk_archive import DiskArchive, DiskViews
from hippique.runtime.disk_errors import store_error


def files_below(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def test_a_draft_left_by_a_killed_writer_is_never_listed(tmp_path: Path):
    archive = DiskArchive(tmp_path)
    archive.create("d/R1C3/slip", b"whole")
    (tmp_path / "d" / "R1C3" / "~4711-0").write_bytes(b"hal")

    assert archive.addresses() == ("d/R1C3/slip",)


def test_a_draft_still_linked_to_its_artefact_is_not_written_over(tmp_path: Path):
    # Killed between link and unlink; in a container the next process has the same number.
    archive = DiskArchive(tmp_path)
    archive.create("slip", b"whole")
    for number in range(2000):
        (tmp_path / f"~{os.getpid()}-{number}").hardlink_to(tmp_path / "slip")
    archive.create("other", b"another")

    assert archive.read("slip") == b"whole"
    assert archive.read("other") == b"another"


def test_nothing_but_the_artefact_is_left_behind(tmp_path: Path):
    archive = DiskArchive(tmp_path)
    archive.create("d/slip", b"1")
    with pytest.raises(StoreError):
        archive.create("d/slip", b"2")

    assert files_below(tmp_path) == ["d/slip"]


def test_a_file_is_no_folder(tmp_path: Path):
    archive = DiskArchive(tmp_path)
    archive.create("a", b"1")

    with pytest.raises(InputError, match="a file, not a folder"):
        archive.create("a/b/c", b"2")
    assert files_below(tmp_path) == ["a"]


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path):
    # A child may write 1,000 bytes a file: the write ends as on a full disk.
    script = f"""
from pathlib import Path
from hippique.errors import StoreFull
from hippique.runtime.disk_archive import DiskArchive, DiskViews
root = Path({str(tmp_path)!r})
DiskViews(root).publish("view", b"old")
for write in (DiskArchive(root).create, DiskViews(root).publish):
    try:
        write("view" if write.__name__ == "publish" else "d/slip", b"x" * 5000)
    except StoreFull as error:
        print(error)
"""
    child = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=_small_files,
    )

    assert child.stdout.count("no room left") == 2
    assert files_below(tmp_path) == ["view"]
    assert (tmp_path / "view").read_bytes() == b"old"


def _small_files() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))


@pytest.mark.parametrize(
    ("number", "kind", "mend"),
    [
        pytest.param(errno.ENOSPC, StoreFull, "free some disk space", id="full disk"),
        pytest.param(errno.EDQUOT, StoreFull, "free some disk space", id="full quota"),
        pytest.param(errno.EACCES, StoreBusy, "close it where it is open", id="locked"),
        pytest.param(errno.EPERM, StoreBusy, "close it where it is open", id="not permitted"),
        pytest.param(errno.EIO, StoreDamaged, "check the disk", id="broken disk"),
        pytest.param(errno.ENFILE, StoreBusy, "try again", id="too many open files"),
    ],
)
def test_the_system_s_errors_in_our_words(number: int, kind: type[StoreError], mend: str):
    error = store_error(OSError(number, os.strerror(number)), Path("suivi.xlsx"))

    assert type(error) is kind
    assert "suivi.xlsx" in str(error)
    assert mend in str(error)


@pytest.mark.parametrize("mark", [".~lock.suivi.xlsx#", "~$suivi.xlsx"])
def test_a_view_open_in_a_spreadsheet_program_is_not_replaced(tmp_path: Path, mark: str):
    views = DiskViews(tmp_path)
    views.publish("suivi.xlsx", b"old")
    (tmp_path / mark).touch()

    with pytest.raises(StoreBusy, match="close it there") as refusal:
        views.publish("suivi.xlsx", b"new")
    assert mark in str(refusal.value)
    assert views.load("suivi.xlsx") == b"old"


def test_a_view_locked_by_another_program_is_not_replaced(tmp_path: Path):
    views = DiskViews(tmp_path)
    views.publish("suivi.xlsx", b"old")
    with (tmp_path / "suivi.xlsx").open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_SH)
        with pytest.raises(StoreBusy, match="close it there"):
            views.publish("suivi.xlsx", b"new")

    assert views.publish("suivi.xlsx", b"new") == str(tmp_path / "suivi.xlsx")
    assert views.load("suivi.xlsx") == b"new"


def test_a_view_that_cannot_be_replaced_leaves_no_draft(tmp_path: Path):
    (tmp_path / "suivi.xlsx").mkdir()
    (tmp_path / "suivi.xlsx" / "inside").touch()

    with pytest.raises(StoreBusy):
        DiskViews(tmp_path).publish("suivi.xlsx", b"new")
    assert files_below(tmp_path) == ["suivi.xlsx/inside"]
