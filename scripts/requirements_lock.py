"""Write the locks: every package pinned with hashes, no package index named.

Run as `make lock` (keeps the pins that still fit) or `make lock UPGRADE=1` (newest of each).
Whoever installs from the locks uses the index of their own pip.
"""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HEADER = "# Pinned with hashes by `make lock` from pyproject.toml; not to be edited by hand.\n"
# Options of one machine's pip: an index, a proxy's trust, a folder of wheels.
_MACHINE_OPTION = re.compile(
    r"^\s*(--(extra-)?index(-)url|-i\b|--trusted-host|--find-links|-f\b)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Lock:
    """One lock: where it lies, what it is for, and the pip-compile options that make it."""

    path: str
    purpose: str
    options: tuple[str, ...]


LOCKS = (
    Lock(
        "requirements.lock",
        "Every package of the service, its tests and its tables. Install: make setup",
        (*("--extra", "history", "--extra", "fast"), *("--extra", "gcp", "--extra", "dev")),
    ),
    Lock(
        "requirements-cloud.lock",
        "The service on Google Cloud and nothing else. Install: Dockerfile",
        ("--extra", "gcp", "--constraint", "requirements.lock"),
    ),
    Lock(
        "requirements-build.lock",
        "What builds this package's wheel for the image. Install: scripts/image_steps.sh",
        (
            *("--only-build-deps", "--build-deps-for", "wheel"),
            *("--constraint", "requirements.lock"),
        ),
    ),
    Lock(
        "benchmarks/requirements.lock",
        "The service and the peers it is measured against. Install: make bench",
        (
            *("--extra", "history", "--extra", "fast", "--extra", "bench"),
            *("--constraint", "requirements.lock"),
        ),
    ),
)


def main(arguments: list[str]) -> int:
    """Compile each lock, then rewrite it without what belongs to this machine."""
    for lock in LOCKS:
        subprocess.run(compile_command(lock, arguments), cwd=ROOT, check=True)  # noqa: S603  our own command line
        path = ROOT / lock.path
        text = f"# {lock.purpose}\n{HEADER}{without_machine(path.read_text('utf-8'))}"
        path.write_text(text, "utf-8")
        print(f"{lock.path}: {count_pins(text)} packages")
    return 0


def compile_command(lock: Lock, arguments: list[str]) -> list[str]:
    """The pip-compile call; pip and setuptools are pinned too, since pip-tools asks for them."""
    return [
        *(sys.executable, "-m", "piptools", "compile", "--quiet"),
        *("--generate-hashes", "--allow-unsafe", "--strip-extras", "--no-header"),
        *("--no-emit-index-url", "--no-emit-trusted-host", "--no-emit-find-links"),
        *("--no-emit-options", *lock.options),
        *("--output-file", lock.path, "pyproject.toml", *arguments),
    ]


def without_machine(text: str) -> str:
    """The lock's lines without comments at its head and without options of one machine's pip."""
    kept = [line for line in text.splitlines() if not _MACHINE_OPTION.match(line)]
    first = next((at for at, line in enumerate(kept) if "==" in line), 0)
    return "\n".join(kept[first:]).strip() + "\n"


def count_pins(text: str) -> int:
    """How many packages the lock pins."""
    return len(re.findall(r"^[A-Za-z0-9][\w.-]*==", text, re.MULTILINE))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
