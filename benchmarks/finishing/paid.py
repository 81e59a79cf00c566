"""Dividends beside the closing odds of their race: ZEturf's, and Hong Kong's as a pool to check on.

Races whose rows are not of the plain shape (a dead heat, a row without its bet) are left out.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from finishing.history import Field

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))
from real_dividends import decode, zeturf_races

Positions = tuple[int, ...]
BIG_FIELD = 10  # runners from which ZEturf offers a ZE4 as a rule
BIG_FIELD_BETS = ("trio", "ze4")
TRIO = 3


@dataclass(frozen=True, slots=True)
class Paid:
    """The rows of one bet in one race: runners by position in the field, and the pay per euro.

    combinations: one without runners where nobody had the winning one.
    """

    field: Field
    combinations: tuple[Positions, ...]
    per_euro: tuple[float, ...]


Row = tuple[str, tuple[int, ...], float]  # bet, numbers, per euro


def zeturf(history: Path, fields: Sequence[Field]) -> dict[str, list[Paid]]:
    """By bet, with two repairs.

    Before the couple_place rows stands the winning couple, paid 0: its own placé is lost. A race
    of a big field without a trio, or a ZE4, at a meeting that pays them holds the trio that a
    combined stake shows, else a combination without runners: nobody had it.
    """
    rows = {race: list(_zeturf_rows(found)) for race, found in zeturf_races(history, "race_id")}
    for bet in BIG_FIELD_BETS:
        for race in _unpaid(bet, rows, fields):
            parts = [(n, 10 * paid) for name, n, paid in rows[race] if name == f"part of {bet}"]
            rows[race] += [(bet, *parts[0])] if parts else [(bet, (), 0.0)]
    return _by_bet(fields, rows)


def _zeturf_rows(found: list[Row]) -> Iterator[Row]:
    for paid in decode(found):
        if paid.bet is not None:
            yield paid.bet, paid.numbers, paid.per_euro
        elif paid.cause == "part of a combined stake" and len(paid.numbers) == TRIO:
            yield "part of trio", paid.numbers, paid.per_euro
        if paid.bet == "couple_win":
            yield "couple_place", paid.numbers, 0.0


def _unpaid(bet: str, rows: Mapping[str, list[Row]], fields: Sequence[Field]) -> list[str]:
    """Races of a big field without the bet, at meetings that pay it in another one."""
    big = [f.key for f in fields if f.odds.size >= BIG_FIELD and f.key in rows]
    paying = {race for race in big if any(name == bet for name, *_ in rows[race])}
    meetings = {race.rsplit("_", 1)[0] for race in paying}
    return [race for race in big if race not in paying and race.rsplit("_", 1)[0] in meetings]


def hong_kong_paid(folder: Path, fields: Sequence[Field]) -> dict[str, list[Paid]]:
    """By pool; trios from September 2020 on are `trio 2020`: their takeout was lowered then."""
    table = pl.read_parquet(folder / "hk_dividends.parquet")
    rows: dict[str, list[Row]] = defaultdict(list)
    for race, pool, numbers, per_ten in table.select(
        "race_id", "pool", "combination", "dividend_per_10"
    ).iter_rows():
        name = "trio 2020" if pool == "trio" and race >= "2020-09" else pool
        runners = tuple(int(number) for number in numbers.replace(",", "-").split("-"))
        rows[race].append((name, runners, per_ten / 10))
    return _by_bet(fields, rows)


def _by_bet(fields: Sequence[Field], rows: Mapping[str, list[Row]]) -> dict[str, list[Paid]]:
    found: dict[str, list[Paid]] = defaultdict(list)
    for field in fields:
        at = {number: position for position, number in enumerate(field.numbers)}
        bets: dict[str, list[tuple[Positions, float]]] = defaultdict(list)
        for bet, numbers, per_euro in rows.get(field.key, []):
            if set(numbers) <= set(at):
                bets[bet].append((tuple(at[number] for number in numbers), per_euro))
        for bet, listed in bets.items():
            combinations, paid = zip(*listed, strict=True)
            found[bet].append(Paid(field, combinations, paid))
    return found
