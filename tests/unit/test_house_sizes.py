"""Sizes of functions and modules, reasons beside every silenced check, and words that stay out."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from house import ROOT, Function, functions, house_files, modules

MOST_LINES = 50
USUAL_LINES = 25
LEAST_SHARE = 0.85
MODULE_LINES = 300
TEXT = (".py", ".md", ".toml", ".lock", ".sh", ".html", ".css", ".js", ".json", ".txt", ".yml", "")


def package_functions() -> list[Function]:
    return [found for module in modules() for found in functions(module.path, module.text)]


def test_no_function_is_longer_than_a_screen():
    everywhere = (functions(path, path.read_text("utf-8")) for path in house_files(".py"))
    long = [found for file in everywhere for found in file if found.lines > MOST_LINES]

    assert [f"{found.where} {found.name}: {found.lines}" for found in long] == []


def test_most_functions_fit_a_glance():
    sizes = [found.lines for found in package_functions()]
    share = sum(size <= USUAL_LINES for size in sizes) / len(sizes)

    assert share >= LEAST_SHARE


def test_no_module_outgrows_its_room():
    sizes = {module.name: module.text.count("\n") for module in modules()}

    assert {name: lines for name, lines in sizes.items() if lines > MODULE_LINES} == {}


def test_lines_of_a_function_leave_out_its_docstring(tmp_path):
    text = (
        'def f():\n    """One.\n\n    Two.\n    """\n    def g():\n        return 1\n    return g\n'
    )

    assert {found.name: found.lines for found in functions(tmp_path / "f.py", text)} == {
        "f": 4,
        "g": 2,
    }


# --- reasons --------------------------------------------------------------------------------

NOQA = re.compile(r"#\s*noqa(?P<codes>:\s*[A-Z]+\d+(\s*,\s*[A-Z]+\d+)*)?(?P<reason>.*)")
IGNORE = re.compile(r"#\s*type:\s*ignore(?P<codes>\[[\w, -]+\])?(?P<reason>.*)")


def comments(path: Path, text: str) -> Iterator[tuple[str, str]]:
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield f"{path.name}:{token.start[0]}", token.string


def unexplained(comment: str) -> bool:
    """True for a silenced check without its codes or without its reason on the same line."""
    found = NOQA.search(comment) or IGNORE.search(comment)
    if found is None:
        return False
    return not found["codes"] or not re.search(r"\w", found["reason"])


def test_every_silenced_check_says_why():
    found = [
        where
        for path in house_files(".py")
        for where, comment in comments(path, path.read_text("utf-8"))
        if unexplained(comment)
    ]

    assert found == []


@pytest.mark.parametrize(
    ("comment", "faulty"),
    [
        pytest.param("# noqa: S603  # our own command", False, id="second comment"),
        pytest.param("# noqa: S603, PLW1510  our own command", False, id="plain words, two codes"),
        pytest.param("# type: ignore[import]  # ships no hints", False, id="type with a reason"),
        pytest.param("# noqa: S603", True, id="no reason"),
        pytest.param("# noqa", True, id="bare"),
        pytest.param("# noqa  because so", True, id="no code"),
        pytest.param("# type: ignore", True, id="bare type"),
        pytest.param("# type: ignore[import]", True, id="type without a reason"),
        pytest.param("# a plain remark", False, id="no silenced check"),
    ],
)
def test_reason_is_told_from_its_absence(comment, faulty):
    assert unexplained(comment) is faulty


def test_every_rule_that_the_project_switches_off_says_why():
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    ruff = text[text.index("[tool.ruff.lint]") : text.index("[tool.ruff.lint.pydocstyle]")]
    rules = [line for line in ruff.splitlines() if re.search(r'"[A-Z]{1,4}\d*"', line)]
    silent = [line for line in rules if "#" not in line and "select" not in line]

    assert silent == []


# --- words that stay out --------------------------------------------------------------------

# Brackets keep these patterns from finding themselves.
STAY_OUT = {
    "a left-over marker": re.compile(r"\b(T[O]DO|F[I]XME|H[A]CK)\b|#\s*X[X]X\b"),
    "a package registry": re.compile(
        r"p[y]pi\.org|p[y]thonhosted|registry\.n[p]mjs|--(extra-)?i[n]dex-url|--f[i]nd-links "
    ),
    "a path of one machine": re.compile(r"(?<![\w.])/(w[o]rk|r[o]ot|U[s]ers)/|/h[o]me/\w"),
}


def test_no_word_that_should_stay_out_is_in_a_file():
    found = [
        f"{path.relative_to(ROOT)}:{number} has {what}"
        for path in house_files(*TEXT)
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1)
        for what, pattern in STAY_OUT.items()
        if pattern.search(line)
    ]

    assert found == []


@pytest.mark.parametrize(
    ("line", "what"),
    [
        pytest.param("# T" + "ODO later", "a left-over marker", id="marker"),
        pytest.param("--extra-i" + "ndex-url x", "a package registry", id="index"),
        pytest.param("see /w" + "ork/x", "a path of one machine", id="path"),
    ],
)
def test_planted_word_is_found(line, what):
    assert STAY_OUT[what].search(line)


def test_locks_pin_every_package_with_hashes():
    for lock in (*ROOT.glob("requirements*.lock"), ROOT / "benchmarks" / "requirements.lock"):
        blocks = re.split(r"\n(?=[a-z])", lock.read_text("utf-8"))
        pins = [block for block in blocks if not block.startswith("#")]

        assert pins
        assert [pin for pin in pins if "==" not in pin or "--hash=sha256:" not in pin] == []
