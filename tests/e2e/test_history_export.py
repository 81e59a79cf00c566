"""`hippique history export`: a real day played, exported, and played again from the export."""

from __future__ import annotations

from pathlib import Path

from hippique.sources.recorded.load import load_recording
from hippique.sources.recorded.tables import read_day, recorded_days
from material import material
from running import invoke

DAY = "2025-12-30"


def test_a_real_day_comes_out_as_it_went_in(tmp_path: Path):
    tables = material("days")
    played = invoke(
        "day", "--recorded", tables, "--date", DAY, "--data", "data", "--json", cwd=tmp_path
    ).document

    told = invoke("history", "export", "own", "--data", "data", "--json", cwd=tmp_path)

    assert told.code == 0
    (day,) = recorded_days(tmp_path / "own")
    before = {rows.race["race_id"]: rows for rows in read_day(tables, day)}
    after = read_day(tmp_path / "own", day)
    assert 0 < len(after) <= played["races"]
    for rows in after:
        original = before[rows.race["race_id"]]
        assert rows.race["heureDepart"] == original.race["heureDepart"]
        assert rows.race["pool"] == original.race["pool"]
        assert {r["num"]: r["nom"] for r in rows.runners} == {
            r["num"]: r["nom"] for r in original.runners
        }
        known = {(tick["num"], tick["odds"]) for tick in original.ticks}
        assert {(tick["num"], tick["odds"]) for tick in rows.ticks} <= known

    again = load_recording(tmp_path / "own", day)  # what `day --recorded` plays
    raced = [race for meeting in again.meetings for race in meeting.races]
    assert len(raced) == len(after)
    assert all(race.outcome is not None and race.runners for race in raced)


def test_a_simulated_day_is_refused_and_leaves_no_folder(tmp_path: Path):
    assert invoke("day", "--races", 1, "--data", "data", cwd=tmp_path).code == 0

    ended = invoke("history", "export", "own", "--data", "data", cwd=tmp_path)

    assert ended.code == 1
    assert "no history" in ended.err
    assert not (tmp_path / "own").exists()
