"""A private file on disk and in memory: one change at a time, none lost, none half done."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hippique.errors import StoreBusy
from hippique.runtime.private_file import MemoryFile, PrivateFile


@pytest.fixture(params=["disk", "memory"])
def file(request, tmp_path) -> PrivateFile | MemoryFile:
    return MemoryFile() if request.param == "memory" else PrivateFile(tmp_path / "new" / "p.json")


def test_nothing_is_there_before_the_first_change(file):
    assert file.read() is None
    seen = []
    file.change(lambda content: seen.append(content) or b"one")
    assert (seen, file.read()) == ([None], b"one")


def test_of_changes_at_once_none_is_lost(file):
    def add(_: int) -> None:
        file.change(lambda content: (content or b"") + b"x")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(100)))

    assert file.read() == b"x" * 100


def test_a_change_that_fails_changes_nothing_and_holds_nobody_up(file):
    file.change(lambda _: b"one")
    with pytest.raises(ZeroDivisionError):
        file.change(lambda _: bytes(1 // 0))

    file.change(lambda content: (content or b"") + b" two")
    assert file.read() == b"one two"


def test_on_disk_only_the_owner_may_read_it(tmp_path: Path):
    before = os.umask(0)
    try:
        PrivateFile(tmp_path / "p.json").change(lambda _: b"x")
    finally:
        os.umask(before)

    for path in tmp_path.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_draft_of_a_writer_that_was_killed_is_in_nobodys_way(tmp_path: Path):
    (tmp_path / "p.draft").write_bytes(b"half")
    file = PrivateFile(tmp_path / "p.json")

    file.change(lambda content: b"whole" if content is None else b"?")

    assert file.read() == b"whole"
    assert not (tmp_path / "p.draft").exists()


def test_a_folder_in_its_place_is_told_in_our_words(tmp_path: Path):
    (tmp_path / "p.json").mkdir()

    with pytest.raises(StoreBusy, match=r"p\.json"):
        PrivateFile(tmp_path / "p.json").read()
