"""The workbook of a year: one day brought into 20,000 rows, ours against openpyxl.

Each runs in a process of its own, so that its peak memory is its own. openpyxl is the one library
that can open and save a workbook; XlsxWriter only writes and calamine only reads. `survives` counts
what a bettor and newer Excels put into the file and what of it an update leaves there.
"""

from __future__ import annotations

import base64
import datetime as dt
import io
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from openpyxl import load_workbook

from hippique.racing.card import RaceId
from hippique.report.rows import SheetRows
from hippique.report.sheets import SHEETS, Row
from hippique.report.workbook import update_workbook

HERE = Path(__file__).resolve()
RACES_A_DAY, DAYS = 55, 364  # 20,020 rows on each of four sheets
NOW = dt.datetime(2026, 1, 1, 22, tzinfo=dt.UTC)
NEW_DAY = dt.date(2025, 12, 31)
# What openpyxl knows of the format it writes again; these are beyond it.
EXTRAS = {
    "slicer": ("xl/slicers/slicer1.xml", b"<slicers/>"),
    "pivot cache": ("xl/pivotCache/pivotCacheDefinition9.xml", b"<pivotCacheDefinition/>"),
    "threaded comment": ("xl/threadedComments/threadedComment1.xml", b"<ThreadedComments/>"),
    "custom part": ("customXml/item1.xml", b"<mine/>"),
    "printer settings": ("xl/printerSettings/printerSettings1.bin", b"bin"),
}
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
DRAWING = (
    b'<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
    b'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="%s">'
    b"<xdr:oneCellAnchor><xdr:from><xdr:col>1</xdr:col><xdr:colOff>0</xdr:colOff>"
    b"<xdr:row>1</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from>"
    b'<xdr:ext cx="9525" cy="9525"/><xdr:pic><xdr:nvPicPr><xdr:cNvPr id="1" name="mine"/>'
    b'<xdr:cNvPicPr/></xdr:nvPicPr><xdr:blipFill><a:blip r:embed="rId1"/></xdr:blipFill>'
    b"<xdr:spPr/></xdr:pic><xdr:clientData/></xdr:oneCellAnchor></xdr:wsDr>"
)
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATED = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{LINKS}/%s" Target="%s"/></Relationships>'
)
SPARKLINES = b'<extLst><ext uri="{05C60535-1F16-4fd2-B633-F4F36F0B64E0}"></ext></extLst>'


def rows() -> list[tuple[str, str, str]]:
    """(what, ours, openpyxl)."""
    with tempfile.TemporaryDirectory() as folder:
        year = Path(folder) / "year.xlsx"
        begun = time.process_time()
        year.write_bytes(update_workbook(None, year_of_rows(), NOW))
        made_s = time.process_time() - begun
        ours, theirs = measured("ours", year), measured("openpyxl", year)
    left = {way: survivors(update) for way, update in UPDATES.items()}
    return [
        ("workbook: rows", f"4 × {RACES_A_DAY * DAYS:,}", ""),
        ("workbook: made anew, CPU", f"{made_s:.1f} s", ""),
        ("workbook: one day in, CPU", f"{ours['cpu_s']:.1f} s (≤ 5)", f"{theirs['cpu_s']:.1f} s"),
        ("workbook: one day in, wall", f"{ours['wall_s']:.1f} s", f"{theirs['wall_s']:.1f} s"),
        ("workbook: peak memory", f"{ours['mb']:.0f} MB (≤ 500)", f"{theirs['mb']:.0f} MB"),
        *((f"workbook: keeps {what}", left["ours"][what], left["openpyxl"][what])
          for what in left["ours"]),
    ]  # fmt: skip


