"""A bare ASGI application for gunicorn's tests: who called, and a stream without end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

Message = dict[str, Any]


async def app(
    scope: Message,
    receive: Callable[[], Awaitable[Message]],  # noqa: ARG001  ASGI passes three arguments
    send: Callable[[Message], Awaitable[None]],
) -> None:
    """Answer with the caller as the server saw it; `/stream` never ends by itself."""
    if scope["type"] != "http":
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    told = json.dumps({"client": scope["client"][0], "scheme": scope["scheme"]}).encode()
    is_stream = scope["path"] == "/stream"
    await send({"type": "http.response.body", "body": told, "more_body": is_stream})
    if is_stream:
        await asyncio.Event().wait()
