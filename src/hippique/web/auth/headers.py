"""What every answer tells the browser to forbid, errors included."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hippique.web.auth.calls import Place

NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
PAGE = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
FORM = PAGE.replace("form-action 'none'", "form-action 'self'")
A_YEAR_S = 31_536_000
ALWAYS = {
    "Content-Security-Policy": NOTHING,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # with none at all browsers post our own forms as strangers
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cache-Control": "no-store",  # every answer tells the state of one minute
}


def security_headers(*, is_https: bool) -> dict[str, str]:
    """The headers of an answer that sets none of its own."""
    strict = {"Strict-Transport-Security": f"max-age={A_YEAR_S}"} if is_https else {}
    return {**ALWAYS, **strict}


class SecurityHeaders:
    """ASGI middleware: adds what an answer did not set itself."""

    def __init__(self, app: ASGIApp, place: Place) -> None:
        self._app = app
        self._place = place

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the call on; complete its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        added = security_headers(is_https=self._place.is_https(scope))

        async def send_complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in added.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_complete)
