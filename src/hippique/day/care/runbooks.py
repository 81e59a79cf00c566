"""All runbooks over one evidence, in the order in which a person should read them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hippique.day.care.evidence import Evidence
from hippique.day.care.finding import Finding, Runbook
from hippique.day.care.runbooks_machine import (
    disk_full,
    module_missing,
    permission_denied,
    service_down,
    wrong_clock,
)
from hippique.day.care.runbooks_sites import mass_failure, parsing_fails, robots_refusal
from hippique.day.care.runbooks_work import (
    queue_saturated,
    schedule_did_not_run,
    tasks_not_executed,
)

RUNBOOKS: Mapping[Runbook, Callable[[Evidence], Finding | None]] = {
    Runbook.DISK: disk_full,
    Runbook.DENIED: permission_denied,
    Runbook.MODULE: module_missing,
    Runbook.CLOCK: wrong_clock,
    Runbook.DOWN: service_down,
    Runbook.SCHEDULE: schedule_did_not_run,
    Runbook.NOT_EXECUTED: tasks_not_executed,
    Runbook.SATURATED: queue_saturated,
    Runbook.MASS_FAILURE: mass_failure,
    Runbook.ROBOTS: robots_refusal,
    Runbook.PARSING: parsing_fails,
}
"""The causes first: a full disk explains a plan that was not made, not the other way round."""


def diagnose(evidence: Evidence, only: Runbook | None = None) -> tuple[Finding, ...]:
    """Every incident that the evidence shows, or that of one runbook; empty on a healthy day."""
    asked = RUNBOOKS if only is None else {only: RUNBOOKS[only]}
    found = (runbook(evidence) for runbook in asked.values())
    return tuple(finding for finding in found if finding is not None)
