"""How `hippique price` reads its lists of numbers and writes on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import click
import numpy as np

from hippique.cli.common import print_json
from hippique.errors import ArgumentOutOfRange
from hippique.pricing.checks import Floats
from hippique.pricing.ordering.index import Positions


def numbers(option: str, text: str) -> list[float]:
    """The numbers of a list option. Raises ArgumentOutOfRange naming the option and the runner."""
    return [_number(option, place, word) for place, word in enumerate(text.split(","), start=1)]


def _number(option: str, place: int, word: str) -> float:
    try:
        return float(word)
    except ValueError as error:
        raise ArgumentOutOfRange(
            f"{option}, runner {place}: {word.strip()!r} is not a number; write 2.6,2.4,4.3"
        ) from error


def tell(document: dict[str, Any], lines: Iterable[str], *, as_json: bool) -> None:
    """One JSON document, or the lines."""
    if as_json:
        print_json(document)
        return
    for line in lines:
        click.echo(line)


def chance_lines(head: str, chances: Floats, odds: Sequence[float] | None = None) -> Iterator[str]:
    """One line a runner: its number, the odds given, its chance and its fair odds."""
    yield head
    shown = f"{'odds':>8}" if odds is not None else ""
    yield f"{'runner':>6}{shown}{'chance':>10}{'fair':>10}"
    for place, chance in enumerate(chances):
        given = f"{odds[place]:>8.2f}" if odds is not None else ""
        yield f"{place + 1:>6}{given}{chance:>10.2%}{fair_odds(chance):>10}"


def selection_lines(table: Positions, chances: Floats, *, most: int) -> Iterator[str]:
    """The likeliest selections first, `most` of them, and how many are left out."""
    first = np.argsort(-chances, kind="stable")[:most]
    rows = [" - ".join(map(str, table[row].tolist())) for row in first]
    wide = max(len("runners"), *map(len, rows))
    yield f"{'runners':<{wide}}{'chance':>12}{'fair':>12}"
    for row, words in zip(first, rows, strict=True):
        yield f"{words:<{wide}}{chances[row]:>12.4%}{fair_odds(chances[row]):>12}"
    if chances.size > most:
        yield f"{chances.size - most} less likely left out; --show {chances.size} prints them all"


def fair_odds(chance: float) -> str:
    """1/chance as text; a dash where it never happens."""
    return f"{1.0 / chance:.2f}" if chance > 0 else "–"
