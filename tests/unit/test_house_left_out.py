"""The last lines of a test run: what was left out, and why."""

from __future__ import annotations

from left_out import left_out_lines


def test_a_run_without_gaps_says_so():
    (line,) = left_out_lines([])

    assert line.startswith("nothing: every test ran")


def test_absent_material_is_counted_once_for_all_its_files():
    reasons = ["material absent: pages/a.html", "no Chromium", "material absent: days"]
    lines = left_out_lines(reasons)

    assert len(lines) == 2
    assert any(line.startswith("2 left out: HIPPIQUE_MATERIAL") for line in lines)
    assert "1 left out: no Chromium" in lines
