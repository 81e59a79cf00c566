"""The drill: a data folder is destroyed in the middle of a day, restored, and the day goes on."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any

from running import environment, invoke, racecourse, serve, until

DAY = "2026-06-07"


def artefacts(data: Path) -> dict[str, str]:
    """Address → SHA-256 of everything in the archive."""
    return {
        str(path.relative_to(data / "archive")): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (data / "archive").rglob("*")
        if path.is_file() and "~" not in path.name
    }


def command(data: Path, *arguments: object) -> Any:
    ended = invoke(*arguments, "--json", "--data", data, cwd=data.parent)
    assert ended.code == 0, ended
    return ended.document


def decided(data: Path) -> int:
    """How many H-5 visits are closed."""
    return len(list((data / "archive" / DAY).glob("R*/H5/manifest.json")))


def sealed(data: Path) -> bool:
    return (data / "archive" / DAY / "close" / "seal.json").exists()


def test_a_day_that_lost_its_folder_at_noon_goes_on_and_misses_only_what_came_since(
    tmp_path: Path, record_property
):
    data, one = tmp_path / "data", tmp_path / "noon.tar.zst"
    quick = environment(TIMEOUT_SECONDS="15")
    with racecourse(tmp_path, speed=600, races=8, seed=3, date=DAY) as course:
        with serve(tmp_path, data, course.url, quick) as service:
            until(lambda: decided(data) >= 2, "two races to be decided")
            made = command(data, "backup", one)
            until(lambda: decided(data) >= 3, "another race to be decided")
            service.kill()
        destroyed = artefacts(data)
        shutil.rmtree(data)
        restored = command(data, "restore", one)
        back = artefacts(data)
        with serve(tmp_path, data, course.url, quick):
            until(lambda: sealed(data), "the day to be closed", within_s=150)
        after = artefacts(data)
        totals = command(data, "show")

    saved = {address: digest for address, digest in destroyed.items() if address in back}
    lost = sorted(set(destroyed) - set(after))
    record_property("backed_up", made["members"])
    record_property("destroyed", len(destroyed))
    record_property("restored", len(back))
    record_property("lost_for_good", len(lost))
    record_property("at_the_end", len(after))
    assert restored["artefacts"] == len(back)
    assert back == saved  # all that the backup held lay there, the same
    assert {address: after[address] for address in back} == back  # and nothing touched it since
    assert set(destroyed) > set(back)  # the drill did lose something: what came after the backup
    assert not set(lost) & set(back)
    assert command(data, "verify")["touched"] == []
    assert command(data, "ledger", "check")["ok"] is True
    phases = [race["phases"] for race in totals["races"] if race["phases"]]
    assert {phase["RESULT"] for phase in phases} <= {"done", "cancelled"}
    assert sum(phase["H5"] == "done" for phase in phases) >= 3
