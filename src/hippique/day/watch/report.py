"""The evening's report: races, success, run time, money, why there was no bet, what failed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from hippique.betting.amounts import Lang, cents, decimal, percent
from hippique.day.care.figures import Figures, figures_of
from hippique.day.care.troubles import TroubleGroup, lost_visits, top_troubles, troubles_of_day
from hippique.day.closing_error import ClosingError
from hippique.day.race_day import latest_plan
from hippique.day.status import day_status
from hippique.day.tally import Tally
from hippique.ports import Archive

SHOWN = 5
_WORDS: Mapping[Lang, Mapping[str, str]] = {
    "fr": {
        "races": "Courses {races}, tickets {slips}, abstentions {no_bets}",
        "visits": "Visites faites {done}, essais en échec {failed}, perdues {lost}, succès {rate}",
        "time": "Durée moyenne {mean} s, p95 {p95} s",
        "money": "Mises {staked}, retours {returned}, ROI {roi}",
        "why": "Abstentions par condition : {told}",
        "study": "Tickets d'étude (papier) {slips}, mises {staked}, retours {returned}",
        "closing": "Erreur sur la cote finale {ours}, celle des cotes affichées {shown}",
        "failed": "En échec : {told}",
        "open": "non concluant",
    },
    "en": {
        "races": "Races {races}, slips {slips}, no-bets {no_bets}",
        "visits": "Visits done {done}, failed attempts {failed}, lost {lost}, success {rate}",
        "time": "Mean run time {mean} s, p95 {p95} s",
        "money": "Staked {staked}, returned {returned}, ROI {roi}",
        "why": "No-bets by gate: {told}",
        "study": "Study tickets (on paper) {slips}, staked {staked}, returned {returned}",
        "closing": "Error of our closing odds {ours}, of the odds shown {shown}",
        "failed": "Failed: {told}",
        "open": "not conclusive",
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DayReport:
    """A day that is over, in figures; its troubles, the most frequent first.

    study: the best refused portfolios, settled on paper. closing: see ClosingError.
    """

    figures: Figures
    troubles: tuple[TroubleGroup, ...]
    study: Tally = field(default_factory=Tally)
    closing: ClosingError = field(default_factory=ClosingError)


def day_report(archive: Archive, day: dt.date, now: dt.datetime) -> DayReport:
    """Read a day's report. Raises StoreDamaged."""
    plan = latest_plan(archive, day)
    troubles = list(troubles_of_day(archive, day))
    report = DayReport(figures=figures_of(archive, [day], now), troubles=top_troubles(troubles))
    if plan is None:
        return report
    totals = day_status(archive, plan, now).totals
    told = top_troubles([*troubles, *lost_visits(archive, plan, now)])
    return replace(report, troubles=told, study=totals.study, closing=totals.closing)


def report_text(report: DayReport, lang: Lang) -> str:
    """The report in a few lines; what was not measured is left out, never told as zero."""
    return "\n".join(_lines(report, lang))


def _lines(report: DayReport, lang: Lang) -> Iterator[str]:
    figures, words = report.figures, _WORDS[lang]
    races = round(figures.in_scope_a_day)  # of one day
    yield words["races"].format(races=races, slips=figures.slips, no_bets=figures.no_bets)
    yield words["visits"].format(
        done=figures.done,
        failed=figures.failed_attempts,
        lost=figures.lost,
        rate=percent(figures.success_rate, lang),
    )
    if figures.run_times is not None:
        times = figures.run_times
        mean, p95 = (decimal(seconds, 1, lang) for seconds in (times.mean_s, times.p95_s))
        yield words["time"].format(mean=mean, p95=p95)
    yield words["money"].format(
        staked=cents(figures.staked_cents, lang),
        returned=cents(figures.returned_cents, lang),
        roi=_roi(figures, lang),
    )
    if figures.no_bet_reasons:
        yield words["why"].format(told=_counts(figures.no_bet_reasons))
    if report.study.slips:
        yield words["study"].format(
            slips=report.study.slips,
            staked=cents(report.study.staked_cents, lang),
            returned=cents(report.study.returned_cents, lang),
        )
    if report.closing.forecast_rmse is not None:
        ours, shown = report.closing.forecast_rmse, report.closing.shown_rmse
        yield words["closing"].format(ours=decimal(ours, 3, lang), shown=decimal(shown, 3, lang))
    if report.troubles:
        yield words["failed"].format(told=", ".join(map(_trouble, report.troubles[:SHOWN])))


def _roi(figures: Figures, lang: Lang) -> str:
    """With its interval, and the word where it says nothing."""
    roi = figures.roi
    if roi is None:
        return percent(None, lang)
    low, high = (percent(end, lang, signed=True) for end in (roi.low, roi.high))
    told = f"{percent(roi.value, lang, signed=True)} [{low} ; {high}]"
    return told if roi.is_conclusive else f"{told}, {_WORDS[lang]['open']}"


def _counts(counts: Mapping[str, int]) -> str:
    first = list(counts.items())[:SHOWN]
    return ", ".join(f"{name} {count}" for name, count in first)


def _trouble(group: TroubleGroup) -> str:
    source = f" {group.source}" if group.source else ""
    return f"{group.error}{source} ×{group.count} ({group.example[:80]})"
