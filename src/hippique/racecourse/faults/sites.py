"""Faults of the sites: what a site does to every page that it serves in a window of time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus

from hippique.racecourse.faults.instants import bad, find_race, hour_of
from hippique.racecourse.faults.schema import (
    ChangedPage,
    DamagedPage,
    Faults,
    Outage,
    Slowness,
    WrongNames,
)
from hippique.racecourse.simulated import SimulatedDay, SimulatedRace
from hippique.racing.card import RaceKey

_NEW_NAMES: dict[tuple[str, str], tuple[str, str]] = {  # (site, part): (as it was, as it is now)
    ("zeturf", "programme"): ('id="frise-course"', 'id="bandeau-courses"'),
    ("zeturf", "runners"): ('class="table-runners"', 'class="grille-partants"'),
    ("zeturf", "odds"): ("cotesInfos:", "cotesTempsReel:"),
    ("zeturf", "result"): ("Arrivée officielle :", "Ordre officiel :"),
    ("geny", "programme"): ("cartoucheReunion", "blocReunion"),
    ("geny", "runners"): ('id="tableau_partants"', 'id="partants"'),
    ("geny", "odds"): ("Derni&egrave;res cotes", "Rapports probables"),
    ("geny", "result"): ('id="arrivees"', 'id="classement"'),
    ("pmu", "programme"): ('"reunions"', '"rencontres"'),
    ("pmu", "runners"): ('"participants"', '"partants"'),
    ("pmu", "odds"): ('"dernierRapportDirect"', '"dernierRapport"'),
}
_ENCODINGS = {"geny": "cp1252"}
_SERVER_FAULTS = 500  # and above
WindowFault = Outage | Slowness | ChangedPage | DamagedPage


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """From `since` until `until` the fault befalls all pages of the site."""

    site: str
    since: datetime
    until: datetime
    fault: WindowFault


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What befalls one page at one instant."""

    outage: Outage | None = None
    delay_s: float = 0.0
    renamed: tuple[tuple[bytes, bytes], ...] = ()
    is_cut: bool = False

    @property
    def is_spoiling(self) -> bool:
        """Whether a page that is served is not the one that was made."""
        return self.is_cut or bool(self.renamed)

    def spoil(self, body: bytes) -> bytes:
        """The page as it is served."""
        for old, new in self.renamed:
            body = body.replace(old, new)
        return body[: len(body) // 2] if self.is_cut else body

    def status(self) -> str:
        """The status line of an outage."""
        code = self.outage.status if self.outage else HTTPStatus.OK
        known = {status.value: status.phrase for status in HTTPStatus}
        return f"{int(code)} {known.get(code, 'Unknown')}"


NO_TROUBLE = Trouble()


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFaults:
    """The faults of the sites of one day, ready to be asked. twins: races with other names."""

    windows: tuple[Window, ...] = ()
    twins: Mapping[tuple[str, RaceKey], SimulatedRace]

    def trouble(self, site: str, now: datetime) -> Trouble:
        """What befalls the site's pages at this instant."""
        if not self.windows:
            return NO_TROUBLE
        trouble = NO_TROUBLE
        for window in self.windows:
            if window.site == site and window.since <= now < window.until:
                trouble = _worse(trouble, window)
        return trouble

    def shown(self, site: str, race: SimulatedRace) -> SimulatedRace:
        """The race as this site lists it."""
        return self.twins.get((site, race.key), race)


def site_faults(faults: Faults, day: SimulatedDay) -> SiteFaults:
    """Read the windows and names against the day. Raises InputError naming the fault."""
    windows: list[Window] = []
    for table in ("outages", "slow", "changed", "damaged"):
        for index, fault in enumerate(getattr(faults, table)):
            windows.append(_window(day, fault, f"{table}[{index}]"))
    twins: dict[tuple[str, RaceKey], SimulatedRace] = {}
    for index, wrong in enumerate(faults.wrong_names):
        twin = _twin(day, wrong, f"wrong_names[{index}]")
        twins[wrong.site, twin.key] = twin
    return SiteFaults(windows=tuple(windows), twins=twins)


def _window(day: SimulatedDay, fault: WindowFault, place: str) -> Window:
    since = hour_of(day, fault.since, f"{place}.since")
    until = hour_of(day, fault.until, f"{place}.until")
    if since >= until:
        raise bad(f"{place}.until", "a window ends after it begins")
    if isinstance(fault, ChangedPage) and (fault.site, fault.part) not in _NEW_NAMES:
        raise bad(f"{place}.part", f"{fault.site} has no {fault.part} to rename")
    if isinstance(fault, Outage) and HTTPStatus.TOO_MANY_REQUESTS < fault.status < _SERVER_FAULTS:
        raise bad(f"{place}.status", f"{fault.status} is no outage; write 429 or 5xx")
    return Window(site=fault.site, since=since, until=until, fault=fault)


def _worse(trouble: Trouble, window: Window) -> Trouble:
    fault = window.fault
    if isinstance(fault, Outage):
        return replace(trouble, outage=trouble.outage or fault)
    if isinstance(fault, Slowness):
        return replace(trouble, delay_s=max(trouble.delay_s, fault.delay_s))
    if isinstance(fault, ChangedPage):
        encoding = _ENCODINGS.get(fault.site, "utf-8")
        old, new = _NEW_NAMES[fault.site, fault.part]
        return replace(
            trouble, renamed=(*trouble.renamed, (old.encode(encoding), new.encode(encoding)))
        )
    return replace(trouble, is_cut=True)


def _twin(day: SimulatedDay, wrong: WrongNames, place: str) -> SimulatedRace:
    """The race with the names of the day's other horses, in their order."""
    race = find_race(day, wrong.race, f"{place}.race")
    race = day.race(race.key)
    others = [e.name for other in day.races() if other.key != race.key for e in other.entries]
    if len(others) < race.declared:
        raise bad(f"{place}.race", "the day has no other horses to name")
    entries = zip(race.entries, others, strict=False)
    return replace(race, entries=tuple(replace(entry, name=name) for entry, name in entries))
