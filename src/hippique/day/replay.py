"""Run an archived day again from its stored pages, through the same desk, and compare the slips."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from hippique.betting.slip import Decision, read_decision
from hippique.day import addresses
from hippique.day.capture import Failure, KeptPage, unpack_page
from hippique.day.desk import Desk
from hippique.day.folder import Folder
from hippique.day.manifest import Manifest, create_once
from hippique.day.money import money_file_of
from hippique.day.outcome import Order, Outcome, Status
from hippique.day.phases import Phase
from hippique.day.plan import Plan, PlannedRace
from hippique.day.race_day import decision_of, load, outcome_of
from hippique.day.run import run_order
from hippique.errors import InputError, NotFound, SourceDown
from hippique.ports import Archive, Page, PageRequest, RaceRef, Source
from hippique.racing.card import RaceId, RaceKey, Reading
from hippique.racing.codec import to_pretty_json

COMPARED = (addresses.SNAPSHOT, addresses.FORECAST, addresses.SLIP, addresses.SETTLEMENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One artefact of the replay against the archived one."""

    address: str
    equal: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """A day run again. code_then, code_now differ after an upgrade: "other code"."""

    date: dt.date
    compared: tuple[Compared, ...]
    code_then: str
    code_now: str

    @property
    def same_code(self) -> bool:
        """Whether the same code made both."""
        return self.code_then == self.code_now

    @property
    def differing(self) -> tuple[str, ...]:
        """Addresses of the artefacts that came out otherwise."""
        return tuple(one.address for one in self.compared if not one.equal)


@dataclass(frozen=True, slots=True)
class _Index:
    pages: tuple[KeptPage, ...]
    failures: tuple[Failure, ...] = ()


class StoredSource:
    """A site's stored pages of one visit behind the Source port; reading is the site's own."""

    def __init__(self, site: Source, archive: Archive, folder: str, index: _Index) -> None:
        self.name = site.name
        self._site = site
        self._archive = archive
        self._folder = folder
        self._pages = {page.url: page for page in index.pages if page.source == site.name}
        self._urls = [
            *self._pages,
            *(f.url for f in index.failures if f.source == site.name and f.url not in self._pages),
        ]

    def programme(self, day: dt.date) -> tuple[PageRequest, ...]:
        """The stored programme requests are not replayed: the race's own plan entry is."""
        del day
        return ()

    def card(self, ref: RaceRef) -> tuple[PageRequest, ...]:
        """The requests of the visit, those that failed included."""
        kinds = {page.url: page.kind for page in self._pages.values()}
        asked = self._site.card(ref) + self._site.result(ref)
        by_url = {request.url: request for request in asked}
        return tuple(
            by_url.get(url)
            or PageRequest(kind=kinds[url], url=url, day=ref.race.day, race=ref.race)
            for url in self._urls
            if url in by_url or url in kinds
        )

    result = card

    def fetch(self, request: PageRequest) -> Page:
        """The stored page. Raises SourceDown where the visit had none, NotFound, StoreDamaged."""
        kept = self._pages.get(request.url)
        if kept is None:
            raise SourceDown("not stored: the visit had no answer", site=self.name)
        address = f"{self._folder}/{kept.file}"
        return Page(
            request=request,
            body=unpack_page(self._archive.read(address), address),
            taken_at=kept.taken_at,
            content_type=kept.content_type,
        )

    def read(self, page: Page) -> Reading:
        """Read as the site reads."""
        return self._site.read(page)


DeskAt = Callable[[Sequence[Source], dt.datetime], Desk]


def replay_day(
    archive: Archive, sites: Sequence[Source], desk_at: DeskAt, day: dt.date, code_now: str
) -> Replay:
    """Every phase of every race of the day again, on an empty archive.

    desk_at: makes a desk over these sources whose clock stands at an instant; all its desks
    share one empty archive. Raises NotFound where the day has nothing to replay.
    """
    visits = _visits(archive, day)
    if not visits:
        raise NotFound(f"no finished phase of {day} lies in the archive")
    compared: list[Compared] = []
    codes: dict[str, None] = {}
    for race, phase, manifest in visits:
        codes.setdefault(manifest.versions.get("code", "?"))
        compared += _replay_visit(archive, sites, desk_at, race, phase)
    return Replay(date=day, compared=tuple(compared), code_then=", ".join(codes), code_now=code_now)


def _visits(archive: Archive, day: dt.date) -> list[tuple[RaceId, Phase, Manifest]]:
    """Finished phases in the order they were closed."""
    found = []
    for address in archive.addresses(addresses.day_folder(day)):
        parts = address.split("/")
        if parts[-1] != addresses.MANIFEST or len(parts) != 4 or parts[2] not in list(Phase):  # noqa: PLR2004  day, race, phase, file
            continue
        manifest = load(archive, Manifest, address)
        if manifest is not None:
            found.append((RaceId(day, RaceKey.parse(parts[1])), Phase(parts[2]), manifest))
    return sorted(found, key=lambda visit: (visit[2].written_at, visit[0], visit[1]))


