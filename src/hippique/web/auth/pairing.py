"""Pairing a screen: a code that is read off one screen and typed on another, then a session.

Only hashes of codes and sessions are stored. The cookie is the session's one secret; the token
against forged forms (CSRF) is made of it and stored nowhere.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.requests import cookie_parser

from hippique.errors import NotAuthenticated
from hippique.web.auth.claims import refusal
from hippique.web.auth.grants import Grant, GrantKind, Grants
from hippique.web.auth.roles import Identity, Role

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no two signs look alike
READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V", "-": None, " ": None})
CODE_LENGTH = 8  # 40 bits: at five attempts in ten minutes nobody guesses one
CODE_LIVES = dt.timedelta(minutes=10)
MOST_WRONG = 5
SESSION_BYTES = 32
SESSION_LIVES = {Role.READER: dt.timedelta(days=30), Role.OPERATOR: dt.timedelta(hours=12)}
VISIT_LIVES = dt.timedelta(minutes=1)
COOKIE, SECURE_COOKIE = "hippique", "__Host-hippique"
NAME_LENGTH = 8
WRONG_CODE = "this code is wrong, used or too old; ask for a new one"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paired:
    """A session that has just begun. secret: for the cookie, seen this once."""

    secret: str
    role: Role
    lives: dt.timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """Codes and sessions. now: the wall's. random_bytes: so many unguessable ones."""

    grants: Grants
    now: Callable[[], dt.datetime]
    random_bytes: Callable[[int], bytes]

    def offer(self, role: Role) -> str:
        """A new code to show to one person, once: XXXX-XXXX. Raises StoreError."""
        signs = [ALPHABET[byte % len(ALPHABET)] for byte in self.random_bytes(CODE_LENGTH)]
        code = "".join(signs)
        self.grants.put(self._grant(GrantKind.CODE, code, role, CODE_LIVES))
        return f"{code[:4]}-{code[4:]}"

    def redeem(self, typed: str) -> Paired:
        """The session that a code opens, once. Raises NotAuthenticated, StoreError.

        A wrong code counts against all codes that are out: five, and they are worth nothing.
        """
        now = self.now()
        digest = _digest(GrantKind.CODE, typed.strip().upper().translate(READ_AS))
        found = _match(self._live(GrantKind.CODE, now), digest)
        if found is None or not self.grants.remove(found.digest):
            self.grants.count_wrong()
            raise NotAuthenticated(WRONG_CODE, why="a wrong pairing code")
        role = Role[found.role]
        secret = self.random_bytes(SESSION_BYTES).hex()
        self.grants.put(self._grant(GrantKind.SESSION, secret, role, SESSION_LIVES[role]))
        return Paired(secret=secret, role=role, lives=SESSION_LIVES[role])

    def __call__(self, headers: Headers) -> Identity | None:
        """See Judge: the session of a cookie."""
        secret = secret_of(headers)
        if secret is None:
            return None
        found = _match(self._live(GrantKind.SESSION, self.now()), _digest_of_session(secret))
        if found is None:
            raise refusal("an unknown or ended session")
        return Identity(who=name_of(found), role=Role[found.role], csrf=csrf_of(secret))

    def visit(self) -> str:
        """The cookie of a command beside the service, which may read the folder anyway: a minute.

        Raises StoreError.
        """
        secret = self.random_bytes(SESSION_BYTES).hex()
        self.grants.put(self._grant(GrantKind.SESSION, secret, Role.READER, VISIT_LIVES))
        return f"{COOKIE}={secret}"

    def leave(self, headers: Headers) -> bool:
        """End the session of a cookie; False where there was none. Raises StoreError."""
        secret = secret_of(headers)
        return secret is not None and self.grants.remove(_digest_of_session(secret))

    def sessions(self) -> tuple[Grant, ...]:
        """The sessions that live."""
        return self._live(GrantKind.SESSION, self.now())

    def _live(self, kind: GrantKind, now: dt.datetime) -> tuple[Grant, ...]:
        return tuple(
            one
            for one in self.grants.listed()
            if one.kind is kind and now < one.expires_at and one.wrong < MOST_WRONG
        )

    def _grant(self, kind: GrantKind, secret: str, role: Role, lives: dt.timedelta) -> Grant:
        now = self.now()
        return Grant(
            kind=kind, digest=_digest(kind, secret), role=role.name, made_at=now,
            expires_at=now + lives,
        )  # fmt: skip


def secret_of(headers: Headers) -> str | None:
    """The session's secret in the cookie, the one that only https sets before the other."""
    cookies = cookie_parser(headers.get("cookie", ""))
    return cookies.get(SECURE_COOKIE) or cookies.get(COOKIE) or None


def csrf_of(secret: str) -> str:
    """What a form of ours carries and a page from elsewhere cannot know."""
    return hmac.new(secret.encode(), b"hippique csrf", hashlib.sha256).hexdigest()


def name_of(session: Grant) -> str:
    """How a paired screen is called in logs and lists."""
    return f"screen-{session.digest[:NAME_LENGTH]}"


def _digest_of_session(secret: str) -> str:
    return _digest(GrantKind.SESSION, secret)


def _digest(kind: GrantKind, secret: str) -> str:
    return hashlib.sha256(f"hippique {kind} {secret}".encode()).hexdigest()


def _match(grants: tuple[Grant, ...], digest: str) -> Grant | None:
    """The grant of a digest. Every one is compared whole: how long it takes tells nothing."""
    found = None
    for one in grants:
        if hmac.compare_digest(one.digest, digest):
            found = one
    return found
