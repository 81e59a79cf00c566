"""The dividends: tables whose empty cells keep the columns aligned, so cells go by position."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from hippique.racing.result import Dividend, Refund, whole_refunds
from hippique.sources.text import fold, read_amount, read_numbers
from hippique.sources.zeturf import selectors as site
from hippique.sources.zeturf.document import (
    Document,
    attribute,
    classes_of,
    elements,
    words,
)


@dataclass(frozen=True, slots=True)
class Payments:
    """All dividends in the page's order, and the bets paid back whole."""

    dividends: tuple[Dividend, ...] = ()
    refunded: tuple[Refund, ...] = ()


@dataclass(frozen=True, slots=True)
class _Column:
    label: str
    bet: str
    rank: str | None


@dataclass(frozen=True, slots=True)
class _Amount:
    column: _Column
    combination: str
    text: str


def read_payments(document: Document) -> Payments:
    """Read every table. What is no amount ("-", "Non gagné") is left out and named in a warning."""
    dividends: list[Dividend] = []
    refunded: dict[Refund, None] = {}
    for amount in _amounts(document):
        per_euro = read_amount(amount.text)
        numbers = read_numbers(amount.combination)
        if per_euro and numbers:
            dividends.append(_dividend(amount, numbers, per_euro))
        elif fold(amount.text).startswith(site.REFUNDED):
            refunded[Refund(operator=site.SITE, bet=amount.column.bet)] = None
        else:
            shown = f"{amount.column.label} {amount.combination}".strip()
            document.warn(f"dividend left out: {shown}: «{amount.text}»")
    return Payments(tuple(dividends), whole_refunds(dividends, refunded))


def _dividend(amount: _Amount, numbers: tuple[int, ...], per_euro: float) -> Dividend:
    return Dividend(
        operator=site.SITE,
        bet=amount.column.bet,
        rank=amount.column.rank,
        combination=numbers,
        per_euro=per_euro,
        stake_base_eur=site.STAKE_BASE_EUR,
        label=amount.column.label,
    )


def _amounts(document: Document) -> Iterator[_Amount]:
    for table in document.tree.css(site.DIVIDEND_TABLES):
        heads: list[LexborNode] = []
        rows: list[LexborNode] = []
        for line in table.css(site.DIVIDEND_LINES):
            (heads if site.DIVIDEND_HEAD in classes_of(line) else rows).append(line)
        columns = _columns(document, heads)
        for row in rows:
            cells = _cells(row)
            horses = words(_horses(cells[0])) if cells else ""
            yield from _row_amounts(document, horses, columns, cells[1:])


def _horses(cell: LexborNode) -> LexborNode:
    strong = (child for child in elements(cell) if child.tag == site.DIVIDEND_HORSES)
    return next(strong, cell)


def _row_amounts(
    document: Document, horses: str, columns: list[_Column | None], cells: list[LexborNode]
) -> Iterator[_Amount]:
    for position, cell in enumerate(cells):
        text = words(cell)
        if not text:
            continue  # a placeholder: this column pays nothing for this row
        column = columns[position] if position < len(columns) else None
        if column is None:
            document.warn(f"dividend left out: {horses}: «{text}» under an unknown bet")
        else:
            yield _Amount(column, horses, text)


def _cells(row: LexborNode) -> list[LexborNode]:
    """The row's own cells: the heads hold further empty boxes inside."""
    return [child for child in elements(row) if site.DIVIDEND_CELL in classes_of(child)]


def _columns(document: Document, lines: list[LexborNode]) -> list[_Column | None]:
    """The meaning of each cell after the first.

    One head row: its title is the bet of the only column. Two: the second names a bet in each
    column (Simple, Jumelé), or the kinds of gain of the bet in the title (ZE 234).
    """
    heads = [_cells(line) for line in lines]
    if not heads or not heads[0]:
        return []
    title = heads[0][0]
    if len(heads) == 1:
        return [_column(document, title, rank=None)]
    return [_head_column(document, title, head) for head in heads[-1][1:]]


def _head_column(document: Document, title: LexborNode, head: LexborNode) -> _Column | None:
    rank_words = fold(words(head))
    if rank_words in site.RANKS:
        return _column(document, title, rank=site.RANKS[rank_words])
    return _column(document, head, rank=None)


def _column(document: Document, head: LexborNode, *, rank: str | None) -> _Column | None:
    label = words(head.css_first(site.DIVIDEND_LABEL)) or words(head)
    bet = site.BETS_BY_LABEL.get(fold(label).replace(" ", "")) or _bet_of_icon(head)
    if bet is None:
        document.warn(f"unknown bet «{label}» among the dividends")
        return None
    return _Column(label, bet, rank)


def _bet_of_icon(head: LexborNode) -> str | None:
    icons = (site.DIVIDEND_ICON.search(attribute(node, "class")) for node in head.css("[class]"))
    ids = (int(icon[1]) for icon in icons if icon)
    return site.BETS_BY_ID.get(next(ids, 0))
