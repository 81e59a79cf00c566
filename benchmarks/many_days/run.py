"""Many simulated days in this process: what each account returned, and what each gate refused.

Run as `make bench-days`, or `make bench-days ARGS="--days 20 --races 12 --estimator truth"`. Days
begin with an empty archive each. Every figure is of the simulated racecourse and of nothing else.
"""

from __future__ import annotations

import argparse
import datetime as dt
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from hippique.betting.policy_file import packaged_policy
from hippique.betting.slip import Decision, RaceReading
from hippique.bootstrap.driven import Draw, Show, default_date, drive_day, simulated_drive
from hippique.bootstrap.replaying import NoReports, SilentJournal
from hippique.cli.policy_text import lint_lines
from hippique.day.race_day import latest_plan
from hippique.day.status import Totals, day_status
from hippique.errors import ArgumentOutOfRange
from hippique.lab.decided_races import decisions_by
from hippique.lab.policy_lint import judged_races
from hippique.pricing.scoring import returns
from hippique.settings import load_settings

Money = tuple[int, int, int]  # slips, cents staked, cents returned


@dataclass(frozen=True)
class Played:
    """One day: seconds it took, each account's money, and the decisions without their readings."""

    seed: int
    wall_s: float
    races: int
    failed: int
    money: dict[str, Money]
    decisions: tuple[Decision, ...]


def main(arguments: list[str]) -> int:
    """Play the days and print both tables."""
    asked = _asked(arguments)
    play = partial(play_day, policy=asked.policy, estimator=asked.estimator, races=asked.races)
    seeds = range(asked.first, asked.first + asked.days)
    days = list(_played(play, list(seeds), asked.workers))
    print(
        f"{asked.days} simulated days, seeds {seeds[0]} to {seeds[-1]}, chances: {asked.estimator}"
    )
    print(_seconds(days))
    for account in sorted({name for day in days for name in day.money}):
        print(_account_line(account, days))
    policy = packaged_policy(asked.policy)
    judged = judged_races(policy, [made for day in days for made in day.decisions])
    print(*lint_lines(policy, (), judged), sep="\n")
    return 0


def _asked(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--days", type=int, default=200)
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--races", type=int, help="races a day; 30 to 50 by the seed without it")
    parser.add_argument("--policy", default="gpi-5.1")
    parser.add_argument("--estimator", default="market")
    parser.add_argument("--workers", type=int, default=2)
    return parser.parse_args(arguments)


def _played(play: Callable[[int], Played], seeds: list[int], workers: int) -> Iterator[Played]:
    with ProcessPoolExecutor(workers) as pool:
        for number, day in enumerate(pool.map(play, seeds), 1):
            print(f"\r{number} of {len(seeds)}", end="", file=sys.stderr, flush=True)
            yield day
    print(file=sys.stderr)


def play_day(seed: int, *, policy: str, estimator: str, races: int | None) -> Played:
    """One day in a folder of its own, which is removed."""
    settings = load_settings(policy=policy, estimator=estimator)
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="hippique-days-") as folder:
        show = Show(data=Path(folder) / "day", journal=_silent, pause=_no_pause)
        draw = Draw(day=default_date(seed), seed=seed, races=races)
        drive = simulated_drive(settings, draw, show)
        drive.service.desk = replace(drive.service.desk, reports=NoReports())
        drive_day(drive)
        wall_s = time.perf_counter() - begun
        archive = drive.folder.archive
        plan = latest_plan(archive, drive.day)
        assert plan is not None, "no plan was made"  # noqa: S101  a simulated day has one
        totals = day_status(archive, plan, drive.clock.now()).totals
        decisions = tuple(
            replace(made, reading=RaceReading()) for made in decisions_by(archive, policy)
        )
        drive.folder.close()
    return Played(seed, wall_s, totals.races, totals.failed, _money(totals), decisions)


def _silent(now: Callable[[], dt.datetime]) -> SilentJournal:
    del now
    return SilentJournal()


def _no_pause(instant: dt.datetime) -> None:
    del instant


def _money(totals: Totals) -> dict[str, Money]:
    settled = totals.slips - totals.withdrawn.slips
    papers = {"study": totals.study, **{f"shadow:{k}": v for k, v in totals.shadows.items()}}
    return {
        "issued": (settled, totals.staked_cents, totals.returned_cents),
        **{k: (t.slips, t.staked_cents, t.returned_cents) for k, t in papers.items()},
    }


def _seconds(days: list[Played]) -> str:
    walls = sorted(day.wall_s for day in days)
    races = sum(day.races for day in days)
    failed = sum(day.failed for day in days)
    return (
        f"{races} races, {failed} failed; seconds a day: median {statistics.median(walls):.1f}, "
        f"longest {walls[-1]:.1f}; a race {sum(walls) / races:.2f}"
    )


def _account_line(account: str, days: list[Played]) -> str:
    """An account's return over all days, with its 95 % interval; a day is one block."""
    rows = [day.money.get(account, (0, 0, 0)) for day in days]
    slips = sum(row[0] for row in rows)
    staked, paid = ([row[n] / 100 for row in rows if row[1]] for n in (1, 2))
    if not staked:
        return f"  {account:20} no slips: nothing staked"
    told = f"  {account:20} {slips} slips, {sum(staked):.2f} € staked, {sum(paid):.2f} € returned"
    try:
        found = returns(staked, paid)
    except ArgumentOutOfRange as error:
        return f"{told}; no return ({error})"
    interval = "unknown" if found.low is None else f"{found.low:+.1%}, {found.high:+.1%}"
    doubt = "" if found.conclusive else ", not conclusive"
    return f"{told}, ROI {found.roi:+.1%} [{interval}] by days{doubt}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
