"""The page on costs states what the kept prices and the measured use come to."""

from __future__ import annotations

import datetime as dt
import importlib.util
import sys

import pytest

from house import ROOT

SPEC = importlib.util.spec_from_file_location("cost_page", ROOT / "scripts" / "cost_page.py")
assert SPEC is not None
assert SPEC.loader is not None
costs = importlib.util.module_from_spec(SPEC)
sys.modules["cost_page"] = costs
SPEC.loader.exec_module(costs)


def test_page_states_the_computed_tables():
    page = (ROOT / "docs" / "reference" / "cloud.md").read_text("utf-8")
    stated = page.partition("<!-- costs -->\n")[2].partition("\n<!-- end -->")[0]

    assert stated == costs.table()


def test_every_price_says_where_it_is_from_and_whether_it_was_seen():
    prices = costs.load()["prices"].values()

    assert {price["seen"] for price in prices} <= {"vendor copy", "third party", "memory"}
    assert all(price["source"] and price["per"] for price in prices)
    assert isinstance(costs.load()["date"], dt.date)


def test_bill_of_a_made_up_day_by_hand():
    figures = costs.load()
    figures["race"] |= {"zeturf_pages": 10.0, "compute_s": 2.0}
    figures["day"] |= {
        "ticks": 100, "tick_s": 1.0, "other_calls": 0, "health_checks": 0, "cold_starts": 0,
    }  # fmt: skip
    cpu = costs.bill(figures, 500)[0]

    # 500 races × 12 s + 100 ticks × 1 s = 6,100 s; × 2 vCPU × 30 days = 366,000 vCPU-s
    assert cpu.amount == 366_000
    assert cpu.usd_without_free == pytest.approx(8.784)  # × 0.000024
    assert cpu.usd == pytest.approx(4.464)  # 180,000 are free


def test_free_share_never_pays_anything_back():
    assert min(line.usd for line in costs.bill(costs.load(), 1)) == 0.0


def test_pruned_archive_keeps_ninety_days_of_pages_and_everything_else():
    figures = costs.load()
    kept = costs.stored_gb(figures, 45, pruned=False) - costs.stored_gb(figures, 45, pruned=True)

    assert kept == pytest.approx(costs.pages_mb(figures, 45) * 275 / 1000)  # 365 − 90 days


def test_figures_of_the_deployment_are_those_that_are_deployed():
    service = costs.load()["service"]
    jobs = (ROOT / "deploy" / "scheduler.txt").read_text("utf-8").splitlines()

    assert service["jobs"] == len([line for line in jobs if line[:1] != "#"])
    assert service["conditions"] == len(
        list((ROOT / "deploy" / "monitoring").glob("policy-*.json"))
    )
