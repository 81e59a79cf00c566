"""`hippique backup`, `restore` and `prune` as the person on call meets them."""

from __future__ import annotations

import io
import json
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from hippique.runtime.dispatch_lock import DispatchLock
from hippique.runtime.tar_zst import read_tar_zst, write_tar_zst
from running import Ended, invoke

DAY = "2031-06-07"
SECRET = "json://user:hush-hush@127.0.0.1/"  # noqa: S105  a made-up address, looked for in the backup
Members = dict[str, bytes]


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a finished simulated day, and its backup beside it."""
    top = tmp_path_factory.mktemp("day")
    ended = invoke("day", "--date", DAY, "--races", 2, "--json", "--data", "data", cwd=top)
    assert ended.code == 0
    (top / ".env").write_text(f"SLIP_URLS={SECRET}\nBANKROLL_EUR=350\n", "utf-8")
    assert invoke("backup", "one.tar.zst", "--data", "data", cwd=top).code == 0
    return top / "data"


@pytest.fixture
def one(day: Path) -> Path:
    return day.parent / "one.tar.zst"


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_restored_folder_holds_what_was_backed_up(day: Path, one: Path, tmp_path: Path):
    ended = invoke("restore", one, "--data", "back", "--json", cwd=tmp_path)

    before, after = files(day), files(tmp_path / "back")
    same = [name for name in before if name.startswith(("archive/", "workbook/", "fiches/"))]
    assert ended.code == 0
    assert ended.document["days"] == [DAY]
    assert ended.document["artefacts"] == sum(name.startswith("archive/") for name in before)
    assert {name: after.get(name) for name in same} == {name: before[name] for name in same}
    assert invoke("verify", "--data", "back", cwd=tmp_path).code == 0
    assert invoke("queue", "stats", "--data", "back", cwd=tmp_path).out == invoke(
        "queue", "stats", "--data", day, cwd=tmp_path
    ).out.replace("executed_last_minute   1", "executed_last_minute   0")


def test_values_of_secrets_are_not_in_a_backup(one: Path, tmp_path: Path):
    content = dict(read_tar_zst(one))

    named = {one["name"]: one for one in json.loads(content["secrets.json"])}
    secret = named["SLIP_URLS"]
    assert [name for name, one in named.items() if one["is_set"]] == ["SLIP_URLS"]
    assert (secret["name"], secret["is_set"], secret["origin"]) == (
        "SLIP_URLS", True, ".env or command line",
    )  # fmt: skip
    assert "owner of .env" in secret["readable_by"]
    assert b'BANKROLL_EUR="350.0"' in content["settings.env"]
    assert not any(b"hush-hush" in part for part in content.values())
    assert tmp_path.exists()


def test_restored_settings_can_be_read_as_an_env_file(one: Path, tmp_path: Path):
    invoke("restore", one, "--data", "back", cwd=tmp_path)
    shutil.copy(tmp_path / "back" / "settings.env", tmp_path / ".env")

    rows = invoke("check", "config", "--json", cwd=tmp_path).document["settings"]

    assert [row["value"] for row in rows if row["name"] == "BANKROLL_EUR"] == ["350.0"]


def test_a_folder_that_holds_something_is_left_alone(day: Path, one: Path, tmp_path: Path):
    shutil.copytree(day, tmp_path / "data")
    before = files(tmp_path / "data")

    ended = invoke("restore", one, "--data", "data", cwd=tmp_path)

    assert ended.code == 1
    assert "--replace" in ended.err
    assert files(tmp_path / "data") == before
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_with_replace_the_old_folder_is_moved_aside(one: Path, tmp_path: Path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "notes.txt").write_text("mine", "utf-8")

    ended = invoke("restore", one, "--data", "data", "--replace", "--json", cwd=tmp_path)

    assert ended.code == 0
    assert Path(ended.document["aside"], "notes.txt").read_text("utf-8") == "mine"
    assert (tmp_path / "data" / "archive" / DAY).is_dir()


def test_a_folder_where_a_service_dispatches_is_not_replaced(day: Path, one: Path, tmp_path: Path):
    shutil.copytree(day, tmp_path / "data")
    lock = DispatchLock(tmp_path / "data" / "queue.sqlite")
    try:
        ended = invoke("restore", one, "--data", "data", "--replace", cwd=tmp_path)
    finally:
        lock.close()

    assert ended.code == 1
    assert "already dispatches" in ended.err
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


# What nobody of ours packed, and what was spoiled since.


def renamed(name: str) -> Callable[[Members], Members]:
    def change(members: Members) -> Members:
        return {name if old.startswith("archive/") else old: c for old, c in members.items()}

    return change


def without_index(members: Members) -> Members:
    return {name: content for name, content in members.items() if name != "backup.json"}


def spoiled(members: Members) -> Members:
    return {**members, "plan.json": b"{}"}


def newer(members: Members) -> Members:
    index = members["backup.json"].replace(b'"format": 1', b'"format": 2')
    return {**members, "backup.json": index}


def missing_member(members: Members) -> Members:
    return {name: content for name, content in members.items() if name != "plan.json"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param(renamed("archive/../../out"), "no name of ours", id="two steps up"),
        pytest.param(renamed("/tmp/out"), "no name of ours", id="absolute"),  # noqa: S108  refused
        pytest.param(renamed("service.json"), "no file of ours", id="another file of the folder"),
        pytest.param(renamed("archive/a b"), "no name of ours", id="a space"),
        pytest.param(without_index, "without its index", id="no index"),
        pytest.param(spoiled, "not what was backed up", id="other content"),
        pytest.param(missing_member, "not what was backed up", id="a member is missing"),
        pytest.param(newer, "format 2", id="a newer format"),
    ],
)
def test_what_is_not_our_backup_restores_nothing(change, told, one: Path, tmp_path: Path):
    members = dict(list(read_tar_zst(one))[-40:])
    write_tar_zst(tmp_path / "bad", change(members).items())

    ended = invoke("restore", "bad", "--data", "room/back", cwd=tmp_path)

    assert (ended.code, ended.out, ended.err.count("\n")) == (1, "", 1)
    assert told in ended.err
    assert list((tmp_path / "room").iterdir()) == []


def test_a_link_in_a_backup_restores_nothing(tmp_path: Path):
    info = tarfile.TarInfo("archive/x")
    info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as tar:
        tar.addfile(info)
    (tmp_path / "bad").write_bytes(zstandard.ZstdCompressor().compress(plain.getvalue()))

    ended = invoke("restore", "bad", "--data", "room/back", cwd=tmp_path)

    assert ended.code == 1
    assert "no plain file" in ended.err
    assert list((tmp_path / "room").iterdir()) == []


def test_a_backup_never_replaces_another(day: Path, one: Path):
    before = one.read_bytes()

    ended = invoke("backup", one, "--data", day, cwd=day.parent)

    assert ended.code == 1
    assert "lies there already" in ended.err
    assert one.read_bytes() == before


# The drill and the pruning.


@pytest.fixture
def copy(day: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(day, tmp_path / "copy"))


def test_a_drill_tells_that_everything_came_back(copy: Path, one: Path, tmp_path: Path):
    (copy / "archive" / DAY / "later").mkdir()
    (copy / "archive" / DAY / "later" / "note.json").write_text("{}", "utf-8")

    told = invoke("restore", one, "--drill", "--data", copy, "--json", cwd=tmp_path)

    assert told.code == 0
    assert (told.document["ok"], told.document["since"]) == (True, 1)
    assert json.loads((copy / "care.json").read_text("utf-8"))["drills"][0]["since"] == 1
    assert {path.name for path in tmp_path.iterdir()} == {"copy"}


def test_a_drill_names_what_differs(copy: Path, one: Path, tmp_path: Path):
    (copy / "archive" / DAY / "R1C1" / "H5" / "slip.json").write_text("{}", "utf-8")

    told = invoke("restore", one, "--drill", "--data", copy, "--json", cwd=tmp_path)

    assert told.code == 1
    assert told.document["differing"] == [f"{DAY}/R1C1/H5/slip.json"]


def test_backups_are_noted_with_their_hash(day: Path, one: Path):
    noted = json.loads((day / "care.json").read_text("utf-8"))["backups"][0]

    assert noted["file"] == str(one)
    assert noted["size"] == one.stat().st_size


def pruned(copy: Path, cwd: Path, **settings: str) -> Ended:
    """Prune as if the folder's clock had gone on: a later day is in the archive too."""
    later = "2031-07-30"
    assert invoke(
        "day", "--date", later, "--races", 1, "--json", "--data", copy, cwd=cwd
    ).code == 0  # fmt: skip
    return invoke("prune", "--yes", "--json", "--data", copy, cwd=cwd, **settings)


