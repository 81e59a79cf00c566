"""Roles, who has which, and which one a door asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum

READS = ("GET", "HEAD", "OPTIONS")
CALLED = ("/schedule", "/run")
CALLED_BELOW = "/duties/"
OPEN = ("/healthz", "/health", "/style.css", "/icon.svg")  # nothing of the day is in them
PAIR = "/pair"
LEAVE = "/pair/leave"


class Role(IntEnum):
    """What a caller may do; each role includes those before it."""

    READER = 1
    CALLER = 2
    OPERATOR = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who calls. who: his e-mail, or the name of a paired screen.

    csrf: for a session, what each call that changes something must carry; None where the caller
    shows himself by what no other page can send.
    """

    who: str
    role: Role
    csrf: str | None = None


def role_table(
    *, readers: Iterable[str] = (), callers: Iterable[str] = (), operators: Iterable[str] = ()
) -> Mapping[str, Role]:
    """Each e-mail's highest role. Letter case does not count: Google's does not either."""
    table: dict[str, Role] = {}
    for role, emails in (
        (Role.READER, readers),
        (Role.CALLER, callers),
        (Role.OPERATOR, operators),
    ):
        table |= {email.strip().lower(): role for email in emails if email.strip()}
    return table


def needed_role(method: str, path: str, *, is_pairing: bool = False) -> Role | None:
    """The least role that a call needs; None where anybody may call.

    Doors that are not listed need an operator, so that a new one is closed until somebody says so.
    """
    if method in READS:
        is_open = path in OPEN or (is_pairing and path == PAIR)
        return None if is_open else Role.READER
    if method == "POST" and is_pairing and path == PAIR:
        return None
    if method == "POST" and is_pairing and path == LEAVE:
        return Role.READER
    if method == "POST" and (path in CALLED or path.startswith(CALLED_BELOW)):
        return Role.CALLER
    return Role.OPERATOR
