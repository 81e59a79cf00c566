"""Real dividends against the rule book: does each published combination win, does none lack?

Reads the tables of the history folder. ZEturf's rows carry the last heading of a group of columns
instead of their bet; what they are follows from their size and their place in the file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

import polars as pl

from hippique.betting.settlement import has_won
from hippique.racing.bets import bet_type
from hippique.racing.result import Result, ResultStatus

Numbers = tuple[int, ...]
Rows = list[tuple[str, Numbers, float]]  # heading, combination, per euro
SINGLES = {1: "win", 2: "show2", 3: "place", 4: "fourth"}  # ZEturf's row of the n-th horse
PARTS = ((2, "couple_win", 10), (3, "trio", 10), (4, "ze4", 2), (4, "ze4", 10), (5, "ze5", 2))


@dataclass(frozen=True)
class Paid:
    """One dividend row, decoded: its bet, None where the row says too little."""

    bet: str | None
    numbers: Numbers
    per_euro: float
    cause: str = ""


@dataclass
class Audit:
    """Counts by (bet, verdict); verdict: agrees, differs: CAUSE, unread: CAUSE, missing."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: dict[tuple[str, str], str] = field(default_factory=dict)

    def add(self, bet: str, verdict: str, where: str) -> None:
        """One row, or one combination without a row."""
        self.counts[bet, verdict] += 1
        self.examples.setdefault((bet, verdict), where)

    def total(self, verdict: str) -> int:
        """All bets' rows of one verdict."""
        return sum(n for (_, said), n in self.counts.items() if said == verdict)


@dataclass(frozen=True)
class Run:
    """A race's official order and declared field."""

    result: Result
    declared: int | None


def official_orders(history: Path) -> dict[str, Run]:
    """Every French race with an arrival, by its id."""
    races = pl.read_parquet(
        history / "fr/fr_races.parquet", columns=["race_id", "arrivee", "nombreDeclaresPartants"]
    ).filter(pl.col("arrivee").is_not_null())
    decoded = races.with_columns(
        order=pl.col("arrivee").str.json_decode(pl.List(pl.List(pl.Int64)))
    )
    return {
        race: Run(_result(order), declared)
        for race, order, declared in decoded.select(
            "race_id", "order", "nombreDeclaresPartants"
        ).iter_rows()
    }


def _result(order: Iterable[Iterable[int]]) -> Result:
    return Result(status=ResultStatus.OFFICIAL, order=tuple(tuple(tied) for tied in order))


# --- ZEturf ------------------------------------------------------------------------------------


def audit_zeturf(history: Path) -> Audit:
    """Each ZEturf dividend whose race has an official order in the tables."""
    audit = Audit()
    orders = official_orders(history)
    for race, rows in zeturf_races(history, "race_id"):
        run = orders.get(race)
        decoded = list(decode(rows))
        for paid in decoded:
            _judge(audit, race, paid, run)
        if run is not None:
            _complete(audit, race, decoded, run)
    return audit


def audit_parts(history: Path) -> Audit:
    """ZE 234 and ZE 345 of every race, also those without an order: each a part of other rows."""
    audit = Audit()
    for race, rows in zeturf_races(history, "z_race_id"):
        decoded = list(decode(rows))
        whole = {(p.bet, p.numbers): p.per_euro for p in decoded if p.bet}
        for paid in decoded:
            if paid.cause == "part of a combined stake":
                audit.add("ze234, ze345", _part_verdict(paid, whole), f"{race} {paid}")
    return audit


def _part_verdict(paid: Paid, whole: dict[tuple[str | None, Numbers], float]) -> str:
    size = len(paid.numbers)
    bases = [(bet, share) for n, bet, share in PARTS if n == size]
    bases += [("couple_order", 10)] if size == 2 else []
    known = [
        whole[bet, paid.numbers] / share for bet, share in bases if (bet, paid.numbers) in whole
    ]
    if not known:
        return "unread: the bet it is a part of is not listed"
    close = any(abs(amount - paid.per_euro) <= 0.0101 for amount in known)
    return "agrees" if close else "differs: not the part of its bet"


