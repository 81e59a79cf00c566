"""Rules that judge the day's own facts: its queue, its decisions, its pages, its results."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from hippique.betting.amounts import Lang
from hippique.day.watch.facts import ALL_FIELDS, DayFacts, LostField
from hippique.day.watch.heard_rules import last_preparation
from hippique.day.watch.model import Finding, Level
from hippique.day.watch.report import report_text
from hippique.day.watch.rule import Findings, View, each
from hippique.racing.times import paris_at

QUEUE_FROM = (9, 5)
SHOWN = 5
LANGUAGES: tuple[Lang, Lang] = ("fr", "en")


def queue_empty(view: View) -> Findings | None:
    """A race in scope has a phase ahead and no live task, some time after any purge."""
    facts = view.facts
    if facts is None or view.now < paris_at(facts.date, *QUEUE_FROM):
        return None
    # A plan that was written just now is still being queued; a purge may let tasks through.
    changed = [
        at for at in (facts.purged_at, facts.plan.made_at if facts.plan else None) if at is not None
    ]
    if any(view.now - at < view.limits.minutes("purge_minutes") for at in changed):
        return None
    if not facts.uncovered:
        return ()
    which = _some([f"{race} {phase}" for race, phase in facts.uncovered])
    again = f"`hippique schedule {facts.date}`"
    fr = f"aucune tâche pour {which} ; {again} les recrée"
    en = f"no task for {which}; {again} makes them again"
    return (Finding(key="queue", fr=fr, en=en, count=len(facts.uncovered)),)


def queue_saturated(view: View) -> Findings | None:
    """Too many tasks are overdue; an incident above the second limit."""
    if view.facts is None:
        return None
    overdue, limits = view.facts.overdue, view.limits
    if overdue <= limits.overdue:
        return ()
    level = Level.CRITICAL if overdue > limits.overdue_incident else None
    return (Finding(key="overdue", level=level, count=overdue,
                    fr=f"file saturée : {overdue} tâches en retard",
                    en=f"the queue is saturated: {overdue} tasks are overdue"),)  # fmt: skip


def decisions_refused(view: View) -> Findings | None:
    """Most of the last decisions were refused for lack of data."""
    if view.facts is None:
        return None
    last, limits = view.facts.decisions, view.limits
    blind = [one.race.partition("/")[2] for one in last if one.is_blind]
    if len(last) < limits.refused_of or len(blind) < limits.refused_share * len(last):
        return ()
    which = f"{len(blind)}/{len(last)}: {', '.join(blind)}"
    return (Finding(key="refused", count=len(blind),
                    fr=f"abstentions faute de données ({which})",
                    en=f"decisions refused for lack of data ({which})"),)  # fmt: skip


def odds_unchanged(view: View) -> Findings | None:
    """The odds of a whole meeting are the same at both visits."""
    if view.facts is None:
        return None
    return each(
        Finding(
            key=f"{one.meeting} {one.source}",
            count=len(one.races),
            fr=f"cotes figées sur {one.meeting} chez {one.source} ({_some(one.races)})",
            en=f"odds of {one.meeting} at {one.source} stand still ({_some(one.races)})",
        )
        for one in view.facts.frozen
    )


def result_missing(view: View) -> Findings | None:
    """A race has no official result long after its off."""
    if view.facts is None:
        return None
    late = _unofficial(view.facts, view.limits.minutes("result_minutes"))
    if not late:
        return ()
    after = f"{view.limits.result_minutes:g} min"
    fr = f"résultat absent {after} après le départ ({_some(late)})"
    en = f"no result {after} after the off ({_some(late)})"
    return (Finding(key="results", fr=fr, en=en, count=len(late)),)


def _unofficial(facts: DayFacts, after: dt.timedelta) -> list[str]:
    return [race for race, off in facts.unofficial if facts.now - off >= after]


def field_lost(view: View) -> Findings | None:
    """A source's pages lost a field that they had on the last day of racing."""
    if view.facts is None:
        return None
    by_page: dict[str, list[LostField]] = {}
    for one in view.facts.lost:
        by_page.setdefault(f"{one.source} {one.page}", []).append(one)
    return each(_lost(page, lost) for page, lost in sorted(by_page.items()))


def _lost(page: str, lost: Sequence[LostField]) -> Finding:
    names = sorted({one.field for one in lost})
    races = max(one.races for one in lost)
    fr, en = f"{page} ne donne plus {_some(names)}", f"{page} no longer gives {_some(names)}"
    if ALL_FIELDS in names:
        fr, en = f"plus aucune page {page} n'est lisible", f"no page {page} can be read any more"
    return Finding(key=page, count=races, fr=f"{fr} ({races} courses)", en=f"{en} ({races} races)")


def plan_degraded(view: View) -> Findings | None:
    """A source gave no programme: to the plan or, before there is one, to the preparation."""
    if view.facts is None:
        return None
    plan = view.facts.plan
    down = plan.degraded if plan is not None else _down_before_the_day(view)
    return each(
        Finding(
            key=source,
            fr=f"{source} n'a pas donné de programme",
            en=f"{source} gave no programme",
        )
        for source in down
    )


def _down_before_the_day(view: View) -> tuple[str, ...]:
    """Sources that did not answer the preparation; where none did, the plan is about to fail."""
    last = last_preparation(view)
    down = last.fields.get("down") if last is not None else None
    asked = last.fields.get("sources") if last is not None else None
    if not isinstance(down, list) or not isinstance(asked, list):
        return ()
    return tuple(map(str, down)) if len(down) < len(asked) else (", ".join(map(str, down)),)


def phase_missed(view: View) -> Findings | None:
    """A visit before the off was never begun: its task did not run."""
    if view.facts is None:
        return None
    within = view.limits.minutes("missed_minutes")
    missed = [
        f"{one.race} {one.phase}"
        for one in view.facts.missed
        if not one.is_tried and view.now - one.deadline <= within
    ]
    if not missed:
        return ()
    which = _some(missed)
    return (Finding(key="missed", count=len(missed), fr=f"visites jamais commencées ({which})",
                    en=f"visits never begun ({which})"),)  # fmt: skip


def day_report(view: View) -> Findings | None:
    """The day is over: its figures."""
    facts = view.facts
    if facts is None or facts.report is None:
        return None
    fr, en = (report_text(facts.report, lang) for lang in LANGUAGES)
    return (Finding(key="report", fr=f"{facts.date} : {fr}", en=f"{facts.date}: {en}"),)


def _some(names: Sequence[str]) -> str:
    """The first few names, and how many more."""
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" … +{more}" if more > 0 else "")
