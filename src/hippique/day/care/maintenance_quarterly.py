"""The guide's four lines of every quarter."""

from __future__ import annotations

from collections import Counter

from hippique.day.care.finding import some
from hippique.day.care.upkeep import Upkeep
from hippique.day.care.verdict import Verdict, bad, well
from hippique.day.watch.model import Level

NEAR_TIMEOUT = 0.8
"""Share of TIMEOUT_SECONDS from which the longest analysis is too near to it."""
MOST_A_DAY = 1.0
"""Alerts of one rule a day, above which its threshold is asked about."""


def access(u: Upkeep) -> Verdict:
    """Who may call, operate and read; what others could read or write."""
    who = (
        f"callers: {', '.join(u.access.callers) or 'nobody'}",
        f"operators: {', '.join(u.access.operators) or 'nobody'}",
        f"readers: {', '.join(u.access.readers) or 'nobody'}",
    )
    if u.access.exposed:
        fix = "`chmod o-rwx` what is named; change a secret that others could read"
        return bad("others may get at it", fix, *u.access.exposed)
    if u.access.is_open and u.access.reach is not None:
        fix = "REQUIRE_AUTH=true, or bind 127.0.0.1"
        return bad(f"nobody is checked, and {u.access.reach} can be reached", fix)
    if u.access.is_open:
        return well("one machine, loopback only: nobody is checked")
    return well("every caller is checked", *who)


def alerts(u: Upkeep) -> Verdict:
    """What rang in the quarter, by rule; a rule that rings daily, and a bell that nobody hears."""
    counted = Counter(incident.rule for incident in u.alerts)
    lines = [f"{rule}: {count}" for rule, count in counted.most_common()]
    numbers = ", ".join(f"{name}={value:g}" for name, value in u.thresholds.items())
    unheard = [
        f"{one.id}: {one.en}"
        for one in u.alerts
        if one.level is Level.CRITICAL and one.acknowledged_at is None and one.recovered_at is None
    ]
    if unheard:
        fix = "`hippique alerts list`, and take each over or mend it"
        return bad("critical alerts that nobody took over", fix, *some(unheard))
    if u.is_live and not u.has_alert_channel:
        return bad("alerts reach the log alone", "set ALERT_URLS", *lines)
    rung = Counter(one.rule for one in u.alerts if one.level is not Level.INFO)
    noisy = [rule for rule, n in rung.items() if n > MOST_A_DAY * max(1, u.figures.days)]
    if noisy:
        fix = "mend the cause, or change the number in ALERT_THRESHOLDS"
        return bad(f"more than one a day: {', '.join(noisy)}", fix, *lines)
    return well(
        f"{len(u.alerts)} alerts in {u.figures.days} days", *lines, f"thresholds: {numbers}"
    )


def timeouts(u: Upkeep) -> Verdict:
    """The longest analysis against TIMEOUT_SECONDS."""
    times = u.figures.run_times
    if times is None:
        return well("run times were not measured", f"TIMEOUT_SECONDS={u.timeout_s:g}")
    told = (
        f"longest {times.most_s:.1f} s, p95 {times.p95_s:.1f} s of {times.runs} analyses; "
        f"TIMEOUT_SECONDS={u.timeout_s:g}"
    )
    if times.most_s > NEAR_TIMEOUT * u.timeout_s:
        return bad(told, "raise TIMEOUT_SECONDS (235 at most), or find what is slow")
    return well(told)


def documentation(u: Upkeep) -> Verdict:
    """The pages that lie beside the program, against its commands and settings."""
    if u.install.docs is None:
        return well("the pages do not lie here; they are those of the release")
    if u.install.docs:
        return bad("pages lack what the program has", "write it", *some(u.install.docs))
    return well("every command and setting has its entry")
