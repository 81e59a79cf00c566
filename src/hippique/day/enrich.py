"""Everything that a forecaster may look at in one visit, from its pages and from the archive."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from hippique.day import addresses
from hippique.day.capture import KeptPage
from hippique.day.desk import Desk
from hippique.day.folder import Folder
from hippique.day.merge import TRUST
from hippique.day.past import REMEMBERED, PastRides, keys_of
from hippique.day.phases import Phase
from hippique.day.plan import PlannedRace
from hippique.day.race_day import load, snapshots_of
from hippique.day.snapshots import RaceSnapshots
from hippique.forecast.enrichment import Enrichment, enrich, times_document
from hippique.forecast.forecaster import Evidence, TrueChance
from hippique.forecast.people import Rate, Role
from hippique.forecast.truth import read_truth
from hippique.ports import Archive
from hippique.racing.card import Race, RaceId, Reading, Runner
from hippique.racing.codec import from_json


@dataclass(frozen=True, slots=True)
class _Readings:
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class _Index:
    pages: tuple[KeptPage, ...]


def gather(
    desk: Desk, race: PlannedRace, phase: Phase, folder: Folder, snapshots: RaceSnapshots
) -> Evidence:
    """The evidence of a visit whose pages and snapshots lie in its folder.

    Writes `je_stats.json` and `chronos.json`, and in simulation `truth.json`; a retry goes on with
    the first ones. Raises SourceError where a racecourse cannot be asked.
    """
    readings = _trusted(folder, snapshots)
    card = joined_card(readings)
    earlier = snapshots_of(desk.archive, race.race, Phase.H30) if phase is not Phase.H30 else None
    return Evidence(
        race=str(race.race),
        snapshots=snapshots.snapshots,
        declared=race.declared,
        earlier=earlier.snapshots if earlier else (),
        card=replace(card, discipline=race.discipline or card.discipline) if card else None,
        enrichment=_enrichment(desk, race.race, folder, readings, card) if card else None,
        truth=_truth(desk, race.race, folder),
    )


def enrichment_of(archive: Archive, race: RaceId, phase: Phase) -> Enrichment | None:
    """What a phase knew of the runners, as it was frozen; None where it has none."""
    return load(archive, Enrichment, f"{addresses.phase_folder(race, phase)}/{addresses.JE_STATS}")


def _trusted(folder: Folder, snapshots: RaceSnapshots) -> tuple[Reading, ...]:
    """The visit's readings, the most trusted first; a source with other horses is left out."""
    kept = from_json(_Readings, folder.read(addresses.READING)).readings
    refused = {one.source for one in snapshots.mismatches if one.refused}
    return tuple(
        sorted((one for one in kept if one.source not in refused), key=lambda r: _rank(r.source))
    )


def _rank(source: str) -> int:
    return TRUST.index(source) if source in TRUST else len(TRUST)


def joined_card(readings: Sequence[Reading]) -> Race | None:
    """One race of several readings, the first that states a fact believed; odds are left out.

    readings: most trusted first, of one race; the labels are those of all. None where there are
    none.
    """
    races = [reading.only_race() for reading in readings]
    if not races:
        return None
    numbers = sorted({runner.number for race in races for runner in race.runners})
    runners = tuple(_joined_runner(number, races) for number in numbers)
    said: dict[str, Any] = {
        name: next((v for race in races if (v := getattr(race, name)) is not None), None)
        for name in _RACE_FACTS
    }
    labels = tuple(dict.fromkeys(label for race in races for label in race.labels))
    return replace(races[0], **said, labels=labels, runners=runners, result=None)


_RACE_FACTS = ("name", "discipline", "distance_m", "prize_eur", "off_time", "declared", "going")
_RUNNER_FACTS = tuple(
    one.name for one in fields(Runner) if one.name not in {"number", "non_runner", "odds"}
)


def _joined_runner(number: int, races: Sequence[Race]) -> Runner:
    same = [runner for race in races for runner in race.runners if runner.number == number]
    said: dict[str, Any] = {
        name: next((v for runner in same if (v := getattr(runner, name)) is not None), None)
        for name in _RUNNER_FACTS
    }
    return Runner(number=number, non_runner=any(r.non_runner for r in same), **said)


def _enrichment(
    desk: Desk, race: RaceId, folder: Folder, readings: Sequence[Reading], card: Race
) -> Enrichment:
    if addresses.JE_STATS in folder.names():
        return from_json(Enrichment, folder.read(addresses.JE_STATS))
    before = _first_page(folder)
    jockeys = _rates(desk, race, Role.JOCKEY, readings, before)
    trainers = _rates(desk, race, Role.TRAINER, readings, before)
    made = enrich(card.runners, jockeys, trainers)
    kept = from_json(Enrichment, folder.write_value(addresses.JE_STATS, made))
    folder.write_value(addresses.CHRONOS, times_document(kept))
    return kept


def _first_page(folder: Folder) -> dt.datetime:
    """When the visit's first page was read: nothing that came later may count."""
    pages = from_json(_Index, folder.read(addresses.PAGES)).pages
    return min(page.taken_at for page in pages)


def _rates(
    desk: Desk, race: RaceId, role: Role, readings: Sequence[Reading], before: dt.datetime
) -> dict[int, Rate]:
    book = (desk.past or PastRides(desk.archive)).book(race.day)
    since = race.day - REMEMBERED
    mean = book.mean_rate(since, before)
    names: dict[int, list[str | None]] = {}
    for reading in readings:
        for runner in reading.only_race().runners:
            name = runner.jockey if role is Role.JOCKEY else runner.trainer
            names.setdefault(runner.number, []).append(name)
    return {
        number: book.rate(role, keys_of(printed), mean, since, before)
        for number, printed in names.items()
    }


def _truth(desk: Desk, race: RaceId, folder: Folder) -> tuple[TrueChance, ...] | None:
    if addresses.TRUTH in folder.names():
        content = folder.read(addresses.TRUTH)
    elif desk.truth is not None:
        content = folder.write(addresses.TRUTH, desk.truth.tell(race))
    else:
        return None
    return read_truth(content, str(race))
