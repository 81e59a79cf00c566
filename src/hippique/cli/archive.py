"""Looking at the archive: show, explain, verify, replay."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from hippique.betting.amounts import Lang
from hippique.betting.explain import Kind, Story, explained
from hippique.betting.slip import decision_document
from hippique.bootstrap.replaying import replay_archived
from hippique.cli.common import data_option, foreseeable, json_option, print_json
from hippique.cli.folders import day_or_latest, open_archive, settings_for
from hippique.day.documents import day_document, race_document
from hippique.day.race_day import latest_plan
from hippique.day.status import RaceState, day_status, race_state
from hippique.day.story import read_story
from hippique.day.tasks import local_text
from hippique.day.verify import verify_beside, verify_day
from hippique.errors import InputError, NotFound
from hippique.ports import Archive
from hippique.racing.card import RaceId, RaceKey
from hippique.racing.codec import to_builtins
from hippique.racing.money import in_euros
from hippique.report.facts import race_facts
from hippique.report.fiche import fiche_text
from hippique.report.summary import summary_text
from hippique.runtime.clocks import WallClock

LEAST_WIDTH, MOST_WIDTH = 80, 120  # of `explain`: below, tables would break; above, eyes tire
STYLES: Mapping[Kind, Mapping[str, Any]] = {
    "title": {"bold": True},
    "banner": {"fg": "yellow", "bold": True},
    "head": {"bold": True, "underline": True},
    "good": {"fg": "green"},
    "bad": {"fg": "red"},
    "plain": {},
    "faint": {"dim": True},
}
day_argument = click.argument("day", required=False)


@click.command(epilog="Example: hippique show 2026-06-07 R1C3")
@day_argument
@click.argument("race", required=False)
@data_option
@json_option
@foreseeable
def show(day: str | None, race: str | None, data: Path | None, *, as_json: bool) -> None:
    """Show a day of the archive (the newest by default), or one race with its decision."""
    archive = open_archive(data)
    date = day_or_latest(archive, day)
    now = WallClock().now()
    if race is not None:
        _show_race(archive, date, race, now, as_json=as_json)
    elif as_json:
        print_json(day_document(archive, date, now))
    else:
        _show_day(archive, date, now)


def _show_day(archive: Archive, date: dt.date, now: dt.datetime) -> None:
    plan = latest_plan(archive, date)
    if plan is None:
        raise NotFound(f"{date} has no plan in this archive")
    status = day_status(archive, plan, now)
    click.echo(summary_text(status), nl=False)
    click.echo("")
    for state in status.races:
        if state.phases:
            click.echo(_race_line(state))


def _race_line(state: RaceState) -> str:
    race = state.planned
    off = local_text(race.off_time) if race.off_time else "--:--"
    decision = {"slip": "ticket", "no_bet": "pas de pari"}
    told = decision[state.decision.decision] if state.decision else "-"
    settled = state.settlement
    paid = f"{settled.returned_cents / 100:.2f} €".replace(".", ",") if settled else ""
    return f"  {off}  {race.key:6} {race.meeting or '':28.28} {told:12} {paid}".rstrip()


def _show_race(
    archive: Archive, date: dt.date, race: str, now: dt.datetime, *, as_json: bool
) -> None:
    document = race_document(archive, date, race, now)
    if as_json:
        decision = document["decision"] or {"decision": None, "race": f"{date}/{race.upper()}"}
        rest = {name: document[name] for name in ("result", "settlement", "withdrawal", "phases")}
        print_json({**decision, **rest})
        return
    click.echo(_fiche(archive, date, race, now), nl=False)


def _fiche(archive: Archive, date: dt.date, race: str, now: dt.datetime) -> str:
    plan = latest_plan(archive, date)
    key = str(RaceKey.parse(race))
    race_planned = plan.find(key) if plan else None
    if plan is None or race_planned is None:
        raise NotFound(f"no race {key} in the plan of {date}")
    return fiche_text(race_facts(archive, plan, race_state(archive, race_planned, now)))


@click.command(epilog="Example: hippique explain 2026-06-07 R1C3")
@click.argument("day")
@click.argument("race")
@click.option(
    "--lang", type=click.Choice(["fr", "en"]), default="fr", show_default=True, help="Language."
)
@data_option
@json_option
@foreseeable
def explain(day: str, race: str, lang: Lang, data: Path | None, *, as_json: bool) -> None:
    """Tell a decision's story: what was seen, each gate, what would have changed it, what came.

    From the archive alone: nothing is decided again.
    """
    archive = open_archive(data)
    identity = RaceId(day_or_latest(archive, day), RaceKey.parse(race))
    story = read_story(archive, identity, WallClock().now())
    if as_json:
        print_json(_told(story, lang))
        return
    width = max(LEAST_WIDTH, min(shutil.get_terminal_size().columns, MOST_WIDTH))
    for line in explained(story, lang, width):
        click.echo(click.style(line.text, **STYLES[line.kind]))  # a pipe gets no colours


def _told(story: Story, lang: Lang) -> dict[str, Any]:
    """The whole decision, what came after it, and the story's own lines."""
    at, reason = story.withdrawn or (None, None)
    return {
        **decision_document(story.decision),
        "withdrawal": {"withdrawn_at": at, "reason": reason} if at else None,
        "sent_at": story.sent_at,
        "order": story.order,
        "settlement": in_euros(to_builtins(story.settlement)) if story.settlement else None,
        "study_settled": in_euros(to_builtins(story.study_legs)),
        "story": [line.text for line in explained(story, lang, LEAST_WIDTH)],
    }


