"""The pages in a real browser: nothing scrolls sideways, nothing is blocked, targets are large."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from browser import Page, chromium, open_page
from hippique.web.pages import install_pages
from page_days import FORMULA, LONG, MARKUP, day_of_states, desk_on, served

DAY = "/day/2026-06-07"
RACES = ("R1C1", "R1C3", "R1C6", "R1C8")
WIDTHS = (320, 390, 760, 1024, 1440)

# Links and summaries lower than a thumb; a table's row is one target, whatever its link's height.
SMALL_TARGETS = """
[...document.querySelectorAll('a, summary')]
  .filter(e => e.checkVisibility() && !e.closest('.skip'))
  .map(e => [e.textContent.trim(), (e.closest('tr') || e).getBoundingClientRect().height])
  .filter(([text, height]) => height < 44)
"""

# Contrast of every piece of text against the nearest opaque background, by WCAG 2.2.
POOR_CONTRAST = """
(() => {
  const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
  const channel = v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const light = colour => {
    const [r, g, b] = numbers(colour).map(channel);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const ground = e => {
    for (; e; e = e.parentElement) {
      const colour = getComputedStyle(e).backgroundColor;
      if ((numbers(colour)[3] ?? 1) === 1) return colour;
    }
    return 'rgb(255,255,255)';
  };
  const poor = new Set();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode.data.trim(), e = texts.currentNode.parentElement;
    if (!text || !e.checkVisibility()) continue;
    const both = [light(getComputedStyle(e).color), light(ground(e))].sort((x, y) => y - x);
    const ratio = (both[0] + .05) / (both[1] + .05);
    if (ratio < 4.5) poor.add(`${text} ${ratio.toFixed(2)}`);
  }
  return [...poor];
})()
"""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    chromium()
    app = FastAPI()
    install_pages(app, desk_on(day_of_states()))
    with served(app) as url:
        yield url


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> Iterator[Page]:
    profile: Path = tmp_path_factory.mktemp("profile")
    with open_page(profile) as opened:
        yield opened


def paths() -> list[str]:
    return [DAY, "/day/2020-01-01", *(f"/race/2026-06-07/{key}" for key in RACES)]


@pytest.mark.parametrize("path", paths())
def test_no_width_scrolls_sideways(site, page, path):
    found = {}
    for width in WIDTHS:
        page.show(site + path, width)
        found[width] = page.ask("document.documentElement.scrollWidth")
    assert found == {width: width for width in WIDTHS}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("path", paths())
def test_text_is_readable_against_its_ground(site, page, path, dark):
    page.show(site + path, 1440, dark=dark)
    assert page.ask(POOR_CONTRAST) == []


def test_the_measures_find_what_they_look_for(site, page):
    page.show(site + DAY, 1440)  # the desktop's links are lower than a thumb
    page.ask("document.querySelector('h1').style.color = '#ccc'")
    page.ask("document.querySelector('h1').style.width = '2000px'")
    assert page.ask(POOR_CONTRAST) == ["Dimanche 7 juin 2026 1.56"]
    assert page.ask(SMALL_TARGETS) != []
    assert page.ask("document.documentElement.scrollWidth") > 1440


@pytest.mark.parametrize("path", paths())
def test_a_thumb_finds_every_target_on_a_phone(site, page, path):
    page.show(site + path, 390)
    assert page.ask(SMALL_TARGETS) == []


def test_hostile_names_are_seen_as_written(site, page):
    page.show(site + "/race/2026-06-07/R1C8")
    names = page.ask("[...document.querySelectorAll('.horse')].map(e => e.textContent)")
    assert {MARKUP, FORMULA, LONG} <= set(names)
    assert page.ask("document.querySelectorAll('main b, main script, main i').length") == 0


def test_key_facts_are_on_the_screen(site, page):
    page.show(site + DAY, 390)
    seen = page.ask("document.body.innerText").replace("\u00a0", " ")
    for words in ("SIMULÉ", "Dimanche 7 juin 2026", "Ticket, R1C3", "+0,60 €", "18+"):
        assert words in seen


def test_the_banner_stays_in_view_on_scroll(site, page):
    page.show(site + DAY, 390)
    page.ask("scrollTo(0, 900)")
    assert page.ask("document.querySelector('.banner').getBoundingClientRect().top") == 0


def test_the_browser_complains_of_nothing(site, page):
    page.complaints.clear()
    for path in (DAY, "/race/2026-06-07/R1C3"):
        page.show(site + path)
    assert page.complaints == []
