"""`hippique day` as a user runs it: what it prints, what it leaves, and that a seed repeats it."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import zstandard

from hippique.bootstrap.folders import open_folder
from hippique.bootstrap.wiring import LIVE, mark_folder
from hippique.racing.codec import from_json
from hippique.runtime.clocks import WallClock
from material import material
from running import Ended, hippique, invoke

DAY = "2031-06-07"  # far from any day on which these tests run
FIELDS = {
    "date", "mode", "simulated", "races", "h30_done", "h5_done", "slips", "no_bets", "settled",
    "cancelled", "failed", "staked_eur", "returned_eur", "data", "workbook", "archive_ok", "wall_s",
}  # fmt: skip
RECORDED = ("2025-12-30", "2026-01-10")
DECIDED = ("slip.json", "forecast.json", "snapshot.json", "reading.json")


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ended]:
    """Two days of one seed and one of another, each in a process and a folder of its own."""
    top = tmp_path_factory.mktemp("days")
    seeds = {"first": 7, "again": 7, "other": 8}

    def play(name: str) -> Ended:
        folder = top / f"folder-{name}"
        return hippique(
            "day", "--date", DAY, "--seed", seeds[name], "--races", 4, "--json", "--data", folder,
            cwd=top,
        )  # fmt: skip

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(seeds, pool.map(play, seeds), strict=True))


@pytest.fixture(scope="module")
def first(played: dict[str, Ended]) -> Path:
    """The data folder of the first day."""
    return folder_of(played["first"])


@pytest.fixture
def copy(first: Path, tmp_path: Path) -> Path:
    """A data folder of the first day that a test may spoil."""
    return Path(shutil.copytree(first, tmp_path / "copy"))


def folder_of(ended: Ended) -> Path:
    return Path(ended.document["data"])


def archived(data: Path) -> dict[str, bytes]:
    root = data / "archive"
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }


def named(files: dict[str, bytes], *names: str) -> dict[str, bytes]:
    return {path: body for path, body in files.items() if path.endswith(names)}


def pages(files: dict[str, bytes]) -> dict[str, bytes]:
    unpack = zstandard.ZstdDecompressor()
    return {path: unpack.decompress(body) for path, body in named(files, ".zst").items()}


def test_it_ends_well_with_one_json_document_and_silence_beside_it(played: dict[str, Ended]):
    ended = played["first"]

    assert ended.code == 0
    assert set(ended.document) >= FIELDS
    assert ended.err == ""  # progress is for terminals


def test_every_race_is_visited_decided_and_settled(played: dict[str, Ended]):
    told = played["first"].document
    run = told["races"] - told["cancelled"]

    assert (told["date"], told["mode"], told["simulated"]) == (DAY, "simulated", True)
    assert told["races"] == 4
    assert told["h30_done"] == told["h5_done"] == told["settled"] == run
    assert told["slips"] + told["no_bets"] == told["h5_done"]
    assert told["failed"] == 0
    assert told["archive_ok"] is True


def test_control_stakes_one_euro_a_slip(played: dict[str, Ended]):
    told = played["first"].document

    assert told["staked_eur"] == told["slips"] * 1.0


def test_the_files_it_names_lie_where_it_says(played: dict[str, Ended]):
    told = played["first"].document

    assert all(Path(told[name]).is_absolute() for name in ("data", "workbook"))
    assert Path(told["data"]).is_dir()
    assert Path(told["workbook"]).is_file()


def test_one_runner_of_the_day_has_a_name_that_a_spreadsheet_would_run(first: Path):
    kept = named(archived(first), "/H5/reading.json")
    names = {
        (race["key"], runner["number"])
        for body in kept.values()
        for reading in from_json(dict, body)["readings"]
        for meeting in reading["meetings"]
        for race in meeting["races"]
        for runner in race["runners"]
        if (runner["name"] or "").startswith("=cmd")
    }

    assert len({number for _, number in names}) == 1


def test_the_same_seed_gives_the_same_archive_byte_for_byte(played: dict[str, Ended]):
    one, two = archived(folder_of(played["first"])), archived(folder_of(played["again"]))

    assert one.keys() == two.keys()
    assert [path for path in one if one[path] != two[path]] == []
    assert len(named(one, "slip.json")) == 4


def test_another_seed_gives_another_day(played: dict[str, Ended]):
    one, other = archived(folder_of(played["first"])), archived(folder_of(played["other"]))

    assert named(one, "snapshot.json") != named(other, "snapshot.json")
    assert named(one, "slip.json") != named(other, "slip.json")


def test_nothing_of_this_machine_or_hour_is_in_what_was_decided(first: Path):
    files = archived(first)
    texts = named(files, *DECIDED) | pages(files)
    today = {dt.datetime.now(zone).date() for zone in (None, dt.UTC)}
    traces = {
        first.name, str(first.parent), str(Path.home()), str(Path(__file__).parents[2]),
        socket.gethostname(), "127.0.0.1", "localhost:",
        *(day.isoformat() for day in today), *(f"{day:%d/%m/%Y}" for day in today),
        *(f"{day:%d%m%Y}" for day in today),
    }  # fmt: skip

    found = {
        (path, trace) for path, body in texts.items() for trace in traces if trace.encode() in body
    }

    assert len(texts) > 40
    assert found == set()


def test_a_folder_of_real_days_refuses_simulated_ones(tmp_path: Path):
    folder = open_folder(tmp_path / "real", WallClock())
    mark_folder(folder, LIVE)
    folder.close()

    ended = invoke("day", "--races", 1, "--json", "--data", folder.place, cwd=tmp_path)

    assert ended.code == 1
    assert ended.document["ok"] is False
    assert ended.document["error"]["field"] == "data"
    assert list(archived(tmp_path / "real")) == ["folder.json"]


def test_a_day_that_is_there_already_is_refused(first: Path, tmp_path: Path):
    before = archived(first)

    ended = invoke("day", "--date", DAY, "--json", "--data", first, cwd=tmp_path)

    assert ended.code == 1
    assert "already" in ended.document["error"]["message"]
    assert archived(first) == before


def test_a_second_day_in_the_folder_is_chained_to_the_first(copy: Path, tmp_path: Path):
    next_day = "2031-06-08"

    ended = invoke("day", "--date", next_day, "--races", 1, "--json", "--data", copy, cwd=tmp_path)

    assert (ended.code, ended.document["archive_ok"]) == (0, True)
    for day in (DAY, next_day):
        assert invoke("verify", day, "--data", copy, cwd=tmp_path).code == 0
    seal = copy / "archive" / DAY / "close" / "seal.json"
    seal.unlink()
    assert invoke("verify", next_day, "--data", copy, cwd=tmp_path).code == 1


def test_without_a_folder_it_takes_a_fresh_one_named_after_day_and_seed(tmp_path: Path):
    taken = tmp_path / "data" / f"sim-{DAY}-3"
    taken.mkdir(parents=True)

    ended = invoke("day", "--date", DAY, "--seed", 3, "--races", 1, "--json", cwd=tmp_path)

    assert ended.code == 0
    assert folder_of(ended) == taken.with_name(f"sim-{DAY}-3-2")


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])  # the clocks change in the morning
def test_days_of_a_clock_change_run_to_their_end(tmp_path: Path, day: str):
    ended = invoke("day", "--date", day, "--races", 1, "--json", "--data", day, cwd=tmp_path)

    assert ended.code == 0
    assert (ended.document["h5_done"], ended.document["settled"]) == (1, 1)


@pytest.mark.parametrize("day", ["2025-13-01", "tomorrow", "1800-01-01", "9999-12-31"])
def test_a_day_that_cannot_be_simulated_is_refused_in_one_line(tmp_path: Path, day: str):
    ended = invoke("day", "--date", day, "--json", "--data", "x", cwd=tmp_path)

    assert ended.code == 1
    assert ended.document["error"]["field"] == "date"
    assert not (tmp_path / "x").exists()


def test_verify_finds_the_archive_whole(first: Path, tmp_path: Path):
    ended = invoke("verify", "--json", "--data", first, cwd=tmp_path)

    assert ended.code == 0
    assert (ended.document["ok"], ended.document["sealed"]) == (True, True)
    assert ended.document["left_over"] == []


@pytest.mark.parametrize(
    "name",
    [
        "R1C1/H5/slip.json",
        "R1C1/H5/snapshot.json",
        "R1C1/H30/page-zeturf-race-1.html.zst",
        "R1C2/RESULT/settlement.json",
        "plan/*/plan.json",
        "close/summary.json",
    ],
)
def test_one_changed_byte_is_found_and_named(copy: Path, tmp_path: Path, name: str):
    path = one_file(copy, name)
    change_a_byte(path)

    ended = invoke("verify", "--json", "--data", copy, cwd=tmp_path)

    address = path.relative_to(copy / "archive").as_posix()
    assert ended.code == 1
    assert ended.document["ok"] is False
    assert any(address in fault for fault in ended.document["touched"])


def test_a_file_that_was_removed_is_found(copy: Path, tmp_path: Path):
    one_file(copy, "R1C1/H5/slip.json").unlink()

    assert invoke("verify", "--data", copy, cwd=tmp_path).code == 1


def test_verify_of_a_day_that_is_not_there_does_not_vouch_for_it(first: Path, tmp_path: Path):
    ended = invoke("verify", "2020-01-01", "--json", "--data", first, cwd=tmp_path)

    assert (ended.code, ended.document["error"]["code"]) == (1, "NotFound")


def test_replay_gives_the_same_slips(first: Path, tmp_path: Path):
    ended = invoke("replay", DAY, "--json", "--data", first, cwd=tmp_path)

    assert ended.code == 0
    assert ended.document["differing"] == []
    assert ended.document["compared"] >= 4 * 4  # snapshot and forecast twice, slip, settlement


def test_replay_of_an_altered_page_differs(copy: Path, tmp_path: Path):
    page = one_file(copy, "R1C1/H5/page-zeturf-race-1.html.zst")
    text = zstandard.ZstdDecompressor().decompress(page.read_bytes())
    altered = text.translate(bytes.maketrans(b"123456789", b"234567891"))
    page.write_bytes(zstandard.ZstdCompressor().compress(altered))

    ended = invoke("replay", DAY, "--json", "--data", copy, cwd=tmp_path)

    assert ended.code == 1
    assert any(a.startswith(f"{DAY}/R1C1/H5/") for a in ended.document["differing"])
    assert not any(a.startswith(f"{DAY}/R1C2/") for a in ended.document["differing"])


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(Path.unlink, id="removed"),
        pytest.param(lambda path: path.write_bytes(b"no zstd"), id="garbage"),
    ],
)
def test_replay_of_a_lost_page_says_which(copy: Path, tmp_path: Path, spoil: Callable[..., object]):
    page = one_file(copy, "R1C1/H5/page-zeturf-race-1.html.zst")
    spoil(page)

    ended = invoke("replay", DAY, "--json", "--data", copy, cwd=tmp_path)

    assert ended.code == 1
    assert page.name in ended.out or f"{DAY}/R1C1/H5/slip.json" in ended.out


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ended]:
    """The two real days, side by side."""
    tables = material("days")
    top = tmp_path_factory.mktemp("recorded")

    def play(day: str) -> Ended:
        return hippique(
            "day", "--recorded", tables, "--date", day, "--json", "--data", day, cwd=top
        )

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(RECORDED, pool.map(play, RECORDED), strict=True))


@pytest.mark.parametrize("day", RECORDED)
def test_a_recorded_day_runs_through_the_same_desk(recorded: dict[str, Ended], day: str):
    told = recorded[day].document

    assert recorded[day].code == 0
    assert (told["date"], told["mode"], told["simulated"]) == (day, "recorded", False)
    assert told["races"] == 32  # the French ones; the programmes hold more
    assert told["slips"] + told["no_bets"] == told["h5_done"] == 32 - told["cancelled"]
    assert told["settled"] == 32 - told["cancelled"]
    assert (told["archive_ok"], told["failed"]) == (True, 0)


def one_file(data: Path, pattern: str) -> Path:
    return min((data / "archive" / DAY).glob(pattern))


def change_a_byte(path: Path) -> None:
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 1
    os.truncate(path, 0)
    path.write_bytes(body)
