"""`hippique pair`: a code for a screen on the network, and which screens are paired."""

from __future__ import annotations

from pathlib import Path

import click

from hippique.bootstrap.pairing import make_pairing
from hippique.cli.common import data_option, foreseeable, json_option, print_json
from hippique.cli.folders import folder_path
from hippique.errors import NotFound
from hippique.web.auth.grants import Grant
from hippique.web.auth.pairing import CODE_LIVES, Pairing, name_of
from hippique.web.auth.roles import Role

MINUTES = int(CODE_LIVES.total_seconds()) // 60
WORDS = {"READER": "viewer", "OPERATOR": "operator"}


@click.command(epilog="Example: hippique pair --operator")
@click.option("--operator", is_flag=True, help="The screen may also operate; else it only looks.")
@click.option("--list", "listing", is_flag=True, help="The screens that are paired.")
@click.option("--revoke", metavar="NAME", help="End the session of a screen, or of `all`.")
@data_option
@json_option
@foreseeable
def pair(
    data: Path | None, revoke: str | None, *, operator: bool, listing: bool, as_json: bool
) -> None:
    """Print a code that pairs one screen with the running service: typed at /pair, once.

    The code lives ten minutes; five wrong ones end it. Ends with 1 where the screen to revoke is
    not there.
    """
    pairing = make_pairing(folder_path(data))
    if revoke is not None:
        _revoke(pairing, revoke, as_json=as_json)
    elif listing:
        _list(pairing, as_json=as_json)
    else:
        _offer(pairing, Role.OPERATOR if operator else Role.READER, as_json=as_json)


def _offer(pairing: Pairing, role: Role, *, as_json: bool) -> None:
    code, word = pairing.offer(role), WORDS[role.name]
    if as_json:
        print_json({"ok": True, "code": code, "role": word, "minutes": MINUTES})
        return
    click.echo(f"{code}  ({word}, {MINUTES} minutes, once): type it at /pair on the other screen")


def _list(pairing: Pairing, *, as_json: bool) -> None:
    screens = [_screen(one) for one in pairing.sessions()]
    if as_json:
        print_json({"ok": True, "screens": screens})
        return
    for one in screens:
        click.echo(f"{one['name']}  {one['role']:8}  until {one['expires_at'][:16]}")


def _screen(session: Grant) -> dict[str, str]:
    return {
        "name": name_of(session),
        "role": WORDS[session.role],
        "paired_at": session.made_at.isoformat(),
        "expires_at": session.expires_at.isoformat(),
    }


def _revoke(pairing: Pairing, name: str, *, as_json: bool) -> None:
    ended = [one for one in pairing.sessions() if name in {"all", name_of(one)}]
    if not ended and name != "all":
        raise NotFound(f"no paired screen {name}; see `hippique pair --list`")
    for one in ended:
        pairing.grants.remove(one.digest)
    if as_json:
        print_json({"ok": True, "revoked": [name_of(one) for one in ended]})
        return
    click.echo(f"{len(ended)} revoked")
