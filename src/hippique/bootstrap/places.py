"""Which stores and which queue the settings mean, what they lack for it, and opening them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

from hippique.bootstrap.folders import Folder, Told, open_folder
from hippique.bootstrap.guarding import identity_faults, is_loopback
from hippique.errors import SettingsError
from hippique.ports import Clock, Views
from hippique.runtime.read_through import KeptArchive
from hippique.settings import Settings, data_folder

GOOGLE = ("google", "grpc")


def service_faults(settings: Settings, environment: Mapping[str, str]) -> list[str]:
    """Everything that a service lacks: identities, stores, queue."""
    return identity_faults(settings, environment) + place_faults(settings, environment)


def place_faults(settings: Settings, environment: Mapping[str, str]) -> list[str]:
    """Every setting that Google's stores and queue lack or cannot use, each with its mend."""
    faults = []
    for name, address in (
        ("CLOUD_TASKS_ENDPOINT", settings.cloud_tasks_endpoint),
        ("STORAGE_EMULATOR_HOST", environment.get("STORAGE_EMULATOR_HOST")),
    ):
        if address and not is_loopback(_host_of(address)):
            faults.append(f"{name}={address} is for stand-ins on loopback only; unset it")
    if queue_backend(settings, environment) == "cloud_tasks":
        needed = {
            "GCS_BUCKET": settings.gcs_bucket,
            "PROJECT_ID": settings.project_id.removeprefix("local"),
            "SERVICE_URL": settings.service_url,
            "SERVICE_SA_EMAIL": settings.tasks_call_as,
        }
        missing = [name for name, value in needed.items() if not value]
        if missing:
            names = ", ".join(missing)
            mend = "set it, or QUEUE_BACKEND=embedded"
            faults.append(f"QUEUE_BACKEND=cloud_tasks needs {names}; {mend}")
    return faults


def _host_of(address: str) -> str:
    return urlsplit(address if "//" in address else f"//{address}").hostname or ""


def queue_backend(settings: Settings, environment: Mapping[str, str]) -> str:
    """`embedded` or `cloud_tasks`: QUEUE_BACKEND, else what the place and the bucket suggest.

    On Cloud Run without a bucket everything may vanish, the queue too: there it is embedded.
    """
    if settings.queue_backend is not None:
        return settings.queue_backend
    on_google = "K_SERVICE" in environment and settings.gcs_bucket
    return "cloud_tasks" if on_google else "embedded"


def open_place(
    settings: Settings, environment: Mapping[str, str], clock: Clock, told: Told | None = None
) -> Folder:
    """Open what the settings name: a bucket where GCS_BUCKET is set, else the data folder.

    told: hears of every call to Google that is tried again. Raises StoreError, SettingsError.
    """
    if settings.gcs_bucket is None:
        return open_folder(data_folder(settings, environment), clock)
    with _extra(settings):
        from hippique.bootstrap.google import open_bucket  # noqa: PLC0415  an extra that one machine never installs
    return open_bucket(settings, environment, clock, told, queue_backend(settings, environment))


def bucket_stores(settings: Settings, environment: Mapping[str, str]) -> tuple[KeptArchive, Views]:
    """The archive and the views of GCS_BUCKET, to look at. Raises SettingsError."""
    with _extra(settings):
        from hippique.bootstrap.google import connect_bucket, stores_of  # noqa: PLC0415  as above
    return stores_of(connect_bucket(settings, environment))


@contextmanager
def _extra(settings: Settings) -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in GOOGLE:
            raise
        raise SettingsError(
            f"GCS_BUCKET={settings.gcs_bucket} needs Google's libraries; "
            "install hippique-orchestrator[gcp], or unset it"
        ) from error
