"""ZEturf's pages: bytes in, a reading out. What the site looks like is written in `selectors`."""

from __future__ import annotations

from hippique.sources.zeturf.programme import read_programme
from hippique.sources.zeturf.race import read_race

__all__ = ["read_programme", "read_race"]
