"""Links into Google's console, as the operations guide lists them, from the settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from hippique.bootstrap.console import console_links
from hippique.settings import Settings
from running import invoke

NAMED = {
    "project_id": "turf-1",
    "region": "europe-west9",
    "service_name": "my-service",
    "queue_id": "my-queue",
}
LINKS = {
    "service": "https://console.cloud.google.com/run/detail/europe-west9/my-service",
    "metrics": "https://console.cloud.google.com/run/detail/europe-west9/my-service/metrics",
    "queue": "https://console.cloud.google.com/cloudtasks/queue/europe-west9/my-queue",
    "scheduler": "https://console.cloud.google.com/cloudscheduler",
    "logs": "https://console.cloud.google.com/logs/query",
}


@pytest.mark.parametrize("name", LINKS)
def test_link_names_what_the_settings_name(name):
    assert console_links(Settings(**NAMED))[name] == f"{LINKS[name]}?project=turf-1"


def test_every_link_is_one_of_the_guide_s():
    assert console_links(Settings(**NAMED)).keys() == LINKS.keys()


def test_a_hostile_name_stays_in_its_place():
    links = console_links(Settings(**{**NAMED, "queue_id": "q?project=other#/../x"}))

    assert links["queue"].endswith("/q%3Fproject%3Dother%23%2F..%2Fx?project=turf-1")


def test_one_machine_has_no_console(tmp_path: Path):
    assert console_links(Settings()) == {}
    assert invoke("check", "config", "--json", cwd=tmp_path).document["console"] == {}


def test_check_config_prints_them(tmp_path: Path):
    settings = {name.upper(): value for name, value in NAMED.items()}
    printed = invoke("check", "config", cwd=tmp_path, REQUIRE_AUTH="false", **settings)

    assert f"{LINKS['queue']}?project=turf-1" in printed.out
