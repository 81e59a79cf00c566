"""Sizes of functions and modules per room, as the house measures them (docstrings left out)."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from statistics import median

from house import Function, Module, functions, modules

USUAL_LINES = 25
AIMS = "median ≤ 10, 90 % ≤ 25, none > 50; modules ≤ 300"


def main() -> list[tuple[str, str, str]]:
    """One row per room, one for all: functions against the house's aims, then modules."""
    tree = modules()
    by_room = groupby(sorted(tree, key=lambda module: module.room), lambda module: module.room)
    rooms = [(room or "hippique", tuple(members)) for room, members in by_room]
    return [row(room, members) for room, members in [*rooms, ("all", tree)]]


def row(room: str, members: tuple[Module, ...]) -> tuple[str, str, str]:
    """A room's functions (count, median, share of short ones, longest) and its modules."""
    found = [one for module in members for one in functions(module.path, module.text)]
    lines = [module.text.count("\n") for module in members]
    what = f"{room}: {len(members)} modules, {sum(lines)} lines, longest {max(lines)}"
    return what, functions_line(found), AIMS if room == "all" else ""


def functions_line(found: Iterable[Function]) -> str:
    """Count, median, share of those of at most 25 lines, and the longest by name."""
    sizes = sorted(found, key=lambda function: function.lines)
    if not sizes:
        return "no functions"
    lines = [function.lines for function in sizes]
    short = sum(size <= USUAL_LINES for size in lines) / len(lines)
    longest = sizes[-1]
    return (
        f"{len(lines)} functions, median {median(lines):.0f}, {short:.0%} ≤ 25, "
        f"longest {longest.lines} ({longest.where} {longest.name})"
    )
