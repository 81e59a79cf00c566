"""The runners of a race's page: one row each, with the odds of one pool and our chances."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Document = dict[str, Any]
Odds = Mapping[int, float | None]


def one_pool(snapshots: Mapping[str, Any]) -> tuple[str | None, Odds, Odds]:
    """Win odds at H-30 and H-5 of one pool: the drift between two pools would mean nothing."""
    early, late = (_by_pool(snapshots.get(phase)) for phase in ("H30", "H5"))
    pool = next(iter([*late, *early]), None)
    if pool is None:
        return None, {}, {}
    return pool, early.get(pool, {}), late.get(pool, {})


def _by_pool(snapshots: Iterable[Document] | None) -> dict[str, Odds]:
    pools = {
        snapshot["pool"]: {quote["number"]: quote["win"] for quote in snapshot["quotes"]}
        for snapshot in snapshots or ()
    }
    return {pool: odds for pool, odds in pools.items() if any(odds.values())}


def runner_rows(race: Document, early: Odds, late: Odds, ours: frozenset[int]) -> list[Document]:
    """Runners by the latest odds; those without odds after them, non-runners at the end."""
    reading = race["reading"] or {"runners": []}
    chances = {one["number"]: one for one in reading["runners"]}
    if not chances and race["forecast"]:
        chances = {one["number"]: one for one in race["forecast"].get("chances", [])}
    result = (race["result"] or {}).get("result") or {}
    rows = []
    for runner in race["runners"]:
        number = runner["number"]
        first, last = early.get(number), late.get(number)
        rows.append(
            {
                **runner,
                "out": runner["non_runner"] or number in result.get("non_runners", []),
                "is_ours": number in ours,
                "h30": first,
                "h5": last,
                "drift": last / first - 1 if first and last else None,
                "place": place_of(result, number),
                **_chance(chances.get(number)),
            }
        )
    return sorted(rows, key=_rank)


def _rank(row: Document) -> tuple[bool, bool, float, int]:
    odds = row["h5"] or row["h30"]
    return row["out"], odds is None, odds or 0.0, row["number"]


def _chance(reading: Document | None) -> Document:
    if reading is None:
        return {"p_win": None, "p_place": None, "fair": None, "closing": None}
    p_win = reading["p_win"]
    closing = next(iter((reading.get("closing") or {}).values()), None)
    return {
        "p_win": p_win,
        "p_place": reading.get("p_place"),
        "fair": reading.get("fair") or (1 / p_win if p_win else None),
        "closing": closing,
    }


def filled_columns(rows: Sequence[Document]) -> dict[str, bool]:
    """Which columns hold anything: a column of dashes alone is not drawn."""
    names = ("h30", "h5", "drift", "p_win", "p_place", "closing", "place", "form", "jockey")
    return {name: any(row.get(name) is not None for row in rows) for name in (*names, "trainer")}


def place_of(result: Document, number: int) -> str | None:
    """`1`, `2` … or how the race ended for it; None without a result."""
    if not result:
        return None
    for words, numbers in (("NP", "non_runners"), ("dai", "disqualified"), ("arr.", "fallen")):
        if number in result.get(numbers, []):
            return words
    place = 1
    for tied in result["order"]:
        if number in tied:
            return str(place)
        place += len(tied)
    return None
