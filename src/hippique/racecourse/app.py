"""The simulated sites as one WSGI application: a clock in, pages out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol
from urllib.parse import parse_qs
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from hippique.racecourse import geny, pmu, zeturf
from hippique.racecourse.faults import NO_FAULTS, Faults
from hippique.racecourse.faults.sites import SiteFaults, Trouble, site_faults
from hippique.racecourse.finish import win_chances
from hippique.racecourse.pmu_dividends import definitive_dividends
from hippique.racecourse.simulated import SimulatedDay, SimulatedRace
from hippique.racing.card import RaceKey
from hippique.racing.times import paris_time

# In the environ of a server with sockets: what waits some seconds of the wall.
PAUSE = "hippique.racecourse.pause"
ROBOTS = "User-agent: *\nAllow: /\n"
_HTML_UTF8 = "text/html; charset=UTF-8"
# The site's pages claim UTF-8 in their head and are cp1252: browsers go by this header, for which
# ISO-8859-1 means cp1252.
_HTML_GENY = "text/html;charset=ISO-8859-1"
_JSON = "application/json;charset=UTF-8"
_TEXT = "text/plain; charset=UTF-8"


class RaceClock(Protocol):
    """Race time."""

    def now(self) -> datetime:
        """The present instant of the simulated day, aware."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What goes back: status line, content type, body, further headers."""

    status: str = "200 OK"
    content_type: str = _TEXT
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ask:
    """A request, at one instant of race time."""

    day: SimulatedDay
    now: datetime
    speed: float
    faults: SiteFaults
    parts: tuple[str, ...] = ()
    query: dict[str, list[str]] = field(default_factory=dict)

    def races_by_day(self) -> bool:
        """Whether the first part, an ISO date, is the simulated day."""
        return self.parts[0] == self.day.day.isoformat()

    def option(self, name: str) -> str:
        """A value of the query string; empty when absent."""
        return self.query.get(name, [""])[0]


_Handler = Callable[[_Ask], Reply]


def make_app(
    day: SimulatedDay, clock: RaceClock, *, speed: float = 1.0, faults: Faults = NO_FAULTS
) -> WSGIApplication:
    """The application for one drawn day. speed is only reported, at /clock.

    faults: those of the sites are made here; those of the races are already in the day, put
    there by `with_faults`. Raises InputError for one that cannot be.
    """
    ready = site_faults(faults, day)

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        reply = _answer(_Ask(day=day, now=clock.now(), speed=speed, faults=ready), environ)
        headers = [
            ("Content-Type", reply.content_type),
            ("Content-Length", str(len(reply.body))),
            ("X-Simulated", "true"),
            *reply.headers,
        ]
        start_response(reply.status, headers)
        return [] if environ.get("REQUEST_METHOD") == "HEAD" else [reply.body]

    return app


def _answer(ask: _Ask, environ: WSGIEnvironment) -> Reply:
    path = _path(environ)
    if environ.get("REQUEST_METHOD", "GET") not in {"GET", "HEAD"}:
        return Reply(status="405 Method Not Allowed", headers=(("Allow", "GET, HEAD"),))
    trouble = ask.faults.trouble(path.split("/", 2)[1], ask.now)
    if trouble.delay_s:
        environ.get(PAUSE, _no_pause)(trouble.delay_s)
    if trouble.outage is not None:
        return _failing(trouble)
    reply = _page(ask, path, environ)
    return replace(reply, body=trouble.spoil(reply.body)) if trouble.is_spoiling else reply


def _no_pause(_: float) -> None:
    """In one process on the driven clock no wall time passes: an answer cannot be slow."""


def _page(ask: _Ask, path: str, environ: WSGIEnvironment) -> Reply:
    for pattern, handler in _ROUTES:
        match = pattern.fullmatch(path)
        if match:
            query = parse_qs(environ.get("QUERY_STRING", ""))
            return handler(replace(ask, parts=match.groups(), query=query))
    return Reply(status="404 Not Found", body="SIMULÉ : rien à cette adresse.\n".encode())


def _path(environ: WSGIEnvironment) -> str:
    # WSGI hands the path over as Latin-1 text of its bytes.
    raw = str(environ.get("PATH_INFO", "/"))
    return raw.encode("latin-1", "replace").decode("utf-8", "replace")


def _failing(trouble: Trouble) -> Reply:
    seconds = trouble.outage.retry_after_s if trouble.outage else None
    headers = () if seconds is None else (("Retry-After", str(seconds)),)
    return Reply(status=trouble.status(), headers=headers)


def _json(document: object) -> Reply:
    return Reply(content_type=_JSON, body=json.dumps(document, ensure_ascii=False).encode())


def _clock(ask: _Ask) -> Reply:
    return _json(
        {
            "now": paris_time(ask.now).isoformat(),
            "speed": ask.speed,
            "date": ask.day.day.isoformat(),
            "seed": ask.day.seed,
            "simulated": True,
        }
    )


def _robots(ask: _Ask) -> Reply:
    del ask
    return Reply(body=ROBOTS.encode())


def _truth(ask: _Ask) -> Reply:
    """What no real site tells: the true chances, for the estimator that exists here only."""
    race = _race(ask, ask.parts[1], ask.parts[2]) if ask.races_by_day() else None
    if race is None:
        return Reply(status="404 Not Found")
    chances = win_chances(race.starters(ask.now))
    runners = [{"number": number, "p_win": chance} for number, chance in chances.items()]
    return _json({"simulated": True, "race": str(race.id), "runners": runners})


