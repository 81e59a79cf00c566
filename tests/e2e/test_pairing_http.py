"""Screens on a network: paired by a code at a real `serve`, then known by a cookie."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from hippique.bootstrap.machine import ask_service
from hippique.bootstrap.pairing import make_pairing
from hippique.racing.codec import from_json
from running import Service, environment, invoke, serve

CODE = r"[0-9A-Z]{4}-[0-9A-Z]{4}"
HTML = {"Accept": "text/html,application/xhtml+xml"}
LAN = "0.0.0.0"  # noqa: S104  what a screen on the network needs


@dataclass(frozen=True, slots=True)
class Home:
    """A service on the network, and what its terminal shows."""

    service: Service
    url: str
    data: Path
    invitation: str

    def screen(self) -> httpx.Client:
        """A browser that nobody has paired."""
        return httpx.Client(base_url=self.url, trust_env=False, timeout=30)

    def command(self, *arguments: object) -> Any:
        ended = invoke("pair", *arguments, "--json", "--data", self.data, cwd=self.data.parent)
        assert ended.code == 0, ended
        return ended.document

    @contextmanager
    def paired(self, *, operator: bool = False) -> Iterator[httpx.Client]:
        with self.screen() as screen:
            code = self.command(*(["--operator"] if operator else []))["code"]
            assert screen.post("/pair", data={"code": code}).status_code == 303
            yield screen


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Iterator[Home]:
    top = tmp_path_factory.mktemp("home")
    env = environment(REQUIRE_AUTH="true", AUTH_PLATFORM="pairing")
    with serve(top, top / "data", env=env, host=LAN) as service:
        assert service.process.stdout is not None
        line = service.process.stdout.readline()
        yield Home(service, service.url.replace(LAN, "127.0.0.1"), top / "data", line)


def test_the_terminal_invites_a_viewer_once_and_the_log_keeps_the_code_to_itself(home: Home):
    (code,) = re.findall(CODE, home.invitation)
    assert "/pair" in home.invitation
    assert "viewer" in home.invitation

    with home.screen() as screen, home.screen() as other:
        paired = screen.post("/pair", data={"code": code})
        again = other.post("/pair", data={"code": code})
        assert (paired.status_code, paired.headers["location"]) == (303, "/")
        assert again.status_code == 401
        assert screen.get("/api/me").json()["role"] == "reader"
        secret = screen.cookies["hippique"]

    told = home.service.log.read_text("utf-8") + "".join(
        path.read_text("utf-8") for path in home.data.glob("pairing*")
    )
    for hidden in (code, code.replace("-", ""), secret):
        assert hidden not in told
    assert '"Screen paired"' in home.service.log.read_text("utf-8")


def test_a_browser_that_is_not_paired_sees_where_it_can_be(home: Home):
    with home.screen() as screen:
        page = screen.get("/", headers=HTML)
        form = screen.get("/pair", headers=HTML)

    assert page.status_code == 401
    assert form.status_code == 200
    for reply in (page, form):
        assert 'action="/pair"' in reply.text
        assert "Associer cet écran" in reply.text
        assert "Pair this screen" in reply.text
        assert "form-action 'self'" in reply.headers["content-security-policy"]
        assert "<script" not in reply.text
    with home.screen() as screen:
        assert screen.get("/style.css").status_code == 200


def test_a_program_that_is_nobody_is_answered_in_json(home: Home):
    with home.screen() as screen:
        assert screen.get("/").json()["error"]["code"] == "NotAuthenticated"
        assert screen.post("/schedule", headers=HTML).status_code == 401


def test_the_cookie_is_for_this_site_and_for_no_script(home: Home):
    with home.screen() as screen:
        reply = screen.post("/pair", data={"code": home.command()["code"]})

    (said,) = reply.headers.get_list("set-cookie")
    name, *attributes = (part.strip().lower() for part in said.split(";"))
    assert re.fullmatch(r"hippique=[0-9a-f]{64}", name)
    assert {"httponly", "samesite=strict", "path=/"} <= set(attributes)
    assert "secure" not in attributes  # this is http; over https it is, and has another name
    assert "domain" not in said.lower()


def test_a_viewer_looks_and_does_nothing(home: Home):
    with home.paired() as screen:
        csrf = {"X-CSRF-Token": screen.get("/api/me").json()["csrf"]}

        assert screen.get("/").status_code == 200
        assert screen.get("/metrics").status_code == 200
        assert screen.post("/schedule", json={}, headers=csrf).status_code == 403
        assert screen.post("/api/queue/pause", headers=csrf).status_code == 403


@pytest.mark.parametrize("origin", [None, "own"])
def test_an_operators_screen_acts_with_its_pages_token(home: Home, origin: str | None):
    with home.paired(operator=True) as screen:
        me = screen.get("/api/me").json()
        headers = {"X-CSRF-Token": me["csrf"]} | ({"Origin": home.url} if origin else {})

        reply = screen.post("/api/queue/pause", headers=headers)

        assert (me["role"], reply.status_code) == ("operator", 200)
        assert screen.post("/api/queue/resume", headers=headers).status_code == 200
        log = home.service.log.read_text("utf-8")
        assert f'"who": "{me["who"]}"' in log


@pytest.mark.parametrize(
    "forged",
    [
        {},
        {"X-CSRF-Token": ""},
        {"X-CSRF-Token": "0" * 64},
        {"X-CSRF-Token": "own", "Origin": "https://elsewhere.example"},
        {"X-CSRF-Token": "own", "Origin": "null"},
        {"X-CSRF-Token": "own", "Sec-Fetch-Site": "cross-site"},
        {"X-CSRF-Token": "own", "Host": "rebound.example"},
    ],
    ids=str,
)
def test_a_call_that_another_page_sends_with_the_cookie_does_nothing(home: Home, forged):
    with home.paired(operator=True) as screen:
        own = screen.get("/api/me").json()["csrf"]
        headers = {name: own if value == "own" else value for name, value in forged.items()}

        reply = screen.post("/api/queue/purge", headers=headers)

        assert (reply.status_code, reply.json()["error"]["code"]) == (403, "NotAllowed")


def test_the_token_of_another_session_is_worth_nothing(home: Home):
    with home.paired(operator=True) as one, home.paired(operator=True) as two:
        foreign = {"X-CSRF-Token": two.get("/api/me").json()["csrf"]}

        assert one.post("/api/queue/purge", headers=foreign).status_code == 403


def test_a_screen_is_unpaired_by_its_form_and_the_cookie_is_worth_nothing_after(home: Home):
    with home.paired() as screen:
        page = screen.get("/pair").text
        (csrf,) = re.findall(r'name="csrf" value="([0-9a-f]{64})"', page)
        secret = screen.cookies["hippique"]

        assert screen.post("/pair/leave", data={"csrf": "0" * 64}).status_code == 403
        assert screen.post("/pair/leave").status_code == 403
        left = screen.post("/pair/leave", data={"csrf": csrf})

        assert (left.status_code, left.headers["location"]) == (303, "/pair")
        assert screen.cookies.get("hippique") is None
        assert screen.get("/", headers={"Cookie": f"hippique={secret}"}).status_code == 401


def test_a_screen_is_revoked_by_command_and_the_others_stay(home: Home):
    with home.paired() as one, home.paired() as two:
        names = [screen.get("/api/me").json()["who"] for screen in (one, two)]
        assert {*names} <= {screen["name"] for screen in home.command("--list")["screens"]}

        assert home.command("--revoke", names[0])["revoked"] == [names[0]]

        assert (one.get("/").status_code, two.get("/").status_code) == (401, 200)
        ended = invoke("pair", "--revoke", names[0], "--data", home.data, cwd=home.data.parent)
        assert (ended.code, names[0] in ended.err) == (1, True)


def test_guesses_end_the_code_and_then_the_address_must_wait(tmp_path: Path):
    env = environment(REQUIRE_AUTH="true", AUTH_PLATFORM="pairing")
    with serve(tmp_path, tmp_path / "data", env=env) as service:
        pair = ("pair", "--json", "--data", tmp_path / "data")
        code = invoke(*pair, cwd=tmp_path).document["code"]
        guesses = [service.http.post("/pair", data={"code": f"{n:08}"}) for n in range(31)]

        assert [reply.status_code for reply in guesses] == [401] * 30 + [429]
        assert "Trop d’essais" in guesses[-1].text
        assert service.http.post("/pair", data={"code": code}).status_code == 429


@pytest.mark.parametrize(
    "body",
    [b"", b"code=", b"x=y", b"\xff\xfe", b"code=%00", b"&" * 5000, b"code=" + b"a" * 99_000],
    ids=lambda body: repr(body[:8]),
)
def test_what_is_no_code_is_refused(guessed: Service, body: bytes):
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    assert guessed.http.post("/pair", content=body, headers=headers).status_code == 401


@pytest.fixture(scope="module")
def guessed(tmp_path_factory) -> Iterator[Service]:
    """A service whose codes nobody needs."""
    top = tmp_path_factory.mktemp("guessed")
    env = environment(REQUIRE_AUTH="true", AUTH_PLATFORM="pairing")
    with serve(top, top / "data", env=env) as service:
        yield service


def test_a_page_elsewhere_cannot_pair_a_screen(home: Home):
    with home.screen() as screen:
        code = home.command()["code"]
        foreign = {"Origin": "https://elsewhere.example"}

        assert screen.post("/pair", data={"code": code}, headers=foreign).status_code == 403
        assert screen.post("/pair", data={"code": code}).status_code == 303


def test_at_home_a_made_up_host_name_reaches_nothing(home: Home):
    with home.paired() as screen:
        for host in ("rebound.example", "rebound.example:8080", ""):
            assert screen.get("/", headers={"Host": host}).status_code in {400, 403}
        assert screen.get("/", headers={"Host": "192.168.1.7:8080"}).status_code == 200


def test_the_doctor_on_the_machine_of_the_service_hears_what_it_says(home: Home):
    notice = from_json(dict, (home.data / "service.json").read_bytes())
    assert home.service.http.get("/readyz").status_code == 401

    heard = ask_service(notice["url"], make_pairing(home.data).visit)

    assert heard.status in {200, 503}
    assert heard.checks["queue"].ok
    ended = invoke("doctor", "--json", "--data", home.data, cwd=home.data.parent)
    assert "answers 401" not in ended.out


def test_without_identity_there_is_nothing_to_pair(tmp_path: Path):
    with serve(tmp_path, tmp_path / "data") as service:
        assert service.get("/pair").status_code == 404
        assert service.get("/").status_code == 200
