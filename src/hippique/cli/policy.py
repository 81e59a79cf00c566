"""`hippique policy`: what a policy file can stake, and what its gates refuse."""

from __future__ import annotations

import datetime as dt
from itertools import chain
from pathlib import Path

import click

from hippique.betting.policy_file import PolicyFile, packaged_policy, policy_names, read_policy
from hippique.betting.slip import Decision
from hippique.betting.terms import OPERATORS
from hippique.cli.common import foreseeable, json_option, print_json
from hippique.cli.folders import default_archive, open_archive, settings_for
from hippique.cli.policy_history import decided_in_history
from hippique.cli.policy_text import lint_document, lint_lines
from hippique.cli.racecourse import read_date
from hippique.errors import InputError, SettingsError
from hippique.lab.decided_races import decisions_by
from hippique.lab.policy_lint import judged_races, stakes_at

LATEST = dt.date.max  # the latest terms known, as in a policy's hash


@click.group(epilog="Example: hippique policy lint gpi-5.1")
def policy() -> None:
    """Policies: the files that decide at H-5."""


@policy.command(epilog="Example: hippique policy lint gpi-5.1 --data data/sim-2026-06-07-1")
@click.argument("file", default="gpi-5.1")
@click.option(
    "--data",
    "folders",
    multiple=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of days decided under it; may be repeated. Default HIPPIQUE_DATA, else ./data.",
)
@click.option(
    "--history",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with the tables of real days: decides them anew (about a second a race).",
)
@click.option("--date", "date_text", help="First day of --history; default its first.")
@click.option(
    "--races",
    type=click.IntRange(min=1),
    default=30,
    show_default=True,
    help="With --history: end with the day that reaches as many.",
)
@json_option
@foreseeable
def lint(  # noqa: PLR0913  one parameter an option
    file: str,
    folders: tuple[Path, ...],
    history: Path | None,
    date_text: str | None,
    races: int,
    *,
    as_json: bool,
) -> None:
    """What a policy can stake at each operator, and what each of its gates refuses.

    FILE is a packaged policy or a TOML file. Ends with 1 where the file is bad, or where no
    operator takes any stakes that its budget allows. A bet that cannot be staked is only told.
    """
    if history is not None and folders:
        raise InputError("--history decides anew, --data reads; give one of them", field="history")
    rules = _policy(file)
    stakes = tuple(stakes_at(rules, operator, LATEST) for operator in OPERATORS)
    if history is None:
        decisions = _decided(folders, rules)
    else:
        first = read_date(date_text) if date_text else None
        decisions = decided_in_history(settings_for(None), rules, history, first, races)
    judged = judged_races(rules, decisions)
    if as_json:
        print_json(lint_document(rules, stakes, judged))
    else:
        for line in lint_lines(rules, stakes, judged):
            click.echo(line)
    if not any(at.portfolios for at in stakes):
        raise SystemExit(1)


def _policy(file: str) -> PolicyFile:
    if file in policy_names() or not Path(file).exists():
        return packaged_policy(file)
    try:
        text = Path(file).read_text("utf-8")
    except UnicodeDecodeError as error:
        raise SettingsError(
            f"{file} is not UTF-8 text ({error.reason}); save it as such"
        ) from error
    return read_policy(text, file)


def _decided(folders: tuple[Path, ...], rules: PolicyFile) -> tuple[Decision, ...]:
    """Of every folder; of the default one only if there is something in it."""
    archives = map(open_archive, folders) if folders else default_archive()
    return tuple(chain.from_iterable(decisions_by(archive, rules.name) for archive in archives))
