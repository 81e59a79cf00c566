"""The channels that the settings name: the bettor's, and those of who is on call."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import SecretStr

from hippique.ports import Heartbeat, MessageChannel
from hippique.settings import Settings


def slip_channel(settings: Settings) -> MessageChannel | None:
    """Where slips go out; None without SLIP_URLS. Raises SettingsError for a bad address."""
    return _channel(settings.slip_urls, "SLIP_URLS")


def alert_channels(settings: Settings) -> tuple[MessageChannel | None, MessageChannel | None]:
    """Where alerts go: to level 1, and to level 2, which is level 1 again unless it has its own.

    None without ALERT_URLS. Raises SettingsError for a bad address.
    """
    first = _channel(settings.alert_urls, "ALERT_URLS")
    return first, _channel(settings.alert_urls_level2, "ALERT_URLS_LEVEL2") or first


def heartbeat(settings: Settings) -> Heartbeat | None:
    """The dead man's switch outside; None without HEARTBEAT_URL."""
    if settings.heartbeat_url is None:
        return None
    from hippique.runtime.http_heartbeat import HttpHeartbeat  # noqa: PLC0415  for its users alone

    return HttpHeartbeat(settings.heartbeat_url.get_secret_value(), settings.heartbeat_method)


def _channel(addresses: Sequence[SecretStr], setting: str) -> MessageChannel | None:
    if not addresses:
        return None
    from hippique.runtime.apprise_channel import AppriseChannel  # noqa: PLC0415  half a second of plugins that only its users need

    return AppriseChannel([address.get_secret_value() for address in addresses], setting)
