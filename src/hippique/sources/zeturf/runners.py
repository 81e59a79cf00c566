"""The race page's runner table. Cells are found by class: their set differs by discipline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from hippique.racing.card import Blinkers, Runner, Shoes
from hippique.racing.market import RunnerOdds
from hippique.sources.text import fold, is_dash, read_amount, read_decimal, read_int, squash
from hippique.sources.zeturf import selectors as site
from hippique.sources.zeturf.document import (
    Document,
    attribute,
    classes_of,
    elements,
    first_by_class,
    own_words,
    words,
)


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
    parts = first_by_class(row.css(site.RUNNER_PARTS))
    cells = first_by_class(elements(row))
    sex, age = _sex_and_age(words(cells.get(site.SEX_AGE)))
    record = _read_record(cells.get(site.RECORD))
    return Runner(
        number=number,
        name=_name(document, parts.get(site.RUNNER_NAME), number),
        non_runner=_is_non_runner(row, parts),
        sex=sex,
        age=age,
        jockey=_printed(words(parts.get(site.JOCKEY))),
        trainer=_trainer(parts.get(site.PEOPLE)),
        weight_kg=read_decimal(words(cells.get(site.WEIGHT))) or None,
        draw=read_int(words(cells.get(site.DRAW))) or None,
        distance_m=read_int(words(cells.get(site.DISTANCE))) or None,
        shoes=_shoes(document, parts.get(site.SHOES), number),
        blinkers=_blinkers(document, parts.get(site.BLINKERS), number),
        form=_form(cells.get(site.FORM)),
        earnings_eur=record.earnings_eur,
        record=record.time,
        coupling=_coupling(parts),
        odds=odds.get(number),
    )


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


def _is_non_runner(row: LexborNode, parts: Mapping[str, LexborNode]) -> bool:
    return (
        site.NON_RUNNER_ROW in classes_of(row)
        or site.NON_RUNNER_NUMBER in parts
        or site.NON_RUNNER_MARK.search(words(parts.get(site.RUNNER_NAME))) is not None
    )


def _sex_and_age(text: str) -> tuple[str | None, int | None]:
    match = site.SEX_AGE_TEXT.match(text)
    return (match[1].upper(), int(match[2])) if match else (None, None)


def _trainer(line: LexborNode | None) -> str | None:
    """The last span directly in the line of people that is not the jockey's.

    A jockey without a sheet of his own is a span too, so the first span may be either.
    """
    spans = [
        child
        for child in (elements(line) if line is not None else ())
        if child.tag == "span" and site.JOCKEY not in classes_of(child)
    ]
    return _printed(words(spans[-1])) if spans else None


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
    bold = (child for child in elements(cell) if child.tag == site.RECORD_TIME)
    time = words(next(bold, None))
    return _Record(_printed(time), read_amount(own_words(cell)))


def _form(cell: LexborNode | None) -> str | None:
    return _printed(attribute(cell, "title") or words(cell))


def _coupling(parts: Mapping[str, LexborNode]) -> str | None:
    """The sign beside the name, or inside the printed name, without its brackets."""
    sign = words(parts.get(site.COUPLING)).strip("()[] ")
    if sign or site.RUNNER_NAME not in parts:
        return sign or None
    name = parts[site.RUNNER_NAME]
    inside = site.COUPLING_MARK.search(f"{attribute(name, 'title')} {own_words(name)}")
    return inside[1] if inside else None


def _shoes(document: Document, node: LexborNode | None, number: int) -> Shoes | None:
    title = fold(attribute(node, "title"))
    if node is None or site.PLACEHOLDER.match(title):
        return None
    acts = site.SHOEING.findall(title)
    shoes = [site.SHOES_BY_WORDS[act] for act in acts if act in site.SHOES_BY_WORDS]
    if len(shoes) > 1:
        return _of_both_ends(document, shoes, f"runner {number}: {title}")
    classes = classes_of(node)
    shoes += [site.SHOES_BY_CLASS[name] for name in classes if name in site.SHOES_BY_CLASS]
    if shoes:
        return shoes[0]
    document.warn(f"runner {number}: shoes unread: {title or ' '.join(classes)}")
    return None


def _of_both_ends(document: Document, shoes: list[Shoes], place: str) -> Shoes:
    """One word for fore and hind feet; where they differ, bare feet are told before plates."""
    states = {one.value.partition("_")[0] for one in shoes}
    if len(states) == 1 and Shoes.SHOD not in states:
        return Shoes(f"{states.pop()}_four")
    kept = next((one for one in shoes if one.value.startswith("unshod")), shoes[0])
    document.warn(f"{place}: only {kept} is kept")
    return kept


def _blinkers(document: Document, node: LexborNode | None, number: int) -> Blinkers | None:
    title = fold(attribute(node, "title"))
    if node is None:
        return None
    if title == site.NO_BLINKERS:
        return Blinkers.NONE
    classes = [name for name in classes_of(node) if name.startswith("generic-")]
    shown = " ".join(classes if site.PLACEHOLDER.match(title) else [title, *classes])
    for word, blinkers in site.BLINKERS_BY_WORD:
        if word in shown:
            return blinkers
    document.warn(f"runner {number}: blinkers unread: {title or shown}")
    return None
