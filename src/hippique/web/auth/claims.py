"""What a token says of itself, judged at an instant. No signature, no network, no clock."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hippique.errors import NotAuthenticated

LEEWAY_S = 10
REFUSED = "not authenticated: send a bearer token of this service"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a good token carries.

    wants_verified: Google's sign-in says whether it checked the e-mail; IAP signs its own
    assertion about a session and has no such claim.
    """

    audiences: frozenset[str]
    issuers: frozenset[str]
    wants_verified: bool = True


def check_claims(claims: Mapping[str, Any], now_s: float, expected: Expected) -> tuple[str, str]:
    """The token's e-mail in small letters, and which accepted audience it is for.

    now_s: seconds since 1970; clocks may differ by LEEWAY_S. Raises NotAuthenticated.
    """
    if text_of(claims, "iss") not in expected.issuers:
        raise refusal("wrong issuer")
    audience = _audience(claims.get("aud"), expected.audiences)
    _check_instants(claims, now_s)
    email = text_of(claims, "email").strip().lower()
    if not email:
        raise refusal("no e-mail in the token")
    if expected.wants_verified and claims.get("email_verified") is not True:
        raise refusal("the token's e-mail is not verified")
    return email, audience


def _audience(said: object, accepted: frozenset[str]) -> str:
    audiences = said if isinstance(said, list) else [said]
    if not audiences or not all(isinstance(one, str) for one in audiences):
        raise refusal("no audience")
    found = sorted(accepted.intersection(audiences))
    if not found:
        raise refusal("wrong audience")
    return found[0]


def _check_instants(claims: Mapping[str, Any], now_s: float) -> None:
    expires, issued = _instant(claims, "exp"), _instant(claims, "iat")
    if expires is None or issued is None:
        raise refusal("no exp or no iat")
    if now_s >= expires + LEEWAY_S:
        raise refusal("expired")
    begins = [one for one in (issued, _instant(claims, "nbf")) if one is not None]
    if any(now_s < begin - LEEWAY_S for begin in begins):
        raise refusal("not yet valid")


def _instant(claims: Mapping[str, Any], name: str) -> float | None:
    """Seconds since 1970, None where the token does not say."""
    said = claims.get(name)
    if said is None:
        return None
    if isinstance(said, bool) or not isinstance(said, int | float) or not math.isfinite(said):
        raise refusal(f"{name} is no instant")
    return said


def text_of(claims: Mapping[str, Any], name: str) -> str:
    """A claim that is text; empty where it is not there or something else."""
    said = claims.get(name)
    return said if isinstance(said, str) else ""


def refusal(why: str) -> NotAuthenticated:
    """One answer to every bad token; why is for the log."""
    return NotAuthenticated(REFUSED, why=why)
