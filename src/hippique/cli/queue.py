"""`hippique queue`: operate the queue, beside a running service or alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from hippique.cli.common import data_option, foreseeable, json_option, print_json
from hippique.cli.folders import opened
from hippique.day.tasks import local_text
from hippique.errors import NotFound
from hippique.ports import Task, TaskState
from hippique.racing.codec import from_json, to_builtins


@click.group(epilog="Example: hippique queue stats")
def queue() -> None:
    """Look at the task queue and operate it."""


@queue.command(epilog="Example: hippique queue stats --json")
@data_option
@json_option
@foreseeable
def stats(data: Path | None, *, as_json: bool) -> None:
    """Count the tasks: pending, overdue, leased, done, cancelled, failed.

    On Cloud Tasks what has ended is not counted: null, or "unknown".
    """
    with opened(data) as folder:
        counts = to_builtins(folder.queue.stats())
    if as_json:
        print_json(counts)
        return
    for name, value in counts.items():
        click.echo(f"{name:22} {_told(name, value)}")


def _told(name: str, value: object) -> object:
    """None is an empty queue's oldest task; elsewhere it is what the backend cannot tell."""
    return "unknown" if value is None and name != "oldest_due" else value


@queue.command("list", epilog="Example: hippique queue list --state pending --limit 20")
@click.option("--state", type=click.Choice([state.value for state in TaskState]))
@click.option("--after", default="", help="Name of the last task of the page before.")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True)
@data_option
@json_option
@foreseeable
def list_tasks(
    state: str | None, after: str, limit: int, data: Path | None, *, as_json: bool
) -> None:
    """List tasks by name, a page at a time."""
    with opened(data) as folder:
        tasks = folder.queue.tasks(
            state=TaskState(state) if state else None, after=after, limit=limit
        )
    if as_json:
        print_json({"tasks": [_document(task) for task in tasks]})
        return
    for task in tasks:
        click.echo(f"{local_text(task.due)}  {task.state:9}  {task.attempts:3}  {task.name}")


@queue.command(epilog="Example: hippique queue describe run-20260607-r1c1-h30-0a1b2c3d")
@click.argument("name")
@data_option
@json_option
@foreseeable
def describe(name: str, data: Path | None, *, as_json: bool) -> None:
    """Show one task with its payload and last error."""
    with opened(data) as folder:
        document = _document(folder.queue.describe(_short(name)))
    _tell(document, as_json=as_json)


@queue.command("run", epilog="Example: hippique queue run run-20260607-r1c1-h30-0a1b2c3d")
@click.argument("name")
@data_option
@json_option
@foreseeable
def run_task(name: str, data: Path | None, *, as_json: bool) -> None:
    """Make a pending task due at once."""
    with opened(data, on_time=True) as folder:
        document = _document(folder.queue.run_now(_short(name)))
    _tell(document, as_json=as_json)


@queue.command(epilog="Example: hippique queue cancel run-20260607-r1c1-h30-0a1b2c3d")
@click.argument("name")
@data_option
@json_option
@foreseeable
def cancel(name: str, data: Path | None, *, as_json: bool) -> None:
    """Cancel one pending task."""
    with opened(data) as folder:
        if not folder.queue.cancel(_short(name)):
            raise NotFound(f"no pending task {name}; see `hippique queue list`")
    _tell({"ok": True, "cancelled": _short(name)}, as_json=as_json)


@queue.command(epilog="Example: hippique queue pause")
@data_option
@json_option
@foreseeable
def pause(data: Path | None, *, as_json: bool) -> None:
    """Stop dispatching; tasks can still be created."""
    _set_paused(data, paused=True, as_json=as_json)


@queue.command(epilog="Example: hippique queue resume")
@data_option
@json_option
@foreseeable
def resume(data: Path | None, *, as_json: bool) -> None:
    """Dispatch again after a pause; what is overdue starts at once."""
    _set_paused(data, paused=False, as_json=as_json)


def _set_paused(data: Path | None, *, paused: bool, as_json: bool) -> None:
    with opened(data) as folder:
        folder.queue.set_paused(paused=paused)
    _tell({"ok": True, "paused": paused}, as_json=as_json)


@queue.command(epilog="Example: hippique queue purge --yes")
@click.option("--yes", is_flag=True, help="Do it without asking.")
@data_option
@json_option
@foreseeable
def purge(data: Path | None, *, yes: bool, as_json: bool) -> None:
    """Drop ALL pending tasks and start a new generation; `hippique schedule` queues them again."""
    with opened(data) as folder:
        pending = folder.queue.stats().pending
        if not yes:
            click.confirm(f"Drop {pending} pending tasks?", abort=True, err=True)
        dropped = folder.queue.purge()
        generation = folder.queue.generation()
    _tell({"ok": True, "dropped": dropped, "generation": generation}, as_json=as_json)


def _short(name: str) -> str:
    """The task's own name out of a full one (`projects/…/tasks/NAME`)."""
    return name.rpartition("/")[2]


def _document(task: Task) -> dict[str, Any]:
    document: dict[str, Any] = to_builtins(task)
    return {**document, "payload": from_json(dict, task.payload)}


def _tell(document: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(document)
        return
    for name, value in document.items():
        click.echo(f"{name:14} {value}")
