"""Which notices are owed: once each, reminders, level 2, quiet hours, the end; and their words."""

from __future__ import annotations

import datetime as dt

import pytest

from desks import DAY
from hippique.day.watch.incident import AlertEvent, Incident, Kind, apply
from hippique.day.watch.model import Level
from hippique.day.watch.notices import Notice, message_of, owed
from hippique.day.watch.thresholds import Thresholds, read_thresholds
from hippique.errors import SettingsError
from hippique.racing.times import paris_at
from watching import MINUTE, NOON

LIMITS = Thresholds()
NIGHT = paris_at(DAY, 23, 30)


def event(kind: Kind, minute: float = 0, level: Level = Level.CRITICAL, **more: object):
    told: dict[str, object] = {"fr": "file vide", "en": "empty queue", "key": "queue"}
    return AlertEvent(
        alert="20251016-queue_empty-1", date=DAY, rule="queue_empty", kind=kind, level=level,
        at=NOON + minute * MINUTE, **{**told, **more},
    )  # fmt: skip


def incident(*told: AlertEvent) -> Incident:
    found: Incident | None = None
    for one in told:
        found = apply(found, one)
    assert found is not None
    return found


OPENED = event(Kind.OPENED)
MILD = event(Kind.OPENED, level=Level.WARNING)
RAISED = event(Kind.RAISED, 20)
NEWS = event(Kind.OPENED, level=Level.INFO)


def sent(notice: str, minute: float = 0, level: Level = Level.CRITICAL) -> AlertEvent:
    return event(Kind.SENT, minute, level, notice=notice)


def acknowledged(minute: float, level: Level = Level.CRITICAL) -> AlertEvent:
    return event(Kind.ACKNOWLEDGED, minute, level, by="camille")


def recovered(minute: float, level: Level = Level.CRITICAL) -> AlertEvent:
    return event(Kind.RECOVERED, minute, level)