def zeturf_races(history: Path, key: str) -> Iterator[tuple[str, Rows]]:
    """Rows by race in file order, exact copies left out."""
    rows = (
        pl.read_parquet(history / "fr/fr_dividends.parquet")
        .filter((pl.col("source") == "zeturf") & pl.col(key).is_not_null())
        .group_by(key, maintain_order=True)
        .agg("bet_type", "combination", "dividend_per_1")
    )
    for race, bets, combos, amounts in rows.iter_rows():
        numbers = [tuple(int(n) for n in combo.split("-")) for combo in combos]
        yield race, list(zip(bets, numbers, amounts, strict=True))


def decode(rows: Rows) -> Iterator[Paid]:
    """What each row of a race is, by its heading, its size and its place in the file."""
    seen: set[tuple[str, Numbers]] = set()
    single = 0
    for heading, numbers, amount in rows:
        if heading == "ZE COUILLON" and len(numbers) == 1:
            single += 1
            bet = SINGLES.get(single)
            yield Paid(bet, numbers, amount, "" if bet else "a fifth horse among the singles")
            continue
        bet = _combined(heading, numbers, amount, seen)
        if bet is None:
            yield Paid(None, numbers, amount, _cause(heading, numbers))
            continue
        seen.add((bet, numbers))
        yield Paid(bet, numbers, amount)


def _combined(
    heading: str, numbers: Numbers, amount: float, seen: set[tuple[str, Numbers]]
) -> str | None:
    size = len(numbers)
    bet = {
        ("TRIO", 3): "trio",
        ("TRIO", 4): "ze4",
        ("TRIORDRE", 3): "trio_order",
        ("TRIORDRE", 4): "ze4_order",
        ("ZE 2 SUR 4", 2): "two_of_four",
        ("ZE 2 SUR 4", 4): "ze4",
        ("ZE 5", 5): "ze5",
    }.get((heading, size))
    if heading == "JUMELE PLACE" and size == 2:
        bet = _couple(numbers, seen)
    return None if bet is None or (bet, numbers) in seen or amount < 1 else bet


def _couple(numbers: Numbers, seen: set[tuple[str, Numbers]]) -> str:
    """The winning couple stands first with its gagnant, and after the placés with its ordre.

    Its own placé is lost. Told by size: on the order model's shares the second of such rows pays
    what a pair in order should (.82 of its share, gagnants .84), not what a gagnant should (1.53).
    """
    if ("couple_win", numbers) in seen:
        return "couple_order"
    return "couple_place" if any(bet == "couple_win" for bet, _ in seen) else "couple_win"


def _cause(heading: str, numbers: Numbers) -> str:
    if heading in {"ZE 2 SUR 4", "ZE 5"} and len(numbers) > 1:
        return "part of a combined stake"
    return "a row without a bet"


# --- judging -----------------------------------------------------------------------------------


def _judge(audit: Audit, race: str, paid: Paid, run: Run | None) -> None:
    bet = paid.bet or "?"
    where = f"{race} {'-'.join(map(str, paid.numbers))} {paid.per_euro}"
    if paid.bet is None:
        audit.add(bet, f"unread: {paid.cause}", where)
    elif run is None:
        audit.add(bet, "unread: no official order", where)
    else:
        audit.add(bet, _verdict(paid, run), f"{where} {run.result.order[:5]} of {run.declared}")


def _verdict(paid: Paid, run: Run) -> str:
    wins = has_won(bet_type(paid.bet or ""), paid.numbers, run.result, run.declared)
    if wins is None:
        return "unread: the order stops before its places"
    return "agrees" if wins else f"differs: {_why(paid, run)}"


def _why(paid: Paid, run: Run) -> str:
    """The first of these that explains a row which the rule does not pay."""
    listed = {n for tied in run.result.order for n in tied}
    if not set(paid.numbers) <= listed:
        return "a horse that the order does not name"
    for other in _others(paid.bet or ""):
        if has_won(bet_type(other), paid.numbers, run.result, run.declared):
            return f"wins {other} instead"
    return "another order than the table's"


def _others(bet: str) -> tuple[str, ...]:
    return {
        "win": ("show2", "place", "fourth"),
        "show2": ("win", "place", "fourth"),
        "place": ("fourth", "win", "show2"),
        "fourth": ("place", "win", "show2"),
        "couple_win": ("couple_place",),
        "couple_place": ("couple_win",),
        "trio": (),
    }.get(bet, ())


