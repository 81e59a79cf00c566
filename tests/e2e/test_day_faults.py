"""`hippique day --faults`: what goes wrong on a day, and that the service bears it honestly."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
import zstandard

from hippique.bootstrap.driven import default_date
from hippique.bootstrap.folders import open_folder
from hippique.day.tasks import read_payload
from hippique.ports import TaskState
from hippique.racecourse.draw import draw_day
from hippique.racecourse.faults import rough_faults, with_faults
from hippique.racecourse.faults.instants import by_off
from hippique.racecourse.simulated import SimulatedRace
from hippique.racing.card import RaceKey
from hippique.racing.times import paris_time
from hippique.runtime.clocks import WallClock
from running import invoke, racecourse

SEED = 5
RACES = by_off(draw_day(default_date(SEED), SEED, 3))
FIRST, SECOND, THIRD = RACES
ROUGH = draw_day(default_date(3), 3, 10)
MINUTE = timedelta(minutes=1)
ALL_DAY = {"since": "08:00", "until": "30:00"}


@dataclass(frozen=True)
class Played:
    """A day that was run: what it printed, and its folder."""

    summary: dict[str, Any]
    root: Path

    def document(self, race: SimulatedRace, name: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder(race) / name).read_text("utf-8"))
        return found

    def folder(self, race: SimulatedRace) -> Path:
        return self.root / "archive" / str(race.id)

    @cached_property
    def log(self) -> list[dict[str, Any]]:
        lines = (self.root / "service.log").read_text("utf-8").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def plans(self) -> list[dict[str, Any]]:
        folder = self.root / "archive" / self.summary["date"] / "plan"
        return [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*/plan.json"))]

    def tasks(self, race: SimulatedRace, phase: str) -> dict[datetime, TaskState]:
        """States of the race's tasks of a phase by the off that they were made for."""
        folder = open_folder(self.root, WallClock())
        try:
            found = folder.queue.tasks(limit=10_000)
        finally:
            folder.close()
        read = ((read_payload(task), task.state) for task in found)
        return {
            paris_time(payload.off): state
            for payload, state in read
            if (payload.race, payload.phase) == (str(race.id), phase)
        }


Play = Callable[..., Played]


@pytest.fixture
def play(tmp_path: Path) -> Play:
    """Runs the day of three races with the tables of a faults file."""

    def run(**tables: Any) -> Played:
        file = tmp_path / "faults.json"
        file.write_text(json.dumps(tables), "utf-8")
        return played(tmp_path, SEED, 3, file)

    return run


def played(folder: Path, seed: int, races: int, faults: object) -> Played:
    folder.mkdir(exist_ok=True)
    root = folder / "data"
    ended = invoke(
        "day", "--seed", seed, "--races", races, "--faults", faults, "--json", "--data", root,
        "--policy", "control", cwd=folder,
    )  # fmt: skip
    assert ended.code == 0, ended.err
    summary = json.loads(ended.out)
    assert summary["archive_ok"]
    assert summary["sealed"]
    return Played(summary, root)


def hour(instant: datetime) -> str:
    return f"{paris_time(instant):%H:%M}"


# --- one fault a day ------------------------------------------------------------------------------


def test_a_delayed_race_gives_up_its_task_and_decides_at_its_new_h5(play: Play) -> None:
    day = play(moves=[{"race": str(SECOND.key), "at": "H-20", "minutes": 25}])
    new_off = SECOND.off_time + 25 * MINUTE

    assert day.tasks(SECOND, "H5") == {
        SECOND.off_time: TaskState.CANCELLED,
        new_off: TaskState.DONE,
    }
    decided = datetime.fromisoformat(day.document(SECOND, "H5/slip.json")["decided_at"])
    assert timedelta(0) <= decided - (new_off - 5 * MINUTE) < MINUTE
    assert (day.summary["h5_done"], day.summary["settled"]) == (3, 3)
    assert any(event["message"] == "Plan changed" for event in day.log)


def test_a_race_that_moves_after_its_slip_withdraws_it_and_settles_at_its_new_hour(
    play: Play,
) -> None:
    day = play(moves=[{"race": "#2", "at": "H-4:30", "minutes": 20}])
    new_off = SECOND.off_time + 20 * MINUTE

    reason = day.document(SECOND, "WITHDRAWAL/withdrawn.json")["reason"]
    assert reason == f"le départ a bougé de {hour(SECOND.off_time)} à {hour(new_off)}"
    decided = datetime.fromisoformat(day.document(SECOND, "H5/slip.json")["decided_at"])
    assert decided < SECOND.off_time
    result = datetime.fromisoformat(day.document(SECOND, "RESULT/outcome.json")["at"])
    assert result >= new_off + 15 * MINUTE


