"""A body opened once: decoded, parsed, refused when it is no whole page of the site."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from html import unescape

from selectolax.lexbor import LexborHTMLParser, LexborNode

from hippique.errors import PageChanged, PageMissing
from hippique.racing.card import RaceId, RaceKey
from hippique.racing.times import paris_time
from hippique.sources.markup import parse_html
from hippique.sources.text import fold, squash
from hippique.sources.zeturf import selectors as site


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A parsed page. warnings: filled while it is read, in the page's order."""

    tree: LexborHTMLParser
    text: str
    url: str | None
    warnings: list[str] = field(default_factory=list)

    def changed(self, missing: str) -> PageChanged:
        """The error that names what this page lacks."""
        return PageChanged(f"the page lacks {missing}", site=site.SITE, url=self.url)

    def warn(self, note: str) -> None:
        """Note, once, what a reader of the reading must know."""
        if note not in self.warnings:
            self.warnings.append(note)


def open_document(
    body: bytes, *, url: str | None, parts: re.Pattern[bytes] | None = None
) -> Document:
    """Decode and parse. Raises PageMissing for the site's error pages, PageChanged for damage.

    parts: finds the parts of the page that its reader needs. What stands before the first of them
    (menus, the day's frieze) is half of a race page and is then left out of the tree.
    """
    text = _decoded(body, url)
    _refuse_error_page(text, url)
    if not site.HTML_START.search(text):
        raise PageChanged("no HTML page at all", site=site.SITE, url=url)
    if not any(text.rfind(end) >= 0 for end in site.HTML_ENDS):
        reason = "the page is cut short: its end (</html>) is missing"
        raise PageChanged(reason, site=site.SITE, url=url)
    read = _from_first_part(body, parts) if parts else body
    tree = parse_html(read, site=site.SITE, url=url)
    return Document(tree=tree, text=text, url=url)


def _refuse_error_page(text: str, url: str | None) -> None:
    match = site.TITLE.search(text)
    title = fold(unescape(match[1])) if match else ""
    if site.ERROR_TITLE.match(title):
        message = f"{site.SITE}: an error page, «{title}», in place of the page asked for"
        raise PageMissing(message, site=site.SITE, url=url)


def _from_first_part(page: bytes, parts: re.Pattern[bytes]) -> bytes:
    """The page from its first part on; all of it where that stands inside a script or comment."""
    first = parts.search(page)
    start = page.rfind(b"<", 0, first.start()) if first else 0
    if start <= 0 or any(
        page.rfind(opened, 0, start) > page.rfind(closed, 0, start)
        for opened, closed in site.HIDDEN_TEXT
    ):
        return page
    return site.DOCTYPE + page[start:]


def _decoded(body: bytes, url: str | None) -> str:
    if not body.strip():
        raise PageChanged("the body is empty", site=site.SITE, url=url)
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        reason = f"the body is no valid UTF-8 (byte {error.start})"
        raise PageChanged(reason, site=site.SITE, url=url) from error


def words(node: LexborNode | None) -> str:
    """The squashed text of a node and all inside it; empty where there is no node."""
    return squash(node.text()) if node is not None else ""


def own_words(node: LexborNode | None) -> str:
    """The squashed text that stands directly in a node, without that of its children."""
    return squash(node.text(deep=False)) if node is not None else ""


def elements(node: LexborNode) -> list[LexborNode]:
    """The element children of a node; comments, which have no attributes, are none."""
    return [child for child in node.iter() if child.is_element_node]


def attribute(node: LexborNode | None, name: str) -> str:
    """The squashed value of an attribute; empty where node, attribute or value is absent."""
    return squash(node.attributes.get(name)) if node is not None else ""


def classes_of(node: LexborNode) -> list[str]:
    """The classes of an element."""
    return (node.attributes.get("class") or "").split()


def first_by_class(nodes: Iterable[LexborNode]) -> dict[str, LexborNode]:
    """The first of the elements that carries each class."""
    found: dict[str, LexborNode] = {}
    for node in nodes:
        for name in (node.attributes.get("class") or "").split():
            found.setdefault(name, node)
    return found


def race_in(address: str) -> RaceId | None:
    """The race that an address names, None where it names none."""
    match = site.RACE_ADDRESS.search(address)
    day = read_day(match["day"]) if match else None
    if match is None or day is None:
        return None
    return RaceId(day, RaceKey(int(match["meeting"]), int(match["race"])))


def race_path(address: str) -> str:
    """A race's address without query, fragment and the tail that opens one runner's sheet."""
    previous = ""
    while previous != address:
        previous, address = address, site.RUNNER_TAIL.sub("", address)
    return address


def read_day(text: str) -> date | None:
    """A day written YYYY-MM-DD, None for a day that no calendar has."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def read_instant(seconds: str) -> datetime | None:
    """Unix seconds (UTC) of a data attribute, as Paris time."""
    if not (seconds.isascii() and seconds.isdigit()) or len(seconds) > 10:  # noqa: PLR2004  until 2286
        return None
    return paris_time(datetime.fromtimestamp(int(seconds), UTC))


def flag_country(node: LexborNode | None) -> str | None:
    """The country of a little flag ("fi fi-fr"), upper case."""
    match = site.FLAG_CLASS.search(attribute(node, "class"))
    return match[1].upper() if match else None
