"""The kept pages of the simulated racecourse, byte for byte."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

KEPT = Path(__file__).resolve().parents[1] / "golden" / "racecourse"


def writer():
    spec = importlib.util.spec_from_file_location("racecourse_golden", KEPT / "write.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PAGES = dict(writer().pages())


@pytest.mark.parametrize("name", PAGES)
def test_a_kept_page_is_made_again_byte_for_byte(name):
    assert PAGES[name] == (KEPT / name).read_bytes(), "see tests/golden/racecourse/write.py"


def test_every_kept_file_is_compared():
    kept = {path.name for path in KEPT.iterdir() if path.suffix in {".html", ".json"}}
    assert kept == set(PAGES)
