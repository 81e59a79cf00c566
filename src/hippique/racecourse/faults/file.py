"""Read a faults file, TOML or JSON; a word that is in no table is refused, never ignored."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args, get_type_hints

from hippique.errors import InputError
from hippique.racecourse.faults.rough import rough_faults
from hippique.racecourse.faults.schema import NO_FAULTS, Faults
from hippique.racecourse.simulated import SimulatedDay
from hippique.racing.codec import from_builtins

FaultsFor = Callable[[SimulatedDay], Faults]
ROUGH = "rough"


def faults_for(text: str | None) -> FaultsFor:
    """What `--faults` asks for: None, `rough`, or a file. Raises InputError for a bad file."""
    if text == ROUGH:
        return rough_faults
    if text is None:
        return no_faults
    faults = read_faults(Path(text))
    return lambda _: faults


def no_faults(_: SimulatedDay) -> Faults:
    """None, whatever the day."""
    return NO_FAULTS


def read_faults(path: Path) -> Faults:
    """Read a file: TOML where its name ends so, else JSON. Raises InputError naming the place."""
    try:
        text = path.read_text("utf-8")
        content = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except OSError as error:
        hint = f"give a file, or {ROUGH} for the bundled mixture"
        raise InputError(f"{path}: {error.strerror}; {hint}", field="faults") from error
    except ValueError as error:  # both parsers' errors, and bytes that are no UTF-8
        raise InputError(f"{path}: {error}", field="faults") from error
    return parse_faults(content, name=str(path))


def parse_faults(content: Any, *, name: str) -> Faults:
    """Faults from dicts and lists. Raises InputError naming the file and the path in it."""
    _refuse_unknown(content, name)
    try:
        return from_builtins(Faults, content)
    except InputError as error:
        raise InputError(f"{name}: {error}", field="faults") from error


def _refuse_unknown(content: Any, name: str) -> None:
    # The codec passes over unknown keys: right for pages, wrong for a misspelt fault.
    tables = get_type_hints(Faults)
    _compare(content, tuple(tables), f"{name}: ")
    for table, rows in content.items():
        known = tuple(field.name for field in fields(get_args(tables[table])[0]))
        for index, row in enumerate(rows if isinstance(rows, list) else ()):
            _compare(row, known, f"{name}: {table}[{index}].")


def _compare(content: Any, known: tuple[str, ...], place: str) -> None:
    if not isinstance(content, dict):
        raise InputError(f"{place.rstrip('.')}: not a table", field="faults")
    unknown = next((key for key in content if key not in known), None)
    if unknown is not None:
        raise InputError(
            f"{place}{unknown} is unknown; known are {', '.join(known)}", field="faults"
        )
