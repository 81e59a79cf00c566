"""The issuer's public keys: cached, fetched again for an unknown one, never in a flood."""

from __future__ import annotations

import contextlib
import json
import math
import threading
from collections.abc import Callable, Mapping
from typing import Any

from jwt import PyJWK
from jwt.exceptions import PyJWTError

from hippique.errors import KeysUnreachable, SourceDown, SourceError

FRESH_S = 3600.0
"""Age at which the keys are fetched again: Google publishes new ones days before they sign."""
KEPT_S = 12 * 3600.0
"""Age until which the last keys still count while nothing newer can be had."""
STRANGER_PAUSE_S = 60.0
"""Least time between two fetches for keys that are not there: anybody can make up a name."""
FAILURE_PAUSE_S = 5.0
"""Least time after a fetch that failed."""
SITE = "identity"
_KINDS = {"RS256": "RSA", "ES256": "EC"}
UNREACHABLE = "identities cannot be checked now; try again"

Fetch = Callable[[], bytes]


class KeyRing:
    """Keys of one algorithm by their names.

    fetch: the JSON Web Key Set as it comes; raises SourceError. monotonic: seconds. One thread
    fetches at a time; the others wait for it.
    """

    def __init__(self, fetch: Fetch, monotonic: Callable[[], float], algorithm: str) -> None:
        self._fetch = fetch
        self._monotonic = monotonic
        self._algorithm = algorithm
        self._lock = threading.Lock()
        self._kept: tuple[Mapping[str, PyJWK], float] = ({}, -math.inf)  # and when they were had
        self._asked_at = -math.inf
        self._stranger_at = -math.inf  # the last fetch for a name that fresh keys did not hold
        self._has_failed = False

    def find(self, name: str) -> PyJWK | None:
        """The key of a name; None where the issuer has none. Raises KeysUnreachable."""
        now = self._monotonic()
        keys, fetched_at = self._kept  # read at once: who knows his key waits for no stranger's
        if name in keys and now - fetched_at < FRESH_S:
            return keys[name]
        with self._lock:
            now = self._monotonic()
            if self._is_due(name, now):
                self._ask(now)
            keys, fetched_at = self._kept
            if name in keys and now - fetched_at < KEPT_S:
                return keys[name]
            if self._has_failed:
                raise KeysUnreachable(UNREACHABLE, why="the issuer's keys could not be fetched")
            return None

    def _is_due(self, name: str, now: float) -> bool:
        keys, fetched_at = self._kept
        is_fresh = now - fetched_at < FRESH_S
        if is_fresh and name in keys:
            return False
        if self._has_failed:
            return now - self._asked_at >= FAILURE_PAUSE_S
        return not is_fresh or now - self._stranger_at >= STRANGER_PAUSE_S

    def _ask(self, now: float) -> None:
        if now - self._kept[1] < FRESH_S:
            self._stranger_at = now
        self._asked_at = now
        self._has_failed = True
        with contextlib.suppress(SourceError):
            self._kept = (read_keys(self._fetch(), self._algorithm), now)
            self._has_failed = False


def read_keys(document: bytes, algorithm: str) -> Mapping[str, PyJWK]:
    """The public keys of a set that sign with this algorithm. Raises SourceDown where none does."""
    try:
        listed = json.loads(document)["keys"]
        found = [_read_key(one, algorithm) for one in listed]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise SourceDown("the keys are no JSON Web Key Set", site=SITE) from error
    keys = dict(filter(None, found))
    if not keys:
        raise SourceDown(f"the key set holds no key for {algorithm}", site=SITE)
    return keys


def _read_key(jwk: Any, algorithm: str) -> tuple[str, PyJWK] | None:
    """None for a key of another kind; a set may hold several."""
    if not isinstance(jwk, dict) or jwk.get("kty") != _KINDS[algorithm]:
        return None
    name = jwk.get("kid")
    if jwk.get("use", "sig") != "sig" or not isinstance(name, str):
        return None
    try:
        return name, PyJWK(jwk, algorithm)
    except (PyJWTError, ValueError, TypeError):  # numbers that make no key
        return None
