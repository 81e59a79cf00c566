"""Values to canonical JSON and back: the same value always gives the same bytes."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from hippique.errors import InputError

T = TypeVar("T")


def to_json(value: object) -> bytes:
    """Compact UTF-8 JSON: fields in their declared order, mapping keys sorted.

    Instants keep their offset; enums their value; bytes are refused by type.
    """
    return msgspec.json.encode(value, order="deterministic")


def to_pretty_json(value: object) -> bytes:
    """The same as `to_json`, indented by two, for files that people open."""
    return msgspec.json.format(to_json(value), indent=2) + b"\n"


def to_builtins(value: object) -> Any:
    """Dicts, lists and scalars, as JSON would hold them."""
    return msgspec.json.decode(to_json(value))  # to_builtins would leave tuples


def from_json(kind: type[T], content: bytes | str) -> T:
    """Read a value of `kind`; every field is checked. Raises InputError that names the path."""
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise InputError(f"not a {kind.__name__}: {error}") from error


def from_builtins(kind: type[T], content: Any) -> T:
    """Read a value of `kind` from dicts and lists. Raises InputError that names the path."""
    try:
        return msgspec.convert(content, type=kind)
    except msgspec.MsgspecError as error:
        raise InputError(f"not a {kind.__name__}: {error}") from error
