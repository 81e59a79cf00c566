"""The pairing of screens over a data folder, for the service and for the command beside it."""

from __future__ import annotations

import secrets
import socket
from pathlib import Path

from hippique.bootstrap.guarding import is_loopback
from hippique.runtime.clocks import WallClock
from hippique.runtime.private_file import PrivateFile
from hippique.web.auth.grants import Grants
from hippique.web.auth.pairing import Pairing
from hippique.web.auth.roles import Role

PAIRING = "pairing.json"
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104  compared with, not bound


def make_pairing(root: Path) -> Pairing:
    """Codes and sessions of the data folder `root`."""
    grants = Grants(PrivateFile(root / PAIRING))
    return Pairing(grants=grants, now=WallClock().now, random_bytes=secrets.token_bytes)


def invitation(pairing: Pairing, host: str, port: int) -> str:
    """How a person's screen gets in. The code goes to the terminal and never into the log."""
    if is_loopback(host):
        return "browsers are paired at /pair: `hippique pair` gives a code"
    at = socket.gethostname() if host in EVERYWHERE else host
    code = pairing.offer(Role.READER)
    return (
        f"screens on the network: open http://{at}:{port}/pair and type {code} (viewer, ten "
        "minutes, once); `hippique pair --operator` gives one that may operate"
    )
