"""A real browser is paired at a real `serve`, looks around, and is unpaired. Needs Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from browser import Page, chromium, open_page
from running import Service, environment, invoke, serve

WIDTHS = (320, 390, 768, 1440)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    chromium()
    env = environment(REQUIRE_AUTH="true", AUTH_PLATFORM="pairing")
    with serve(tmp_path, tmp_path / "data", env=env) as service:
        yield service


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    with open_page(tmp_path / "profile") as opened:
        yield opened


def typed(page: Page, code: str) -> None:
    page.ask(f"document.querySelector('#code').value = '{code}'")
    page.follow("document.querySelector('form button').click()")


def heading(page: Page) -> str:
    told: str = page.ask("document.querySelector('h1').textContent")
    return told


def test_a_browser_is_paired_by_the_code_and_unpaired_again(service, page, tmp_path):
    page.show(f"{service.url}/")
    assert "Associer cet écran" in heading(page)  # 401, with the way in
    code = invoke("pair", "--json", "--data", tmp_path / "data", cwd=tmp_path).document["code"]

    typed(page, "0000-0000")
    assert "Ce code est faux" in page.ask("document.body.textContent")
    typed(page, code.lower())

    assert page.ask("location.pathname") == "/"
    assert "Associer" not in heading(page)
    assert page.ask("document.cookie") == ""  # no script may read it
    page.show(f"{service.url}/pair")
    assert "Écran associé" in heading(page)
    page.follow("document.querySelector('form button').click()")
    assert "Associer cet écran" in heading(page)
    page.show(f"{service.url}/")
    assert "Associer cet écran" in heading(page)
    assert [said for said in page.complaints if "401" not in said] == []


def test_the_page_fits_every_width_and_a_thumb(service, page):
    for width in WIDTHS:
        page.show(f"{service.url}/pair", width)
        assert page.ask("document.documentElement.scrollWidth") == width
        heights = page.ask(
            "[...document.querySelectorAll('button, input')].map(e => e.offsetHeight)"
        )
        assert min(heights) >= 44


def test_a_page_elsewhere_cannot_make_a_paired_browser_act(service, page, tmp_path):
    told = invoke("pair", "--operator", "--json", "--data", tmp_path / "data", cwd=tmp_path)
    page.show(f"{service.url}/pair")
    typed(page, told.document["code"])

    page.show("data:text/html,<form method=post></form>")
    page.ask(f"document.forms[0].action = '{service.url}/api/queue/pause'")
    page.follow("document.forms[0].submit()")

    assert "NotAllowed" in page.ask("document.body.textContent")
    queue = invoke("queue", "stats", "--json", "--data", tmp_path / "data", cwd=tmp_path)
    assert queue.document["paused"] is False
