"""Raw pages of old days go; the archive still verifies, and nothing else can go that way."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest

from care_days import EVENING, copied, put, run_day
from desks import DAY
from hippique.day.care.pruning import (
    PruneRecord,
    is_page,
    prunable_days,
    prune_day,
    recorded_files,
)
from hippique.day.manifest import marked_bytes
from hippique.day.verify import verify_day, verify_seals
from hippique.errors import NotFound
from hippique.racing.codec import from_json
from hippique.runtime.memory import MemoryArchive

SEALED = run_day().archive
PAGES = tuple(address for address in SEALED.addresses() if is_page(address))
RECORD = f"{DAY}/pruned/1/pruned.json"
LATER = EVENING + dt.timedelta(days=30)


def pruned() -> MemoryArchive:
    archive = copied(SEALED)
    prune_day(archive, archive, DAY, LATER, 7)
    return archive


def test_pages_go_and_everything_else_stays():
    archive = copied(SEALED)

    told = prune_day(archive, archive, DAY, LATER, 7)

    assert PAGES
    assert set(SEALED.addresses()) - set(archive.addresses()) == set(PAGES)
    assert (told.pages, told.freed) == (len(PAGES), sum(len(SEALED.read(a)) for a in PAGES))


def test_a_pruned_day_verifies_as_pruned_and_not_as_touched():
    found = verify_day(pruned(), DAY)

    assert (found.touched, found.pruned, found.left_over) == ((), PAGES, ())
    assert verify_seals(pruned()) == ()


def test_a_page_that_is_gone_without_a_record_is_touched():
    archive = copied(SEALED)
    archive.remove(PAGES[0])

    assert verify_day(archive, DAY).touched == (f"{PAGES[0]}: missing",)


def test_a_page_that_was_changed_before_it_was_pruned_stays_touched():
    archive = copied(SEALED)
    put(archive, PAGES[0], b"another page")

    prune_day(archive, archive, DAY, LATER, 7)

    assert verify_day(archive, DAY).touched == (f"{PAGES[0]}: missing",)


def forged(**changes: object) -> bytes:
    """The day's own record with a change, marked again as its writer would."""
    record = from_json(PruneRecord, pruned().read(RECORD))
    return marked_bytes(replace(record, **changes))  # type: ignore[arg-type]  # the row's own fields


SLIP = f"{DAY}/R1C1/H5/slip.json"


@pytest.mark.parametrize(
    ("record", "told"),
    [
        pytest.param(forged(files={SLIP: "0" * 64}), "is no page", id="a slip among the pages"),
        pytest.param(forged(seal="0" * 64), "another seal", id="another day's seal"),
        pytest.param(forged(keep_days=8).replace(b"8", b"9", 1), "changed", id="a changed byte"),
        pytest.param(b"junk", "is damaged", id="no record at all"),
    ],
)
def test_a_record_that_is_not_ours_excuses_nothing(record, told):
    archive = pruned()
    put(archive, RECORD, record)

    found = verify_day(archive, DAY)

    assert any(told in fault for fault in found.touched)
    assert f"{PAGES[0]}: missing" in found.touched
    assert found.pruned == ()


def test_a_record_of_an_open_day_excuses_nothing():
    archive = pruned()
    archive.remove(f"{DAY}/close/seal.json")

    assert f"{RECORD}: pruned, but the day has no seal" in verify_day(archive, DAY).touched


def test_pruning_that_was_cut_off_is_finished_by_the_next():
    archive = pruned()
    archive.create(PAGES[0], SEALED.read(PAGES[0]))  # recorded, and not removed yet

    assert verify_day(archive, DAY).ok
    assert prunable_days(archive, LATER.date(), 7) == (DAY,)
    prune_day(archive, archive, DAY, LATER, 7)

    assert not any(is_page(a) for a in archive.addresses())
    assert [a for a in archive.addresses() if "/pruned/" in a] == [RECORD]
    assert set(recorded_files(archive, DAY)) == set(PAGES)


def test_only_sealed_days_past_their_time_are_pruned():
    week = DAY + dt.timedelta(days=7)

    assert prunable_days(SEALED, week, 7) == ()
    assert prunable_days(SEALED, week + dt.timedelta(days=1), 7) == (DAY,)
    assert prunable_days(pruned(), week + dt.timedelta(days=1), 7) == ()
    assert prunable_days(run_day(sealed=False).archive, LATER.date(), 7) == ()


def test_an_open_day_is_never_pruned():
    archive = copied(run_day(sealed=False).archive)

    with pytest.raises(NotFound):
        prune_day(archive, archive, DAY, LATER, 7)
    assert set(PAGES) <= set(archive.addresses())


def test_the_record_says_how_long_pages_were_kept():
    kept = json.loads(pruned().read(RECORD))

    assert (kept["keep_days"], kept["pruned_at"]) == (7, LATER.isoformat().replace("+00:00", "Z"))
