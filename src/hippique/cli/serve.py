"""`hippique serve`: the service, its queue and its pages in one process."""

from __future__ import annotations

import os
from pathlib import Path

import click

from hippique.bootstrap.guarding import is_loopback, open_host_faults
from hippique.bootstrap.places import service_faults
from hippique.bootstrap.serving import serve as run_service
from hippique.bootstrap.settings_told import unknown_names
from hippique.cli.common import data_option, foreseeable
from hippique.cli.folders import settings_for


@click.command(
    epilog="Example: REQUIRE_AUTH=false hippique serve --racecourse http://127.0.0.1:8090"
)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8080, show_default=True)
@data_option
@click.option("--racecourse", help="Simulated racecourse to read instead of the live sites.")
@click.option(
    "--policy",
    type=click.Choice(["control", "kelly-pure", "gpi-5.1"]),
    help="Who decides at H-5.",
)
@click.option(
    "--estimator",
    type=click.Choice(["market", "gpi51", "truth"]),
    help="Whose chances are used; truth in simulation only.",
)
@click.option(
    "--dry",
    is_flag=True,
    help="Mark slips «à l'essai»: on trial, not to be played; same as DRY_SLIPS=true.",
)
@foreseeable
def serve(host: str, port: int, data: Path | None, *, dry: bool, **given: str | None) -> None:
    """Run the day by itself until SIGTERM or Ctrl-C, then stop within ten seconds with exit 0.

    With --racecourse it waits up to 30 s for the simulated sites, reads them, and follows their
    clock. Live sites are read only once TERMS_ACKNOWLEDGED=true.
    """
    given["dry_slips"] = "true" if dry else None
    settings = settings_for(
        data,
        lambda *read: service_faults(*read) + open_host_faults(read[0], host),
        racecourse_url=given.pop("racecourse"),
        **given,
    )
    for warning in unknown_names(os.environ):
        click.echo(f"warning: {warning}", err=True)
    if not settings.require_auth:
        where = "" if is_loopback(host) else f" on {host}, reachable from other machines"
        click.echo(f"warning: REQUIRE_AUTH=false: nobody is checked{where}", err=True)
    run_service(settings, host, port, click.echo)
