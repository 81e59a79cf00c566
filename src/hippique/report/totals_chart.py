"""The chart of «Totaux»: its ranges grow with the days, and so do the values kept beside them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from hippique.report.xlsx.book import Book

_ROWS_ABOVE = 4  # header, whole, one empty row, and the anchor counts from 0
_REFERENCE = re.compile(
    rb"(<((?:\w+:)?)numRef>\s*<(?:\w+:)?f>)([^<]*)(</(?:\w+:)?f>)(.*?)(</(?:\w+:)?numRef>)",
    re.DOTALL,
)


def refresh_charts(
    book: Book, sheet: str, columns: Mapping[bytes, Sequence[float]], *, months: int
) -> None:
    """Let every chart of the sheet that draws these columns from row 2 draw all their rows.

    columns: letters → values from row 2 on. months: a chart of ours stays below that many rows.
    """
    for drawing in book.package.related(book.sheets[sheet], "drawing"):
        is_ours = False
        for chart in book.package.related(drawing, "chart"):
            content = book.package.read(chart)
            drawn = _redrawn(content, sheet.encode(), columns)
            is_ours |= drawn is not None
            book.package.replace(chart, drawn or content)
        if is_ours:
            _move_below(book, drawing, months + _ROWS_ABOVE)


def _redrawn(
    content: bytes, sheet: bytes, columns: Mapping[bytes, Sequence[float]]
) -> bytes | None:
    """The chart's part with its ranges drawn anew; None where it draws none of these columns."""
    ranged = re.compile(rb"'?%s'?!\$([A-Z]+)\$2:\$\1\$\d+$" % re.escape(sheet))
    is_ours = False

    def drawn(found: re.Match[bytes]) -> bytes:
        nonlocal is_ours
        said = ranged.match(found[3])
        if said is None or said[1] not in columns:
            return found[0]
        is_ours = True
        column, values = said[1], columns[said[1]]
        last = max(2, len(values) + 1)
        name = b"%s!$%s$2:$%s$%d" % (sheet, column, column, last)
        form = re.search(rb"<(?:\w+:)?formatCode>([^<]*)<", found[5])
        cache = _cache(found[2], values, form[1] if form else b"General")
        return found[1] + name + found[4] + cache + found[6]

    content = _REFERENCE.sub(drawn, content)
    return content if is_ours else None


def _cache(tag: bytes, values: Sequence[float], form: bytes) -> bytes:
    points = b"".join(
        b'<%spt idx="%d"><%sv>%s</%sv></%spt>' % (tag, i, tag, repr(v).encode(), tag, tag)
        for i, v in enumerate(values)
    )
    head = b'<%sformatCode>%s</%sformatCode><%sptCount val="%d"/>' % (
        *(tag, form, tag, tag, len(values)),
    )
    return b"<%snumCache>%s%s</%snumCache>" % (tag, head, points, tag)


def _move_below(book: Book, drawing: str, row: int) -> None:
    """Move the chart down where the months would run into it; never up."""
    content = book.package.read(drawing)
    rows = [int(n) for n in re.findall(rb"<(?:\w+:)?from>.*?row>(\d+)</", content, re.DOTALL)]
    shift = row - rows[0] if len(rows) == 1 else 0  # beside the user's own drawings it stays
    if shift > 0:
        moved = re.sub(
            rb"((?:\w+:)?row>)(\d+)(</)",
            lambda m: b"%s%d%s" % (m[1], int(m[2]) + shift, m[3]),
            content,
        )
        book.package.replace(drawing, moved)
