"""How the whole suite runs: hypothesis profiles, long forms, and what was left out and why."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

from left_out import left_out_lines, skip_reason
from oracles import oracle_lines

SOAK_REASON = "long form; runs in make soak"

# A day's pages and cards are large values: building them is slow on a busy machine, not a fault.
_PATIENT = (HealthCheck.too_slow,)
# In CI the same examples each time; at home new ones, which find new faults.
settings.register_profile(
    "house",
    max_examples=60,
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=_PATIENT,
)
settings.register_profile("soak", max_examples=2000, deadline=None, suppress_health_check=_PATIENT)
settings.load_profile("house")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--run-soak", action="store_true", help="also run the tests marked soak")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--run-soak"):
        return
    for item in items:
        if item.get_closest_marker("soak"):
            item.add_marker(pytest.mark.skip(reason=SOAK_REASON))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The last lines: reference values run and agreed; what did not run, and why."""
    for line in oracle_lines(terminalreporter.stats):
        terminalreporter.write_line(line)
    skipped = terminalreporter.stats.get("skipped", [])
    terminalreporter.section("what did not run, and why")
    for line in left_out_lines([skip_reason(report) for report in skipped]):
        terminalreporter.write_line(line)