REMINDED = [sent("reminder-1", 30), sent("reminder-2", 60)]
CASES = [
    ("it is new", [OPENED], 0, ["opened"]),
    ("it was told", [OPENED, sent("opened")], 29, []),
    ("nobody took it for half an hour", [OPENED, sent("opened")], 30, ["reminder-1"]),
    ("after a gap the newest reminder alone", [OPENED, sent("opened")], 59, ["reminder-1"]),
    ("nobody took it for an hour", [OPENED, sent("opened"), sent("reminder-1", 30)], 60,
     ["reminder-2", "level2"]),
    ("level 2 is told once", [OPENED, sent("opened"), *REMINDED, sent("level2", 60)], 61, []),
    ("reminders end", [OPENED, sent("opened"), sent("reminder-4", 120), sent("level2", 60)], 600,
     []),
    ("it was taken over", [OPENED, sent("opened"), acknowledged(10)], 600, []),
    ("it is over", [OPENED, sent("opened"), recovered(10)], 10, ["recovered"]),
    ("its end was told", [OPENED, sent("opened"), recovered(10), sent("recovered", 10)], 11, []),
    ("level 2 hears of the end too",
     [OPENED, sent("opened"), sent("level2", 60), recovered(70)], 70,
     ["recovered", "recovered-level2"]),
    ("it ended before it could be told", [OPENED, recovered(1)], 1, []),
    ("a warning is not insisted on", [MILD, sent("opened", 0, Level.WARNING)], 600, []),
    ("a warning that became critical", [MILD, sent("opened", 0, Level.WARNING), RAISED], 20,
     ["raised"]),
    ("it became critical before anybody was told", [MILD, RAISED], 20, ["opened"]),
    ("an hour after it became critical, not after it began",
     [MILD, sent("opened", 0, Level.WARNING), RAISED, sent("raised", 20), sent("reminder-1", 50)],
     79, []),
    ("taken over as a warning, then critical",
     [MILD, sent("opened", 0, Level.WARNING), acknowledged(5, Level.WARNING), RAISED,
      sent("raised", 20)], 80, ["reminder-2", "level2"]),
    ("the day's figures", [NEWS], 0, ["opened"]),
    ("the day's figures have no end", [NEWS, sent("opened", 0, Level.INFO),
                                       recovered(5, Level.INFO)], 5, []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("told", "minute", "names"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_notices_owed_when(told, minute, names):
    found = owed(incident(*told), NOON + minute * MINUTE, LIMITS)

    assert [notice.name for notice in found] == names
    assert [n.name for n in found if n.to_level_2] == [n for n in names if "level2" in n]


@pytest.mark.parametrize(("level", "names"), [
    (Level.CRITICAL, ["opened"]), (Level.WARNING, []), (Level.INFO, []),
])  # fmt: skip
def test_quiet_hours_hold_back_all_but_the_critical(level, names):
    new = incident(event(Kind.OPENED, (NIGHT - NOON) / MINUTE, level))

    assert [notice.name for notice in owed(new, NIGHT, LIMITS)] == names
    morning = paris_at(DAY + dt.timedelta(days=1), 7)
    assert owed(new, morning, LIMITS)[0].name == "opened"


@pytest.mark.parametrize(("said", "hour", "quiet"), [
    ((), 22.99, False), ((), 23, True), ((), 3, True), ((), 6.99, True), ((), 7, False),
    (("quiet_from=1", "quiet_until=5"), 3, True), (("quiet_from=1", "quiet_until=5"), 23, False),
    (("quiet_from=0", "quiet_until=0"), 3, False),
])  # fmt: skip
def test_quiet_hours_on_paris_clocks(said, hour, quiet):
    at = paris_at(DAY, int(hour), round((hour % 1) * 60) % 60)

    assert read_thresholds(said).is_quiet(at) is quiet


# --- words ------------------------------------------------------------------------------------


def test_a_message_says_how_bad_what_since_when_and_how_to_take_it_over():
    message = message_of(incident(OPENED), Notice(name="opened"), "live")

    assert message.title == "CRITIQUE : file vide"
    assert message.body.splitlines() == [
        "file vide",
        "empty queue",
        "Depuis le 16/10 12:00, vu 1 fois, la dernière le 16/10 12:00.",
        "Acquitter : hippique alerts ack 20251016-queue_empty-1",
    ]


@pytest.mark.parametrize(("mode", "name", "title"), [
    ("simulated", "opened", "SIMULÉ – CRITIQUE : file vide"),
    ("recorded", "opened", "JOURNÉE ENREGISTRÉE – CRITIQUE : file vide"),
    ("live", "reminder-2", "CRITIQUE, rappel : file vide"),
    ("live", "level2", "CRITIQUE, niveau 2 : file vide"),
])  # fmt: skip
def test_a_title_says_what_kind_of_day_and_which_notice(mode, name, title):
    assert message_of(incident(OPENED), Notice(name=name), mode).title == title


def test_the_end_is_told_without_a_call_to_take_it_over():
    message = message_of(incident(OPENED, recovered(10)), Notice(name="recovered"), "live")

    assert message.title == "RÉTABLI : file vide"
    assert "rétabli le 16/10 12:10" in message.body
    assert "Acquitter" not in message.body


# --- thresholds -------------------------------------------------------------------------------


def test_a_threshold_that_is_said_stands_for_its_default_and_the_others_stay():
    read = read_thresholds(("latency_s=12.5", "overdue = 7"))

    assert (read.latency_s, read.overdue, read.refused_of) == (12.5, 7, 5)


@pytest.mark.parametrize(("said", "told"), [
    ("latencys=3", "did you mean latency_s"), ("x=3", "write one of failed_share"),
    ("latency_s", "write a number"), ("latency_s=-1", "write a number"),
    ("latency_s=nan", "write a number"), ("latency_s=fast", "write a number"),
])  # fmt: skip
def test_a_bad_threshold_is_refused_with_the_mend(said, told):
    with pytest.raises(SettingsError, match=told):
        read_thresholds((said,))
