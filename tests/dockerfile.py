"""Reads the Dockerfile as far as its tests need: instructions in order, commands as lists."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from house import ROOT


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction with its continuation lines joined."""

    name: str
    rest: str

    @property
    def command(self) -> list[str]:
        """The exec form that a CMD or HEALTHCHECK ends with; raises ValueError without one."""
        found: list[str] = json.loads(self.rest[self.rest.index("[") :])
        return found


def instructions() -> tuple[Instruction, ...]:
    """All instructions of the Dockerfile, comments left out."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text("utf-8"), flags=re.MULTILINE)
    lines = text.replace("\\\n", " ").splitlines()
    return tuple(Instruction(*line.split(None, 1)) for line in lines if line.strip())


def of(name: str) -> tuple[Instruction, ...]:
    """The instructions of one name."""
    return tuple(one for one in instructions() if one.name == name)


def image_environment() -> dict[str, str]:
    """What ENV sets, written as NAME=value."""
    return dict(part.split("=", 1) for one in of("ENV") for part in one.rest.split())


def kept_paths() -> list[str]:
    """What .dockerignore lets through, as its lines name it."""
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    return [line.removeprefix("!/") for line in lines if line.startswith("!/")]
