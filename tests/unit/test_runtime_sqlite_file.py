from __future__ import annotations

import json
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hippique.errors import InputError, StoreBusy, StoreDamaged, StoreFull
from hippique.ports import NewTask
from hippique.runtime.clocks import DrivenClock
from hippique.runtime.sqlite_file import SqliteFile
from hippique.runtime.sqlite_queue import SqliteQueue
from hippique.runtime.sqlite_schema import APPLICATION_ID, LADDER

NINE = datetime(2026, 6, 7, 7, 0, tzinfo=UTC)


@contextmanager
def opened(
    path: Path, *, max_pages: int | None = None, busy_timeout_s: float = 5.0
) -> Iterator[SqliteQueue]:
    with closing(SqliteFile(path, max_pages=max_pages, busy_timeout_s=busy_timeout_s)) as file:
        yield SqliteQueue(file, DrivenClock(NINE))


def new_task(name: str, payload: bytes = b"{}") -> NewTask:
    return NewTask(name=name, due=NINE + timedelta(hours=1), payload=payload)


def rows(path: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def test_a_fresh_file_writes_ahead_and_waits_for_the_disk(tmp_path: Path):
    with closing(SqliteFile(tmp_path / "new folder" / "queue.sqlite")) as file:
        assert file.rows("PRAGMA journal_mode") == [("wal",)]
        assert file.rows("PRAGMA synchronous") == [(2,)]  # FULL
        assert file.rows("PRAGMA busy_timeout") == [(5000,)]


def test_a_simulation_s_file_does_not_wait_for_the_disk(tmp_path: Path):
    with closing(SqliteFile(tmp_path / "queue.sqlite", durable=False)) as file:
        assert file.rows("PRAGMA synchronous") == [(0,)]  # OFF


def test_tasks_pause_and_generation_survive_a_restart(tmp_path: Path):
    path = tmp_path / "queue.sqlite"
    with opened(path) as queue:
        queue.create(new_task("purged"))
        queue.purge()
        queue.create(new_task("kept", b"\x00payload"))
        queue.set_paused(paused=True)

    with opened(path) as queue:
        assert [(task.name, task.payload) for task in queue.live()] == [("kept", b"\x00payload")]
        assert queue.stats().paused
        assert queue.generation() == 2
        assert not queue.create(new_task("purged"))


@pytest.mark.parametrize("version", range(1, len(LADDER)))
def test_a_file_of_an_older_version_is_migrated_with_its_tasks(tmp_path: Path, version: int):
    path = tmp_path / "queue.sqlite"
    with closing(sqlite3.connect(path)) as older:
        for step in LADDER[:version]:
            for statement in step:
                older.execute(statement)
        older.execute(
            "INSERT INTO task (name, due_us, state, attempts, created_us, deadline_s, payload)"
            " VALUES ('old', 0, 'pending', 0, 0, 300, x'7b7d')"
        )
        older.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        older.execute(f"PRAGMA user_version = {version}")
        older.commit()

    with opened(path) as queue:
        assert [(task.name, task.payload) for task in queue.live()] == [("old", b"{}")]
    assert rows(path, "PRAGMA user_version") == [(len(LADDER),)]
    assert rows(path, "SELECT count(*) FROM claim") == [(0,)]


def test_a_file_of_a_newer_version_is_refused_and_left_as_it_is(tmp_path: Path):
    path = tmp_path / "queue.sqlite"
    with opened(path):
        pass
    with closing(sqlite3.connect(path)) as newer:
        newer.execute(f"PRAGMA user_version = {len(LADDER) + 1}")
    before = path.read_bytes()

    with pytest.raises(StoreDamaged, match=r"newer version.*upgrade hippique"):
        SqliteFile(path)
    assert path.read_bytes() == before


def test_another_program_s_database_is_refused_and_left_as_it_is(tmp_path: Path):
    path = tmp_path / "queue.sqlite"
    with closing(sqlite3.connect(path)) as foreign:
        foreign.execute("CREATE TABLE bookmarks (url TEXT)")
    before = path.read_bytes()

    with pytest.raises(StoreDamaged, match="another program"):
        SqliteFile(path)
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(tmp_path: Path):
    path = tmp_path / "queue.sqlite"
    path.write_bytes(b"PK\x03\x04 not a database at all" * 100)
    before = path.read_bytes()

    with pytest.raises(StoreDamaged, match=r"queue\.sqlite: not a queue file"):
        SqliteFile(path)
    assert path.read_bytes() == before


def test_a_broken_page_is_told(tmp_path: Path):
    path = tmp_path / "queue.sqlite"
    with opened(path) as queue:
        for number in range(200):
            queue.create(new_task(f"t{number}", b"x" * 500))
    content = bytearray(path.read_bytes())
    for page in range(2, len(content) // 4096):  # the first two say whose file it is
        content[page * 4096 : page * 4096 + 200] = b"\xff" * 200
    path.write_bytes(content)

    with opened(path) as queue, pytest.raises(StoreDamaged, match=r"damaged.*backup"):
        queue.tasks(limit=1000)


def test_a_folder_in_the_file_s_place_is_told(tmp_path: Path):
    (tmp_path / "queue.sqlite").mkdir()

    with pytest.raises(StoreDamaged, match="cannot be opened"):
        SqliteFile(tmp_path / "queue.sqlite")


def test_a_full_disk_is_told_and_the_file_stays_whole(tmp_path: Path):
    path = tmp_path / "queue.sqlite"
    with opened(path, max_pages=60) as queue:
        with pytest.raises(StoreFull, match=r"queue\.sqlite.*free some disk space"):
            fill(queue)
        kept = len(queue.live())

    with opened(path) as queue:
        assert kept > 10
        assert len(queue.live()) == kept
        assert queue.create(new_task("room-again", b"x" * 10_000))
    assert rows(path, "PRAGMA integrity_check") == [("ok",)]


def fill(queue: SqliteQueue) -> None:
    for number in range(100):
        queue.create(new_task(f"t{number:03}", b"x" * 10_000))


def test_an_error_of_the_disk_is_told_and_the_file_stays_whole(tmp_path: Path):
    # The child's files may not grow beyond 300 kB: the system refuses the write.
    script = f"""
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from hippique.errors import StoreError
from hippique.ports import NewTask
from hippique.runtime.clocks import DrivenClock
from hippique.runtime.sqlite_file import SqliteFile
from hippique.runtime.sqlite_queue import SqliteQueue
now = datetime(2026, 6, 7, 7, 0, tzinfo=UTC)
queue = SqliteQueue(SqliteFile(Path({str(tmp_path / "queue.sqlite")!r})), DrivenClock(now))
made = 0
try:
    while True:
        queue.create(NewTask(name=f"t{{made}}", due=now, payload=b"x" * 9000))
        made += 1
except StoreError as error:
    print(json.dumps([made, type(error).__name__, str(error)]), flush=True)
"""
    child = subprocess.run(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        check=True,
        preexec_fn=_small_files,
    )
    made, kind, message = json.loads(child.stdout)

    assert kind in {"StoreDamaged", "StoreFull"}
    assert "queue.sqlite" in message
    with opened(tmp_path / "queue.sqlite") as queue:
        assert len(queue.live()) == made
    assert rows(tmp_path / "queue.sqlite", "PRAGMA integrity_check") == [("ok",)]


def _small_files() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))


