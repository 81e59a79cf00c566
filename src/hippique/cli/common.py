"""What every command shares: one line for a failure, one JSON document for machines."""

from __future__ import annotations

import functools
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from hippique.errors import HippiqueError, InputError
from hippique.racing.codec import to_builtins

F = TypeVar("F", bound=Callable[..., Any])

data_option = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    help="Data folder; default HIPPIQUE_DATA, else ./data.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")


def foreseeable(command: F) -> F:
    """Turn every foreseeable error into exit 1 with one line (or one JSON document)."""

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except HippiqueError as error:
            fail(error, as_json=bool(kwargs.get("as_json")))
        except BrokenPipeError:  # `hippique show | head`: the reader had enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(0)
        except OSError as error:  # a folder without rights, a full disk, a path through a file
            fail(_refused(error), as_json=bool(kwargs.get("as_json")))

    return run  # type: ignore[return-value]  # wraps keeps the signature


def _refused(error: OSError) -> InputError:
    where = error.filename or "the system"
    return InputError(f"{where}: {error.strerror or error}; check the path and its rights")


def fail(error: Exception, *, as_json: bool) -> None:
    """Say what failed and end with 1."""
    if as_json:
        told: dict[str, Any] = {"code": type(error).__name__, "message": str(error)}
        if isinstance(error, InputError) and error.field:
            told["field"] = error.field
        click.echo(json.dumps({"ok": False, "error": told}, ensure_ascii=False))
    else:
        click.echo(f"hippique: {' '.join(str(error).split())}", err=True)
    sys.exit(1)


def print_json(value: Any) -> None:
    """One JSON document."""
    document = to_builtins(value)
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))
