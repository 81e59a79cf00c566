from __future__ import annotations

from pathlib import Path

import pytest

from contracts.archive_contract import ArchiveContract, ViewsContract
from hippique.runtime.disk_archive import DiskArchive, DiskViews


class TestDiskArchive(ArchiveContract):
    @pytest.fixture(params=[True, False], ids=["durable", "for simulations"])
    def archive(self, tmp_path: Path, request: pytest.FixtureRequest) -> DiskArchive:
        return DiskArchive(tmp_path / "archive", durable=request.param)


class TestDiskViews(ViewsContract):
    @pytest.fixture
    def views(self, tmp_path: Path) -> DiskViews:
        return DiskViews(tmp_path / "views")
