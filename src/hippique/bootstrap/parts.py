"""Whether the program is whole. Imports nothing of it: a part that is missing may be anyone's."""

from __future__ import annotations

import ast
import importlib.metadata
import re
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
DISTRIBUTION = "hippique-orchestrator"
POLICY_FILES = ("control.toml", "gpi-5.1.toml", "kelly-pure.toml", "terms.toml")


def missing_parts() -> Iterator[str]:
    """Libraries that this package requires, modules of its own, policies: what is not there."""
    for requirement in importlib.metadata.requires(DISTRIBUTION) or ():
        name = re.split(r"[\s\[<>=!~;]", requirement, maxsplit=1)[0]
        if "extra ==" not in requirement and not _is_installed(name):
            yield f"library {name}"
    yield from sorted(f"module {name}" for name in _own_imports() if not _is_there(name))
    for name in POLICY_FILES:
        if not (PACKAGE / "policies" / name).is_file():
            yield f"policy {name}"


def _is_installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _own_imports() -> set[str]:
    """Every module of ours that one of our modules imports from."""
    found: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        found |= {
            node.module
            for node in ast.walk(ast.parse(path.read_bytes()))
            if isinstance(node, ast.ImportFrom) and node.module and node.level == 0
        }
    return {name for name in found if name.split(".")[0] == PACKAGE.name}


def _is_there(name: str) -> bool:
    path = PACKAGE.parent.joinpath(*name.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()
