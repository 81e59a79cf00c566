"""The table of runners of a legacy race page, and the sister site's: by captions, not by place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from selectolax.lexbor import LexborNode

from hippique.racing.card import Runner
from hippique.racing.market import RunnerOdds
from hippique.sources.geny import selectors as s
from hippique.sources.geny.page import Page
from hippique.sources.geny.tables import (
    Row,
    captions_of,
    cells_of,
    columns_by_caption,
    rows_of,
)
from hippique.sources.geny.words import has_bare_and_plated, read_marks
from hippique.sources.text import (
    fold,
    is_dash,
    read_amount,
    read_decimal,
    read_int,
    read_numbers,
    squash,
)

_POOL = "geny"  # the page does not name whose odds it shows
_SISTER_POOL = "genybet"


def read_runners(page: Page) -> tuple[Runner, ...]:
    """All rows of `table#tableau_partants`, non-runners included. Raises PageChanged."""
    table = page.first(s.RUNNERS)
    if table is None:
        raise page.changed(s.RUNNERS)
    rows = list(rows_of(table))
    body = [row for part, row in rows if part == "tbody"]
    runners = _read_rows(page, [row for part, row in rows if part == "thead"], body, pool=_POOL)
    if not runners:
        raise page.changed(f"rows in {s.RUNNERS}")
    return _without_twins(page, runners)


def read_sister_runners(page: Page) -> tuple[Runner, ...]:
    """The rows of Genybet's table; its numbers stand in `th`. Raises PageChanged."""
    rows = page.tree.css(s.SISTER_ROW)
    body = rows[0].parent if rows else None
    table = body.parent if body is not None else None
    if table is None:
        raise page.changed(s.SISTER_ROW)
    head = [row for part, row in rows_of(table) if part == "thead"]
    return _without_twins(page, _read_rows(page, head, rows, pool=_SISTER_POOL))


def _read_rows(
    page: Page, head: list[LexborNode], body: list[LexborNode], *, pool: str
) -> list[Runner]:
    if not head:
        head, body = body[:1], body[1:]
    captions = captions_of(head)
    columns, unknown = columns_by_caption(captions, s.CAPTIONS)
    for field, caption in s.NEEDED.items():
        if field not in columns:
            raise page.changed(f"the column «{caption}» of the runners' table")
    if "reference" not in columns:
        page.warnings.append("no column «Cotes références»")
    if unknown:
        page.warnings.append("columns not read: " + ", ".join(unknown))
    runners = []
    for row in body:
        cells = cells_of(row)
        if not cells or s.CELL_NUMBER.match(squash(cells[0].text())) is None:
            _note_unread(page, cells)
            continue
        if len(cells) != len(captions):
            number = squash(cells[0].text())
            raise page.changed(f"{len(captions)} cells for {number} ({len(cells)} there)")
        named = {field: cells[place] for field, place in columns.items()}
        runners.append(_read_runner(page, named, cells, pool=pool))
    return runners


def _note_unread(page: Page, cells: list[LexborNode]) -> None:
    text = squash(" ".join(cell.text() for cell in cells))
    if len(cells) > 1 and text:
        page.warnings.append(f"a row without a number is not read: {text[:60]}")


def _read_runner(page: Page, row: Row, cells: list[LexborNode], *, pool: str) -> Runner:
    number = s.CELL_NUMBER.match(_text(row, "number"))
    if number is None:
        raise page.changed("a runner's number")
    name, coupling = _read_name(row["name"])
    titles, glyphs = marks_in(row["name"])
    shoes, blinkers = read_marks(titles, glyphs)
    if has_bare_and_plated(titles):
        page.warnings.append(f"{number[1]} is bare on one end and plated on the other: {shoes}")
    if name is None:
        raise page.changed(f"a name for {number[1]}")
    sex = s.SEX_AGE.match(_text(row, "sex_age"))
    withdrawn = _is_withdrawn(row, cells)
    return Runner(
        number=int(number[1]),
        name=name,
        non_runner=withdrawn,
        sex=sex[1].upper() if sex else None,
        age=int(sex[2]) if sex else None,
        jockey=None if withdrawn else _person(row["jockey"]),
        trainer=_person(row["trainer"]),
        weight_kg=read_decimal(_text(row, "weight")),
        draw=read_int(_text(row, "draw")),
        distance_m=read_int(_text(row, "distance")),
        shoes=shoes,
        blinkers=blinkers,
        form=_text(row, "form") or None,
        earnings_eur=read_amount(_text(row, "earnings")),
        record=_shown(_text(row, "record")),
        coupling=number[2] or coupling,
        odds=_odds(page, row, pool=pool, number=number[1]),
    )


