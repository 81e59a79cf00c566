"""`hippique check weekly`, `monthly`, `quarterly`: the guide's thirteen lines."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import click

from hippique.bootstrap.parts import PACKAGE
from hippique.bootstrap.upkeep import Place, gather_upkeep
from hippique.cli.common import data_option, foreseeable, json_option, print_json
from hippique.cli.folders import folder_path, open_stores, service_notice, settings_for
from hippique.cli.instants import now_of
from hippique.day.care.maintenance import DAYS, Line, Period, maintain
from hippique.racing.codec import to_builtins
from hippique.runtime.clocks import WallClock
from hippique.settings import Settings

PAGES = PACKAGE.parents[1] / "docs" / "reference"


@click.command(epilog="Example: hippique check weekly")
@data_option
@json_option
@foreseeable
def weekly(data: Path | None, *, as_json: bool) -> None:
    """Monday morning: errors of the week, performance, disk, and the schedule tried by hand."""
    _check(Period.WEEKLY, data, as_json=as_json)


@click.command(epilog="Example: hippique check monthly")
@data_option
@json_option
@foreseeable
def monthly(data: Path | None, *, as_json: bool) -> None:
    """Every month: costs, image, dependencies, backup, recovery rehearsed."""
    _check(Period.MONTHLY, data, as_json=as_json)


@click.command(epilog="Example: hippique check quarterly")
@data_option
@json_option
@foreseeable
def quarterly(data: Path | None, *, as_json: bool) -> None:
    """Every quarter: who may do what, alerts and thresholds, time-outs, documentation."""
    _check(Period.QUARTERLY, data, as_json=as_json)


def _check(period: Period, data: Path | None, *, as_json: bool) -> None:
    settings = settings_for(data)
    archive, views = open_stores(data)
    root = None if settings.gcs_bucket else folder_path(data)
    notice = service_notice(root) if root else None
    place = Place(
        root=root,
        archive=archive,
        views=views,
        service_url=notice.url if notice else settings.service_url,
        now=now_of(data, archive),
        wall=WallClock().now(),
    )
    docs = tuple(lacking(PAGES)) if PAGES.is_dir() else None
    lines = maintain(period, gather_upkeep(place, settings, os.environ, DAYS[period], docs))
    _tell(period, lines, as_json=as_json)


def lacking(pages: Path) -> Iterator[str]:
    """Settings and commands that the reference pages do not name."""
    told = (pages / "settings.md").read_text("utf-8")
    for name in Settings.model_fields:
        if f"`{name.upper()}`" not in told:
            yield f"settings.md: {name.upper()}"
    told = (pages / "commands.md").read_text("utf-8")
    group = click.get_current_context().find_root().command
    for words in _leaves(group) if isinstance(group, click.Group) else ():
        if not re.search(rf"`hippique {re.escape(words)}\b", told):
            yield f"commands.md: hippique {words}"


def _leaves(group: click.Group, above: str = "") -> Iterator[str]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from _leaves(command, f"{above}{name} ")
        elif command is not None and not command.hidden:
            yield f"{above}{name}"


def _tell(period: Period, lines: tuple[Line, ...], *, as_json: bool) -> None:
    ok = all(line.verdict.ok for line in lines)
    if as_json:
        told = [{"name": one.name, "line": one.line, **to_builtins(one.verdict)} for one in lines]
        print_json({"ok": ok, "period": period, "checks": told})
    else:
        for one in lines:
            click.echo(f"{'ok   ' if one.verdict.ok else 'BAD  '} {one.line}: {one.verdict.told}")
            for evidence in one.verdict.evidence:
                click.echo(f"        {evidence}")
            if one.verdict.fix:
                click.echo(f"        fix: {one.verdict.fix}")
    if not ok:
        raise SystemExit(1)
