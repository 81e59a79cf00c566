"""Settings from the environment and `.env`, each checked at the start; all faults named at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from hippique.betting.terms import OPERATORS
from hippique.day.care.pruning import LEAST_DAYS
from hippique.day.plan import Scope
from hippique.errors import SettingsError

SITES = ("zeturf", "geny", "pmu")


def _listed(value: object) -> object:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(
        value, str
    ) else value  # fmt: skip


def _blank_is_none(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


Operator = Literal["zeturf", "pmu", "pmu_fr"]
Site = Literal["zeturf", "geny", "pmu"]
Optional_ = BeforeValidator(_blank_is_none)
Listed = BeforeValidator(_listed)


class Settings(BaseSettings):
    """One field per setting; its description is the documented line of `check config`."""

    model_config = SettingsConfigDict(
        env_file=".env", extra="ignore", case_sensitive=False, enable_decoding=False, frozen=True
    )

    project_id: str = Field("local", description="Google Cloud project; `local` on one machine")
    region: str = Field("europe-west1", description="Google Cloud region")
    service_name: str = Field("hippique-orchestrator", description="name of the service")
    service_url: Annotated[str | None, Optional_] = Field(
        None, description="root address under which the service is reached"
    )
    queue_id: str = Field("hippique-tasks", description="name of the task queue")
    scheduler_sa_email: Annotated[str | None, Optional_] = Field(
        None, description="e-mail of the scheduler's service account"
    )
    service_sa_email: Annotated[str | None, Optional_] = Field(
        None, description="service account that tasks call as; default SCHEDULER_SA_EMAIL"
    )
    gcs_bucket: Annotated[str | None, Optional_] = Field(
        None, description="bucket of the archive; empty keeps it on disk"
    )
    queue_backend: Annotated[Literal["embedded", "cloud_tasks"] | None, Optional_] = Field(
        None, description="embedded or cloud_tasks; empty: cloud_tasks on Cloud Run with a bucket"
    )
    cloud_tasks_endpoint: Annotated[str | None, Optional_] = Field(
        None, description="for tests: a stand-in of Cloud Tasks on loopback, HOST:PORT"
    )
    require_auth: bool = Field(
        default=True, description="false only on one machine: no identity is checked, loopback only"
    )
    open_to_network: bool = Field(
        default=False,
        description="true lets REQUIRE_AUTH=false listen beyond loopback: all may do all",
    )
    auth_platform: Literal["standalone", "pairing", "cloud_run_iam", "iap"] = Field(
        "standalone", description="who checks callers: we (or paired screens alone), Cloud Run, IAP"
    )
    oidc_audience: Annotated[tuple[str, ...], Listed] = Field(
        (), description="audiences that a token must carry; default SERVICE_URL (list by comma)"
    )
    oidc_issuers: Annotated[tuple[str, ...], Listed] = Field(
        ("https://accounts.google.com", "accounts.google.com"),
        min_length=1,
        description="issuers whose tokens are taken (list by comma)",
    )
    oidc_jwks_url: str = Field(
        "https://www.googleapis.com/oauth2/v3/certs",
        description="the issuers' public keys; http on loopback only",
    )
    oidc_allowed_emails: Annotated[tuple[str, ...], Listed] = Field(
        (), description="e-mails that may call POST /schedule and /run (list by comma)"
    )
    oidc_operators: Annotated[tuple[str, ...], Listed] = Field(
        (), description="e-mails that may also purge, pause, cancel, replan (list by comma)"
    )
    oidc_readers: Annotated[tuple[str, ...], Listed] = Field(
        (), description="e-mails that may read (list by comma)"
    )
    iap_audience: Annotated[str | None, Optional_] = Field(
        None, description="AUTH_PLATFORM=iap: the audience of the proxy's assertion"
    )
    iap_jwks_url: str = Field(
        "https://www.gstatic.com/iap/verify/public_key-jwk",
        description="the proxy's public keys; http on loopback only",
    )
    rate_limit_delay: float = Field(
        1.0,
        ge=0.0,
        le=60.0,
        allow_inf_nan=False,
        description="race seconds between two requests to one host",
    )
    timeout_seconds: float = Field(
        180.0,
        ge=15.0,
        le=235.0,
        allow_inf_nan=False,
        description="longest analysis of one race, wall seconds",
    )
    zeturf_base_url: Annotated[str | None, Optional_] = Field(
        None, description="root of ZEturf where it is not https://www.zeturf.fr"
    )
    geny_base_url: Annotated[str | None, Optional_] = Field(
        None, description="root of Geny where it is not https://www.geny.com"
    )
    pmu_base_url: Annotated[str | None, Optional_] = Field(
        None, description="root of PMU's JSON where it is not the live one"
    )
    racecourse_url: Annotated[str | None, Optional_] = Field(
        None, description="simulated racecourse that stands for all three sites, and its clock"
    )
    disabled_sources: Annotated[tuple[Site, ...], Listed] = Field(
        (), description="kill switch: sites that are not read (list by comma)"
    )
    terms_acknowledged: bool = Field(
        default=False, description="true once the sites' terms were read; no live host before"
    )
    races_scope: Scope = Field(Scope.FR, description="which races are queued: fr, pmu, all")
    policy: Literal["control", "kelly-pure", "gpi-5.1"] = Field(
        "gpi-5.1", description="who decides at H-5"
    )
    estimator: Literal["market", "gpi51", "truth"] = Field(
        "market", description="whose chances are used; truth in simulation only"
    )
    operators: Annotated[tuple[Operator, ...], Listed] = Field(
        ("zeturf",), min_length=1, description="operators to bet at, in order (list by comma)"
    )
    bankroll_eur: float = Field(
        200.0, gt=0.0, allow_inf_nan=False, description="money set aside to bet, euros"
    )
    weekly_loss_limit_eur: Annotated[float | None, Optional_] = Field(
        None,
        ge=0.01,
        le=1e6,
        allow_inf_nan=False,
        description="most that a week may lose, euros; lowered at once, raised from next Monday",
    )
    dry_slips: bool = Field(
        default=False, description="slips are marked «à l'essai»: on trial, not to be played"
    )
    slip_urls: Annotated[tuple[SecretStr, ...], Listed] = Field(
        (), description="where slips go out at once, apprise addresses (list by comma; secret)"
    )
    alert_urls: Annotated[tuple[SecretStr, ...], Listed] = Field(
        (), description="who is told of alerts, apprise addresses (list by comma; secret)"
    )
    alert_urls_level2: Annotated[tuple[SecretStr, ...], Listed] = Field(
        (), description="who is told of a critical alert that nobody takes over (secret)"
    )
    alert_thresholds: Annotated[tuple[str, ...], Listed] = Field(
        (), description="thresholds of alerts that differ, name=number (list by comma)"
    )
    heartbeat_url: Annotated[SecretStr | None, Optional_] = Field(
        None, description="dead man's switch, called while every deadline is met (secret)"
    )
    heartbeat_method: Literal["GET", "POST"] = Field("GET", description="how it is called")
    hippique_data: Annotated[Path | None, Optional_] = Field(
        None, description="data folder; default ./data, /tmp/horse_data on Cloud Run"
    )
    retention_days: Annotated[int | None, Optional_] = Field(
        None,
        ge=LEAST_DAYS,
        description="days whose raw pages `prune` keeps; empty keeps them all",
    )
    ephemeral: bool = Field(
        default=False, description="Cloud Run without a bucket: data may vanish at any restart"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="least severity that is logged"
    )

    @property
    def queue_path(self) -> str:
        """Prefix of the full names of tasks, as Cloud Tasks writes them."""
        place = f"projects/{self.project_id}/locations/{self.region}"
        return f"{place}/queues/{self.queue_id}/tasks"

    @property
    def tasks_call_as(self) -> str | None:
        """The service account whose identity tasks carry."""
        return self.service_sa_email or self.scheduler_sa_email


MoreFaults = Callable[[Settings, Mapping[str, str]], list[str]]


def load_settings(more_faults: MoreFaults | None = None, /, **given: Any) -> Settings:
    """Read and check all settings. Raises SettingsError that names every bad one with its mend.

    given: values from the command line, which win; None where the command line says nothing.
    more_faults: what this command needs beyond, told with the rest.
    """
    said = {name: value for name, value in given.items() if value is not None}
    settings, faults = _checked(said)
    faults += _spanning_faults(settings, os.environ)
    faults += more_faults(settings, os.environ) if more_faults else []
    if faults:
        raise SettingsError("; ".join(faults))
    return settings


def _checked(given: Mapping[str, Any]) -> tuple[Settings, list[str]]:
    """The settings, a default standing for each bad one, and the bad ones' faults."""
    try:
        return Settings(**given), []
    except UnicodeDecodeError as error:
        raise SettingsError(f".env cannot be read ({error}); save it as UTF-8 text") from error
    except ValidationError as error:
        bad = {str(one["loc"][0]).lower() for one in error.errors()}
        defaults = {name: Settings.model_fields[name].get_default() for name in bad}
        faults = [_fault(one) for one in error.errors()]
    return Settings(**{**given, **defaults}), faults


