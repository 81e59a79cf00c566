"""What a recorded race's outcome was: order, incidents, and what a win paid.

The tables hold no trustworthy dividend (one source has winners only, the other's bet names are
shifted). So PMU's win is paid by the final odds of the race's own pool, unverified against a real
dividend; everything else stays missing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from hippique.racing.result import Dividend, Result, ResultStatus
from hippique.sources.pmu import fields
from hippique.sources.pmu.document import Node
from hippique.sources.pmu.order import is_saddle_number, sort_incidents
from hippique.sources.recorded.cells import json_cell
from hippique.sources.recorded.tables import RaceRows

WIN_LABEL = "cote finale (recorded)"
DEAD_HEAT_LABEL = "cote finale, ex æquo (recorded)"
_OFFICIAL_STATES = frozenset({"ARRIVEE_DEFINITIVE", "ARRIVEE_DEFINITIVE_COMPLETE", "FIN_COURSE"})

Places = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A result, None where none is recorded, and what there is to say about it."""

    result: Result | None = None
    remarks: tuple[str, ...] = ()


def read_outcome(rows: RaceRows, pool: str, withdrawn: frozenset[int]) -> Outcome:
    """The outcome of a race. withdrawn: saddle numbers that did not run."""
    race = Node(rows.race, "", None)
    order = _order(rows, race)
    if not order:
        return Outcome(remarks=(*race.warnings, "no order of finish is recorded"))
    status = _status(race)
    befell = [*_incidents(rows, race), *((fields.NON_RUNNER, number) for number in withdrawn)]
    incidents = sort_incidents(befell, race)
    dividends: tuple[Dividend, ...] = ()
    if status is ResultStatus.OFFICIAL:
        dividends = _win_dividends(order[0], _final_odds(rows), pool, race)
    else:
        race.warn("the recording ends before the official order")
    result = Result(
        status=status,
        order=order,
        non_runners=incidents.non_runners,
        disqualified=incidents.disqualified,
        fallen=incidents.fallen,
        dividends=dividends,
    )
    return Outcome(result=result, remarks=tuple(race.warnings))


def _status(race: Node) -> ResultStatus:
    # bencode has no states, only a flag written as a word.
    is_official = race.text("arrivee_definitive") == "True"
    if is_official or race.code("statut") in _OFFICIAL_STATES:
        return ResultStatus.OFFICIAL
    return ResultStatus.PROVISIONAL


def _order(rows: RaceRows, race: Node) -> Places:
    written, ranked = _written_order(race), _ranked_order(rows)
    if race.text("arrival_src") == "resultats":
        race.warn("the order is a third party's, which keeps one horse of a dead heat")
    # 66 orders stop after some places while the runners carry all their ranks; none contradicts.
    if len(ranked) > len(written) and ranked[: len(written)] == written:
        return ranked
    return written


def _written_order(race: Node) -> Places:
    content = json_cell(race.text("arrivee"))
    if not isinstance(content, list):
        return ()
    places = [place if isinstance(place, list) else [place] for place in content]
    if not all(is_saddle_number(number) for place in places for number in place):
        race.warn("arrivee holds no saddle numbers")
        return ()
    return tuple(tuple(sorted(place)) for place in places)


def _ranked_order(rows: RaceRows) -> Places:
    # After a dead heat one crawl counts on by the horses (1, 2, 2, 4), the other by the places.
    by_rank: dict[int, list[int]] = {}
    for row in rows.runners:
        if row.get("rank"):
            by_rank.setdefault(row["rank"], []).append(row["num"])
    return tuple(tuple(sorted(by_rank[rank])) for rank in sorted(by_rank))


def _incidents(rows: RaceRows, race: Node) -> list[tuple[str, int]]:
    listed = json_cell(race.text("incidents"))
    found = {
        (str(entry.get(fields.INCIDENT_TYPE)), number)
        for entry in (listed if isinstance(listed, list) else [])
        if isinstance(entry, dict)
        for number in entry.get(fields.INCIDENT_NUMBERS, ())
        if is_saddle_number(number)
    }
    found |= {(row["incident"], row["num"]) for row in rows.runners if row.get("incident")}
    return sorted(found)


def _final_odds(rows: RaceRows) -> dict[int, float]:
    return {
        row["num"]: row["odds_final"]
        for row in rows.runners
        if row.get("odds_final") is not None and row["odds_final"] > 1
    }


def _win_dividends(
    winners: tuple[int, ...], finals: dict[int, float], pool: str, race: Node
) -> tuple[Dividend, ...]:
    if any(winner not in finals for winner in winners):
        race.warn("no final odds of the winner: the win is not paid")
        return ()
    is_tied = len(winners) > 1
    if is_tied:
        race.warn("dead heat for first: the profit is divided by the final odds")
    return tuple(
        Dividend(
            operator=_operator(pool),
            bet="win",
            combination=(winner,),
            per_euro=_shared(winner, winners, finals) if is_tied else finals[winner],
            label=DEAD_HEAT_LABEL if is_tied else WIN_LABEL,
        )
        for winner in winners
    )


def _shared(winner: int, winners: tuple[int, ...], finals: dict[int, float]) -> float:
    """What a dead heat pays per euro, rounded down to a tenth, not below the stake.

    Final odds o suppose one winner, so stakes are in proportion to 1/o and the net pool is o times
    a horse's stake. The winners' stakes are returned, the rest is divided equally by heads:
    1 + (o_a - sum over winners of o_a/o_w) / number of winners.
    """
    odds = finals[winner]
    returned = math.fsum(odds / finals[other] for other in winners)
    per_euro = 1 + (odds - returned) / len(winners)
    return max(1.0, math.floor(per_euro * 10 + 1e-9) / 10)


def _operator(pool: str) -> str:
    is_internet = pool.startswith(fields.INTERNET_SIGN)
    return fields.INTERNET_OPERATOR if is_internet else fields.SHOPS_OPERATOR