def _zeturf_programme(ask: _Ask) -> Reply:
    return _html(zeturf.programme_page(ask.day, ask.now))


def _zeturf_race(ask: _Ask) -> Reply:
    _, meeting, number, slug = ask.parts
    race = _race(ask, meeting, number, "zeturf") if ask.races_by_day() and slug else None
    return _html(
        zeturf.missing_page() if race is None else zeturf.race_page(ask.day, race, ask.now)
    )


def _html(page: str) -> Reply:
    return Reply(content_type=_HTML_UTF8, body=page.encode())


def _geny_programme(ask: _Ask) -> Reply:
    if ask.option("date") not in {"", ask.day.day.isoformat()}:
        return _geny_missing()
    return _geny_html(geny.programme_page(ask.day, ask.now))


def _geny_runners(ask: _Ask) -> Reply:
    race = _race_of_page(ask)
    return _geny_missing() if race is None else _geny_html(geny.runners_page(race, ask.now))


def _geny_result(ask: _Ask) -> Reply:
    race = _race_of_page(ask)
    return _geny_missing() if race is None else _geny_html(geny.result_page(race, ask.now))


def _geny_html(page: str, status: str = "200 OK") -> Reply:
    return Reply(status=status, content_type=_HTML_GENY, body=page.encode("cp1252"))


def _geny_missing() -> Reply:
    return _geny_html(geny.missing_page(), "404 Not Found")


def _race_of_page(ask: _Ask) -> SimulatedRace | None:
    page_id = int(ask.parts[0])
    races = (race for race in ask.day.races() if race.page_id == page_id)
    return next((ask.faults.shown("geny", race) for race in races), None)


def _pmu_programme(ask: _Ask) -> Reply:
    if not _is_pmu_day(ask):
        return Reply(status="204 No Content", content_type=_JSON)
    return _json(pmu.programme(ask.day, ask.now))


def _pmu_meeting(ask: _Ask) -> Reply:
    number = int(ask.parts[1])
    meetings = [m for m in ask.day.meetings if m.number == number and _is_pmu_day(ask)]
    return _json(pmu.meeting_document(meetings[0], ask.now)) if meetings else _pmu_missing()


def _pmu_race(ask: _Ask) -> Reply:
    race = _pmu_race_of(ask)
    return _pmu_missing() if race is None else _json(pmu.race_document(race, ask.now))


def _pmu_participants(ask: _Ask) -> Reply:
    race = _pmu_race_of(ask)
    if race is None:
        return _pmu_missing()
    return _json(pmu.participants(race, ask.now, internet=_is_internet(ask)))


def _pmu_dividends(ask: _Ask) -> Reply:
    race = _pmu_race_of(ask)
    if race is None:
        return _pmu_missing()
    documents = definitive_dividends(race, ask.now, internet=_is_internet(ask))
    if documents is None:
        return Reply(status="204 No Content", content_type=_JSON)
    return _json(documents)


def _is_pmu_day(ask: _Ask) -> bool:
    day, month, year = ask.parts[0][:2], ask.parts[0][2:4], ask.parts[0][4:]
    return f"{year}-{month}-{day}" == ask.day.day.isoformat()


def _is_internet(ask: _Ask) -> bool:
    return ask.option("specialisation") == "INTERNET"


def _pmu_race_of(ask: _Ask) -> SimulatedRace | None:
    return _race(ask, ask.parts[1], ask.parts[2], "pmu") if _is_pmu_day(ask) else None


def _pmu_missing() -> Reply:
    return Reply(status="404 Not Found", content_type=_JSON)


def _race(ask: _Ask, meeting: str, number: str, site: str = "") -> SimulatedRace | None:
    race = ask.day.find(RaceKey(int(meeting), int(number)))
    return race and ask.faults.shown(site, race)


_DATE = r"(\d{4}-\d\d-\d\d)"
_PMU = r"/pmu/rest/client/\d+/programme/(\d{8})"
_ROUTES: tuple[tuple[re.Pattern[str], _Handler], ...] = tuple(
    (re.compile(pattern), handler)
    for pattern, handler in (
        (r"/clock", _clock),
        (r"/robots\.txt", _robots),
        (rf"/truth/{_DATE}/R(\d+)C(\d+)", _truth),
        (r"/zeturf/fr/programmes-et-pronostics", _zeturf_programme),
        (rf"/zeturf/fr/course/{_DATE}/R(\d+)C(\d+)(?:-([^/]+))?", _zeturf_race),
        (r"/geny/reunions-courses-pmu", _geny_programme),
        (rf"/geny/partants-pm[uh]/{_DATE[1:-1]}-[^/]+_c(\d+)", _geny_runners),
        (rf"/geny/arrivee-et-rapports-pm[uh]/{_DATE[1:-1]}-[^/]+_c(\d+)", _geny_result),
        (_PMU, _pmu_programme),
        (rf"{_PMU}/R(\d+)", _pmu_meeting),
        (rf"{_PMU}/R(\d+)/C(\d+)", _pmu_race),
        (rf"{_PMU}/R(\d+)/C(\d+)/participants", _pmu_participants),
        (rf"{_PMU}/R(\d+)/C(\d+)/rapports-definitifs", _pmu_dividends),
    )
)
