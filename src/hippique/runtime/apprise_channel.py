"""A message channel through apprise: one address a service, each a secret."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from threading import Lock

from apprise import Apprise, AppriseAsset, NotifyBase, NotifyFormat

from hippique.errors import SettingsError, SourceDown
from hippique.ports import Message

APP_ID = "hippique"


class AppriseChannel:
    """Sends to each address in turn, and remembers which of them took which message.

    setting: which one named the addresses. Raises SettingsError that names a bad address by its
    position, never by its text.
    """

    def __init__(self, addresses: Sequence[str], setting: str) -> None:
        _silence()
        self._setting = setting  # what errors call it: an address would tell a token
        asset = AppriseAsset(app_id=APP_ID, app_desc=APP_ID, async_mode=False)
        self._services = tuple(
            _service(setting, at, one, asset) for at, one in enumerate(addresses, 1)
        )
        self._taken: set[tuple[str, int]] = set()
        self._lock = Lock()

    def send(self, message: Message) -> None:
        """See MessageChannel. Each address has apprise's own time-outs, four seconds by default."""
        failed = [
            f"{at}. {service.service_name}"
            for at, service in enumerate(self._services, 1)
            if not self._sent(at, service, message)
        ]
        if failed:
            told = f"{len(failed)} of {len(self._services)} addresses did not take it"
            raise SourceDown(f"{told} ({', '.join(failed)})", site=self._setting)

    def _sent(self, at: int, service: NotifyBase, message: Message) -> bool:
        with self._lock:
            if (message.key, at) in self._taken:
                return True
        is_sent = bool(
            service.notify(title=message.title, body=message.body, body_format=NotifyFormat.TEXT)
        )
        if is_sent:
            with self._lock:
                self._taken.add((message.key, at))
        return is_sent


def _service(setting: str, at: int, address: str, asset: AppriseAsset) -> NotifyBase:
    made = Apprise.instantiate(address, asset=asset, suppress_exceptions=True)
    if not isinstance(made, NotifyBase):
        raise SettingsError(
            f"{setting}: address {at} is none that apprise knows (it is not shown: it is a "
            "secret); write one like mailto://… or json://…, a comma inside it as %2C"
        )
    return made


def _silence() -> None:
    """Apprise logs hosts and, at DEBUG, whole addresses; our own events say what is needed."""
    logger = logging.getLogger("apprise")
    logger.propagate = False
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
