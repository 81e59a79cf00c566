"""A bearer token to the e-mail that its issuer vouches for."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from jwt import PyJWK
from jwt.api_jws import PyJWS
from jwt.exceptions import PyJWTError

from hippique.web.auth.claims import Expected, check_claims, refusal

MARKER = "SIGNATURE_REMOVED_BY_GOOGLE"
"""What Cloud Run writes over the signature of a token that it has checked itself."""
LONGEST = 8192  # Google's tokens are below 2,000 characters
PARTS = 3

_SIGNATURES = PyJWS(options={"enforce_minimum_key_length": True})


class Keys(Protocol):
    """The issuer's public keys."""

    def find(self, name: str) -> PyJWK | None:
        """The key of a name; None where there is none. Raises KeysUnreachable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """Whose tokens are taken, signed how.

    is_stripped: the platform checks signatures and hands the marker on in their place.
    """

    keys: Keys
    algorithm: str
    expected: Expected
    now_s: Callable[[], float]
    is_stripped: bool = False

    def email_of(self, token: str) -> tuple[str, str]:
        """The e-mail, in small letters, and the audience that was accepted.

        Raises NotAuthenticated, KeysUnreachable.
        """
        parts = token.split(".")
        if len(token) > LONGEST or len(parts) != PARTS:
            raise refusal("no token of three parts")
        is_marked = self.is_stripped and parts[2] == MARKER
        claims = _unsigned(parts) if is_marked else self._signed(token, parts)
        return check_claims(claims, self.now_s(), self.expected)

    def _signed(self, token: str, parts: list[str]) -> dict[str, Any]:
        """The claims of a token whose signature holds. The algorithm is ours, never the token's."""
        header = _json(parts[0])
        if header.get("alg") != self.algorithm:
            raise refusal("wrong algorithm")
        name = header.get("kid")
        if not isinstance(name, str):
            raise refusal("no key is named")
        key = self.keys.find(name)
        if key is None:
            raise refusal("unknown key")
        try:
            _SIGNATURES.decode(token, key, algorithms=[self.algorithm])
        except PyJWTError as error:
            raise refusal(f"bad signature ({type(error).__name__})") from None
        return _json(parts[1])


def _unsigned(parts: list[str]) -> dict[str, Any]:
    if _json(parts[0]).get("alg") in {None, "none"}:
        raise refusal("wrong algorithm")
    return _json(parts[1])


def _json(part: str) -> dict[str, Any]:
    """One part of a token as the JSON object that it holds."""
    try:
        raw = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
        document = json.loads(raw)
    except (ValueError, binascii.Error, RecursionError):
        raise refusal("the token is no JSON") from None
    if not isinstance(document, dict):
        raise refusal("the token is no JSON object")
    return document
