"""A page is parsed in bounded time, whatever its nesting."""

import time

import pytest

from hippique.errors import PageChanged
from hippique.sources.markup import FEW_TAGS, MOST_DEPTH, parse_html
from hippique.sources.reading import READERS

DEEP = b"<div>" * 50_000


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(DEEP, id="left open"),
        pytest.param(DEEP + b"</div>" * 50_000, id="closed"),
        pytest.param(b"</p>" * 50_000 + DEEP, id="after tags that close nothing"),
        pytest.param(b"<SPAN class=x>" * 50_000, id="upper case"),
    ],
)
def test_page_nested_beyond_reason_is_refused_before_it_is_parsed(page: bytes):
    before = time.process_time()
    with pytest.raises(PageChanged, match="elements deep"):
        parse_html(page, site="essai", url=None)
    assert time.process_time() - before < 1  # seconds; the parser alone took six


@pytest.mark.parametrize("element", [b"<br>", b"<p>x", b"<li>x", b"<tr><td>x", b"<b>x</b>"])
def test_long_flat_page_is_no_deep_one(element: bytes):
    body = b"<table>" + element * (FEW_TAGS + 1)
    assert parse_html(body, site="essai", url=None).css_first("table") is not None


def test_page_of_the_greatest_depth_is_parsed():
    page = b"<i>" * MOST_DEPTH + b"</i>" * MOST_DEPTH + b"<br>" * FEW_TAGS
    assert len(parse_html(page, site="essai", url=None).css("i")) == MOST_DEPTH


@pytest.mark.parametrize("kind", [kind for kind in READERS if not kind.startswith("pmu")])
def test_every_reader_of_html_refuses_it(kind: str):
    marks = b'<div class="cartoucheReunion" id="tableau_partants">'
    with pytest.raises(PageChanged, match="elements deep"):
        READERS[kind](b"<html><body>" + marks + DEEP + b"</body></html>")
