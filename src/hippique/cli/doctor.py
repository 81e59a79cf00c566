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
from hippique.cli.folders import open_stores, opened, service_notice, settings_for
from hippique.cli.instants import now_of
from hippique.cli.work import service_over
from hippique.day.care.evidence import Evidence, Frame, gather, unreadable
from hippique.day.care.finding import Action, Finding, Runbook
from hippique.day.care.machine import Machine, ServiceState
from hippique.day.care.runbooks import diagnose
from hippique.day.race_day import race_day
from hippique.errors import HippiqueError, NotFound, SettingsError, StoreError
from hippique.ports import Archive, TaskState
from hippique.racing.codec import to_builtins
from hippique.runtime.clocks import WallClock
from hippique.runtime.disk_archive import DiskArchive
from hippique.settings import Settings, data_folder

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
    """The evidence of a data folder or a bucket. Raises NotFound where there is none."""
    settings, fault = _settings(data)
    if settings is not None and settings.gcs_bucket is not None:
        service = _deployed(settings)
        return _gathered(data, open_stores(data)[0], look_at_machine(None), service)
    root = _root(data, settings)
    if not root.is_dir():
        raise NotFound(f"{root}: no such folder; give the data folder with --data")
    machine, archive = look_at_machine(root, fault), DiskArchive(root / "archive")
    return _gathered(root, archive, machine, _service(root))


def _settings(data: Path | None) -> tuple[Settings | None, str | None]:
    """The settings, or what is wrong with them: the doctor works without them."""
    try:
        return settings_for(data), None
    except SettingsError as error:
        return None, str(error)


def _root(data: Path | None, settings: Settings | None) -> Path:
    if settings is not None:
        return data_folder(settings, os.environ)
    return (data or Path(os.environ.get("HIPPIQUE_DATA") or "data")).resolve()


def _gathered(
    data: Path | None, archive: Archive, machine: Machine, service: ServiceState | None
) -> Evidence:
    now = _now(data, archive, service)
    frame = Frame(
        now=now, day=race_day(now), is_live=_is_live(archive), machine=machine, service=service
    )
    with ExitStack() as stack:
        try:
            is_whole = machine.settings_fault is None
            queue = stack.enter_context(opened(data)).queue if is_whole else None
        except NotFound:
            queue = None
        except StoreError as error:
            return unreadable(frame, error)
        return gather(archive, queue, frame)


def _service(root: Path) -> ServiceState | None:
    try:
        notice = service_notice(root)
        return ask_service(notice.url, make_pairing(root).visit) if notice else None
    except StoreError:  # the folder may not be read: its own runbook tells
        return None


def _deployed(settings: Settings) -> ServiceState | None:
    """The service on Cloud Run, which asks its caller for a token: a refusal is an answer."""
    url = settings.service_url
    return ask_service(url.rstrip("/"), lambda: "") if url else None


def _now(data: Path | None, archive: Archive, service: ServiceState | None) -> dt.datetime:
    """The service's own race time where it answers, else the folder's."""
    if service is not None and service.race_time is not None:
        return service.race_time
    try:
        return now_of(data, archive)
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
