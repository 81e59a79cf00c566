"""`cotesInfos`: the odds of a ZEturf-shaped race page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from hippique.racecourse.odds import place_odds, reference_at, win_odds
from hippique.racecourse.simulated import SimulatedRace
from hippique.racecourse.wording import plain_number

STILL_WITHIN = 0.05  # moves below this share of the reference show no arrow

Cell = float | int | bool
Odds = Mapping[int, float]


def odds_document(race: SimulatedRace, now: datetime) -> dict[str, object]:
    """Odds of every number, false where there are none."""
    reference = _reference(race, now)
    win = win_odds(race, ("zeturf", "win"), now)
    place = place_odds(race, "zeturf", now)
    columns: dict[str, Odds] = {
        "reference": reference,
        "SG": win,
        "SPMin": {number: low for number, (low, _) in place.items()},
        "SPMax": {number: high for number, (_, high) in place.items()},
        "ZC": win_odds(race, ("zeturf", "fourth"), now),
        "ZS": win_odds(race, ("zeturf", "show2"), now),
    }
    at = reference_at(race, now)
    head: dict[str, object] = {
        "referenceDateTime": at.isoformat() if at <= now else None,
        "meilleureCoteSG": {"reference": _lowest(reference), "live": _lowest(win)},
        "displayedColumns": {
            "hasSG": 1,
            "hasSP": _has(columns["SPMin"]),
            "hasZC": _has(columns["ZC"]),
            "hasZS": _has(columns["ZS"]),
        },
    }
    return head | {str(e.number): _cells(columns, e.number) for e in race.entries}


def _reference(race: SimulatedRace, now: datetime) -> Odds:
    """The earlier odds of the horses that still run; empty before the morning's instant."""
    at = reference_at(race, now)
    if at > now:
        return {}
    out = race.withdrawn(now)
    odds = win_odds(race, ("zeturf", "win"), at)
    return {number: price for number, price in odds.items() if number not in out}


def _cells(columns: Mapping[str, Odds], number: int) -> dict[str, object]:
    cells: dict[str, object] = {
        "odds": {name: _shown(column.get(number)) for name, column in columns.items()}
    }
    arrow = _progress(columns["reference"].get(number), columns["SG"].get(number))
    return cells if arrow is None else cells | {"oddsprogress_single": arrow}


def _has(column: Odds) -> Cell:
    return 1 if column else False


def _lowest(odds: Odds) -> float | int | None:
    return plain_number(min(odds.values())) if odds else None


def _shown(odds: float | None) -> Cell:
    return False if odds is None else plain_number(odds)


def _progress(reference: float | None, live: float | None) -> str | None:
    """The arrow: `plus` lengthens, `moins` shortens, none for a small move."""
    if reference is None or live is None:
        return None
    if abs(live - reference) < STILL_WITHIN * reference:
        return None
    return "plus" if live > reference else "moins"
