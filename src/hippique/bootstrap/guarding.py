"""Identity from the settings: what they lack, and the guard that every service stands behind."""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

from hippique.day.desk import Journal
from hippique.runtime.clocks import WallClock
from hippique.runtime.jwks import KeySetFetch
from hippique.settings import Settings
from hippique.web.auth.calls import LOOPBACK_NAMES, Place
from hippique.web.auth.claims import Expected
from hippique.web.auth.failures import FailureCount
from hippique.web.auth.gate import Guard
from hippique.web.auth.judges import GCLOUD, BearerJudge, IapJudge, Judge, everybody
from hippique.web.auth.keys import KeyRing
from hippique.web.auth.pair_page import unknown_screen
from hippique.web.auth.pairing import Pairing
from hippique.web.auth.roles import Role, role_table
from hippique.web.auth.tokens import Issuer

IAP_ISSUER = "https://cloud.google.com/iap"


def identity_faults(settings: Settings, environment: Mapping[str, str]) -> list[str]:
    """Every identity setting that a service lacks or cannot use, each with its mend."""
    if not settings.require_auth:
        return []
    faults = _url_faults(settings) + _email_faults(settings)
    if settings.auth_platform == "pairing":
        return faults + _cloud_faults(environment)
    if settings.auth_platform == "iap":
        return faults + _iap_faults(settings)
    if settings.auth_platform == "cloud_run_iam" and "K_SERVICE" not in environment:
        faults.append(
            "AUTH_PLATFORM=cloud_run_iam is for Cloud Run alone (no K_SERVICE here), which checks "
            "signatures itself; unset it"
        )
    if not _audiences(settings):
        faults.append("OIDC_AUDIENCE is not set; set it, or SERVICE_URL, to the service's root")
    if not {*_roles(settings).values()} & {Role.CALLER, Role.OPERATOR}:
        faults.append(
            "OIDC_ALLOWED_EMAILS, OIDC_OPERATORS and SCHEDULER_SA_EMAIL name nobody who may call; "
            "set one of them, or AUTH_PLATFORM=pairing where people pair their screens and no "
            "program calls (or REQUIRE_AUTH=false on one machine, for loopback alone)"
        )
    return faults


def _cloud_faults(environment: Mapping[str, str]) -> list[str]:
    if "K_SERVICE" not in environment:
        return []
    return ["AUTH_PLATFORM=pairing is for one machine; on Cloud Run set cloud_run_iam, or iap"]


def _iap_faults(settings: Settings) -> list[str]:
    faults = []
    if settings.iap_audience is None:
        faults.append("IAP_AUDIENCE is not set; AUTH_PLATFORM=iap needs what IAP signs for")
    if not _roles(settings):
        faults.append("OIDC_READERS and OIDC_OPERATORS name nobody who may read; set one of them")
    return faults


def _url_faults(settings: Settings) -> list[str]:
    named = {"OIDC_JWKS_URL": settings.oidc_jwks_url, "IAP_JWKS_URL": settings.iap_jwks_url}
    return [
        f"{name} must be an https address (http on loopback only)"
        for name, url in named.items()
        if not _is_safe(url)
    ]


def _is_safe(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if not host or parts.username or parts.password:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))


