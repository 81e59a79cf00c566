"""The watch at work: one alert a cause, told once, remembered over restarts, on a full disk too."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import pytest

from desks import DAY, ODDS, OFF, R1C1, card, minutes
from hippique.day import addresses
from hippique.day.duties import Due, Duty
from hippique.day.manifest import Stamp
from hippique.day.verify import verify_day
from hippique.day.watch.model import Level
from hippique.day.watch.record import acknowledge, incidents_of
from hippique.errors import NotFound, SourceDown, StoreFull
from hippique.ports import Archive
from hippique.racing.times import paris_at
from hippique.runtime.memory import MemoryArchive
from watching import MINUTE, NOON, Watched, watched

FLOOD = 500


@dataclass
class FillingArchive:
    """An archive whose disk can be full."""

    inside: Archive
    is_full: bool = False

    def create(self, address: str, content: bytes) -> None:
        if self.is_full:
            raise StoreFull(f"{address}: no room left")
        self.inside.create(address, content)

    def read(self, address: str) -> bytes:
        return self.inside.read(address)

    def addresses(self, prefix: str = "") -> tuple[str, ...]:
        return self.inside.addresses(prefix)

    def folders(self, prefix: str = "") -> tuple[str, ...]:
        return self.inside.folders(prefix)


def races(count: int):
    return [f"{DAY}/R{1 + n // 12}C{1 + n % 12}" for n in range(count)]


# --- one alert a cause ------------------------------------------------------------------------


def test_a_flood_of_failures_is_one_alert_and_two_messages():
    one = watched()

    for race in races(FLOOD):
        one.fail(race)

    (alert,) = one.alerts()
    assert (alert.rule, alert.count, alert.level) == ("analyses_failed", FLOOD, Level.CRITICAL)
    assert [title.partition(" : ")[0] for title in one.titles()] == [
        "SIMULÉ – ATTENTION",  # at the first
        "SIMULÉ – CRITIQUE",  # at the fourth
    ]


def test_a_flood_leaves_few_files():
    one = watched()
    for race in races(FLOOD):
        one.fail(race)

    folder = addresses.alerts_folder(DAY)
    kept = [a for a in one.bench.archive.addresses(folder) if a.endswith(addresses.ALERT)]
    # opened, raised, 10, 100, and two sendings
    assert len(kept) == 6


def test_an_alert_stands_as_soon_as_its_event_was_heard():
    one = watched()

    one.fail()

    (alert,) = one.alerts("analyses_failed")
    assert (alert.first_seen, alert.recovered_at) == (NOON, None)
    assert len(one.titles()) == 1


def test_a_retry_that_succeeds_ends_it_and_its_end_is_told():
    one = watched()
    one.fail()

    one.succeed()

    (alert,) = one.alerts("analyses_failed")
    assert alert.recovered_at == NOON
    assert [title.split(" : ")[0] for title in one.titles()] == [
        "SIMULÉ – ATTENTION", "SIMULÉ – RÉTABLI",
    ]  # fmt: skip


def test_a_mild_cause_that_comes_back_at_once_goes_on_and_nobody_is_told_again():
    one = watched()
    for _ in range(10):
        one.fail()
        one.succeed()

    assert len(one.alerts("analyses_failed")) == 1
    assert len(one.titles()) == 2


def test_a_cause_that_comes_back_after_an_hour_is_another_alert():
    one = watched()
    one.fail()
    one.succeed()
    one.bench.clock.advance_to(NOON + minutes(61))

    one.fail()

    first, second = one.alerts("analyses_failed")
    assert second.id == f"{first.id}-2"


def test_a_warning_that_lasts_becomes_critical_and_says_so():
    one = watched()
    one.bench.site("zeturf").show_card(R1C1, SourceDown("no answer", site="zeturf"))
    for minute in range(0, 241, 5):
        one.at(OFF + minutes(minute))

    (alert,) = one.alerts("result_missing")
    assert alert.first_seen == OFF + minutes(90)
    assert alert.critical_at == OFF + minutes(150)


def test_a_warning_that_somebody_took_over_does_not_become_critical_by_lasting():
    one = watched()
    one.at(OFF + minutes(90))
    (alert,) = one.alerts("result_missing")
    one.watch.acknowledge(alert.id, "camille")

    one.at(OFF + minutes(150))

    (alert,) = one.alerts("result_missing")
    assert (alert.level, alert.critical_at) == (Level.WARNING, None)


def test_the_figures_of_a_day_never_recover():
    one = watched().at(paris_at(DAY, 20))
    one.limits = replace(one.limits, result_minutes=10**4)
    one.restart()

    one.at(paris_at(DAY, 20, 5))  # as if the day were not over after all

    (alert,) = one.alerts("day_report")
    assert alert.recovered_at is None


# --- who is told, and when --------------------------------------------------------------------


def test_a_critical_alert_that_nobody_takes_reaches_level_2_after_an_hour():
    one = watched().at(NOON)
    one.bench.queue.purge()
    one.at(NOON + minutes(1)).at(NOON + minutes(3))
    assert [alert.rule for alert in one.alerts()] == ["queue_empty"]

    one.at(NOON + minutes(62))
    assert one.second.sent == []
    one.at(NOON + minutes(63))

    assert [message.title.split(" : ")[0] for message in one.second.sent] == [
        "SIMULÉ – CRITIQUE, niveau 2"
    ]


def test_one_that_was_taken_over_never_reaches_level_2():
    one = watched().at(NOON)
    one.bench.queue.purge()
    one.at(NOON + minutes(1)).at(NOON + minutes(3))
    (alert,) = one.alerts()

    one.watch.acknowledge(alert.id, "camille")
    one.at(NOON + minutes(120))

    assert one.second.sent == []
    assert len(one.titles()) == 1
    assert one.alerts()[0].acknowledged_by == "camille"


def test_a_channel_that_fails_is_tried_again_a_minute_later_and_told_in_the_log():
    one = watched()
    one.first.refusals = 1
    one.fail()
    assert one.titles() == []
    assert one.log.messages("ERROR").count("Alert not sent") == 1

    one.at(NOON + minutes(1))

    assert len(one.titles()) == 1


def test_a_dead_channel_is_not_asked_once_an_event():
    one = watched()
    one.first.refusals = 10**6
    for race in races(FLOOD):
        one.fail(race)

    assert one.log.messages("ERROR").count("Alert not sent") == 1


def test_the_log_is_told_whoever_else_is():
    one = watched()
    for race in races(4):
        one.fail(race)
    one.succeed(races(1)[0])

    assert one.log.messages("WARNING") == ["Alert opened"]
    assert one.log.messages("CRITICAL") == ["Alert raised"]


# --- the archive ------------------------------------------------------------------------------


def _failed_h30() -> Watched:
    one = watched()
    for site in one.bench.sources.values():
        site.show_card(R1C1, SourceDown("no answer", site=site.name))
    one.bench.clock.advance_to(OFF - minutes(30))
    with pytest.raises(SourceDown):
        one.service.deliver(one.bench.queue.live()[0])
    return one


def test_a_restarted_process_knows_what_was_sent():
    one = _failed_h30()
    one.restart()

    one.at(OFF - minutes(29))

    assert len(one.titles()) == 1


def test_a_restarted_process_knows_the_failures_before_it():
    one = _failed_h30()
    one.restart()

    one.at(OFF - minutes(29))

    (alert,) = one.alerts("analyses_failed")
    assert alert.recovered_at is None


def test_somebody_who_takes_it_over_beside_the_service_is_heard_at_the_next_look():
    one = watched()
    one.fail()
    (alert,) = one.alerts()
    stamp = Stamp(now=NOON + minutes(1), versions={"code": "test"})

    acknowledge(one.bench.archive, alert.id, "camille", stamp)
    one.at(NOON + minutes(5))

    assert one.alerts()[0].acknowledged_by == "camille"


@pytest.mark.parametrize("alert", ["20251016-queue_empty-000000", "nonsense", "20259999-x", ""])
def test_an_alert_that_is_not_there_cannot_be_taken_over(alert):
    one = watched()
    with pytest.raises(NotFound, match="alerts list"):
        one.watch.acknowledge(alert, "camille")
    with pytest.raises(NotFound, match="alerts list"):
        acknowledge(one.bench.archive, alert, "camille", Stamp(now=NOON, versions={}))


def test_what_the_archive_tells_is_what_the_service_shows():
    one = watched()
    for race in races(5):
        one.fail(race)
    (shown,) = one.alerts()

    told = incidents_of(one.bench.archive, [DAY])[shown.id]

    assert (told.level, told.critical_at, told.sent) == (
        shown.level, shown.critical_at, shown.sent,
    )  # fmt: skip


def test_alerts_leave_an_archive_in_which_nothing_is_touched_or_left_over():
    one = watched()
    for race in races(5):
        one.fail(race)

    found = verify_day(one.bench.archive, DAY)

    assert found.ok
    assert [a for a in found.left_over if "/alerts/" in a] == []


# --- a full disk ------------------------------------------------------------------------------


def test_a_full_disk_is_told_although_it_cannot_be_written_down():
    archive = FillingArchive(MemoryArchive())
    one = watched(archive=archive)
    archive.is_full = True

    one.fail(error="StoreFull: no room left")

    (alert,) = one.alerts()
    assert (alert.rule, alert.level) == ("store_full", Level.CRITICAL)
    assert len(one.titles()) == 1
    assert "Watch hindered" in one.log.messages("ERROR")


def test_what_a_full_disk_kept_out_is_written_once_there_is_room():
    archive = FillingArchive(MemoryArchive())
    one = watched(archive=archive)
    archive.is_full = True
    one.fail(error="StoreFull: no room left")
    (alert,) = one.alerts()
    archive.is_full = False

    one.at(NOON + minutes(5))

    assert incidents_of(one.bench.archive, [DAY])[alert.id].sent.keys() == {"opened"}


# --- the watch's own faults, and others -------------------------------------------------------


def test_a_fault_of_the_watch_costs_the_day_nothing():
    class Broken:
        def addresses(self, prefix: str = "") -> tuple[str, ...]:
            raise RuntimeError(prefix)

    one = watched(archive=MemoryArchive())
    one.bench.archive = Broken()  # type: ignore[assignment]  # breaks only what is read of alerts
    one.restart()

    one.fail()

    assert one.log.messages("ERROR")[-1] == "Watch failed"


def test_a_duty_that_fails_is_looked_at_all_the_same():
    one = watched(paris_at(DAY, 9, 10))
    day = DAY + dt.timedelta(days=1)
    one.bench.clock.advance_to(paris_at(day, 9, 5))
    for site in one.bench.sources.values():
        site.show_programme(day, SourceDown("no answer", site=site.name))

    with pytest.raises(SourceDown):
        one.service.do(Due(one.bench.clock.now(), Duty.TICK, day))

    (alert,) = [alert for alert in one.alerts() if alert.date == day]
    assert (alert.rule, alert.level) == ("schedule_failed", Level.CRITICAL)
    assert len(one.titles()) == 1


def test_a_tick_that_fails_still_finds_what_only_a_look_can_find():
    one = watched()
    for site in one.bench.sources.values():
        site.show_programme(DAY, SourceDown("no answer", site=site.name))
    one.bench.clock.advance_to(OFF - minutes(3))

    with pytest.raises(SourceDown):
        one.service.do(Due(OFF - minutes(3), Duty.TICK, DAY))

    assert {alert.rule for alert in one.watch.standing()} == {"replan_failed", "phase_missed"}


def test_a_healthy_day_fires_nothing_until_its_figures():
    one = watched()
    for minute in range(0, 400, 5):
        instant = NOON + minutes(minute)
        one.bench.clock.advance_to(instant)
        for task in one.bench.queue.live():
            if task.due <= instant:
                one.bench.queue.cancel(task.name)
                one.service.deliver(task)
                one.bench.site("zeturf").show_card(R1C1, card("zeturf", {**ODDS, 1: 2.8}))
        one.at(instant)

    assert [alert.rule for alert in one.alerts()] == []


def test_a_folder_that_is_only_shown_is_not_judged():
    one = watched()
    one.fail()
    one.is_reading = True
    one.restart()
    one.bench.queue.purge()

    one.at(NOON + 5 * MINUTE)

    assert [alert.rule for alert in one.alerts()] == ["analyses_failed"]


def test_a_folder_that_is_only_shown_shows_its_newest_days():
    one = watched()
    one.fail()
    one.is_reading = True
    one.bench.clock.advance_to(NOON + dt.timedelta(days=300))
    one.restart()

    assert [alert.rule for alert in one.alerts()] == ["analyses_failed"]


def test_the_heartbeat_is_given_while_every_deadline_is_met():
    one = watched()
    one.at(NOON).at(NOON + minutes(5))

    assert one.heartbeat.beats == 2


def _with_missed_h30() -> Watched:
    one = watched()
    return one.at(OFF - minutes(6)).at(OFF - minutes(3))


def test_the_heartbeat_is_withheld_once_a_snapshot_is_not_there_in_time():
    one = _with_missed_h30()  # H30 is due by H-5, and two minutes of grace

    assert one.heartbeat.beats == 1
    (fields,) = one.log.fields_of("Heartbeat withheld")
    assert fields["unmet"] == ["R1C1 H30"]


def test_what_a_person_took_over_holds_the_heartbeat_back_no_more():
    one = _with_missed_h30()
    (alert,) = one.alerts("phase_missed")
    one.watch.acknowledge(alert.id, "camille")

    one.watch.look(DAY, beat=True)

    assert one.heartbeat.beats == 2


def test_what_is_missed_after_somebody_took_over_holds_it_back_again():
    one = _with_missed_h30()
    (alert,) = one.alerts("phase_missed")
    one.watch.acknowledge(alert.id, "camille")

    one.at(OFF + minutes(2))  # H5 is due by the off

    assert one.heartbeat.beats == 1
    assert one.log.fields_of("Heartbeat withheld")[-1]["unmet"] == ["R1C1 H5"]


def test_a_missing_result_withholds_the_heartbeat():
    one = watched()
    for at in (OFF - minutes(30), OFF - minutes(5)):
        one.bench.clock.advance_to(at)
    one.at(OFF + minutes(91))

    (fields,) = one.log.fields_of("Heartbeat withheld")
    assert "R1C1 RESULT" in fields["unmet"]


def test_a_switch_that_does_not_answer_is_an_event():
    one = watched()
    one.heartbeat.refusals = 1

    one.at(NOON)

    assert one.log.messages("WARNING") == ["Heartbeat not sent"]


def test_a_look_by_hand_gives_no_heartbeat():
    one = watched()

    one.watch.alerts()

    assert one.heartbeat.beats == 0
