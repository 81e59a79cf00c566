"""The names of settings that the deployment gives the service, read out of its scripts' text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

NAME = r"[A-Z][A-Z0-9_]*"
# Arrays of the scripts: pairs for the service's environment and its secrets, or names passed on.
_PAIRS = re.compile(
    r"^\s*(?:declare\s+-A\s+)?(?:ENV|SECRETS)\+?=\((.*?)\)\s*$", re.DOTALL | re.MULTILINE
)
_PAIR = re.compile(rf"\[({NAME})\]=")
_SINGLE = re.compile(rf"\b(?:ENV|SECRETS)\[({NAME})\]\+?=")
_LISTS = re.compile(r"\b(?:PASSED_ON|SECRET_NAMES)\+?=\((.*?)\)", re.DOTALL)
# Flags of gcloud; values may hold commas, so a name counts where "NAME=" follows one or the flag.
_FLAGS = re.compile(
    r"--(?:set|update)-(?:env-vars|secrets)[= ](\S.*?)(?=\s--|\s\\?$)", re.MULTILINE
)
_IN_FLAG = re.compile(rf"(?:^|[,\"'@^])({NAME})=")
_DYNAMIC = re.compile(r"\b(?:ENV|SECRETS)\[\$\{?(\w+)")
_LOOP = re.compile(r"for (\w+) in (.*?);? *\n? *do\b")
_KNOWN_LISTS = ("PASSED_ON[@]", "SECRET_NAMES[@]", "SECRET_VERSIONS[@]", "ENV[@]", "SECRETS[@]")


def deployed_names(script: str) -> set[str]:
    """Every setting that a script hands to the service."""
    return set(_names(_without_comments(script)))


def _names(text: str) -> Iterator[str]:
    for body in _PAIRS.findall(text):
        yield from _PAIR.findall(body)
    yield from _SINGLE.findall(text)
    for body in _LISTS.findall(text):
        yield from re.findall(NAME, body)
    for said in _FLAGS.findall(text):
        yield from _IN_FLAG.findall(said)


def unseen_loops(script: str) -> list[str]:
    """Loops that set names of which this reader cannot know the list."""
    text = _without_comments(script)
    set_by = set(_DYNAMIC.findall(text))
    return [
        over.strip()
        for name, over in _LOOP.findall(text)
        if name in set_by and not any(known in over.replace("!", "") for known in _KNOWN_LISTS)
    ]


def example_names(env_file: str) -> set[str]:
    """The settings of an example of `.env`, those in comments too."""
    return set(re.findall(rf"^(?:# ?)?({NAME})=", env_file, re.MULTILINE))


def image_names(dockerfile: str) -> set[str]:
    """What an image sets for itself."""
    lines = re.findall(r"^ENV\s+((?:.*\\\n)*.*)$", dockerfile, re.MULTILINE)
    return {name for line in lines for name in re.findall(rf"\b({NAME})=", line)}


def _without_comments(script: str) -> str:
    return re.sub(r"(^|\s)#[^\n]*", r"\1", script)


def scripts(root: Path) -> list[Path]:
    """The scripts of the deployment that are there."""
    return sorted((root / "scripts").rglob("*.sh"))
