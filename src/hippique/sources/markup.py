"""HTML to a tree, in one place: a page nested beyond reason is refused before it is parsed."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from hippique.errors import PageChanged

# The parser's time grows with the square of the depth: 50,000 open elements took 6 s. Real pages
# are 15 to 50 deep and hold up to 10,000 tags; fewer tags than this cannot nest deep enough to
# cost half a second, so that their depth need not be counted.
FEW_TAGS = 12_000
MOST_DEPTH = 1_000

_TAG = re.compile(rb"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
# Elements without content, and those that the next of their kind closes: pages leave them open.
_NEVER_DEEP = frozenset(
    {
        *(b"area", b"base", b"br", b"col", b"embed", b"hr", b"img", b"input", b"link", b"meta"),
        *(b"param", b"source", b"track", b"wbr"),
        *(b"p", b"li", b"dt", b"dd", b"option"),
        *(b"thead", b"tbody", b"tfoot", b"tr", b"td", b"th"),
    }
)


def parse_html(page: bytes, *, site: str, url: str | None) -> LexborHTMLParser:
    """The tree of a UTF-8 page, as a browser would build it. Raises PageChanged."""
    if page.count(b"<") > FEW_TAGS and is_too_deep(page):
        reason = f"the page is nested more than {MOST_DEPTH} elements deep"
        raise PageChanged(reason, site=site, url=url)
    try:
        return LexborHTMLParser(page)
    except (SelectolaxError, ValueError) as error:
        raise PageChanged(f"the page cannot be parsed ({error})", site=site, url=url) from error


def is_too_deep(page: bytes) -> bool:
    """True where more than `MOST_DEPTH` elements stand open at once."""
    depth = 0
    for closing, name in _TAG.findall(page):
        if name.lower() in _NEVER_DEEP:
            continue
        # A closing tag that closes nothing opens no room for deeper ones.
        depth = max(depth - 1, 0) if closing else depth + 1
        if depth > MOST_DEPTH:
            return True
    return False
