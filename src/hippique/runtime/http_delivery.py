"""Deliver a task as an HTTP POST to the service, as Cloud Tasks does."""

from __future__ import annotations

import time

import httpx

from hippique.ports import Task
from hippique.runtime.delivery import Delivery, failed

CONNECT_S = 10.0
KEPT_BODY = 300
"""How much of a refusal is kept with the task, bytes."""


class HttpDelivery:
    """Posts payloads to `service_root` + `path`; call it with a task, close it at the end.

    Success is 2xx only; a redirect or any other answer is a failed attempt, with its status and
    the start of its body. The task's deadline (real seconds) bounds the wait for the answer.
    """

    def __init__(
        self,
        service_root: str,
        *,
        path: str = "/run",
        bearer: str | None = None,
        client: httpx.Client | None = None,
    ) -> None:
        self._url = service_root.rstrip("/") + path
        self._headers = {"content-type": "application/json"}
        if bearer is not None:
            self._headers["authorization"] = f"Bearer {bearer}"
        self._client = client or _plain_client()

    def __call__(self, task: Task) -> Delivery:
        """One attempt. A service that cannot be reached is a failed attempt, not an error."""
        limits = httpx.Timeout(task.deadline_s, connect=min(CONNECT_S, task.deadline_s))
        give_up_at = time.monotonic() + task.deadline_s
        try:
            with self._client.stream(
                "POST", self._url, content=task.payload, headers=self._headers, timeout=limits
            ) as response:
                return _delivery(response, _start_of_body(response, give_up_at))
        except httpx.HTTPError as error:
            return failed(error)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def _plain_client() -> httpx.Client:
    # trust_env off: a proxy of the environment must not stand before our own loopback.
    # No connection is kept: one that the service closes meanwhile would cost a back-off.
    return httpx.Client(trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))


def _start_of_body(response: httpx.Response, give_up_at: float) -> bytes:
    # httpx bounds each read and never the whole: a body that drips would hold the slot for ever.
    body = b""
    for chunk in response.iter_bytes():
        body += chunk[: KEPT_BODY - len(body)]
        if time.monotonic() > give_up_at:
            raise httpx.ReadTimeout("the answer did not end before the deadline")
    return body


def _delivery(response: httpx.Response, body: bytes) -> Delivery:
    if response.is_success:
        return Delivery(ok=True)
    text = body.decode("utf-8", "replace")
    return Delivery(
        ok=False,
        error=f"HTTP {response.status_code} {response.reason_phrase}: {text}",
        retry_after_s=_seconds(response.headers.get("retry-after")),
    )


def _seconds(header: str | None) -> float | None:
    """Retry-After as seconds; None for a date, which only proxies send."""
    return float(header) if header is not None and header.isdecimal() else None
