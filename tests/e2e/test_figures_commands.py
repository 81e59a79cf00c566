"""`hippique stats` and `hippique errors` on a good day and on a bad one."""

from __future__ import annotations

from pathlib import Path

import pytest

from running import invoke

DAY = "2031-06-07"
# Every site is gone for two hours: both visits to the races of that time find nothing.
OUTAGES = "\n".join(
    f'[[outages]]\nsite = "{site}"\nsince = "11:00"\nuntil = "13:00"'
    for site in ("zeturf", "geny", "pmu")
)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    top = tmp_path_factory.mktemp("good")
    assert invoke("day", "--date", DAY, "--races", 2, "--data", "data", cwd=top).code == 0
    return top / "data"


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Path:
    top = tmp_path_factory.mktemp("bad")
    (top / "faults.toml").write_text(OUTAGES, "utf-8")
    arguments = ("day", "--date", DAY, "--races", 8, "--faults", "faults.toml", "--data", "data")
    assert invoke(*arguments, cwd=top).code == 0
    return top / "data"


def test_a_good_day_has_its_figures_and_no_errors(good: Path, tmp_path: Path):
    told = invoke("stats", "--json", "--data", good, cwd=tmp_path)
    errors = invoke("errors", "--json", "--data", good, cwd=tmp_path)

    assert (told.code, errors.code) == (0, 0)
    assert (told.document["ok"], told.document["days"], told.document["simulated"]) == (
        True, 1, True,
    )  # fmt: skip
    assert (told.document["done"], told.document["success_rate"]) == (6, 1.0)
    assert errors.document["errors"] == []
    assert "SIMULÉ" in invoke("stats", "--data", good, cwd=tmp_path).out


def test_a_bad_day_ends_with_one_and_names_its_errors(bad: Path, tmp_path: Path):
    told = invoke("errors", "--hours", 48, "--json", "--data", bad, cwd=tmp_path)
    figures = invoke("stats", "--json", "--data", bad, cwd=tmp_path)

    assert (told.code, figures.code) == (1, 1)
    assert told.document["top"][0]["error"] == "SourceDown"
    assert {one["error"] for one in told.document["errors"]} >= {"SourceDown"}
    assert figures.document["success_rate"] < 0.95
    assert figures.document["failed_attempts"] > 0


def test_the_hours_look_back_from_the_days_own_end(bad: Path, tmp_path: Path):
    told = invoke("errors", "--hours", "0.5", "--json", "--data", bad, cwd=tmp_path)

    assert told.document["until"].startswith(DAY)
    assert told.document["errors"] == []


def test_a_window_without_days_says_so(tmp_path: Path):
    (tmp_path / "empty" / "archive").mkdir(parents=True)

    ended = invoke("stats", "--days", 1, "--data", "empty", cwd=tmp_path)

    assert ended.code == 1
    assert "no day with a plan" in ended.err
