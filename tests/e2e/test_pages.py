"""The pages over HTTP: states, errors, headers, names of hostile horses. No browser is needed."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI

from hippique.runtime.memory import MemoryArchive
from hippique.web.auth.calls import Place
from hippique.web.auth.headers import SecurityHeaders
from hippique.web.pages import install_pages
from page_days import FORMULA, LONG, MARKUP, Kept, day_of_states, desk_on, served

DAY = "/day/2026-06-07"
RACE = "/race/2026-06-07"


@pytest.fixture(scope="module")
def site() -> Iterator[httpx.Client]:
    app = FastAPI()
    app.add_middleware(SecurityHeaders, place=Place())
    install_pages(app, desk_on(day_of_states()))
    with served(app) as url, httpx.Client(base_url=url, trust_env=False) as client:
        yield client


def text_of(reply: httpx.Response) -> str:
    """What a reader sees, its no-break ones too, as one space each."""
    assert reply.status_code == 200, reply.text
    body = html.unescape(re.sub(r"<[^>]+>", " ", reply.text.partition("<body>")[2]))
    return re.sub(r" ([.,])", r"\1", " ".join(body.split()))


@pytest.mark.parametrize(
    ("key", "words"),
    [
        pytest.param("R1C1", "Rien à lire avant 15 h 20.", id="before H-30"),
        pytest.param("R1C2", "Pas encore prise.", id="H-30 alone"),
        pytest.param("R1C3", "SIMULÉ, ne pas jouer", id="slip"),
        pytest.param("R1C4", "Retiré : le 4 est non-partant", id="withdrawn slip"),
        pytest.param("R1C5", "Il manquait les cotes gagnant.", id="no-bet"),
        pytest.param("R1C6", "1er ex æquo : 4 = et 5", id="dead heat"),
        pytest.param("R1C7", "La course n’a pas été courue ; la mise est rendue.", id="cancelled"),
        pytest.param("R2C1", "Échec H-5 Aucun ticket. Lancée après le départ.", id="failed"),
        pytest.param("R2C2", "Retard H-5 Aucun ticket.", id="late"),
        pytest.param("R9C1", "Hors périmètre", id="out of scope"),
    ],
)
def test_each_state_of_a_race_is_said_in_words(site, key, words):
    assert words in text_of(site.get(f"{RACE}/{key}"))


def test_the_slip_shows_stakes_intervals_and_limits(site):
    text = text_of(site.get(f"{RACE}/R1C3"))
    for words in ("à jouer avant 14 h 14 min 30 s", "80 % : 2,1 à 3,2", "pas sous 1,9",
                  "4–5 2,00 €", "Mise totale 5,00 €", "−0,70 € à +5,30 €"):  # fmt: skip
        assert words in text


def test_the_day_tells_alerts_totals_and_sources(site):
    text = text_of(site.get(DAY))
    for words in ("10 courses, 2 réunions, sur 11 annoncées. Plan établi à 9 h 00",
                  "2 sources sur 3. PMU sans réponse à 9 h 00",
                  "Échec H-5 Aucun ticket émis : R2C1",
                  "Courses réglées 1 sur 9", "ticket retiré", "non concluant",
                  "départ 15 h 48 (Geny), 15 h 50 (ZEturf)"):  # fmt: skip
        assert words in text
    assert text == text_of(site.get("/"))


def test_a_page_has_one_heading_a_skip_link_and_landmarks(site):
    for path in (DAY, f"{RACE}/R1C3", "/day/2020-01-01"):
        source = site.get(path).text
        assert source.count("<h1>") == 1
        assert '<html lang="fr">' in source
        assert 'href="#contenu"' in source
        for landmark in ("<header", "<main", "<footer", "<nav"):
            assert landmark in source
        assert source.count("<table") == source.count("<caption")


def test_every_page_says_simulated_in_its_banner_and_title(site):
    for path in ("/", f"{RACE}/R1C3", "/day/2020-01-01", "/day/nonsense", f"{RACE}/R99C1"):
        source = site.get(path).text
        assert "<title>[SIMULÉ] " in source
        assert "<strong>SIMULÉ</strong>" in source


def test_a_live_page_says_it_on_none():
    app = FastAPI()
    install_pages(app, desk_on(day_of_states("live"), mode="live"))
    with served(app) as url:
        for path in ("/", f"{RACE}/R1C3"):
            source = httpx.get(url + path, trust_env=False).text
            assert "SIMUL" not in source
            assert "Ticket à jouer" in source


def test_hostile_names_are_text(site):
    source = site.get(f"{RACE}/R1C8").text
    assert MARKUP not in source
    assert "&lt;b&gt;GRAS&lt;/b&gt;&lt;script&gt;" in source
    assert FORMULA.replace("'", "&#39;") in source
    assert LONG in source


@pytest.mark.parametrize(
    ("path", "words"),
    [
        pytest.param("/day/2020-01-01", "L’archive n’a rien", id="day without plan"),
        pytest.param("/day/2030-01-01", "Pas encore de plan", id="day ahead"),
        pytest.param("/day/20260607", "ne se lit pas comme un jour", id="compact date"),
        pytest.param("/day/%3Cb%3E", "«&nbsp;&lt;b&gt;&nbsp;»", id="markup for a date"),
        pytest.param(f"{RACE}/R99C1", "n’est pas au programme", id="unknown race"),
        pytest.param(f"{RACE}/C3R1", "ne se lit pas comme une course", id="bad key"),
        pytest.param("/race/2020-01-01/R1C1", "n’a pas de plan", id="race without plan"),
        pytest.param("/race/x/R1C1", "ne se lit pas comme un jour", id="race of no day"),
    ],
)
def test_what_is_not_there_is_404_in_french_with_a_way_back(site, path, words):
    reply = site.get(path)
    assert reply.status_code == 404
    assert words in reply.text
    assert 'href="/"' in reply.text
    assert "Traceback" not in reply.text


def test_no_page_leads_nowhere(site):
    pages = ["/", f"{RACE}/R1C3", f"{RACE}/R1C7", f"{RACE}/R9C1", f"{RACE}/R99C1"]
    links = {
        link for page in pages for link in re.findall(r'(?:href)="(/[^"#]*)"', site.get(page).text)
    }
    assert len(links) > 10
    assert {link: site.get(link).status_code for link in links} == dict.fromkeys(links, 200)


def test_headers_forbid_scripts_frames_and_caching(site):
    for path in ("/", f"{RACE}/R1C3", "/day/nonsense", "/race/2026-06-07"):
        reply = site.get(path)
        assert reply.headers["Cache-Control"] == "no-store"
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        policy = reply.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert not re.search(r"<script|<style| style=| on\w+=", reply.text)


def test_a_style_sheet_is_named_by_its_content_and_may_be_kept(site):
    address = re.search(r"/style\.css\?\w+", site.get("/").text)
    assert address is not None
    reply = site.get(address[0])
    assert reply.headers["Content-Type"].startswith("text/css")
    assert "immutable" in reply.headers["Cache-Control"]


def test_head_answers_like_get_without_a_body(site):
    for path in ("/", DAY, f"{RACE}/R1C3", f"{RACE}/R99C1", "/style.css"):
        head, get = site.head(path), site.get(path)
        assert (head.status_code, head.content) == (get.status_code, b"")


def test_a_race_without_its_number_leads_to_the_day(site):
    reply = site.get("/race/2026-06-07")
    assert (reply.status_code, reply.headers["Location"]) == (307, DAY)


def test_an_empty_archive_says_how_a_plan_is_made():
    app = FastAPI()
    install_pages(app, desk_on(MemoryArchive()))
    with served(app) as url:
        assert "hippique schedule 2026-06-07" in text_of(httpx.get(url, trust_env=False))


def test_a_damaged_archive_is_said_without_its_innards():
    archive, journal = MemoryArchive(), Kept()
    archive.create("2026-06-07/plan/20260607T090000/plan.json", b"{")
    app = FastAPI()
    install_pages(app, desk_on(archive, journal=journal))
    with served(app) as url:
        for path in ("/", DAY, f"{RACE}/R1C1"):
            reply = httpx.get(url + path, trust_env=False)
            assert reply.status_code == 503
            assert "Archive illisible" in reply.text
            assert "msgspec" not in reply.text
    assert journal.messages == ["ERROR Page not shown: the archive cannot be read"] * 3
