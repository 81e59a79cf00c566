"""Run the benchmarks of this folder and print one table.

Each module with a `rows()` or a `main()` is a benchmark: it returns rows (what, ours, against),
three texts each, or prints a table of its own and returns nothing.
Run as `make bench`, or `make bench ARGS="parse sizes"`.
A benchmark whose peer or material is absent says so in its row; nothing is made up.
"""

from __future__ import annotations

import importlib.util
import sys
import traceback
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

from rich.console import Console
from rich.table import Table

HERE = Path(__file__).resolve().parent
CELLS = 3


def main(names: list[str]) -> int:
    """Run the named benchmarks, all without names; 1 when one of them failed."""
    sys.path[:0] = [str(HERE), str(HERE.parent / "tests")]  # tests/ holds material and house
    table = Table("benchmark", "what", "ours", "against", title="benchmarks")
    failed = [path.stem for path in chosen(names) if not run_one(path, table)]
    Console(width=None if sys.stdout.isatty() else 140).print(table)
    for name in failed:
        print(f"failed: {name}", file=sys.stderr)
    return 1 if failed else 0


def chosen(names: list[str]) -> list[Path]:
    """The benchmarks to run; a name that is not there ends the run."""
    found = {path.stem: path for path in sorted(HERE.glob("*.py")) if path.name != "run.py"}
    strangers = set(names) - set(found)
    if strangers:
        sys.exit(f"no benchmark {', '.join(sorted(strangers))}; there are {', '.join(found)}")
    return [path for name, path in found.items() if name in names or not names]


def run_one(path: Path, table: Table) -> bool:
    """Add the rows of one benchmark; False when it failed, its traceback on stderr."""
    print(f"{path.stem} …", file=sys.stderr, flush=True)
    try:
        sys.argv = [str(path)]  # as if started alone: some read arguments of their own
        module = load(path)
        measure = getattr(module, "rows", None) or getattr(module, "main", None)
        rows = measure() if measure else None
    except Exception:  # noqa: BLE001  # one broken benchmark must not hide the others' figures
        traceback.print_exc()
        return False
    for row in rows if isinstance(rows, Iterable) else ():
        table.add_row(path.stem, *map(str, row[:CELLS]))
    return True


def load(path: Path) -> ModuleType:
    """Import a file by its path: the folder is no package."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"cannot load {path.name}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
