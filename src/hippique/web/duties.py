"""The recurring duties as HTTP doors, for Cloud Scheduler: the same code as the calendar's."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from pydantic import BaseModel, ConfigDict, Field

from hippique.day.duties import Due, Duty, days_meant
from hippique.day.service import DayService
from hippique.web.bodies import TODAY, read_day


class DutyBody(BaseModel):
    """POST /duties/…: whose duty it is."""

    model_config = ConfigDict(extra="forbid")

    date: str = Field(TODAY, description="`today` (the race days that this hour is about) or a day")


def install_duties(app: FastAPI, service: DayService) -> None:
    """Register POST /duties/{prepare|plan|tick|close}."""

    @app.post("/duties/{duty}", summary="Do a recurring duty, as the calendar of one machine does")
    def do(duty: Duty, request: Request, body: DutyBody | None = None) -> dict[str, Any]:
        now = service.desk.now()
        correlation_id = service.desk.new_id(duty)
        request.state.correlation_id = correlation_id
        asked = body.date if body else TODAY
        days = days_meant(duty, now) if asked == TODAY else (read_day(asked, now),)
        for day in days:
            service.do(Due(now, duty, day))
        told = [day.isoformat() for day in days]
        return {"ok": True, "duty": duty, "days": told, "correlation_id": correlation_id}
