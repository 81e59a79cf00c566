"""`gcloud logging read FILTER --format=…` over entries, as far as the founding documents use it.

The language is Google's: NOT binds before OR, OR before AND, two terms in a row are joined by AND;
a comparison of a field that an entry lacks is false, != too; a name alone is looked for as text in
every field.
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

SEVERITIES = ("DEFAULT", "DEBUG", "INFO", "NOTICE", "WARNING", "ERROR", "CRITICAL", "ALERT")
_TOKEN = re.compile(
    r"""\s*(?:(?P<op>=~|!~|!=|>=|<=|[=:<>()])
        |"(?P<text>(?:[^"\\]|\\.)*)"
        |(?P<word>[\w.@/*-]+))""",
    re.VERBOSE,
)
_ORDER = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt}

Entry = Mapping[str, Any]
Test = Callable[[Entry], bool]


def entries_of(log: str, service: str = "hippique-orchestrator") -> list[dict[str, Any]]:
    """The lines of a service's log as Cloud Run files them: JSON as jsonPayload, others as text."""
    return [_entry(line, service) for line in log.splitlines() if line.strip()]


def _entry(line: str, service: str) -> dict[str, Any]:
    resource = {"type": "cloud_run_revision", "labels": {"service_name": service}}
    if not line.startswith("{"):
        return {"resource": resource, "severity": "DEFAULT", "textPayload": line}
    payload = json.loads(line)
    lifted = {name: payload.pop(name) for name in ("severity", "timestamp")}
    return {"resource": resource, **lifted, "jsonPayload": payload}


def read(entries: Sequence[Entry], text: str) -> list[Entry]:
    """The entries that a filter selects. Raises ValueError for a filter that cannot be read."""
    test = _Filter(list(_tokens(text))).whole()
    return [entry for entry in entries if test(entry)]


def column(entries: Sequence[Entry], name: str) -> list[Any]:
    """`--format=value(name)`: one cell an entry, empty where it has no such field."""
    found = (_at(entry, name) for entry in entries)
    return ["" if one is None else one for one in found]


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while text[at:].strip():
        read_one = _TOKEN.match(text, at)
        if read_one is None:
            raise ValueError(f"not a filter from here on: {text[at:]!r}")
        kind = read_one.lastgroup or ""
        yield kind, read_one[kind].replace('\\"', '"')
        at = read_one.end()


class _Filter:
    """A reader of one filter, by recursive descent."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens

    def whole(self) -> Test:
        test = self._all()
        if self._tokens:
            raise ValueError(f"not understood: {self._tokens[0][1]!r}")
        return test

    def _next_is(self, *tokens: tuple[str, str]) -> bool:
        return bool(self._tokens) and self._tokens[0] in tokens

    def _all(self) -> Test:
        tests = [self._any()]
        while self._tokens and not self._next_is(("op", ")")):
            if self._next_is(("word", "AND")):
                self._tokens.pop(0)
            tests.append(self._any())
        return lambda entry: all(test(entry) for test in tests)

    def _any(self) -> Test:
        tests = [self._one()]
        while self._next_is(("word", "OR")):
            self._tokens.pop(0)
            tests.append(self._one())
        return lambda entry: any(test(entry) for test in tests)

    def _one(self) -> Test:
        kind, value = self._tokens.pop(0)
        if (kind, value) == ("word", "NOT"):
            inside = self._one()
            return lambda entry: not inside(entry)
        if (kind, value) == ("op", "("):
            inside = self._all()
            self._tokens.pop(0)
            return inside
        if kind == "op":
            raise ValueError(f"not understood: {value!r}")
        is_compared = self._tokens and self._tokens[0][0] == "op" and self._tokens[0][1] not in "()"
        if not is_compared:
            return lambda entry: value.lower() in json.dumps(entry, ensure_ascii=False).lower()
        sign, wanted = self._tokens.pop(0)[1], self._tokens.pop(0)[1]
        return lambda entry: _holds(_at(entry, value), sign, wanted)


def _at(entry: Entry, path: str) -> Any:
    found: Any = entry
    for step in path.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _holds(found: Any, sign: str, wanted: str) -> bool:
    if found is None:
        return False
    if sign in {"=~", "!~"}:
        return (re.search(wanted, str(found)) is not None) is (sign == "=~")
    if sign == ":":
        return wanted == "*" or wanted.lower() in str(found).lower()
    if sign in {"=", "!="}:
        is_equal = str(found).lower() == wanted.lower()
        return is_equal is (sign == "=")
    if found in SEVERITIES:
        return bool(_ORDER[sign](SEVERITIES.index(found), SEVERITIES.index(wanted)))
    return isinstance(found, int | float) and bool(_ORDER[sign](found, float(wanted)))
