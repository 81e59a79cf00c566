"""A TOML file to a value: every key known, every value in its range, else one line that mends it.

The codec passes over keys that it does not know: right for pages, wrong for a misspelt threshold.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from hippique.errors import InputError, SettingsError
from hippique.racing.codec import from_builtins

T = TypeVar("T")
_FOLDER = "policies"
_PLACE = re.compile(r" - at `\$(?P<path>[^`]*)`")
_STEP = re.compile(r"\.(\w+)|\[(\d+|\.\.\.)\]")
_ROW = re.compile(r"(?P<table>\w+)\[(?P<index>\d+)\]")
_NAMES = ("gate", "badge", "bet")  # keys by which a row calls itself


def packaged_text(name: str) -> str:
    """The text of a file of the package's policies. Raises SettingsError where there is none."""
    place = files("hippique") / _FOLDER / name
    if not place.is_file():
        raise SettingsError(f"{name}: not among the packaged policies; reinstall the package")
    return place.read_text("utf-8")


def packaged_names() -> tuple[str, ...]:
    """The files of the package's policies, sorted."""
    found = (files("hippique") / _FOLDER).iterdir()
    return tuple(sorted(place.name for place in found if place.name.endswith(".toml")))


def read_strict(kind: type[T], text: str, name: str) -> T:
    """A dataclass of `kind` from TOML. Raises SettingsError that names file, key and mend."""
    return checked_table(kind, read_toml(text, name), name)


def read_toml(text: str, name: str) -> dict[str, Any]:
    """The tables of a TOML file. Raises SettingsError where it is none."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{name}: not TOML: {error}") from error


def checked_table(kind: type[T], content: Any, name: str) -> T:
    """A dataclass of `kind` from a table. Raises SettingsError that names row, key and mend."""
    for fault in _unknown_keys(kind, content, ""):
        raise SettingsError(f"{name}: {fault}{_row_of(fault, content)}")
    try:
        return from_builtins(kind, content)
    except InputError as error:
        fault = _mended(kind, str(error))
        raise SettingsError(f"{name}: {fault}{_row_of(fault, content)}") from error


def _row_of(fault: str, content: Mapping[str, Any]) -> str:
    """What a row in the fault's path calls itself: people do not count rows from 0."""
    found = _ROW.match(fault)
    rows = content.get(found["table"]) if found else None
    if found is None or not isinstance(rows, list):
        return ""
    row = rows[int(found["index"])]
    named = (
        next((row[key] for key in _NAMES if key in row), None) if isinstance(row, dict) else None
    )
    return "" if named is None else f" (row {named})"


def _unknown_keys(kind: Any, content: Any, path: str) -> Iterator[str]:
    """A sentence for each key that no field takes, at any depth."""
    if isinstance(content, list):
        for index, row in enumerate(content):
            yield from _unknown_keys(_row_type(kind), row, f"{path}[{index}]")
        return
    table = _table_type(kind)
    if table is None or not isinstance(content, Mapping):
        return
    hints = _hints(table)
    for key, value in content.items():
        place = f"{path}.{key}".lstrip(".")
        if key not in hints:
            yield f"{place} is unknown; {_nearest(key, hints)}"
            continue
        yield from _unknown_keys(hints[key], value, place)


@cache
def _hints(table: Any) -> Mapping[str, Any]:
    return get_type_hints(table, include_extras=True)  # slow, and asked for every row of a table


def _nearest(key: str, known: Mapping[str, Any]) -> str:
    near = get_close_matches(key, known, n=1)
    return f"write {near[0]}" if near else f"known are {', '.join(known)}"


def _table_type(kind: Any) -> Any:
    """The dataclass that a hint stands for, None for anything else."""
    if is_dataclass(kind):
        return kind
    return next((found for part in get_args(kind) if (found := _table_type(part))), None)


def _row_type(kind: Any) -> Any:
    """What a list of this kind holds: `tuple[X, ...]`, perhaps optional."""
    if get_origin(kind) is tuple:
        return get_args(kind)[0]
    return next((found for part in get_args(kind) if (found := _row_type(part))), None)


def _mended(kind: Any, message: str) -> str:
    """The codec's message with the key first and what to write instead."""
    found = _PLACE.search(message)
    path = found["path"].lstrip(".") if found else ""
    said = _PLACE.sub("", message).partition(": ")[2]
    missing = re.search(r"missing required field `(\w+)`", said)
    if missing:
        key = f"{path}.{missing[1]}".lstrip(".")
        return f"{key} is missing; add it"
    if said.startswith("Invalid enum value"):
        known = ", ".join(map(str, _choices(kind, path)))
        return (
            f"{path}: {said.removeprefix('Invalid enum value ')} is unknown; write one of {known}"
        )
    return f"{path}: {said.replace('Expected', 'write', 1)}"


def _choices(kind: Any, path: str) -> tuple[Any, ...]:
    """The words that a Literal or an enum at this path takes."""
    for step in _STEP.finditer("." + path):
        if step[2]:
            kind = _row_type(kind)
        elif table := _table_type(kind):
            kind = _hints(table).get(step[1])
    return _words(kind)


def _words(kind: Any) -> tuple[Any, ...]:
    if get_origin(kind) is Literal:
        return get_args(kind)
    if isinstance(kind, type) and hasattr(kind, "__members__"):
        return tuple(kind.__members__.values())
    return tuple(word for part in get_args(kind) for word in _words(part))
