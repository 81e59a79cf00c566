"""What a ZEturf-shaped race page says after the off: order, times, dividends, the last minutes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from hippique.racecourse.dividends import Paid, dividends
from hippique.racecourse.simulated import SimulatedRace
from hippique.racecourse.wording import (
    capitals,
    chrono,
    clock_words,
    euro_amount,
    family_first,
    margins,
    race_reduction_ms,
    ranked,
)
from hippique.racing.times import paris_time

ROWS_SHOWN = 7  # the site prints the first seven
NAMES_SHOWN = 5  # and names five in the last minutes
_TABLES = (  # (title, ((bet, column), …)); a table of one bet has no title
    (
        "Simple",
        (
            ("win", "Simple gagnant"),
            ("show2", "ZEshow"),
            ("place", "Simple placé"),
            ("fourth", "ZE couillon"),
        ),
    ),
    ("Jumelé", (("couple_win", "Jumelé gagnant"), ("couple_place", "Jumelé placé"))),
    (None, (("couple_order", "Jumelé ordre"),)),
    (None, (("trio", "Trio"),)),
    (None, (("trio_order", "Triordre"),)),
    (None, (("two_of_four", "ZE 2 sur 4"),)),
)


@lru_cache(maxsize=256)  # a result never changes
def official_result(race: SimulatedRace) -> dict[str, object]:
    """Values of the template for the official order and the dividends."""
    finish = race.finish
    first = finish.order[0][0]
    return {
        "order": _order_words(finish.order),
        "time": chrono(finish.times_ms[first]),
        "disqualified": _numbers(finish.disqualified),
        "fallen": _numbers(finish.fallen),
        "pulled_up": _numbers(finish.pulled_up),
        "rows": _rows(race),
        "tables": _tables(race),
    }


def timeline(race: SimulatedRace, now: datetime) -> list[dict[str, object]]:
    """The last minutes up to this instant, newest first."""
    lines = [(instant, text) for instant, text in _all_lines(race) if instant <= now]
    return [
        {
            "timestamp": int(instant.timestamp()),
            "hour": paris_time(instant).strftime("%H:%M:%S"),
            "text": text,
        }
        for instant, text in reversed(lines)
    ]


@lru_cache(maxsize=256)  # what will be said is known with the draw; shown only when it is time
def _all_lines(race: SimulatedRace) -> tuple[tuple[datetime, str], ...]:
    lines = [
        (entry.withdrawn_at, f"Le n° {entry.number} - {capitals(entry)} est non partant")
        for entry in race.entries
        if entry.withdrawn_at is not None
    ]
    lines += [
        (race.off_time - timedelta(minutes=3), "Départ dans 3 minutes"),
        (race.off_time - timedelta(seconds=10), "Les chevaux sont sous les ordres"),
        *(
            (printed.since, f"Départ prévu à {clock_words(printed.off_time)}")
            for printed in race.offs[1:]
        ),
        (race.actual_off, "Les chevaux sont partis"),
        (race.provisional_at, f"Arrivée provisoire - {_named_order(race)}"),
        (race.official_at, f"Arrivée officielle - {_named_order(race)}"),
    ]
    for rank, number in enumerate(race.finish.disqualified):
        instant = race.actual_off + timedelta(seconds=50 + 12 * rank)
        lines.append((instant, f"Le n°{number} {capitals(race.entry(number))} est disqualifié."))
    if race.cancelled_at is not None:
        lines = [line for line in lines if line[0] < race.cancelled_at]
        lines.append((race.cancelled_at, "La course est annulée"))
    return tuple(sorted(lines))


def _named_order(race: SimulatedRace) -> str:
    return _order_words(
        race.finish.order,
        shown=NAMES_SHOWN,
        names={entry.number: f"{entry.number} {capitals(entry)}" for entry in race.entries},
    )


def _order_words(
    order: Sequence[tuple[int, ...]],
    *,
    shown: int = ROWS_SHOWN,
    names: dict[int, str] | None = None,
) -> str:
    """`10 - 5 / 11 - 6`: a stroke between horses that tie."""
    words = []
    left = shown
    for tied in order:
        if left <= 0:
            break
        words.append(" / ".join(names[n] if names else str(n) for n in tied[:left]))
        left -= len(tied)
    return " - ".join(words)


def _numbers(numbers: Sequence[int]) -> str:
    return " - ".join(map(str, numbers))


def _rows(race: SimulatedRace) -> list[dict[str, object]]:
    lost = margins(race)
    rows = []
    for place, number in ranked(race)[:ROWS_SHOWN]:
        entry = race.entry(number)
        rows.append(
            {
                "place": "1er" if place == 1 else f"{place}e",
                "number": number,
                "name": capitals(entry),
                "horse_id": entry.horse_id,
                "sex": entry.sex,
                "age": entry.age,
                "jockey": family_first(entry.jockey),
                "time": chrono(race.finish.times_ms[number]),
                "reduction": chrono(race_reduction_ms(race, number)),
                "margin": lost[number],
            }
        )
    return rows


def _tables(race: SimulatedRace) -> list[dict[str, object]]:
    paid = [row for row in dividends(race) if row.operator == "zeturf"]
    tables: list[dict[str, object]] = []
    for title, columns in _TABLES:
        bets = tuple(bet for bet, _ in columns)
        rows = [row for row in paid if row.bet in bets]
        if rows:
            tables.append(
                {
                    "title": title,
                    "columns": [label for _, label in columns],
                    "rows": _table_rows(rows, bets),
                }
            )
    return tables


def _table_rows(paid: Sequence[Paid], bets: tuple[str, ...]) -> list[dict[str, object]]:
    """A row for each combination, a cell for each bet, empty where it does not pay."""
    combinations = dict.fromkeys(row.combination for row in paid)
    amounts = {(row.combination, row.bet): euro_amount(row.decimes * 10) for row in paid}
    return [
        {
            "combination": "-".join(map(str, combination)),
            "amounts": [amounts.get((combination, bet)) for bet in bets],
        }
        for combination in combinations
    ]
