"""The settings as `check config` tells them: each with its origin, and names that are none."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from hippique.settings import Settings


def unknown_names(environment: Mapping[str, str]) -> list[str]:
    """Warnings for HIPPIQUE_… names that no setting has, with the nearest known name."""
    known = {name.upper() for name in Settings.model_fields} | {"HIPPIQUE_MATERIAL"}
    strangers = [n for n in environment if n.startswith("HIPPIQUE_") and n not in known]
    return [_unknown(name, known) for name in sorted(strangers)]


def _unknown(name: str, known: set[str]) -> str:
    bare = {k.removeprefix("HIPPIQUE_"): k for k in known}
    near = difflib.get_close_matches(name.removeprefix("HIPPIQUE_"), list(bare), n=1, cutoff=0.5)
    hint = f"; did you mean {bare[near[0]]}?" if near else ""
    return f"{name} is not a setting{hint}"


def origins(settings: Settings, environment: Mapping[str, str]) -> list[tuple[str, str, str, str]]:
    """(name, value, where it came from, description) of every setting."""
    upper = {name.upper() for name in environment}
    rows = []
    for name, field in Settings.model_fields.items():
        value = getattr(settings, name)
        env = name.upper()
        origin = "environment" if env in upper else _origin(settings, name)
        rows.append((env, _shown(value), origin, field.description or ""))
    return rows


def _origin(settings: Settings, name: str) -> str:
    return ".env or command line" if name in settings.model_fields_set else "default"


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return "" if value is None else str(value)
