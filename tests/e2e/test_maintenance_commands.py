"""`hippique check weekly|monthly|quarterly` on a healthy day, and where something is to do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hippique.bootstrap.folders import open_folder
from hippique.bootstrap.wiring import LIVE, mark_folder
from hippique.runtime.clocks import WallClock
from running import invoke

LINES = {
    "weekly": ["week_errors", "performance", "disk_space", "schedule"],
    "monthly": ["costs", "images", "dependencies", "backup", "recovery"],
    "quarterly": ["access", "alerts", "timeouts", "documentation"],
}


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    top = tmp_path_factory.mktemp("day")
    assert invoke("day", "--races", 2, "--data", "data", cwd=top).code == 0
    return top / "data"


@pytest.mark.parametrize("period", list(LINES))
def test_a_healthy_simulated_day_has_nothing_to_do(period: str, day: Path, tmp_path: Path):
    told = invoke("check", period, "--json", "--data", day, cwd=tmp_path)
    words = invoke("check", period, "--data", day, cwd=tmp_path)

    assert (told.code, words.code) == (0, 0), told.out
    assert told.document["ok"] is True
    assert [one["name"] for one in told.document["checks"]] == LINES[period]
    assert words.out.count("ok    ") == len(LINES[period])


def test_the_morning_check_of_a_simulated_folder_is_of_its_own_day(day: Path, tmp_path: Path):
    told = invoke("check", "morning", "--json", "--data", day, cwd=tmp_path)

    assert told.code == 0
    assert told.document["races"] > 2


def test_the_schedule_is_tried_on_the_stored_pages(day: Path, tmp_path: Path):
    told = invoke("check", "weekly", "--json", "--data", day, cwd=tmp_path).document
    plan = json.loads((day / "plan.json").read_text("utf-8"))

    (schedule,) = [one for one in told["checks"] if one["name"] == "schedule"]
    assert schedule["told"] == f"{len(plan['races'])} races again, as then"


def test_a_live_folder_that_anybody_may_write_and_nobody_hears_is_told(tmp_path: Path):
    folder = open_folder(tmp_path / "data", WallClock())
    mark_folder(folder, LIVE)
    folder.close()
    (tmp_path / "data").chmod(0o777)
    (tmp_path / ".env").write_text("SLIP_URLS=json://u:p@127.0.0.1/\n", "utf-8")
    (tmp_path / ".env").chmod(0o644)

    told = invoke("check", "quarterly", "--json", "--data", "data", cwd=tmp_path)

    checks = {one["name"]: one for one in told.document["checks"]}
    assert told.code == 1
    assert len(checks["access"]["evidence"]) == 2
    assert "SLIP_URLS" in checks["access"]["evidence"][1]
    assert checks["alerts"]["fix"] == "set ALERT_URLS"


def test_a_backup_that_was_spoiled_is_told(tmp_path: Path):
    folder = open_folder(tmp_path / "data", WallClock())
    mark_folder(folder, LIVE)
    folder.close()
    assert invoke("backup", "one", "--data", "data", cwd=tmp_path).code == 0
    (tmp_path / "one").write_bytes(b"spoiled")

    told = invoke("check", "monthly", "--json", "--data", "data", cwd=tmp_path)

    checks = {one["name"]: one for one in told.document["checks"]}
    assert told.code == 1
    assert "not as it was written" in checks["backup"]["told"]
