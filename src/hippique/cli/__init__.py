"""The command line: `hippique …`. Each module holds the commands of one concern."""

from __future__ import annotations

import os
from importlib import import_module

import click

from hippique import __version__
from hippique.cli.broken import broken

# Read by numpy when it loads, which no command has done yet. Our matrices are small: a second
# thread makes them two to three times slower. A value that is set already stays.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Command → module of this package and name in it. Loaded when called: `hippique price` needs
# neither the service nor the workbook, and starts in a tenth of the time without them.
_PLACES = {
    "day": "day:day",
    "serve": "serve:serve",
    "pair": "pair:pair",
    "racecourse": "racecourse:racecourse",
    "plan": "work:plan",
    "schedule": "work:schedule",
    "run": "work:run",
    "analyse": "stages:analyse",
    "p-finale": "stages:p_finale",
    "simulate-ev": "stages:simulate_ev",
    "pipeline": "stages:pipeline",
    "update-excel": "stages:update_excel",
    "parse": "parse:parse",
    "show": "archive:show",
    "explain": "archive:explain",
    "verify": "archive:verify",
    "replay": "archive:replay",
    "queue": "queue:queue",
    "alerts": "alerts:alerts",
    "check": "config:check",
    "doctor": "doctor:doctor",
    "stats": "figures:stats",
    "errors": "figures:errors",
    "backup": "backup:backup",
    "restore": "backup:restore",
    "prune": "backup:prune",
    "history": "history:history",
    "workbook": "files:workbook",
    "ledger": "ledger:ledger",
    "price": "price:price",
    "policy": "policy:policy",
}


class Commands(click.Group):
    """The group of all commands; a command's module is imported when its name is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every name, in the order of a day."""
        del ctx
        return list(_PLACES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, None for a stranger."""
        del ctx
        if cmd_name not in _PLACES:
            return None
        module, _, name = _PLACES[cmd_name].partition(":")
        try:
            command: click.Command = getattr(import_module(f"hippique.cli.{module}"), name)
        except ModuleNotFoundError as error:  # an image that was not copied whole, say
            return broken(cmd_name, error)
        return command


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="hippique")
def main() -> None:
    """A French race day that runs by itself. 18+; no promise of gain.

    Example: hippique day --seed 7
    """