def test_a_file_held_by_another_process_for_too_long_is_busy(tmp_path: Path):
    path = tmp_path / "queue.sqlite"
    with opened(path, busy_timeout_s=0.05) as queue, closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy, match=r"queue\.sqlite.*try again"):
            queue.create(new_task("a"))
        other.execute("ROLLBACK")

        assert queue.create(new_task("a"))


def test_what_fails_inside_a_transaction_leaves_no_trace(tmp_path: Path):
    with opened(tmp_path / "queue.sqlite") as queue:
        with pytest.raises(InputError), queue.batch():
            create_two(queue, new_task("a"), new_task("not a name"))
        queue.create(new_task("b"))

        assert [task.name for task in queue.live()] == ["b"]


def create_two(queue: SqliteQueue, first: NewTask, second: NewTask) -> None:
    queue.create(first)
    queue.create(second)


def test_many_threads_share_one_file(tmp_path: Path):
    with opened(tmp_path / "queue.sqlite") as queue:

        def create(worker: int) -> None:
            for number in range(20):
                queue.create(new_task(f"t{number}"))
                queue.create(new_task(f"w{worker}-{number}"))

        workers = [threading.Thread(target=create, args=(worker,)) for worker in range(6)]
        for thread in workers:
            thread.start()
        for thread in workers:
            thread.join()

        assert len(queue.live()) == 20 + 6 * 20


def test_many_processes_open_one_new_file_at_once(tmp_path: Path):
    script = f"""
import sys
from datetime import UTC, datetime
from pathlib import Path
from hippique.ports import NewTask
from hippique.runtime.clocks import DrivenClock
from hippique.runtime.sqlite_file import SqliteFile
from hippique.runtime.sqlite_queue import SqliteQueue
now = datetime(2026, 6, 7, 7, 0, tzinfo=UTC)
print("ready", flush=True)
sys.stdin.readline()
queue = SqliteQueue(SqliteFile(Path({str(tmp_path / "queue.sqlite")!r})), DrivenClock(now))
for number in range(10):
    queue.create(NewTask(name=f"{{sys.argv[1]}}-{{number}}", due=now, payload=b""))
"""
    children = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(number)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(5)
    ]
    for child in children:
        assert child.stdout is not None
        child.stdout.readline()
    for child in children:
        child.communicate("go\n", timeout=60)

    assert [child.returncode for child in children] == [0] * 5
    with opened(tmp_path / "queue.sqlite") as queue:
        assert len(queue.live()) == 50
