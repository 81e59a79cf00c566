"""Who finished where and who did not: the part of PMU's answers that settles money.

Other fields are read with indulgence; here anything misshapen refuses the whole answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from hippique.sources.pmu import fields
from hippique.sources.pmu.document import Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Incidents:
    """Saddle numbers, ascending, by what befell them."""

    non_runners: tuple[int, ...] = ()
    disqualified: tuple[int, ...] = ()
    fallen: tuple[int, ...] = ()


def read_order(node: Node) -> tuple[tuple[int, ...], ...]:
    """The places of a race from the first, a dead heat together; empty where there is none yet.

    Raises PageChanged where an entry is no saddle number or a horse has two places.
    """
    places = tuple(_place(entry, node) for entry in node.values(fields.ORDER))
    numbers = [number for place in places for number in place]
    if len(set(numbers)) != len(numbers):
        raise node.changed(f"{fields.ORDER} (a horse has two places)")
    return places


def sort_incidents(incidents: Iterable[tuple[str, int]], node: Node) -> Incidents:
    """Sort (code, saddle number) pairs by what they mean for the bets; unknown codes are named."""
    non_runners, disqualified, fallen = set[int](), set[int](), set[int]()
    for code, number in incidents:
        if code == fields.NON_RUNNER:
            non_runners.add(number)
        elif code.startswith(fields.DISQUALIFIED_SIGNS):
            disqualified.add(number)
        elif code in fields.FALLEN_CODES:
            fallen.add(number)
        else:
            node.warn(f"unknown incident {code} of number {number}")
    return Incidents(
        non_runners=tuple(sorted(non_runners)),
        disqualified=tuple(sorted(disqualified)),
        fallen=tuple(sorted(fallen)),
    )


def is_saddle_number(value: Any) -> bool:
    """True for a whole number that a saddle cloth can show."""
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return is_whole and 0 < value <= fields.LAST_NUMBER


def _place(entry: Any, node: Node) -> tuple[int, ...]:
    numbers = entry if isinstance(entry, list) else [entry]
    if not numbers or not all(is_saddle_number(number) for number in numbers):
        raise node.changed(fields.ORDER)
    return tuple(numbers)