def _replay_visit(
    archive: Archive, sites: Sequence[Source], desk_at: DeskAt, race: RaceId, phase: Phase
) -> list[Compared]:
    outcome = outcome_of(archive, race, phase)
    if outcome is None or outcome.status is not Status.DONE:
        return []
    folder = addresses.phase_folder(race, phase)
    index = load(archive, _Index, f"{folder}/{addresses.PAGES}")
    planned = load(archive, PlannedRace, f"{folder}/{addresses.RACE}")
    if index is None or planned is None:
        return []
    stored = [StoredSource(site, archive, folder, index) for site in sites]
    decided = decision_of(archive, race) if phase is Phase.H5 else None
    instant = decided.decided_at if decided else outcome.at
    desk = replace(desk_at(stored, instant), replays=True)
    _bring_inputs(archive, desk.archive, folder, decided)
    if phase is Phase.RESULT:
        _repeat_withdrawal(archive, desk, race)
    _run_again(desk, planned, phase, outcome)
    return [
        Compared(address=f"{folder}/{name}", equal=_same(archive, desk.archive, folder, name))
        for name in _compared(archive.addresses(folder), folder)
    ]


def _compared(stored: Sequence[str], folder: str) -> list[str]:
    """The names of a folder's artefacts that a replay makes again."""
    names = [address.removeprefix(f"{folder}/") for address in stored]
    shadows = f"{addresses.SHADOWS}/"
    return [name for name in names if name in COMPARED or name.startswith(shadows)]


def _bring_inputs(archive: Archive, empty: Archive, folder: str, decided: Decision | None) -> None:
    """Inputs as a page is one: what a simulated racecourse told, what was staked and lost before.

    Nobody is asked again, and the books of the days before are not settled again.
    """
    truth = f"{folder}/{addresses.TRUTH}"
    if truth in archive.addresses(folder):
        create_once(empty, truth, archive.read(truth))
    mark = decided.inputs.get("money") if decided else None
    name = money_file_of(Folder(archive, folder), mark)
    if name is not None:
        content = archive.read(f"{folder}/{name}")
        create_once(empty, f"{folder}/{addresses.MONEY}", content)


def _run_again(desk: Desk, planned: PlannedRace, phase: Phase, outcome: Outcome) -> None:
    _write_plan(desk, planned)
    order = Order(
        race=planned.race, phase=phase, correlation_id=outcome.correlation_id, due=desk.now()
    )
    run_order(desk, order)


def _repeat_withdrawal(archive: Archive, desk: Desk, race: RaceId) -> None:
    """A withdrawal follows from odds between the visits, which a replay does not run again."""
    address = f"{race}/WITHDRAWAL/{addresses.WITHDRAWN}"
    if archive.addresses(address.rpartition("/")[0]):
        create_once(desk.archive, address, archive.read(address))


def _write_plan(desk: Desk, planned: PlannedRace) -> None:
    """The race as its plan knew it then, as a plan of its own."""
    plan = Plan(
        date=planned.date,
        mode=desk.options.mode,
        simulated=desk.options.simulated,
        made_at=desk.now(),
        correlation_id="replay",
        scope=desk.options.scope,
        races=(planned,),
    )
    Folder(desk.archive, addresses.plan_folder(planned.date, desk.now())).write_beside(
        "version", f"/{addresses.PLAN}", to_pretty_json(plan)
    )


def _same(one: Archive, two: Archive, folder: str, name: str) -> bool:
    """Byte for byte; a slip of other code apart from the versions that it names."""
    address = f"{folder}/{name}"
    try:
        then, now = one.read(address), two.read(address)
    except NotFound:
        return False
    if then == now or not _is_decision(name):
        return then == now
    plain, again = _without_versions(then), _without_versions(now)
    return plain is not None and again is not None and plain == _with_inputs_of(again, plain)


def _with_inputs_of(again: Decision, then: Decision) -> Decision:
    """Without the inputs that decisions of that layout did not name."""
    kept = {name: mark for name, mark in again.inputs.items() if name in then.inputs}
    return replace(again, inputs=kept)


def _is_decision(name: str) -> bool:
    return name == addresses.SLIP or name.startswith(f"{addresses.SHADOWS}/")


def _without_versions(slip: bytes) -> Decision | None:
    try:
        return replace(read_decision(slip), versions={})
    except InputError:
        return None  # a damaged slip equals nothing but itself
