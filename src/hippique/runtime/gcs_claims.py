"""Claims as small objects of a bucket, changed only over the content that was read."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from hippique.racing.codec import from_json, to_json
from hippique.runtime.claims import Wall
from hippique.runtime.gcs_bucket import ABSENT, Bucket, Kept
from hippique.runtime.owner import Owner, is_dead

CLAIMS = "claims/"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claim:
    """Who holds a key and until when; free once it was given back. take: one taking, once."""

    owner: Owner
    expires: datetime
    take: str
    free: bool = False


class GcsClaims:
    """Claims of everybody who shares a bucket. ttl_s: life of a claim, real seconds.

    The clocks of two machines may differ by seconds; the life of a claim is minutes.
    """

    def __init__(self, bucket: Bucket, *, owner: Owner, wall: Wall, ttl_s: float) -> None:
        self._bucket = bucket
        self._owner = owner
        self._wall = wall
        self._ttl = timedelta(seconds=ttl_s)
        self._numbers = itertools.count(1)

    def acquire(self, key: str) -> bool:
        """See Claims. Also False when this very process already holds it: a second delivery."""
        name = _name(key)
        kept = self._bucket.read(name)
        if kept is not None and not self._is_free(_claim(kept)):
            return False
        mine = _Claim(
            owner=self._owner,
            expires=self._wall() + self._ttl,
            take=f"{self._owner.instance}/{next(self._numbers)}",
        )
        over = kept.generation if kept else ABSENT
        return self._bucket.write(name, to_json(mine), over=over)

    def release(self, key: str) -> None:
        """See Claims. The object stays and says that it is free: a delete knows no condition."""
        name = _name(key)
        kept = self._bucket.read(name)
        if kept is None or (held := _claim(kept)).free or held.owner != self._owner:
            return
        given_back = _Claim(owner=held.owner, expires=held.expires, take=held.take, free=True)
        # Where this changes nothing, somebody took the claim over meanwhile: it is his.
        self._bucket.write(name, to_json(given_back), over=kept.generation)

    def _is_free(self, held: _Claim) -> bool:
        is_over = held.free or held.expires <= self._wall()
        return is_over or is_dead(held.owner, seen_from=self._owner)


def _name(key: str) -> str:
    return f"{CLAIMS}{quote(key, safe='/')}.json"


def _claim(kept: Kept) -> _Claim:
    return from_json(_Claim, kept.content)
