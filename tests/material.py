"""Real pages and history lie outside the repository; tests that need them are left out without."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def material_root() -> Path:
    """Where the material lies: HIPPIQUE_MATERIAL, or ../shared beside the repository."""
    return Path(os.environ.get("HIPPIQUE_MATERIAL") or ROOT.parent / "shared")


def material(relative: str) -> Path:
    """A file or folder of the material; the test is left out where it is absent."""
    import pytest  # noqa: PLC0415  # the benchmarks ask for the root where pytest is not installed

    path = material_root() / relative
    if not path.exists():
        pytest.skip(f"material absent: {relative} (set HIPPIQUE_MATERIAL)")
    return path
