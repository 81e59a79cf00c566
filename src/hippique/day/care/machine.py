"""What the machine says of itself and of the service on it: values that bootstrap fills."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """The machine under the data folder.

    free_bytes, free_files: room on its disk, None where it has none of its own (a bucket).
    forbidden: paths that this user may not read or write, each with whose it is. missing: modules,
    libraries and policy files that the program lacks. settings_fault: why the service would not
    start. code: version of this program.
    """

    free_bytes: int | None = None
    free_files: int | None = None
    forbidden: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    settings_fault: str | None = None
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCheck:
    """One line of /readyz."""

    ok: bool
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceState:
    """The service that last said it runs on the folder. status: of /readyz; None: no answer.

    error: why there was no answer. checks: by name, empty where the answer had none. race_time: by
    its clock.
    """

    url: str
    status: int | None = None
    error: str | None = None
    checks: Mapping[str, ServiceCheck] = field(default_factory=dict)
    race_time: dt.datetime | None = None

    @property
    def answers(self) -> bool:
        """Whether anybody answers there; a refusal is an answer."""
        return self.status is not None

    def failing(self, name: str) -> str | None:
        """The words of a check that failed, None where it is well or unknown."""
        check = self.checks.get(name)
        return check.detail if check is not None and not check.ok else None
