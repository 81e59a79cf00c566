from __future__ import annotations

import pytest

from contracts.archive_contract import ArchiveContract, PrunerContract, ViewsContract
from contracts.claims_contract import TTL_S, ClaimsContract, MakeClaims
from contracts.queue_contract import (
    DispatchContract,
    Drive,
    MakeQueue,
    OperatorContract,
    TaskQueueContract,
)
from hippique.runtime.dispatcher import drive
from hippique.runtime.memory import (
    ClaimTable,
    MemoryArchive,
    MemoryClaims,
    MemoryQueue,
    MemoryViews,
)


class TestMemoryQueue(TaskQueueContract, OperatorContract, DispatchContract):
    @pytest.fixture
    def make_queue(self) -> MakeQueue:
        return MemoryQueue

    @pytest.fixture
    def drive(self) -> Drive:
        return lambda queue, deliver, clock, until: drive(queue, deliver, clock, until=until)


class TestMemoryClaims(ClaimsContract):
    @pytest.fixture
    def make_claims(self) -> MakeClaims:
        table = ClaimTable()
        return lambda owner, wall: MemoryClaims(owner=owner, wall=wall, ttl_s=TTL_S, table=table)


class TestMemoryArchive(ArchiveContract):
    @pytest.fixture
    def archive(self) -> MemoryArchive:
        return MemoryArchive()


class TestMemoryPruner(PrunerContract):
    @pytest.fixture
    def kept(self) -> MemoryArchive:
        return MemoryArchive()


class TestMemoryViews(ViewsContract):
    @pytest.fixture
    def views(self) -> MemoryViews:
        return MemoryViews()
