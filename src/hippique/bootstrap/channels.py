"""The bettor's channel that the settings name."""

from __future__ import annotations

from hippique.ports import SlipChannel
from hippique.settings import Settings


def slip_channel(settings: Settings) -> SlipChannel | None:
    """Where slips go out; None without SLIP_URLS. Raises SettingsError for a bad address."""
    if not settings.slip_urls:
        return None
    from hippique.runtime.apprise_channel import AppriseChannel  # noqa: PLC0415  half a second of plugins that only its users need

    return AppriseChannel([url.get_secret_value() for url in settings.slip_urls])
