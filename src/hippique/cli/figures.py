"""`hippique stats` and `hippique errors`: the guide's figures, from the archive alone."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import click

from hippique.cli.common import data_option, foreseeable, json_option, print_json
from hippique.cli.folders import open_archive
from hippique.cli.instants import now_of
from hippique.day.care.figures import Figures, RunTimes, figures_of
from hippique.day.care.thresholds import LEAST_SUCCESS
from hippique.day.care.troubles import Trouble, TroubleGroup, top_troubles, troubles_between
from hippique.day.race_day import race_day
from hippique.errors import NotFound
from hippique.racing.codec import to_builtins
from hippique.racing.times import paris_time
from hippique.report.summary import SIMULATED_LINE, roi_text

SHOWN = 50


@click.command(epilog="Example: hippique stats --days 30")
@click.option("--days", type=click.IntRange(1, 3660), default=30, show_default=True)
@data_option
@json_option
@foreseeable
def stats(days: int, data: Path | None, *, as_json: bool) -> None:
    """Mean races a day, success rate, run times, decisions, stakes and returns of the last days.

    Ends with 1 where fewer than 95 % of the analyses succeeded, or no day lies in the window.
    """
    archive = open_archive(data)
    now = now_of(data, archive)
    last = race_day(now)
    window = [last - dt.timedelta(days=back) for back in reversed(range(days))]
    found = figures_of(archive, window, now)
    if not found.days:
        raise NotFound(f"no day with a plan between {window[0]} and {last}; give more --days")
    ok = found.success_rate is None or found.success_rate >= LEAST_SUCCESS
    if as_json:
        print_json({"ok": ok, **figures_document(found)})
    else:
        _tell_figures(found)
    if not ok:
        raise SystemExit(1)


def figures_document(found: Figures) -> dict[str, Any]:
    """The figures for machines, amounts in euros."""
    document: dict[str, Any] = to_builtins(found)
    for amount in ("staked", "returned"):
        document[f"{amount}_eur"] = document.pop(f"{amount}_cents") / 100
    return document


def _tell_figures(found: Figures) -> None:
    rate = "-" if found.success_rate is None else f"{found.success_rate:.1%}"
    rows = [
        ("days", f"{found.days}  ({found.first} to {found.last})"),
        ("races a day", f"{found.races_a_day:.1f}, {found.in_scope_a_day:.1f} of them analysed"),
        ("analyses", f"{found.done} done, {found.failed_attempts} failed attempts, {rate}"),
        ("lost visits", str(found.lost)),
        ("run time", _times(found.run_times)),
        *((f"  {phase}", _times(times)) for phase, times in found.run_times_by_phase.items()),
        ("decisions", f"{found.slips} slips, {found.no_bets} no-bets"),
        ("staked", f"{found.staked_cents / 100:.2f} €"),
        ("returned", f"{found.returned_cents / 100:.2f} €"),
        ("ROI", roi_text(found.roi)),
    ]
    if found.simulated:
        click.echo(SIMULATED_LINE)
    for label, told in rows:
        click.echo(f"{label:14} {told}")
    for reason, count in list(found.no_bet_reasons.items())[:5]:
        click.echo(f"  no bet: {reason} {count}")


def _times(times: RunTimes | None) -> str:
    if times is None:
        return "not measured (a driven clock stands still)"
    return f"mean {times.mean_s:.1f} s, p95 {times.p95_s:.1f} s, longest {times.most_s:.1f} s"


@click.command(epilog="Example: hippique errors --hours 24")
@click.option("--hours", type=click.FloatRange(min=0, min_open=True), default=24, show_default=True)
@data_option
@json_option
@foreseeable
def errors(hours: float, data: Path | None, *, as_json: bool) -> None:
    """What went wrong in the last hours, and the most frequent of it.

    Attempts that were tried again, pages that could not be had or read, visits that were lost.
    Ends with 1 where there is anything.
    """
    archive = open_archive(data)
    until = now_of(data, archive)
    since = until - dt.timedelta(hours=hours)
    found = troubles_between(archive, since, until)
    top = top_troubles(found)
    if as_json:
        print_json(
            {"ok": not found, "since": since, "until": until, "count": len(found),
             "top": to_builtins(top), "errors": to_builtins(found)}
        )  # fmt: skip
    else:
        _tell_errors(found, top, since, until)
    if found:
        raise SystemExit(1)


def _tell_errors(
    found: tuple[Trouble, ...],
    top: tuple[TroubleGroup, ...],
    since: dt.datetime,
    until: dt.datetime,
) -> None:
    window = f"{paris_time(since):%Y-%m-%d %H:%M} to {paris_time(until):%Y-%m-%d %H:%M}"
    click.echo(f"{len(found)} errors from {window}")
    for group in top:
        name = f"{group.error} {group.source or ''}".strip()
        click.echo(f"  {group.count:4}  {group.kind:8} {name:28} {_short(group.example)}")
    for one in found[-SHOWN:]:
        click.echo(
            f"{paris_time(one.at):%H:%M:%S}  {one.error:16} {one.where}  {_short(one.reason)}"
        )


def _short(text: str, width: int = 140) -> str:
    """One line; of a long one its beginning and its end, where the cause most often stands."""
    line, half = " ".join(text.split()), width // 2
    return line if len(line) <= width else f"{line[:half]} … {line[-half:]}"
