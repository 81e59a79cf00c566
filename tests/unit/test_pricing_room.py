"""The pricing room as a library: what an import loads, and that numba changes no figure."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

from oracles import HERE, cases

FORBIDDEN = (
    "numba", "scipy", "polars", "fastapi", "httpx", "uvicorn", "jinja2", "sqlite3", "google",
    "msgspec", "pydantic", "openpyxl", "hippique.racing", "hippique.settings",
)  # fmt: skip
LOADED = """
import json, sys
import hippique.pricing
from hippique.pricing import blend, dividend, kelly, ordering, scoring, value, win
print(json.dumps(sorted(sys.modules)))
"""
# A whole field: chances, strengths, sets, orders, places, stakes, scores.
FIELD = """
import json, sys
if "--without" in sys.argv:
    sys.modules["numba"] = None
import numpy as np
from hippique.pricing.compiled import has_numba
from hippique.pricing.kelly import kelly
from hippique.pricing.ordering import henery, harville, stern
from hippique.pricing.scoring import reliability
from hippique.pricing.win import win_chances, win_chances_batch
odds = np.array([3.1, 4.2, 6.5, 8.0, 9.5, 13.0, 17.0, 24.0, 35.0, 60.0])
win = win_chances(odds).probabilities
figures = [win, win_chances(odds, "shin").probabilities]
figures.append(win_chances_batch(np.tile(odds, (50, 1)), method="shin").probabilities[7])
for ordering in (henery(win), harville(win), stern(win, 4.0)):
    figures += [ordering.all_sets(size) for size in (2, 3, 4, 5)]
    figures += [ordering.all_ordered(size)[::7] for size in (2, 3, 4)] + [ordering.top_k(3)]
figures.append(kelly(win, odds * 1.3).fractions)
outcome = (np.arange(400) % 7 < 3).astype(float)
figures.append(reliability(np.linspace(.01, .99, 400) ** 2, outcome).recalibrated)
print(json.dumps([has_numba(), [list(map(float, one)) for one in figures]]))
"""


def run(program: str, *arguments: str) -> object:
    ended = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
    return json.loads(ended.stdout)


def test_an_import_loads_numpy_and_nothing_of_the_service():
    loaded = run(LOADED)

    assert isinstance(loaded, list)
    heavy = [name for name in loaded if name.startswith(FORBIDDEN)]
    assert heavy == []
    assert "numpy" in loaded


def test_a_field_costs_the_same_without_numba():
    pytest.importorskip("numba", reason="numba is not installed: there is nothing to compare")
    compiled, plain = run(FIELD), run(FIELD, "--without")

    assert isinstance(compiled, list)
    assert isinstance(plain, list)
    assert (compiled[0], plain[0]) == (True, False)
    for one, other in zip(compiled[1], plain[1], strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-12)


def test_every_file_of_reference_values_is_run_by_a_test():
    tests = "".join(path.read_text("utf-8") for path in HERE.parent.glob("unit/test_pricing_*.py"))

    assert [f.name for f in sorted(HERE.glob("*.json")) if f'cases("{f.name}")' not in tests] == []
    assert sum(len(cases(f.name)) for f in HERE.glob("*.json")) == 141
