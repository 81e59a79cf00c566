"""What made an artefact: the version of the code, by its own bytes, and of the settings."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from hippique import __version__
from hippique.racing.codec import to_json


def code_version() -> str:
    """The package's version with a hash of its source: any change of the code changes it."""
    root = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
    return f"{__version__}+{digest.hexdigest()[:12]}"


def settings_version(decisive: Mapping[str, object]) -> str:
    """A hash of the settings that a decision depends on."""
    return hashlib.sha256(to_json(dict(decisive))).hexdigest()[:16]
