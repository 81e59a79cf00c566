"""`hippique check`: the settings, the sources and the morning."""

from __future__ import annotations

import os
from pathlib import Path

import click

from hippique.bootstrap.console import console_links
from hippique.bootstrap.guarding import identity_faults
from hippique.bootstrap.settings_told import origins, unknown_names
from hippique.cli.common import data_option, foreseeable, json_option, print_json
from hippique.cli.folders import day_or_latest, opened, settings_for
from hippique.cli.instants import now_of
from hippique.cli.maintenance import monthly, quarterly, weekly
from hippique.cli.work import service_over
from hippique.day.morning import check_morning
from hippique.day.race_day import race_day
from hippique.day.source_check import PageCheck, check_sources
from hippique.racing.codec import to_builtins


@click.group(epilog="Example: hippique check config")
def check() -> None:
    """Checks that say what is wrong and how to mend it."""


for _one in (weekly, monthly, quarterly):
    check.add_command(_one)


@check.command(epilog="Example: hippique check config")
@data_option
@json_option
@foreseeable
def config(data: Path | None, *, as_json: bool) -> None:
    """Print each setting with where it came from; ends with 1 where one is bad."""
    settings = settings_for(data)
    rows = origins(settings, os.environ)
    refused = identity_faults(settings, os.environ)
    warnings = [*unknown_names(os.environ), *(f"serve would be refused: {one}" for one in refused)]
    if as_json:
        names = ("name", "value", "origin", "description")
        told = [dict(zip(names, row, strict=True)) for row in rows]
        links = console_links(settings)
        print_json({"ok": True, "settings": told, "console": links, "warnings": warnings})
        return
    for name, value, origin, description in rows:
        click.echo(f"{name:20} {value or '-':34} {origin:22} {description}")
    for name, link in console_links(settings).items():
        click.echo(f"console {name:12} {link}")
    for warning in warnings:
        click.echo(f"warning: {warning}", err=True)


@check.command(epilog="Example: hippique check sources")
@data_option
@json_option
@foreseeable
def sources(data: Path | None, *, as_json: bool) -> None:
    """Read one page of each type at each site, politely; say what was found and missing.

    The pages are kept under checks/ in the archive. Ends with 1 where a page could not be had or
    read, or lacks a field altogether.
    """
    with service_over(data) as (service, _, _):
        desk = service.desk
        found = check_sources(desk, race_day(desk.now()))
    ok = bool(found) and all(one.ok and not one.missing for one in found)
    if as_json:
        print_json({"ok": ok, "pages": to_builtins(found)})
    else:
        for one in found:
            click.echo(_page_line(one))
    if not ok:
        raise SystemExit(1)


def _page_line(one: PageCheck) -> str:
    head = f"{'ok   ' if one.ok else 'FAULT'} {one.page:16} robots {one.robots:8} {one.url}"
    if not one.ok:
        return f"{head}\n      {one.error}"
    filled = "  ".join(f"{name} {share:.0%}" for name, share in one.filled.items())
    age = "" if one.age_s is None else f"  odds {one.age_s:.0f} s old"
    return f"{head}\n      {filled}{age}"


@check.command(epilog="Example: hippique check morning")
@click.argument("day", required=False)
@data_option
@json_option
@foreseeable
def morning(day: str | None, data: Path | None, *, as_json: bool) -> None:
    """At 09:15: did the plan run, are the tasks there, did every source answer.

    Ends with 1 where something is wrong, with the command that mends it.
    """
    with opened(data) as folder:
        now = now_of(data, folder.archive)
        date = day_or_latest(folder.archive, day) if day else race_day(now)
        found = check_morning(folder.archive, folder.queue, date, now)
    if as_json:
        print_json({"ok": not found.findings, **to_builtins(found)})
    else:
        made = found.made_at.isoformat() if found.made_at else "not made"
        click.echo(f"{found.date}: plan {made}, {found.races} races, {found.queued} to run")
        click.echo(f"  {found.live_tasks} live tasks")
        for finding in found.findings or ("all is well",):
            click.echo(f"  {finding}")
    if found.findings:
        raise SystemExit(1)
