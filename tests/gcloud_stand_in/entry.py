"""A stand-in for gcloud that keeps state, knows who may do what, and fails when it is told to.

GCLOUD_STATE     the state, a JSON file
GCLOUD_JOURNAL   one JSON line for each call: its words, whether it changes anything, how it ended
GCLOUD_FAIL      `before N` or `after N`: the N-th change that would go well in this journal fails,
                 before it is made or after (the answer was lost); `on WORDS`: every call that
                 begins with these words
"""

from __future__ import annotations

import json
import os
import sys

import iam
from commands import COMMANDS, OWN_POLICY, WIDE, Command
from world import RefusedError, is_unseen, load, save

TYPE_CHECKING = False
if TYPE_CHECKING:  # not imported when it runs: a deployment calls this a hundred times
    from typing import Any

    from world import State

    Flags = dict[str, str]


def main(words: list[str]) -> int:
    """Do one call. Returns gcloud's exit code."""
    name = next((n for n in COMMANDS if words[: len(n.split())] == n.split()), "")
    state = load()
    try:
        command = _known(name, words)
        names, flags = _parsed(words[len(name.split()) :], command)
        answer = _done(state, name, command, names, flags)
    except RefusedError as error:
        sys.stderr.write(f"ERROR: (gcloud.{name.replace(' ', '.')}) {error}\n")
        _note(words, name, error.code)
        save(state)
        return error.code
    _note(words, name, 0)
    save(state)
    _print(answer, flags.get("--format", ""))
    return 0


def _known(name: str, words: list[str]) -> Command:
    if not name:
        raise RefusedError(f"Invalid choice: {' '.join(words[:4])!r}", 2)
    return COMMANDS[name]


def _parsed(words: list[str], command: Command) -> tuple[list[str], Flags]:
    known = {*command.flags.split(), *WIDE}
    flags = {word.partition("=")[0]: word.partition("=")[2] for word in words if word[:2] == "--"}
    names = [word for word in words if word[:2] != "--"]
    if set(flags) - known:
        raise RefusedError(f"unrecognized arguments: {' '.join(sorted(set(flags) - known))}", 2)
    if command.positionals not in (-1, len(names)):
        raise RefusedError(f"expected {command.positionals} arguments, got {names}", 2)
    return names, flags


def _done(state: State, name: str, command: Command, names: list[str], flags: Flags) -> Any:
    mode, _, what = os.environ.get("GCLOUD_FAIL", "").partition(" ")
    is_turn = command.changes and mode in {"before", "after"} and _changes_so_far() + 1 == int(what)
    if (mode == "before" and is_turn) or (mode == "on" and name.startswith(what)):
        raise RefusedError("UNAVAILABLE: told to fail")
    if command.api and (command.api not in state["apis"] or is_unseen(state, f"api:{command.api}")):
        raise RefusedError(f"PERMISSION_DENIED: SERVICE_DISABLED: {command.api} has not been used")
    kind = next((kind for group, kind in OWN_POLICY.items() if name.startswith(group)), "")
    if command.needs:
        iam.need(state, command.needs, *([f"{kind}:{names[0]}"] if kind and names else []))
    answer = command.act(state, names, flags)
    if mode == "after" and is_turn:
        raise RefusedError("UNAVAILABLE: the answer was lost")
    return answer


def _changes_so_far() -> int:
    try:
        with open(os.environ["GCLOUD_JOURNAL"], encoding="utf-8") as file:  # noqa: PTH123  starts faster
            calls = [json.loads(line) for line in file]
            return sum(call["changes"] and call["code"] == 0 for call in calls)
    except FileNotFoundError:
        return 0


def _note(words: list[str], name: str, code: int) -> None:
    is_change = bool(name) and COMMANDS[name].changes
    line = {"words": words, "name": name, "changes": is_change, "code": code}
    with open(os.environ["GCLOUD_JOURNAL"], "a", encoding="utf-8") as file:  # noqa: PTH123  as above
        file.write(json.dumps(line) + "\n")


def _print(answer: Any, form: str) -> None:
    if form == "none" or answer is None:
        return
    sys.stdout.write(json.dumps(answer) if form == "json" else answer)
