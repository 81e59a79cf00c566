"""The guide's four lines of Monday morning."""

from __future__ import annotations

from hippique.day.care.finding import some
from hippique.day.care.thresholds import LEAST_FREE_BYTES, LEAST_SUCCESS, MOST_LATENCY_S
from hippique.day.care.upkeep import Upkeep
from hippique.day.care.verdict import Verdict, bad, well

RESERVE_DAYS = 30
"""The disk must hold as many more days like those that are stored."""


def week_errors(u: Upkeep) -> Verdict:
    """Bad where a visit was lost; an attempt that came good later is only told."""
    top = some(f"{g.count} × {g.error} {g.source or g.kind}: {g.example}" for g in u.errors)
    count = sum(group.count for group in u.errors)
    if u.figures.lost:
        fix = "look at each with `hippique errors --hours 168`, then `hippique doctor`"
        return bad(f"{u.figures.lost} visits lost, {count} errors in all", fix, *top)
    return well(f"{count} errors, no visit lost", *top)


def performance(u: Upkeep) -> Verdict:
    """Success rate and the guide's 30 s."""
    rate, times = u.figures.success_rate, u.figures.run_times
    if rate is None:
        return well("no analysis in the window")
    told = f"{rate:.1%} of {u.figures.done + u.figures.failed_attempts} analyses succeeded"
    took = f"p95 {times.p95_s:.1f} s, mean {times.mean_s:.1f} s" if times else "time not measured"
    if rate < LEAST_SUCCESS:
        return bad(f"{told}, {LEAST_SUCCESS:.0%} is the least", "`hippique errors`", took)
    if times is not None and times.p95_s > MOST_LATENCY_S:
        fix = "look which site is slow (`hippique check sources`), give the service more CPU"
        return bad(f"{took}: {MOST_LATENCY_S} s is the most", fix, told)
    return well(f"{told}; {took}", f"{u.figures.races_a_day:.1f} races a day")


def disk_space(u: Upkeep) -> Verdict:
    """Room for thirty more days like those that are stored."""
    free = u.machine.free_bytes
    if free is None or u.stored is None:
        return well("the archive lies in a bucket")
    a_day = u.stored / max(1, _days(u))
    needed = LEAST_FREE_BYTES + RESERVE_DAYS * a_day
    told = f"{_mib(free)} free, {_mib(u.stored)} stored, {_mib(a_day)} a day"
    if free < needed:
        fix = "`hippique prune --keep-days 90`, or a larger disk"
        return bad(f"{told}: {_mib(needed)} are needed for {RESERVE_DAYS} more days", fix)
    return well(told)


def _days(u: Upkeep) -> int:
    return (u.now.date() - u.first_day).days + 1 if u.first_day else 1


def _mib(size: float) -> str:
    return f"{size / 2**20:,.0f} MiB"


def schedule(u: Upkeep) -> Verdict:
    """The newest plan made again from its stored pages, by the readers of now; no site is asked."""
    made = u.replanned
    if made is None:
        return bad("no whole plan with its pages to try", "`hippique check sources`, then "
                   "`hippique plan today`, at an hour when the sites may be read")  # fmt: skip
    if made.faults:
        fix = "compare with the kept pages (`hippique parse`), then roll back or mend the reader"
        return bad("the stored pages give another plan now", fix, made.address, *some(made.faults))
    return well(f"{made.races} races again, as then", made.address)