@click.command(epilog="Example: hippique verify 2026-06-07")
@day_argument
@data_option
@json_option
@foreseeable
def verify(day: str | None, data: Path | None, *, as_json: bool) -> None:
    """Check every hash, chain and seal of a day (the newest by default).

    Ends with 1 when anything was touched. An open day and files without a manifest are reported
    and are no faults.
    """
    archive = open_archive(data)
    date = day_or_latest(archive, day)
    if not archive.addresses(date.isoformat()):
        raise NotFound(f"nothing of {date} lies in this archive")
    found = verify_day(archive, date)
    seals = verify_beside(archive)
    ok = found.ok and not seals
    if as_json:
        print_json(
            {"ok": ok, "date": found.date, "sealed": found.sealed, "manifests": found.manifests,
             "files": found.files, "touched": [*found.touched, *seals],
             "left_over": found.left_over, "pruned": found.pruned}
        )  # fmt: skip
    else:
        click.echo(
            f"{found.date}: {found.files} files under {found.manifests} manifests, "
            f"{'sealed' if found.sealed else 'open'}, {'untouched' if ok else 'TOUCHED'}"
        )
        if found.pruned:
            click.echo(f"  pruned: {len(found.pruned)} raw pages, by the day's own record")
        for fault in (*found.touched, *seals):
            click.echo(f"  touched: {fault}")
        for address in found.left_over:
            click.echo(f"  left over (no manifest): {address}")
    if not ok:
        raise SystemExit(1)


@click.command(epilog="Example: hippique replay 2026-06-07")
@click.argument("day")
@data_option
@json_option
@foreseeable
def replay(day: str, data: Path | None, *, as_json: bool) -> None:
    """Run an archived day again from its stored pages and compare, byte for byte.

    Ends with 1 where an artefact came out otherwise; after an upgrade it says "other code".
    """
    archive = open_archive(data)
    date = day_or_latest(archive, day)
    plan = latest_plan(archive, date)
    if plan is None:
        raise InputError(f"{date} has no plan in this archive", field="day")
    if verify_day(archive, date).pruned:
        raise NotFound(f"the raw pages of {date} were pruned; restore a backup that holds them")
    found = replay_archived(settings_for(data), archive, plan)
    if as_json:
        print_json(
            {"ok": not found.differing, "date": found.date, "compared": len(found.compared),
             "differing": found.differing, "same_code": found.same_code,
             "code_then": found.code_then, "code_now": found.code_now}
        )  # fmt: skip
    else:
        _tell_replay(found)
    if found.differing:
        raise SystemExit(1)


def _tell_replay(found: Any) -> None:
    equal = len(found.compared) - len(found.differing)
    click.echo(f"{found.date}: {equal} of {len(found.compared)} artefacts equal, byte for byte")
    if not found.same_code:
        click.echo(f"  other code: archived by {found.code_then}, replayed by {found.code_now}")
    for address in found.differing:
        click.echo(f"  differs: {address}")
