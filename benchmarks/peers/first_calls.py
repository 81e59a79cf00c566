"""What the first calls of a process cost, while numba is loaded and kernels are compiled or read.

Times here are CPU seconds of one call each; nothing is repeated, so they are rough.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from peers import inputs

from hippique.pricing.blend import fit_logit
from hippique.pricing.ordering.discounted import harville
from hippique.pricing.ordering.strengths import strengths
from hippique.pricing.win import win_chances_batch

KERNELS: dict[str, Callable[[], object]] = {
    "Shin": lambda: win_chances_batch(np.full((300, 8), 7.0), method="shin"),
    "power": lambda: win_chances_batch(np.full((300, 8), 7.0), method="power"),
    "orders": lambda: harville([0.4, 0.3, 0.2, 0.1]).all_ordered(2),
    "sets": lambda: harville([0.4, 0.3, 0.2, 0.1]).all_sets(2),
    "θ": lambda: strengths([0.5, 0.3, 0.2]),
    "logit": lambda: fit_logit(*inputs.logit_rows(200, 8, 2, correlated=False)),
}


def first_calls() -> dict[str, float]:
    """CPU seconds to load numba, then of the first call of each kernel."""
    taken, before = {}, time.process_time()
    import numba  # noqa: F401, PLC0415  its loading is what is measured

    taken["numba"] = time.process_time() - before
    for name, call in KERNELS.items():
        before = time.process_time()
        call()
        taken[name] = time.process_time() - before
    return taken
