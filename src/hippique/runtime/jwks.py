"""Fetches an issuer's key set: bounded in size and in time, no redirect followed."""

from __future__ import annotations

import time

import httpx

from hippique.errors import SourceDown

WITHIN_S = 5.0
MOST_BYTES = 256 * 1024
SITE = "identity"


class KeySetFetch:
    """GET of one address; call it for the bytes. Raises SourceDown.

    url: https, or http on loopback; settings are checked at the start.
    """

    def __init__(self, url: str) -> None:
        self._url = url

    def __call__(self) -> bytes:
        """The key set as it comes."""
        give_up_at = time.monotonic() + WITHIN_S
        try:
            with (
                self._client() as client,
                client.stream("GET", self._url) as response,
            ):
                return _body(response, self._url, give_up_at)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            told = f"{self._url}: {type(error).__name__}"
            raise SourceDown(told, site=SITE, url=self._url) from error

    def _client(self) -> httpx.Client:
        # A proxy of the environment must not stand before our own loopback, the only http allowed.
        is_far = self._url.startswith("https:")
        return httpx.Client(timeout=WITHIN_S, follow_redirects=False, trust_env=is_far)


def _body(response: httpx.Response, url: str, give_up_at: float) -> bytes:
    if response.status_code != httpx.codes.OK:
        raise SourceDown(f"{url}: HTTP {response.status_code}", site=SITE, url=url)
    body = b""
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > MOST_BYTES or time.monotonic() > give_up_at:
            raise SourceDown(f"{url}: too long or too slow", site=SITE, url=url)
    return body
