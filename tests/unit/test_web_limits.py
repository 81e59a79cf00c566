"""Bodies up to the limit reach the application whole; longer ones are refused unread."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Message, Receive, Scope, Send

from hippique.racing.codec import from_json
from hippique.web.limits import DRAINED_BYTES, BodyLimit

MOST = 100
SCOPE: Scope = {"type": "http", "method": "POST", "path": "/run", "headers": []}
PARTS = st.lists(st.binary(max_size=60), max_size=6)


class Echo:
    """An application that answers with the body it was given, and what came after it."""

    def __init__(self) -> None:
        self.body: bytes | None = None
        self.after: Message | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del scope, send
        parts, more = [], True
        while more:
            message = await receive()
            parts.append(message.get("body", b""))
            more = message.get("more_body", False)
        self.body = b"".join(parts)
        self.after = await receive()


def call(parts: Iterable[bytes], scope: Scope = SCOPE) -> tuple[Echo, list[Message], int]:
    """The application after one call, what was sent back, and how many messages were read."""
    app, sent, read = Echo(), [], 0
    messages = messages_of(parts)

    async def receive() -> Message:
        nonlocal read
        read += 1
        return next(messages, {"type": "http.disconnect"})

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(BodyLimit(app, MOST)(scope, receive, send))
    return app, sent, read


def messages_of(parts: Iterable[bytes]) -> Iterable[Message]:
    for part in parts:
        yield {"type": "http.request", "body": part, "more_body": True}
    yield {"type": "http.request", "body": b"", "more_body": False}


@given(PARTS)
def test_a_body_reaches_the_application_whole_or_not_at_all(parts: list[bytes]):
    app, sent, _ = call(parts)
    whole = b"".join(parts)

    assert app.body == (whole if len(whole) <= MOST else None)
    assert bool(sent) == (len(whole) > MOST)


def test_the_hanging_up_comes_after_the_body():
    app, _, _ = call([b"x"])

    assert app.after == {"type": "http.disconnect"}


def test_the_refusal_is_the_published_shape():
    _, sent, _ = call([b"x" * 101])

    assert sent[0]["status"] == 422
    told = from_json(dict, sent[1]["body"])
    assert (told["ok"], told["error"]["field"]) == (False, "body")


def test_an_endless_body_is_not_read_for_ever():
    part = b"x" * 2**20

    _, sent, read = call(part for _ in range(10_000))

    assert sent[0]["status"] == 422
    assert read <= DRAINED_BYTES // len(part) + 1


def test_what_is_no_call_passes():
    app, sent, _ = call([b"x" * 101], {"type": "websocket"})

    assert (len(app.body or b""), sent) == (101, [])
