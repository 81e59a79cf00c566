"""Every error as one JSON shape, with the status that tells the queue whether to try again."""

from __future__ import annotations

import math
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from hippique.day.desk import Journal
from hippique.errors import (
    HippiqueError,
    IdentityError,
    InputError,
    KeysUnreachable,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    SourceRefused,
    StoreBusy,
    StoreError,
    TooManyFailures,
)
from hippique.web.auth.headers import security_headers

RETRY_AFTER_S = {429: 60, 502: 10, 503: 10}
IDENTITY = {NotAuthenticated: 401, NotAllowed: 403, TooManyFailures: 429, KeysUnreachable: 503}
UNREADABLE = 400  # what the framework answers to a body that breaks its JSON parser


def install_errors(app: FastAPI, journal: Journal) -> None:
    """Register the handlers of foreseeable and unforeseen errors."""

    @app.exception_handler(HippiqueError)
    def foreseeable(request: Request, error: HippiqueError) -> JSONResponse:
        return foreseen_reply(request, error)

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        names = [str(part) for part in first["loc"] if part != "body"]
        field = names[-1] if names and first["type"] != "json_invalid" else "body"
        message = f"{field}: {first['msg']}"
        return error_reply(request, 422, "InvalidBody", message, field=field)

    @app.exception_handler(HTTPException)
    def refused(request: Request, error: HTTPException) -> JSONResponse:
        if error.status_code == UNREADABLE:  # nested deeper than the parser goes, no UTF-8 …
            return error_reply(request, 422, "InvalidBody", f"body: {error.detail}", field="body")
        return error_reply(request, error.status_code, "HttpError", str(error.detail))

    @app.exception_handler(Exception)
    def unforeseen(request: Request, error: Exception) -> JSONResponse:
        told = f"{type(error).__name__}: {error}"
        journal.event("ERROR", "Unforeseen error", path=request.url.path, error=told)
        # No middleware of ours sees this answer: the framework sends it around them all.
        headers = security_headers(is_https=request.url.scheme == "https")
        words = "unforeseen; the log has the details"
        return error_reply(request, 500, "InternalError", words, headers)


def foreseen_reply(request: Request, error: HippiqueError) -> JSONResponse:
    """The answer to an error of the house, with what tells its caller whether to try again."""
    status = status_of(error)
    wait_s = _wait_s(error, status)
    headers = {"Retry-After": str(wait_s)} if wait_s else {}
    if isinstance(error, NotAuthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    return error_reply(request, status, type(error).__name__, str(error), headers, **_extras(error))


def status_of(error: HippiqueError) -> int:
    """Whose turn it is.

    401, 403 and 429 for who calls, 404 for what is not there, 422 for bad input, 502 and 503 for
    what may work later.
    """
    if isinstance(error, IdentityError):
        return IDENTITY[type(error)]
    if isinstance(error, NotFound):
        return 404
    if isinstance(error, InputError):
        return 422
    if isinstance(error, SourceRefused | StoreBusy | StoreError):
        return 503
    return 502


def _wait_s(error: HippiqueError, status: int) -> int | None:
    """The least wait before another try: a site's own where it asked for one, whole seconds."""
    asked = error.retry_after_s if isinstance(error, SourceRefused) else None
    return math.ceil(asked) if asked else RETRY_AFTER_S.get(status)


def _extras(error: HippiqueError) -> dict[str, Any]:
    if isinstance(error, InputError):
        return {"field": error.field, "hint": error.hint}
    return {}


def error_reply(
    request: Request,
    status: int,
    code: str,
    message: str,
    headers: dict[str, str] | None = None,
    **extras: Any,
) -> JSONResponse:
    """The published shape of an error. extras: `field` and `hint`, left out where None."""
    error = {"code": code, "message": message}
    error |= {name: value for name, value in extras.items() if value is not None}
    body = {
        "ok": False,
        "error": error,
        "correlation_id": getattr(request.state, "correlation_id", None),
    }
    return JSONResponse(body, status_code=status, headers=headers)
