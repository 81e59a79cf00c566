"""Pairing codes and sessions as one small document: hashes, roles and instants."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from hippique.errors import InputError, StoreDamaged
from hippique.racing.codec import from_json, to_pretty_json

MOST_GRANTS = 100
"""Beyond it the oldest go: a screen that was paired so long ago is paired again."""


class GrantKind(StrEnum):
    """What a grant gives: a code opens one session, a session opens the doors."""

    CODE = "code"
    SESSION = "session"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """digest: the hash of its secret. role: the name of a Role. wrong: attempts that missed."""

    kind: GrantKind
    digest: str
    role: str
    made_at: dt.datetime
    expires_at: dt.datetime
    wrong: int = 0


class Document(Protocol):
    """Where the grants lie. Raises StoreError."""

    def read(self) -> bytes | None:
        """The content, None where nothing was written yet."""

    def change(self, edit: Callable[[bytes | None], bytes]) -> None:
        """Read, edit and write back, one at a time."""


@dataclass(frozen=True, slots=True)
class Grants:
    """The grants of a document. Every method raises StoreError."""

    document: Document

    def listed(self) -> tuple[Grant, ...]:
        """All of them, oldest first, those too that have ended."""
        return tuple(_read(self.document.read()))

    def put(self, grant: Grant) -> None:
        """Keep one more; those that ended before it was made are dropped."""

        def edit(grants: list[Grant]) -> list[Grant]:
            return [*(one for one in grants if one.expires_at > grant.made_at), grant]

        self._change(edit)

    def remove(self, digest: str) -> bool:
        """True for the one caller who took it away."""
        found = False

        def edit(grants: list[Grant]) -> list[Grant]:
            nonlocal found
            kept = [one for one in grants if one.digest != digest]
            found = len(kept) < len(grants)
            return kept

        self._change(edit)
        return found

    def count_wrong(self) -> None:
        """One more wrong attempt against every code that is out."""
        self._change(lambda grants: [_missed(one) for one in grants])

    def _change(self, edit: Callable[[list[Grant]], list[Grant]]) -> None:
        self.document.change(lambda content: to_pretty_json(edit(_read(content))[-MOST_GRANTS:]))


def _missed(grant: Grant) -> Grant:
    return replace(grant, wrong=grant.wrong + 1) if grant.kind is GrantKind.CODE else grant


def _read(content: bytes | None) -> list[Grant]:
    if content is None:
        return []
    try:
        return from_json(list[Grant], content)
    except InputError as error:
        told = "the list of paired screens is damaged; remove pairing.json and pair them again"
        raise StoreDamaged(told) from error
