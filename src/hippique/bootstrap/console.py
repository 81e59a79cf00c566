"""Links into Google's console for the service, queue, jobs and log that the settings name."""

from __future__ import annotations

from urllib.parse import quote

from hippique.settings import Settings

ROOT = "https://console.cloud.google.com"


def console_links(settings: Settings) -> dict[str, str]:
    """What → address. Empty on one machine, where nothing of it exists."""
    if settings.project_id == "local":
        return {}
    region, project = quote(settings.region, safe=""), quote(settings.project_id, safe="")
    service, queue = quote(settings.service_name, safe=""), quote(settings.queue_id, safe="")
    paths = {
        "service": f"run/detail/{region}/{service}",
        "metrics": f"run/detail/{region}/{service}/metrics",
        "queue": f"cloudtasks/queue/{region}/{queue}",
        "scheduler": "cloudscheduler",
        "logs": "logs/query",
    }
    return {name: f"{ROOT}/{path}?project={project}" for name, path in paths.items()}
