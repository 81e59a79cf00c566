"""`hippique check`: the settings and where each came from."""

from __future__ import annotations

import os
from pathlib import Path

import click

from hippique.cli.common import data_option, foreseeable, json_option, print_json
from hippique.cli.folders import settings_for
from hippique.settings import origins, unknown_names


@click.group(epilog="Example: hippique check config")
def check() -> None:
    """Checks that say what is wrong and how to mend it."""


@check.command(epilog="Example: hippique check config")
@data_option
@json_option
@foreseeable
def config(data: Path | None, *, as_json: bool) -> None:
    """Print each setting with where it came from; ends with 1 where one is bad."""
    settings = settings_for(data)
    rows = origins(settings, os.environ)
    warnings = unknown_names(os.environ)
    if as_json:
        names = ("name", "value", "origin", "description")
        print_json({"ok": True, "settings": [dict(zip(names, r, strict=True)) for r in rows],
                    "warnings": warnings})  # fmt: skip
        return
    for name, value, origin, description in rows:
        click.echo(f"{name:20} {value or '-':34} {origin:22} {description}")
    for warning in warnings:
        click.echo(f"warning: {warning}", err=True)
