"""The guide's five lines of every month."""

from __future__ import annotations

import datetime as dt

from hippique.day.care.finding import some
from hippique.day.care.upkeep import Upkeep
from hippique.day.care.verdict import Verdict, bad, well

LARGEST_IMAGE = 800 << 20
"""Bytes of installed packages; the service needs half of it."""
OLDEST_LIBRARIES = dt.timedelta(days=92)
MONTH = dt.timedelta(days=31)


def costs(u: Upkeep) -> Verdict:
    """What the month used; the bill itself is a person's to read, for no call of ours sees it."""
    runs = u.figures.done + u.figures.failed_attempts
    times = u.figures.run_times
    used = f"{runs} analyses on {u.figures.days} days"
    took = f"{runs * times.mean_s / 3600:.1f} h of analysis" if times else "run time not measured"
    if not u.is_cloud:
        return well(f"one machine, nothing is billed: {used}", took)
    return well(f"{used}, {took}; compare with the bill", *([u.billing] if u.billing else []))


def images(u: Upkeep) -> Verdict:
    """Size of what is installed, and tools that a service has no use for."""
    told = f"{u.install.size / 2**20:,.0f} MiB in {u.install.packages} packages"
    if u.install.is_image and u.install.tools:
        return bad(f"the image holds developers' tools, {told}", "build it from "
                   "requirements-cloud.lock alone", *some(u.install.tools))  # fmt: skip
    if u.install.is_image and u.install.size > LARGEST_IMAGE:
        return bad(told, f"leave out what the service does not load; {LARGEST_IMAGE >> 20} MiB "
                   "are the most")  # fmt: skip
    return well(told if u.install.is_image else f"no image here: {told}")


def dependencies(u: Upkeep) -> Verdict:
    """Every required part there, and the newest library not older than a quarter."""
    if u.install.unmet:
        return bad("parts are missing", "`make setup`", *some(u.install.unmet))
    if u.install.updated_at is None:
        return well("nobody can say when libraries were put in")
    age = u.wall - u.install.updated_at
    if age > OLDEST_LIBRARIES:
        fix = "`make lock UPGRADE=1`, `make test`, then deploy"
        return bad(f"libraries were last updated {age.days} days ago", fix)
    return well(f"every part is there, libraries were put in {age.days} days ago")


def backup(u: Upkeep) -> Verdict:
    """A backup of the last month that is still there, whole."""
    if not u.is_live:
        return well("simulated or recorded days: drawn again from their seed or tables")
    if u.lost_backup is not None:
        return bad(u.lost_backup, "`hippique backup`")
    newest = u.care.backups[-1] if u.care.backups else None
    if newest is None:
        return _due(u, "no backup yet", "`hippique backup FILE`, to another disk")
    age = u.wall - newest.made_at
    told = f"{newest.members} files, {age.days} days ago, {newest.file}"
    secrets = "secrets: named with their readers in secrets.json, without values"
    return well(told, secrets) if age <= MONTH else bad(told, "`hippique backup`")


def recovery(u: Upkeep) -> Verdict:
    """A recovery rehearsed in the last month, without a difference."""
    if not u.is_live:
        return well("simulated or recorded days: nothing to recover")
    newest = u.care.drills[-1] if u.care.drills else None
    if newest is None:
        return _due(u, "never rehearsed", "`hippique restore FILE --drill`")
    age = u.wall - newest.at
    told = f"{newest.restored} artefacts restored {age.days} days ago"
    if not newest.ok:
        differing = some((*newest.differing, *newest.touched))
        return bad(f"{told}, not as they were", "`hippique verify`; back up again", *differing)
    return well(told) if age <= MONTH else bad(told, "`hippique restore FILE --drill`")


def _due(u: Upkeep, told: str, fix: str) -> Verdict:
    """A folder younger than a month has time until its first one."""
    if u.first_day is None or u.now.date() - u.first_day < MONTH:
        return well(f"{told}; due a month after the first day", fix)
    return bad(told, fix)
