"""The bounds of the searches of this room, one place for both forms of every kernel."""

from __future__ import annotations

from hippique.pricing.checks import Bools, Floats

MOST_STEPS = 30
STEP_DONE = 1e-13  # a Newton step this small leaves an error of about its square
PAIR = 2  # a field of two has a closed form in Shin's method
COMPILED_FROM = 256  # rows; numba takes about a second to load, more than it saves on fewer

Solved = tuple[Floats, Floats, Bools]  # chances (rows, width), parameter (rows,), reached (rows,)
