"""Every rule of the watch: what fires it, and what looks like it and does not."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace

import pytest

from desks import DAY
from hippique.day.care.figures import Figures, RunTimes
from hippique.day.care.roi import Roi
from hippique.day.care.troubles import Kind, TroubleGroup
from hippique.day.closing_error import ClosingError
from hippique.day.phases import Phase
from hippique.day.tally import Tally
from hippique.day.watch.facts import DayFacts, FrozenMeeting, LostField, Missed, Refusal
from hippique.day.watch.heard_rules import MIB, percentile
from hippique.day.watch.model import Finding, Level
from hippique.day.watch.report import DayReport, report_text
from hippique.day.watch.rule import View, ask
from hippique.day.watch.rules import BY_NAME, RULES
from hippique.racing.times import paris_at
from watching import MINUTE, NOON, a_plan, facts, view

TODAY = DAY.isoformat()
UNPLANNED = {"date": TODAY, "error": "SourceDown: no source gave a programme"}
EMPTY = {"date": TODAY, "error": "EmptyDay: 0 races on that day"}
WRITTEN = {"date": TODAY, "total_races": 8}
DOWN = "SourceDown: no answer"


def run(number: int, error: str | None = None, ago: float = 1, duration_s: float = 2.0):
    """One analysis of race `number`, failed where there is an error."""
    message = "Analysis failed" if error else "Analysis complete"
    told = {"race": f"{TODAY}/R1C{number}", "phase": "H5", "duration_s": duration_s}
    return ago, message, told | ({"error": error} if error else {})


def runs(failed: int, done: int, ago: float = 1):
    numbers = range(1, failed + done + 1)
    return [run(n, DOWN if n <= failed else None, ago) for n in numbers]


def slow(*durations: float, ago: float = 1):
    return [run(number, None, ago, seconds) for number, seconds in enumerate(durations, 1)]


def decided(pattern: str) -> dict[str, object]:
    """Decisions in order; x is one that was refused for lack of data."""
    return {
        "decisions": tuple(
            Refusal(race=f"{TODAY}/R1C{n}", at=NOON, is_blind=sign == "x")
            for n, sign in enumerate(pattern, 1)
        )
    }


def missed(minutes_ago: float, *, is_tried: bool = False) -> DayFacts:
    deadline = NOON - minutes_ago * MINUTE
    one = Missed(race="R1C1", phase=Phase.H5, deadline=deadline, is_tried=is_tried)
    return facts(missed=(one,))


def report(**said: object) -> DayReport:
    """A day of three races: 4 € staked, 1 € back, three attempts that failed."""
    known: dict[str, object] = {
        "first": DAY, "last": DAY, "days": 1, "simulated": False, "races_a_day": 9.0,
        "in_scope_a_day": 3.0, "done": 9, "failed_attempts": 3, "lost": 1, "success_rate": 0.75,
        "run_times": None, "run_times_by_phase": {}, "slips": 2, "no_bets": 1,
        "no_bet_reasons": {"win_odds": 1}, "staked_cents": 400, "returned_cents": 100,
        "roi": Roi(2, -0.75, -1.0, 0.5),
    }  # fmt: skip
    trouble = TroubleGroup(
        error="SourceDown", kind=Kind.ATTEMPT, source="geny", count=3, first=NOON, last=NOON,
        example="no answer",
    )  # fmt: skip
    figures = Figures(**{**known, **said})  # type: ignore[arg-type]  # a test's own columns
    return DayReport(
        figures=figures,
        troubles=(trouble,),
        study=Tally(slips=1, staked_cents=500, returned_cents=0),
        closing=ClosingError(races=3, runners=30, forecast_rmse=0.1234, shown_rmse=0.2),
    )


LOST = LostField(source="geny", page="race", field="runner.form", discipline="flat", races=4)
FROZEN = FrozenMeeting(meeting="R1", source="zeturf", races=("R1C1", "R1C2"))
OVER = facts(plan=a_plan(NOON - 60 * MINUTE), frozen=(FROZEN,), lost=(LOST,), **decided("xxxxx"))
NOTHING_PLANNED = facts(plan=replace(a_plan(), races=()))
UNCOVERED = {"uncovered": (("R1C1", Phase.H5),)}
EARLY = paris_at(DAY, 9, 4)


@dataclass(frozen=True)
class Case:
    """What a rule is asked of, and at which level it must fire (None: it must not)."""

    rule: str
    name: str
    view: View
    level: Level | None
    says: tuple[str, ...] = field(default=())


CRITICAL, WARNING, INFO = Level.CRITICAL, Level.WARNING, Level.INFO
CASES = [
    Case("schedule_failed", "the plan of today failed",
         view((1, "Schedule failed", UNPLANNED)), CRITICAL, ("no source gave a programme",)),
    Case("schedule_failed", "no plan at 09:05",
         view(of=facts(plan=None, now=paris_at(DAY, 9, 5))), CRITICAL),
    Case("schedule_failed", "no plan yet at 09:04", view(of=facts(plan=None, now=EARLY)), None),
    Case("schedule_failed", "it failed, then a plan was written",
         view((2, "Schedule failed", UNPLANNED), (1, "Plan written", WRITTEN)), None),
    Case("schedule_failed", "it failed, and the next look confirmed the plan",
         view((2, "Schedule failed", UNPLANNED), (1, "Plan confirmed", WRITTEN), of=facts()), None),
    Case("schedule_failed", "the plan of another day failed",
         view((1, "Schedule failed", {**UNPLANNED, "date": "2025-10-20"}), of=facts()), None),
    Case("schedule_failed", "it found no race, which is the other rule's",
         view((1, "Schedule failed", EMPTY)), None),
    Case("no_races", "0 races that nobody confirms", view((1, "Schedule failed", EMPTY)), CRITICAL),
    Case("no_races", "two sources agree on a day without a race",
         view((1, "Plan written", {"date": TODAY, "total_races": 0}), of=NOTHING_PLANNED), None),
    Case("no_races", "all sources are down", view((1, "Schedule failed", UNPLANNED)), None),
    Case("queue_empty", "a phase ahead without a task", view(of=facts(**UNCOVERED)), CRITICAL,
         ("R1C1 H5", f"hippique schedule {TODAY}")),
    Case("queue_empty", "the same at 09:04", view(of=facts(now=EARLY, **UNCOVERED)), None),
    Case("queue_empty", "a minute after a purge",
         view(of=facts(purged_at=NOON - MINUTE, **UNCOVERED)), None),
    Case("queue_empty", "two minutes after a purge",
         view(of=facts(purged_at=NOON - 2 * MINUTE, **UNCOVERED)), CRITICAL),
    Case("queue_empty", "a minute after a new plan, whose tasks are being made",
         view(of=facts(plan=replace(a_plan(), made_at=NOON - MINUTE), **UNCOVERED)), None),
    Case("queue_empty", "every phase has its task", view(of=facts()), None),
    Case("queue_empty", "the day before is looked at", view(of=facts(is_today=False, **UNCOVERED)),
         None),
    Case("analyses_failed", "one of ten failed", view(*runs(1, 9)), WARNING,
         ("1 analyses sur 10", "R1C1 H5", "no answer")),
    Case("analyses_failed", "none failed", view(*runs(0, 10)), None),
    Case("analyses_failed", "three of three: below the least number", view(*runs(3, 0)), WARNING),
    Case("analyses_failed", "two of four: not more than half", view(*runs(2, 2)), WARNING),
    Case("analyses_failed", "three of four", view(*runs(3, 1)), CRITICAL),
    Case("analyses_failed", "three of four, an hour ago", view(*runs(3, 1, ago=61)), None),
    Case("analyses_failed", "one race alone that fails again and again",
         view(*[run(1, DOWN)] * 20), WARNING),
    Case("analyses_failed", "it failed, and its retry succeeded",
         view(run(1, DOWN, 3), run(1, None, 2)), None),
    Case("analyses_failed", "the disk was full, which is the other rule's",
         view(run(1, "StoreFull: no room")), None),
    Case("store_full", "a write was refused", view(run(1, "StoreFull: no room")), CRITICAL),
    Case("store_full", "less room than it must have",
         view(of=facts(free_bytes=199 * MIB)), CRITICAL, ("199 MiB",)),
    Case("store_full", "room enough", view(of=facts(free_bytes=200 * MIB)), None),
    Case("store_full", "the disk was full, and has room again",
         view(run(1, "StoreFull: no room", ago=20), of=facts(free_bytes=900 * MIB)), None),
    Case("store_full", "a source was down", view(run(1, DOWN)), None),
    Case("store_full", "on a day without racing",
         view(of=replace(NOTHING_PLANNED, free_bytes=1)), CRITICAL),
    Case("latency_high", "p95 of five runs above 30 s", view(*slow(1, 1, 1, 1, 30.1)), WARNING),
    Case("latency_high", "p95 of five runs at 30 s", view(*slow(30, 30, 30, 30, 30)), None),
    Case("latency_high", "one slow run among thirty", view(*slow(*[2.0] * 29, 90.0)), None),
    Case("latency_high", "four slow runs", view(*slow(90, 90, 90, 90)), None),
    Case("latency_high", "five slow runs, 16 minutes ago", view(*slow(*[90.0] * 5, ago=16)), None),
    Case("queue_saturated", "101 overdue tasks", view(of=facts(overdue=101)), WARNING, ("101",)),
    Case("queue_saturated", "100 overdue tasks", view(of=facts(overdue=100)), None),
    Case("queue_saturated", "200 overdue tasks", view(of=facts(overdue=200)), WARNING),
    Case("queue_saturated", "201 overdue tasks", view(of=facts(overdue=201)), CRITICAL),
    Case("decisions_refused", "four of the last five",
         view(of=facts(**decided(".xxxx"))), WARNING),
    Case("decisions_refused", "three of the last five",
         view(of=facts(**decided("..xxx"))), None),
    Case("decisions_refused", "four of four: not five yet", view(of=facts(**decided("xxxx"))),
         None),
    Case("decisions_refused", "no race is ahead any more", view(of=OVER), None),
    Case("odds_unchanged", "a meeting stands still at a source", view(of=facts(frozen=(FROZEN,))),
         WARNING, ("R1", "zeturf")),
    Case("odds_unchanged", "odds move", view(of=facts()), None),
    Case("odds_unchanged", "no race is ahead any more", view(of=OVER), None),
    Case("result_missing", "90 minutes after the off",
         view(of=facts(unofficial=(("R1C1", NOON - 90 * MINUTE),))), WARNING, ("R1C1",)),
    Case("result_missing", "89 minutes after the off",
         view(of=facts(unofficial=(("R1C1", NOON - 89 * MINUTE),))), None),
    Case("result_missing", "of the day before, the next morning",
         view(of=facts(is_today=False, unofficial=(("R1C1", NOON - 900 * MINUTE),))), WARNING),
    Case("field_lost", "a field of yesterday is gone", view(of=facts(lost=(LOST,))), WARNING,
         ("geny race", "runner.form")),
    Case("field_lost", "every field is there", view(of=facts()), None),
    Case("plan_degraded", "one source is down", view(of=facts(plan=a_plan(degraded=("pmu",)))),
         WARNING, ("pmu",)),
    Case("plan_degraded", "all sources answered", view(of=facts()), None),
    Case("preparation_failed", "a fault before the day",
         view((1, "Day badly prepared", {"date": TODAY, "faults": ["queue: held"]})), WARNING,
         ("queue: held",)),
    Case("preparation_failed", "a well prepared day",
         view((1, "Day prepared", {"date": TODAY, "faults": []})), None),
    Case("preparation_failed", "only a source was down, which is the other rule's",
         view((1, "Day badly prepared", {"date": TODAY, "faults": [], "down": ["geny"]})), None),
    Case("preparation_failed", "the day was planned since",
         view((9, "Day badly prepared", {"date": TODAY, "faults": ["queue: held"]}),
              (1, "Plan written", WRITTEN)), None),
    Case("plan_degraded", "a source was down before there is a plan",
         view((1, "Day badly prepared",
               {"date": TODAY, "down": ["geny"], "sources": ["zeturf", "geny"]}),
              of=facts(plan=None, now=EARLY)), WARNING, ("geny",)),
    Case("replan_failed", "no source answered the last look",
         view((1, "Replan failed", {"error": DOWN}), of=facts()), WARNING),
    Case("replan_failed", "the next look was answered",
         view((6, "Replan failed", {"error": DOWN}), (1, "Plan confirmed", WRITTEN), of=facts()),
         None),
    Case("replan_failed", "no race is ahead any more",
         view((1, "Replan failed", {"error": DOWN}), of=OVER), None),
    Case("phase_missed", "a decision that nobody began", view(of=missed(5)), WARNING, ("R1C1 H5",)),
    Case("phase_missed", "a decision that was tried and failed, which is the other rule's",
         view(of=missed(5, is_tried=True)), None),
    Case("phase_missed", "one that was missed in the morning", view(of=missed(91)), None),
    Case("slip_not_sent", "a slip went nowhere",
         view((1, "Slip not sent", {"race": f"{TODAY}/R1C1", "kind": "slip"})), WARNING, ("R1C1",)),
    Case("slip_not_sent", "it went out at the next try",
         view((2, "Slip not sent", {"race": f"{TODAY}/R1C1", "kind": "slip"}),
              (1, "Slip sent", {"race": f"{TODAY}/R1C1", "kind": "slip"})), None),
    Case("day_report", "the day is over", view(of=facts(report=report(done=9))), INFO,
         ("Courses 3, tickets 2, abstentions 1", "Visites faites 9, essais en échec 3")),
    Case("day_report", "the day is open", view(of=facts()), None),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}: {case.name}")
def test_rule(case):
    rule = BY_NAME[case.rule]
    found = ask(rule, case.view) or ()

    assert levels(found, rule.level) == ([case.level] if case.level else [])
    for part in case.says:
        assert part in found[0].fr


def levels(found: tuple[Finding, ...], base: Level) -> list[Level]:
    return [finding.level or base for finding in found]


def test_every_rule_has_a_case_that_fires_and_one_that_does_not():
    fired = {case.rule for case in CASES if case.level}
    silent = {case.rule for case in CASES if not case.level}

    assert fired == silent == {rule.name for rule in RULES}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_has_words_in_both_languages_and_no_two_have_one_name(rule):
    assert rule.fr
    assert rule.en
    assert BY_NAME[rule.name] is rule


@pytest.mark.parametrize(
    "name", sorted(set(BY_NAME) - {"schedule_failed", "no_races", "store_full"})
)
def test_a_day_without_racing_is_silent(name):
    everything = replace(
        NOTHING_PLANNED, overdue=500, lost=(LOST,), frozen=(FROZEN,), **UNCOVERED,
        missed=missed(5).missed, unofficial=(("R1C1", NOON - dt.timedelta(hours=3)),),
        report=report(), **decided("xxxxx"),
    )  # fmt: skip
    told = [*runs(9, 0), (1, "Replan failed", {"error": DOWN}), *slow(*[90.0] * 9)]

    assert ask(BY_NAME[name], view(*told, of=everything)) == ()


def test_two_errors_are_two_causes_and_the_commoner_one_is_the_critical_one():
    changed = "PageChanged: geny: no table"
    told = [run(1, DOWN), run(2, DOWN), run(3, changed), run(4)]
    found = ask(BY_NAME["analyses_failed"], view(*told)) or ()

    assert {one.key: one.level for one in found} == {"SourceDown": CRITICAL, "PageChanged": None}


def test_latency_is_not_called_well_before_it_was_heard_for_its_whole_window():
    fresh = replace(view(), since=NOON - 14 * MINUTE)

    assert ask(BY_NAME["latency_high"], fresh) is None
    assert ask(BY_NAME["latency_high"], replace(fresh, since=NOON - 15 * MINUTE)) == ()


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([5.0], 0.95, 5.0),
        ([1, 2, 3, 4, 5], 0.95, 5),
        (list(range(1, 21)), 0.95, 19),
        ([3, 1], 0.5, 1),
    ],
)  # by hand: nearest rank, ceil(share × n)
def test_percentile_is_the_nearest_rank(values, share, expected):
    assert percentile(values, share) == expected


def test_the_report_tells_money_with_its_interval_and_what_failed_and_why():
    assert report_text(report(), "fr").splitlines() == [
        "Courses 3, tickets 2, abstentions 1",
        "Visites faites 9, essais en échec 3, perdues 1, succès 75\u00a0%",
        (
            "Mises 4,00\u00a0€, retours 1,00\u00a0€, "
            "ROI \u221275\u00a0% [\u2212100\u00a0% ; +50\u00a0%], non concluant"
        ),
        "Abstentions par condition : win_odds 1",
        "Tickets d'étude (papier) 1, mises 5,00\u00a0€, retours 0,00\u00a0€",
        "Erreur sur la cote finale 0,123, celle des cotes affichées 0,200",
        "En échec : SourceDown geny ×3 (no answer)",
    ]


def test_the_report_tells_run_times_where_they_were_measured():
    times = RunTimes(runs=9, mean_s=1.25, p95_s=2.0, most_s=2.5)

    assert "Mean run time 1.2 s, p95 2.0 s" in report_text(report(run_times=times), "en")
    assert "Mean run time" not in report_text(report(), "en")


def test_a_return_without_an_interval_is_a_dash():
    assert "ROI –" in report_text(report(roi=None), "fr")
