"""Text that a spreadsheet must not run: horse names and reasons come from strangers' pages."""

from __future__ import annotations

import re

# A cell that begins with one of these is a formula or a command to some spreadsheet.
_STARTERS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# XML 1.0 cannot hold these; a page that sends them meant nothing by it.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
MOST_CHARACTERS = 32_767  # what one cell of a workbook holds


def is_risky(text: str) -> bool:
    """Whether a spreadsheet might read this text as a formula."""
    return text.startswith(_STARTERS) or text.lstrip().startswith(_STARTERS)


def printable(text: str) -> str:
    """The text without the signs that no workbook can hold, cut to what a cell holds.

    XML readers turn every line ending into a line feed; so is it written, or a cell would look
    changed at each update.
    """
    one_ending = text.replace("\r\n", "\n").replace("\r", "\n")
    return _NOT_IN_XML.sub("\ufffd", one_ending)[:MOST_CHARACTERS]


def csv_text(text: str) -> str:
    """Text for a CSV cell: an apostrophe goes before what might run.

    A CSV file has no cell types, so the apostrophe is the only guard there is.
    """
    return f"'{text}" if is_risky(text) else text
