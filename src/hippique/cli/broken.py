"""What a command does when a part of the program is missing: say which, in one line or document."""

from __future__ import annotations

import json
from collections.abc import Callable

import click

from hippique.bootstrap.parts import missing_parts

_FIX = "install again (`make setup`), build the image again, or roll back to the version before"


def broken(name: str, error: ModuleNotFoundError) -> click.Command:
    """A command of this name that ends with 1; `doctor` names every missing part."""
    told = _doctor(error) if name == "doctor" else _refuse(error)
    return click.Command(
        name, callback=told, params=[click.Option(["--json", "as_json"], is_flag=True)],
        context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
        help="This command lacks a part of the program.",
    )  # fmt: skip


def _refuse(error: ModuleNotFoundError) -> Callable[..., None]:
    message = f"the program is not whole: {error}; {_FIX}"

    def refuse(*, as_json: bool) -> None:
        if as_json:
            failure = {"code": type(error).__name__, "message": message}
            click.echo(json.dumps({"ok": False, "error": failure}, ensure_ascii=False))
        else:
            click.echo(f"hippique: {message}", err=True)
        raise SystemExit(1)

    return refuse


def _doctor(error: ModuleNotFoundError) -> Callable[..., None]:
    def doctor(*, as_json: bool) -> None:
        missing = list(missing_parts()) or [str(error)]
        finding = {
            "runbook": "module_missing",
            "cause": f"the program is not whole: {', '.join(missing[:3])}",
            "confidence": 0.95,
            "evidence": [*(f"missing: {part}" for part in missing), str(error)],
            "fix": _FIX,
            "actions": [],
        }
        if as_json:
            click.echo(json.dumps({"ok": False, "findings": [finding]}, ensure_ascii=False))
        else:
            click.echo(f"module_missing  {finding['cause']}")
            click.echo(f"  fix: {_FIX}")
        raise SystemExit(1)

    return doctor
