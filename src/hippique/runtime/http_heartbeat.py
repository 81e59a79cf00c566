"""A dead man's switch that is an address: one GET or POST says that all was done in time."""

from __future__ import annotations

import httpx

from hippique.errors import SourceDown

LIMIT_S = 5.0
SITE = "HEARTBEAT_URL"  # what errors call it: an address would tell a token


class HttpHeartbeat:
    """Beats by HTTP. url: the switch's own address, a secret. method: GET or POST."""

    def __init__(self, url: str, method: str) -> None:
        self._url = url
        self._method = method

    def beat(self) -> None:
        """See Heartbeat. Anything but 2xx counts as not heard."""
        try:
            answer = httpx.request(
                self._method, self._url, timeout=LIMIT_S, follow_redirects=True, trust_env=False
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            told = f"the switch did not answer ({type(error).__name__})"
            raise SourceDown(told, site=SITE) from None  # the cause would tell the address
        if not answer.is_success:
            raise SourceDown(f"the switch answered {answer.status_code}", site=SITE)
