"""Alerts through the doors that people use: a day with faults, a served day, the command line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hippique.bootstrap.driven import default_date
from hippique.racecourse.draw import draw_day
from hippique.racecourse.faults.instants import by_off
from hippique.racing.times import paris_time
from receiver import Receiver, receiving_posts
from running import Service, environment, invoke, racecourse, serve, until

# One of apprise's plugins asks for a module that Python 3.13 drops; ours is not it.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

SEED = 5
FIRST, SECOND, THIRD = by_off(draw_day(default_date(SEED), SEED, 3))
SITES = ("zeturf", "geny", "pmu")
FIELDS = {
    "id", "rule", "level", "cause", "first_seen", "last_seen", "count", "acknowledged",
    "recovered_at",
}  # fmt: skip


def hour(race: Any, minutes: float) -> str:
    return f"{paris_time(race.off_time + timedelta(minutes=minutes)):%H:%M:%S}"


def alerts(
    folder: Path, *, faults: dict[str, Any], races: int = 3, date: str = "", **settings: str
) -> list[dict[str, Any]]:
    """The alerts of a driven day with these faults; the folder may hold an earlier one."""
    (folder / "faults.json").write_text(json.dumps(faults), "utf-8")
    day = ("--date", date) if date else ()
    ended = invoke(
        *("day", "--seed", SEED, "--races", races, "--faults", "faults.json", "--json"),
        *("--data", folder / "data", *day), cwd=folder, **settings,
    )  # fmt: skip
    assert ended.code == 0, ended.err
    listed = invoke("alerts", "list", "--json", "--data", folder / "data", cwd=folder)
    found: list[dict[str, Any]] = listed.document["alerts"]
    return found


def rules(found: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(alert["rule"], alert["level"]) for alert in found]


# --- driven days ------------------------------------------------------------------------------


def test_a_healthy_day_has_its_figures_and_no_other_alert(tmp_path: Path) -> None:
    found = alerts(tmp_path, faults={})

    assert rules(found) == [("day_report", "info")]
    told = found[0]["cause"].splitlines()
    assert re.search(r"Courses 3, tickets \d, abstentions \d$", told[0])
    assert told[1].startswith("Visites faites 9, essais en échec 0, perdues 0, succès 100")
    assert told[2].startswith("Mises ")


def test_a_day_whose_sources_are_all_down_at_nine_pages_once_and_recovers(tmp_path: Path) -> None:
    window = {"since": "08:50", "until": "09:12", "status": 503}
    found = alerts(tmp_path, faults={"outages": [{"site": site, **window} for site in SITES]})

    failed, *rest = found
    assert (failed["rule"], failed["level"]) == ("schedule_failed", "critical")
    assert failed["count"] == 3  # 09:00, 09:05, 09:10
    assert failed["recovered_at"] is not None
    assert rules(rest) == [("day_report", "info")]


def test_a_source_that_is_down_all_morning_degrades_the_plan(tmp_path: Path) -> None:
    outage = {"site": "geny", "since": "08:00", "until": hour(FIRST, -40)[:5], "status": 503}
    found = alerts(tmp_path, faults={"outages": [outage]})

    assert rules(found) == [("plan_degraded", "warning"), ("day_report", "info")]
    assert "geny" in found[0]["cause"]


def test_analyses_that_fail_are_a_warning_that_ends_when_a_retry_succeeds(tmp_path: Path) -> None:
    window = {"since": hour(SECOND, -30.1), "until": hour(SECOND, -28), "status": 503}
    found = alerts(tmp_path, faults={"outages": [{"site": site, **window} for site in SITES]})

    failed = next(alert for alert in found if alert["rule"] == "analyses_failed")
    assert (failed["level"], failed["recovered_at"] is not None) == ("warning", True)


def test_hours_without_any_source_are_one_critical_alert_of_failed_analyses(
    tmp_path: Path,
) -> None:
    window = {"since": "11:00", "until": "14:00", "status": 503}
    outages = [{"site": site, **window} for site in SITES]
    found = alerts(tmp_path, faults={"outages": outages}, races=12)

    (failed,) = [alert for alert in found if alert["rule"] == "analyses_failed"]
    assert (failed["level"], failed["recovered_at"] is not None) == ("critical", True)
    assert failed["count"] > 50
    others = {alert["rule"] for alert in found} - {"analyses_failed", "day_report"}
    assert others == {"replan_failed", "result_missing"}


def test_a_source_whose_design_changed_overnight_lost_its_fields(tmp_path: Path) -> None:
    assert rules(alerts(tmp_path, faults={}, races=9, date="2026-06-10")) == [
        ("day_report", "info")
    ]
    changed = {"site": "zeturf", "part": "odds", "since": "08:00", "until": "30:00"}
    found = alerts(tmp_path, faults={"changed": [changed]}, races=9, date="2026-06-11")

    lost = next(alert for alert in found if alert["rule"] == "field_lost")
    assert "plus aucune page zeturf race n'est lisible" in lost["cause"]
    refused = next(alert for alert in found if alert["rule"] == "decisions_refused")
    assert "faute de données (5/5" in refused["cause"]


def test_two_ordinary_days_in_one_folder_lose_no_field(tmp_path: Path) -> None:
    for date in ("2026-06-10", "2026-06-11"):
        assert rules(alerts(tmp_path, faults={}, races=9, date=date)) == [("day_report", "info")]


def test_a_result_that_never_comes_warns_after_90_minutes_and_becomes_critical(
    tmp_path: Path,
) -> None:
    found = alerts(tmp_path, faults={"late_results": [{"race": "#1", "never": True}]})

    missing = next(alert for alert in found if alert["rule"] == "result_missing")
    assert (missing["level"], missing["recovered_at"]) == ("critical", None)
    assert str(FIRST.key) in missing["cause"]


def test_the_same_seed_and_faults_give_the_same_alerts(tmp_path: Path) -> None:
    told = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        told.append(alerts(tmp_path / name, faults={"late_results": [{"race": "#1"}]}))

    assert told[0] == told[1]
    assert len(told[0]) > 1


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving_posts() as server:
        yield server


def test_who_is_on_call_is_told_of_a_simulated_day_as_such(
    tmp_path: Path, receiver: Receiver
) -> None:
    alerts(
        tmp_path,
        faults={"late_results": [{"race": "#1", "never": True}]},
        ALERT_URLS=receiver.address,
    )

    titles = [title.split(" : ")[0] for title, _ in receiver.arrived()]
    assert titles[:2] == ["SIMULÉ – ATTENTION", "SIMULÉ – CRITIQUE"]


# --- commands ---------------------------------------------------------------------------------


def test_a_test_message_reaches_every_address_of_both_levels(
    tmp_path: Path, receiver: Receiver
) -> None:
    settings = {"ALERT_URLS": receiver.address, "ALERT_URLS_LEVEL2": f"{receiver.address}/2"}
    ended = invoke("alerts", "test", "--json", cwd=tmp_path, **settings)

    assert ended.document == {"ok": True, "levels": {"level 1": "sent", "level 2": "sent"}}
    assert len(receiver.arrived()) == 2


def test_a_test_message_that_an_address_does_not_take_ends_with_1(
    tmp_path: Path, receiver: Receiver
) -> None:
    receiver.refusals = 1
    ended = invoke("alerts", "test", cwd=tmp_path, ALERT_URLS=receiver.address)

    assert ended.code == 1
    assert "level 1: 1 of 1 addresses did not take it" in ended.out


def test_without_addresses_the_test_says_which_setting_is_empty(tmp_path: Path) -> None:
    ended = invoke("alerts", "test", cwd=tmp_path)

    assert ended.code == 1
    assert "ALERT_URLS is empty" in ended.err


def test_a_bad_threshold_stops_the_start_with_its_mend(tmp_path: Path) -> None:
    ended = invoke("day", "--races", 1, "--data", "d", cwd=tmp_path, ALERT_THRESHOLDS="latncy_s=3")

    assert ended.code == 1
    assert "did you mean latency_s" in ended.err


# --- a served day -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    top = tmp_path_factory.mktemp("alerts")
    with (
        racecourse(top, speed=20, races=3, seed=1, date="2026-06-07") as course,
        serve(top, top / "data", course.url, environment()) as service,
    ):
        until(lambda: service.get("/api/days/2026-06-07").status_code == 200, "a plan")
        service.data = top / "data"  # type: ignore[attr-defined]  # where commands beside it look
        yield service


def listed(service: Service) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = service.get("/api/alerts").json()["alerts"]
    return found


def test_a_purged_queue_is_a_critical_alert_that_can_be_taken_over_and_ends(
    service: Service,
) -> None:
    assert listed(service) == []
    data = service.data  # type: ignore[attr-defined]  # see the fixture
    purged = invoke("queue", "purge", "--yes", "--data", data, cwd=data.parent)
    assert purged.code == 0, purged.err

    (alert,) = until(lambda: listed(service), "the alert of an empty queue")
    assert alert.keys() >= FIELDS
    assert (alert["rule"], alert["level"]) == ("queue_empty", "critical")

    reply = service.post(f"/api/alerts/{alert['id']}/ack")
    assert reply.json()["alert"]["acknowledged"] is True
    beside = invoke("alerts", "list", "--json", "--data", data, cwd=data.parent)
    assert beside.document["alerts"][0]["acknowledged"] is True

    service.schedule(date="2026-06-07")
    (ended,) = listed(service)
    assert ended["recovered_at"] is not None


def test_an_alert_that_is_not_there_is_404(service: Service) -> None:
    reply = service.post("/api/alerts/20260607-nothing-000000/ack")

    assert reply.status_code == 404
    assert reply.json()["error"]["code"] == "NotFound"


def test_a_day_that_is_no_day_is_422(service: Service) -> None:
    reply = service.get("/api/alerts?date=someday")

    assert reply.status_code == 422
    assert reply.json()["error"]["field"] == "date"
