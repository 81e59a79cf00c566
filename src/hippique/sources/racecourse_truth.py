"""The win chances of a simulated racecourse, asked over HTTP. No real site tells them."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from hippique.errors import PageMissing, SourceDown
from hippique.racing.card import RaceId

SITE = "racecourse"
TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class RacecourseTruth:
    """A racecourse at `root`. transport: one in the same process; None goes over sockets."""

    root: str
    transport: httpx.BaseTransport | None = None

    def tell(self, race: RaceId) -> bytes:
        """Its answer for a race. Raises SourceDown (no answer), PageMissing (not its race)."""
        url = f"{self.root.rstrip('/')}/truth/{race}"
        try:
            with httpx.Client(
                transport=self.transport, timeout=TIMEOUT_S, trust_env=False
            ) as client:
                answer = client.get(url)
        except httpx.HTTPError as error:
            raise SourceDown(f"no truth at {url} ({error})", site=SITE, url=url) from error
        if answer.status_code == httpx.codes.NOT_FOUND:
            raise PageMissing(f"the racecourse does not run {race}", site=SITE, url=url)
        if answer.status_code != httpx.codes.OK:
            raise SourceDown(f"{url} answers {answer.status_code}", site=SITE, url=url)
        return answer.content