def booked(day: Played, race: SimulatedRace) -> list[str]:
    """The events of the issued slip, in the order of its folders."""
    entries = [
        entry
        for part in ("H5", "WITHDRAWAL", "RESULT")
        if (day.folder(race) / part / "entries.json").exists()
        for entry in day.document(race, f"{part}/entries.json")["entries"]
    ]
    return [entry["event"] for entry in entries if entry["account"] == "issued"]


def test_cancelled_races_have_no_slip_or_give_the_stakes_back(play: Play) -> None:
    late, early = {"race": "#2", "at": "H-4:30"}, {"race": "#3", "at": "H-20"}
    day = play(cancellations=[early, late])

    assert not (day.folder(THIRD) / "H5" / "slip.json").exists()
    withdrawn = day.document(SECOND, "WITHDRAWAL/withdrawn.json")
    assert withdrawn["reason"] == "la course est annulée"
    settlement = day.document(SECOND, "RESULT/settlement.json")
    assert (settlement["withdrawn"], settlement["legs"]) == (True, [])
    assert settlement["returned_eur"] == settlement["staked_eur"] == 0.0
    assert booked(day, SECOND) == ["stake", "withdrawn"]
    totals = {name: day.summary[name] for name in ("races", "cancelled", "settled", "failed")}
    assert totals == {"races": 3, "cancelled": 2, "settled": 1, "failed": 0}


def test_with_one_site_down_all_day_the_plan_is_degraded_and_every_race_decided(play: Play) -> None:
    day = play(outages=[{"site": "geny", **ALL_DAY}])

    sources = {source["source"]: source["ok"] for source in day.plans()[0]["sources"]}
    assert sources == {"zeturf": True, "geny": False, "pmu": True}
    assert (day.summary["slips"], day.summary["settled"]) == (3, 3)


def test_a_site_that_asks_for_a_pause_is_left_alone_for_so_long(play: Play) -> None:
    pause = {"since": "09:30", "until": "10:30", "status": 429, "retry_after_s": 1200}
    day = play(outages=[{"site": "pmu", **pause}])

    told = [
        datetime.fromisoformat(event["race_time"])
        for event in day.log
        if event["message"] == "Error fetching" and "status 429" in event["missing"]
    ]
    # The site is met again 20 minutes after each refusal, and not before: 09:30, 09:50, 10:10.
    assert [hour(instant) for instant in told] == ["09:30", "09:50", "10:10"]
    assert day.summary["slips"] == 3


def test_a_changed_page_is_logged_and_kept_and_nothing_is_bet_on_it(play: Play) -> None:
    window = {"since": hour(FIRST.off_time - 6 * MINUTE), "until": hour(FIRST.off_time)}
    day = play(changed=[{"site": "zeturf", "part": "odds", **window}])

    (event,) = [e for e in day.log if e["message"] == "Error parsing" and e["phase"] == "H5"]
    kept = day.root / "archive" / event["page"]
    assert (event["error"], event["race"]) == ("PageChanged", str(FIRST.id))
    assert "cotesInfos" in event["missing"]
    assert b"cotesTempsReel:" in zstandard.ZstdDecompressor().decompress(kept.read_bytes())
    assert "\nError parsing source=zeturf " in (day.root / "service.log").read_text("utf-8")
    assert day.document(FIRST, "H5/slip.json")["decision"] == "no_bet"


def test_a_favourite_withdrawn_after_h5_withdraws_the_slip_and_leaves_it_as_it_was(
    play: Play,
) -> None:
    day = play(withdrawals=[{"race": "#2", "at": "H-3"}])

    slip = day.document(SECOND, "H5/slip.json")
    (number,) = slip["tickets"][0]["legs"][0]["combination"]
    withdrawn = day.document(SECOND, "WITHDRAWAL/withdrawn.json")
    assert withdrawn["reason"] == f"le {number} est non-partant"
    assert datetime.fromisoformat(withdrawn["withdrawn_at"]) < SECOND.off_time
    settlement = day.document(SECOND, "RESULT/settlement.json")
    assert (settlement["withdrawn"], settlement["staked_eur"]) == (True, 0.0)
    assert booked(day, SECOND) == ["stake", "withdrawn"]
    assert day.summary["staked_eur"] == 2.0  # 1 € on each of the other two races


