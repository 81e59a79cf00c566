"""Metrics: names by Prometheus' conventions, gauges that tell the state, a page of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from desks import DAY, Heard, minutes, race_day_bench
from hippique.bootstrap.gauges import register_gauges
from hippique.errors import StoreBusy
from hippique.telemetry import CountingJournal
from house import ROOT
from watching import NOON, watched

UNITS = ("seconds", "bytes", "ratio", "info", "total", "tasks", "alerts", "paused")
# Every event that is counted, once.
EVENTS = (
    ("Analysis complete", {"phase": "H5", "status": "done", "duration_s": 2.0}),
    ("Analysis failed", {"phase": "H30", "error": "SourceDown: x", "duration_s": 40.0}),
    ("Plan written", {}),
    ("Error parsing", {"source": "geny", "error": "PageChanged"}),
    ("Slip sent", {"race": "r", "kind": "slip"}),
    ("Alert opened", {"rule": "queue_empty", "level": "critical"}),
    ("Alert not sent", {"alert": "x"}),
    ("Heartbeat withheld", {"unmet": ["plan"]}),
)


class BusyQueue:
    """A queue whose file another process holds."""

    def stats(self):
        raise StoreBusy("queue.sqlite is held")


def registry(tmp_path: Path, queue: object = None) -> CollectorRegistry:
    one = watched()
    one.fail()
    made = CollectorRegistry()
    counting = CountingJournal(Heard(), made)
    for message, fields in EVENTS:
        counting.event("INFO", message, **fields)
    register_gauges(made, queue or one.bench.queue, tmp_path, one.watch)
    return made


def families(made: CollectorRegistry):
    return list(text_string_to_metric_families(generate_latest(made).decode()))


def test_names_follow_the_conventions(tmp_path):
    for family in families(registry(tmp_path)):
        exposed = f"{family.name}_total" if family.type == "counter" else family.name
        assert re.fullmatch(r"hippique(_[a-z0-9]+)+", family.name), family.name
        assert exposed.rpartition("_")[2] in UNITS, exposed
        assert family.documentation, family.name
        assert family.type in {"counter", "gauge", "histogram"}, family.name
        labels = {label for sample in family.samples for label in sample.labels}
        assert all(re.fullmatch(r"[a-z_]+", label) for label in labels), family.name


def test_page_lists_every_metric_and_no_other(tmp_path):
    page = (ROOT / "docs" / "reference" / "api.md").read_text("utf-8")
    listed = set(re.findall(r"^\| `(hippique_\w+)`", page, re.MULTILINE))

    made = families(registry(tmp_path))
    assert listed == {f"{f.name}_total" if f.type == "counter" else f.name for f in made}


@pytest.mark.parametrize(("name", "labels", "value"), [
    ("hippique_queue_tasks", {"state": "pending"}, 3),
    ("hippique_queue_overdue_tasks", {}, 0),
    ("hippique_queue_paused", {}, 0),
    ("hippique_open_alerts", {"level": "warning"}, 1),
    ("hippique_open_alerts", {"level": "critical"}, 0),
    ("hippique_alerts_total", {"rule": "queue_empty", "level": "critical"}, 1),
    ("hippique_alert_notices_total", {"result": "not_sent"}, 1),
    ("hippique_heartbeats_total", {"result": "withheld"}, 1),
    ("hippique_slips_total", {"result": "sent"}, 1),
    ("hippique_analyses_total", {"phase": "H5", "result": "done"}, 1),
    ("hippique_analyses_total", {"phase": "H30", "result": "failed"}, 1),
    ("hippique_analysis_duration_seconds_bucket", {"phase": "H30", "le": "30.0"}, 0),
    ("hippique_analysis_duration_seconds_bucket", {"phase": "H30", "le": "60.0"}, 1),
])  # fmt: skip
def test_value(tmp_path, name, labels, value):
    assert registry(tmp_path).get_sample_value(name, labels) == value


def test_the_oldest_due_time_is_the_first_pending_task_s(tmp_path):
    made = race_day_bench()
    made.service.schedule(DAY)
    shown = CollectorRegistry()
    register_gauges(shown, made.queue, tmp_path, None)

    oldest = min(task.due for task in made.queue.live()).timestamp()
    assert shown.get_sample_value("hippique_queue_oldest_due_timestamp_seconds") == oldest


def test_overdue_tasks_and_a_pause_show(tmp_path):
    made = race_day_bench()
    made.service.schedule(DAY)
    made.queue.set_paused(paused=True)
    made.clock.advance_to(NOON + minutes(600))
    shown = CollectorRegistry()
    register_gauges(shown, made.queue, tmp_path, None)

    assert shown.get_sample_value("hippique_queue_overdue_tasks") == 3
    assert shown.get_sample_value("hippique_queue_paused") == 1


def test_a_queue_that_cannot_be_read_leaves_the_other_gauges(tmp_path):
    shown = registry(tmp_path, BusyQueue())

    assert shown.get_sample_value("hippique_queue_paused") is None
    assert shown.get_sample_value("hippique_disk_free_bytes") > 0
