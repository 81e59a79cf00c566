"""The guide's thirteen lines: each of them well, and each of them with something to do."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from care_days import EVENING, copied, run_day
from desks import DAY, race_day_bench
from hippique.day.care.figures import Figures, RunTimes, figures_of
from hippique.day.care.log import (
    BackupNote,
    CareLog,
    DrillNote,
    note_backup,
    note_drill,
    read_care_log,
)
from hippique.day.care.machine import Machine
from hippique.day.care.maintenance import DAYS, LINES, Period, maintain
from hippique.day.care.replan import Replanned, plan_again
from hippique.day.care.troubles import Kind, TroubleGroup
from hippique.day.care.upkeep import Access, Install, Upkeep
from hippique.day.care.verdict import Verdict
from hippique.day.watch.incident import Incident
from hippique.day.watch.model import Level
from hippique.errors import PageChanged, SourceDown, StoreDamaged
from hippique.ports import Page, PageRequest, RaceRef
from hippique.racing.card import Reading
from hippique.runtime.memory import MemoryArchive, MemoryViews

MIB, GIB = 1 << 20, 1 << 30
LONG_AGO = DAY - dt.timedelta(days=300)
TIMES = RunTimes(runs=100, mean_s=3.0, p95_s=9.0, most_s=20.0)


def days(count: float) -> dt.timedelta:
    return dt.timedelta(days=count)


def figures(**facts: object) -> Figures:
    found = figures_of(run_day().archive, [DAY], EVENING)
    return replace(found, **({"run_times": TIMES} | facts))  # type: ignore[arg-type]  # the row's own facts


BACKUP = BackupNote(made_at=EVENING - days(3), file="/b/one.tar.zst", sha256="0", size=1, members=9)
DRILL = DrillNote(at=EVENING - days(3), file="/b/one.tar.zst", restored=8, since=2)


def upkeep(**facts: object) -> Upkeep:
    """A live folder of some age that is looked after."""
    said: dict[str, object] = {
        "now": EVENING, "wall": EVENING, "is_live": True, "is_cloud": False,
        "first_day": LONG_AGO, "figures": figures(), "errors": (),
        "machine": Machine(free_bytes=100 * GIB), "access": Access(is_open=False),
        "install": Install(size=300 * MIB, packages=40, updated_at=EVENING - days(20), docs=()),
        "timeout_s": 180.0, "care": CareLog(backups=(BACKUP,), drills=(DRILL,)),
        "stored": 600 * MIB, "has_alert_channel": True,
        "replanned": Replanned(address=f"{DAY}/plan/x/plan.json", races=43),
    }  # fmt: skip
    return Upkeep(**{**said, **facts})  # type: ignore[arg-type]  # the row's own facts


def verdict(name: str, **facts: object) -> Verdict:
    lines = [line for period in Period for line in maintain(period, upkeep(**facts))]
    return next(line.verdict for line in lines if line.name == name)


def test_the_guide_has_four_five_and_four_lines():
    counts = {period: len(LINES[period]) for period in Period}

    assert counts == {Period.WEEKLY: 4, Period.MONTHLY: 5, Period.QUARTERLY: 4}
    assert (DAYS[Period.WEEKLY], DAYS[Period.MONTHLY], DAYS[Period.QUARTERLY]) == (7, 31, 92)


def test_a_folder_that_is_looked_after_has_nothing_to_do():
    for period in Period:
        assert [line.name for line in maintain(period, upkeep()) if not line.verdict.ok] == []


def incident(level: Level = Level.CRITICAL, **facts: object) -> Incident:
    said: dict[str, object] = {
        "id": "a1", "date": DAY, "rule": "no_plan", "key": "k", "level": level,
        "first_seen": EVENING, "last_seen": EVENING, "count": 1,
        "fr": "pas de plan", "en": "no plan",
    }  # fmt: skip
    return Incident(**{**said, **facts})  # type: ignore[arg-type]  # the row's own facts


def group(count: int) -> TroubleGroup:
    return TroubleGroup(
        error="SourceDown", kind=Kind.ATTEMPT, source=None, count=count, first=EVENING,
        last=EVENING, example="503",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "facts", "told"),
    [
        pytest.param("week_errors", {"figures": figures(lost=2)}, "2 visits lost", id="lost"),
        pytest.param(
            "performance", {"figures": figures(success_rate=0.94)}, "94.0%", id="success"
        ),
        pytest.param(
            "performance", {"figures": figures(run_times=replace(TIMES, p95_s=31.0))},
            "30 s is the most", id="latency",
        ),
        pytest.param(
            "disk_space", {"machine": Machine(free_bytes=199 * MIB)}, "are needed", id="least room"
        ),
        pytest.param(
            # 300 days and today hold 301 GiB: a GiB a day, thirty more need 30 GiB and 200 MiB.
            "disk_space", {"machine": Machine(free_bytes=30 * GIB), "stored": 301 * GIB},
            "30,920 MiB are needed", id="growth",
        ),
        pytest.param("schedule", {"replanned": None}, "no whole plan", id="no plan"),
        pytest.param(
            "schedule", {"replanned": Replanned(address="a", races=1, faults=("R1C1: gone",))},
            "another plan", id="other plan",
        ),
        pytest.param(
            "images",
            {"install": Install(size=MIB, packages=1, tools=("pytest",), is_image=True)},
            "developers' tools", id="tools",
        ),
        pytest.param(
            "images", {"install": Install(size=801 * MIB, packages=1, is_image=True)},
            "801 MiB", id="heavy",
        ),
        pytest.param(
            "dependencies", {"install": Install(size=1, packages=1, unmet=("library x",))},
            "missing", id="unmet",
        ),
        pytest.param(
            "dependencies",
            {"install": Install(size=1, packages=1, updated_at=EVENING - days(93))},
            "93 days ago", id="old",
        ),
        pytest.param("backup", {"care": CareLog()}, "no backup yet", id="none"),
        pytest.param(
            "backup", {"care": CareLog(backups=(replace(BACKUP, made_at=EVENING - days(32)),))},
            "32 days ago", id="old backup",
        ),
        pytest.param("backup", {"lost_backup": "is not there"}, "is not there", id="lost backup"),
        pytest.param("recovery", {"care": CareLog(backups=(BACKUP,))}, "never", id="no drill"),
        pytest.param(
            "recovery", {"care": CareLog(drills=(replace(DRILL, at=EVENING - days(32)),))},
            "32 days ago", id="old drill",
        ),
        pytest.param(
            "recovery", {"care": CareLog(drills=(replace(DRILL, differing=("a",)),))},
            "not as they were", id="failed drill",
        ),
        pytest.param(
            "access", {"access": Access(is_open=True, reach="http://10.0.0.1")},
            "nobody is checked", id="open",
        ),
        pytest.param(
            "access", {"access": Access(is_open=False, exposed=(".env: everybody",))},
            "others may", id="exposed",
        ),
        pytest.param("alerts", {"has_alert_channel": False}, "the log alone", id="no channel"),
        pytest.param("alerts", {"alerts": (incident(),)}, "nobody took over", id="unheard"),
        pytest.param(
            "alerts", {"alerts": (incident(Level.WARNING),) * 2}, "more than one a day", id="noisy"
        ),
        pytest.param(
            "timeouts", {"figures": figures(run_times=replace(TIMES, most_s=145.0))},
            "145.0 s", id="near the timeout",
        ),
        pytest.param(
            "documentation", {"install": Install(size=1, packages=1, docs=("settings.md: X",))},
            "lack", id="undocumented",
        ),
    ],
)  # fmt: skip
def test_a_line_with_something_to_do_says_what_and_how(name, facts, told):
    found = verdict(name, **facts)

    assert not found.ok
    assert told in found.told
    assert found.fix


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        pytest.param("week_errors", {"errors": (group(3),)}, id="attempts that came good"),
        pytest.param("disk_space", {"stored": None}, id="a bucket"),
        pytest.param("backup", {"care": CareLog(), "first_day": DAY - days(20)}, id="a young one"),
        pytest.param("backup", {"care": CareLog(), "is_live": False}, id="simulated"),
        pytest.param("recovery", {"care": CareLog(), "is_live": False}, id="simulated drill"),
        pytest.param("access", {"access": Access(is_open=True)}, id="loopback"),
        pytest.param(
            "alerts", {"alerts": (incident(acknowledged_at=EVENING),)}, id="taken over"
        ),
        pytest.param(
            "alerts", {"alerts": (incident(recovered_at=EVENING),)}, id="over"
        ),
        pytest.param("alerts", {"alerts": (incident(Level.INFO),) * 3}, id="news of the day"),
        pytest.param("timeouts", {"figures": figures(run_times=None)}, id="not measured"),
        pytest.param(
            "images", {"install": Install(size=2 * GIB, packages=1, tools=("mypy",))},
            id="a developer's machine",
        ),
        pytest.param("documentation", {"install": Install(size=1, packages=1)}, id="no pages"),
    ],
)  # fmt: skip
def test_what_asks_for_nothing_is_well(name, facts):
    assert verdict(name, **facts).ok


def test_costs_tell_what_was_used_and_where_the_bill_is():
    billed = verdict("costs", is_cloud=True, billing="https://console/billing")

    assert billed.ok
    assert "3 analyses on 1 days" in billed.told
    assert billed.evidence == ("https://console/billing",)


# The schedule tried by hand.


class OtherReader:
    """A site whose reader finds no programme any more, or another one."""

    def __init__(self, name: str, reading: Reading | None) -> None:
        self.name = name
        self._reading = reading

    def programme(self, day: dt.date) -> tuple[PageRequest, ...]:
        raise AssertionError(f"nothing is asked for {day}")

    def card(self, ref: RaceRef) -> tuple[PageRequest, ...]:
        raise AssertionError(f"nothing is asked for {ref}")

    result = card

    def fetch(self, request: PageRequest) -> Page:
        raise AssertionError(f"nothing is fetched from {request.url}")

    def read(self, page: Page) -> Reading:
        if self._reading is None:
            raise PageChanged("the programme's table", site=self.name, url=page.request.url)
        return self._reading


def test_a_plan_made_again_from_its_pages_is_the_same():
    made = race_day_bench()
    made.service.schedule(DAY)

    again = plan_again(made.archive, tuple(made.sources.values()), DAY)

    assert again is not None
    assert (again.races, again.faults) == (1, ())


@pytest.mark.parametrize(
    ("reading", "told"),
    [
        pytest.param(None, "the programme's table", id="cannot be read"),
        pytest.param(Reading(source="x", page="programme", meetings=()), "no race", id="empty"),
    ],
)
def test_a_reader_that_changed_is_found_out(reading, told):
    made = race_day_bench()
    made.service.schedule(DAY)
    sites = tuple(OtherReader(name, reading) for name in made.sources)

    again = plan_again(made.archive, sites, DAY)

    assert again is not None
    assert any(told in fault for fault in again.faults)


def test_a_plan_that_a_source_was_missing_from_is_not_tried():
    made = race_day_bench()
    made.site("geny").show_programme(DAY, SourceDown("geny: 503", site="geny"))
    made.service.schedule(DAY)

    assert plan_again(made.archive, tuple(made.sources.values()), DAY) is None


def test_a_plan_whose_pages_were_pruned_cannot_be_tried():
    archive = copied(run_day().archive)
    for address in archive.addresses():
        if "/programme/" in address and "/page-" in address:
            archive.remove(address)

    assert plan_again(archive, (), DAY) is None
    assert plan_again(MemoryArchive(), (), DAY) is None


# The log of backups and drills.


def test_backups_and_drills_are_kept_newest_last():
    views = MemoryViews()
    note_backup(views, BACKUP)
    note_drill(views, DRILL)
    note_backup(views, replace(BACKUP, size=2))

    log = read_care_log(views)

    assert [note.size for note in log.backups] == [1, 2]
    assert log.drills == (DRILL,)


def test_a_damaged_log_is_named():
    views = MemoryViews()
    views.publish("care.json", b"junk")

    with pytest.raises(StoreDamaged, match=r"care\.json"):
        read_care_log(views)
