"""Planning: degraded, all down, empty days, last good pages, versions of the plan."""

from __future__ import annotations

import datetime as dt

import pytest

from desks import (
    DAY,
    OFF,
    a_race,
    bench,
    meeting,
    minutes,
    programme,
    race_day_bench,
    reading,
)
from hippique.day.plan import Plan
from hippique.day.planning import make_plan
from hippique.day.race_day import latest_plan
from hippique.errors import PageChanged, SourceDown, SourceRefused
from hippique.racing.codec import from_json
from hippique.racing.times import paris_at
from hippique.runtime.memory import MemoryArchive

DOWN = SourceDown("no answer", site="x")


def plan_of(made, day=DAY):
    return make_plan(made.desk, day, "schedule-1")


def versions(made):
    return [a for a in made.archive.addresses(f"{DAY}/plan") if a.endswith("/plan.json")]


def test_the_plan_lists_every_race_with_its_address():
    plan = plan_of(race_day_bench())

    (race,) = plan.races
    assert (race.key, race.off_time) == ("R1C1", OFF)
    assert race.url == "https://zeturf.test/2025-10-16/R1C1/card"
    assert plan.degraded == ()


def test_a_source_that_is_down_makes_a_degraded_plan_that_says_why():
    made = race_day_bench()
    made.site("geny").show_programme(DAY, DOWN)

    plan = plan_of(made)

    assert plan.degraded == ("geny",)
    assert [report.error for report in plan.sources] == [None, "no answer"]
    assert len(plan.races) == 1
    assert "Error fetching" in made.journal.messages("WARNING")


@pytest.mark.parametrize("error", [SourceRefused("403", site="x"), DOWN])
def test_with_every_source_down_there_is_no_plan_and_each_reason_is_told(error):
    made = bench()
    for source in made.sources.values():
        source.show_programme(DAY, error)

    with pytest.raises(SourceDown, match=r"zeturf: .*geny: "):
        plan_of(made)

    assert versions(made) == []


def test_a_page_that_cannot_be_read_is_kept_and_named():
    made = race_day_bench()
    made.site("geny").show_programme(DAY, b"<html>another layout</html>")

    plan = plan_of(made)

    assert plan.degraded == ("geny",)
    (event,) = made.journal.fields_of("Error parsing")
    assert event["source"] == "geny"
    assert event["missing"]
    assert made.archive.read(event["page"])


def test_a_source_that_fails_later_counts_with_its_last_good_page():
    made = race_day_bench()
    made.site("geny").show_programme(DAY, programme("geny", a_race(), a_race(2, OFF + minutes(30))))
    plan_of(made)
    made.at(paris_at(DAY, 10)).site("geny").show_programme(DAY, DOWN)

    plan = plan_of(made)

    assert [race.key for race in plan.races] == ["R1C1", "R1C2"]
    assert plan.degraded == ("geny",)


def test_the_newest_good_page_counts_also_after_one_that_could_not_be_read():
    made = race_day_bench()
    geny = made.site("geny")
    geny.show_programme(DAY, programme("geny", a_race(off=OFF)))
    plan_of(made)
    geny.show_programme(DAY, programme("geny", a_race(off=OFF), a_race(2)))
    plan_of(made.at(paris_at(DAY, 9, 5)))
    geny.show_programme(DAY, b"damaged")
    plan_of(made.at(paris_at(DAY, 9, 10)))
    geny.show_programme(DAY, DOWN)

    plan = plan_of(made.at(paris_at(DAY, 9, 15)))

    assert [race.key for race in plan.races] == ["R1C1", "R1C2"]


def test_a_kept_page_that_was_damaged_meanwhile_is_passed_over():
    made = race_day_bench()
    plan_of(made)
    (page,) = [a for a in made.archive.addresses() if "page-geny" in a]
    damaged = MemoryArchive()
    for address in made.archive.addresses():
        damaged.create(address, b"x" if address == page else made.archive.read(address))
    made.archive = damaged
    made.site("geny").show_programme(DAY, DOWN)

    assert plan_of(made.at(paris_at(DAY, 10))).degraded == ("geny",)


def test_an_empty_day_is_believed_when_two_sources_agree():
    made = bench()
    for name, source in made.sources.items():
        source.show_programme(DAY, reading(name))

    assert plan_of(made).races == ()


def test_an_empty_day_of_one_source_alone_is_no_plan():
    made = bench()
    made.site("zeturf").show_programme(DAY, reading("zeturf"))
    made.site("geny").show_programme(DAY, DOWN)

    with pytest.raises(SourceDown, match="0 races"):
        plan_of(made)


