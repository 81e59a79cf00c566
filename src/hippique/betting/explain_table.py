"""The table of runners for a terminal: as many columns as its width holds, the likeliest first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from hippique.betting.amounts import UNKNOWN, Lang, decimal, operator_name, percent
from hippique.betting.explain_words import said
from hippique.betting.slip import RunnerReading

NAME_MIN, NAME_MAX = 14, 26
_NO_DECIMAL_FROM = 20.0
_GAP = "  "


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    """A column: its word, its cell; `rank`: the highest goes first where there is no room."""

    word: str
    cell: Callable[[RunnerReading, Lang], str]
    rank: int
    is_left: bool = False


def runner_table(
    runners: Sequence[RunnerReading], names: Mapping[int, str], lang: Lang, width: int
) -> list[str]:
    """Rows of equal columns, the headings first. A column that is empty everywhere is left out."""
    rows = sorted(runners, key=lambda runner: (-runner.p_win, runner.number))
    columns = [column for column in _columns(names) if _is_told(column, rows, lang)]
    while True:
        cells = [[said(c.word, lang) for c in columns]]
        cells += [[c.cell(row, lang) for c in columns] for row in rows]
        widths = [max(len(row[at]) for row in cells) for at in range(len(columns))]
        least = widths.copy()
        least[1] = min(least[1], NAME_MIN)
        spare = width - sum(least) - len(_GAP) * (len(columns) - 1)
        if spare >= 0 or all(column.rank == 0 for column in columns):
            widths[1] = min(widths[1], NAME_MAX, least[1] + max(spare, 0))
            return [_row(row, columns, widths) for row in cells]
        columns.remove(max(columns, key=lambda column: column.rank))


def _row(cells: Sequence[str], columns: Sequence[_Column], widths: Sequence[int]) -> str:
    told = (
        f"{_cut(cell, size):<{size}}" if column.is_left else f"{cell:>{size}}"
        for cell, column, size in zip(cells, columns, widths, strict=True)
    )
    return _GAP.join(told).rstrip()


def _cut(text: str, size: int) -> str:
    return text if len(text) <= size else f"{text[: size - 1]}…"


def _odds(value: float | None, lang: Lang) -> str:
    """A decimal says nothing of odds from 20 on."""
    return decimal(value, 1 if value is None or value < _NO_DECIMAL_FROM else 0, lang)


def _is_told(column: _Column, rows: Sequence[RunnerReading], lang: Lang) -> bool:
    return column.rank == 0 or any(column.cell(row, lang) != UNKNOWN for row in rows)


def _columns(names: Mapping[int, str]) -> list[_Column]:
    def name(runner: RunnerReading, lang: Lang) -> str:
        del lang
        return names.get(runner.number, UNKNOWN)

    return [
        _Column(word="number", cell=lambda r, _: str(r.number), rank=0),
        _Column(word="horse", cell=name, rank=0, is_left=True),
        _Column(word="p_win", cell=lambda r, lang: percent(r.p_win, lang, 1), rank=0),
        _Column(word="p_place", cell=lambda r, lang: percent(r.p_place, lang), rank=0),
        _Column(word="fair", cell=lambda r, lang: _odds(r.fair, lang), rank=0),
        _Column(word="shown", cell=lambda r, lang: _odds(r.shown, lang), rank=0),
        _Column(word="closing", cell=_closing, rank=1),
        _Column(word="place_shown", cell=_place_shown, rank=3),
        _Column(word="place_closing", cell=_place_closing, rank=4),
        _Column(word="limit_head", cell=_limit, rank=2),
        _Column(word="best", cell=_best, rank=5, is_left=True),
    ]


def _closing(runner: RunnerReading, lang: Lang) -> str:
    made = next(iter(runner.closing.values()), None)
    return _forecast(made, lang)


def _place_closing(runner: RunnerReading, lang: Lang) -> str:
    return _forecast(next(iter(runner.place.values()), None), lang)


def _forecast(made: Mapping[str, float | None] | None, lang: Lang) -> str:
    if made is None or made.get("mean") is None:
        return UNKNOWN
    mean, low, high = (_odds(made.get(key), lang) for key in ("mean", "low", "high"))
    return mean if made.get("low") is None else f"{mean} [{low}–{high}]"


def _place_shown(runner: RunnerReading, lang: Lang) -> str:
    shown = next(iter(runner.place.values()), None)
    if shown is None or shown.get("shown_low") is None:
        return UNKNOWN
    return f"{_odds(shown['shown_low'], lang)}–{_odds(shown.get('shown_high'), lang)}"


def _limit(runner: RunnerReading, lang: Lang) -> str:
    limits = [_odds(limit, lang) for _, limit in sorted(runner.limit.items())]
    return " / ".join(limits) or UNKNOWN


def _best(runner: RunnerReading, lang: Lang) -> str:
    """Of one operator alone there is nothing to compare."""
    if len({*runner.closing, *runner.place}) < 2:  # noqa: PLR2004  a choice begins with two
        return UNKNOWN
    told = dict.fromkeys(operator_name(operator, lang) for operator in runner.best.values())
    return ", ".join(told) or UNKNOWN
