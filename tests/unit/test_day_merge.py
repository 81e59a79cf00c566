"""Merging programmes: who is believed, what is listed, what is refused; nothing is invented."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desks import DAY, OFF, a_race, meeting, minutes, programme, reading, runners
from hippique.day.merge import merge
from hippique.day.plan import Scope
from hippique.racing.card import Discipline, RaceStatus, Reading
from strategies import readings


def merged(*said: Reading, scope=Scope.FR):
    return merge({one.source: one for one in said}, DAY, scope)


def only(result):
    (race,) = result.races
    return race


def test_sources_that_agree_make_one_race_and_no_remark():
    result = merged(programme("zeturf", a_race()), programme("geny", a_race()))

    assert only(result).urls == {"zeturf": "/r1", "geny": "/r1"}
    assert (result.disagreements, result.refused) == ((), ())


def test_every_field_says_where_it_comes_from():
    zeturf = programme("zeturf", a_race(prize_eur=None, discipline=None))
    geny = programme("geny", a_race(prize_eur=20000.0))

    race = only(merged(geny, zeturf))

    assert race.provenance["prize_eur"] == race.provenance["discipline"] == "geny"
    assert race.provenance["off_time"] == race.provenance["meeting"] == "zeturf"
    said = {"meeting", "country", "name", "discipline", "distance_m", "prize_eur", "off_time"}
    assert set(race.provenance) == said | {"declared"}


def test_a_field_that_nobody_states_stays_unknown():
    race = only(merged(programme("zeturf", a_race(distance_m=None))))

    assert race.distance_m is None
    assert "distance_m" not in race.provenance


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"off_time": OFF + minutes(2)}, "off_time"),
        ({"distance_m": 2100}, "distance_m"),
        ({"declared": 9}, "declared"),
        ({"discipline": Discipline.HURDLE}, "discipline"),
        ({"name": "Prix d'Ailleurs"}, "name"),
        ({"status": RaceStatus.CANCELLED}, "cancelled"),
    ],
)
def test_a_disagreement_is_listed_with_who_was_believed(facts, field):
    result = merged(programme("zeturf", a_race()), programme("pmu", a_race(**facts)))

    (listed,) = result.disagreements
    assert (listed.race, listed.field) == ("R1C1", field)
    assert set(listed.values) == {"zeturf", "pmu"}
    assert listed.kept == ("pmu" if field == "cancelled" else "zeturf")


def test_the_same_instant_with_another_offset_is_no_disagreement():
    utc = OFF.astimezone(dt.UTC)

    assert (
        merged(programme("zeturf", a_race()), programme("pmu", a_race(off=utc))).disagreements == ()
    )


@pytest.mark.parametrize("apart", [61, -61, 240])
def test_a_race_of_another_hour_is_refused_and_its_facts_are_not_used(apart):
    other = a_race(off=OFF + minutes(apart), url="/other", labels=("quinte",))

    result = merged(programme("zeturf", a_race()), programme("geny", other))

    assert only(result).urls == {"zeturf": "/r1"}
    assert only(result).labels == ()
    ((refused),) = result.refused
    assert (refused.race, refused.source) == ("R1C1", "geny")
    assert "off times" in refused.reason


def test_without_a_track_fifteen_minutes_already_contradict():
    near = programme("geny", a_race(off=OFF + minutes(15)), track=None)
    far = programme("geny", a_race(off=OFF + minutes(16)), track=None)

    assert merged(programme("zeturf", a_race()), near).refused == ()
    assert len(merged(programme("zeturf", a_race()), far).refused) == 1


def test_a_refused_join_cancels_nothing():
    elsewhere = programme("geny", a_race(status=RaceStatus.CANCELLED), track="AUTEUIL")

    assert not only(merged(programme("zeturf", a_race()), elsewhere)).cancelled


SAME_TRACKS = [
    ("PARIS-VINCENNES", "VINCENNES"),
    ("VINCENNES", "HIPPODROME DE PARIS-VINCENNES"),
    ("PARIS-VINCENNES", "HIPPODROME DE PARIS-VINCENNES"),
    ("LE CROISE LAROCHE", "LE CROISÉ-LAROCHE"),
    ("LE CROISE LAROCHE", "CROISE-LAROCHE"),
    ("SAINT-CLOUD", "ST CLOUD"),
    ("SAINT CLOUD", "SAINT-CLOUD"),
    ("CAGNES-SUR-MER", "CAGNES"),
    ("CAGNES-SUR-MER", "CAGNES/MER"),
    ("MARSEILLE VIVAUX", "MARSEILLE-VIVAUX"),
    ("MARSEILLE", "MARSEILLE-VIVAUX"),
    ("PARISLONGCHAMP", "LONGCHAMP"),
    ("BORDEAUX LE BOUSCAT", "LE BOUSCAT"),
    ("AGEN LA GARENNE", "AGEN"),
    ("ENGHIEN", "ENGHIEN SOISY"),
    ("Mont-de-Marsan", "MONT DE MARSAN"),
]
OTHER_TRACKS = [
    ("MARSEILLE-VIVAUX", "MARSEILLE BORELY"),
    ("LYON PARILLY", "LYON LA SOIE"),
    ("SAINT-CLOUD", "SAINT-GALMIER"),
    ("SAINT-CLOUD", "ST GALMIER"),
    ("VINCENNES", "AUTEUIL"),
    ("PARIS-VINCENNES", "PARIS-LONGCHAMP"),
    ("MONT DE MARSAN", "MONTAUBAN"),
    ("CHILE", "CONCEPCION"),
    ("LA TESTE", "LA CAPELLE"),
]


@pytest.mark.parametrize(("one", "two"), SAME_TRACKS)
def test_one_track_under_two_names_joins(one, two):
    for first, second in ((one, two), (two, one)):
        result = merged(
            programme("zeturf", a_race(), track=first), programme("geny", a_race(), track=second)
        )
        assert result.refused == ()


@pytest.mark.parametrize(("one", "two"), OTHER_TRACKS)
def test_two_tracks_never_join_and_the_refusal_names_both(one, two):
    for first, second in ((one, two), (two, one)):
        result = merged(
            programme("zeturf", a_race(), track=first), programme("geny", a_race(), track=second)
        )
        ((refused),) = result.refused
        assert first in refused.reason
        assert second in refused.reason


@pytest.mark.parametrize(
    ("country", "sources", "scope", "inside"),
    [
        ("FR", ("zeturf",), Scope.FR, True),
        ("GB", ("zeturf",), Scope.FR, False),
        (None, ("zeturf",), Scope.FR, False),
        ("GB", ("zeturf", "pmu"), Scope.FR, False),
        ("GB", ("zeturf", "pmu"), Scope.PMU, True),
        ("FR", ("zeturf", "geny"), Scope.PMU, False),
        ("GB", ("zeturf",), Scope.ALL, True),
    ],
)
def test_the_plan_holds_all_and_marks_those_in_scope(country, sources, scope, inside):
    said = [programme(source, a_race(), country=country) for source in sources]

    assert only(merged(*said, scope=scope)).in_scope is inside


@pytest.mark.parametrize("how", [{"status": RaceStatus.CANCELLED}, {}])
def test_one_source_that_cancels_cancels_the_race(how):
    zeturf = programme("zeturf", a_race())
    geny = programme("geny", a_race(**how), cancelled=not how)

    race = only(merged(zeturf, geny))

    assert race.cancelled
    assert not race.is_queued
    assert race.provenance["cancelled"] == "geny"


def test_a_meeting_without_its_number_joins_nothing():
    result = merged(programme("zeturf", a_race()), programme("geny", a_race(), number=None))

    assert only(result).urls == {"zeturf": "/r1"}


def test_a_race_without_its_number_is_left_out():
    assert merged(programme("zeturf", a_race(number=None))).races == ()


def test_other_days_on_the_same_page_are_left_out():
    tomorrow, later = (DAY + dt.timedelta(days=n) for n in (1, 2))
    zeturf = reading(
        "zeturf",
        meeting(a_race()),
        meeting(a_race(2, OFF + dt.timedelta(days=1)), date=tomorrow),
        meeting(a_race(3, OFF + dt.timedelta(days=2)), date=later),
    )

    assert [race.key for race in merged(zeturf).races] == ["R1C1"]


def test_a_race_after_midnight_stays_with_its_meetings_day():
    night = a_race(9, OFF.replace(hour=0, minute=20) + dt.timedelta(days=1))

    race = only(merged(programme("zeturf", night)))

    assert (race.date, str(race.race)) == (DAY, f"{DAY}/R1C9")


def test_a_programme_that_lists_withdrawals_alone_says_nothing_of_the_field():
    withdrawn = runners("geny", {3: 5.0}, non_runners=(3,))
    geny = programme("geny", a_race(declared=None, runners=withdrawn))

    race = only(merged(programme("zeturf", a_race(declared=11)), geny))

    assert (race.declared, race.provenance["declared"]) == (11, "zeturf")
    assert only(merged(geny)).declared is None


def test_a_source_that_lists_one_key_twice_is_believed_once_and_told():
    twice = programme("zeturf", a_race(url="/first"), a_race(name="Prix double", url="/second"))

    result = merged(twice)

    assert only(result).urls == {"zeturf": "/first"}
    assert only(result).name == "Prix 1"
    ((refused),) = result.refused
    assert (refused.race, refused.source) == ("R1C1", "zeturf")


def test_a_race_that_a_page_repeats_word_for_word_is_one_race():
    result = merged(programme("zeturf", a_race(), a_race()))

    assert (len(result.races), result.refused) == (1, ())


def test_races_come_by_off_time_and_those_without_one_last():
    late, early, unknown = a_race(1, OFF), a_race(2, OFF - minutes(30)), a_race(3, None)

    keys = [race.key for race in merged(programme("zeturf", unknown, late, early)).races]

    assert keys == ["R1C2", "R1C1", "R1C3"]


@given(st.lists(readings, max_size=3, unique_by=lambda one: one.source), st.sampled_from(Scope))
def test_nothing_is_invented_and_the_order_of_sources_does_not_matter(said, scope):
    result = merged(*said, scope=scope)

    assert result == merged(*reversed(said), scope=scope)
    stated = {
        (m.number, r.number)
        for one in said
        for m in one.meetings
        if m.date in {DAY, None}
        for r in m.races
    }
    for race in result.races:
        assert (race.race.key.meeting, race.race.key.race) in stated
        for name, source in race.provenance.items():
            assert source in {one.source for one in said}
            if name not in {"meeting", "cancelled"}:
                assert getattr(race, name) is not None
