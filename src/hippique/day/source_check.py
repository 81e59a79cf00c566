"""One polite read of each type of page: what was found, what is missing, how old the odds are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from hippique.day.capture import RequestsOf, Taken, capture
from hippique.day.desk import Desk
from hippique.day.folder import Folder
from hippique.day.merge import merge
from hippique.day.plan import PlannedRace
from hippique.ports import PageKind, PageRequest, Source
from hippique.racing.card import Race, Reading, Runner
from hippique.racing.times import paris_time

_CARD = ("name", "discipline", "distance_m", "prize_eur", "off_time", "declared", "runners")
_RUNNER = ("runner.name", "runner.jockey", "runner.trainer", "runner.form", "runner.win_odds")
# What each type of page is read for; what it leaves to the others is not missing from it.
EXPECTED: Mapping[PageKind, tuple[str, ...]] = {
    PageKind.ZETURF_PROGRAMME: ("name", "off_time", "url"),
    PageKind.ZETURF_RACE: (*_CARD, *_RUNNER),
    PageKind.GENY_PROGRAMME: ("name", "off_time", "url"),
    PageKind.GENY_RACE: (*_CARD, *_RUNNER),
    PageKind.GENY_RESULT: ("name", "result"),
    PageKind.PMU_PROGRAMME: ("name", "discipline", "distance_m", "off_time", "declared"),
    PageKind.PMU_RUNNERS: ("runners", *_RUNNER),
    PageKind.PMU_DIVIDENDS: ("result",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PageCheck:
    """One page: whether it was had and read, and how much of each field it fills (0 to 1).

    robots: "allowed" or "refused" for this exact path, "unknown" where nobody could be asked.
    age_s: of the newest odds' own stamp.
    """

    source: str
    page: str
    url: str
    ok: bool
    robots: str = "allowed"
    filled: Mapping[str, float] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    age_s: float | None = None
    kept: str | None = None
    error: str | None = None


def check_sources(desk: Desk, day: dt.date) -> tuple[PageCheck, ...]:
    """Read a programme, a card and a result at every source; the pages are kept under `checks/`."""
    path = f"checks/{paris_time(desk.now()).strftime('%Y%m%dT%H%M%S')}"
    folder = Folder(desk.archive, path)
    checks: list[PageCheck] = []
    programmes: dict[str, Reading] = {}
    for source in desk.sources:
        taken, told = _read(desk, source, source.programme(day), folder)
        programmes |= {one.reading.source: one.reading for one in taken}
        checks += told
    races = merge(programmes, day, desk.options.scope).races
    for source in desk.sources:
        for requests in _race_requests(source, races, desk.now()):
            checks += _read(desk, source, requests, folder)[1]
    return tuple(checks)


def _race_requests(
    source: Source, races: Sequence[PlannedRace], now: dt.datetime
) -> Iterator[tuple[PageRequest, ...]]:
    """The card of the next race and the result of the last one that this source lists."""
    timed = [race for race in races if race.off_time and source.card(race.ref)]
    ahead = [race for race in timed if race.off_time and race.off_time > now]
    over = [race for race in timed if race.off_time and race.off_time <= now]
    if ahead or over:
        yield source.card((ahead or over)[0].ref)
    if over:
        yield source.result(over[0].ref)


def _read(
    desk: Desk, source: Source, requests: tuple[PageRequest, ...], folder: Folder
) -> tuple[tuple[Taken, ...], list[PageCheck]]:
    taken: list[Taken] = []
    checks = []
    for request in requests:
        part = capture([source], _only(request), folder, parallel=False)
        taken += part.taken
        kept = part.pages[0].file if part.pages else None
        for failure in part.failures:
            robots = "refused" if "robots" in failure.reason else "unknown"
            checks.append(
                PageCheck(
                    source=source.name, page=str(request.kind), url=request.url, ok=False,
                    robots="allowed" if kept else robots, error=failure.reason, kept=kept,
                )
            )  # fmt: skip
        checks += [_checked(source, request, one, kept, desk.now()) for one in part.taken]
    return tuple(taken), checks


def _only(request: PageRequest) -> RequestsOf:
    return lambda _: (request,)


def _checked(
    source: Source, request: PageRequest, taken: Taken, kept: str | None, now: dt.datetime
) -> PageCheck:
    races = [race for meeting in taken.reading.meetings for race in meeting.races]
    filled = _filled(request.kind, races)
    return PageCheck(
        source=source.name,
        page=str(request.kind),
        url=request.url,
        ok=True,
        filled=filled,
        missing=tuple(name for name, share in filled.items() if share == 0),
        age_s=_age_s(races, now),
        kept=kept,
    )


def _filled(kind: PageKind, races: Sequence[Race]) -> dict[str, float]:
    runners = [runner for race in races for runner in race.runners if not runner.non_runner]
    values = {
        name: [_of_runner(runner, name.removeprefix("runner.")) for runner in runners]
        if name.startswith("runner.")
        else [getattr(race, name) for race in races]
        for name in EXPECTED.get(kind, ())
    }
    return {name: _share(told) for name, told in values.items()}


def _of_runner(runner: Runner, name: str) -> object:
    if name == "win_odds":
        return runner.odds.win if runner.odds else None
    return getattr(runner, name)


def _share(values: Sequence[object]) -> float:
    told = sum(value not in {None, ()} for value in values)
    return round(told / len(values), 3) if values else 0.0


def _age_s(races: Sequence[Race], now: dt.datetime) -> float | None:
    stamps = [r.odds.stamp for race in races for r in race.runners if r.odds and r.odds.stamp]
    return round((now - max(stamps)).total_seconds(), 1) if stamps else None
