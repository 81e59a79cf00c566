"""ZEturf's programme page: meetings of three days, races of one. A page of our own."""

import pytest

from hippique.errors import PageChanged, PageMissing, WrongPage
from hippique.racing.card import Meeting, RaceStatus, Reading
from hippique.sources.zeturf import read_programme

DAY = "2026-03-28"
NEXT = "2026-03-29"  # Paris clocks go forward in its night
FIRST_OFF = 1774706100  # 2026-03-28 14:55 in Paris, UTC+1


def meeting_row(
    number: int,
    track: str,
    *,
    day: str = DAY,
    flag: str = "fr",
    debut: str = '<span data-timestamp="1774705200">14h40</span>',
    races: int | str = 2,
) -> str:
    link = f"/fr/reunion/{day}/R{number}-{track.lower()}"
    return f"""<tr class="item">
      <td class="numero"><a href="{link}" class="tld-fr-only">R{number}</a>
        <a href="{link}" class="hide-tld-fr">{flag.upper()}9</a></td>
      <td class="nom"><a href="{link}"><h2><span class="nom-hippodrome-et-drapeau">
        <span>{track}</span><i class="tld-fr-only fi fi-{flag}"></i></span></h2></a></td>
      <td class="debut">\n{debut}</td><td class="nb-courses">{races}</td></tr>
      <tr class="item-mobile"><td class="numero"></td><td>8</td></tr>"""


def strip(meeting: int, *races: tuple[int, int, str], day: str = DAY) -> str:
    """Races as (number, data-depart, title); data-time stands ten minutes later."""
    items = "".join(
        f"""<li class="scroll-element" data-time="{off + 600}" data-depart="{off}">
        <a href="/fr/course/{day}/R{meeting}C{number}-x-prix" title="{title}" class="tooltip">
        <span class="numero">{number}</span></a></li>"""
        for number, off, title in races
    )
    return f"""<div class="strip2"><div class="nom-reunion">
      <a href="/fr/reunion/{day}/R{meeting}-x">
      <span class="tld-fr-only">R{meeting}</span><span class="hide-tld-fr">US3</span>
      <div class="nom">FRISE</div></a></div><ul>{items}</ul></div>"""


TODAY = (
    meeting_row(4, "ESSAI"),
    meeting_row(50, "GELE", flag="se", debut="Annulée", races=1),
    meeting_row(7, "LOIN", flag="ar"),
)
STRIPS = (  # in order of numbers, unlike the table
    strip(4, (1, FIRST_OFF, "14h55 - Prix d&#039;Un"), (2, FIRST_OFF + 1800, "15h25 - Prix  Deux")),
    # C numbers begin at 9; the second race is run after midnight.
    strip(7, (9, FIRST_OFF + 32400, "23h55 - Neuf"), (10, FIRST_OFF + 34200, "00h25 - Dix")),
    strip(50, (1, FIRST_OFF - 18000, "09h55 - Un")),
)


def programme(
    today: tuple[str, ...] = TODAY,
    strips: tuple[str, ...] = STRIPS,
    tomorrow: tuple[str, ...] = (meeting_row(1, "DEMAIN", day=NEXT),),
) -> bytes:
    text = f"""<!DOCTYPE html><html><head><title>Pronostics &amp; Cotes</title></head><body>
      <div id="frise-course">{"".join(strips)}</div><div id="list-reunion">
      <div class="programme-wrapper today bloc"><legend>Aujourd&#039;hui - FR</legend>
        <table class="programme"><tbody>{"".join(today)}</tbody></table></div>
      <div class="programme-wrapper tomorrow bloc"><table class="programme"><tbody>
        {"".join(tomorrow)}</tbody></table></div></div></body></html>"""
    return text.encode()


def meeting_of(reading: Reading, number: int) -> Meeting:
    (meeting,) = (meeting for meeting in reading.meetings if meeting.number == number)
    return meeting


def off_times(meeting: Meeting) -> list[tuple[str | None, str | None]]:
    return [
        (race.key, race.off_time.isoformat() if race.off_time else None) for race in meeting.races
    ]


