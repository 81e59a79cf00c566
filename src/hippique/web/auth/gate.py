"""The gate before every door: who calls, may he, and does no other page send him; then the body."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs

import anyio
from anyio import to_thread
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hippique.day.desk import Journal
from hippique.errors import IdentityError, NotAllowed, NotAuthenticated, TooManyFailures
from hippique.web.auth.calls import Place, is_own_page
from hippique.web.auth.claims import refusal
from hippique.web.auth.failures import FailureCount
from hippique.web.auth.judges import NO_ROLE, Judge
from hippique.web.auth.roles import READS, Identity, needed_role
from hippique.web.errors import foreseen_reply, status_of
from hippique.web.limits import MOST_BYTES, read_body, replayed

CSRF_HEADER, CSRF_FIELD = "x-csrf-token", "csrf"
FORM_TYPE = "application/x-www-form-urlencoded"
MOST_FIELDS = 100
FORGED = "the call lacks its page's token; load the page again"
THREADS = 8  # judging may wait for the issuer's keys; the doors' own threads stay free
DRAINED_BYTES = 4 * 2**20  # of a refused call, read and dropped, so that its sender hears why
DRAINED_WITHIN_S = 5.0
ELSEWHERE = "only this machine may call an open service; OPEN_TO_NETWORK=true changes that"
FOREIGN = "a page from elsewhere may not call this service"
SPENT = "too many failed authentications from this address; try again in a minute"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """What the gate judges by. judges: the first that knows the caller decides.

    unknown_screen: what a browser is shown that is nobody's; None where no screen is paired, and
    everybody is answered in JSON. is_reading: nothing but reading is served.
    """

    judges: Sequence[Judge]
    place: Place
    failures: FailureCount
    journal: Journal
    unknown_screen: Callable[[IdentityError], Response] | None = None
    is_reading: bool = False

    def admit(self, scope: Scope) -> Identity | None:
        """Who calls, None where anybody may. Raises IdentityError."""
        if not self.place.takes_peer(scope):
            raise NotAllowed(ELSEWHERE, why="a caller on another machine")
        if not self.place.takes_host(scope):
            raise NotAllowed("unknown host name", why="unknown host name")
        method, path = scope["method"], scope["path"]
        if method not in READS and not is_own_page(scope):
            raise NotAllowed(FOREIGN, why="a page from elsewhere")
        needed = needed_role(method, path, is_pairing=self.unknown_screen is not None)
        if needed is None:
            return None
        identity = self._identity(scope)
        if identity.role < needed:
            why = f"{identity.who} is {identity.role.name.lower()}, not {needed.name.lower()}"
            raise NotAllowed(NO_ROLE, why=why)
        return identity

    def _identity(self, scope: Scope) -> Identity:
        headers = Headers(scope=scope)
        try:
            for judge in self.judges:
                if identity := judge(headers):
                    return identity
            raise refusal("nothing shown")
        except NotAuthenticated:
            address = self.place.address_of(scope)
            self.check_failures(address)
            self.failures.add(address)
            raise

    def check_failures(self, address: str) -> None:
        """Raise TooManyFailures for an address that had its failures of the last minute."""
        if self.failures.is_spent(address):
            raise TooManyFailures(SPENT)

    def tell(self, scope: Scope, error: IdentityError) -> None:
        """Log a refusal with its reason; those of a spent address are counted and not logged."""
        is_flood = isinstance(error, TooManyFailures)
        self.journal.event(
            "DEBUG" if is_flood else "WARNING",
            "Identity refused",
            status=status_of(error),
            method=scope["method"],
            path=scope["path"][:200],
            address=self.place.address_of(scope),
            reason=error.why,
        )


class Gate:
    """ASGI middleware; who was let in stands in `request.state.identity`."""

    def __init__(self, app: ASGIApp, guard: Guard) -> None:
        self._app = app
        self._guard = guard
        self._limiter: anyio.CapacityLimiter | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the call through, or answer it here."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            identity = await self._admitted(scope)
            if identity and identity.csrf and scope["method"] not in READS:
                receive = await _with_token(scope, receive, identity.csrf)
        except IdentityError as error:
            self._guard.tell(scope, error)
            await _drain(receive)
            await self._refusal(scope, error)(scope, receive, send)
            return
        scope.setdefault("state", {})["identity"] = identity
        await self._app(scope, receive, send)

    async def _admitted(self, scope: Scope) -> Identity | None:
        self._limiter = self._limiter or anyio.CapacityLimiter(THREADS)
        return await to_thread.run_sync(self._guard.admit, scope, limiter=self._limiter)

    def _refusal(self, scope: Scope, error: IdentityError) -> Response:
        page = self._guard.unknown_screen
        is_person = "text/html" in Headers(scope=scope).get("accept", "")
        if page and is_person and isinstance(error, NotAuthenticated | TooManyFailures):
            return page(error)
        return foreseen_reply(Request(scope), error)


async def _with_token(scope: Scope, receive: Receive, csrf: str) -> Receive:
    """The rest of a call that carries the session's token, in a header or in a posted form.

    A browser sends the cookie with every call; the token only a page of ours can know.
    """
    headers = Headers(scope=scope)
    said = headers.get(CSRF_HEADER, "")
    if not said and headers.get("content-type", "").partition(";")[0].strip() == FORM_TYPE:
        messages, size = await read_body(receive, MOST_BYTES)
        receive = replayed(messages, receive)
        said = _form_token(messages) if size <= MOST_BYTES else ""
    if not hmac.compare_digest(said.encode(), csrf.encode()):
        raise NotAllowed(FORGED, why="no token against forged forms")
    return receive


def _form_token(messages: list[Message]) -> str:
    body = b"".join(message.get("body", b"") for message in messages)
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=MOST_FIELDS)
    except ValueError:
        return ""
    return fields.get(CSRF_FIELD, [""])[0]


async def _drain(receive: Receive) -> None:
    """Read a refused call's body away: a sender that is cut off in it never sees the answer."""
    size = 0
    with anyio.move_on_after(DRAINED_WITHIN_S):
        while size <= DRAINED_BYTES:
            message = await receive()
            size += len(message.get("body", b""))
            if not message.get("more_body", False):
                return
