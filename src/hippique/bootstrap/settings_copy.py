"""The settings as a backup keeps them: plain ones by value, secrets by who may read them."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from hippique.bootstrap.settings_told import origins
from hippique.settings import Settings

ENV_FILE = Path(".env")
_LEFT_OUT = "HIPPIQUE_DATA"
"""The folder that was copied: the restored one lies elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretCopy:
    """A secret without its value. readable_by: whoever could read it where it was set."""

    name: str
    is_set: bool
    origin: str
    readable_by: tuple[str, ...]


def secrets_of(settings: Settings, environment: Mapping[str, str]) -> tuple[SecretCopy, ...]:
    """Every secret setting: whether it is set, where, and who may read it there."""
    came_from = {name: origin for name, _, origin, _ in origins(settings, environment)}
    return tuple(
        SecretCopy(
            name=field.upper(),
            is_set=bool(getattr(settings, field)),
            origin=came_from[field.upper()],
            readable_by=_readers(came_from[field.upper()]),
        )
        for field in Settings.model_fields
        if is_secret(field)
    )


def is_secret(field: str) -> bool:
    """Whether a setting holds secrets, by its type."""
    return SecretStr.__name__ in str(Settings.model_fields[field].annotation)


def _readers(origin: str) -> tuple[str, ...]:
    if origin == "environment":
        return ("the service's user", "root")
    if origin == "default" or not ENV_FILE.exists():
        return ()
    mode = ENV_FILE.stat().st_mode
    others = (("its group", stat.S_IRGRP), ("everybody on this machine", stat.S_IROTH))
    return ("owner of .env", "root", *(who for who, bit in others if mode & bit))


def env_lines(settings: Settings, environment: Mapping[str, str]) -> bytes:
    """A `.env` of every setting that is not at its default; secrets as remarks without values."""
    return "\n".join([*_lines(settings, environment), ""]).encode()


def _lines(settings: Settings, environment: Mapping[str, str]) -> Iterator[str]:
    yield "# Settings at the time of the backup. Values of secrets are not kept: set them again."
    secret = {copy.name: copy for copy in secrets_of(settings, environment)}
    for name, value, origin, _ in origins(settings, environment):
        if name in secret:
            if secret[name].is_set:
                yield f"# {name}: secret, set by {origin}; readable by {_joined(secret[name])}"
        elif origin != "default" and name != _LEFT_OUT:
            yield f"{name}={json.dumps(value, ensure_ascii=False)}"


def _joined(secret: SecretCopy) -> str:
    return ", ".join(secret.readable_by) or "nobody known"
