"""The page of alerts is compared with the code: its rules, its levels, its thresholds."""

from __future__ import annotations

from dataclasses import fields

from hippique.day.watch.gather import LACK_OF_DATA
from hippique.day.watch.rule import Rule
from hippique.day.watch.rules import RULES
from hippique.day.watch.thresholds import Thresholds
from house import ROOT

PAGE = (ROOT / "docs" / "reference" / "alerts.md").read_text("utf-8")


def rows(head: str) -> list[list[str]]:
    """The cells of the table under a heading, its head left out."""
    part = PAGE.partition(f"\n## {head}\n")[2].partition("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def level_of(rule: Rule) -> str:
    later = ", critical after 60 min" if rule.becomes_critical else ""
    return f"{rule.level}{later}{'; while racing' if rule.needs_racing else ''}"


def test_page_lists_the_rules_as_they_are():
    assert rows("Rules") == [[f"`{rule.name}`", level_of(rule), rule.en] for rule in RULES]


def test_page_lists_the_thresholds_with_their_defaults():
    told = {row[0].strip("`"): float(row[1]) for row in rows("Thresholds")}

    assert told == {one.name: one.default for one in fields(Thresholds)}


def test_page_names_the_gates_that_mean_a_lack_of_data():
    assert all(f"`{gate}`" in PAGE for gate in LACK_OF_DATA)


def test_page_speaks_of_as_long_as_the_defaults():
    limits = Thresholds()

    assert f"every {limits.remind_minutes:g} minutes, four times" in PAGE
    assert limits.remind_most == 4
    assert f"not acknowledged for {limits.escalate_minutes:g} minutes" in PAGE
    assert f"Between {limits.quiet_from:g}:00 and 0{limits.quiet_until:g}:00" in PAGE
