"""The pages in their plain first form: the day's table and a race with its decision, in French."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, PackageLoader, select_autoescape

from hippique import __version__
from hippique.day.close import seal_of
from hippique.day.desk import Desk
from hippique.day.documents import day_document, race_document
from hippique.day.phases import Phase
from hippique.day.race_day import latest_plan, newest_day, outcome_of, race_day
from hippique.errors import HippiqueError, InputError, NotFound
from hippique.racing.card import RaceId, RaceKey
from hippique.web.auth.headers import PAGE
from hippique.web.bodies import read_day
from hippique.web.day_view import day_view
from hippique.web.docs_page import doors_of
from hippique.web.race_view import Seen, race_view
from hippique.web.wording import FILTERS, banner, instant

# A page tells the state of one minute; style and mark are named by their content instead.
PAGE_HEADERS = {"Content-Security-Policy": PAGE}
ASSET_HEADERS = {"Cache-Control": "public, max-age=31536000, immutable"}
ASSETS = {"style.css": "text/css", "icon.svg": "image/svg+xml"}
READS = ["GET", "HEAD"]

Render = Callable[..., HTMLResponse]


def install_pages(app: FastAPI, desk: Desk) -> None:
    """Register `/`, `/day/DATE`, `/race/DATE/RxCy`, `/docs`, style sheet and the tab's mark."""
    environment = Environment(
        loader=PackageLoader("hippique.web"),
        autoescape=select_autoescape(default=True),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(FILTERS)
    environment.globals["stamp"] = _install_assets(app, environment)
    _install_day(app, desk, _renderer(environment, desk))
    _install_race(app, desk, _renderer(environment, desk))
    _install_docs(app, _renderer(environment, desk))


def _install_docs(app: FastAPI, page: Render) -> None:
    def docs() -> Response:
        return page("docs.html", doors=doors_of(app.openapi()))

    app.add_api_route("/docs", docs, methods=READS, include_in_schema=False)


def _install_assets(app: FastAPI, environment: Environment) -> str:
    """Serve style and mark; returns the stamp of their content, for their addresses."""
    loader = environment.loader or PackageLoader("hippique.web")
    sources = {name: loader.get_source(environment, name)[0] for name in ASSETS}

    def serve(name: str) -> None:
        def asset() -> Response:
            return Response(sources[name], media_type=ASSETS[name], headers=ASSET_HEADERS)

        app.add_api_route(f"/{name}", asset, methods=READS, include_in_schema=False)

    for name in sources:
        serve(name)
    return hashlib.sha256("".join(sources.values()).encode()).hexdigest()[:12]


def _renderer(environment: Environment, desk: Desk) -> Render:
    def page(template: str, status: int = 200, *, mode: str = "", **values: Any) -> HTMLResponse:
        shared = {
            "banner": banner(mode or desk.options.mode),
            "mode": mode or desk.options.mode,
            "now": desk.now(),
            "version": __version__,
        }
        html = environment.get_template(template).render(**shared, **values)
        return HTMLResponse(html, status_code=status, headers=PAGE_HEADERS)

    return page


def _install_day(app: FastAPI, desk: Desk, page: Render) -> None:
    def day_page(day: dt.date, missing_status: int = 404) -> HTMLResponse:
        now = desk.now()
        try:
            document = day_document(desk.archive, day, now)
            sealed = seal_of(desk.archive, day)
        except NotFound:
            ahead = day >= race_day(now)
            return page("no_plan.html", missing_status, day=day, ahead=ahead)
        except HippiqueError as error:
            return _unreadable(desk, page, error)
        slips = _slips_ahead(desk, document, now)
        cards = {view["race"]["key"]: view["card"] for view in slips}
        return page(
            "day.html",
            mode=document["mode"],
            day=day,
            sealed=sealed,
            slips=[view["race"] for view in slips if view["card"] == "open"],
            **day_view(document, now, cards),
        )

    @app.api_route("/", methods=READS, include_in_schema=False)
    def today() -> HTMLResponse:
        day = race_day(desk.now())
        try:
            planned = latest_plan(desk.archive, day) is not None
            shown = day if planned else newest_day(desk.archive) or day
        except HippiqueError as error:
            return _unreadable(desk, page, error)
        return day_page(shown, 200)

    @app.api_route("/day/{date}", methods=READS, include_in_schema=False)
    def day(date: str) -> HTMLResponse:
        try:
            asked = read_day(date, desk.now())
        except InputError:
            return page("error.html", 404, what="jour", said=date)
        return day_page(asked)


def _slips_ahead(desk: Desk, document: dict[str, Any], now: dt.datetime) -> list[dict[str, Any]]:
    """The views of races that have a slip and are not off yet, by off time."""
    day = dt.date.fromisoformat(document["date"])
    keys = [
        race["key"]
        for race in document["races"]
        if race["decision"] == "slip" and race["status"] == "open"
    ]
    found = [race_document(desk.archive, day, key, now) for key in keys]
    found.sort(key=lambda race: instant(race["off_time"]))
    return [race_view(race, Seen(now=now)) for race in found]


def _install_race(app: FastAPI, desk: Desk, page: Render) -> None:
    @app.api_route("/race/{date}", methods=READS, include_in_schema=False)
    def no_race(date: str) -> Response:
        try:
            day = read_day(date, desk.now())
        except InputError:
            return page("error.html", 404, what="jour", said=date)
        return RedirectResponse(f"/day/{day}", headers=PAGE_HEADERS)

    @app.api_route("/race/{date}/{key}", methods=READS, include_in_schema=False)
    def race(date: str, key: str) -> HTMLResponse:
        try:
            day = read_day(date, desk.now())
        except InputError:
            return page("error.html", 404, what="jour", said=date)
        try:
            asked = RaceId(day, RaceKey.parse(key))
        except InputError:
            return page("error.html", 404, what="course", said=key, day=day)
        return _race_page(desk, page, asked)


def _race_page(desk: Desk, page: Render, asked: RaceId) -> HTMLResponse:
    now = desk.now()
    try:
        document = race_document(desk.archive, asked.day, str(asked.key), now)
        seen = _seen(desk, asked, now)
        sealed = seal_of(desk.archive, asked.day)
    except NotFound:
        known = latest_plan(desk.archive, asked.day) is not None
        what = "programme" if known else "plan"
        return page("error.html", 404, what=what, said=str(asked.key), day=asked.day)
    except HippiqueError as error:
        return _unreadable(desk, page, error)
    view = race_view(document, seen)
    return page("race.html", mode=document["mode"], day=asked.day, sealed=sealed, **view)


def _seen(desk: Desk, asked: RaceId, now: dt.datetime) -> Seen:
    outcomes = {phase.value: outcome_of(desk.archive, asked, phase) for phase in Phase}
    plan = latest_plan(desk.archive, asked.day)
    numbers = [race.race.key for race in plan.races if race.in_scope] if plan else []
    same = sorted(key for key in numbers if key.meeting == asked.key.meeting)
    return Seen(
        now=now,
        done_at={name: one.at for name, one in outcomes.items() if one},
        reasons={name: one.reasons for name, one in outcomes.items() if one},
        siblings=tuple(str(key) for key in same),
    )


def _unreadable(desk: Desk, page: Render, error: HippiqueError) -> HTMLResponse:
    """A damaged or locked archive: said on the page, its details in the log alone."""
    told = f"{type(error).__name__}: {error}"
    desk.journal.event("ERROR", "Page not shown: the archive cannot be read", error=told)
    return page("error.html", 503, what="archive", said="")
