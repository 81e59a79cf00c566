"""The alerts over HTTP: who looks, and who takes one over."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request

from hippique.day.watch.documents import alert_document
from hippique.day.watch.watch import Watch
from hippique.errors import NotFound
from hippique.web.auth.roles import Identity


def install_alerts(app: FastAPI, watch: Watch | None) -> None:
    """Register `GET /api/alerts`."""

    @app.get("/api/alerts", summary="Alerts of the race day and the three before it")
    def alerts(
        date: Annotated[dt.date | None, Query(description="one race day alone")] = None,
    ) -> dict[str, Any]:
        found = watch.alerts(date) if watch else ()
        return {"alerts": [alert_document(one) for one in found]}


def install_acknowledging(app: FastAPI, watch: Watch | None) -> None:
    """Register the operator's door `POST /api/alerts/{id}/ack`."""

    @app.post("/api/alerts/{alert}/ack", summary="Take an alert over")
    def acknowledge(alert: str, request: Request) -> dict[str, Any]:
        identity: Identity = request.state.identity
        if watch is None:
            raise NotFound("nothing is watched here")
        return {"ok": True, "alert": alert_document(watch.acknowledge(alert, identity.who))}
