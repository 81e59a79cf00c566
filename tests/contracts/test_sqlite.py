from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from contracts.claims_contract import TTL_S, ClaimsContract, MakeClaims, Wall
from contracts.queue_contract import (
    DispatchContract,
    Drive,
    MakeQueue,
    OperatorContract,
    TaskQueueContract,
)
from hippique.ports import Clock
from hippique.runtime.claims import SqliteClaims
from hippique.runtime.dispatcher import drive
from hippique.runtime.owner import Owner
from hippique.runtime.queue_rules import RetryPolicy
from hippique.runtime.sqlite_file import SqliteFile
from hippique.runtime.sqlite_queue import SqliteQueue


class TestSqliteQueue(TaskQueueContract, OperatorContract, DispatchContract):
    @pytest.fixture
    def make_queue(self, tmp_path: Path) -> Iterator[MakeQueue]:
        files: list[SqliteFile] = []
        numbers = count()

        def make(clock: Clock, retry: RetryPolicy | None = None) -> SqliteQueue:
            files.append(SqliteFile(tmp_path / f"{next(numbers)}" / "queue.sqlite", durable=False))
            return SqliteQueue(files[-1], clock, retry=retry)

        yield make
        for file in files:
            file.close()

    @pytest.fixture
    def drive(self) -> Drive:
        return lambda queue, deliver, clock, until: drive(queue, deliver, clock, until=until)


class TestSqliteClaims(ClaimsContract):
    @pytest.fixture
    def make_claims(self, tmp_path: Path) -> Iterator[MakeClaims]:
        # A file each: as two processes would, they meet on the disk only.
        files: list[SqliteFile] = []

        def make(owner: Owner, wall: Wall) -> SqliteClaims:
            files.append(SqliteFile(tmp_path / "queue.sqlite", durable=False))
            return SqliteClaims(files[-1], owner=owner, wall=wall, ttl_s=TTL_S)

        yield make
        for file in files:
            file.close()