def test_a_site_with_other_names_is_set_aside_for_that_race(play: Play) -> None:
    day = play(wrong_names=[{"site": "geny", "race": "#1"}])

    taken = day.document(FIRST, "H5/snapshot.json")
    others = day.document(SECOND, "H5/snapshot.json")
    assert [row["source"] for row in taken["mismatches"]] == ["geny"]
    assert others["mismatches"] == []
    assert day.summary["slips"] == 3


# --- a rough day ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def rough(tmp_path_factory: pytest.TempPathFactory) -> Played:
    return played(tmp_path_factory.mktemp("rough"), 3, 10, "rough")


def test_a_rough_day_ends_sealed_with_every_race_accounted_for(rough: Played) -> None:
    summary = rough.summary
    ended = summary["settled"] + summary["cancelled"] + summary["failed"]

    assert (summary["races"], ended) == (10, 10)
    assert summary["cancelled"] >= 3  # two races, and what was left of a meeting
    assert summary["slips"] + summary["no_bets"] == summary["h5_done"]
    assert list((rough.root / "archive").glob("*/*/WITHDRAWAL/withdrawn.json"))


def test_a_rough_day_logs_the_faults_that_it_was_given(rough: Played) -> None:
    told = [event["fault"] for event in rough.log if event["message"] == "Fault on demand"]

    assert tuple(told) == rough_faults(ROUGH).describe()


def test_a_result_that_is_two_hours_late_is_asked_for_until_then(rough: Played) -> None:
    (late,) = [fault for fault in rough_faults(ROUGH).late_results if not fault.never]
    race = with_faults(ROUGH, rough_faults(ROUGH)).race(RaceKey.parse(late.race))

    outcome = rough.document(race, "RESULT/outcome.json")
    assert outcome["status"] == "done"
    assert race.official_at - race.provisional_at == 120 * MINUTE
    asked_for = datetime.fromisoformat(outcome["at"]) - race.official_at
    assert timedelta(0) <= asked_for <= 15 * MINUTE


def test_a_result_that_is_never_official_settles_nothing_and_is_failed(rough: Played) -> None:
    (late,) = [fault for fault in rough_faults(ROUGH).late_results if fault.never]
    race = ROUGH.race(RaceKey.parse(late.race))

    outcome = rough.document(race, "RESULT/outcome.json")
    assert (outcome["status"], outcome["reasons"][0]) == ("failed", "never official")
    assert not (rough.folder(race) / "RESULT" / "settlement.json").exists()
    assert rough.summary["failed"] == 1


def test_moved_races_of_a_rough_day_are_decided_before_their_new_offs(rough: Played) -> None:
    faults = rough_faults(ROUGH)
    day = with_faults(ROUGH, faults)
    moved = [day.race(RaceKey.parse(move.race)) for move in faults.moves]

    for race in moved:
        decided = datetime.fromisoformat(rough.document(race, "H5/slip.json")["decided_at"])
        assert timedelta(0) <= decided - (race.off_time - 5 * MINUTE) < MINUTE
    assert len(moved) == 2


def test_two_rough_days_of_one_seed_have_the_same_archive(tmp_path: Path) -> None:
    first, again = (
        contents(played(tmp_path / name, 4, 3, "rough").root / "archive") for name in ("a", "b")
    )

    assert first.keys() == again.keys()
    assert [name for name in first if first[name] != again[name]] == []


def contents(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}


# --- bad files ------------------------------------------------------------------------------------


def test_a_misspelt_file_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    (tmp_path / "faults.toml").write_text('[[moves]]\nrace = "R1C1"\nminuts = 5\n', "utf-8")

    ended = invoke(
        "day", "--races", 1, "--faults", "faults.toml", "--data", tmp_path / "data", cwd=tmp_path
    )

    assert ended.code == 1
    assert "faults.toml: moves[0].minuts is unknown" in ended.err
    assert not (tmp_path / "data").exists()


# --- over HTTP ------------------------------------------------------------------------------------


def test_the_racecourse_alone_says_its_faults_and_serves_them(tmp_path: Path) -> None:
    file = tmp_path / "faults.json"
    file.write_text(json.dumps({"outages": [{"site": "pmu", "status": 502, **ALL_DAY}]}), "utf-8")

    with racecourse(tmp_path, speed=1, races=1, faults=file) as course:
        assert course.process.stdout is not None
        told = course.process.stdout.readline().strip()
        day = course.get("/clock").json()["date"]
        year, month, number = day.split("-")
        pmu = course.get(f"/pmu/rest/client/61/programme/{number}{month}{year}")
        zeturf = course.get("/zeturf/fr/programmes-et-pronostics")

    assert told == "fault: pmu answers 502 from 08:00 to 30:00"
    assert (pmu.status_code, zeturf.status_code) == (502, 200)
