"""What a test run left out, and why: the words of its last lines."""

from __future__ import annotations

from collections import Counter

import pytest

from material import material_root

MATERIAL_REASON = "material absent"  # as tests/material.py begins its reasons


def skip_reason(report: pytest.TestReport) -> str:
    """The words of a skip, without pytest's prefix."""
    words = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return words.removeprefix("Skipped: ")


def left_out_lines(reasons: list[str]) -> list[str]:
    """One line per reason with its count; the material's absences count as one."""
    where = f"HIPPIQUE_MATERIAL ({material_root()})"
    counts = Counter(
        f"{where} absent or incomplete" if reason.startswith(MATERIAL_REASON) else reason
        for reason in reasons
    )
    if not counts:
        return [f"nothing: every test ran, real pages and history from {where}"]
    return [f"{count} left out: {reason}" for reason, count in sorted(counts.items())]
