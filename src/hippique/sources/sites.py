"""The three sites as sources: what pages a day and a race have at each, and how they are had."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from hippique.ports import Page, PageKind, PageRequest, RaceRef
from hippique.racing.card import RaceId, Reading
from hippique.sources.addresses import SiteAddresses, page_address
from hippique.sources.client import PoliteClient
from hippique.sources.reading import check_identity, read_page

Links = tuple[tuple[PageKind, str], ...]

_PREFILL = re.compile(r"[?#].*$")
_RUNNER_POPUP = re.compile(r"(/R[0-9]+C[0-9]+-[^/]+)/[0-9]+/?$")

# Geny shows one race in several views, told apart by a part of the path. (view, card, result)
_GENY_VIEWS = (
    (r"/(?:partants|arrivee-et-rapports)-(pm[uh])/", r"/partants-\1/", r"/arrivee-et-rapports-\1/"),
    (
        r"(/course/[0-9]+[^/]*)/(?:partants-pronostics|arrivee-rapports)$",
        r"\1/partants-pronostics",
        r"\1/arrivee-rapports",
    ),
)

# The internet offer: the pool that a bet made here goes into (E_…), never that of the shops.
_PMU_POOL = "?specialisation=INTERNET"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Which pages a site has. Links are absolute or begin at the root, as the site writes them."""

    name: str
    programme: Callable[[date], Links]
    card: Callable[[RaceRef], Links]
    result: Callable[[RaceRef], Links]


class SiteSource:
    """One site as a `ports.Source`."""

    def __init__(self, site: Site, sites: SiteAddresses, client: PoliteClient) -> None:
        self.name = site.name
        self._site, self._sites, self._client = site, sites, client

    def programme(self, day: date) -> tuple[PageRequest, ...]:
        """The pages that hold the day's programme."""
        return self._requests(self._site.programme(day), day, None)

    def card(self, ref: RaceRef) -> tuple[PageRequest, ...]:
        """The pages that hold a race's runners and odds; empty where the site lacks the race."""
        return self._requests(self._site.card(ref), ref.race.day, ref.race)

    def result(self, ref: RaceRef) -> tuple[PageRequest, ...]:
        """The pages that hold a race's order of finish and dividends."""
        return self._requests(self._site.result(ref), ref.race.day, ref.race)

    def fetch(self, request: PageRequest) -> Page:
        """Fetch politely. Raises SourceDown, SourceRefused, PageMissing (a hard 404)."""
        answer = self._client.get(request.url, site=self.name)
        return Page(
            request=request,
            body=answer.body,
            taken_at=answer.taken_at,
            content_type=answer.content_type,
        )

    def read(self, page: Page) -> Reading:
        """Read a page. Raises PageChanged, PageMissing (a soft 404), WrongPage."""
        reading = read_page(page.request.kind, page.body, url=page.request.url)
        check_identity(reading, page.request)
        return reading

    def _requests(self, links: Links, day: date, race: RaceId | None) -> tuple[PageRequest, ...]:
        base = self._sites.base(self.name)
        return tuple(
            PageRequest(kind=kind, url=page_address(base, link), day=day, race=race)
            for kind, link in links
        )


def site_sources(sites: SiteAddresses, client: PoliteClient) -> tuple[SiteSource, ...]:
    """All three sites behind one client; a site that is switched off refuses when it is asked."""
    return tuple(SiteSource(site, sites, client) for site in (ZETURF, GENY, PMU))


def _zeturf_programme(_: date) -> Links:
    # One page for today, tomorrow and the day after; it takes no date.
    return ((PageKind.ZETURF_PROGRAMME, "/fr/programmes-et-pronostics"),)


def _zeturf_race(ref: RaceRef) -> Links:
    link = _PREFILL.sub("", ref.urls.get("zeturf", ""))
    return ((PageKind.ZETURF_RACE, _RUNNER_POPUP.sub(r"\1", link)),) if link else ()


def _geny_programme(day: date) -> Links:
    return ((PageKind.GENY_PROGRAMME, f"/reunions-courses-pmu?date={day.isoformat()}"),)


def _geny_card(ref: RaceRef) -> Links:
    link = ref.urls.get("geny", "")
    if not link:
        return ()
    seen = (re.sub(view, card, link) for view, card, _ in _GENY_VIEWS if re.search(view, link))
    return ((PageKind.GENY_RACE, next(seen, link)),)


def _geny_result(ref: RaceRef) -> Links:
    link = ref.urls.get("geny", "")
    seen = (re.sub(view, end, link) for view, _, end in _GENY_VIEWS if re.search(view, link))
    return tuple((PageKind.GENY_RESULT, result) for result in seen)


def _pmu_programme(day: date) -> Links:
    return ((PageKind.PMU_PROGRAMME, _pmu_day(day)),)


def _pmu_card(ref: RaceRef) -> Links:
    return ((PageKind.PMU_RUNNERS, f"{_pmu_race(ref)}/participants{_PMU_POOL}"),)


def _pmu_result(ref: RaceRef) -> Links:
    # The race says whether its order is definitive, which its participants never do.
    race = _pmu_race(ref)
    return (
        (PageKind.PMU_PROGRAMME, race),
        (PageKind.PMU_DIVIDENDS, f"{race}/rapports-definitifs{_PMU_POOL}"),
    )


def _pmu_race(ref: RaceRef) -> str:
    key = ref.race.key
    return f"{_pmu_day(ref.race.day)}/R{key.meeting}/C{key.race}"


def _pmu_day(day: date) -> str:
    return f"/rest/client/61/programme/{day:%d%m%Y}"


ZETURF = Site(name="zeturf", programme=_zeturf_programme, card=_zeturf_race, result=_zeturf_race)
GENY = Site(name="geny", programme=_geny_programme, card=_geny_card, result=_geny_result)
PMU = Site(name="pmu", programme=_pmu_programme, card=_pmu_card, result=_pmu_result)
