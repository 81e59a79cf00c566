"""`hippique day --estimator …`: the same bytes for a seed, kept inputs, replay, and refusals."""

from __future__ import annotations

from pathlib import Path

import pytest

from hippique.racing.codec import from_json
from material import material
from running import Ended, invoke

DAY = "2031-06-07"
DECIDED = ("slip.json", "forecast.json", "snapshot.json", "truth.json", "je_stats.json")


def played(top: Path, estimator: str, name: str) -> Ended:
    return invoke(
        "day", "--date", DAY, "--seed", 7, "--races", 2, "--estimator", estimator, "--json",
        "--data", top / name, cwd=top,
    )  # fmt: skip


def decided(data: Path) -> dict[str, bytes]:
    root = data / "archive"
    paths = (path for name in DECIDED for path in root.rglob(name))
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A day that was told the truth."""
    top = tmp_path_factory.mktemp("truth")
    told = played(top, "truth", "first").document
    assert told["archive_ok"]
    assert told["failed"] == 0
    return top / "first"


def test_truth_is_kept_beside_every_forecast(truth: Path):
    files = decided(truth)
    forecasts = [path for path in files if path.endswith("/forecast.json")]

    assert forecasts
    for path in forecasts:
        told = from_json(dict, files[path.replace("forecast.json", "truth.json")])
        made = from_json(dict, files[path])["forecast"]
        assert made["estimator"] == "truth"
        assert {one["number"]: one["p_win"] for one in made["chances"]} == pytest.approx(
            {one["number"]: one["p_win"] for one in told["runners"]}
        )


def test_the_same_seed_is_told_the_same_truth(truth: Path):
    played(truth.parent, "truth", "again")

    assert decided(truth.parent / "again") == decided(truth)


def test_a_day_of_truth_verifies_and_replays_without_its_racecourse(truth: Path):
    verified = invoke("verify", DAY, "--data", truth, cwd=truth.parent)
    again = invoke("replay", DAY, "--data", truth, "--json", cwd=truth.parent)

    assert verified.code == again.code == 0
    assert again.document["differing"] == []


def test_the_authors_chances_run_a_day_and_replay(tmp_path: Path):
    told = played(tmp_path, "gpi51", "day").document
    again = invoke("replay", DAY, "--data", tmp_path / "day", "--json", cwd=tmp_path)

    assert told["h5_done"] == 2
    assert again.code == 0


def test_truth_of_a_recorded_day_is_refused(tmp_path: Path):
    ended = invoke(
        "day", "--recorded", material("days"), "--estimator", "truth", "--data", tmp_path / "d",
        cwd=tmp_path,
    )  # fmt: skip

    assert ended.code == 1
    assert "ESTIMATOR=truth" in ended.err
    assert not (tmp_path / "d" / "archive").exists()
