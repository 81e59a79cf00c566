"""How every kernel of this folder is compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., object])


def jit(function: F) -> F:
    """Compile once and keep the machine code; IEEE rules, so that the plain twin gives the same."""
    compile_it = numba.njit(cache=True, nogil=True, error_model="numpy", fastmath=False)
    return cast("F", compile_it(function))
