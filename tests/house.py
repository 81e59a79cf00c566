"""Reads the source tree as the house tests and the size report need it: modules, imports, sizes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parents[1]
SRC = ROOT / "src"
PACKAGE = "hippique"
FOLDERS = ("src", "tests", "benchmarks", "scripts", "docs", ".ci")
GENERATED = {"__pycache__", ".venv", ".venv-bench", ".git", "data", "build", "dist"}


@dataclass(frozen=True)
class Module:
    """One module of the package: its dotted name, its text, its tree."""

    name: str
    path: Path
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def room(self) -> str:
        """The first name below the package; empty for the package itself."""
        return [*self.name.split("."), ""][1]


@dataclass(frozen=True)
class Function:
    """A function and its lines, the docstring left out, nested functions included."""

    where: str
    name: str
    lines: int


def modules(source: Path = SRC, package: str = PACKAGE) -> tuple[Module, ...]:
    """Every module below `source/package`, sorted by name."""
    found = []
    for path in sorted((source / package).rglob("*.py")):
        parts = path.relative_to(source).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found.append(Module(name, path, path.read_text("utf-8")))
    return tuple(found)


def imports(module: Module) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of everything imported, at any depth of the module.

    `from a.b import c` gives "a.b.c"; whether c is a module is for the caller to know.
    """
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = import_base(module, node)
            yield from ((node.lineno, f"{base}.{name.name}") for name in node.names)


def import_base(module: Module, node: ast.ImportFrom) -> str:
    """The dotted name before `import`, relative ones made whole."""
    if not node.level:
        return node.module or ""
    is_package = module.path.name == "__init__.py"
    steps_up = node.level - is_package
    parts = module.name.split(".")
    parents = parts[: len(parts) - steps_up]
    return ".".join([*parents, node.module] if node.module else parents)


def used_names(module: Module) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of each use of an imported name, with aliases resolved."""
    bound = bindings(module)
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute | ast.Name):
            first, *rest = dotted(node).split(".")
            if first in bound:
                yield node.lineno, ".".join([bound[first], *rest])


def bindings(module: Module) -> dict[str, str]:
    """Each local name that an import binds, with the dotted name it stands for."""
    bound: dict[str, str] = {}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                bound[name.asname or name.name.split(".")[0]] = (
                    name.name if name.asname else name.name.split(".")[0]
                )
        elif isinstance(node, ast.ImportFrom):
            base = import_base(module, node)
            bound.update({name.asname or name.name: f"{base}.{name.name}" for name in node.names})
    return bound


def dotted(node: ast.expr) -> str:
    """`a.b.c` of a chain of attributes; empty where it does not begin with a plain name."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


def functions(path: Path, text: str) -> Iterator[Function]:
    """Every function of a file, overloads left out."""
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if not any(dotted(mark).endswith("overload") for mark in node.decorator_list):
            yield Function(f"{path.name}:{node.lineno}", node.name, function_lines(node))


def function_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` to the end, without the docstring."""
    whole = (node.end_lineno or node.lineno) - node.lineno + 1
    if ast.get_docstring(node) is None:
        return whole
    docstring = node.body[0]
    return whole - ((docstring.end_lineno or docstring.lineno) - docstring.lineno + 1)


def house_files(*suffixes: str) -> Iterator[Path]:
    """Files of the repository that people write, sorted; all of them without suffixes."""
    top = [path for path in ROOT.iterdir() if path.is_file() and path.name != ".env"]
    below = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file()]
    for path in sorted(top + below):
        if is_written(path) and (not suffixes or path.suffix in suffixes):
            yield path


def is_written(path: Path) -> bool:
    """False for what tools generate beside the files that people write."""
    parts = path.relative_to(ROOT).parts
    return not any(part in GENERATED or part.endswith((".egg-info", "_cache")) for part in parts)


def subcommands(group: click.Group) -> dict[str, click.Command]:
    """The commands of a group by name, loaded."""
    context = click.Context(group)
    found = {name: group.get_command(context, name) for name in group.list_commands(context)}
    return {name: command for name, command in found.items() if command is not None}
