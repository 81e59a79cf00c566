"""How far PMU's win odds move from a quote to the close: measured tenths of ln(final / shown).

Source: `benchmarks/closing_carry.py` on the development tables (2025-10-24 to 2026-06-30, all
countries). Each pool alone; races whose every starter has a quote of that age. Not a trained
model: it carries the quote forward, corrected by its band of odds. Bands made on the earlier part
and judged on the later one: the 80 % interval holds 78–81 %; ln-rmse at H-5 .390 (carried plainly
.407), at the reference .465 (.494) in the shops' pool and .564 (.592) in the internet pool.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Knot:
    """One band of odds shown. centre: its mean odds; low, median, high: tenths of ln(final/shown).

    paid: mean of final/shown over the quotes that are paid (each weighted by 1/final).
    """

    centre: float
    low: float
    median: float
    high: float
    paid: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Age:
    """The knots for quotes at least `from_min` minutes before the off; races and ln-rmse behind."""

    pool: str
    from_min: float
    races: int
    rmse: float
    knots: tuple[Knot, ...]


# E_SIMPLE_GAGNANT before the off is known at about H-30 only; its later quotes are given that
# same error, which is too wide rather than too narrow.
AGES = (
    Age(
        pool="SIMPLE_GAGNANT",
        from_min=45.0,
        races=2572,
        rmse=0.535,
        knots=(
            Knot(2.08, -0.234, 0.077, 0.474, 1.100),
            Knot(4.47, -0.452, -0.055, 0.444, 0.924),
            Knot(8.60, -0.518, 0.000, 0.588, 0.923),
            Knot(16.52, -0.435, 0.223, 0.869, 1.064),
            Knot(35.17, -0.262, 0.458, 0.962, 1.265),
            Knot(90.32, -0.635, 0.324, 0.729, 0.978),
        ),
    ),
    Age(
        pool="SIMPLE_GAGNANT",
        from_min=25.0,
        races=3053,
        rmse=0.484,
        knots=(
            Knot(2.05, -0.191, 0.109, 0.452, 1.125),
            Knot(4.45, -0.418, -0.035, 0.434, 0.944),
            Knot(8.59, -0.491, 0.000, 0.498, 0.919),
            Knot(16.67, -0.461, 0.154, 0.742, 1.015),
            Knot(35.70, -0.274, 0.379, 0.874, 1.212),
            Knot(92.03, -0.541, 0.271, 0.662, 1.001),
        ),
    ),
    Age(
        pool="SIMPLE_GAGNANT",
        from_min=12.0,
        races=1647,
        rmse=0.462,
        knots=(
            Knot(2.01, -0.174, 0.134, 0.482, 1.153),
            Knot(4.43, -0.396, 0.000, 0.428, 0.963),
            Knot(8.61, -0.490, 0.000, 0.435, 0.911),
            Knot(16.80, -0.497, 0.111, 0.639, 0.971),
            Knot(35.70, -0.354, 0.336, 0.799, 1.130),
            Knot(93.30, -0.778, 0.204, 0.621, 0.912),
        ),
    ),
    Age(
        pool="SIMPLE_GAGNANT",
        from_min=3.5,
        races=2130,
        rmse=0.402,
        knots=(
            Knot(2.07, -0.163, 0.105, 0.439, 1.123),
            Knot(4.45, -0.377, 0.000, 0.354, 0.960),
            Knot(8.54, -0.445, 0.000, 0.375, 0.929),
            Knot(16.77, -0.431, 0.105, 0.544, 0.984),
            Knot(36.05, -0.300, 0.294, 0.672, 1.131),
            Knot(86.56, -0.391, 0.314, 0.600, 1.094),
        ),
    ),
    Age(
        pool="SIMPLE_GAGNANT",
        from_min=0.0,
        races=768,
        rmse=0.294,
        knots=(
            Knot(2.17, -0.191, 0.000, 0.223, 1.008),
            Knot(4.41, -0.315, 0.000, 0.227, 0.965),
            Knot(8.43, -0.306, 0.023, 0.261, 0.970),
            Knot(16.81, -0.288, 0.095, 0.368, 1.022),
            Knot(36.84, -0.154, 0.244, 0.496, 1.173),
            Knot(85.72, 0.069, 0.305, 0.496, 1.257),
        ),
    ),
    Age(
        pool="E_SIMPLE_GAGNANT",
        from_min=0.0,
        races=3269,
        rmse=0.581,
        knots=(
            Knot(2.17, -0.262, 0.061, 0.636, 1.090),
            Knot(4.45, -0.478, 0.000, 0.680, 0.969),
            Knot(8.52, -0.545, 0.056, 0.788, 0.957),
            Knot(16.55, -0.553, 0.160, 0.916, 0.996),
            Knot(35.89, -0.550, 0.296, 0.969, 1.056),
            Knot(97.32, -0.679, 0.239, 0.827, 0.948),
        ),
    ),
)
