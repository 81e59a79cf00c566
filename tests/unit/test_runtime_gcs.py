"""What a bucket's line may do to an upload, and what is left of it: tried again, told, once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from itertools import count

import pytest
from google.cloud.storage import Client

from buckets import LOST, QUICK, Weather, client_of, fake_gcs, new_name, through
from contracts.claims_contract import ended_process
from hippique.errors import AlreadyExists, StoreBusy, StoreRefused
from hippique.runtime.clocks import WallClock
from hippique.runtime.gcs import GcsArchive
from hippique.runtime.gcs_bucket import Bucket
from hippique.runtime.gcs_claims import GcsClaims
from hippique.runtime.owner import lone_process, this_process


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    with fake_gcs() as address:
        yield address


NUMBERS = count()


class Line:
    """A bucket behind a line with weather; what was told of failed tries."""

    def __init__(self, weather: Weather, client: Client, name: str) -> None:
        self.weather = weather
        self.client = client
        self.name = name
        self.told: list[str] = []

    def bucket(self, name: str | None = None) -> Bucket:
        """The bucket of another writer each time."""

        def tell(error: Exception) -> None:
            self.told.append(type(error).__name__)

        return Bucket(
            self.client, name or self.name, writer=str(next(NUMBERS)), told=tell, patience=QUICK
        )


@pytest.fixture
def line(store: str) -> Iterator[Line]:
    weather = Weather()
    with ExitStack() as stack:
        address = stack.enter_context(through(weather, store))
        yield Line(weather, client_of(address), new_name(client_of(store)))


@pytest.mark.parametrize(
    ("coming", "told"),
    [
        ([503, 502, 429], ["ServiceUnavailable", "BadGateway", "TooManyRequests"]),
        ([LOST], ["ConnectionError"]),
        ([LOST, 503], ["ConnectionError", "ServiceUnavailable"]),
    ],
    ids=["busy", "the answer is lost", "lost, then busy"],
)
def test_an_upload_that_failed_is_tried_again_and_each_failure_told(line, coming, told):
    archive = GcsArchive(line.bucket())
    line.weather.coming = list(coming)

    archive.create("2026-06-07/R1C3/H5/slip.json", b"frozen")

    assert archive.read("2026-06-07/R1C3/H5/slip.json") == b"frozen"
    assert line.told == told


def test_another_writers_artefact_is_not_taken_for_ours_after_a_failed_try(line):
    GcsArchive(line.bucket()).create("a", b"theirs")
    line.weather.coming = [503]

    with pytest.raises(AlreadyExists):
        GcsArchive(line.bucket()).create("a", b"ours")
    assert GcsArchive(line.bucket()).read("a") == b"theirs"


def test_a_store_that_stays_away_is_busy_and_nothing_was_written(line):
    archive = GcsArchive(line.bucket())
    line.weather.coming = [503] * 10_000

    with pytest.raises(StoreBusy, match=line.name):
        archive.create("a", b"x")
    line.weather.coming = []
    assert archive.addresses() == ()


@pytest.mark.parametrize(
    ("status", "mend"),
    [(403, "grant the role"), (401, "gcloud auth application-default login")],
    ids=["without the role", "without an identity"],
)
def test_an_identity_without_rights_is_refused_at_once_with_the_mend(line, status, mend):
    line.weather.coming = [status]

    with pytest.raises(StoreRefused, match=mend):
        GcsArchive(line.bucket()).create("a", b"x")
    assert line.told == []


def test_a_bucket_that_is_not_there_is_named_with_the_setting(line):
    missing = GcsArchive(line.bucket("no-such-bucket"))

    with pytest.raises(StoreRefused, match="GCS_BUCKET"):
        missing.create("a", b"x")
    with pytest.raises(StoreRefused, match="GCS_BUCKET"):
        missing.addresses()


def test_a_listing_is_one_request_however_many_artefacts(line):
    archive = GcsArchive(line.bucket())
    for number in range(30):
        archive.create(f"2026-06-07/R1C{number}/H30/forecast.json", b"{}")
    line.weather.requests.clear()

    assert len(archive.addresses("2026-06-07")) == 30
    assert len(line.weather.requests) == 1


def test_a_claim_whose_answer_was_lost_is_held_by_whoever_made_it(line):
    claims = GcsClaims(line.bucket(), owner=this_process("us"), wall=WallClock().now, ttl_s=60)
    line.weather.coming = [404, LOST]  # nothing there yet; then the write's answer is lost

    assert claims.acquire("race/2026-06-07/R1C3")
    claims.release("race/2026-06-07/R1C3")
    assert claims.acquire("race/2026-06-07/R1C3")


def test_in_a_container_no_other_is_taken_for_dead(line):
    # All containers may be called localhost, and here no process has the other one's number.
    bucket, wall = line.bucket(), WallClock().now
    elsewhere = replace(lone_process("a"), pid=ended_process())
    one, other = (
        GcsClaims(bucket, owner=owner, wall=wall, ttl_s=60)
        for owner in (elsewhere, lone_process("b"))
    )

    assert (one.acquire("k"), other.acquire("k")) == (True, False)
