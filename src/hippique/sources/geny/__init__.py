"""Readers of geny.com's pages: bytes in, reading out, no network."""

from hippique.sources.geny.address import GenyAddress, read_url
from hippique.sources.geny.programme import read_programme
from hippique.sources.geny.race import read_race
from hippique.sources.geny.result import read_result

__all__ = ["GenyAddress", "read_programme", "read_race", "read_result", "read_url"]
