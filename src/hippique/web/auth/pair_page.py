"""The page where a screen is paired, in French and English, and the way out again."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import parse_qs

from fastapi import Body, FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, PackageLoader, select_autoescape

from hippique.errors import IdentityError, NotAuthenticated, TooManyFailures
from hippique.web.auth.gate import Guard
from hippique.web.auth.headers import FORM
from hippique.web.auth.pairing import COOKIE, SECURE_COOKIE, Paired, Pairing
from hippique.web.auth.roles import LEAVE, PAIR, Identity, Role
from hippique.web.errors import status_of

SEE_OTHER = 303
MOST_TYPED = 100
FormBody = Annotated[bytes, Body(media_type="application/x-www-form-urlencoded")]

_ENVIRONMENT = Environment(
    loader=PackageLoader("hippique.web"), autoescape=select_autoescape(default=True)
)


def pair_page(status: int = 200, *, told: str = "", identity: Identity | None = None) -> Response:
    """The page. told: "", "unknown", "wrong" or "spent"; identity: of a screen that is paired."""
    html = _ENVIRONMENT.get_template("pair.html").render(
        told=told, identity=identity, is_operator=bool(identity and identity.role >= Role.OPERATOR)
    )
    return HTMLResponse(html, status_code=status, headers={"Content-Security-Policy": FORM})


def unknown_screen(error: IdentityError) -> Response:
    """What a browser shows that nobody has paired."""
    return pair_page(status_of(error), told="unknown")


def install_pairing(app: FastAPI, guard: Guard, pairing: Pairing) -> None:
    """Register /pair, /pair/leave and /api/me."""

    @app.get(PAIR, include_in_schema=False)
    def ask(request: Request) -> Response:
        return pair_page(identity=_known(pairing, request))

    @app.post(PAIR, include_in_schema=False)
    def pair(request: Request, body: FormBody = b"") -> Response:
        address = guard.place.address_of(request.scope)
        try:
            guard.check_failures(address)
            paired = pairing.redeem(_field(body, "code"))
        except NotAuthenticated as error:
            guard.failures.add(address)
            guard.tell(request.scope, error)
            return pair_page(status_of(error), told="wrong")
        except TooManyFailures as error:
            guard.tell(request.scope, error)
            return pair_page(status_of(error), told="spent")
        role = paired.role.name.lower()
        guard.journal.event("INFO", "Screen paired", role=role, address=address)
        return _with_cookie(paired, is_https=guard.place.is_https(request.scope))

    @app.post(LEAVE, include_in_schema=False)
    def leave(request: Request) -> Response:
        identity: Identity = request.state.identity
        pairing.leave(request.headers)
        guard.journal.event("INFO", "Screen left", who=identity.who)
        reply = RedirectResponse(PAIR, SEE_OTHER)
        for name in (COOKIE, SECURE_COOKIE):
            reply.delete_cookie(name, secure=name == SECURE_COOKIE, httponly=True)
        return reply

    @app.get("/api/me", summary="Who is calling, with which role")
    def me(request: Request) -> dict[str, Any]:
        identity: Identity = request.state.identity
        role = identity.role.name.lower()
        return {"ok": True, "who": identity.who, "role": role, "csrf": identity.csrf}


def _known(pairing: Pairing, request: Request) -> Identity | None:
    try:
        return pairing(request.headers)
    except NotAuthenticated:
        return None


def _field(body: bytes, name: str) -> str:
    """A field of a posted form; empty where it is not there."""
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=10)
    except ValueError:
        return ""
    return fields.get(name, [""])[0][:MOST_TYPED]


def _with_cookie(paired: Paired, *, is_https: bool) -> Response:
    reply = RedirectResponse("/", SEE_OTHER)
    reply.set_cookie(
        SECURE_COOKIE if is_https else COOKIE,
        paired.secret,
        max_age=int(paired.lives.total_seconds()),
        httponly=True,
        secure=is_https,
        samesite="strict",
    )
    return reply
