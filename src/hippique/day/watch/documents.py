"""An alert as the API and the commands show it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hippique.day.watch.incident import Incident


def alert_document(incident: Incident) -> dict[str, Any]:
    """The published form; `cause` is French, `cause_en` English."""
    return {
        "id": incident.id,
        "date": incident.date.isoformat(),
        "rule": incident.rule,
        "level": str(incident.level),
        "cause": incident.fr,
        "cause_en": incident.en,
        "first_seen": incident.first_seen.isoformat(),
        "last_seen": incident.last_seen.isoformat(),
        "count": incident.count,
        "acknowledged": incident.acknowledged_at is not None,
        "acknowledged_at": _text(incident.acknowledged_at),
        "acknowledged_by": incident.acknowledged_by,
        "recovered_at": _text(incident.recovered_at),
        "sent": {name: at.isoformat() for name, at in sorted(incident.sent.items())},
    }


def _text(instant: dt.datetime | None) -> str | None:
    return instant.isoformat() if instant else None
