"""Closing, sealing and verifying: whatever is touched afterwards is found and named."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desks import (
    DAY,
    OFF,
    R1C1,
    Bench,
    a_race,
    bench,
    card,
    minutes,
    order,
    programme,
    race_day_bench,
    reading,
    result,
)
from hippique.day.close import close_day, last_seal, seal_of
from hippique.day.folder import Folder
from hippique.day.manifest import Stamp, chain_head, race_chain
from hippique.day.outcome import Status
from hippique.day.phases import Phase
from hippique.day.run import run_order
from hippique.day.tasks import order_of, read_payload
from hippique.day.verify import verify_day, verify_seals
from hippique.racing.card import RaceId, RaceKey, RaceStatus
from hippique.racing.times import paris_at
from hippique.runtime.memory import MemoryArchive

EVENING = paris_at(DAY, 23)


def finished(*, day_sealed: bool = True) -> Bench:
    """A day of one race, run to its settlement, with a look and a sample."""
    made = race_day_bench()
    made.service.schedule(DAY)
    run_order(made.at(OFF - minutes(60)).desk, order("H30", due=None))
    made.at(OFF - minutes(40)).service.tick(DAY)
    for before, phase in ((30, Phase.H30), (5, Phase.H5), (-15, Phase.RESULT)):
        run_order(made.at(OFF - minutes(before)).desk, order(phase))
    for task in made.queue.live():
        made.queue.cancel(task.name)
    if day_sealed:
        assert close_day(made.at(EVENING).desk, DAY) is not None
    return made


SEALED = finished()
CONTENTS = {a: SEALED.archive.read(a) for a in SEALED.archive.addresses()}


def archive_of(contents) -> MemoryArchive:
    archive = MemoryArchive()
    for address, content in contents.items():
        archive.create(address, content)
    return archive


def touched(contents):
    archive = archive_of(contents)
    return (*verify_day(archive, DAY).touched, *verify_seals(archive))


def test_a_whole_day_verifies_and_nothing_is_left_over():
    found = verify_day(SEALED.archive, DAY)

    assert (found.ok, found.sealed, found.touched, found.left_over) == (True, True, (), ())
    assert found.files == len(CONTENTS)
    assert verify_seals(SEALED.archive) == ()


def test_an_open_day_is_no_fault():
    found = verify_day(finished(day_sealed=False).archive, DAY)

    assert (found.ok, found.sealed) == (True, False)


@given(where=st.data())
@settings(max_examples=100)
def test_one_byte_changed_anywhere_is_found(where):
    address = where.draw(st.sampled_from(sorted(CONTENTS)))
    content = bytearray(CONTENTS[address])
    position = where.draw(st.integers(0, len(content) - 1))
    content[position] ^= where.draw(st.integers(1, 255))

    assert touched({**CONTENTS, address: bytes(content)}) != ()


@pytest.mark.parametrize(
    "address", [a for a in CONTENTS if a.endswith(("/manifest.json", "/seal.json"))]
)
def test_every_digit_of_a_manifest_or_seal_is_guarded(address):
    content = CONTENTS[address]
    digits = [i for i, sign in enumerate(content) if chr(sign).isalnum()]

    for position in digits[:: max(1, len(digits) // 25)]:
        other = bytearray(content)
        other[position] = ord("1") if content[position] != ord("1") else ord("2")
        assert touched({**CONTENTS, address: bytes(other)}) != ()


def test_the_last_manifest_of_an_open_day_is_guarded_too():
    made = finished(day_sealed=False)
    contents = {a: made.archive.read(a) for a in made.archive.addresses()}
    last = f"{R1C1}/RESULT/manifest.json"
    forged = contents[last].replace(b'"written_at": "2025', b'"written_at": "2024')

    assert touched({**contents, last: forged}) == (f"{last}: changed",)


@pytest.mark.parametrize("address", [a for a in CONTENTS if not a.endswith("/seal.json")])
def test_a_file_that_is_gone_is_found(address):
    assert touched({a: c for a, c in CONTENTS.items() if a != address}) != ()


@pytest.mark.parametrize("address", sorted(CONTENTS))
def test_a_file_cut_short_or_grown_is_found(address):
    for content in (CONTENTS[address][:-1], CONTENTS[address] + b"\n", b""):
        assert touched({**CONTENTS, address: content}) != ()


@pytest.mark.parametrize(
    "extra", [f"{R1C1}/H5/slip2.json", f"{DAY}/notes.txt", f"{R1C1}/new/x.json", f"{DAY}/Rx/y"]
)
def test_an_extra_file_is_left_over_and_no_fault(extra):
    archive = archive_of({**CONTENTS, extra: b"{}"})

    found = verify_day(archive, DAY)

    assert (found.ok, found.left_over) == (True, (extra,))


def test_two_files_that_change_places_are_found():
    one, two = f"{R1C1}/H30/snapshot.json", f"{R1C1}/H5/snapshot.json"

    assert touched({**CONTENTS, one: CONTENTS[two], two: CONTENTS[one]}) != ()


def test_a_phase_copied_from_another_race_is_found():
    other = f"{DAY}/R1C2/H5"
    copied = {
        a.replace(f"{R1C1}/H5", other): c
        for a, c in CONTENTS.items()
        if a.startswith(f"{R1C1}/H5/")
    }

    assert any("written for" in fault for fault in touched({**CONTENTS, **copied}))


def test_a_phase_forged_after_the_seal_is_found():
    archive = archive_of(CONTENTS)
    folder = Folder(archive, f"{R1C1}/WITHDRAWAL")
    folder.write("withdrawn.json", b"{}")
    folder.close(Stamp(now=EVENING, versions={}, race=R1C1))

    assert any("sealed head" in fault for fault in verify_day(archive, DAY).touched)


def test_a_forked_chain_is_found_also_on_an_open_day():
    archive = MemoryArchive()
    for phase in ("H30", "H5"):
        folder = Folder(archive, f"{R1C1}/{phase}")
        folder.write("x.json", b"{}")
        folder.close(Stamp(now=OFF, versions={}, race=R1C1 if phase == "H30" else None))

    assert any("forked" in fault for fault in verify_day(archive, DAY).touched)


def test_chained_manifests_follow_each_other():
    links = race_chain(SEALED.archive, R1C1)

    assert [m.folder.rpartition("/")[2] for m in links.values()] == ["H30", "H5", "RESULT"]
    assert [m.previous for m in links.values()] == [None, *list(links)[:-1]]
    assert chain_head(SEALED.archive, R1C1) == list(links)[-1]


def test_the_seal_names_the_head_of_every_race_and_every_manifest():
    seal = seal_of(SEALED.archive, DAY)

    assert seal.heads == {"R1C1": chain_head(SEALED.archive, R1C1)}
    assert set(seal.manifests) == {a for a in CONTENTS if a.endswith("/manifest.json")}
    assert seal.previous is None


def test_sealing_twice_returns_the_first_seal():
    made = finished()
    first = seal_of(made.archive, DAY)

    assert close_day(made.at(EVENING + minutes(60)).desk, DAY) == first


def test_a_day_without_a_plan_is_not_closed():
    assert close_day(bench().desk, DAY) is None


def test_a_day_whose_race_has_no_result_stays_open():
    made = race_day_bench()
    made.service.schedule(DAY)

    assert close_day(made.at(EVENING).desk, DAY) is None


def test_a_day_without_any_race_is_closed():
    made = bench()
    for name, source in made.sources.items():
        source.show_programme(DAY, reading(name))
    made.service.schedule(DAY)

    assert close_day(made.at(EVENING).desk, DAY) is not None
    assert verify_day(made.archive, DAY).ok


def deliver_all(made, until):
    """Deliver every task up to an instant, as the driven day does."""
    outcomes = []
    while (due := made.queue.next_due()) is not None and due <= until:
        made.at(due)
        for task in made.queue.lease_due(made.clock.now(), 1):
            payload = read_payload(task)
            if payload.phase != "ODDS":
                outcomes.append(run_order(made.desk, order_of(payload)))
            made.queue.finish(task.name)
    return outcomes


@pytest.mark.parametrize("with_slip", [False, True], ids=["no slip", "a slip"])
def test_a_race_cancelled_late_is_waited_for_and_the_sealed_chain_stays_whole(with_slip):
    made = race_day_bench(off=paris_at(DAY, 21, 30))
    made.service.schedule(DAY)
    if with_slip:
        deliver_all(made, paris_at(DAY, 21, 25))
    made.at(paris_at(DAY, 21, 26) if with_slip else paris_at(DAY, 19))
    for name in made.sources:
        race = a_race(off=paris_at(DAY, 21, 30), status=RaceStatus.CANCELLED)
        made.site(name).show_programme(DAY, programme(name, race))
    made.service.replan(DAY)
    close_day(made.desk, DAY)

    outcomes = deliver_all(made, paris_at(DAY, 22))
    close_day(made.at(paris_at(DAY, 22)).desk, DAY)

    assert [o.status for o in outcomes] == [Status.CANCELLED]
    found = verify_day(made.archive, DAY)
    assert (found.touched, found.sealed) == ((), True)
    assert f"{R1C1}/RESULT/manifest.json" in seal_of(made.archive, DAY).manifests


def test_stakes_of_a_cancelled_race_keep_the_day_open_also_after_a_purge():
    made = race_day_bench()
    made.service.schedule(DAY)
    run_order(made.at(OFF - minutes(5)).desk, order("H5"))
    for name in made.sources:
        race = a_race(status=RaceStatus.CANCELLED)
        made.site(name).show_programme(DAY, programme(name, race))
    made.service.replan(DAY)
    made.queue.purge()

    assert close_day(made.at(EVENING).desk, DAY) is None

    made.service.schedule(DAY)
    deliver_all(made, EVENING)
    assert close_day(made.desk, DAY) is not None


def test_a_race_cancelled_in_the_morning_does_not_keep_the_day_open():
    made = race_day_bench()
    for name in made.sources:
        made.site(name).show_programme(DAY, programme(name, a_race(status=RaceStatus.CANCELLED)))
    made.service.schedule(DAY)

    assert close_day(made.at(EVENING).desk, DAY) is not None


def test_the_seals_of_days_form_a_chain_and_a_missing_one_is_found():
    made = finished()
    tomorrow = DAY + dt.timedelta(days=1)
    off = OFF + dt.timedelta(days=1)
    race = RaceId(tomorrow, RaceKey(1, 1))
    for name in made.sources:
        listed = programme(name, a_race(off=off), date=tomorrow)
        made.site(name).show_programme(tomorrow, listed)
    made.site("zeturf").show_card(race, card("zeturf", off=off))
    made.site("zeturf").show_result(race, result("zeturf", off=off))
    made.service.schedule(tomorrow)
    first = last_seal(made.archive)
    deliver_all(made, off + minutes(20))
    close_day(made.desk, tomorrow)

    assert seal_of(made.archive, tomorrow).previous == first
    assert verify_seals(made.archive) == ()
    contents = {a: made.archive.read(a) for a in made.archive.addresses()}
    del contents[f"{DAY}/close/seal.json"]
    assert verify_seals(archive_of(contents)) != ()


def test_a_summary_counts_what_the_day_came_to():
    made = finished()
    summary = made.archive.read(f"{DAY}/close/summary.json").decode()

    for said in ('"races": 1', '"slips": 1', '"settled": 1', '"returned_cents": 260'):
        assert said in summary
