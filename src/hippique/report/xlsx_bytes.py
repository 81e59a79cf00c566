"""A workbook to bytes and back: the same workbook and hour always give the same bytes."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections import Counter
from pathlib import PurePosixPath

from openpyxl import Workbook, load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.writer.excel import ExcelWriter

from hippique.errors import StoreDamaged

_NO_DATE = (1980, 1, 1, 0, 0, 0)  # the first day that a zip entry can bear
_IN_A_FOLDER = 3  # xl/media/image1.png
_READABLE = 0o600 << 16


def read_book(content: bytes) -> Workbook:
    """Open a workbook with its formulas and rich text. Raises StoreDamaged."""
    try:
        return load_workbook(io.BytesIO(content), rich_text=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError) as error:
        raise StoreDamaged(
            f"the workbook cannot be read ({error}); put a sound copy back, "
            "or move it away and run `hippique workbook rebuild`"
        ) from error


def book_bytes(book: Workbook, now: dt.datetime) -> bytes:
    """The workbook's file. now: aware; becomes its time of change, to the second."""
    book.properties.modified = plain_utc(now)
    target = io.BytesIO()
    # Workbook.save would stamp the wall clock; its writer alone does not.
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
        ExcelWriter(book, archive).write_data()
    return _without_dates(target.getvalue())


def lost_parts(before: bytes, after: bytes) -> tuple[str, ...]:
    """What openpyxl could not carry over: folders of the file that hold fewer parts than before.

    Pictures, shapes, pivot tables, threaded comments; "extLst" stands for what newer Excels write
    into a sheet (sparklines, some conditional formats). Empty when nothing was lost.
    """
    old, new = _parts(before), _parts(after)
    return tuple(sorted(name for name, count in old.items() if new[name] < count))


def _parts(content: bytes) -> Counter[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        paths = [PurePosixPath(name) for name in archive.namelist()]
        found = Counter(
            str(path.parent)
            for path in paths
            if path.parts[0] == "xl" and len(path.parts) == _IN_A_FOLDER
        )
        sheets = [path for path in paths if str(path.parent) == "xl/worksheets"]
        found["extLst"] = sum(b"<extLst" in archive.read(str(path)) for path in sheets)
    del found["xl/printerSettings"]  # the printer's own memory, no work of the user
    return found


def plain_utc(instant: dt.datetime) -> dt.datetime:
    """UTC to the second without its zone, as file properties hold it."""
    return instant.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0)


def _without_dates(content: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, _NO_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = _READABLE
            entry.create_system = 0  # else the system that wrote it shows in the bytes
            new.writestr(entry, old.read(name))
    return target.getvalue()