def test_a_programme_page_confirms_no_empty_day_beyond_the_days_that_it_shows():
    made = bench(start=paris_at(DAY - dt.timedelta(days=5), 9))  # ZEturf shows two days ahead
    earlier = DAY - dt.timedelta(days=5)
    made.site("zeturf").show_programme(
        DAY, programme("zeturf", a_race(off=OFF - dt.timedelta(days=5)), date=earlier)
    )
    made.site("geny").show_programme(DAY, reading("geny"))

    with pytest.raises(SourceDown, match="confirming: geny"):
        plan_of(made)


def test_races_that_cannot_be_named_confirm_no_empty_day():
    made = bench()
    made.site("zeturf").show_programme(DAY, programme("zeturf", a_race(), number=None))
    made.site("geny").show_programme(DAY, reading("geny"))

    with pytest.raises(SourceDown, match="confirming: geny"):
        plan_of(made)


def test_pmu_alone_alive_is_a_degraded_plan():
    made = race_day_bench(sites=("zeturf", "geny", "pmu"))
    for name in ("zeturf", "geny"):
        made.site(name).show_programme(DAY, DOWN)

    assert plan_of(made).degraded == ("zeturf", "geny")


def test_planning_again_without_news_writes_no_version():
    made = race_day_bench()
    first = plan_of(made)

    again = plan_of(made.at(paris_at(DAY, 9, 5)))

    assert again == first
    assert len(versions(made)) == 1


def test_news_write_a_version_and_the_latest_is_in_force():
    made = race_day_bench()
    plan_of(made)
    for name in made.sources:
        made.site(name).show_programme(DAY, programme(name, a_race(off=OFF + minutes(5))))

    plan_of(made.at(paris_at(DAY, 9, 5)))

    assert len(versions(made)) == 2
    assert latest_plan(made.archive, DAY).find("R1C1").off_time == OFF + minutes(5)


def test_a_disagreement_alone_is_news_too():
    made = race_day_bench()
    plan_of(made)
    made.site("geny").show_programme(DAY, programme("geny", a_race(distance_m=2100)))

    plan = plan_of(made.at(paris_at(DAY, 9, 5)))

    assert [d.field for d in plan.disagreements] == ["distance_m"]
    assert latest_plan(made.archive, DAY).disagreements == plan.disagreements


def test_of_two_plans_of_one_second_the_later_is_in_force():
    made = race_day_bench()
    for turn in range(12):
        off = OFF + minutes(turn)
        for name in made.sources:
            made.site(name).show_programme(DAY, programme(name, a_race(off=off)))
        plan_of(made)

        assert latest_plan(made.archive, DAY).find("R1C1").off_time == off

    assert len(versions(made)) == 12


def test_of_two_plans_of_the_repeated_hour_the_later_is_in_force():
    day = dt.date(2026, 10, 25)
    off = paris_at(day, 14)
    made = bench(start=paris_at(day, 2, 50))
    for turn in (0, 20):  # 02:50 of summer time, then 02:10 of winter time
        for name in made.sources:
            made.site(name).show_programme(
                day, programme(name, a_race(off=off + minutes(turn)), date=day)
            )
        plan_of(made.at(paris_at(day, 2, 50) + minutes(turn)), day)

    assert latest_plan(made.archive, day).find("R1C1").off_time == off + minutes(20)


def test_the_view_is_the_latest_version():
    made = race_day_bench()
    plan = plan_of(made)

    assert from_json(Plan, made.views.load("plan.json")) == plan


def test_the_view_is_mended_when_an_unchanged_plan_is_made_again():
    made = race_day_bench()
    plan = plan_of(made)
    made.views.publish("plan.json", b"another day's")

    plan_of(made.at(paris_at(DAY, 9, 5)))

    assert from_json(Plan, made.views.load("plan.json")) == plan


def test_pages_are_kept_before_they_are_read_and_their_folder_is_closed():
    made = race_day_bench()
    plan_of(made)

    names = [a.rpartition("/")[2] for a in made.archive.addresses(f"{DAY}/programme")]
    assert sorted(names) == [
        "manifest.json",
        "page-geny-programme-1.html.zst",
        "page-zeturf-programme-1.html.zst",
        "pages.json",
    ]


def test_a_source_that_changed_its_layout_is_reported_not_raised():
    made = race_day_bench()
    made.site("zeturf").show_programme(DAY, PageChanged("no meetings", site="zeturf"))

    assert plan_of(made).degraded == ("zeturf",)


def test_meetings_of_other_days_are_not_counted_in_the_sources_report():
    made = race_day_bench()
    tomorrow = meeting(a_race(off=OFF + dt.timedelta(days=1)), date=DAY + dt.timedelta(days=1))
    made.site("zeturf").show_programme(DAY, reading("zeturf", meeting(a_race()), tomorrow))

    report = plan_of(made).sources[0]

    assert (report.meetings, report.races) == (1, 1)
