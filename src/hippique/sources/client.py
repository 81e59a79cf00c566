"""The one client for all sites: honest, obedient, and bounded. Every page comes through here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from urllib.parse import urljoin

import httpx

from hippique.errors import PageMissing, SourceError, SourceRefused
from hippique.racing.times import paris_day
from hippique.sources.addresses import SiteAddresses, Target, fetch_target
from hippique.sources.bounds import Budget, Limits
from hippique.sources.exchange import OK, Exchange, Pulse, Raw, down, refused
from hippique.sources.pacing import Pacer
from hippique.sources.robots import PRODUCT, RobotsShelf, Rules, read_rules
from hippique.sources.sockets import socket_transport, within

Switch = Callable[[str], str | None]

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MISSING = frozenset({204, 404, 410})  # PMU answers 204 for a race or a day that it does not have
_CLIENT_FAULTS = range(400, 500)


def disabled_sources(names: frozenset[str]) -> Switch:
    """The kill switch of the setting DISABLED_SOURCES."""

    def reason(site: str) -> str | None:
        return "source switched off by DISABLED_SOURCES" if site in names else None

    return reason


def user_agent(version: str) -> str:
    """Who we are, said plainly; the name is the one that robots.txt is asked for."""
    return f"{PRODUCT}/{version} (educational; one user)"


def _never(_: str) -> str | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How we behave. delay_s: race seconds between two requests to one host.

    switch: why a site must not be read now (kill switch, terms not acknowledged), None where it
    may be; asked before each call.
    """

    user_agent: str
    delay_s: float = 1.0
    obey_robots: bool = True
    switch: Switch = _never


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A page that came with 200. url: where it lay after redirects; taken_at: race time."""

    url: str
    body: bytes
    content_type: str | None
    taken_at: datetime


class PoliteClient:
    """Fetches pages for the sites. Thread-safe; close it at the end, or use it in a `with`.

    transport: the real network by default; `httpx.WSGITransport(app)` for sites in this process.
    """

    def __init__(
        self,
        sites: SiteAddresses,
        habits: Habits,
        pulse: Pulse,
        *,
        limits: Limits | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._sites, self._habits, self._pulse = sites, habits, pulse
        self._limits = limits or Limits()
        self._pacer = Pacer(pulse.clock, habits.delay_s)
        self._robots = RobotsShelf()
        wire = transport or socket_transport(sites)
        self._exchange = Exchange(wire, habits.user_agent, self._pacer, pulse, self._limits)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._exchange.close()

    def get(self, url: str, *, site: str) -> Answer:
        """Fetch one page of a site. Raises SourceDown, SourceRefused, PageMissing."""
        target, budget = self._begin(url, site)
        with within(budget):
            return self._page(self._follow(target, budget, self._check_robots))

    def allows(self, url: str, *, site: str) -> bool:
        """Whether robots.txt allows an address. Raises SourceDown, SourceRefused."""
        target, budget = self._begin(url, site)
        with within(budget):
            return self._rules(target, budget).allows(target.url)

    def _begin(self, url: str, site: str) -> tuple[Target, Budget]:
        reason = self._habits.switch(site)
        if reason:
            raise SourceRefused(f"{site}: {reason}", site=site, url=url)
        target = fetch_target(url, site, self._sites)
        return target, Budget(self._limits.total_s, self._pulse.monotonic)

    def _follow(
        self, target: Target, budget: Budget, check: Callable[[Target, Budget], None]
    ) -> Raw:
        for _ in range(self._limits.redirects + 1):
            check(target, budget)
            raw = self._exchange.ask(target, budget)
            if raw.status not in _REDIRECTS:
                return raw
            target = self._redirected(raw)
        raise down(target, f"more than {self._limits.redirects} redirects")

    def _redirected(self, raw: Raw) -> Target:
        location = raw.headers.get("location", "")
        if not location:
            raise down(raw.target, f"status {raw.status} without a Location")
        try:
            joined = urljoin(raw.target.url, location)
        except ValueError as error:
            raise refused(raw.target, f"it redirects to {location[:200]!r}") from error
        return fetch_target(joined, raw.target.site, self._sites)

    def _check_robots(self, target: Target, budget: Budget) -> None:
        if not self._habits.obey_robots:
            return
        self._exchange.check_open(target)
        rules = self._rules(target, budget)
        if not rules.allows(target.url):
            raise refused(target, "robots.txt disallows it; switch the source off or ask the site")
        if rules.is_too_slow:
            raise refused(target, f"robots.txt asks for {rules.delay_s:g} s between requests")
        self._pacer.slow_down(target.host, rules.delay_s)

    def _rules(self, target: Target, budget: Budget) -> Rules:
        def fetch() -> Rules:
            address = Target(site=target.site, url=f"{target.host}/robots.txt", host=target.host)
            raw = self._follow(address, budget, lambda *_: None)
            rules = read_rules(raw.status, raw.body)
            if rules is None:
                raise down(address, f"status {raw.status}: rules out of reach allow nothing")
            return rules

        return self._robots.rules(target.host, paris_day(self._pulse.clock.now()), fetch)

    def _page(self, raw: Raw) -> Answer:
        if raw.status != OK:
            raise _unfit(raw)
        return Answer(
            url=raw.target.url,
            body=raw.body,
            content_type=raw.headers.get("content-type"),
            taken_at=self._pulse.clock.now(),
        )


def _unfit(raw: Raw) -> SourceError:
    target, why = raw.target, f"status {raw.status}"
    if raw.status in _MISSING:
        return PageMissing(f"{target.site}: {target.url}: {why}", site=target.site, url=target.url)
    return refused(target, why) if raw.status in _CLIENT_FAULTS else down(target, why)