def test_meetings_of_all_days_in_the_pages_order():
    reading = read_programme(programme())
    assert reading.warnings == ()
    assert (reading.source, reading.page) == ("zeturf", "programme")
    assert [
        (str(meeting.date), meeting.number, meeting.track, meeting.country, meeting.cancelled)
        for meeting in reading.meetings
    ] == [
        (DAY, 4, "ESSAI", "FR", False),
        (DAY, 50, "GELE", "SE", True),
        (DAY, 7, "LOIN", "AR", False),
        (NEXT, 1, "DEMAIN", "FR", False),
    ]


def test_off_is_the_announced_departure():
    # Neither data-time (ten minutes later) nor the table's first race minus fifteen.
    meeting = meeting_of(read_programme(programme()), 4)
    assert off_times(meeting) == [
        ("R4C1", "2026-03-28T14:55:00+01:00"),
        ("R4C2", "2026-03-28T15:25:00+01:00"),
    ]


def test_race_of_the_frieze():
    race = meeting_of(read_programme(programme()), 4).races[0]
    assert (race.number, race.name, race.url) == (1, "Prix d'Un", f"/fr/course/{DAY}/R4C1-x-prix")
    assert (race.status, race.runners, race.declared) == (None, (), None)


def test_races_after_midnight_belong_to_the_meetings_day():
    meeting = meeting_of(read_programme(programme()), 7)
    assert str(meeting.date) == DAY
    assert off_times(meeting) == [
        ("R7C9", "2026-03-28T23:55:00+01:00"),
        ("R7C10", "2026-03-29T00:25:00+01:00"),
    ]


def test_cancelled_meeting_keeps_its_times_and_cancels_its_races():
    meeting = meeting_of(read_programme(programme()), 50)
    assert [race.status for race in meeting.races] == [RaceStatus.CANCELLED]


def test_meetings_of_other_days_have_no_races():
    assert meeting_of(read_programme(programme()), 1).races == ()


def test_frieze_and_announced_number_of_races_are_compared():
    reading = read_programme(programme(today=(meeting_row(4, "ESSAI", races=8), *TODAY[1:])))
    assert reading.warnings == ("R4: 8 races announced, 2 in the frieze",)


def test_meeting_of_the_frieze_alone_is_kept():
    reading = read_programme(programme(today=TODAY[:2]))
    meeting = meeting_of(reading, 7)
    assert (meeting.track, meeting.country, len(meeting.races)) == ("FRISE", "US", 2)


def test_meeting_without_races_in_the_frieze_is_named():
    assert read_programme(programme(strips=STRIPS[:2])).warnings == ("R50: no races in the frieze",)


def test_race_without_its_off_time_is_named():
    strips = (STRIPS[0].replace(f'data-depart="{FIRST_OFF}"', ""), *STRIPS[1:])
    reading = read_programme(programme(strips=strips))
    assert off_times(meeting_of(reading, 4))[0] == ("R4C1", None)
    assert reading.warnings == ("R4C1: no off time (data-depart)",)


def test_day_when_all_is_cancelled_needs_no_races():
    reading = read_programme(programme(today=(TODAY[1],), strips=()))
    assert [meeting.cancelled for meeting in reading.meetings] == [True, False]


@pytest.mark.parametrize(
    ("page", "missing"),
    [
        pytest.param(programme(strips=()), "races with off times", id="no frieze"),
        pytest.param(
            programme(strips=tuple(s.replace("data-depart", "data-x") for s in STRIPS)),
            "races with off times",
            id="renamed off",
        ),
        pytest.param(programme(today=(), tomorrow=(), strips=()), "meetings", id="no meetings"),
        pytest.param(
            programme(today=(TODAY[0].replace("/fr/reunion/", "/fr/r/"),)),
            "the address of a meeting",
            id="renamed address",
        ),
    ],
)
def test_programme_without_what_it_must_have_is_a_changed_page(page, missing):
    with pytest.raises(PageChanged, match=missing):
        read_programme(page)


def test_another_day_than_asked_for_is_refused():
    with pytest.raises(WrongPage, match=f"shows {DAY}, {NEXT}, not 2026-03-30"):
        read_programme(programme(), url="https://www.zeturf.fr/fr/resultats-et-rapports/2026-03-30")


def test_soft_404_is_a_missing_page():
    page = b"<html><head><title>Contenu non disponible</title></head><body></body></html>"
    with pytest.raises(PageMissing, match="contenu non disponible"):
        read_programme(page)