def measured(way: str, year: Path) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, str(HERE), way, str(year)], capture_output=True, check=True
    )
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def measure(way: str, year: Path) -> dict[str, float]:
    content, day = year.read_bytes(), dict(day_of_rows(NEW_DAY))
    wall, cpu = time.monotonic(), time.process_time()
    UPDATES[way](content, day)
    return {
        "wall_s": time.monotonic() - wall,
        "cpu_s": time.process_time() - cpu,
        "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def by_ours(content: bytes, day: SheetRows) -> bytes:
    return update_workbook(content, day, NOW)


def by_openpyxl(content: bytes, day: SheetRows) -> bytes:
    """The same with the library: open, find each race's row or append one, save."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says what it is going to lose
        book = load_workbook(io.BytesIO(content), rich_text=True)
    for sheet in SHEETS:
        page = book[sheet.name]
        columns = {cell.value: cell.column for cell in page[1]}
        keys = [columns[header] for header in (sheet.day_header, *sheet.race_headers)]
        present = {
            tuple(page.cell(number, column).value for column in keys): number
            for number in range(2, page.max_row + 1)
        }
        for row in day[sheet.name]:
            named = tuple(row.cells[header] for header in (sheet.day_header, *sheet.race_headers))
            number = present.get(named, page.max_row + 1)
            for header, value in row.cells.items():
                page.cell(number, columns[header]).value = value
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


UPDATES: dict[str, Callable[[bytes, SheetRows], bytes]] = {
    "ours": by_ours,
    "openpyxl": by_openpyxl,
}


def survivors(update: Callable[[bytes, SheetRows], bytes]) -> dict[str, str]:
    """What of an owner's additions is still there, to the byte, after one day came in."""
    before = owned(update_workbook(None, dict(day_of_rows(dt.date(2025, 1, 1))), NOW))
    old, new = parts(before), parts(update(before, dict(day_of_rows(NEW_DAY))))
    found = {what: said(new.get(name) == part) for what, (name, part) in EXTRAS.items()}
    found["picture"] = said(PICTURE in new.values())
    first, totals = "xl/worksheets/sheet1.xml", "xl/worksheets/sheet5.xml"
    chart = next(name for name in old if name.startswith("xl/charts/chart"))
    found["sparklines"] = said(SPARKLINES in new[first])
    found["values beside formulas"] = said(re.search(rb"</f><v>\d", new[totals]) is not None)
    found["chart's own values"] = said(b"numCache" in new.get(chart, b""))
    same = sum(old[name] == new.get(name) for name in old)
    return {**found, "parts to the byte": f"{same} of {len(old)}"}


def said(kept: bool) -> str:  # noqa: FBT001  one word for one answer
    return "yes" if kept else "no"


def owned(content: bytes) -> bytes:
    named = parts(content) | dict(EXTRAS.values())
    first, drawn = "xl/worksheets/sheet1.xml", b'<drawing xmlns:r="%s" r:id="rId1"/>'
    link = LINKS.encode()
    closing = drawn % link + SPARKLINES + b"</worksheet>"
    named[first] = named[first].replace(b"</worksheet>", closing)
    named |= {
        "xl/media/image9.png": PICTURE,
        "xl/drawings/drawing9.xml": DRAWING % link,
        "xl/drawings/_rels/drawing9.xml.rels": (
            RELATED % ("image", "/xl/media/image9.png")
        ).encode(),
        "xl/worksheets/_rels/sheet1.xml.rels": (
            RELATED % ("drawing", "/xl/drawings/drawing9.xml")
        ).encode(),
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as book:
        for name, part in named.items():
            book.writestr(name, part)
    return target.getvalue()


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return {name: book.read(name) for name in book.namelist()}


def year_of_rows() -> SheetRows:
    first = dt.date(2025, 1, 1)
    days = [dict(day_of_rows(first + dt.timedelta(days=n))) for n in range(DAYS)]
    return {sheet.name: [row for day in days for row in day[sheet.name]] for sheet in SHEETS}


def day_of_rows(day: dt.date) -> Iterator[tuple[str, list[Row]]]:
    """Full rows: every column of every sheet has a value of its kind."""
    for sheet in SHEETS:
        keys = [f"R{1 + n // 9}C{1 + n % 9}" for n in range(RACES_A_DAY)]
        yield (
            sheet.name,
            [Row(RaceId.parse(f"{day}/{key}"), cells(sheet, day, key)) for key in keys],
        )


def cells(sheet: object, day: dt.date, key: str) -> dict[str, object]:
    meeting, _, race = key.partition("C")
    named = {"Réunion": meeting, "Course": f"C{race}", "R/C": key, "Simulé": "Oui"}
    values: dict[str, object] = {}
    for column in sheet.columns:  # type: ignore[attr-defined]  # a Sheet of report/sheets
        kind = column.number_format
        if column.header in named:
            values[column.header] = named[column.header]
        elif column.header in {"Date", "date"}:
            values[column.header] = day
        elif kind == "General":
            values[column.header] = f"{column.header} {key}"
        elif kind.startswith("hh"):
            values[column.header] = dt.time(14, 15)
        elif "yyyy" in kind:
            values[column.header] = dt.datetime.combine(day, dt.time(13, 32))
        else:
            values[column.header] = 1.25
    return values


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure(sys.argv[1], Path(sys.argv[2]))))
    else:
        for what, ours, against in rows():
            print(f"{what:36} {ours:20} {against}")
