"""Print the cost tables of docs/reference/cloud.md from deploy/costs.toml.

Requests are counted one after the other, although Cloud Run bills overlapping ones once: the
figures are an upper bound for what they count.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RACES = (45, 189)
SITES = ("zeturf", "geny", "pmu")
RETENTION_DAYS = 90


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a month's bill: how much of what, its cost with and without the free share."""

    name: str
    amount: float
    usd: float
    usd_without_free: float


def load() -> dict[str, Any]:
    """The figures."""
    return tomllib.loads((ROOT / "deploy" / "costs.toml").read_text("utf-8"))


def busy_s(figures: dict[str, Any], races: int) -> float:
    """Seconds of a day in which a request is open."""
    race, day, service = figures["race"], figures["day"], figures["service"]
    per_race = race["zeturf_pages"] * service["delay_s"] + race["compute_s"]
    return float(
        races * per_race
        + day["ticks"] * day["tick_s"]
        + day["other_calls"] * day["other_call_s"]
        + day["health_checks"] * day["health_check_s"]
        + day["cold_starts"] * day["cold_start_s"]
    )


def pages_mb(figures: dict[str, Any], races: int) -> float:
    """Compressed pages that a day keeps."""
    race, day = figures["race"], figures["day"]
    per_race = sum(race[f"{site}_pages"] * race[f"{site}_page_mb"] for site in SITES)
    return float(races * per_race + day["programme_reads"] * day["programme_mb"])


def json_mb(figures: dict[str, Any], races: int) -> float:
    """Everything else that a day keeps."""
    return float(races * figures["race"]["json_mb"])


def stored_gb(figures: dict[str, Any], races: int, *, pruned: bool) -> float:
    """What lies in the archive after a year; pruned: pages older than RETENTION_DAYS are gone."""
    page_days = RETENTION_DAYS if pruned else 365
    return (pages_mb(figures, races) * page_days + json_mb(figures, races) * 365) / 1000


def amounts(figures: dict[str, Any], races: int) -> dict[str, float]:
    """What a month uses, under the names of the prices. Storage: a year's archive, pruned."""
    day, service = figures["day"], figures["service"]
    files = races * figures["race"]["files"] + day["programme_reads"]
    calls = races * figures["race"]["tasks"]
    seconds = busy_s(figures, races)
    other = day["ticks"] + day["other_calls"] + day["health_checks"]
    daily = {
        "cpu": seconds * service["cpu"],
        "memory": seconds * service["memory_gib"],
        "requests": calls + other,
        "tasks": 3 * calls,  # created, dispatched, deleted or looked at
        "writes": files * (1 + day["lists_per_file"]),
        "reads": files * day["reads_per_file"],
    }
    return {name: value * figures["days_a_month"] for name, value in daily.items()} | {
        "jobs": service["jobs"],
        "conditions": service["conditions"],
        "registry": service["image_gb"] * service["images_kept"],
        "storage": stored_gb(figures, races, pruned=True),
    }


def bill(figures: dict[str, Any], races: int) -> list[Line]:
    """A month's bill, in the order of the prices."""
    used = amounts(figures, races)
    return [
        Line(
            name=price["per"],
            amount=used[name],
            usd=max(0.0, used[name] - price["free"]) * price["usd"],
            usd_without_free=used[name] * price["usd"],
        )
        for name, price in figures["prices"].items()
    ]


def hour_of_screen_usd(figures: dict[str, Any]) -> float:
    """A month in which a screen stays open for an hour a day, without the free share."""
    prices, service = figures["prices"], figures["service"]
    per_s = service["cpu"] * prices["cpu"]["usd"] + service["memory_gib"] * prices["memory"]["usd"]
    return float(3600 * figures["days_a_month"] * per_s)


def table() -> str:
    """The bill and the archive as Markdown."""
    figures = load()
    screen = hour_of_screen_usd(figures)
    bills = [bill(figures, races) for races in RACES]
    rows = [
        f"| {one.name} | {_amount(one)} | {one.usd:.2f} | {_amount(two)} | {two.usd:.2f} |"
        for one, two in zip(*bills, strict=True)
    ]
    sums = [sum(line.usd for line in lines) for lines in bills]
    full = [sum(line.usd_without_free for line in lines) for lines in bills]
    return "\n".join(
        [
            "| a month, US dollars | 45 races a day | cost | 189 races a day | cost |",
            "|---|---|---|---|---|",
            *rows,
            f"| **sum** | | **{sums[0]:.2f}** | | **{sums[1]:.2f}** |",
            f"| sum without any free share | | {full[0]:.2f} | | {full[1]:.2f} |",
            "",
            "| archive | 45 races a day | 189 races a day |",
            "|---|---|---|",
            *(_row(figures, name, what) for name, what in ARCHIVE.items()),
            "",
            f"A screen that stays open costs {screen:.2f} a month for each hour a day.",
        ]
    )


def _amount(line: Line) -> str:
    return f"{line.amount:,.1f}".removesuffix(".0")


ARCHIVE = {
    "pages, MB a day": pages_mb,
    "everything else, MB a day": json_mb,
    "GB after a year, all pages kept": lambda f, r: stored_gb(f, r, pruned=False),
    "GB after a year, `RETENTION_DAYS=90`": lambda f, r: stored_gb(f, r, pruned=True),
}


def _row(figures: dict[str, Any], name: str, what: Any) -> str:
    return f"| {name} | " + " | ".join(f"{what(figures, races):.1f}" for races in RACES) + " |"


if __name__ == "__main__":
    print(table())
