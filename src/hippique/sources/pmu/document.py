"""A PMU answer as a checked document: what is asked for comes typed, or as None with a warning."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from hippique.errors import PageChanged, PageMissing
from hippique.racing.times import paris_time
from hippique.sources.pmu.fields import SITE

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_MS = 4_102_444_800_000  # 2100-01-01: a later instant is seconds or microseconds misread
_PLAIN_NUMBER = re.compile(r"[0-9]{1,13}(?:\.[0-9]{1,6})?")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # left by editors in stored answers


@dataclass(frozen=True, slots=True)
class Node:
    """One JSON object of an answer, with its path for messages.

    warnings is shared by all nodes of an answer: a single value of another kind than expected
    adds a line there and reads as None; a list of another shape refuses the answer.
    """

    content: Mapping[str, Any]
    path: str
    url: str | None
    warnings: list[str] = field(default_factory=list)

    def text(self, name: str) -> str | None:
        """A text, outer blanks removed; None where absent, null or empty."""
        value = self.content.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            self._odd(name, "a text")
            return None
        return value.strip() or None

    def code(self, name: str) -> str | None:
        """A code word, in upper case."""
        value = self.text(name)
        return value.upper() if value else None

    def whole(self, name: str, *, least: int = 0, most: int = _LAST_MS) -> int | None:
        """A whole number within the bounds; 18.0 counts as 18."""
        value = self.number(name)
        if value is None:
            return None
        if value != int(value) or not least <= value <= most:
            self._odd(name, f"a whole number from {least} to {most}")
            return None
        return int(value)

    def number(self, name: str) -> float | None:
        """A finite number, also where it is written as a text; true and false are not numbers."""
        value = self.content.get(name)
        if value is None:
            return None
        if isinstance(value, str) and _PLAIN_NUMBER.fullmatch(value):
            value = float(value)
        if isinstance(value, bool) or not isinstance(value, int | float):
            self._odd(name, "a number")
            return None
        if not abs(value) <= _LAST_MS:  # so put, it refuses a NaN too
            self._odd(name, "a number of this size")
            return None
        return float(value)

    def flag(self, name: str) -> bool | None:
        """True or false."""
        value = self.content.get(name)
        if value is None or isinstance(value, bool):
            return value
        self._odd(name, "true or false")
        return None

    def instant(self, name: str) -> datetime | None:
        """Epoch milliseconds as Paris time."""
        value = self.whole(name, least=1)
        return None if value is None else paris_time(_EPOCH + timedelta(milliseconds=value))

    def node(self, name: str) -> Node | None:
        """An object."""
        value = self.content.get(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            self._odd(name, "an object")
            return None
        return self._below(value, name)

    def nodes(self, name: str) -> Iterator[Node]:
        """The objects of a list; nothing where it is absent or null.

        Raises PageChanged for anything else: a row that is dropped in silence is a race or a
        runner that nobody misses.
        """
        for index, value in enumerate(self.values(name)):
            if not isinstance(value, dict):
                raise self.changed(f"{name}[{index}]")
            yield self._below(value, f"{name}[{index}]")

    def values(self, name: str) -> list[Any]:
        """A list as it came; empty where it is absent or null. Raises PageChanged."""
        value = self.content.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.changed(name)
        return value

    def warn(self, text: str) -> None:
        """Keep a remark that names this object."""
        self.warnings.append(f"{self.path}: {text}" if self.path else text)

    def changed(self, missing: str) -> PageChanged:
        """The error for a field that the reader cannot do without."""
        where = f"{self.path}.{missing}" if self.path else missing
        return PageChanged(f"missing or misshapen: {where}", site=SITE, url=self.url)

    def _below(self, value: dict[str, Any], name: str) -> Node:
        path = f"{self.path}.{name}" if self.path else name
        return Node(value, path, self.url, self.warnings)

    def _odd(self, name: str, expected: str) -> None:
        self.warn(f"{name} is not {expected}")


def decode(body: bytes, *, url: str | None) -> Any:
    """The JSON of an answer. Raises PageMissing (empty: PMU's 204), PageChanged (not JSON)."""
    text = body.removeprefix(_BYTE_ORDER_MARK)
    if not text.strip():
        raise PageMissing(
            "an empty answer: PMU has no such day, race or dividends (yet)", site=SITE, url=url
        )
    try:
        return msgspec.json.decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise PageChanged(f"not a JSON document ({error})", site=SITE, url=url) from error


def decode_object(body: bytes, *, url: str | None) -> Node:
    """The answer as one object; a list of one object is the wrap of some archives. As `decode`."""
    content = decode(body, url=url)
    if isinstance(content, list) and len(content) == 1:
        content = content[0]
    if not isinstance(content, dict):
        raise PageChanged("not a JSON object", site=SITE, url=url)
    return Node(content, "", url)
