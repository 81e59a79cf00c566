"""The longest body that a call may carry; a longer one is refused before it is read as JSON."""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hippique.web.errors import error_reply

MOST_BYTES = 100_000  # no payload of a task is longer, and every call of ours is a task's
DRAINED_BYTES = 64 * 2**20  # read and dropped, so that the caller hears the answer


class BodyLimit:
    """ASGI middleware around an application; bodies up to `most` bytes reach it."""

    def __init__(self, app: ASGIApp, most: int = MOST_BYTES) -> None:
        self._app = app
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the call on, or answer 422."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        messages, size = await read_body(receive, self._most)
        if size <= self._most:
            await self._app(scope, replayed(messages, receive), send)
            return
        told = f"body: longer than {self._most} bytes"
        reply = error_reply(Request(scope), 422, "BodyTooLong", told, field="body")
        await reply(scope, receive, send)


async def read_body(receive: Receive, most: int) -> tuple[list[Message], int]:
    """The body's messages as far as they are kept, and its size as far as it was read."""
    messages: list[Message] = []
    size = 0
    while size <= DRAINED_BYTES:
        message = await receive()
        size += len(message.get("body", b""))
        if size <= most:
            messages.append(message)
        if not message.get("more_body", False):
            break
    return messages, size


def replayed(messages: list[Message], receive: Receive) -> Receive:
    """What was read, then whatever comes: the caller's hanging up."""
    left = iter(messages)

    async def receive_again() -> Message:
        message = next(left, None)
        return await receive() if message is None else message

    return receive_again
