"""Arrival and dividends of the Next.js site, from the page's state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from hippique.racing.card import Meeting, Race, RaceStatus
from hippique.racing.result import Dividend, Refund, Result, ResultStatus, whole_refunds
from hippique.sources.geny import nextfields as f
from hippique.sources.geny.bets import bet_and_rank
from hippique.sources.geny.nextjs import (
    Json,
    State,
    inner,
    number,
    participants_of,
    race_of_state,
    read_state,
    text,
    whole,
)
from hippique.sources.geny.nextrace import read_next_header, read_next_race
from hippique.sources.geny.order import Finisher, order_of
from hippique.sources.geny.page import NO_ARRIVAL, Page
from hippique.sources.text import read_numbers

_STATUSES = {
    RaceStatus.OFFICIAL: ResultStatus.OFFICIAL,
    RaceStatus.PROVISIONAL: ResultStatus.PROVISIONAL,
}


def read_next_result(page: Page) -> Meeting:
    """The one meeting and race of a page, with its result once it has one. Raises PageChanged."""
    state = read_state(page)
    meeting, race = read_next_header(page, state)
    status = _STATUSES.get(race.status) if race.status else None
    if status is None:
        return _without_arrival(page, state, meeting, race)
    finishers = tuple(_finisher(page, item) for item in participants_of(state))
    order = order_of(finishers, page.warnings) or _listed_order(race_of_state(state))
    if not order:
        raise page.changed("ranks (rang) or arrivee in the state")
    dividends, refunded = _dividends(page, state)
    result = Result(
        status=status,
        order=order,
        non_runners=tuple(one.number for one in finishers if one.non_runner),
        disqualified=tuple(one.number for one in finishers if one.disqualified),
        fallen=tuple(one.number for one in finishers if one.fallen),
        dividends=dividends,
        refunded=refunded,
    )
    return replace(meeting, races=(replace(race, result=result),))


def _without_arrival(page: Page, state: State, meeting: Meeting, race: Race) -> Meeting:
    """The race before its arrival. An order under a state nobody knows is no such page."""
    finishers = (_finisher(page, item) for item in participants_of(state))
    is_run = _listed_order(race_of_state(state)) or any(one.rank for one in finishers)
    if race.number is None or (is_run and race.status is None):
        raise page.changed("etatCourse of an arrival")
    page.warnings.append(NO_ARRIVAL)
    if participants_of(state):
        return read_next_race(page)
    return replace(meeting, races=(race,))


def _finisher(page: Page, item: Json) -> Finisher:
    saddle = whole(item, "numero")
    if saddle is None:
        raise page.changed("a runner's numero")
    if f.NON_RUNNER in (text(item, "etatParticipation") or "").upper():
        return Finisher(number=saddle, non_runner=True)
    rank = whole(item, "rang")
    if rank:
        return Finisher(number=saddle, rank=rank)
    # rang 0: ran unplaced, or an incident says why.
    incident = (text(item, "incident") or "").upper()
    return Finisher(
        number=saddle,
        disqualified=any(sign in incident for sign in f.DISQUALIFIED_SIGNS),
        fallen=any(sign in incident for sign in f.FALLEN_SIGNS),
    )


def _listed_order(race: Json | None) -> tuple[tuple[int, ...], ...]:
    """`arrivee`: a list of lists of numbers, a dead heat has two in one."""
    listed = (race or {}).get("arrivee")
    if not isinstance(listed, list):
        return ()
    places = [place if isinstance(place, list) else [place] for place in listed]
    if not all(place and all(_is_number(one) for one in place) for place in places):
        return ()
    return tuple(tuple(place) for place in places)


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


# --- dividends -----------------------------------------------------------------------------------


def _dividends(page: Page, state: State) -> tuple[tuple[Dividend, ...], tuple[Refund, ...]]:
    dividends: list[Dividend] = []
    refunded: list[Refund] = []
    for operator, name, entry in _entries(state):
        bet, rank = _bet(name, entry)
        where = f"{operator} {name} {text(entry, 'typeRapport')}"
        if bet is None:
            page.warnings.append(f"a bet nobody knows is left out: {where}")
            continue
        if entry.get("remboursement") is True:
            page.warnings.append(f"refunded: {where}")
            refunded.append(Refund(operator=operator, bet=bet))
            continue
        amount, base = number(entry, "gainAssocie"), number(entry, "miseDeBase")
        if not amount or not base or amount < 0 or base < 0:
            page.warnings.append(f"left out: {where}: no amount or no base stake")
            continue
        dividends.append(
            Dividend(
                operator=operator,
                bet=bet,
                rank=rank,
                combination=read_numbers(text(entry, "texteCombinaison")),
                per_euro=round(amount / base, 4),  # the amount is per base stake
                stake_base_eur=float(base),
                label=text(entry, "texteAssocie") or text(entry, "typeRapport"),
            )
        )
    if not dividends:
        page.warnings.append("no dividends on the page")
    return tuple(dividends), whole_refunds(dividends, refunded)


def _entries(state: State) -> Iterator[tuple[str, str, Json]]:
    """(operator, the site's name of the bet, one line) of the first object by organiser."""
    for item in state.objects:
        groups = [(f.OPERATORS[name], inner(item, name)) for name in item if name in f.OPERATORS]
        lines = [
            (operator, bet, entry)
            for operator, bets in groups
            for bet, entries in bets.items()
            if isinstance(entries, list)
            for entry in entries
            if isinstance(entry, dict) and "gainAssocie" in entry
        ]
        if lines:
            yield from lines
            return


def _bet(name: str, entry: Json) -> tuple[str | None, str | None]:
    for prefix in f.BET_PREFIXES:
        name = name.removeprefix(prefix)
    kind = (text(entry, "typeRapport") or "").upper()
    words = "" if kind in f.PLAIN_TYPES else kind.replace("_", " ").lower()
    if "MULTI" in name:
        words = f"{words} {text(entry, 'texteAssocie') or ''}"
    return bet_and_rank("", name, words)
