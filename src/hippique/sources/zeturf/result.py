"""The result of a race page: order, who is not in it, dividends."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from hippique.racing.card import Runner
from hippique.racing.result import Result, ResultStatus
from hippique.sources.text import fold, read_numbers
from hippique.sources.zeturf import selectors as site
from hippique.sources.zeturf.dividends import Payments, read_payments
from hippique.sources.zeturf.document import Document, words
from hippique.sources.zeturf.finish import Finish
from hippique.sources.zeturf.timeline import out_of_the_race, read_timeline


def read_result(
    document: Document,
    finish: Finish,
    runners: tuple[Runner, ...],
    details: LexborNode | None,
) -> Result:
    """Put the result together. Raises PageChanged when the order names a horse that did not run."""
    _refuse_strangers(document, finish, runners)
    lists = _read_lists(document, details)
    withdrawn = (runner.number for runner in runners if runner.non_runner)
    payments = _payments(document, finish)
    return Result(
        status=finish.status,
        order=finish.order,
        non_runners=tuple(sorted({*lists.non_runners, *withdrawn})),
        disqualified=lists.disqualified,
        fallen=lists.fallen,
        dividends=payments.dividends,
        refunded=payments.refunded,
    )


def _payments(document: Document, finish: Finish) -> Payments:
    payments = read_payments(document)
    is_bare = not payments.dividends and not payments.refunded
    if is_bare and finish.status is ResultStatus.OFFICIAL:
        document.warn("an official order without dividends")
    return payments


def _refuse_strangers(document: Document, finish: Finish, runners: Iterable[Runner]) -> None:
    placed = [number for tied in finish.order for number in tied]
    started = {runner.number for runner in runners if not runner.non_runner}
    strangers = sorted(set(placed) - started)
    if strangers:
        raise document.changed(f"an order of starters only: it names {strangers}")
    if len(set(placed)) < len(placed):
        raise document.changed(f"an order that names each horse once: {placed}")


@dataclass(frozen=True, slots=True)
class _Lists:
    non_runners: tuple[int, ...]
    disqualified: tuple[int, ...]
    fallen: tuple[int, ...]


def _read_lists(document: Document, details: LexborNode | None) -> _Lists:
    """Who is not in the order, from the details; until these exist, from the timeline."""
    if details is None:
        disqualified, fallen = out_of_the_race(read_timeline(document))
        return _Lists((), disqualified, fallen)
    texts = [words(line) for line in details.css(site.DETAILS_LINES)]
    return _Lists(
        _listed_numbers(document, texts, site.NON_RUNNERS),
        _listed_numbers(document, texts, site.DISQUALIFIED),
        _listed_numbers(document, texts, site.FALLEN),
    )


def _listed_numbers(
    document: Document, texts: list[str], label: re.Pattern[str]
) -> tuple[int, ...]:
    """The numbers of the lines with this label: "Disqualifié(s) : 6 - 10".

    Free comments on the race stand among these lines and may hold any words and numbers.
    """
    found: list[int] = []
    for text in texts:
        labelled = site.LABELLED_LIST.fullmatch(text)
        if labelled is None or not label.match(fold(labelled["label"])):
            continue
        numbers = site.NUMBER_LIST.fullmatch(labelled["list"])
        found.extend(read_numbers(numbers[1]) if numbers else ())
        if numbers is None:
            document.warn(f"unread: «{text}»")
    return tuple(found)
