"""The stages of the analysis, each alone, on an archived race."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from hippique.bootstrap.replaying import decide_again
from hippique.cli.common import data_option, foreseeable, json_option, print_json
from hippique.cli.folders import day_or_latest, open_archive, open_stores, settings_for
from hippique.day.documents import race_document
from hippique.errors import NotFound
from hippique.racing.card import RaceId, RaceKey
from hippique.report.update import update_reports
from hippique.runtime.clocks import WallClock


def _document(day: str, race: str, data: Path | None) -> dict[str, Any]:
    archive = open_archive(data)
    document = race_document(archive, day_or_latest(archive, day), race, WallClock().now())
    if not document["snapshots"]:
        raise NotFound(f"{day}/{race} has no snapshot yet")
    return document


@click.command(epilog="Example: hippique analyse 2026-06-07 R1C3")
@click.argument("day")
@click.argument("race")
@data_option
@json_option
@foreseeable
def analyse(day: str, race: str, data: Path | None, *, as_json: bool) -> None:
    """First stage: the snapshots of an archived race, pool by pool."""
    document = _document(day, race, data)
    if as_json:
        print_json({"snapshots": document["snapshots"]})
        return
    for phase, snapshots in document["snapshots"].items():
        for snapshot in snapshots:
            odds = "  ".join(f"{q['number']}:{q['win'] or '-'}" for q in snapshot["quotes"])
            click.echo(f"{phase:4} {snapshot['source']:8} {snapshot['pool']:17} {odds}")


@click.command("p-finale", epilog="Example: hippique p-finale 2026-06-07 R1C3")
@click.argument("day")
@click.argument("race")
@data_option
@json_option
@foreseeable
def p_finale(day: str, race: str, data: Path | None, *, as_json: bool) -> None:
    """Second stage: the chances of the newest snapshot, with fair odds."""
    forecast = _document(day, race, data)["forecast"]
    if as_json:
        print_json(forecast)
        return
    if forecast is None:
        raise NotFound(f"{day}/{race} has a snapshot and no chances yet")
    if "reason" in forecast:
        raise NotFound(f"no chances for {day}/{race}: {forecast['reason']}")
    click.echo(f"{forecast['estimator']} on {forecast['pool']}, book {forecast['book_sum']:.3f}")
    for chance in forecast["chances"]:
        click.echo(
            f"{chance['number']:3}  {chance['p_win']:7.2%}  fair odds {1 / chance['p_win']:.1f}"
        )


@click.command("simulate-ev", epilog="Example: hippique simulate-ev 2026-06-07 R1C3")
@click.argument("day")
@click.argument("race")
@data_option
@json_option
@foreseeable
def simulate_ev(day: str, race: str, data: Path | None, *, as_json: bool) -> None:
    """Third stage: expected profit per euro on each runner to win, at the odds shown at H-5.

    The dividend paid is the closing one: until it is forecast this is a reading, not a promise.
    """
    reading = _document(day, race, data)["reading"]
    if reading is None:
        raise NotFound(f"{day}/{race} is not decided yet")
    rows = [
        {"number": r["number"], "p_win": r["p_win"], "shown": r["shown"],
         "ev_per_eur": round(r["p_win"] * r["shown"] - 1.0, 4)}
        for r in reading["runners"]
        if r["shown"] is not None
    ]  # fmt: skip
    if as_json:
        print_json({"bet": "win", "at": "shown", "runners": rows, "costs": reading["costs"]})
        return
    click.echo("Chances of the forecast's pool, odds of the operator at H-5. What is paid is the")
    click.echo("closing dividend, which nothing forecasts here yet: no interval, no sign of value.")
    for row in rows:
        told = f"{row['number']:3}  shown {row['shown']:6}  EV {row['ev_per_eur']:+.2%} per euro"
        click.echo(told)


@click.command(epilog="Example: hippique pipeline 2026-06-07 R1C3")
@click.argument("day")
@click.argument("race")
@data_option
@json_option
@foreseeable
def pipeline(day: str, race: str, data: Path | None, *, as_json: bool) -> None:
    """Fourth stage: decide again from the archived inputs, and compare with the frozen slip."""
    archive = open_archive(data)
    race_id = RaceId(day_or_latest(archive, day), RaceKey.parse(race))
    decision, is_equal = decide_again(settings_for(data), archive, race_id)
    if as_json:
        print_json({"equal": is_equal, "decision": decision})
        return
    same = "as frozen" if is_equal else "OTHER than the frozen slip"
    click.echo(f"{race_id}: {decision['decision']}, {decision['stake_eur']:.2f} EUR, {same}")


@click.command("update-excel", epilog="Example: hippique update-excel 2026-06-07 R1C3")
@click.argument("day")
@click.argument("race", required=False)
@data_option
@json_option
@foreseeable
def update_excel(day: str, race: str | None, data: Path | None, *, as_json: bool) -> None:
    """Last stage: bring the workbook up to date with the race's day, as `workbook update` does."""
    archive, views = open_stores(data)
    if race is not None:
        RaceKey.parse(race)
    written = update_reports(archive, views, day_or_latest(archive, day), WallClock().now())
    if as_json:
        print_json({"ok": True, "written": written})
        return
    for path in written:
        click.echo(path)
