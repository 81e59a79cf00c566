"""A workbook opened for changes: its sheets by name, shared strings, formats, properties."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from hippique.report.xlsx.grid import Grid, letters, read_grid
from hippique.report.xlsx.package import Package, refuse_broken, unreadable
from hippique.report.xlsx.styles import Styles
from hippique.report.xlsx.values import (
    EMPTY,
    Epoch,
    Held,
    Value,
    read_cell,
    text_of,
    write_cell,
    write_formula,
)

_CORE = "docProps/core.xml"


@dataclass(slots=True)
class Book:
    """One workbook. sheets: name → part, in the order of the tabs."""

    package: Package
    part: str
    sheets: Mapping[str, str]
    strings: tuple[str, ...]
    styles: Styles
    epoch: Epoch
    grids: dict[str, Grid] = field(default_factory=dict)
    read: dict[bytes, Held] = field(default_factory=dict)

    def grid(self, sheet: str) -> Grid:
        """The rows of a sheet, cut once; what is put into them counts after `keep`."""
        if sheet not in self.grids:
            part = self.sheets[sheet]
            self.grids[sheet] = read_grid(part, self.package.read(part))
        return self.grids[sheet]

    def keep(self) -> None:
        """Put the sheets that were opened back into the file."""
        for grid in self.grids.values():
            self.package.replace(grid.part, grid.to_bytes())

    def held(self, grid: Grid, number: int, column: int) -> Held:
        """What a cell holds."""
        cell = grid.cell(number, column)
        if cell is None:
            return EMPTY
        # Tracks, dates, words come back in row after row: what follows the address is read once.
        rest = cell[cell.find(b'"', cell.find(b'"') + 1) :]
        known = self.read.get(rest)
        if known is None:
            known = self.read[rest] = read_cell(cell, self.strings)
        return known

    def headers(self, grid: Grid) -> dict[str, int]:
        """Header in row 1 → column, wherever the user moved it."""
        found: dict[str, int] = {}
        for column in sorted(grid.columns(1)):
            value = self.held(grid, 1, column).value
            found.setdefault(str("" if value is None else value).strip(), column)
        return found

    def written(self, grid: Grid, number: int, column: int, value: Value, style: int) -> bytes:
        """The text of a cell of this workbook."""
        address = letters(column) + str(number).encode()
        return write_cell(address, value, style, self.epoch, grid.tag)

    def calculated(self, grid: Grid, place: tuple[int, int], formula: str, held: Held) -> bytes:
        """The text of a formula's cell. place: (row, column); held: its value now and format."""
        address = letters(place[1]) + str(place[0]).encode()
        return write_formula(address, formula, held.value, held.style, grid.tag)

    def edit(self, part: str, pattern: bytes, replacement: bytes) -> bool:
        """Replace what a pattern finds first in a part; False where it finds nothing."""
        content, count = re.subn(pattern, replacement, self.package.read(part), count=1)
        if count:
            self.package.replace(part, content)
        return bool(count)


def open_book(content: bytes) -> Book:
    """Open a workbook's bytes. Raises StoreDamaged."""
    package = Package(content)
    parts = package.related("", "officeDocument")
    if not parts:
        raise unreadable("it is no Excel workbook")
    tree = package.tree(parts[0])
    styles = package.related(parts[0], "styles")
    if not styles:
        raise unreadable("it has no part of formats")
    return Book(
        package,
        parts[0],
        _sheets(package, parts[0], tree),
        _strings(package, parts[0]),
        Styles(package, styles[0]),
        Epoch(_counts_from_1904(tree)),
    )


def recalculate_on_load(book: Book) -> None:
    """Ask the program that opens the workbook to compute its formulas: their inputs changed."""
    if re.search(rb"<(?:\w+:)?calcPr\b[^>]*fullCalcOnLoad=\"1\"", book.package.read(book.part)):
        return
    if book.edit(book.part, rb'\sfullCalcOnLoad="[^"]*"', b' fullCalcOnLoad="1"'):
        return
    if book.edit(book.part, rb"(<(?:\w+:)?calcPr\b)", rb'\1 fullCalcOnLoad="1"'):
        return
    # After the names, or where there are none after the sheets.
    for last in (b"definedNames", b"sheets"):
        if book.edit(
            book.part,
            rb"</((?:\w+:)?)%s>" % last,
            rb'</\g<1>%s><\g<1>calcPr fullCalcOnLoad="1"/>' % last,
        ):
            return


def stamp_change(book: Book, now: dt.datetime) -> None:
    """Write the time of change into the file's properties, where it has any."""
    if _CORE in book.package:
        at = now.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
        book.edit(_CORE, rb"(<dcterms:modified\b[^>]*>)[^<]*", rb"\g<1>" + at)


def mark_property(book: Book, name: str, mark: str, rest: str) -> None:
    """Put a mark before a property's text (dc:title, cp:keywords …), once."""
    if _CORE not in book.package:
        return
    content = book.package.read(_CORE)
    tag = name.encode()
    found = re.search(rb"<%s\b[^>]*?(?:/>|>([^<]*)</%s>)" % (tag, tag), content)
    present = (found[1] or b"").decode() if found else ""
    if mark in present:
        return
    rest = present or escape(rest)
    text = f"{mark} – {rest}" if rest else mark
    entry = b"<%s>%s</%s>" % (tag, text.encode(), tag)
    if found:
        content = content[: found.start()] + entry + content[found.end() :]
    else:
        content = content.replace(b"</cp:coreProperties>", entry + b"</cp:coreProperties>")
    book.package.replace(_CORE, content)


def _sheets(package: Package, part: str, tree: ET.Element) -> dict[str, str]:
    targets = {relation.id: relation.target for relation in package.relations(part)}
    found = {}
    for sheet in tree.iterfind("{*}sheets/{*}sheet"):
        link = next((value for name, value in sheet.items() if name.endswith("}id")), "")
        if targets.get(link, "") in package:
            found[sheet.get("name", "")] = targets[link]
    return found


def _strings(package: Package, part: str) -> tuple[str, ...]:
    shared = package.related(part, "sharedStrings")
    if not shared:
        return ()
    content = package.read(shared[0])
    refuse_broken(shared[0], content)
    items = re.findall(
        rb"<(?:\w+:)?si\b[^>]*?(?:/>|>(.*?)</(?:\w+:)?si>)", content, flags=re.DOTALL
    )
    return tuple(map(text_of, items))


def _counts_from_1904(tree: ET.Element) -> bool:
    said = tree.find("{*}workbookPr")
    return said is not None and said.get("date1904") in {"1", "true"}
