"""The arrival of a legacy result page: `table#arrivees` and its heading."""

from __future__ import annotations

from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from hippique.racing.card import Runner
from hippique.racing.result import ResultStatus
from hippique.sources.geny import selectors as s
from hippique.sources.geny.order import Finisher, order_of
from hippique.sources.geny.page import Page
from hippique.sources.geny.runners import marks_in
from hippique.sources.geny.tables import Row, captions_of, cells_of, columns_by_caption, rows_of
from hippique.sources.geny.words import read_marks
from hippique.sources.text import fold, is_dash, squash


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What the arrival says. runners: its rows, as far as they describe the horses."""

    status: ResultStatus
    order: tuple[tuple[int, ...], ...]
    disqualified: tuple[int, ...]
    fallen: tuple[int, ...]
    non_runners: tuple[int, ...]
    runners: tuple[Runner, ...]


def has_arrival(page: Page) -> bool:
    """False on the page of a race that has not finished: no heading, no horse, no dividend.

    A page with any of them claims an arrival, so that the rest must be there too.
    """
    said = (s.DEFINITIVE, s.PROVISIONAL)
    if any(pattern.search(heading) for heading in _headings(page) for pattern in said):
        return True
    if page.first(s.DIVIDEND_FAMILY) is not None:
        return True
    table = page.first(s.ARRIVAL)
    cells = (cell for _, row in rows_of(table) for cell in cells_of(row)) if table else ()
    return any(s.CELL_NUMBER.match(squash(cell.text())) for cell in cells)


def read_arrival(page: Page) -> Arrival:
    """Read order, incidents and status. Raises PageChanged."""
    table = page.first(s.ARRIVAL)
    if table is None:
        raise page.changed(s.ARRIVAL)
    finishers, runners = _read_rows(page, table)
    order = order_of(finishers, page.warnings)
    if not order:
        raise page.changed(f"ranks in {s.ARRIVAL}")
    return Arrival(
        status=_status(page),
        order=order,
        disqualified=tuple(one.number for one in finishers if one.disqualified),
        fallen=tuple(one.number for one in finishers if one.fallen),
        non_runners=tuple(one.number for one in finishers if one.non_runner),
        runners=runners,
    )


def _headings(page: Page) -> list[str]:
    return [fold(node.text()) for node in page.tree.css(s.ARRIVAL_STATUS)]


def _status(page: Page) -> ResultStatus:
    headings = _headings(page)
    if any(s.PROVISIONAL.search(heading) for heading in headings):
        return ResultStatus.PROVISIONAL
    if any(s.DEFINITIVE.search(heading) for heading in headings):
        return ResultStatus.OFFICIAL
    raise page.changed("the heading «Arrivée définitive» or «Arrivée provisoire»")


def _read_rows(page: Page, table: LexborNode) -> tuple[tuple[Finisher, ...], tuple[Runner, ...]]:
    rows = [row for _, row in rows_of(table)]
    head = [row for row in rows if _is_head(row)]
    captions = captions_of(head[:1])
    columns, _ = columns_by_caption(captions, (*s.ARRIVAL_CAPTIONS, *s.CAPTIONS))
    columns.setdefault("gap", len(captions) - 1)
    for field, caption in (("rank", "the rank"), ("number", "N°"), ("name", "Cheval")):
        if field not in columns:
            raise page.changed(f"the column of {caption} in {s.ARRIVAL}")
    finishers: list[Finisher] = []
    runners: list[Runner] = []
    for row in rows:
        cells = cells_of(row)
        named = {field: cells[place] for field, place in columns.items() if place < len(cells)}
        if _is_head(row) or not {"rank", "number", "name"} <= named.keys():
            continue
        number = s.CELL_NUMBER.match(squash(named["number"].text()))
        if number is None:
            continue  # a spacer between the paid places, or the legend
        above = finishers[-1].rank if finishers else None
        finishers.append(_finisher(page, int(number[1]), named, above))
        runners.append(_runner(int(number[1]), named, finishers[-1]))
    return tuple(finishers), tuple(runners)


def _is_head(row: LexborNode) -> bool:
    return any(
        cell.tag == "th" or s.ARRIVAL_HEAD in (cell.attributes.get("class") or "")
        for cell in row.iter()
    )


def _finisher(page: Page, number: int, row: Row, above: int | None) -> Finisher:
    printed = fold(row["rank"].text())
    gap = fold(row["gap"].text()) if "gap" in row else ""
    is_level = s.SAME_RANK.match(printed) or (is_dash(printed) and s.DEAD_HEAT.match(gap))
    if above is not None and is_level:
        return Finisher(number=number, rank=above)
    rank = s.RANK.match(printed)
    if rank is not None and int(rank[1]) > 0:
        return Finisher(number=number, rank=int(rank[1]))
    # The word stands in the rank's cell, else in the last one (time or margin).
    words = [printed] + [fold(row[field].text()) for field in ("gap", "jockey") if field in row]
    for word in words:
        if s.DISQUALIFIED.match(word):
            return Finisher(number=number, disqualified=True)
        if s.FALLEN.match(word):
            return Finisher(number=number, fallen=True)
        if s.NON_RUNNER_WORDS.match(word):
            return Finisher(number=number, non_runner=True)
    page.warnings.append(f"{number} has no rank" + (f" ({printed})" if printed else ""))
    return Finisher(number=number)


def _runner(number: int, row: Row, finisher: Finisher) -> Runner:
    link = row["name"].css_first("a")
    name = squash((link or row["name"]).text())
    shoes, blinkers = read_marks(*marks_in(row["name"]))
    person = squash(row["jockey"].text()) if "jockey" in row else ""
    absent = finisher.non_runner or is_dash(person)
    return Runner(
        number=number,
        name=name or None,
        non_runner=finisher.non_runner,
        jockey=None if absent else person,
        shoes=shoes,
        blinkers=blinkers,
    )
