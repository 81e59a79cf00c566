"""The gate by itself: every call is judged, and what is not let in reaches nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import httpx
import pytest
from fastapi import FastAPI, Request
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send

from hippique.errors import IdentityError, NotAllowed, NotAuthenticated, TooManyFailures
from hippique.web.auth.calls import Place
from hippique.web.auth.claims import Expected
from hippique.web.auth.failures import MOST_FAILURES, FailureCount
from hippique.web.auth.gate import DRAINED_BYTES, Gate, Guard
from hippique.web.auth.headers import SecurityHeaders
from hippique.web.auth.judges import GCLOUD, BearerJudge, Judge
from hippique.web.auth.keys import read_keys
from hippique.web.auth.roles import READS, Identity, Role, needed_role, role_table
from hippique.web.auth.tokens import Issuer
from hippique.web.errors import install_errors
from page_days import Kept
from tokens import (
    AUDIENCE,
    CALLER,
    ISSUER,
    OPERATOR,
    READER,
    STRANGER,
    claims,
    key_set,
    rsa_jwk,
    token,
)  # fmt: skip

NOW = 1_800_000_000
ROLES = role_table(readers=[READER], callers=[CALLER], operators=[OPERATOR])
METHODS = st.sampled_from(["GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE"])
PATHS = st.sampled_from(["/", "/healthz", "/run", "/schedule", "/api/queue/purge", "/duties/tick"])
EMAILS = st.sampled_from([READER, CALLER, OPERATOR, STRANGER])
HEADER = st.tuples(
    st.sampled_from([b"authorization", b"cookie", b"host", b"origin", b"x-forwarded-for",
                     b"x-serverless-authorization", b"x-goog-iap-jwt-assertion"]),
    st.binary(max_size=60) | st.just(b"Bearer " + token(claims(NOW)).encode()),
)  # fmt: skip


class Known:
    """Keys that are always there."""

    keys = read_keys(key_set(rsa_jwk("one")), "RS256")

    def find(self, name: str):
        return self.keys.get(name)


def bearer_judge(*, is_stripped: bool = False) -> BearerJudge:
    expected = Expected(audiences=frozenset({AUDIENCE, GCLOUD}), issuers=frozenset({ISSUER}))
    issuer = Issuer(
        keys=Known(), algorithm="RS256", expected=expected, now_s=lambda: NOW,
        is_stripped=is_stripped,
    )  # fmt: skip
    return BearerJudge(issuer=issuer, roles=ROLES)


def guard(*judges: Judge, **more: object) -> Guard:
    shared = {"place": Place(), "failures": FailureCount(lambda: 0.0), "journal": Kept()}
    return Guard(judges=judges or (bearer_judge(),), **{**shared, **more})


def call(
    method: str = "GET", path: str = "/", headers: Iterable[tuple[bytes, bytes]] = ()
) -> Scope:
    return {
        "type": "http", "method": method, "path": path, "scheme": "http", "query_string": b"",
        "client": ("192.0.2.1", 1), "headers": [(b"host", b"192.0.2.7"), *headers],
    }  # fmt: skip


def shown(said: dict[str, object]) -> list[tuple[bytes, bytes]]:
    return [(b"authorization", f"Bearer {token(said)}".encode())]


# --- laws ----------------------------------------------------------------------------------------


@given(METHODS, PATHS, EMAILS)
def test_a_caller_gets_in_exactly_where_his_role_reaches(method, path, email):
    needed = needed_role(method, path)
    role = ROLES.get(email)
    scope = call(method, path, shown(claims(NOW, email=email)))

    if needed is None:
        assert guard().admit(scope) is None
    elif role is not None and role >= needed:
        assert guard().admit(scope) == Identity(who=email, role=role)
    else:
        with pytest.raises(NotAllowed):
            guard().admit(scope)


@given(METHODS, PATHS)
def test_who_shows_nothing_gets_in_only_where_everybody_does(method, path):
    if needed_role(method, path) is None:
        assert guard().admit(call(method, path)) is None
    else:
        with pytest.raises(NotAuthenticated):
            guard().admit(call(method, path))


@given(METHODS, PATHS | st.text(max_size=9), st.lists(HEADER, max_size=4), st.booleans())
def test_whatever_a_call_holds_it_is_let_in_or_refused_and_nothing_else_rises(
    method, path, headers, is_stripped
):
    guarded = guard(bearer_judge(is_stripped=is_stripped))
    scope = call(method, path, headers)

    try:
        found = guarded.admit(scope)
    except IdentityError as error:
        guarded.tell(scope, error)
        return
    assert found is not None or needed_role(method, path) is None


@given(st.sampled_from([READER, CALLER]), st.sampled_from(["/", "/run"]))
def test_gclouds_audience_lets_operators_in_and_nobody_else(email, path):
    said = claims(NOW, aud=GCLOUD)

    with pytest.raises(NotAuthenticated):
        guard().admit(call("GET", path, shown({**said, "email": email})))
    found = guard().admit(call("POST", path, shown({**said, "email": OPERATOR})))
    assert found == Identity(who=OPERATOR, role=Role.OPERATOR)


@pytest.mark.parametrize(("is_stripped", "who"), [(True, READER), (False, OPERATOR)])
def test_where_the_platform_checks_one_header_the_other_is_not_read(is_stripped, who):
    both = [
        (b"authorization", f"Bearer {token(claims(NOW, email=OPERATOR))}".encode()),
        (b"x-serverless-authorization", f"Bearer {token(claims(NOW, email=READER))}".encode()),
    ]

    found = guard(bearer_judge(is_stripped=is_stripped)).admit(call("GET", "/", both))

    assert found is not None
    assert found.who == who


def test_two_tokens_in_one_call_are_none():
    with pytest.raises(NotAuthenticated):
        guard().admit(call("GET", "/", shown(claims(NOW)) * 2))


@pytest.mark.parametrize(
    ("origin", "is_let_in"),
    [(b"http://192.0.2.7", True), (b"https://elsewhere.example", False), (b"null", False)],
)
def test_a_call_that_a_page_elsewhere_sends_is_refused_whoever_it_is(origin, is_let_in):
    headers = [*shown(claims(NOW)), (b"origin", origin)]

    if is_let_in:
        assert guard().admit(call("POST", "/run", headers)) is not None
    else:
        with pytest.raises(NotAllowed):
            guard().admit(call("POST", "/run", headers))


def posted(headers: list[tuple[bytes, bytes]], body: bytes = b"") -> tuple[int | None, bytes]:
    """The status of a refusal (None where it was let in) and the body that the door then read."""

    class Session:
        def __call__(self, headers: Headers) -> Identity | None:
            del headers
            return Identity(who="screen-1", role=Role.OPERATOR, csrf="t0ken")

    read, sent = [], []
    left = iter([body[:5], body[5:]])

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        del scope, send
        while (message := await receive()).get("more_body"):
            read.append(message["body"])
        read.append(message.get("body", b""))

    async def receive() -> Message:
        part = next(left, None)
        return {"type": "http.request", "body": part or b"", "more_body": part is not None}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(Gate(app, guard(Session()))(call("POST", "/run", headers), receive, send))
    return (sent[0]["status"] if sent else None), b"".join(read)


FORM = (b"content-type", b"application/x-www-form-urlencoded; charset=utf-8")
JSON_BODY = (b"content-type", b"application/json")


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ([(b"x-csrf-token", b"t0ken"), JSON_BODY], b'{"date": "today"}'),
        ([FORM], b"a=b&csrf=t0ken&c=d"),
        ([FORM, (b"x-csrf-token", b"t0ken")], b"a=b"),
    ],
)
def test_a_sessions_call_with_its_token_reaches_the_door_whole(headers, body):
    assert posted(headers, body) == (None, body)


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ([], b""),
        ([JSON_BODY], b'{"csrf": "t0ken"}'),
        ([FORM], b"csrf=other"),
        ([FORM], b"csrf=t0ke"),
        ([FORM], b"a=b"),
        ([FORM], b"&a=b" * 200 + b"&csrf=t0ken"),
        ([FORM], b"csrf=t0ken&a=" + b"x" * 200_000),
        ([FORM, (b"x-csrf-token", b"other")], b"csrf=t0ken"),
        ([(b"x-csrf-token", "t0kén".encode())], b""),
        ([(b"content-type", b"text/plain")], b"csrf=t0ken"),
    ],
    ids=range(10),
)
def test_a_sessions_call_without_its_token_reaches_no_door(headers, body):
    assert posted(headers, body) == (403, b"")


# --- failures ------------------------------------------------------------------------------------


def test_a_spent_address_is_told_to_wait_and_a_good_token_of_it_passes():
    guarded = guard()
    for _ in range(MOST_FAILURES):
        with pytest.raises(NotAuthenticated):
            guarded.admit(call())
    with pytest.raises(TooManyFailures):
        guarded.admit(call())

    assert guarded.admit(call("GET", "/", shown(claims(NOW)))) is not None


def test_only_failed_authentication_counts():
    guarded = guard()
    for _ in range(MOST_FAILURES * 2):
        with pytest.raises(NotAllowed):
            guarded.admit(call("POST", "/api/queue/purge", shown(claims(NOW))))
        guarded.admit(call("GET", "/healthz"))

    with pytest.raises(NotAuthenticated):
        guarded.admit(call())


def test_a_flood_is_counted_and_not_logged_line_by_line():
    journal = Kept()
    guarded = guard(journal=journal)
    for _ in range(MOST_FAILURES + 100):
        try:
            guarded.admit(call())
        except IdentityError as error:
            guarded.tell(call(), error)

    assert journal.messages.count("WARNING Identity refused") == MOST_FAILURES
    assert journal.messages.count("DEBUG Identity refused") == 100


# --- the middleware ------------------------------------------------------------------------------


def asked(scope: Scope, parts: Iterable[bytes] = (b"",)) -> tuple[list[Message], int, bool]:
    """What the gate sent, how many messages it read, and whether the application was reached."""
    sent: list[Message] = []
    read, is_reached = 0, False
    left = iter(parts)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive, send
        nonlocal is_reached
        is_reached = True

    async def receive() -> Message:
        nonlocal read
        read += 1
        part = next(left, None)
        return {"type": "http.request", "body": part or b"", "more_body": part is not None}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(Gate(app, guard())(scope, receive, send))
    return sent, read, is_reached


def test_who_is_let_in_reaches_the_door_with_his_body_unread():
    scope = call("POST", "/run", shown(claims(NOW)))

    sent, read, is_reached = asked(scope)

    assert (sent, read, is_reached) == ([], 0, True)
    assert scope["state"]["identity"] == Identity(who=CALLER, role=Role.CALLER)


def test_who_is_refused_reaches_no_door_and_is_answered_after_his_body():
    sent, read, is_reached = asked(call("POST", "/run"), [b"x"] * 3)

    assert (sent[0]["status"], read, is_reached) == (401, 4, False)


def test_an_endless_body_of_nobody_is_not_read_for_ever():
    part = b"x" * 2**20

    sent, read, _ = asked(call("POST", "/run"), (part for _ in range(10_000)))

    assert sent[0]["status"] == 401
    assert read <= DRAINED_BYTES // len(part) + 1


def test_a_web_socket_is_closed():
    sent, _, is_reached = asked({"type": "websocket", "path": "/"})

    assert (sent, is_reached) == ([{"type": "websocket.close", "code": 1008}], False)


def test_an_error_that_nobody_foresaw_carries_the_headers_and_not_its_words():
    app = FastAPI()
    install_errors(app, Kept())
    app.add_middleware(SecurityHeaders, place=Place())

    @app.get("/")
    def fail(request: Request) -> None:
        raise ZeroDivisionError(f"pl4nted {request.url}")

    async def get() -> httpx.Response:
        way = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=way, base_url="http://x") as client:
            return await client.get("/")

    reply = asyncio.run(get())

    assert reply.status_code == 500
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    assert "pl4nted" not in reply.text


def test_a_judge_that_knows_the_caller_decides_before_the_next_is_asked():
    class Never:
        def __call__(self, headers: Headers) -> Identity | None:
            raise AssertionError(headers)

    guarded = guard(bearer_judge(), Never())

    assert guarded.admit(call("GET", "/", shown(claims(NOW)))) is not None


@pytest.mark.parametrize("method", READS)
def test_a_page_elsewhere_may_point_here_and_its_looks_are_judged_as_any(method):
    origin = [(b"origin", b"https://elsewhere.example")]

    assert guard().admit(call(method, "/healthz", origin)) is None
    with pytest.raises(NotAuthenticated):
        guard().admit(call(method, "/", origin))
