"""Formats of cells: a new one is added behind those that are there, which keep their numbers."""

from __future__ import annotations

import re
from xml.sax.saxutils import quoteattr

from hippique.report.xlsx.package import Package, unreadable

_BUILT_IN = {"General": 0, "0": 1, "0.00": 2, "#,##0": 3, "#,##0.00": 4, "0%": 9}
_FIRST_OWN = 164  # number formats below are the program's own


class Styles:
    """The formats of one workbook; `derived` adds to them."""

    def __init__(self, package: Package, part: str) -> None:
        """Raises StoreDamaged where the part lists no formats of cells."""
        self._package, self._part = package, part
        self._content = package.read(part)
        self._formats = self._listed()
        self._made: dict[tuple[int, str | None, bool], int] = {}

    def derived(
        self, base: int, *, number_format: str | None = None, quote_prefix: bool = False
    ) -> int:
        """The number of format `base` with another number format, or the sign of typed text."""
        asked = (base, number_format, quote_prefix)
        if asked not in self._made:
            wanted = self._formats[base] if base < len(self._formats) else self._formats[0]
            if number_format is not None:
                code = str(self._number_format(number_format))
                wanted = _with(wanted, numFmtId=code, applyNumberFormat="1")
            if quote_prefix:
                wanted = _with(wanted, quotePrefix="1")
            self._made[asked] = self._number_of(wanted)
        return self._made[asked]

    def is_general(self, style: int) -> bool:
        """Whether a format says nothing about numbers."""
        return style >= len(self._formats) or b' numFmtId="0"' in self._formats[style]

    def _number_of(self, wanted: bytes) -> int:
        if wanted in self._formats:
            return self._formats.index(wanted)
        self._formats.append(wanted)
        entries = b"".join(self._formats)
        self._content = re.sub(
            rb"(<(?:\w+:)?cellXfs\b)[^>]*>.*?(</(?:\w+:)?cellXfs>)",
            lambda m: m[1] + b' count="%d">' % len(self._formats) + entries + m[2],
            self._content,
            count=1,
            flags=re.DOTALL,
        )
        self._package.replace(self._part, self._content)
        return len(self._formats) - 1

    def _listed(self) -> list[bytes]:
        found = re.search(
            rb"<(?:\w+:)?cellXfs\b[^>]*>(.*?)</(?:\w+:)?cellXfs>", self._content, re.DOTALL
        )
        entries = rb"<(?:\w+:)?xf\b(?:[^>]*/>|[^>]*>.*?</(?:\w+:)?xf>)"
        listed = re.findall(entries, found[1], re.DOTALL) if found else []
        if not listed:
            raise unreadable(f"part {self._part} lists no formats of cells")
        return listed

    def _number_format(self, code: str) -> int:
        if code in _BUILT_IN:
            return _BUILT_IN[code]
        quoted = quoteattr(code).encode()
        own = re.findall(
            rb'<(?:\w+:)?numFmt\b[^>]*?numFmtId="(\d+)"[^>]*?formatCode=("[^"]*"|\'[^\']*\')',
            self._content,
        )
        known = next((int(number) for number, said in own if _plain(said) == _plain(quoted)), None)
        return known if known is not None else self._add(quoted, [int(n) for n, _ in own])

    def _add(self, quoted: bytes, taken: list[int]) -> int:
        number = max([_FIRST_OWN - 1, *taken]) + 1
        tag = (re.search(rb"<(\w+:)?styleSheet", self._content) or [b"", b""])[1] or b""
        entry = b'<%snumFmt numFmtId="%d" formatCode=%s/>' % (tag, number, quoted)
        closing = b"</%snumFmts>" % tag
        if closing in self._content:
            self._content = self._content.replace(closing, entry + closing, 1)
            self._content = re.sub(
                rb'(<(?:\w+:)?numFmts\b[^>]*?count=)"\d+"',
                rb'\g<1>"%d"' % (len(taken) + 1),
                self._content,
                count=1,
            )
            return number
        # Number formats come first of all.
        opened = self._content.index(b">", self._content.index(b"<%sstyleSheet" % tag)) + 1
        listed = b'<%snumFmts count="1">%s%s' % (tag, entry, closing)
        self._content = self._content[:opened] + listed + self._content[opened:]
        return number


def _plain(quoted: bytes) -> bytes:
    return quoted[1:-1].replace(b"&quot;", b'"')


def _with(entry: bytes, **said: str) -> bytes:
    """An entry with attributes set, whatever it said before."""
    opened = entry.index(b">") + 1
    head, rest = entry[:opened], entry[opened:]
    for name, value in said.items():
        attribute = f' {name}="{value}"'.encode()
        pattern = rb"\s%s=\"[^\"]*\"" % name.encode()
        if re.search(pattern, head):
            head = re.sub(pattern, attribute, head)
        else:
            end = -2 if head.endswith(b"/>") else -1
            head = head[:end] + attribute + head[end:]
    return head + rest
