"""The documents keep up: settings, links, decisions, and the words of errors are all there."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from hippique import errors
from hippique.racing.bets import CATALOGUE
from hippique.settings import Settings
from house import ROOT

DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference"
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *DOCS.rglob("*.md")])
DECISIONS = sorted((DOCS / "decisions").glob("*.md"))
SECTIONS = ["Status", "Context", "Decision", "Consequences", "Rejected", "Enforced by"]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def table_rows(text: str) -> list[list[str]]:
    """The cells of every table row, heads included, separators left out."""
    rows = [line.strip().strip("|").split("|") for line in text.splitlines() if line[:1] == "|"]
    return [[cell.strip() for cell in row] for row in rows if not set("".join(row)) <= set("-: ")]


# --- settings -------------------------------------------------------------------------------


def documented_settings() -> dict[str, str]:
    """Each setting of the reference page with the default that it states."""
    rows = table_rows((REFERENCE / "settings.md").read_text("utf-8"))
    return {row[0].strip("`"): row[1].strip("`") for row in rows[1:]}


def test_page_lists_the_settings_that_exist_and_no_others():
    assert set(documented_settings()) == {name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_page_states_the_default_of_a_setting(name):
    assert documented_settings()[name.upper()] == printed(Settings.model_fields[name].default)


def printed(value: object) -> str:
    """A default as somebody would write it in `.env`."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return "" if value is None else str(value)


# --- errors, bets ---------------------------------------------------------------------------


def test_page_lists_every_error():
    tree = {
        name
        for name, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, errors.HippiqueError) and kind is not errors.HippiqueError
    }
    rows = table_rows((REFERENCE / "errors.md").read_text("utf-8"))

    assert {row[0].strip("`") for row in rows[1:]} == tree


def test_drawn_tree_of_errors_names_every_error():
    drawn = set(re.findall(r"[├└]── (\w+)", errors.__doc__ or ""))
    real = {kind.__name__ for kind in vars(errors).values() if inspect.isclass(kind)}

    assert drawn == real - {"HippiqueError"}


@pytest.mark.parametrize("code", ["win", "place", "show2", "couple_place", "trio", "two_of_four"])
def test_words_page_names_the_bet(code):
    assert code in CATALOGUE
    assert f"`{code}`" in (REFERENCE / "words.md").read_text("utf-8")


# --- links ----------------------------------------------------------------------------------


def links(page: Path) -> list[str]:
    without_code = re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)
    return re.findall(r"\]\(([^)\s]+)\)", without_code)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_relative_links_lead_somewhere(page):
    relative = [link for link in links(page) if "://" not in link]

    assert [link for link in relative if broken(page, link)] == []


def broken(page: Path, link: str) -> bool:
    place, _, anchor = link.partition("#")
    target = (page.parent / place).resolve() if place else page
    if not target.exists():
        return True
    return bool(anchor) and anchor not in anchors(target)


def anchors(page: Path) -> set[str]:
    """The anchors that a page's headings make: small letters, dashes for blanks, no signs."""
    heads = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", [DOCS / "seed-map.md", *DECISIONS], ids=name_of)
def test_paths_that_a_page_names_exist(page):
    named = re.findall(r"`((?:src/hippique|docs|tests|benchmarks)/[\w./-]*)`", page.read_text())

    assert [path for path in named if not (ROOT / path).exists()] == []


# --- decisions ------------------------------------------------------------------------------


@pytest.mark.parametrize("page", DECISIONS, ids=name_of)
def test_decision_has_its_sections_in_order(page):
    assert re.findall(r"^## (.+)$", page.read_text("utf-8"), re.MULTILINE) == SECTIONS


@pytest.mark.parametrize("page", DECISIONS, ids=name_of)
def test_decision_has_a_date_a_price_and_a_sentence_to_quote(page):
    text = page.read_text("utf-8")

    assert re.search(r"^Accepted, \d{4}-\d{2}-\d{2}\.$", text, re.MULTILINE)
    assert "The price:" in text
    assert re.search(r"## Decision\n\n\*\*.+\*\*\n", text)


def test_decisions_are_numbered_without_gaps():
    numbers = [int(page.name[:4]) for page in DECISIONS]

    assert numbers == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("page", DECISIONS, ids=name_of)
def test_decision_fits_one_page(page):
    assert len(page.read_text("utf-8").splitlines()) <= 60
