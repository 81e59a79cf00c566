"""The reference values of `tests/oracles/*.json`: every case, and every expected key of a case.

The values were computed by other means (other packages, long arithmetic, enumeration); they are
never adjusted to the code. Runners count from 1 in them.
"""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent / "oracles"
Case = dict[str, Any]


def cases(file: str) -> list[Any]:
    """One parameter per case, its id `oracle <file> <case>`, by which conftest counts them."""
    found = json.loads((HERE / file).read_text("utf-8"), parse_constant=float)["cases"]
    return [pytest.param(case, id=f"oracle {file} {case['id']}") for case in found]


def oracle_lines(stats: dict[str, list[Any]]) -> list[str]:
    """How many reference cases ran and agreed, none where none ran: the last lines of a run."""
    cases_in = {state: _cases_of(stats.get(state, [])) for state in ("passed", "failed", "skipped")}
    run = cases_in["passed"] | cases_in["failed"]
    if not run:
        return []
    agreed = len(cases_in["passed"] - cases_in["failed"])
    left_out = len(cases_in["skipped"])
    return [f"oracles: {len(run)} cases run, {agreed} agreed, {left_out} skipped"]


def _cases_of(reports: list[Any]) -> set[str]:
    found = (re.search(r"oracle \S+ [^]-]+(?:-[^]]*)?", getattr(r, "nodeid", "")) for r in reports)
    return {match[0] for match in found if match}


def number(value: Any) -> Any:
    """A number of an oracle: NaN and infinity are written as text there."""
    return float(value) if isinstance(value, str) else value


def agree(case: Case, produced: Case) -> None:
    """Every expected key was produced, and agrees within the case's tolerance.

    A key of `expected` that `produced` lacks fails: a case is run whole or it counts as not run.
    """
    expected = {k: v for k, v in case["expected"].items() if k not in {"steps", "shin_note"}}
    missing = sorted(set(expected) - set(produced))
    assert not missing, f"not computed: {missing}"
    for key, value in expected.items():
        _same(value, produced[key], case["tolerance"], key)


def _same(expected: Any, got: Any, tolerance: dict[str, float], where: str) -> None:
    if isinstance(expected, dict):
        assert set(expected) <= set(got), f"{where}: {sorted(set(expected) - set(got))} missing"
        for key, value in expected.items():
            _same(value, got[key], tolerance, f"{where}.{key}")
    elif isinstance(expected, list):
        assert len(expected) == len(got), where
        for place, (one, other) in enumerate(zip(expected, got, strict=True)):
            _same(one, other, tolerance, f"{where}[{place}]")
    elif isinstance(expected, float) or (
        isinstance(expected, int) and not isinstance(expected, bool)
    ):
        near = math.isclose(
            expected,
            got,
            rel_tol=tolerance.get("rel", 0.0),
            abs_tol=tolerance.get("abs", tolerance.get("exact", 0.0)),
        )
        assert near, f"{where}: expected {expected!r}, got {got!r}"
    else:
        assert expected == got, f"{where}: expected {expected!r}, got {got!r}"
