"""PMU's participants: the runners of one race with their win odds; after the race its order too."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from hippique.errors import PageMissing
from hippique.racing.card import Meeting, Race, RaceStatus, Reading, Runner
from hippique.racing.result import Result, ResultStatus
from hippique.sources.pmu import fields
from hippique.sources.pmu.address import Address, read_address, read_day
from hippique.sources.pmu.document import Node, decode_object
from hippique.sources.pmu.order import sort_incidents
from hippique.sources.pmu.runner import read_runner

_SILKS = re.compile(r"/casaques/(\d{8})/R(\d{1,3})/C(\d{1,2})/")


def read_runners(body: bytes, *, url: str | None = None) -> Reading:
    """Read a participants answer. Its day, meeting and race come from `url`, else they are None.

    The answer never says whether an order of finish is final, so a result in it is provisional;
    odds are then the closing ones (a warning says so). Raises PageMissing (empty answer, nobody
    declared yet), PageChanged (another shape), WrongPage (the silks' addresses name another race).
    """
    root = decode_object(body, url=url)
    address = read_address(url)
    if not isinstance(root.content.get(fields.RUNNERS), list):
        raise root.changed(fields.RUNNERS)
    nodes = tuple(root.nodes(fields.RUNNERS))
    if not nodes:
        raise PageMissing("the race has no runners (yet)", site=fields.SITE, url=url)
    _check_silks(nodes, address)
    if address.key is None:
        root.warn("the race's identity is in the address only: give it with --url")
    race = _read_race(root, nodes, address)
    meeting = Meeting(number=address.meeting, date=address.day, races=(race,))
    return Reading(
        source=fields.SITE,
        page="runners",
        url=url,
        warnings=tuple(root.warnings),
        meetings=(meeting,),
    )


def _check_silks(nodes: Iterable[Node], address: Address) -> None:
    # The only trace of the race inside the answer; one runner alone may keep an older picture.
    named = {found for node in nodes if (found := _silks(node.text(fields.SILKS))) is not None}
    if len(named) != 1:
        return
    day, meeting, race = named.pop()
    address.check("the day", address.day, day)
    address.check("meeting", address.meeting, meeting)
    address.check("race", address.race, race)


def _silks(url: str | None) -> tuple[date | None, int, int] | None:
    match = _SILKS.search(url or "")
    return (read_day(match[1]), int(match[2]), int(match[3])) if match else None


def _read_race(root: Node, nodes: tuple[Node, ...], address: Address) -> Race:
    runners = tuple(read_runner(node) for node in nodes)
    numbers = [runner.number for runner in runners]
    if len(set(numbers)) != len(numbers):
        raise root.changed(f"{fields.NUMBER} (two runners share one)")
    pools = sorted({runner.odds.pool for runner in runners if runner.odds is not None})
    if len(pools) > 1:
        root.warn(f"odds of several pools in one race: {', '.join(pools)}")
    result = _result(root, nodes, runners)
    if result is not None:
        root.warn("the race is run: its odds are closing odds")
    return Race(
        number=address.race,
        key=address.key,
        status=RaceStatus.PROVISIONAL if result is not None else None,
        declared=len(runners),  # non-runners stay listed, so this is nombreDeclaresPartants
        starters=sum(not runner.non_runner for runner in runners),
        url=address.race_url(address.meeting, address.race),
        runners=runners,
        result=result,
    )


def _result(root: Node, nodes: tuple[Node, ...], runners: tuple[Runner, ...]) -> Result | None:
    """What was written after the race; None before it. Two equal places are a dead heat."""
    finished: dict[int, list[int]] = {}
    befell: list[tuple[str, int]] = []
    for node, runner in zip(nodes, runners, strict=True):
        place = _place(node)
        if place is not None:
            finished.setdefault(place, []).append(runner.number)
        code = fields.NON_RUNNER if runner.non_runner else node.code(fields.RUNNER_INCIDENT)
        if code is not None:
            befell.append((code, runner.number))
    if not finished and all(code == fields.NON_RUNNER for code, _ in befell):
        return None
    incidents = sort_incidents(befell, root)
    return Result(
        status=ResultStatus.PROVISIONAL,
        order=_order(finished, root),
        non_runners=incidents.non_runners,
        disqualified=incidents.disqualified,
        fallen=incidents.fallen,
    )


def _order(finished: dict[int, list[int]], root: Node) -> tuple[tuple[int, ...], ...]:
    """Places from the first up to the first gap: behind one, a horse's place cannot be told."""
    order: list[tuple[int, ...]] = []
    numbered = 0
    for place in sorted(finished):
        # After a dead heat for third comes fifth at PMU, fourth in some copies of it.
        if place not in {numbered + 1, len(order) + 1}:
            root.warn(f"no horse in place {numbered + 1}: places from {place} on left out")
            break
        order.append(tuple(sorted(finished[place])))
        numbered += len(finished[place])
    return tuple(order)


def _place(node: Node) -> int | None:
    place = node.whole(fields.ORDER, least=1)
    if place is None and node.content.get(fields.ORDER) is not None:
        raise node.changed(fields.ORDER)
    return place
