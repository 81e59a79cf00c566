"""`hippique doctor`: what is wrong, why, how sure that is, and the safe fix."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from hippique.bootstrap.machine import ask_service, look_at_machine
from hippique.bootstrap.pairing import make_pairing
from hippique.bootstrap.wiring import LIVE, mode_of_archive
from hippique.cli.common import data_option, foreseeable, json_option, print_json
from hippique.cli.folders import opened, service_notice
from hippique.cli.instants import now_of
from hippique.cli.work import service_over
from hippique.day.care.evidence import Evidence, Frame, gather
from hippique.day.care.finding import Action, Finding, Runbook
from hippique.day.care.machine import ServiceState
from hippique.day.care.runbooks import diagnose
from hippique.day.race_day import race_day
from hippique.errors import HippiqueError, NotFound, SettingsError, StoreError
from hippique.ports import Archive, TaskState
from hippique.racing.codec import to_builtins
from hippique.runtime.clocks import WallClock
from hippique.runtime.disk_archive import DiskArchive
from hippique.settings import load_settings

_WORDS = {
    Action.SCHEDULE: "make the plan and queue what is missing",
    Action.RESUME: "resume the queue",
    Action.RETRY: "try the failed visits again at once",
}


class _Named(click.ParamType):  # type: ignore[type-arg]  # generic in newer versions of click only
    """A runbook by its name, with - or _."""

    name = "RUNBOOK"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Runbook:
        try:
            return Runbook(str(value).replace("-", "_"))
        except ValueError:
            return self.fail(f"{value!r} is none of {', '.join(Runbook)}", param, ctx)


@click.command(epilog="Example: hippique doctor tasks_not_executed --yes")
@click.argument("runbook", required=False, type=_Named())
@click.option("--yes", is_flag=True, help="Do the safe fixes without asking; never a purge.")
@data_option
@json_option
@foreseeable
def doctor(runbook: Runbook | None, data: Path | None, *, yes: bool, as_json: bool) -> None:
    """Look for every known incident, or for one RUNBOOK's; offer the safe fix of what is found.

    Reads the data folder, its machine and, where one runs, the service. Changes nothing without
    asking: safe fixes are to schedule, to resume the queue, to try again. Ends with 1 where
    something is still wrong.
    """
    found = diagnose(examine(data), runbook)
    done = [] if as_json and not yes else _mend(found, data, yes=yes)
    if done:
        found = diagnose(examine(data), runbook)
    if as_json:
        print_json({"ok": not found, "findings": to_builtins(found), "done": done})
    else:
        _tell(found)
    if found:
        raise SystemExit(1)


def examine(data: Path | None) -> Evidence:
    """The evidence of a data folder. Raises NotFound where there is none."""
    root, fault = _root(data)
    if not root.is_dir():
        raise NotFound(f"{root}: no such folder; give the data folder with --data")
    archive = DiskArchive(root / "archive")
    machine = look_at_machine(root, fault)
    service = _service(root)
    frame = Frame(
        now=(now := _now(root, archive, service)),
        day=race_day(now),
        is_live=_is_live(archive),
        machine=machine,
        service=service,
    )
    with ExitStack() as stack:
        try:
            queue = stack.enter_context(opened(root)).queue if fault is None else None
        except NotFound:
            queue = None
        except StoreError as error:
            return Evidence(
                now=frame.now, day=frame.day, is_live=frame.is_live, machine=machine,
                service=frame.service, store_fault=f"{type(error).__name__}: {error}",
            )  # fmt: skip
        return gather(archive, queue, frame)


def _root(data: Path | None) -> tuple[Path, str | None]:
    """The data folder, and what is wrong with the settings: the doctor works without them."""
    try:
        settings = load_settings(hippique_data=data)
    except SettingsError as error:
        named = data or Path(os.environ.get("HIPPIQUE_DATA") or "data")
        return named.resolve(), str(error)
    return (settings.hippique_data or Path("data")).resolve(), None


def _service(root: Path) -> ServiceState | None:
    try:
        notice = service_notice(root)
        return ask_service(notice.url, make_pairing(root).visit) if notice else None
    except StoreError:  # the folder may not be read: its own runbook tells
        return None


def _now(root: Path, archive: Archive, service: ServiceState | None) -> dt.datetime:
    """The service's own race time where it answers, else the folder's."""
    if service is not None and service.race_time is not None:
        return service.race_time
    try:
        return now_of(root, archive)
    except (StoreError, SettingsError):  # told as evidence by whoever reads it next
        return WallClock().now()


def _is_live(archive: Archive) -> bool:
    try:
        return mode_of_archive(archive) in {LIVE, None}
    except StoreError:
        return True


def _mend(found: Sequence[Finding], data: Path | None, *, yes: bool) -> list[str]:
    """Do what is safe and allowed; each thing once, in the order of the findings."""
    wanted = dict.fromkeys(action for finding in found for action in finding.actions)
    done = []
    for action in wanted:
        question = f"{_WORDS[action].capitalize()}?"
        if yes or (sys.stdin.isatty() and click.confirm(question, err=True)):
            done.append(f"{_WORDS[action]}: {_do(action, data)}")
    return done


def _do(action: Action, data: Path | None) -> str:
    does: Mapping[Action, Callable[[Path | None], str]] = {
        Action.SCHEDULE: _schedule,
        Action.RESUME: _resume,
        Action.RETRY: _retry,
    }
    try:
        return does[action](data)
    except (HippiqueError, OSError) as error:  # told; what else was found is still mended
        return f"failed ({type(error).__name__}: {error})"


def _schedule(data: Path | None) -> str:
    with service_over(data) as (service, _, _):
        planned = service.schedule(race_day(service.desk.now()))
    created = planned.scheduled.created if planned.scheduled else 0
    return f"{len(planned.plan.races)} races, {created} new tasks"


def _resume(data: Path | None) -> str:
    with opened(data) as folder:
        folder.queue.set_paused(paused=False)
    return "done"


def _retry(data: Path | None) -> str:
    with opened(data) as folder:
        waiting = [
            task
            for task in folder.queue.live()
            if task.state is TaskState.PENDING and task.last_error is not None
        ]
        for task in waiting:
            folder.queue.run_now(task.name)
    return f"{len(waiting)} tasks due at once"


def _tell(found: Sequence[Finding]) -> None:
    if not found:
        click.echo("nothing found")
    for finding in found:
        click.echo(f"{finding.runbook}  {finding.cause}  (sure to {finding.confidence:.0%})")
        for line in finding.evidence:
            click.echo(f"  - {line}")
        click.echo(f"  fix: {finding.fix}")
