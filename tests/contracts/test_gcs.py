from __future__ import annotations

from collections.abc import Iterator

import pytest
from google.cloud.storage import Client

from buckets import client_of, fake_gcs, new_bucket
from contracts.archive_contract import ArchiveContract, PrunerContract, ViewsContract
from contracts.claims_contract import TTL_S, ClaimsContract, MakeClaims
from hippique.runtime.gcs import GcsArchive, GcsViews
from hippique.runtime.gcs_bucket import Bucket
from hippique.runtime.gcs_claims import GcsClaims


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with fake_gcs() as address:
        yield client_of(address)


@pytest.fixture
def bucket(client: Client) -> Bucket:
    return new_bucket(client)


class TestGcsArchive(ArchiveContract):
    @pytest.fixture
    def archive(self, bucket: Bucket) -> GcsArchive:
        return GcsArchive(bucket)


class TestGcsPruner(PrunerContract):
    @pytest.fixture
    def kept(self, bucket: Bucket) -> GcsArchive:
        return GcsArchive(bucket)


class TestGcsViews(ViewsContract):
    @pytest.fixture
    def views(self, bucket: Bucket) -> GcsViews:
        return GcsViews(bucket)


class TestGcsClaims(ClaimsContract):
    @pytest.fixture
    def make_claims(self, bucket: Bucket) -> MakeClaims:
        return lambda owner, wall: GcsClaims(bucket, owner=owner, wall=wall, ttl_s=TTL_S)
