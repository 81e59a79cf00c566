"""A whole simulated day of 45 races: wall, CPU and peak memory of the command that runs it.

The named peer is the day itself at its real length: what share of one core a ×60 day takes.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RACES = 45
REAL_DAY_S = 14 * 3600  # first analysis to the close


def rows() -> list[tuple[str, str, str]]:
    """(what, measured, against) of one driven day in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "day"
        begun = time.monotonic()
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        document = _run(data)
        wall_s = time.monotonic() - begun
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        size_mb = sum(f.stat().st_size for f in data.rglob("*") if f.is_file()) / 1e6
        files = sum(f.is_file() for f in data.rglob("*"))
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    share = 100 * cpu_s / (REAL_DAY_S / 60)
    return [
        ("day: races, all settled", f"{document['races']}, {document['settled']}", "45, 45"),
        ("day: wall", f"{wall_s:.1f} s", "target 60 s"),
        ("day: CPU", f"{cpu_s:.1f} s", f"{share:.1f} % of a ×60 day on one core"),
        ("day: CPU of the real length", f"{100 * cpu_s / REAL_DAY_S:.3f} %", "target 1 %"),
        ("day: peak memory", f"{after.ru_maxrss / 1024:.0f} MB", "target 250 MB"),
        ("day: archive and files", f"{size_mb:.0f} MB, {files} files", ""),
    ]


def _run(data: Path) -> dict[str, int]:
    command = [Path(sys.executable).with_name("hippique"), "day", "--races", str(RACES)]
    done = subprocess.run(
        [*command, "--data", str(data), "--json"],
        capture_output=True,
        check=True,
        env={**os.environ, "HIPPIQUE_DATA": str(data.parent)},
    )
    result: dict[str, int] = json.loads(done.stdout)
    return result


if __name__ == "__main__":
    for what, measured, against in rows():
        print(f"{what:30} {measured:20} {against}")
