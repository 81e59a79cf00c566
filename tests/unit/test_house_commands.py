"""Every command has help with an example and an entry; every documented call is a real one."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from hippique.cli import main
from house import ROOT, subcommands

COMMANDS_PAGE = ROOT / "docs" / "reference" / "commands.md"
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
BASH_BLOCK = re.compile(r"^( *)```bash\n(.*?)^\1```", re.DOTALL | re.MULTILINE)


def leaves(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The words of every command that does something: ("queue", "stats")."""
    for name, command in sorted(subcommands(group).items()):
        if isinstance(command, click.Group):
            yield from leaves(command, (*path, name))
        elif not command.hidden:
            yield (*path, name)


COMMANDS = list(leaves(main))


def call_of(words: tuple[str, ...]) -> str:
    return " ".join(("hippique", *words))


@pytest.mark.parametrize("words", COMMANDS, ids=call_of)
def test_help_has_an_example_of_its_own_command(words):
    result = CliRunner().invoke(main, [*words, "--help"])

    assert result.exit_code == 0
    assert call_of(words) in " ".join(result.output.partition("Example")[2].split())


@pytest.mark.parametrize("words", COMMANDS, ids=call_of)
def test_page_has_an_entry_for_the_command(words):
    assert f"`{call_of(words)}`" in COMMANDS_PAGE.read_text("utf-8")


def test_page_lists_no_command_that_is_not_there():
    listed = re.findall(r"^\| `hippique ([\w -]+)`", COMMANDS_PAGE.read_text("utf-8"), re.MULTILINE)

    assert {tuple(words.split()) for words in listed} - set(COMMANDS) == set()


def documented_calls() -> list[tuple[str, str]]:
    """(page, call) of each line in a bash block that begins with `hippique`, settings before it."""
    return [
        (str(page.relative_to(ROOT)), line)
        for page in PAGES
        for _, block in BASH_BLOCK.findall(page.read_text("utf-8"))
        for line in map(str.strip, block.splitlines())
        if re.match(r"([A-Z_]+=\S+ )*hippique ", line)
    ]


@pytest.mark.parametrize(("page", "line"), documented_calls())
def test_documented_call_is_a_real_one(page, line):
    words = [word for word in shlex.split(line, comments=True) if "=" not in word.split("-")[0]]
    command, rest = find(main, words[1:])
    options = {name for parameter in command.params for name in parameter.opts}
    used = {word.partition("=")[0] for word in rest if word.startswith("--")}

    assert not isinstance(command, click.Group), f"{page}: {line}"
    assert used <= options | {"--help"}, f"{page}: {line}"


def find(command: click.Command, words: list[str]) -> tuple[click.Command, list[str]]:
    """The command that these words name, and the words left over."""
    while isinstance(command, click.Group) and words and words[0] in subcommands(command):
        command, words = subcommands(command)[words[0]], words[1:]
    return command, words


def test_pages_hold_calls_to_check():
    assert {Path(page).name for page, _ in documented_calls()} >= {"README.md", "commands.md"}
