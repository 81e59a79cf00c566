"""Rules that judge what was heard: plans, analyses, slips, the store."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from hippique.day.watch.model import Event, Finding, Level
from hippique.day.watch.rule import Findings, View
from hippique.racing.times import paris_at

COMPLETE, FAILED = "Analysis complete", "Analysis failed"
PLANNED = ("Plan written", "Plan changed", "Plan confirmed")
UNPLANNED = "Schedule failed"
NOT_REPLANNED = "Replan failed"
PREPARED, ILL_PREPARED = "Day prepared", "Day badly prepared"
SLIP_SENT, SLIP_NOT_SENT = "Slip sent", ("Slip not sent", "Slip never sent")
EMPTY_DAY, DISK_FULL = "EmptyDay", "StoreFull"
FAILURES = (
    *(FAILED, "Duty or dispatch failed", "Duty failed", "Dispatch failed", "Reports not written"),
    *(UNPLANNED, NOT_REPLANNED, "Slip not marked as sent", "Alert not recorded"),
)
MIB = 2**20
FIRST_PLAN = (9, 5)  # the hour after which a day without a plan is a failure


def schedule_failed(view: View) -> Findings | None:
    """The plan of today failed, or there is none after 09:05."""
    return _unplanned(view, is_empty=False)


def no_races(view: View) -> Findings | None:
    """The plan of today failed because no two sources agree that there is no race."""
    return _unplanned(view, is_empty=True)


def _unplanned(view: View, *, is_empty: bool) -> Findings | None:
    last = _last_plan(view)
    if last is None:
        return None if is_empty else _never_planned(view)
    if last.message != UNPLANNED or (last.error_class == EMPTY_DAY) is not is_empty:
        return ()
    error = last.text("error")
    fr = "aucune course trouvée" if is_empty else "le plan du jour a échoué"
    en = "no race was found" if is_empty else "the plan of the day failed"
    return (
        Finding(
            key=last.text("date"), fr=f"{fr} ({error})", en=f"{en} ({error})", last=last.number
        ),
    )


def _last_plan(view: View) -> Event | None:
    """The newest word on a plan of the day that is looked at."""
    told = [e for e in view.events if e.message in {*PLANNED, UNPLANNED}]
    days = [e for e in told if not view.facts or e.text("date") == view.facts.date.isoformat()]
    return days[-1] if days else None


def _never_planned(view: View) -> Findings | None:
    facts = view.facts
    if facts is None or facts.plan is not None or view.now < paris_at(facts.date, *FIRST_PLAN):
        return None
    day = facts.date.isoformat()
    return (Finding(key=day, fr=f"pas de plan du {day}", en=f"there is no plan of {day}"),)


def preparation_failed(view: View) -> Findings | None:
    """The preparation of 08:45 found a fault, sources apart; over once the day is planned."""
    last = last_preparation(view)
    if last is None:
        return None
    faults = last.fields.get("faults")
    planned = [e for e in view.events if e.message == PLANNED[0] and e.number > last.number]
    if not isinstance(faults, list) or not faults or planned:
        return ()
    told = "; ".join(map(str, faults))
    fr, en = f"préparation : {told}", f"preparation: {told}"
    return (Finding(key="preparation", fr=fr, en=en, count=len(faults)),)


def last_preparation(view: View) -> Event | None:
    """The newest word of the preparation of the day that is looked at."""
    told = [e for e in view.events if e.message in {PREPARED, ILL_PREPARED}]
    days = [e for e in told if not view.facts or e.text("date") == view.facts.date.isoformat()]
    return days[-1] if days else None


def replan_failed(view: View) -> Findings | None:
    """The last look at the sources failed; the plan of before stands."""
    told = [e for e in view.events if e.message in {*PLANNED, NOT_REPLANNED}]
    if not told:
        return None
    last = told[-1]
    if last.message != NOT_REPLANNED:
        return ()
    error = last.text("error")
    fr = f"le plan n'a pu être revu ({error})"
    return (
        Finding(key="replan", fr=fr, en=f"the plan was not renewed ({error})", last=last.number),
    )


def analyses_failed(view: View) -> Findings | None:
    """Any analysis failed; critical where more than the share of enough analyses did.

    An analysis is one phase of one race, with its newest outcome: a retry that succeeds mends it.
    """
    heard = view.heard(COMPLETE, FAILED, within=view.limits.minutes("failed_minutes"))
    newest = {(event.text("race"), event.text("phase")): event for event in heard}
    failing = [e for e in newest.values() if e.message == FAILED and e.error_class != DISK_FULL]
    if not failing:
        return ()
    counts = Counter(event.error_class for event in failing)
    limits = view.limits
    is_mass = len(newest) >= limits.failed_least and len(failing) > limits.failed_share * len(
        newest
    )
    worst = min(counts, key=lambda name: (-counts[name], name))
    return tuple(
        _failing(name, [e for e in failing if e.error_class == name], len(newest), view,
                 level=Level.CRITICAL if is_mass and name == worst else None)
        for name in sorted(counts)
    )  # fmt: skip


def _failing(
    name: str, failing: Sequence[Event], total: int, view: View, *, level: Level | None
) -> Finding:
    last = max(failing, key=lambda event: event.number)
    minutes = f"{view.limits.failed_minutes:g} min"
    example = f"{last.text('race')} {last.text('phase')} : {last.text('error')}"
    return Finding(
        key=name,
        fr=f"{len(failing)} analyses sur {total} en échec en {minutes} ({example})",
        en=f"{len(failing)} of {total} analyses failed within {minutes} ({example})",
        level=level,
        last=last.number,
    )


def latency_high(view: View) -> Findings | None:
    """The 95th percentile of enough runs is above the limit."""
    limits, within = view.limits, view.limits.minutes("latency_minutes")
    told = [
        (event, event.number_of("duration_s"))
        for event in view.heard(COMPLETE, FAILED, within=within)
    ]
    runs = [(seconds, event.number) for event, seconds in told if seconds is not None]
    if len(runs) < limits.latency_runs:
        return () if view.has_heard_all(within) else None
    p95 = percentile([seconds for seconds, _ in runs], 0.95)
    if p95 <= limits.latency_s:
        return ()
    what = f"p95 {p95:.1f} s > {limits.latency_s:g} s, {len(runs)} analyses"
    last = max(number for _, number in runs)
    fr, en = f"latence élevée ({what})", f"high latency ({what})"
    return (Finding(key="latency", fr=fr, en=en, last=last),)


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile of at least one value."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def slip_not_sent(view: View) -> Findings | None:
    """A slip, or its withdrawal, did not reach the bettor."""
    newest: Mapping[str, Event] = {
        f"{event.text('race')} {event.text('kind')}": event
        for event in view.events
        if event.message in {SLIP_SENT, *SLIP_NOT_SENT}
    }
    failing = {key: event for key, event in newest.items() if event.message != SLIP_SENT}
    if not failing:
        return ()
    last = max(failing.values(), key=lambda event: event.number)
    which = ", ".join(sorted(failing))
    fr = f"message non remis au parieur ({which})"
    return (Finding(key="slips", fr=fr, en=f"the bettor was not told ({which})",
                    count=len(failing), last=last.number),)  # fmt: skip


def store_full(view: View) -> Findings | None:
    """The disk is full, or nearly."""
    refused = view.heard(*FAILURES, within=view.limits.minutes("latency_minutes"))
    full = [event for event in refused if DISK_FULL in event.text("error")]
    free = view.facts.free_bytes if view.facts else None
    is_low = free is not None and free < view.limits.free_mib * MIB
    if not full and not is_low:
        return () if view.facts is not None else None
    told = "" if free is None else f" ({free // MIB} MiB)"
    return (Finding(key="disk", fr=f"disque plein{told}", en=f"the disk is full{told}",
                    last=full[-1].number if full else None),)  # fmt: skip
