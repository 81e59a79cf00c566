"""One cell's text to its value and back."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from xml.sax.saxutils import escape

Value = str | int | float | dt.date | dt.time | dt.datetime | None
_HALF_A_SECOND = 0.5 / 86_400  # cells hold instants as days
_WRITTEN = 4e-15  # a workbook keeps 16 digits of a number, one fewer than it may need
_DAY_S = 86_400
_CODED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LOOKS_CODED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


@dataclass(frozen=True, slots=True)
class Epoch:
    """Day 0 of a workbook's dates: Excel counts from 1900, on old Macs from 1904."""

    from_1904: bool = False

    def serial(self, value: dt.date | dt.time) -> float:
        """Days since day 0; an hour alone is a fraction. A zone is not looked at."""
        if isinstance(value, dt.time):
            seconds = value.hour * 3600 + value.minute * 60 + value.second
            return seconds / _DAY_S
        if not isinstance(value, dt.datetime):
            return float((value - self._zero.date()).days)
        gone = value.replace(tzinfo=None) - self._zero
        return gone.days + gone.seconds / _DAY_S

    def day(self, serial: float) -> dt.date | None:
        """The day of a serial; None before day 1 and where no calendar reaches."""
        try:
            return self._zero.date() + dt.timedelta(math.floor(serial)) if serial >= 1 else None
        except (OverflowError, ValueError):
            return None

    @property
    def _zero(self) -> dt.datetime:
        if self.from_1904:
            return dt.datetime(1904, 1, 1)  # noqa: DTZ001  cells hold no zone
        return dt.datetime(1899, 12, 30)  # noqa: DTZ001  cells hold no zone


@dataclass(frozen=True, slots=True)
class Held:
    """What a cell holds: its value, its format's number, its formula where it has one."""

    value: str | float | None
    style: int
    formula: str | None = None
    is_formula: bool = False


EMPTY = Held(None, 0)
_PLAIN = re.compile(
    rb'<c r="[A-Z]+\d+"(?: s="(\d+)")?(?: t="(\w+)")?>'
    rb'(?:<v>([^<]*)</v>|<is><t(?: xml:space="preserve")?>([^<]*)</t></is>)</c>'
)


def read_cell(cell: bytes | None, strings: Sequence[str]) -> Held:
    """A cell's text to what it holds. strings: the workbook's shared ones, plain."""
    if cell is None:
        return EMPTY
    plain = _PLAIN.fullmatch(cell)
    if plain:  # nearly all cells; the rest is read piece by piece
        style, kind, number, text = plain.groups()
        place = int(style) if style else 0
        if text is not None:
            return Held(_decoded(text), place)
        return Held(_held_value(number, kind or b"n", strings), place)
    opened = cell.index(b">")
    head = cell[: opened + 1]
    style = re.search(rb'\ss="(\d+)"', head)
    kind = re.search(rb'\st="(\w+)"', head)
    formula = re.search(rb"<(?:\w+:)?f\b([^>]*)(?:/>|>([^<]*)</)", cell)
    return Held(
        _value(cell[opened:], kind[1] if kind else b"n", strings),
        int(style[1]) if style else 0,
        unescape((formula[2] or b"").decode()) if formula else None,
        formula is not None,
    )


def write_cell(address: bytes, value: Value, style: int, epoch: Epoch, tag: bytes = b"") -> bytes:
    """The text of a cell that holds a value and no formula; text is always text."""
    opening = b'<%sc r="%s"%s' % (tag, address, _style(style))
    if isinstance(value, str):
        text = _encoded(value)
        return b'%s t="inlineStr"><%sis><%st xml:space="preserve">%s</%st></%sis></%sc>' % (
            opening,
            tag,
            tag,
            text,
            tag,
            tag,
            tag,
        )
    if isinstance(value, dt.date | dt.time):
        value = epoch.serial(value)
    return b"%s><%sv>%s</%sv></%sc>" % (opening, tag, _digits(value), tag, tag)


def write_formula(
    address: bytes, formula: str, result: str | float | None, style: int, tag: bytes = b""
) -> bytes:
    """A formula with the value it has now, for viewers that do not calculate."""
    kind = b' t="str"' if isinstance(result, str) else b""
    shown = _encoded(result) if isinstance(result, str) else _digits(result)
    value = b"<%sv>%s</%sv>" % (tag, shown, tag) if result is not None else b""
    return b'<%sc r="%s"%s%s><%sf>%s</%sf>%s</%sc>' % (
        *(tag, address, _style(style), kind, tag),
        *(escape(formula).encode(), tag, value, tag),
    )


def is_same(present: str | float | None, wanted: Value, epoch: Epoch) -> bool:
    """Whether a cell already shows this value; numbers to the digits that a workbook keeps."""
    if present is None:
        return False
    if isinstance(wanted, dt.date | dt.time):
        return not isinstance(present, str) and (
            abs(present - epoch.serial(wanted)) < _HALF_A_SECOND
        )
    if isinstance(wanted, int | float) and not isinstance(present, str):
        return math.isclose(present, wanted, rel_tol=_WRITTEN)
    return str(present) == wanted


def text_of(content: bytes) -> str:
    """The plain text of a string item: its runs joined, readings for pronunciation left out."""
    spoken = re.sub(rb"<(\w+:)?rPh\b.*?</(\w+:)?rPh>", b"", content, flags=re.DOTALL)
    runs = re.findall(rb"<(?:\w+:)?t(?:\s[^>]*)?>([^<]*)</", spoken)
    return _decoded(b"".join(runs))


def _value(rest: bytes, kind: bytes, strings: Sequence[str]) -> str | float | None:
    if kind == b"inlineStr":
        return text_of(rest)
    found = re.search(rb"<(?:\w+:)?v(?:\s[^>]*)?>([^<]*)</", rest)
    return _held_value(found[1], kind, strings) if found else None


def _held_value(said: bytes, kind: bytes, strings: Sequence[str]) -> str | float | None:
    if kind == b"s":
        place = int(said)
        return strings[place] if place < len(strings) else None
    return _number(said) if kind == b"n" else _decoded(said)


def _number(digits: bytes) -> float | None:
    try:
        return float(digits)
    except ValueError:
        return None


def _style(style: int) -> bytes:
    return b' s="%d"' % style if style else b""


def _digits(value: float | str | None) -> bytes:
    return b"" if value is None else repr(value).encode()


def _encoded(text: str) -> bytes:
    """In a workbook `_x0041_` stands for A; a text that says so is told apart."""
    return escape(_LOOKS_CODED.sub("_x005F_", text)).encode()


def _decoded(content: bytes) -> str:
    text = content.decode()
    if "&" in text:
        text = unescape(text)
    return _CODED.sub(lambda code: chr(int(code[1], 16)), text) if "_x" in text else text