def _text(row: Row, field: str) -> str:
    return squash(row[field].text()) if field in row else ""


def _shown(text: str) -> str | None:
    return None if is_dash(text) else text


def _is_withdrawn(row: Row, cells: Iterable[LexborNode]) -> bool:
    # "Non-partant" replaces the jockey; the row keeps its other cells.
    classed = any(s.NON_RUNNER_CLASS in (cell.attributes.get("class") or "") for cell in cells)
    return classed or bool(s.NON_RUNNER_WORDS.match(fold(row["jockey"].text())))


def _person(cell: LexborNode) -> str | None:
    # The sister site adds the claimed weight to the jockey's cell, right of the name.
    node = cell.css_first(s.SISTER_PERSON) or cell
    return _shown(squash(node.text()))


def _read_name(cell: LexborNode) -> tuple[str | None, str | None]:
    """Name and coupling; marks, glyphs and nested tables are no part of the name."""
    link = cell.css_first(s.NAME_LINK) or cell.css_first("a")
    inside = squash(link.text()) if link is not None else squash(_own_text(cell))
    match = s.NAME_COUPLING.search(inside)
    if match:
        name = squash(inside[: match.start()] + " " + inside[match.end() :])
        return name or None, match[1] or match[2]
    beside = s.LONE_COUPLING.match(squash(_own_text(cell).replace(inside, "", 1)))
    return inside or None, beside[1] if beside else None


def _own_text(cell: LexborNode) -> str:
    text = cell.text()
    for node in (*cell.css(s.MARK), *cell.css(s.NESTED), *cell.css("script")):
        text = text.replace(node.text(), " ", 1)
    return text


def marks_in(cell: LexborNode) -> tuple[list[str | None], str]:
    """The titles and the glyphs of the shoeing and headgear marks of a name cell."""
    marks = cell.css(s.MARK)
    return [mark.attributes.get("title") for mark in marks], "".join(m.text() for m in marks)


def _odds(page: Page, row: Row, *, pool: str, number: str) -> RunnerOdds | None:
    reference = _one_odds(page, row, "reference", number)
    win = _one_odds(page, row, "win", number)
    if reference is None and win is None:
        return None
    return RunnerOdds(pool=pool, reference=reference, win=win)


def _one_odds(page: Page, row: Row, field: str, number: str) -> float | None:
    text = _text(row, field).replace(" ", "")
    if is_dash(text):
        return None
    odds = float(text.replace(",", ".")) if s.ODDS.match(text) else None
    if odds is None or odds <= 1:
        page.warnings.append(f"{number}: {text[:20]!r} is no odds ({field})")
        return None
    return odds


def _without_twins(page: Page, runners: list[Runner]) -> tuple[Runner, ...]:
    numbers = [runner.number for runner in runners]
    twins = sorted({number for number in numbers if numbers.count(number) > 1})
    if twins:
        raise page.changed(f"one row for each number ({twins[0]} stands twice)")
    return tuple(runners)


def with_coupled(page: Page, runners: tuple[Runner, ...]) -> tuple[Runner, ...]:
    """The runners with the page's lists of coupled horses, each list with a sign of its own."""
    texts = [squash(place.text()) for place in page.tree.css(s.COUPLED_PLACES)]
    groups = tuple(
        dict.fromkeys(
            frozenset(read_numbers(found)) for text in texts for found in s.COUPLED.findall(text)
        )
    )
    signs = {
        number: f"E{place}" if len(groups) > 1 else "E"
        for place, group in enumerate(groups, start=1)
        for number in group
    }
    return tuple(
        replace(runner, coupling=signs.get(runner.number)) if runner.coupling is None else runner
        for runner in runners
    )


def with_withdrawn(
    page: Page, runners: tuple[Runner, ...], numbers: tuple[int, ...]
) -> tuple[Runner, ...]:
    """The runners with the header's list of non-runners applied; disagreements are warned of."""
    told = set(numbers)
    missing = told - {runner.number for runner in runners}
    if missing:
        page.warnings.append(f"non-runners of the header without a row: {sorted(missing)}")
    for runner in runners:
        if (runner.number in told) != runner.non_runner:
            where = "the header" if runner.number in told else "the table"
            page.warnings.append(f"{runner.number} is a non-runner in {where} only")
    return tuple(
        replace(runner, non_runner=True, jockey=None, odds=None)
        if runner.number in told and not runner.non_runner
        else runner
        for runner in runners
    )