def test_prune_lets_old_pages_go_and_the_archive_verifies(copy: Path, tmp_path: Path):
    told = pruned(copy, tmp_path, RETENTION_DAYS="30")

    found = invoke("verify", DAY, "--json", "--data", copy, cwd=tmp_path)
    assert told.code == 0
    assert [one["date"] for one in told.document["days"]] == [DAY]
    assert not list((copy / "archive" / DAY).rglob("page-*"))
    assert (found.code, len(found.document["pruned"])) == (0, told.document["pages"])
    assert "pruned:" in invoke("verify", DAY, "--data", copy, cwd=tmp_path).out
    assert invoke("explain", DAY, "R1C1", "--data", copy, cwd=tmp_path).code == 0


def test_a_pruned_day_says_why_it_cannot_be_replayed(copy: Path, tmp_path: Path):
    pruned(copy, tmp_path, RETENTION_DAYS="30")

    ended = invoke("replay", DAY, "--data", copy, cwd=tmp_path)

    assert ended.code == 1
    assert "pruned" in ended.err


def test_without_a_retention_nothing_is_pruned(copy: Path, tmp_path: Path):
    ended = pruned(copy, tmp_path)

    assert ended.code == 1
    assert "RETENTION_DAYS" in ended.document["error"]["message"]
    assert list((copy / "archive" / DAY).rglob("page-*"))
