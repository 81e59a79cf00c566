"""Decisions of a policy that lie in an archive: the day's own, or those that it kept on paper."""

from __future__ import annotations

from collections.abc import Iterator

from hippique.betting.slip import Decision, read_decision
from hippique.day import addresses
from hippique.day.phases import Phase
from hippique.day.race_day import decision_of
from hippique.errors import InputError, NotFound, StoreDamaged
from hippique.ports import Archive
from hippique.racing.card import RaceId


def decisions_by(archive: Archive, policy: str) -> Iterator[Decision]:
    """Per race decided at H-5: the decision of the policy of this name, else the race's own.

    The policy's own decision may be one on paper, beside that of the policy that was in charge.
    Raises StoreDamaged.
    """
    for race in _races(archive):
        own = decision_of(archive, race)
        if own is not None:
            yield own if own.policy == policy else _on_paper(archive, race, policy) or own


def _races(archive: Archive) -> Iterator[RaceId]:
    tail = f"/{Phase.H5}/{addresses.SLIP}"
    for address in archive.addresses():
        race, found, _ = address.partition(tail)
        if found and "/" not in race.partition("/")[2]:  # not an operator's look under manual/
            yield RaceId.parse(race)


def _on_paper(archive: Archive, race: RaceId, policy: str) -> Decision | None:
    address = addresses.shadow(race, policy)
    try:
        return read_decision(archive.read(address))
    except NotFound:
        return None
    except InputError as error:
        raise StoreDamaged(f"{address} is damaged ({error}); see `hippique verify`") from error
