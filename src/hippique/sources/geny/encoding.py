"""Bytes of a Geny page to text.

The legacy site declares UTF-8 and sends cp1252 with UTF-8 inside comments and a few attributes;
the Next.js site and re-saved copies are true UTF-8. Some kept copies were decoded with
replacement: their U+FFFD cannot be repaired, only told.
"""

from __future__ import annotations

import codecs
import re

LOST = "\ufffd"  # what a copy shows where a letter was lost

# UTF-8 sequences that French text holds: Latin-1 letters and signs, œ and its kind, curly quotes
# and thin blanks, the euro, the shoeing glyphs, a lost letter. Other sequences are two or three
# cp1252 letters that only look like UTF-8 ("É" before a no-break blank).
_UTF8_RUN = re.compile(
    rb"((?:\xc2[\xa0-\xbf]|\xc3[\x80-\xbf]|[\xc4\xc5][\x80-\xbf]|\xe2\x80[\x80-\xbf]"
    rb"|\xe2\x82\xac|\xee\xa4[\x80-\xbf]|\xef\xbf\xbd)+)"
)
_MIXED = "hippique.geny.mixed"
_BYTE_ORDER_MARK = "\ufeff"
# Between a digit and exactly three more the lost sign can only be the thousands' no-break blank.
_LOST_THOUSANDS = re.compile(r"(?<=\d)\ufffd(?=\d{3}(?!\d))")


def decode(body: bytes) -> str:
    """The text of a page: UTF-8 where the whole body is, else cp1252 with its UTF-8 runs.

    Never raises. Bytes that neither encoding knows become U+FFFD.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text = _decode_mixed(body)
    if LOST in text:
        text = _LOST_THOUSANDS.sub("\xa0", text)
    return text.removeprefix(_BYTE_ORDER_MARK)


def _decode_mixed(body: bytes) -> str:
    # The codec skips plain ASCII at the speed of C and asks only about the other bytes.
    return body.decode("ascii", errors=_MIXED)


def _decode_sign(error: UnicodeError) -> tuple[str, int]:
    """The sign at which ASCII ends: a UTF-8 run, else one byte of cp1252."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    run = _UTF8_RUN.match(error.object, error.start)
    if run is not None:
        return run[0].decode("utf-8"), run.end()
    byte = error.object[error.start : error.start + 1]
    return byte.decode("cp1252", errors="replace"), error.start + 1


codecs.register_error(_MIXED, _decode_sign)