def _fault(error: Any) -> str:
    name = str(error["loc"][0]).upper() if error["loc"] else "settings"
    field = Settings.model_fields.get(name.lower())
    allowed = _allowed(field.annotation) if field else ""
    shown = str(error.get("input"))[:60]
    return (
        f"{name}={shown!r}: {error['msg'].lower()}; {allowed or 'see docs/reference/settings.md'}"
    )


def _allowed(annotation: Any) -> str:
    if annotation is bool:
        return "write true or false"
    literal = next(
        (a for a in (annotation, *get_args(annotation)) if get_origin(a) is Literal), None
    )
    return f"write one of {', '.join(map(str, get_args(literal)))}" if literal else ""


def _spanning_faults(settings: Settings, environment: Mapping[str, str]) -> list[str]:
    faults = []
    if "K_SERVICE" in environment and not settings.require_auth:
        faults.append("REQUIRE_AUTH=false is refused on Cloud Run; set REQUIRE_AUTH=true")
    if "K_SERVICE" in environment and not (settings.gcs_bucket or settings.ephemeral):
        faults.append("on Cloud Run without GCS_BUCKET data may vanish; set EPHEMERAL=true")
    if set(settings.disabled_sources) >= set(SITES):
        faults.append("DISABLED_SOURCES switches every source off; leave at least one")
    unknown = set(settings.operators) - set(OPERATORS)
    if unknown:
        faults.append(f"OPERATORS: no terms are known for {', '.join(sorted(unknown))}")
    return faults


def data_folder(settings: Settings, environment: Mapping[str, str]) -> Path:
    """Where data lies: HIPPIQUE_DATA, else /tmp/horse_data on Cloud Run, else ./data."""
    if settings.hippique_data is not None:
        return settings.hippique_data.resolve()
    on_cloud_run = "K_SERVICE" in environment
    return Path("/tmp/horse_data" if on_cloud_run else "data").resolve()  # noqa: S108  the seed's folder
