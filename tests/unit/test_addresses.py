"""Which addresses are accepted as a race page, and which may be fetched at all."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hippique.errors import BadAddress, DayMismatch, SettingsError, SourceRefused
from hippique.racing.card import RaceId
from hippique.sources.addresses import (
    SiteAddresses,
    fetch_target,
    is_live,
    is_loopback,
    page_address,
    site_addresses,
)
from hippique.sources.course_urls import read_course_url
from material import material

LIVE = SiteAddresses()
LOCAL = site_addresses(racecourse="http://127.0.0.1:8090")
ZETURF_PATH = "/fr/course/2025-11-20/R1C5-vincennes-prix-de-picardie"
ZETURF = f"https://www.zeturf.fr{ZETURF_PATH}"
GENY_PATH = "/partants-pmu/2025-11-20-vincennes-pmu-prix-de-picardie_c1600000"
PMU_PATH = "/rest/client/61/programme/20112025/R1/C5"
DAY = date(2025, 11, 20)
RACE = RaceId.parse("2025-11-20/R1C5")

ACCEPTED = {
    "as the site links it": ("zeturf", ZETURF, ZETURF),
    "bare domain": ("zeturf", f"https://zeturf.fr{ZETURF_PATH}", f"https://zeturf.fr{ZETURF_PATH}"),
    "deeper subdomain": (
        "zeturf",
        f"https://m.www.zeturf.fr{ZETURF_PATH}",
        f"https://m.www.zeturf.fr{ZETURF_PATH}",
    ),
    "default port said aloud": ("zeturf", f"https://www.zeturf.fr:443{ZETURF_PATH}", ZETURF),
    "ticket": ("zeturf", f"{ZETURF}?prefill=39", ZETURF),
    "runner popup": ("zeturf", f"{ZETURF}/12", ZETURF),
    "runner popup with ticket": ("zeturf", f"{ZETURF}/12?prefill=6", ZETURF),
    "fragment": ("zeturf", f"{ZETURF}#rapports", ZETURF),
    "slash at the end": ("zeturf", f"{ZETURF}/", ZETURF),
    "pmu runners": (
        "pmu",
        f"https://online.turfinfo.api.pmu.fr{PMU_PATH}/participants?specialisation=INTERNET",
        f"https://online.turfinfo.api.pmu.fr{PMU_PATH}",
    ),
    "pmu as people see it": (
        "pmu",
        "https://www.pmu.fr/turf/20112025/R1/C5/",
        "https://www.pmu.fr/turf/20112025/R1/C5",
    ),
}

REFUSED = {
    "plain http": f"http://www.zeturf.fr{ZETURF_PATH}",
    "another port": f"https://www.zeturf.fr:8443{ZETURF_PATH}",
    "port of http": f"https://www.zeturf.fr:80{ZETURF_PATH}",
    "port with a leading zero": f"https://www.zeturf.fr:0443{ZETURF_PATH}",
    "port beyond all ports": f"https://www.zeturf.fr:65979{ZETURF_PATH}",
    "empty port": f"https://www.zeturf.fr:{ZETURF_PATH}",
    "port in Arabic digits": f"https://www.zeturf.fr:٤٤٣{ZETURF_PATH}",
    "user": f"https://user@www.zeturf.fr{ZETURF_PATH}",
    "user and password": f"https://user:secret@www.zeturf.fr{ZETURF_PATH}",
    "allowed host as user": f"https://www.zeturf.fr@evil.com{ZETURF_PATH}",
    "allowed host as user and password": f"https://www.zeturf.fr:443@evil.com{ZETURF_PATH}",
    "encoded at sign": f"https://www.zeturf.fr%40evil.com{ZETURF_PATH}",
    "allowed host as subdomain": f"https://zeturf.fr.evil.com{ZETURF_PATH}",
    "allowed host as ending without a dot": f"https://evilzeturf.fr{ZETURF_PATH}",
    "allowed host with a hyphen before": f"https://evil-zeturf.fr{ZETURF_PATH}",
    "another ending": f"https://www.zeturf.com{ZETURF_PATH}",
    "mirror in Belgium": f"https://www.zeturf.be{ZETURF_PATH}",
    "ending alone": f"https://fr{ZETURF_PATH}",
    "allowed host in the path": f"https://evil.com/www.zeturf.fr{ZETURF_PATH}",
    "allowed host in the query": f"https://evil.com/?https://www.zeturf.fr{ZETURF_PATH}",
    "allowed host in the fragment": f"https://evil.com#.zeturf.fr{ZETURF_PATH}",
    "query before the path": f"https://evil.com?.zeturf.fr{ZETURF_PATH}",
    "dot at the end of the host": f"https://www.zeturf.fr.{ZETURF_PATH}",
    "dot at the end before the port": f"https://www.zeturf.fr.:443{ZETURF_PATH}",
    "two dots in the host": f"https://www..zeturf.fr{ZETURF_PATH}",
    "dot before the host": f"https://.zeturf.fr{ZETURF_PATH}",
    "upper-case host": f"https://WWW.ZETURF.FR{ZETURF_PATH}",
    "upper-case scheme": f"HTTPS://www.zeturf.fr{ZETURF_PATH}",
    "underscore in the host": f"https://a_b.zeturf.fr{ZETURF_PATH}",
    "hyphen at the edge of a label": f"https://-a.zeturf.fr{ZETURF_PATH}",
    "wildcard host": f"https://*.zeturf.fr{ZETURF_PATH}",
    "encoded letter in the host": f"https://www.%7Aeturf.fr{ZETURF_PATH}",
    "encoded dot in the host": f"https://www%2Ezeturf.fr{ZETURF_PATH}",
    "encoded slash in the host": f"https://evil.com%2F.zeturf.fr{ZETURF_PATH}",
    "Cyrillic letter": f"https://www.zеturf.fr{ZETURF_PATH}",
    "full-width letters": f"https://www.ｚeturf.fr{ZETURF_PATH}",
    "ideographic full stop": f"https://www。zeturf。fr{ZETURF_PATH}",
    "soft hyphen": f"https://www.ze\u00adturf.fr{ZETURF_PATH}",
    "zero-width space": f"https://www.zeturf.fr\u200b{ZETURF_PATH}",
    "sign that folds into a slash": f"https://evil.com／.zeturf.fr{ZETURF_PATH}",
    "sign that folds into letters": f"https://www.zeturf.fr.evil.c℀m{ZETURF_PATH}",
    "encoded international name": f"https://xn--zturf-9ra.zeturf.fr{ZETURF_PATH}",
    "encoded look-alike": f"https://xn--zturf-csa.fr{ZETURF_PATH}",
    "backslash for a slash": f"https:\\\\www.zeturf.fr{ZETURF_PATH}",
    "backslash after the host": f"https://evil.com\\.zeturf.fr{ZETURF_PATH}",
    "backslash before an at sign": f"https://www.zeturf.fr\\@evil.com{ZETURF_PATH}",
    "one slash": f"https:/www.zeturf.fr{ZETURF_PATH}",
    "three slashes": f"https:///www.zeturf.fr{ZETURF_PATH}",
    "no slashes": f"https:www.zeturf.fr{ZETURF_PATH}",
    "no scheme": f"www.zeturf.fr{ZETURF_PATH}",
    "scheme left out": f"//www.zeturf.fr{ZETURF_PATH}",
    "path only": ZETURF_PATH,
    "file": f"file://www.zeturf.fr{ZETURF_PATH}",
    "gopher": f"gopher://www.zeturf.fr{ZETURF_PATH}",
    "javascript": "javascript:alert(1)//www.zeturf.fr",
    "empty": "",
    "space before": f" {ZETURF}",
    "space after": f"{ZETURF} ",
    "tab in the scheme": f"ht\ttps://www.zeturf.fr{ZETURF_PATH}",
    "newline in the host": f"https://www.zet\nurf.fr{ZETURF_PATH}",
    "newline at the end": f"{ZETURF}\n",
    "header smuggled in": f"{ZETURF}\r\nHost: evil.com",
    "null byte": f"https://www.zeturf.fr\x00.evil.com{ZETURF_PATH}",
    "delete character": f"{ZETURF}\x7f",
    "localhost": f"https://localhost{ZETURF_PATH}",
    "loopback": f"https://127.0.0.1{ZETURF_PATH}",
    "loopback as one number": f"https://2130706433{ZETURF_PATH}",
    "loopback in hexadecimal": f"https://0x7f000001{ZETURF_PATH}",
    "loopback in octal": f"https://0177.0.0.1{ZETURF_PATH}",
    "metadata server": f"https://169.254.169.254{ZETURF_PATH}",
    "metadata server by name": f"https://metadata.google.internal{ZETURF_PATH}",
    "IPv6 loopback": f"https://[::1]{ZETURF_PATH}",
    "IPv4 inside IPv6": f"https://[::ffff:127.0.0.1]{ZETURF_PATH}",
    "IPv6 with a zone": f"https://[fe80::1%25eth0]{ZETURF_PATH}",
    "name in brackets": f"https://[www.zeturf.fr]{ZETURF_PATH}",
    "configured base of nobody": f"http://127.0.0.1:8090{ZETURF_PATH}",
    "longer than any page's": f"{ZETURF}{'-x' * 1100}",
}

WRONG_PAGES = {
    "no slug": "https://www.zeturf.fr/fr/course/2025-11-20/R1C5",
    "empty slug": "https://www.zeturf.fr/fr/course/2025-11-20/R1C5-",
    "programme": "https://www.zeturf.fr/fr/programmes-et-pronostics",
    "meeting": "https://www.zeturf.fr/fr/reunion/2025-11-20/R1-vincennes",
    "home": "https://www.zeturf.fr",
    "day that does not exist": "https://www.zeturf.fr/fr/course/2025-02-30/R1C5-x",
    "month that does not exist": "https://www.zeturf.fr/fr/course/2025-13-01/R1C5-x",
    "year nought": "https://www.zeturf.fr/fr/course/0000-01-01/R1C5-x",
    "race nought": "https://www.zeturf.fr/fr/course/2025-11-20/R1C0-x",
    "meeting nought": "https://www.zeturf.fr/fr/course/2025-11-20/R0C1-x",
    "four-digit meeting": "https://www.zeturf.fr/fr/course/2025-11-20/R1000C1-x",
    "climbing path": f"https://www.zeturf.fr/a/..{ZETURF_PATH}",
    "climbing path, encoded": f"https://www.zeturf.fr/a/%2E%2e{ZETURF_PATH}",
    "hidden slash": ZETURF.replace("/R1C5", "%2FR1C5"),
    "hidden newline": f"{ZETURF}%0d%0a",
    "slug with a tag": f"{ZETURF}<script>",
    "double slash": f"https://www.zeturf.fr/{ZETURF_PATH}",
    "after another path": f"https://www.zeturf.fr/redirect{ZETURF_PATH}",
    "zeturf's page at geny": f"https://www.geny.com{ZETURF_PATH}",
    "geny without a number": "https://www.geny.com/partants-pmu/2025-11-20-vincennes-pmu-prix",
    "geny without a date": "https://www.geny.com/partants-pmu/vincennes-pmu-prix_c1600000",
    "geny by number alone": "https://www.geny.com/cotes?id_course=1600000",
    "geny on 31 June": "https://www.geny.com/partants-pmu/2025-06-31-pau-pmu-prix_c1",
    "pmu day": "https://online.turfinfo.api.pmu.fr/rest/client/61/programme/20112025",
    "pmu meeting": "https://online.turfinfo.api.pmu.fr/rest/client/61/programme/20112025/R1",
    "pmu with the year first": "https://www.pmu.fr/programme/20251120/R1/C5",
}


def by_id(cases: dict[str, object]) -> dict[str, object]:
    return {"argvalues": cases.values(), "ids": cases.keys()}


@pytest.mark.parametrize(("source", "url", "kept"), **by_id(ACCEPTED))
def test_race_page_gives_its_source_race_and_plain_address(source, url, kept):
    course = read_course_url(url, sites=LIVE, day=DAY)

    assert (course.source, course.race, course.day, course.url) == (source, RACE, DAY, kept)


@pytest.mark.parametrize("url", **by_id(REFUSED | WRONG_PAGES))
def test_address_that_is_no_allowed_race_page_is_refused_by_name_of_the_field(url):
    with pytest.raises(BadAddress) as refusal:
        read_course_url(url, sites=LIVE)

    assert refusal.value.field == "course_url"
    assert refusal.value.hint in str(refusal.value)
    assert str(refusal.value).isascii()


@pytest.mark.parametrize("url", **by_id(REFUSED))
def test_address_outside_the_site_is_never_fetched(url):
    with pytest.raises(SourceRefused):
        fetch_target(url, "zeturf", LIVE)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://user@www.zeturf.fr/x", "credentials"),
        ("https://www.zeturf.fr./x", "ends with a dot"),
        ("https://WWW.zeturf.fr/x", "lower case"),
        ("https://www.%7Aeturf.fr/x", "percent-encoded"),
        ("https://www.zeturf.fr\\x", "backslash"),
        ("https://www.zеturf.fr/x", "outside ASCII"),
        ("https://a.xn--b-x.zeturf.fr/x", "international name"),
        ("http://www.zeturf.fr/x", "is not https on the default port"),
        ("https://evil.com/x", "neither an allowed site nor a configured base"),
        ("https://www.zeturf.fr/fr/course/2025-02-30/R1C1-x", "date does not exist"),
        ("https://www.zeturf.fr/fr/course/2025-02-20/R1C1", "no zeturf race page"),
    ],
)
def test_refusal_says_why(url, why):
    with pytest.raises(BadAddress, match=why):
        read_course_url(url, sites=LIVE)


def test_date_of_the_call_that_differs_from_the_address_is_refused():
    with pytest.raises(DayMismatch) as refusal:
        read_course_url(ZETURF, sites=LIVE, day=date(2025, 11, 21))

    assert refusal.value.field == "date"
    assert "2025-11-20" in str(refusal.value)
    assert "2025-11-21" in str(refusal.value)


@pytest.mark.parametrize(
    "path",
    [
        GENY_PATH,
        "/partants-pmh/2025-11-20-vincennes-pmu-prix-de-picardie_c1600000",
        "/arrivee-et-rapports-pmu/2025-11-20-vincennes-pmu-prix-de-picardie_c1600000",
        "/course/1600000-2025-11-20-vincennes-prix-de-picardie/partants-pronostics",
    ],
)
def test_geny_page_gives_its_day_and_its_own_number_but_no_race(path):
    course = read_course_url(f"https://www.geny.com{path}", sites=LIVE, day=DAY)

    assert (course.source, course.race, course.day) == ("geny", None, DAY)
    assert course.geny_id == "1600000"


@pytest.mark.parametrize("name", ["zeturf/urls.txt", "geny/urls_partants.txt"])
def test_real_race_addresses_are_all_accepted(name):
    urls = material(f"pages/{name}").read_text("utf-8").split()
    races = [url for url in urls if "/course/" in url or "/partants-pmu/" in url]

    assert len(races) > 100
    assert {read_course_url(url, sites=LIVE).source for url in races} == {name.split("/")[0]}


@pytest.mark.parametrize(
    ("source", "path"), [("zeturf", ZETURF_PATH), ("geny", GENY_PATH), ("pmu", PMU_PATH)]
)
def test_page_of_a_simulated_racecourse_is_accepted_below_its_prefix(source, path):
    course = read_course_url(f"http://127.0.0.1:8090/{source}{path}", sites=LOCAL)

    assert (course.source, course.day) == (source, DAY)
    assert course.url == f"http://127.0.0.1:8090/{source}{path}"


@pytest.mark.parametrize(
    "url",
    [
        f"http://127.0.0.1:8091/zeturf{ZETURF_PATH}",
        f"http://127.0.0.1/zeturf{ZETURF_PATH}",
        f"https://127.0.0.1:8090/zeturf{ZETURF_PATH}",
        f"http://localhost:8090/zeturf{ZETURF_PATH}",
        f"http://127.0.0.2:8090/zeturf{ZETURF_PATH}",
        f"http://127.0.0.1:8090{ZETURF_PATH}",
        f"http://127.0.0.1:8090/zeturfx{ZETURF_PATH}",
        f"http://127.0.0.1:8090/zeturf/../geny{ZETURF_PATH}",
        f"http://user@127.0.0.1:8090/zeturf{ZETURF_PATH}",
    ],
)
def test_configured_base_is_accepted_only_with_its_own_scheme_host_port_and_path(url):
    with pytest.raises(BadAddress):
        read_course_url(url, sites=LOCAL)


def test_three_bases_on_one_root_are_told_apart_by_their_pages():
    root = "http://127.0.0.1:8090"
    sites = SiteAddresses(zeturf=root, geny=root, pmu=root)

    found = [read_course_url(root + path, sites=sites) for path in (ZETURF_PATH, GENY_PATH)]

    assert [course.source for course in found] == ["zeturf", "geny"]


def test_live_page_is_not_fetched_while_the_site_is_simulated():
    with pytest.raises(SourceRefused, match=r"outside http://127\.0\.0\.1:8090/zeturf"):
        fetch_target(ZETURF, "zeturf", LOCAL)


def test_page_of_one_site_is_not_fetched_for_another():
    with pytest.raises(SourceRefused):
        fetch_target(ZETURF, "geny", LIVE)


@pytest.mark.parametrize(
    "base",
    [
        "",
        "zeturf.fr",
        "ftp://x",
        "http://a@b",
        "http://x/?q=1",
        "http://x y",
        "HTTP://X",
        "http://",
    ],
)
def test_bad_base_address_stops_the_start_with_the_name_of_its_setting(base):
    with pytest.raises(SettingsError, match="GENY_BASE_URL"):
        SiteAddresses(geny=base)


def test_bad_racecourse_root_stops_the_start_with_its_own_name():
    with pytest.raises(SettingsError, match="RACECOURSE_URL"):
        site_addresses(racecourse="127.0.0.1:8090")


def test_own_base_of_a_site_wins_over_the_racecourse():
    sites = site_addresses(geny="http://127.0.0.1:1234/", racecourse="http://127.0.0.1:8090/")

    assert sites.base("geny") == "http://127.0.0.1:1234"
    assert sites.base("pmu") == "http://127.0.0.1:8090/pmu"


@pytest.mark.parametrize(
    ("base", "live", "loopback"),
    [
        ("https://www.zeturf.fr", True, False),
        ("http://geny.com:8080", True, False),
        ("http://127.0.0.1:8090", False, True),
        ("http://localhost:8090", False, True),
        ("http://[::1]:8090", False, True),
        ("http://racecourse:8090", False, False),
        ("http://192.168.1.5", False, False),
    ],
)
def test_live_and_loopback_bases_are_told_apart(base, live, loopback):
    assert (is_live(base), is_loopback(base)) == (live, loopback)


@pytest.mark.parametrize(
    ("base", "link", "page"),
    [
        ("https://www.zeturf.fr", "/fr/x", "https://www.zeturf.fr/fr/x"),
        ("http://h:1/zeturf", "/fr/x", "http://h:1/zeturf/fr/x"),
        ("http://h:1/zeturf", "/zeturf/fr/x", "http://h:1/zeturf/fr/x"),
        ("http://h:1/zeturf", "http://h:1/zeturf/fr/x", "http://h:1/zeturf/fr/x"),
        ("https://www.zeturf.fr", "//evil.com/x", "https://evil.com/x"),
    ],
)
def test_links_of_a_page_are_joined_to_the_base_of_its_site(base, link, page):
    assert page_address(base, link) == page


@given(st.text(max_size=80), st.sampled_from(["", "https://", "https://www.zeturf.fr", ZETURF]))
def test_any_text_is_either_a_race_page_of_a_site_or_refused(text, start):
    with suppress(BadAddress):
        course = read_course_url(start + text, sites=LIVE)
        assert course.url.startswith("https://www.zeturf.fr/fr/course/2025-11-20/R1C5-vincennes-")
