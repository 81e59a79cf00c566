"""The preparation of 08:45 tries what the day needs, and tells each fault by its name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from desks import DAY, Bench, FailingArchive, race_day_bench
from hippique.bootstrap.estimators import ESTIMATORS
from hippique.bootstrap.wiring import POLICIES
from hippique.day.desk import Desk
from hippique.day.duties import Due, Duty
from hippique.day.preparation import MIB, Preparation, prepare_day
from hippique.day.verify import verify_day
from hippique.errors import SourceDown, StoreBusy, StoreFull
from hippique.racing.times import paris_at
from hippique.runtime.memory_queue import MemoryQueue
from watching import Watched

EARLY = paris_at(DAY, 8, 45)


def prepared(desk: Desk, free_bytes: int | None = 900 * MIB) -> Preparation:
    return prepare_day(desk, DAY, free_bytes=free_bytes, least=200 * MIB)


class BusyQueue(MemoryQueue):
    """A queue whose file another process holds."""

    def live(self, prefix: str = "") -> Any:
        raise StoreBusy(f"queue.sqlite is held ({prefix})")


class Broken:
    """A forecaster with a part missing."""

    name = model = "broken"

    def forecast(self, evidence: object) -> Any:
        raise ModuleNotFoundError(f"No module named 'extra' ({type(evidence).__name__})")


class FullArchive(FailingArchive):
    """No room for anything."""

    def create(self, address: str, content: bytes) -> None:
        raise StoreFull(f"{address}: no room for {len(content)} bytes")


def test_a_well_prepared_day_has_no_fault():
    found = prepared(race_day_bench().desk)

    assert (found.faults, found.down) == ((), ())
    assert [check.name for check in found.checks] == ["queue", "model", "disk", "archive"]


@pytest.mark.parametrize("policy", sorted(POLICIES))
@pytest.mark.parametrize("estimator", sorted(ESTIMATORS))
def test_every_policy_and_estimator_answers_the_trial_race(policy, estimator):
    made = race_day_bench().desk
    desk = replace(made, policy=POLICIES[policy](), forecaster=ESTIMATORS[estimator]())

    (told,) = [check.told for check in prepared(desk).checks if check.name == "model"]
    assert f"{policy}: chances and a " in told


@pytest.mark.parametrize(("part", "change", "told"), [
    ("model", lambda desk: replace(desk, forecaster=Broken()), "ModuleNotFoundError"),
    ("queue", lambda desk: replace(desk, queue=BusyQueue(desk.clock)), "queue.sqlite is held"),
    ("archive", lambda desk: replace(desk, archive=FullArchive(desk.archive, None)), "no room"),
])  # fmt: skip
def test_a_part_that_does_not_work_is_a_fault(part, change, told):
    (fault,) = prepared(change(race_day_bench().desk)).faults

    assert fault.startswith(f"{part}: ")
    assert told in fault


@pytest.mark.parametrize(("free_mib", "faults"), [(199, 1), (200, 0), (None, 0)])
def test_a_disk_with_too_little_room_is_a_fault(free_mib, faults):
    free = None if free_mib is None else free_mib * MIB

    assert len(prepared(race_day_bench().desk, free).faults) == faults


def test_a_source_without_a_programme_is_down_and_no_fault():
    made = race_day_bench()
    made.site("geny").show_programme(DAY, SourceDown("no answer", site="geny"))

    found = prepared(made.desk)

    assert (found.down, found.faults) == (("geny",), ())


def test_what_was_found_is_kept_and_verified():
    made = race_day_bench()
    prepared(made.desk)
    prepared(made.desk)  # twice within a second

    found = verify_day(made.archive, DAY)
    assert (found.ok, found.left_over, found.manifests) == (True, (), 1)
    assert any(a.endswith("/preparation.json") for a in made.archive.addresses(str(DAY)))


# --- as the duty ------------------------------------------------------------------------------


def duty(made: Bench) -> Watched:
    one = Watched(made)
    one.service.do(Due(EARLY, Duty.PREPARE, DAY))
    return one


def test_a_well_prepared_day_is_told_in_the_log_alone():
    one = duty(race_day_bench())

    (fields,) = one.log.fields_of("Day prepared")
    assert fields["checks"].keys() == {"queue", "model", "archive"}
    assert one.alerts() == []


def test_a_fault_is_an_alert_until_the_day_is_planned():
    made = race_day_bench()
    one = Watched(made)
    one.service.desk = replace(one.service.desk, forecaster=Broken())
    one.service.do(Due(EARLY, Duty.PREPARE, DAY))
    (alert,) = one.alerts()
    assert (alert.rule, alert.recovered_at) == ("preparation_failed", None)
    assert "model: ModuleNotFoundError" in alert.fr

    one.service.schedule(DAY)

    (alert,) = one.alerts()
    assert alert.recovered_at is not None


def test_a_source_that_is_down_before_the_day_is_one_alert_with_the_plan_s():
    made = race_day_bench()
    made.site("geny").show_programme(DAY, SourceDown("no answer", site="geny"))
    one = duty(made)
    assert [alert.rule for alert in one.alerts()] == ["plan_degraded"]

    one.service.schedule(DAY)
    one.watch.look(DAY)

    assert [(alert.rule, alert.count) for alert in one.alerts()] == [("plan_degraded", 1)]
    assert len(one.titles()) == 1


def test_no_source_at_all_is_one_alert():
    made = race_day_bench()
    for site in made.sources.values():
        site.show_programme(DAY, SourceDown("no answer", site=site.name))
    one = duty(made)

    (alert,) = one.alerts()
    assert alert.fr == "zeturf, geny n'a pas donné de programme"
