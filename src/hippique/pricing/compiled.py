"""Numba where it is installed: each compiled kernel beside the plain numpy twin that it must equal.

Numba only makes things faster. It is loaded at the first call of a kernel, never at import, and
what it compiled is kept beside the package for the next start.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

_plainly: ContextVar[bool] = ContextVar("plainly", default=False)
_everywhere: ContextVar[bool] = ContextVar("everywhere", default=False)


class Kernel(Generic[P, R]):
    """A computation in two forms: plain numpy, and loops that numba compiles.

    plain: the reference; works everywhere. load: imports and returns the compiled form (it is a
    function so that nothing of numba is imported before the first call). Both take and return the
    same and agree to 1e-12.
    """

    def __init__(self, plain: Callable[P, R], load: Callable[[], Callable[P, R]]) -> None:
        self.plain = plain
        self._load = load
        self._loaded: Callable[P, R] | None = None

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """The compiled form where numba is there, else the plain one."""
        if _plainly.get() or not has_numba():
            return self.plain(*args, **kwargs)
        return self.compiled(*args, **kwargs)

    @property
    def compiled(self) -> Callable[P, R]:
        """The compiled form. Raises ImportError where numba is not installed."""
        if self._loaded is None:
            self._loaded = self._load()
        return self._loaded


@cache
def has_numba() -> bool:
    """Whether numba is installed."""
    try:
        return importlib.util.find_spec("numba") is not None
    except ValueError:  # blocked on purpose: sys.modules["numba"] is None
        return False


@contextmanager
def plain_numpy() -> Iterator[None]:
    """Within it every kernel runs its plain form: for comparisons, and to rule numba out."""
    token = _plainly.set(True)
    try:
        yield
    finally:
        _plainly.reset(token)


def repaid(kernel: Kernel[P, R], *, is_heavy: bool = False) -> Callable[P, R]:
    """The kernel for heavy work, else its plain form.

    One field takes a millisecond or two in numpy, and a day that prices no more than that must not
    wait half a second for numba. The choice hangs on the work alone, never on what ran before:
    the two forms differ in the last digits, and the same inputs must give the same bytes.
    """
    return kernel if is_heavy or _everywhere.get() else kernel.plain


@contextmanager
def compiled_everywhere() -> Iterator[None]:
    """Within it small work is compiled too: for who prices many single fields one by one."""
    token = _everywhere.set(True)
    try:
        yield
    finally:
        _everywhere.reset(token)