def is_loopback(host: str) -> bool:
    """Whether a name or address of this machine reaches nobody else."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() in LOOPBACK_NAMES


def _email_faults(settings: Settings) -> list[str]:
    named = {
        "OIDC_ALLOWED_EMAILS": settings.oidc_allowed_emails,
        "OIDC_OPERATORS": settings.oidc_operators,
        "OIDC_READERS": settings.oidc_readers,
        "SCHEDULER_SA_EMAIL": (settings.scheduler_sa_email or "a@b",),
    }
    return [
        f"{name}: {email[:60]!r} is no e-mail; write whole addresses, parted by commas"
        for name, emails in named.items()
        for email in emails
        if "@" not in email.strip("@") or " " in email
    ]


def _roles(settings: Settings) -> Mapping[str, Role]:
    scheduler = (settings.scheduler_sa_email,) if settings.scheduler_sa_email else ()
    return role_table(
        readers=settings.oidc_readers,
        callers=(*settings.oidc_allowed_emails, *scheduler),
        operators=settings.oidc_operators,
    )


def _audiences(settings: Settings) -> tuple[str, ...]:
    default = (settings.service_url.rstrip("/"),) if settings.service_url else ()
    return settings.oidc_audience or default


def open_host_faults(settings: Settings, host: str) -> list[str]:
    """An open service beyond loopback is refused unless it is asked for by name."""
    if settings.require_auth or settings.open_to_network or is_loopback(host):
        return []
    told = f"REQUIRE_AUTH=false with --host {host}: anybody on the network could do everything"
    return [f"{told}; set REQUIRE_AUTH=true, or OPEN_TO_NETWORK=true if that is meant"]


def pairs_screens(settings: Settings, environment: Mapping[str, str]) -> bool:
    """Whether people pair their screens with this service."""
    is_own = settings.auth_platform in {"standalone", "pairing"}
    return settings.require_auth and is_own and "K_SERVICE" not in environment


def make_guard(
    settings: Settings,
    environment: Mapping[str, str],
    journal: Journal,
    *,
    host: str | None = None,
    pairing: Pairing | None = None,
) -> Guard:
    """The guard of a service. host: where it listens; None where a server of its own decides.

    pairing: where screens are paired. The settings must have no `identity_faults`.
    """
    if not settings.require_auth:
        journal.event("WARNING", "Nobody is checked", open_to_network=settings.open_to_network)
    return Guard(
        judges=(*_judges(settings), *([pairing] if pairing else [])),
        unknown_screen=unknown_screen if pairing else None,
        place=_place(settings, environment, host),
        failures=FailureCount(time.monotonic),
        journal=journal,
        is_reading=settings.auth_platform == "iap",
    )


def _place(settings: Settings, environment: Mapping[str, str], host: str | None) -> Place:
    machine = socket.gethostname()
    named = {host, _host_of(settings.service_url), machine, f"{machine}.local"}
    is_open = not settings.require_auth and not settings.open_to_network
    return Place(
        behind_front="K_SERVICE" in environment,
        loopback_only=is_open or (host is not None and is_loopback(host)),
        names=frozenset(name.lower() for name in named if name),
    )


def _host_of(url: str | None) -> str | None:
    return urlsplit(url).hostname if url else None


def _judges(settings: Settings) -> tuple[Judge, ...]:
    if not settings.require_auth:
        return (everybody,)
    roles = _roles(settings)
    if settings.auth_platform == "iap":
        return (IapJudge(issuer=_iap_issuer(settings), roles=roles),)
    if settings.auth_platform == "pairing":
        return ()
    return (BearerJudge(issuer=_bearer_issuer(settings), roles=roles),)


def _bearer_issuer(settings: Settings) -> Issuer:
    return Issuer(
        keys=KeyRing(KeySetFetch(settings.oidc_jwks_url), time.monotonic, "RS256"),
        algorithm="RS256",
        expected=Expected(
            audiences=frozenset({*_audiences(settings), GCLOUD}),
            issuers=frozenset(settings.oidc_issuers),
        ),
        now_s=_wall_s,
        is_stripped=settings.auth_platform == "cloud_run_iam",
    )


def _iap_issuer(settings: Settings) -> Issuer:
    return Issuer(
        keys=KeyRing(KeySetFetch(settings.iap_jwks_url), time.monotonic, "ES256"),
        algorithm="ES256",
        expected=Expected(
            audiences=frozenset({settings.iap_audience or ""}),
            issuers=frozenset({IAP_ISSUER}),
            wants_verified=False,
        ),
        now_s=_wall_s,
    )


def _wall_s() -> float:
    return WallClock().now().timestamp()
