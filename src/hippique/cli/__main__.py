"""`python -m hippique.cli`: the same commands, where the script is not on the path."""

from __future__ import annotations

from hippique.cli import main

main(prog_name="hippique")
