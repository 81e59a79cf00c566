"""The morning after: every settled race is looked at once more, and a corrected result is booked.

Nothing that was written changes: the look lies beside the race's chain and the day's seal, under
a manifest of its own, with the corrected result, its settlement and the reversing entries.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from hippique.betting.ledger import Entry, write_entries
from hippique.betting.settlement import Settlement, read_settlement, write_settlement
from hippique.day import addresses
from hippique.day.books import correcting_entries, settle_by, settle_issued
from hippique.day.capture import Capture, capture, write_capture
from hippique.day.desk import Desk
from hippique.day.folder import Folder
from hippique.day.manifest import Manifest
from hippique.day.official import RaceResult, official_result
from hippique.day.outcome import Status
from hippique.day.phases import Phase
from hippique.day.plan import PlannedRace
from hippique.day.race_day import latest_plan, load, outcome_of
from hippique.day.tasks import race_claim
from hippique.errors import NotFound
from hippique.ports import Archive
from hippique.racing.card import RaceId
from hippique.racing.result import Dividend, Result
from hippique.racing.times import paris_at

MORNING = 9  # Paris hour of the next day


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What a later look found: whether the order or a dividend differs, in words."""

    race: str
    looked_at: dt.datetime
    source: str
    changed: bool
    differences: tuple[str, ...] = ()


def correct_day(desk: Desk, day: dt.date) -> int:
    """Look once more at every settled race of a day whose next morning has come; how many changed.

    A race whose settling source does not answer is looked at again the next time.
    """
    plan = latest_plan(desk.archive, day)
    if plan is None or desk.now() < paris_at(day + dt.timedelta(days=1), MORNING):
        return 0
    return sum(_looked(desk, race) for race in plan.races if race.in_scope)


def _looked(desk: Desk, race: PlannedRace) -> bool:
    key = race_claim(race.race)
    kept = settled_result(desk.archive, race.race)
    if kept is None or is_looked_at(desk.archive, race.race) or not desk.claims.acquire(key):
        return False
    try:
        return _look(desk, race, kept)
    finally:
        desk.claims.release(key)


def settled_result(archive: Archive, race: RaceId) -> RaceResult | None:
    """The result that the race was settled on at first; None where it was not."""
    ended = outcome_of(archive, race, Phase.RESULT)
    if ended is None or ended.status is not Status.DONE:
        return None
    address = f"{addresses.phase_folder(race, Phase.RESULT)}/{addresses.RESULT}"
    found = load(archive, RaceResult, address)
    return found if found and found.result else None


def is_looked_at(archive: Archive, race: RaceId) -> bool:
    """Whether the later look was made."""
    return _manifest(archive, race) is not None


def _look(desk: Desk, race: PlannedRace, kept: RaceResult) -> bool:
    folder = Folder(desk.archive, addresses.corrections_folder(race.race, 1))
    taken = _pages(desk, race, folder)
    found = official_result(str(race.race), taken.taken, race.declared)
    if found.result is None or found.source != kept.source:
        return False  # who settled it does not answer: another source's word corrects nothing
    found = _with_earlier_dividends(found, kept)
    differences = _differences(kept, found)
    write_capture(folder, taken)
    if differences:
        _book(desk, race.race, folder, found)
    correction = Correction(
        race=str(race.race),
        looked_at=desk.now(),
        source=found.source or "",
        changed=bool(differences),
        differences=differences,
    )
    folder.write_value(addresses.CORRECTION, correction)
    folder.close(desk.stamp())
    if differences:
        desk.journal.event(
            "WARNING", "Result corrected", race=str(race.race), reasons=list(differences)
        )
    return bool(differences)


def _pages(desk: Desk, race: PlannedRace, folder: Folder) -> Capture:
    return capture(
        desk.sources,
        lambda source: source.result(race.ref),
        folder,
        parallel=desk.options.parallel,
    )


def _book(desk: Desk, race: RaceId, folder: Folder, found: RaceResult) -> None:
    official = found.official
    if official is None:
        return
    folder.write_value(addresses.RESULT, found)
    settlement = settle_issued(desk.archive, race, settle_by(official))
    if settlement is not None:
        folder.write(addresses.SETTLEMENT, write_settlement(settlement))
    entries: Sequence[Entry] = correcting_entries(
        desk.archive, race, settle_by(official), desk.now()
    )
    if entries:
        folder.write(addresses.ENTRIES, write_entries(entries))


def _with_earlier_dividends(found: RaceResult, kept: RaceResult) -> RaceResult:
    """The new result with the dividends of operators whose page did not come this time."""
    if found.result is None or kept.result is None:
        return found
    told = {dividend.operator for dividend in found.result.dividends}
    missing = tuple(d for d in kept.result.dividends if d.operator not in told)
    result = replace(found.result, dividends=(*found.result.dividends, *missing))
    return replace(found, result=result)


def _differences(kept: RaceResult, found: RaceResult) -> tuple[str, ...]:
    before, after = kept.result, found.result
    if before is None or after is None:
        return ()
    said = []
    if before.order != after.order:
        said.append(f"order {_order(before)} is now {_order(after)}")
    if set(before.non_runners) != set(after.non_runners):
        said.append(f"non-runners {before.non_runners} are now {after.non_runners}")
    old, new = _amounts(before), _amounts(after)
    said += [
        f"{' '.join(map(str, key))}: {old.get(key, '–')} is now {new.get(key, '–')}"
        for key in sorted({*old, *new}, key=str)
        if old.get(key) != new.get(key)
    ]
    return tuple(said)


def _order(result: Result) -> str:
    return "-".join("=".join(map(str, tied)) for tied in result.order)


def _amounts(result: Result) -> dict[tuple[object, ...], float]:
    return {_key(dividend): dividend.per_euro for dividend in result.dividends}


def _key(dividend: Dividend) -> tuple[object, ...]:
    return (dividend.operator, dividend.bet, dividend.rank or "", dividend.combination)


# --- what stands now ---------------------------------------------------------------------------


def standing_result(archive: Archive, race: RaceId) -> RaceResult | None:
    """The corrected result of a race; None where no look changed it."""
    folder = _changed(archive, race)
    return load(archive, RaceResult, f"{folder}/{addresses.RESULT}") if folder else None


def standing_settlement(archive: Archive, race: RaceId) -> Settlement | None:
    """The slip's settlement on the corrected result; None where no look changed it."""
    folder = _changed(archive, race)
    if folder is None:
        return None
    try:
        return read_settlement(archive.read(f"{folder}/{addresses.SETTLEMENT}"))
    except NotFound:
        return None


def _changed(archive: Archive, race: RaceId) -> str | None:
    if _manifest(archive, race) is None:
        return None
    folder = addresses.corrections_folder(race, 1)
    look = load(archive, Correction, f"{folder}/{addresses.CORRECTION}")
    return folder if look and look.changed else None


def _manifest(archive: Archive, race: RaceId) -> Manifest | None:
    folder = addresses.corrections_folder(race, 1)
    return load(archive, Manifest, f"{folder}/{addresses.MANIFEST}")
