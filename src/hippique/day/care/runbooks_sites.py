"""Runbooks of what the sites give: mass failure, pages that cannot be read, robots.txt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from hippique.day.care.evidence import Evidence
from hippique.day.care.finding import LIKELY, POSSIBLE, SURE, Action, Finding, Runbook, some
from hippique.day.care.thresholds import (
    MASS_FAILURE,
    MASS_FAILURE_LEAST,
    MASS_FAILURE_WINDOW,
    RECENT,
)
from hippique.day.care.troubles import Kind, Trouble

_CAUSES = {
    "SourceDown": "the sites do not answer",
    "SourceRefused": "the sites refuse us",
    "PageChanged": "the pages cannot be read any more",
    "PageMissing": "the pages are not there",
    "WrongPage": "the sites answer with other pages",
    "StoreFull": "the disk is full",
    "StoreBusy": "the store is held by somebody else, or may not be written",
    "StoreDamaged": "the store is damaged",
    "ModuleNotFoundError": "a part of the program is missing",
    "ImportError": "a part of the program cannot be loaded",
}
_READERS = {"PageChanged", "WrongPage"}


def mass_failure(e: Evidence) -> Finding | None:
    """More than half of the analyses of the last hour failed, of four at least."""
    failed = [one for one in e.recent(MASS_FAILURE_WINDOW) if one.kind is Kind.ATTEMPT]
    analyses = len(failed) + e.done
    if analyses < MASS_FAILURE_LEAST or len(failed) / analyses <= MASS_FAILURE:
        return None
    (error, count), *_ = Counter(one.error for one in failed).most_common()
    sites = Counter(one.source for one in e.recent(MASS_FAILURE_WINDOW) if one.source)
    return Finding(
        runbook=Runbook.MASS_FAILURE,
        cause=_CAUSES.get(error, f"a bug: {error}"),
        confidence=round(SURE * count / len(failed), 2),
        evidence=(
            f"{len(failed)} of {analyses} analyses failed in the last hour, {count} by {error}",
            *(f"{site}: {n} pages failed" for site, n in sites.most_common()),
            *some(f"{one.where}: {one.reason}" for one in reversed(failed)),
        ),
        fix="look whether the sites answer (`hippique check sources`), whether TIMEOUT_SECONDS is "
        "long enough and the program whole; failed visits come back by themselves, and at once "
        "with --yes; roll back where they failed since an upgrade",
        actions=(Action.RETRY,),
    )


def robots_refusal(e: Evidence) -> Finding | None:
    """A site's robots.txt forbids a path that we read."""
    found = [one for one in _refused(e) if "robots" in one.reason]
    if not found:
        return None
    sites = sorted({_site(one) for one in found})
    return Finding(
        runbook=Runbook.ROBOTS,
        cause=f"robots.txt of {', '.join(sites)} forbids what we read",
        confidence=SURE,
        evidence=some(f"{one.where}: {one.reason}" for one in found),
        fix=f"do not read it against its word: DISABLED_SOURCES={','.join(sites)} switches it off "
        "until the site was asked; the other sources carry on",
    )


def _refused(e: Evidence) -> list[Trouble]:
    pages = [one for one in e.unmended(RECENT) if one.error == "SourceRefused"]
    attempts = [
        one
        for one in e.recent(RECENT)
        if one.kind is Kind.ATTEMPT and "robots" in one.reason and e.done == 0
    ]
    return pages + attempts


def _site(one: Trouble) -> str:
    return one.source or one.reason.split(":")[0].split()[-1]


def parsing_fails(e: Evidence) -> Finding | None:
    """A source whose pages cannot be read, or that is throttled, and has not been right since."""
    failed = e.unmended(RECENT)
    unread = [one for one in failed if one.error in _READERS and one.has_page]
    throttled = [one for one in failed if one.error == "SourceRefused" and "429" in one.reason]
    if not unread and not throttled:
        return None
    return _changed(unread) if unread else _throttled(throttled)


def _changed(unread: Sequence[Trouble]) -> Finding:
    (source, count), *_ = Counter(one.source for one in unread).most_common()
    lacks = {one.reason for one in unread if one.source == source}
    return Finding(
        runbook=Runbook.PARSING,
        cause=f"pages of {source} changed: {'; '.join(sorted(lacks)[:2])}",
        confidence=SURE if count > 1 else LIKELY,
        evidence=some(f"{one.where}: {one.source}: {one.reason}" for one in unread),
        fix=f"the day goes on without {source}; read a kept page by hand "
        f"(`hippique parse PAGE FILE`), mend sources/{source}.py and deploy, or switch it off "
        f"meanwhile (DISABLED_SOURCES={source})",
    )


def _throttled(throttled: Sequence[Trouble]) -> Finding:
    sites = ", ".join(sorted({_site(one) for one in throttled}))
    return Finding(
        runbook=Runbook.PARSING,
        cause=f"{sites} answers 429: we ask too often",
        confidence=LIKELY if len(throttled) > 1 else POSSIBLE,
        evidence=some(f"{one.where}: {one.reason}" for one in throttled),
        fix="raise RATE_LIMIT_DELAY and restart; Retry-After is obeyed meanwhile",
    )