def _complete(audit: Audit, race: str, decoded: list[Paid], run: Run) -> None:
    """Winning combinations of a bet with rows that have none of their own."""
    rows: dict[str, set[frozenset[int]]] = {}
    for paid in decoded:
        if paid.bet in {"trio", "two_of_four", "couple_place", "couple_win"}:
            rows.setdefault(paid.bet, set()).add(frozenset(paid.numbers))
    if "couple_win" in rows and "couple_place" in rows:
        # The placé of the winning couple is lost in the tables, its gagnant stands there alone.
        rows["couple_place"] |= rows.pop("couple_win")
    rows.pop("couple_win", None)
    first = [n for tied in run.result.order[:6] for n in tied]
    for bet, present in rows.items():
        row = bet_type(bet)
        for numbers in combinations(first, row.legs):
            wins = has_won(row, numbers, run.result, run.declared)
            if wins and frozenset(numbers) not in present:
                audit.add(bet, "missing", f"{race} {numbers} {run.result.order[:5]}")


# --- PMU and Hong Kong -------------------------------------------------------------------------


def audit_pmu_places(history: Path) -> Audit:
    """PMU's simple placé dividends whose race has an order: the horse must be placed."""
    audit = Audit()
    orders = official_orders(history)
    rows = pl.read_parquet(history / "fr/fr_dividends.parquet").filter(pl.col("source") != "zeturf")
    for source, race, bet, combination, amount in rows.select(
        "source", "race_id", "bet_type", "combination", "dividend_per_1"
    ).iter_rows():
        code = "win" if bet.endswith("GAGNANT") else "place"
        paid = Paid(code, (int(combination),), amount)
        _judge(audit, f"{source} {race}", paid, orders.get(race))
    return audit


HONG_KONG = {
    "win": "win",
    "quinella": "couple_win",
    "quinellaPlace": "couple_place",
    "forecast": "couple_order",
    "trio": "trio",
    "tierce": "trio_order",
    "first4": "ze4",
    "quartet": "ze4_order",
}


def audit_hong_kong(history: Path, *, only_dead_heats: bool = False) -> Audit:
    """The same bets at Hong Kong; its simple placé follows a rule of its own and is left out.

    only_dead_heats: races with horses that share one of the first four places.
    """
    audit = Audit()
    runners = pl.read_parquet(history / "hk/hk_runners.parquet", columns=["race_id", "num", "rank"])
    ranked = (
        runners.filter(pl.col("rank") > 0)
        .group_by("race_id", "rank")
        .agg("num")
        .sort("race_id", "rank")
        .group_by("race_id", maintain_order=True)
        .agg("num")
    )
    orders = {
        race: Run(_result(order), None)
        for race, order in ranked.iter_rows()
        if not only_dead_heats or any(len(tied) > 1 for tied in order[:4])
    }
    rows = pl.read_parquet(history / "hk/hk_dividends.parquet")
    if only_dead_heats:
        rows = rows.filter(pl.col("race_id").is_in(list(orders)))
    for race, pool, combination, amount in rows.select(
        "race_id", "pool", "combination", "dividend_per_10"
    ).iter_rows():
        if pool in HONG_KONG:
            numbers = tuple(int(n) for n in combination.replace(",", "-").split("-"))
            _judge(audit, race, Paid(HONG_KONG[pool], numbers, amount / 10), orders.get(race))
    return audit


def report(history: Path) -> str:
    """All counts as lines, for a note."""
    lines = []
    for name, audit in (
        ("ZEturf, official order", audit_zeturf(history)),
        ("ZEturf, parts", audit_parts(history)),
        ("PMU", audit_pmu_places(history)),
        ("Hong Kong", audit_hong_kong(history)),
    ):
        lines.append(f"{name}: {sum(audit.counts.values())} rows")
        for (bet, verdict), count in sorted(audit.counts.items()):
            lines.append(f"  {bet:14} {count:7}  {verdict}   e.g. {audit.examples[bet, verdict]}")
    return "\n".join(lines)
