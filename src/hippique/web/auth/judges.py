"""From the headers of a call to who it is, by the way in which he shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from starlette.datastructures import Headers

from hippique.errors import NotAllowed
from hippique.web.auth.claims import refusal
from hippique.web.auth.roles import Identity, Role
from hippique.web.auth.tokens import Issuer

GCLOUD = "32555940559.apps.googleusercontent.com"
"""gcloud's own client: the audience of the token that `gcloud auth print-identity-token` gives a
person. Any program that a person lets act as gcloud can have one, so operators alone may use it."""
SERVERLESS = "x-serverless-authorization"
IAP = "x-goog-iap-jwt-assertion"
NO_ROLE = "this identity may not call this service"


class Judge(Protocol):
    """One way to show who one is."""

    def __call__(self, headers: Headers) -> Identity | None:
        """Who calls; None where the call shows nothing of this kind. Raises IdentityError."""


def everybody(headers: Headers) -> Identity:
    """REQUIRE_AUTH=false: whoever reaches the port is the operator."""
    del headers
    return Identity(who="local", role=Role.OPERATOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class BearerJudge:
    """Judges bearer tokens. roles: by e-mail in small letters."""

    issuer: Issuer
    roles: Mapping[str, Role]

    def __call__(self, headers: Headers) -> Identity | None:
        """See Judge."""
        token = self._token(headers)
        if token is None:
            return None
        email, audience = self.issuer.email_of(token)
        identity = _with_role(email, self.roles)
        if audience == GCLOUD and identity.role is not Role.OPERATOR:
            raise refusal("gcloud's audience, but not an operator")
        return identity

    def _token(self, headers: Headers) -> str | None:
        # Where both are there, Cloud Run checks this one alone and hands the other on unread: a
        # token with the marker that the caller wrote himself would count as checked.
        name = "authorization"
        if self.issuer.is_stripped and SERVERLESS in headers:
            name = SERVERLESS
        said = headers.getlist(name)
        if not said:
            return None
        scheme, _, token = said[0].partition(" ")
        if len(said) > 1 or scheme.lower() != "bearer":
            raise refusal("not one bearer token")
        return token.strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class IapJudge:
    """Judges the assertion that Google's Identity-Aware Proxy adds to a person's call."""

    issuer: Issuer
    roles: Mapping[str, Role]

    def __call__(self, headers: Headers) -> Identity | None:
        """See Judge."""
        said = headers.getlist(IAP)
        if not said:
            return None
        if len(said) > 1:
            raise refusal("more than one assertion")
        email, _ = self.issuer.email_of(said[0].strip())
        return _with_role(email, self.roles)


def _with_role(email: str, roles: Mapping[str, Role]) -> Identity:
    if email not in roles:
        raise NotAllowed(NO_ROLE, why=f"{email[:100]} is on no list")
    return Identity(who=email, role=roles[email])
