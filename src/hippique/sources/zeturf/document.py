"""A body opened once: decoded, parsed, refused when it is no whole page of the site."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from selectolax.lexbor import LexborHTMLParser, LexborNode

from hippique.errors import PageChanged, PageMissing
from hippique.racing.card import RaceId, RaceKey
from hippique.racing.times import paris_time
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
        return PageChanged(missing, site=site.SITE, url=self.url)

    def warn(self, note: str) -> None:
        """Note, once, what a reader of the reading must know."""
        if note not in self.warnings:
            self.warnings.append(note)


def open_document(body: bytes, *, url: str | None) -> Document:
    """Decode and parse. Raises PageMissing for the site's error pages, PageChanged for damage."""
    text = _decoded(body, url)
    document = Document(tree=LexborHTMLParser(body), text=text, url=url)
    title = fold(words(document.tree.css_first("title")))
    if site.ERROR_TITLE.match(title):
        message = f"{site.SITE}: an error page, «{title}», in place of the page asked for"
        raise PageMissing(message, site=site.SITE, url=url)
    if not site.HTML_START.search(text):
        raise document.changed("no HTML page at all")
    if not any(end in text for end in site.HTML_ENDS):
        raise document.changed("the page is cut short: its end (</html>) is missing")
    return document


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
    return squash(node.attrs.get(name)) if node is not None else ""


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
