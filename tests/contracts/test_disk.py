from __future__ import annotations

from pathlib import Path

import pytest

from contracts.archive_contract import ArchiveContract, PrunerContract, ViewsContract
from hippique.runtime.disk_archive import DiskArchive, DiskViews


class TestDiskArchive(ArchiveContract):
    @pytest.fixture(params=[True, False], ids=["durable", "for simulations"])
    def archive(self, tmp_path: Path, request: pytest.FixtureRequest) -> DiskArchive:
        return DiskArchive(tmp_path / "archive", durable=request.param)


class TestDiskPruner(PrunerContract):
    @pytest.fixture
    def kept(self, tmp_path: Path) -> DiskArchive:
        return DiskArchive(tmp_path / "archive")


class TestDiskViews(ViewsContract):
    @pytest.fixture
    def views(self, tmp_path: Path) -> DiskViews:
        return DiskViews(tmp_path / "views")
