"""What went wrong, read back from the archive: each kind once, at its hour, and nothing else."""

from __future__ import annotations

import datetime as dt

import pytest

from care_days import run_day
from desks import DAY, OFF, R1C1, Bench, minutes, order, race_day_bench, reading
from hippique.day.care.troubles import Kind, Trouble, top_troubles, troubles_between
from hippique.day.phases import Phase
from hippique.day.run import run_order
from hippique.errors import PageMissing, SourceDown
from hippique.racing.times import paris_at

MIDNIGHT = paris_at(DAY, 0)
LATE = paris_at(DAY, 23, 30)
DOWN = SourceDown("zeturf: 503", site="zeturf")


def troubles(made: Bench, until: dt.datetime | None = None) -> tuple[Trouble, ...]:
    return troubles_between(made.archive, MIDNIGHT, until or made.clock.now())


def planned() -> Bench:
    made = race_day_bench()
    made.service.schedule(DAY)
    return made


def test_a_day_without_faults_has_no_troubles():
    assert troubles(run_day()) == ()


def test_an_attempt_that_found_no_page_is_told_at_its_hour():
    made = planned()
    made.site("zeturf").show_card(R1C1, DOWN)

    with pytest.raises(SourceDown):
        run_order(made.at(OFF - minutes(30)).desk, order(Phase.H30))

    (told,) = troubles(made)
    assert (told.kind, told.error, told.at, told.race) == (
        Kind.ATTEMPT, "SourceDown", OFF - minutes(30), "R1C1",
    )  # fmt: skip
    assert "zeturf: 503" in told.reason


def test_a_page_that_cannot_be_read_is_told_with_where_it_lies():
    made = planned()
    made.site("geny").show_card(R1C1, b"junk")

    run_order(made.at(OFF - minutes(30)).desk, order(Phase.H30))

    (told,) = troubles(made)
    assert (told.kind, told.source, told.error) == (Kind.PAGE, "geny", "PageChanged")
    assert made.archive.read(told.where)


def test_a_result_page_that_is_not_there_yet_is_no_trouble():
    made = planned()
    made.site("geny").show_result(R1C1, PageMissing("not yet", site="geny"))
    for before, phase in ((30, Phase.H30), (5, Phase.H5), (-15, Phase.RESULT)):
        run_order(made.at(OFF - minutes(before)).desk, order(phase))

    assert troubles(made) == ()


def test_a_visit_that_nobody_made_is_missed_from_its_last_instant_on():
    made = planned()

    assert troubles(made, OFF - minutes(6)) == ()
    assert [(t.error, t.where, t.at) for t in troubles(made, OFF)] == [
        ("missed", f"{DAY}/R1C1/H30", OFF - minutes(5)),
        ("missed", f"{DAY}/R1C1/H5", OFF),
    ]


def test_a_late_visit_is_lost_with_its_reason():
    made = planned()
    run_order(made.at(OFF - minutes(30)).desk, order(Phase.H30))
    run_order(made.at(OFF + minutes(1)).desk, order(Phase.H5))

    (told,) = troubles(made)
    assert (told.kind, told.error, told.reason) == (Kind.VISIT, "late", "past the off")


def test_only_what_lies_in_the_window_is_told():
    made = planned()

    assert troubles_between(made.archive, OFF, LATE) == ()
    assert len(troubles_between(made.archive, OFF - minutes(1), LATE)) == 1


def test_the_most_frequent_stands_first_with_its_newest_reason():
    def one(minute: int, error: str, source: str | None = None) -> Trouble:
        return Trouble(
            at=paris_at(DAY, 10, minute), kind=Kind.PAGE, where=f"{DAY}/R1C1/H5",
            error=error, reason=f"at {minute}", source=source,
        )  # fmt: skip

    top = top_troubles([one(1, "A", "geny"), one(3, "B", "pmu"), one(2, "B", "pmu"), one(4, "B")])

    assert [(g.error, g.source, g.count, g.example) for g in top] == [
        ("B", "pmu", 2, "at 3"),
        ("A", "geny", 1, "at 1"),
        ("B", None, 1, "at 4"),
    ]
    assert (top[0].first, top[0].last) == (paris_at(DAY, 10, 2), paris_at(DAY, 10, 3))


def test_programme_pages_that_failed_are_told_too():
    made = race_day_bench(sites=("zeturf", "geny", "pmu"))
    made.site("pmu").show_programme(DAY, SourceDown("pmu: 503", site="pmu"))
    made.site("geny").show_programme(DAY, reading("geny"))

    made.service.schedule(DAY)

    assert ("SourceDown", "pmu") in [(t.error, t.source) for t in troubles(made)]
