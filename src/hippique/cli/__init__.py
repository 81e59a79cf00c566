"""The command line: `hippique …`. Each module holds the commands of one concern."""

from __future__ import annotations

import click

from hippique import __version__
from hippique.cli.archive import explain, replay, show, verify
from hippique.cli.config import check
from hippique.cli.day import day
from hippique.cli.files import ledger, workbook
from hippique.cli.parse import parse
from hippique.cli.queue import queue
from hippique.cli.racecourse import racecourse
from hippique.cli.serve import serve
from hippique.cli.stages import analyse, p_finale, pipeline, simulate_ev, update_excel
from hippique.cli.work import plan, run, schedule


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="hippique")
def main() -> None:
    """A French race day that runs by itself. 18+; no promise of gain.

    Example: hippique day --seed 7
    """


for _command in (
    day, serve, racecourse, plan, schedule, run, analyse, p_finale, simulate_ev,
    pipeline, update_excel, parse, show, explain, verify, replay,
    queue, check, workbook, ledger,
):  # fmt: skip
    main.add_command(_command)
