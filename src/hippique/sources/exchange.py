"""One question to one host: paced, tried again where that may help, bounded in time and size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from random import Random
from typing import cast

import httpx

from hippique.errors import SourceDown, SourceRefused
from hippique.ports import Clock
from hippique.sources.addresses import Target
from hippique.sources.bounds import ACCEPTED_ENCODINGS, Budget, Limits, Monotonic, read_body
from hippique.sources.pacing import Pacer, http_date, retry_after_s
from hippique.sources.sockets import NETWORK_ERRORS, PrivateAddress

OK = 200
_TOO_MANY, _UNAVAILABLE = 429, 503
_PASSING = frozenset({408, 425})
_SERVER_FAULTS = range(500, 600)
_CLOSED_S = 60.0  # a 429 that does not say how long


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """What passes by itself: race time, the wall's monotonic seconds, and chance for back-off."""

    clock: Clock
    monotonic: Monotonic
    chance: Random


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """An answer before it is judged: body only with status 200."""

    target: Target
    status: int
    headers: Mapping[str, str]
    body: bytes


class Exchange:
    """Puts questions to hosts over a transport. Thread-safe."""

    def __init__(
        self,
        transport: httpx.BaseTransport,
        user_agent: str,
        pacer: Pacer,
        pulse: Pulse,
        limits: Limits,
    ) -> None:
        self._pacer, self._pulse, self._limits = pacer, pulse, limits
        self._http = httpx.Client(
            transport=transport,
            headers={"User-Agent": user_agent, "Accept-Encoding": ACCEPTED_ENCODINGS},
            follow_redirects=False,
            trust_env=False,  # no proxy and no password file behind the settings' back
        )
        # Each request stands alone, so that a replay meets the same site.
        self._http.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def ask(self, target: Target, budget: Budget) -> Raw:
        """The answer, whatever its status below 500. Raises SourceDown; SourceRefused with 429."""
        attempt = 1
        while True:
            try:
                return self._ask_once(target, budget)
            except _PassingFault as fault:
                if attempt >= self._limits.attempts or budget.left_s() <= 0:
                    raise down(target, f"{fault} (attempt {attempt})") from fault
            self._back_off(attempt)
            attempt += 1

    def check_open(self, target: Target) -> None:
        """Raises SourceRefused while the host has asked for a pause."""
        closed = self._pacer.closed_for_s(target.host)
        if closed > 0:
            raise refused(target, "it asked for a pause", closed)

    def _back_off(self, attempt: int) -> None:
        limits = self._limits
        longest = min(limits.backoff_max_s, limits.backoff_s * 2.0 ** (attempt - 1))
        self._pulse.clock.sleep(self._pulse.chance.uniform(0.0, longest))  # full jitter

    def _ask_once(self, target: Target, budget: Budget) -> Raw:
        self.check_open(target)
        with budget.standing_still():
            self._pacer.wait_turn(target.host)
        self.check_open(target)  # another thread may have been told to go away meanwhile
        timeout = self._timeout(target, budget)
        try:
            with self._http.stream("GET", target.url, timeout=timeout) as response:
                return self._received(response, target, budget)
        except PrivateAddress as error:
            raise refused(target, str(error)) from error
        except NETWORK_ERRORS as error:
            raise _PassingFault(f"{type(error).__name__} {error}".strip()) from error

    def _timeout(self, target: Target, budget: Budget) -> httpx.Timeout:
        left = budget.left_s()
        if left <= 0:
            raise down(target, f"no answer within {self._limits.total_s:g} s")
        read, connect = min(self._limits.read_s, left), min(self._limits.connect_s, left)
        return httpx.Timeout(connect=connect, read=read, write=read, pool=left)

    def _received(self, response: httpx.Response, target: Target, budget: Budget) -> Raw:
        status, headers = response.status_code, response.headers
        if status in {_TOO_MANY, _UNAVAILABLE}:
            self._obey_pause(response, target)
        if status in _PASSING or status in _SERVER_FAULTS:
            raise _PassingFault(f"status {status}")
        body = b""
        if status == OK:
            # Not iter_raw: it refuses an answer that a transport in this process gave whole.
            chunks = self._timed(cast("Iterable[bytes]", response.stream), target, budget)
            body = read_body(chunks, headers.get("content-encoding", ""), self._limits, target)
        return Raw(target=target, status=status, headers=headers, body=body)

    def _obey_pause(self, response: httpx.Response, target: Target) -> None:
        # A Retry-After date counts from the server's own clock, which need not be ours.
        now = http_date(response.headers.get("date")) or self._pulse.clock.now()
        wait = retry_after_s(response.headers.get("retry-after"), now=now)
        if wait is None and response.status_code == _UNAVAILABLE:
            return
        closed = self._pacer.close(target.host, _CLOSED_S if wait is None else wait)
        raise refused(target, f"status {response.status_code}", closed)

    def _timed(self, chunks: Iterable[bytes], target: Target, budget: Budget) -> Iterator[bytes]:
        for chunk in chunks:
            if budget.left_s() <= 0:
                raise down(target, f"its answer took longer than {self._limits.total_s:g} s")
            yield chunk


def down(target: Target, why: str) -> SourceDown:
    """The error of a site that does not answer as it should."""
    return SourceDown(f"{target.site}: {target.url}: {why}", site=target.site, url=target.url)


def refused(target: Target, why: str, retry_after_s: float | None = None) -> SourceRefused:
    """The error of a site, or of our manners, that says no."""
    later = "" if retry_after_s is None else f"; asked again in {retry_after_s:.0f} s"
    return SourceRefused(
        f"{target.site}: {target.url}: {why}{later}",
        site=target.site,
        url=target.url,
        retry_after_s=retry_after_s,
    )


class _PassingFault(Exception):
    """What another attempt in the same call may not meet; never leaves this module."""
