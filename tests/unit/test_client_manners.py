"""The client's manners, over a scripted transport: robots, pauses, retries, redirects, switches."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterable
from itertools import count
from random import Random

import httpx
import pytest

from hippique.errors import PageMissing, SourceDown, SourceError, SourceRefused
from hippique.sources.addresses import SiteAddresses, site_addresses
from hippique.sources.bounds import Limits
from hippique.sources.client import Habits, PoliteClient, disabled_sources, user_agent
from hippique.sources.exchange import Pulse
from stepped_time import StepClock

BASE = "http://127.0.0.1:8090"
PAGE = f"{BASE}/zeturf/page"
SITES = site_addresses(racecourse=BASE)
NO_ROBOTS = httpx.Response(404)

Script = Callable[[httpx.Request], httpx.Response]


class Wire:
    """A transport that answers by a script and keeps what was asked."""

    def __init__(self, answers: Script | Iterable[httpx.Response | Exception]) -> None:
        self.asked: list[httpx.Request] = []
        self.robots = lambda: NO_ROBOTS
        self._next = answers if callable(answers) else scripted(iter(answers))
        self.transport = httpx.MockTransport(self.answer)

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        is_robots = request.url.path == "/robots.txt"
        return self.robots() if is_robots else self._next(request)

    @property
    def paths(self) -> list[str]:
        return [request.url.path for request in self.asked]


def scripted(answers: Iterable[httpx.Response | Exception]) -> Script:
    def answer(_: httpx.Request) -> httpx.Response:
        following = next(answers)
        if isinstance(following, Exception):
            raise following
        return following

    return answer


def chance() -> Random:
    return Random(7)  # noqa: S311  jitter of back-off, no secret


def client_over(wire: Wire, clock: StepClock | None = None, **habits: object) -> PoliteClient:
    ticks = count()
    return PoliteClient(
        habits.pop("sites", SITES),
        Habits(user_agent=user_agent("1.2.3"), **habits),
        Pulse(clock=clock or StepClock(), monotonic=lambda: next(ticks) * 0.001, chance=chance()),
        limits=Limits(attempts=3, backoff_s=0.5),
        transport=wire.transport,
    )


def get(wire: Wire, clock: StepClock | None = None, **habits: object) -> bytes:
    with client_over(wire, clock, **habits) as client:
        return client.get(PAGE, site="zeturf").body


def test_page_comes_with_its_type_its_final_address_and_the_race_time_of_its_arrival():
    wire = Wire([httpx.Response(200, html="<p>page</p>")])
    clock = StepClock()

    with client_over(wire, clock) as client:
        answer = client.get(PAGE, site="zeturf")

    assert (answer.body, answer.url) == (b"<p>page</p>", PAGE)
    assert answer.content_type == "text/html; charset=utf-8"
    assert answer.taken_at == clock.now()


def test_client_says_who_it_is_and_what_it_can_unpack():
    wire = Wire([httpx.Response(200)])

    get(wire)

    headers = wire.asked[-1].headers
    assert headers["user-agent"] == "hippique-orchestrator/1.2.3 (educational; one user)"
    assert headers["accept-encoding"] == "gzip, deflate"


def test_packed_page_is_unpacked():
    packed = httpx.Response(
        200, stream=httpx.ByteStream(gzip.compress(b"page")), headers={"content-encoding": "gzip"}
    )

    assert get(Wire([packed])) == b"page"


def test_cookies_of_a_site_are_not_sent_back():
    wire = Wire([httpx.Response(200, headers={"set-cookie": "id=1"}), httpx.Response(200)])

    with client_over(wire) as client:
        client.get(PAGE, site="zeturf")
        client.get(PAGE, site="zeturf")

    assert "cookie" not in wire.asked[-1].headers


def test_switched_off_source_is_not_asked_at_all():
    wire = Wire([])

    with pytest.raises(SourceRefused, match="source switched off by DISABLED_SOURCES"):
        get(wire, switch=disabled_sources(frozenset({"zeturf"})))

    assert wire.asked == []


def test_source_that_is_not_switched_off_is_asked():
    switch = disabled_sources(frozenset({"geny"}))

    assert get(Wire([httpx.Response(200, content=b"page")]), switch=switch) == b"page"


# --- statuses --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (204, PageMissing),
        (206, SourceDown),
        (304, SourceDown),
        (400, SourceRefused),
        (401, SourceRefused),
        (403, SourceRefused),
        (404, PageMissing),
        (410, PageMissing),
        (451, SourceRefused),
    ],
)
def test_status_that_another_attempt_would_not_mend_is_told_after_one(status, error):
    wire = Wire([httpx.Response(status, content=b"words")])

    with pytest.raises(error, match=str(status)) as fault:
        get(wire)

    assert isinstance(fault.value, SourceError)
    assert (fault.value.site, fault.value.url) == ("zeturf", PAGE)
    assert wire.paths == ["/robots.txt", "/zeturf/page"]


@pytest.mark.parametrize("status", [408, 425, 500, 502, 503, 504, 520])
def test_server_fault_is_asked_three_times_and_then_told(status):
    wire = Wire([httpx.Response(status)] * 3)

    with pytest.raises(SourceDown, match=str(status)) as fault:
        get(wire)

    assert type(fault.value) is SourceDown
    assert wire.paths.count("/zeturf/page") == 3


@pytest.mark.parametrize(
    "fault",
    [
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("silence"),
        httpx.RemoteProtocolError("nonsense"),
    ],
)
def test_fault_of_the_network_is_mended_by_a_second_attempt(fault):
    assert get(Wire([fault, httpx.Response(200, content=b"page")])) == b"page"


def test_network_that_stays_dead_is_told_with_its_reason():
    with pytest.raises(SourceDown, match="ConnectError refused"):
        get(Wire([httpx.ConnectError("refused")] * 3))


def test_back_off_grows_with_full_jitter_in_race_time():
    wire = Wire([httpx.Response(500)] * 3)
    clock = StepClock()

    with pytest.raises(SourceDown):
        get(wire, clock, delay_s=0.0)

    drawn = chance()
    assert clock.slept == [drawn.uniform(0.0, 0.5), drawn.uniform(0.0, 1.0)]


# --- pauses ----------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("after", ["30", "Sun, 01 Jun 2025 10:00:30 GMT"])
def test_retry_after_closes_the_host_until_then(status, after):
    pause = {"retry-after": after, "date": "Sun, 01 Jun 2025 10:00:00 GMT"}
    wire = Wire([httpx.Response(status, headers=pause), httpx.Response(200, content=b"page")])
    clock = StepClock()

    with client_over(wire, clock, delay_s=0.0) as client:
        with pytest.raises(SourceRefused) as told:
            client.get(PAGE, site="zeturf")
        clock.sleep(20)
        with pytest.raises(SourceRefused) as closed:
            client.get(PAGE, site="zeturf")
        clock.sleep(10)
        body = client.get(PAGE, site="zeturf").body

    assert (told.value.retry_after_s, closed.value.retry_after_s) == (30.0, 10.0)
    assert (body, wire.paths.count("/zeturf/page")) == (b"page", 2)


def test_retry_after_date_counts_from_the_clock_of_the_server():
    pause = {
        "retry-after": "Sat, 01 Jan 2000 00:00:45 GMT",
        "date": "Sat, 01 Jan 2000 00:00:00 GMT",
    }

    with pytest.raises(SourceRefused) as told:
        get(Wire([httpx.Response(429, headers=pause)]))

    assert told.value.retry_after_s == 45.0


@pytest.mark.parametrize("headers", [{}, {"retry-after": "soon"}])
def test_429_that_names_no_time_closes_the_host_for_a_minute(headers):
    with pytest.raises(SourceRefused) as told:
        get(Wire([httpx.Response(429, headers=headers)]))

    assert told.value.retry_after_s == 60.0


def test_pause_of_one_host_leaves_another_open():
    other = "http://127.0.0.1:9999"
    wire = Wire(
        lambda request: httpx.Response(429 if request.url.port == 8090 else 200, content=b"page")
    )

    with client_over(wire, sites=SiteAddresses(zeturf=BASE, geny=other)) as client:
        with pytest.raises(SourceRefused):
            client.get(f"{BASE}/page", site="zeturf")
        answer = client.get(f"{other}/page", site="geny")

    assert answer.body == b"page"


def test_requests_to_a_host_keep_the_delay_robots_and_retries_included():
    wire = Wire([httpx.Response(200), httpx.Response(200)])
    clock = StepClock()

    with client_over(wire, clock, delay_s=1.5) as client:
        client.get(PAGE, site="zeturf")
        client.get(PAGE, site="zeturf")

    assert wire.paths == ["/robots.txt", "/zeturf/page", "/zeturf/page"]
    assert clock.slept == [1.5, 1.5]


# --- robots.txt ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "allowed"),
    [
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: *\nDisallow: /zeturf/p*e$", False),
        ("User-agent: *\nDisallow: /zeturf\nAllow: /zeturf/page", True),
        ("User-agent: hippique-orchestrator\nDisallow: /\n\nUser-agent: *\nAllow: /", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: Hippique-Orchestrator\nAllow: /", True),
        ("User-agent: *\nDisallow:", True),
        ("\ufeffUser-agent: *\nDisallow: /zeturf/", False),
        ("<html>not found</html>", True),
        ("", True),
    ],
)
def test_robots_txt_is_obeyed(rules, allowed):
    wire = Wire([httpx.Response(200)])
    wire.robots = lambda: httpx.Response(200, text=rules)

    if not allowed:
        with pytest.raises(SourceRefused, match=re.escape("robots.txt disallows")):
            get(wire)
    else:
        get(wire)

    assert ("/zeturf/page" in wire.paths) is allowed


def test_robots_txt_is_not_asked_for_where_the_user_chose_so():
    wire = Wire([httpx.Response(200)])

    get(wire, obey_robots=False)

    assert wire.paths == ["/zeturf/page"]


def test_robots_txt_is_fetched_once_a_race_day():
    wire = Wire(lambda _: httpx.Response(200))
    clock = StepClock()

    with client_over(wire, clock) as client:
        for _ in range(3):
            client.get(PAGE, site="zeturf")
        clock.sleep(86_400)
        client.get(PAGE, site="zeturf")

    assert wire.paths.count("/robots.txt") == 2


@pytest.mark.parametrize("status", [204, 401, 403, 404, 410])
def test_host_without_robots_txt_allows_everything(status):
    wire = Wire([httpx.Response(200, content=b"page")])
    wire.robots = lambda: httpx.Response(status)

    assert get(wire) == b"page"


def test_robots_txt_out_of_reach_allows_nothing_until_it_answers():
    wire = Wire([httpx.Response(200, content=b"page")])

    with client_over(wire) as client:
        wire.robots = lambda: httpx.Response(500)
        with pytest.raises(SourceDown, match=re.escape("robots.txt")):
            client.get(PAGE, site="zeturf")
        wire.robots = lambda: NO_ROBOTS
        body = client.get(PAGE, site="zeturf").body

    assert body == b"page"
    assert wire.paths == ["/robots.txt"] * 4 + ["/zeturf/page"]


def test_robots_txt_that_asks_for_a_longer_distance_gets_it():
    wire = Wire(lambda _: httpx.Response(200))
    wire.robots = lambda: httpx.Response(200, text="User-agent: *\nCrawl-delay: 4")
    clock = StepClock()

    with client_over(wire, clock, delay_s=1.0) as client:
        client.get(PAGE, site="zeturf")
        client.get(PAGE, site="zeturf")

    assert clock.slept == [1.0, 4.0]


def test_robots_txt_that_asks_for_an_hour_between_requests_is_a_refusal():
    wire = Wire([])
    wire.robots = lambda: httpx.Response(200, text="User-agent: *\nCrawl-delay: 3600")

    with pytest.raises(SourceRefused, match="3600 s between requests"):
        get(wire)


def test_verdict_of_robots_txt_can_be_asked_for_without_fetching_the_page():
    wire = Wire([])
    wire.robots = lambda: httpx.Response(200, text="User-agent: *\nDisallow: /zeturf/b")

    with client_over(wire) as client:
        verdicts = [client.allows(f"{BASE}/zeturf/{name}", site="zeturf") for name in "ab"]

    assert verdicts == [True, False]
    assert wire.paths == ["/robots.txt"]


# --- redirects -------------------------------------------------------------------------------


def redirect(location: str, status: int = 302) -> httpx.Response:
    return httpx.Response(status, headers={"location": location})


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("location", ["/zeturf/new", "new", f"{BASE}/zeturf/new#part"])
def test_redirect_within_the_site_is_followed(status, location):
    wire = Wire([redirect(location, status), httpx.Response(200, content=b"page")])

    with client_over(wire) as client:
        answer = client.get(PAGE, site="zeturf")

    assert (answer.body, answer.url) == (b"page", f"{BASE}/zeturf/new")


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:22/zeturf/page",
        "http://169.254.169.254/latest/meta-data",
        "https://www.zeturf.fr/fr/x",
        "http://localhost:8090/zeturf/page",
        "/geny/page",
        "/zeturf/../admin",
        "//evil.com/zeturf/page",
        "file:///etc/passwd",
        "http://[",
        "http://user@127.0.0.1:8090/zeturf/page",
        "/zeturf/a\\b",
    ],
)
def test_redirect_out_of_the_site_is_refused_before_it_is_followed(location):
    wire = Wire([redirect(location)])

    with pytest.raises(SourceRefused):
        get(wire)

    assert wire.paths == ["/robots.txt", "/zeturf/page"]


def test_live_site_may_redirect_within_its_domain_only():
    wire = Wire([redirect("https://m.zeturf.fr/x"), redirect("http://m.zeturf.fr/y")])

    with client_over(wire, sites=SiteAddresses()) as client, pytest.raises(SourceRefused):
        client.get("https://www.zeturf.fr/x", site="zeturf")

    assert [request.url.host for request in wire.asked if request.url.path != "/robots.txt"] == [
        "www.zeturf.fr",
        "m.zeturf.fr",
    ]


def test_redirects_in_a_circle_end():
    wire = Wire(lambda _: redirect(PAGE))

    with pytest.raises(SourceDown, match="more than 3 redirects"):
        get(wire)

    assert wire.paths.count("/zeturf/page") == 4


def test_redirect_without_a_place_is_told():
    with pytest.raises(SourceDown, match="without a Location"):
        get(Wire([httpx.Response(302)]))


def test_redirect_into_a_disallowed_place_is_refused():
    wire = Wire([redirect("/zeturf/private/page")])
    wire.robots = lambda: httpx.Response(200, text="User-agent: *\nDisallow: /zeturf/private")

    with pytest.raises(SourceRefused, match=re.escape("robots.txt disallows")):
        get(wire)


def test_racecourse_in_this_process_answers_through_the_same_client():
    def app(environ: dict[str, object], start: Callable[..., object]) -> list[bytes]:
        found = environ["PATH_INFO"] == "/zeturf/page"
        start("200 OK" if found else "404 Not Found", [("Content-Type", "text/html")])
        return [b"page" if found else b"nothing"]

    pulse = Pulse(clock=StepClock(), monotonic=lambda: 0.0, chance=chance())
    habits = Habits(user_agent=user_agent("1"))
    with PoliteClient(SITES, habits, pulse, transport=httpx.WSGITransport(app)) as client:
        assert client.get(PAGE, site="zeturf").body == b"page"
