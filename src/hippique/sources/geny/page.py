"""A fetched page opened for reading: text, tree, whose page it is; error pages are refused here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from selectolax.lexbor import LexborHTMLParser, LexborNode

from hippique.errors import PageChanged, PageMissing, WrongPage
from hippique.racing.card import Meeting, Reading
from hippique.sources.geny import selectors as s
from hippique.sources.geny.address import GenyAddress, as_day, find_address
from hippique.sources.geny.encoding import LOST, decode
from hippique.sources.markup import parse_html

NO_ARRIVAL = "no arrival on the page: the race may not have finished"

_NUL = "\x00"
_SHORTEST = 40  # characters; anything shorter holds no table


class Generation(Enum):
    """Which site wrote the page."""

    LEGACY = "legacy"
    NEXT = "next"
    JSON = "json"
    SISTER = "genybet"


@dataclass(frozen=True, slots=True)
class Page:
    """An opened page. warnings grows while it is read; tree is None for a JSON answer."""

    text: str
    url: str | None
    generation: Generation
    tree: LexborHTMLParser
    address: GenyAddress | None
    warnings: list[str] = field(default_factory=list)

    def changed(self, missing: str) -> PageChanged:
        """The error for a page that lacks `missing`."""
        return PageChanged(f"the page lacks {missing}", site=s.SITE, url=self.url)

    def first(self, selector: str) -> LexborNode | None:
        """The first element of a selector."""
        return self.tree.css_first(selector)


def open_page(body: bytes, url: str | None) -> Page:
    """Open a page of any generation.

    Raises PageMissing for the site's error pages (status 200 included), PageChanged for what is
    no readable page: empty, binary, cut short, of another site.
    """
    text = decode(body)
    if len(text.strip()) < _SHORTEST:
        raise PageChanged("the answer is empty", site=s.SITE, url=url)
    if _NUL in text:
        raise PageChanged("the answer is binary, no page of text", site=s.SITE, url=url)
    _refuse_error_page(text, url)
    generation = _generation(text, url)
    html = b"" if generation is Generation.JSON else text.encode()
    tree = parse_html(html, site=s.SITE, url=url)
    page = Page(text, url, generation, tree, find_address(url) if url else None)
    if LOST in text:
        page.warnings.append(f"the encoding is damaged: {text.count(LOST)} letters are lost")
    return page


def _refuse_error_page(text: str, url: str | None) -> None:
    if any(mark in text for mark in s.CONTENT_MARKS):
        return
    if s.ERROR_EVENT.search(text):
        status = s.ERROR_STATUS.search(text)
        told = f" (its status inside: {status[1]})" if status else ""
        raise PageMissing(f"geny: an error page in place of the page{told}", site=s.SITE, url=url)
    if s.ERROR_TITLE.search(text) or s.GONE_WORDS.search(text):
        raise PageMissing("geny: the page does not exist (any more)", site=s.SITE, url=url)


def _generation(text: str, url: str | None) -> Generation:
    if text.lstrip()[:1] in {"[", "{"}:
        return Generation.JSON
    if s.PAGE_START.match(text) and not any(end in text for end in s.PAGE_ENDS):
        raise PageChanged(
            "the page is cut short: its end, </html>, is missing", site=s.SITE, url=url
        )
    for marks, generation in _GENERATION_MARKS:
        if any(mark in text for mark in marks):
            return generation
    raise PageChanged("this is no Geny race or programme page", site=s.SITE, url=url)


_GENERATION_MARKS: tuple[tuple[tuple[str, ...], Generation], ...] = (
    ((*s.CONTENT_MARKS, "cartoucheCourse"), Generation.LEGACY),
    ((s.FLIGHT_PUSH,), Generation.NEXT),
    ((s.SISTER_MARK,), Generation.SISTER),
)


# --- whose page ----------------------------------------------------------------------------------


def page_address(page: Page) -> GenyAddress | None:
    """What the page itself says it is: its canonical or its own address, with a race in it."""
    for selector, attribute in ((s.CANONICAL, "href"), (s.REDIRECTION, "value")):
        node = page.first(selector)
        address = find_address((node.attributes.get(attribute) if node else None) or "")
        if address is not None and address.race_id is not None:
            return address
    return None


def page_url(page: Page) -> str | None:
    """The race's address as the page gives it."""
    for selector, attribute in ((s.CANONICAL, "href"), (s.REDIRECTION, "value")):
        node = page.first(selector)
        link = (node.attributes.get(attribute) if node else None) or ""
        address = find_address(link)
        if address is not None and address.race_id is not None:
            return link
    return None


def page_race_id(page: Page) -> int | None:
    """Geny's number of the race that a legacy page shows."""
    own = page_address(page)
    if own is not None:
        return own.race_id
    patterns = (s.PAGE_RACE_ID, s.PAGE_SHOP_ID, s.SISTER_RACE_ID)
    matches = (pattern.search(page.text) for pattern in patterns)
    return next((int(match[1]) for match in matches if match), None)


def page_day(page: Page) -> date | None:
    """The day that the page's calendar shows, else the day of its own address."""
    node = page.first(s.PAGE_DAY)
    match = s.FRENCH_DAY.search((node.attributes.get("value") if node else None) or "")
    if match:
        stated = as_day(f"{match[3]}-{match[2]:0>2}-{match[1]:0>2}")
        if stated is None:
            raise page.changed(f"a date in {s.PAGE_DAY} ({match[0]})")
        return stated
    own = page_address(page)
    return own.day if own else None


def check_identity(page: Page, *, race_id: int | None, day: date | None) -> None:
    """Raise WrongPage where the address asked for names another race or day than the page."""
    asked = page.address
    if asked is None:
        return
    for what, wanted, shown in (
        ("race", asked.race_id, race_id),
        ("day", asked.day, day),
    ):
        if wanted is not None and shown is not None and wanted != shown:
            raise WrongPage(
                f"geny: the page is of {what} {shown}, {what} {wanted} was asked for",
                site=s.SITE,
                url=page.url,
            )


# --- the reading ---------------------------------------------------------------------------------


def reading_of(page: Page, kind: str, meetings: tuple[Meeting, ...]) -> Reading:
    """The reading of a page, with a warning that names what the damaged encoding spoilt."""
    spoilt = _spoilt(meetings)
    if spoilt:
        page.warnings.append("letters are lost in: " + ", ".join(spoilt))
    return Reading(
        source=s.SITE,
        page=kind,
        url=page.url,
        warnings=tuple(dict.fromkeys(page.warnings)),
        meetings=meetings,
    )


def _spoilt(meetings: tuple[Meeting, ...]) -> list[str]:
    found = []
    for meeting in meetings:
        found += [f"track {meeting.track}"] if LOST in (meeting.track or "") else []
        for race in meeting.races:
            words = {"race name": race.name, "going": race.going}
            found += [f"{what} {text}" for what, text in words.items() if LOST in (text or "")]
            for runner in race.runners:
                names = {"name": runner.name, "jockey": runner.jockey, "trainer": runner.trainer}
                found += [
                    f"{what} of {runner.number} {text}"
                    for what, text in names.items()
                    if LOST in (text or "")
                ]
    return found
