"""Whatever comes from the wire, ZEturf's readers answer with a reading or with a SourceError."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hippique.errors import PageChanged, PageMissing, SourceError
from hippique.racing.card import Reading
from hippique.racing.codec import from_json, to_json
from hippique.sources.zeturf import read_programme, read_race
from zeturf_pages import (
    details,
    dividend_table,
    dividends,
    finish_table,
    header,
    odds_text,
    race_page,
    script,
    timeline,
)

Reader = Callable[..., Reading]

OPEN = race_page(timeline=timeline("Départ dans 3 minutes"))
FINISHED = race_page(
    script=script(state=4),
    header=header(details=details("Arrivée officielle : 4 - 1 - 2", "Disqualifié(s) : 2")),
    finish=finish_table(("1er", 4, ""), ("2e", 1, "1 L"), ("2e", 2, "")),
    timeline=timeline("Arrivée provisoire - 4 DELTA - 1 ALPHA / 2 BETA"),
    dividends=dividends(dividend_table("Trio", (), ("4-1-2", "1 929,80 €"))),
)
PROGRAMME = b"""<html><body><div id="frise-course"><div class="strip2"><ul>
  <li data-time="1774706700" data-depart="1774706100"><a href="/fr/course/2026-03-28/R4C1-x"
    title="14h55 - Prix Un"></a></li></ul></div></div><div class="programme-wrapper today">
  <table><tr class="item"><td class="numero"><a href="/fr/reunion/2026-03-28/R4-x">R4</a></td>
  <td class="nom"><h2>ESSAI</h2><i class="fi fi-fr"></i></td><td class="nb-courses">1</td></tr>
  </table></div></body></html>"""
PAGES = [(read_race, OPEN), (read_race, FINISHED), (read_programme, PROGRAMME)]

ANOTHER_SITE = b"<!DOCTYPE html><html><head><title>Partants</title></head><body>R1</body></html>"
READERS = pytest.mark.parametrize("reader", [read_race, read_programme])


@READERS
@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(b"", "the body is empty", id="empty"),
        pytest.param(b" \r\n\t", "the body is empty", id="blank"),
        pytest.param(b"\x1f\x8b\x08\x00\xff\xfe junk", "no valid UTF-8", id="binary"),
        pytest.param("<html>Attelé</html>".encode("latin-1"), "no valid UTF-8", id="latin-1"),
        pytest.param(b"\x00\x01\x02\x03", "no HTML page", id="control signs"),
        pytest.param(b'{"programme": {}}', "no HTML page", id="JSON"),
        pytest.param(b"<html><body><div>", "cut short", id="cut"),
        pytest.param(ANOTHER_SITE, "header|meetings", id="another site"),
    ],
)
def test_damage_is_named(reader: Reader, body: bytes, reason: str):
    with pytest.raises(PageChanged, match=reason):
        reader(body)


@READERS
@pytest.mark.parametrize(
    "title",
    ["Contenu non disponible", "404 Not Found", "Page introuvable", "Erreur 500", "503 Service"],
)
def test_error_page_is_a_missing_page(reader: Reader, title: str):
    body = f"<html><head><title>\n{title} </title></head><body></body></html>".encode()
    with pytest.raises(PageMissing, match="error page"):
        reader(body, url="https://www.zeturf.fr/fr/course/2026-03-28/R4C7-x")


def test_race_named_after_an_error_is_no_error_page():
    page = OPEN.replace(b"<title>Prix", b"<title>28/03/2026 - ESSAI - Erreur 404")
    assert read_race(page).only_race().key == "R4C7"


@pytest.mark.parametrize("where", ["SPMin", '"4"', "referenceDateTime", "ZC"])
def test_odds_cut_in_two(where: str):
    odds = odds_text()
    page = race_page(script=script(odds=odds[: odds.rindex(where)]))
    with pytest.raises(PageChanged, match="whole JSON in cotesInfos"):
        read_race(page)


def test_readers_refuse_each_others_pages():
    with pytest.raises(PageChanged, match="header"):
        read_race(PROGRAMME)
    with pytest.raises(PageChanged, match="meetings"):
        read_programme(OPEN)


@pytest.mark.parametrize(("reader", "body"), PAGES)
def test_comments_between_elements_change_nothing(reader: Reader, body: bytes):
    commented = body.replace(b"<", b"<!-- x --><")
    for tag in (b"!DOCTYPE", b"title", b"/title", b"script", b"/script"):
        commented = commented.replace(b"<!-- x --><" + tag, b"<" + tag)
    assert reader(commented).meetings == reader(body).meetings


HIDDEN = [
    b'<script>var part = \'<div id="rapports"><div id="infos-course">\';</script>',
    b'<!-- <div id="rapports"><div id="infos-course" class="x"> -->',
    b'<a data-id="rapports"></a>',
]


@pytest.mark.parametrize("body", [OPEN, FINISHED])
@pytest.mark.parametrize("hidden", HIDDEN)
def test_part_named_inside_a_script_or_comment_changes_nothing(body: bytes, hidden: bytes):
    changed = body.replace(b'<body id="course">', b'<body id="course">' + hidden)
    assert read_race(changed) == read_race(body)


@pytest.mark.parametrize("body", [OPEN, FINISHED])
@pytest.mark.parametrize("written", [b'id = "', b'ID="'])
def test_page_whose_parts_are_written_otherwise_is_read_whole(body: bytes, written: bytes):
    assert read_race(body.replace(b'id="', written)) == read_race(body)


def check(reader: Reader, body: bytes) -> None:
    """A reading that is not empty and survives its JSON, or a SourceError: nothing else."""
    try:
        reading = reader(body, url="https://www.zeturf.fr/fr/course/2026-03-28/R4C7-x")
    except SourceError:
        return
    assert reading.meetings
    assert from_json(Reading, to_json(reading)) == reading


@pytest.mark.parametrize(("reader", "body"), PAGES)
def test_pages_under_test_are_whole(reader: Reader, body: bytes):
    assert reader(body).meetings


@pytest.mark.parametrize(("reader", "body"), PAGES)
@given(data=st.data())
def test_truncated_page_is_refused(reader: Reader, body: bytes, data: st.DataObject):
    end = data.draw(st.integers(0, body.index(b"</html>")))
    with pytest.raises(SourceError):
        reader(body[:end])


@pytest.mark.parametrize(("reader", "body"), PAGES)
@given(data=st.data())
@settings(max_examples=100)
def test_flipped_bytes_raise_nothing_else(reader: Reader, body: bytes, data: st.DataObject):
    flips = st.tuples(st.integers(0, len(body) - 1), st.integers(0, 127))
    damaged = bytearray(body)
    for position, value in data.draw(st.lists(flips, min_size=1, max_size=12)):
        damaged[position] = value
    check(reader, bytes(damaged))


@pytest.mark.parametrize(("reader", "body"), PAGES)
@given(data=st.data())
@settings(max_examples=100)
def test_lost_and_doubled_stretches_raise_nothing_else(
    reader: Reader, body: bytes, data: st.DataObject
):
    position = st.integers(0, len(body))
    start, end, back = data.draw(st.tuples(position, position, position))
    check(reader, body[:start] + body[min(end, back) : max(end, back)] + body[end:])


@READERS
@given(text=st.text(max_size=300))
def test_any_text_in_a_page_raises_nothing_else(reader: Reader, text: str):
    check(reader, f"<html><body>{text}</body></html>".encode("utf-8", "surrogatepass"))
