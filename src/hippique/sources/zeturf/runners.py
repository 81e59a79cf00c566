"""The race page's runner table. Cells are found by class: their set differs by discipline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from hippique.racing.card import Blinkers, Runner, Shoes
from hippique.racing.market import RunnerOdds
from hippique.sources.text import fold, is_dash, read_amount, read_decimal, read_int, squash
from hippique.sources.zeturf import selectors as site
from hippique.sources.zeturf.document import Document, attribute, elements, own_words, words


def read_runners(document: Document, odds: Mapping[int, RunnerOdds] | None) -> tuple[Runner, ...]:
    """Every row of the table, non-runners included, in the page's order.

    odds: by saddle number, None where the page holds none. Raises PageChanged without the table,
    or where a row has no number or no name, or where the table lacks a runner that has odds.
    """
    runners: dict[int, Runner] = {}
    for row in _rows(document):
        runner = _read_runner(document, row, odds or {})
        runners.setdefault(runner.number, runner)
    lost = [number for number, shown in (odds or {}).items() if number not in runners and shown.win]
    if lost:
        raise document.changed(f"rows of the runner table for {lost}, which have odds")
    return tuple(runners.values())


def _rows(document: Document) -> list[LexborNode]:
    for selector in site.RUNNER_ROWS:
        if rows := document.tree.css(selector):
            return rows
    raise document.changed(f"the runner table ({site.RUNNER_ROWS[0]})")


def _read_runner(document: Document, row: LexborNode, odds: Mapping[int, RunnerOdds]) -> Runner:
    number = _number(document, row)
    name_node = row.css_first(site.RUNNER_NAME)
    cells = _cells(row)
    sex, age = _sex_and_age(words(cells.get(site.SEX_AGE)))
    jockey, trainer = _people(row)
    record = _read_record(cells.get(site.RECORD))
    return Runner(
        number=number,
        name=_name(document, name_node, number),
        non_runner=_is_non_runner(row, name_node),
        sex=sex,
        age=age,
        jockey=jockey,
        trainer=trainer,
        weight_kg=read_decimal(words(cells.get(site.WEIGHT))) or None,
        draw=read_int(words(cells.get(site.DRAW))) or None,
        distance_m=read_int(words(cells.get(site.DISTANCE))) or None,
        shoes=_shoes(document, row, number),
        blinkers=_blinkers(document, row, number),
        form=_form(cells.get(site.FORM)),
        earnings_eur=record.earnings_eur,
        record=record.time,
        coupling=_coupling(row),
        odds=odds.get(number),
    )


def _cells(row: LexborNode) -> dict[str, LexborNode]:
    """The row's cells by each of their classes."""
    cells: dict[str, LexborNode] = {}
    for cell in elements(row):
        for name in (cell.attrs.get("class") or "").split():
            cells.setdefault(name, cell)
    return cells


def _number(document: Document, row: LexborNode) -> int:
    text = attribute(row, site.RUNNER_NUMBER)
    if not site.SADDLE_NUMBER.fullmatch(text):
        raise document.changed(f"a saddle number in the runner table: {text!r}")
    return int(text)


def _name(document: Document, node: LexborNode | None, number: int) -> str:
    # A link's title is the clean name. A span without title (older data) has it as own text,
    # followed by "(NP)"; the text of its children (coupling, tooltips) is not part of the name.
    title = attribute(node, "title")
    printed = own_words(node) if fold(title) in site.TITLE_WITHOUT_NAME else title
    marks_off = site.COUPLING_MARK.sub(" ", site.NON_RUNNER_MARK.sub(" ", printed))
    name = squash(marks_off)
    if not name:
        raise document.changed(f"the name of runner {number} ({site.RUNNER_NAME})")
    return name


def _is_non_runner(row: LexborNode, name_node: LexborNode | None) -> bool:
    return (
        site.NON_RUNNER_ROW in attribute(row, "class").split()
        or row.css_first(site.NON_RUNNER_NUMBER) is not None
        or site.NON_RUNNER_MARK.search(words(name_node)) is not None
    )


def _sex_and_age(text: str) -> tuple[str | None, int | None]:
    match = site.SEX_AGE_TEXT.match(text)
    return (match[1].upper(), int(match[2])) if match else (None, None)


def _people(row: LexborNode) -> tuple[str | None, str | None]:
    """Jockey or driver, and trainer.

    The trainer is the last span directly in the line that is not the jockey's: a jockey without
    a sheet of his own is a span too, so the first span may be either.
    """
    line = row.css_first(site.PEOPLE)
    if line is None:
        return None, None
    spans = [
        child
        for child in elements(line)
        if child.tag == "span" and site.JOCKEY_CLASS not in attribute(child, "class").split()
    ]
    jockey = words(line.css_first(site.JOCKEY))
    trainer = words(spans[-1]) if spans else ""
    return _printed(jockey), _printed(trainer)


def _printed(text: str) -> str | None:
    return None if is_dash(text) else text


@dataclass(frozen=True, slots=True)
class _Record:
    time: str | None = None
    earnings_eur: float | None = None


def _read_record(cell: LexborNode | None) -> _Record:
    """The cell "1'15"0 <br> 17 330 €": the record in bold, absent in older data, then the gains."""
    if cell is None:
        return _Record()
    time = words(cell.css_first(site.RECORD_TIME))
    return _Record(_printed(time), read_amount(own_words(cell)))


def _form(cell: LexborNode | None) -> str | None:
    return _printed(attribute(cell, "title") or words(cell))


def _coupling(row: LexborNode) -> str | None:
    return words(row.css_first(site.COUPLING)).strip("() ") or None


def _shoes(document: Document, row: LexborNode, number: int) -> Shoes | None:
    node = row.css_first(site.SHOES)
    title = fold(attribute(node, "title"))
    if node is None or site.PLACEHOLDER.match(title):
        return None
    by_words = {
        shoes for act, where, shoes in site.SHOES_BY_WORDS if act in title and where in title
    }
    if len(by_words) == 1:
        return by_words.pop()
    classes = attribute(node, "class").split()
    by_class = [site.SHOES_BY_CLASS[name] for name in classes if name in site.SHOES_BY_CLASS]
    if by_class and not by_words:
        return by_class[0]
    document.warn(f"runner {number}: shoes unread: {title or ' '.join(classes)}")
    return None


def _blinkers(document: Document, row: LexborNode, number: int) -> Blinkers | None:
    node = row.css_first(site.BLINKERS)
    title = fold(attribute(node, "title"))
    if node is None:
        return None
    if title == site.NO_BLINKERS:
        return Blinkers.NONE
    classes = [name for name in attribute(node, "class").split() if name.startswith("generic-")]
    shown = " ".join(classes if site.PLACEHOLDER.match(title) else [title, *classes])
    for word, blinkers in site.BLINKERS_BY_WORD:
        if word in shown:
            return blinkers
    document.warn(f"runner {number}: blinkers unread: {title or shown}")
    return None
