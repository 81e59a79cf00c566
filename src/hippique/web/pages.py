"""The pages in their plain first form: the day's table and a race with its decision, in French."""

from __future__ import annotations

import datetime as dt
from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, PackageLoader, select_autoescape

from hippique.day.desk import Desk
from hippique.day.documents import day_document, race_document
from hippique.day.race_day import latest_plan, newest_day, race_day
from hippique.errors import HippiqueError, NotFound
from hippique.web.bodies import read_day
from hippique.web.wording import FILTERS

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def install_pages(app: FastAPI, desk: Desk) -> None:
    """Register `/`, `/day/DATE`, `/race/DATE/RxCy` and the style sheet."""
    environment = Environment(
        loader=PackageLoader("hippique.web"), autoescape=select_autoescape(default=True)
    )
    environment.filters.update(FILTERS)

    def page(template: str, status: int = 200, **values: Any) -> HTMLResponse:
        now = desk.now()
        shared = {"mode": desk.options.mode, "simulated": desk.options.simulated, "now": now}
        html = environment.get_template(template).render(**shared, **values)
        return HTMLResponse(html, status_code=status, headers=HEADERS)

    def day_page(day: dt.date) -> HTMLResponse:
        try:
            document = day_document(desk.archive, day, desk.now())
        except NotFound:
            return page("no_plan.html", 404, day=day)
        return page("day.html", day=day, document=document, rows=_by_off(document))

    @app.get("/", include_in_schema=False)
    def today() -> HTMLResponse:
        day = race_day(desk.now())
        planned = latest_plan(desk.archive, day) is not None
        return day_page(day if planned else newest_day(desk.archive) or day)

    @app.get("/day/{date}", include_in_schema=False)
    def day(date: str) -> HTMLResponse:
        try:
            return day_page(read_day(date, desk.now()))
        except HippiqueError as error:
            return page("error.html", 404, message=str(error))

    @app.get("/race/{date}/{key}", include_in_schema=False)
    def race(date: str, key: str) -> HTMLResponse:
        try:
            document = race_document(desk.archive, read_day(date, desk.now()), key, desk.now())
        except HippiqueError as error:
            return page("error.html", 404, message=str(error))
        return page("race.html", race=document, runners=_runner_rows(document))

    @app.get("/style.css", include_in_schema=False)
    def style() -> Response:
        source = environment.get_template("style.css").render()
        return Response(source, media_type="text/css")


def _by_off(document: dict[str, Any]) -> list[dict[str, Any]]:
    inside = [race for race in document["races"] if race["in_scope"]]
    return sorted(inside, key=lambda race: (race["off_time"] or "9", race["key"]))


def _runner_rows(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Runners with our chance, the odds of the two phases, and the place where it finished."""
    reading = document["reading"] or {"runners": []}
    ours = {one["number"]: one for one in reading["runners"]}
    quotes = {phase: _quotes(document["snapshots"].get(phase)) for phase in ("H30", "H5")}
    places = _places(document["result"])
    return [
        {
            **runner,
            "ours": ours.get(runner["number"]),
            "h30": quotes["H30"].get(runner["number"]),
            "h5": quotes["H5"].get(runner["number"]),
            "place": places.get(runner["number"]),
        }
        for runner in document["runners"]
    ]


def _quotes(snapshots: list[dict[str, Any]] | None) -> dict[int, float | None]:
    """Win odds of the first pool that has any: the page shows one pool, never a mixture."""
    for snapshot in snapshots or []:
        odds = {quote["number"]: quote["win"] for quote in snapshot["quotes"]}
        if any(odds.values()):
            return odds
    return {}


def _places(found: dict[str, Any] | None) -> dict[int, int]:
    places: dict[int, int] = {}
    place = 1
    for tied in (found or {}).get("result", {}).get("order", []) if found else []:
        places |= dict.fromkeys(tied, place)
        place += len(tied)
    return places
