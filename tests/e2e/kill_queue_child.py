"""The process that is killed: creates tasks, dispatches them, leaves one effect for each.

Called with a data folder and a number of tasks. Prints what it has done, one line each, as soon
as it is done: `created NAME`, `done NAME`, `again NAME` (an ended task was delivered: a fault),
`drained` when every task has ended; then it stays until its standard input closes.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue

from hippique.errors import AlreadyExists
from hippique.ports import NewTask, Task, TaskState
from hippique.runtime.claims import SqliteClaims
from hippique.runtime.clocks import WallClock
from hippique.runtime.delivery import Delivery
from hippique.runtime.disk_archive import DiskArchive
from hippique.runtime.dispatcher import Dispatcher
from hippique.runtime.owner import this_process
from hippique.runtime.sqlite_file import SqliteFile
from hippique.runtime.sqlite_queue import SqliteQueue

PATIENCE_S = 60.0


def main(folder: Path, count: int) -> None:
    """Create, deliver, report; as often as it is started."""
    clock = WallClock()
    file = SqliteFile(folder / "queue.sqlite")
    queue = SqliteQueue(file, clock)
    claims = SqliteClaims(file, owner=this_process("kill-test"), wall=clock.now, ttl_s=300)
    ended = {task.name for task in queue.tasks(state=TaskState.DONE, limit=count)}
    answered: SimpleQueue[str] = SimpleQueue()
    deliver = delivery_into(folder, claims, ended, answered)
    dispatcher = Dispatcher(queue, deliver, clock, max_concurrent=4)
    dispatcher.start()
    for number in range(count):
        name = f"t{number:05}"
        if queue.create(NewTask(name=name, due=clock.now(), payload=name.encode())):
            say(f"created {name}")
    for _ in range(count - len(ended)):
        answered.get(timeout=PATIENCE_S)
    say("drained")
    sys.stdin.read()
    dispatcher.stop(PATIENCE_S)
    file.close()


def delivery_into(
    folder: Path, claims: SqliteClaims, ended: set[str], answered: SimpleQueue[str]
) -> Callable[[Task], Delivery]:
    """A service whose effect is one artefact, noted in a journal that only grows."""
    archive = DiskArchive(folder / "archive")
    journal = os.open(folder / "journal", os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def deliver(task: Task) -> Delivery:
        if task.name in ended:
            say(f"again {task.name}")
        os.write(journal, f"begin {task.name}\n".encode())
        if not claims.acquire(task.name):
            return Delivery(ok=False, error="HTTP 503: claimed")
        try:
            archive.create(f"effects/{task.name}", task.payload * 2000)
            os.write(journal, f"effect {task.name}\n".encode())
        except AlreadyExists:
            os.write(journal, f"known {task.name}\n".encode())
        claims.release(task.name)
        say(f"done {task.name}")
        answered.put(task.name)
        return Delivery(ok=True)

    return deliver


def say(line: str) -> None:
    """One write, so that lines of several threads do not mix."""
    os.write(sys.stdout.fileno(), f"{line}\n".encode())


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
