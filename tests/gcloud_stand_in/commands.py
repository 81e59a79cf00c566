"""The commands that the stand-in knows: words, flags, the right they need, what they do.

A command or flag that is not here is an error, so that a slip of the pen in a script is found; the
table itself is compared with the real gcloud's where that is installed.
"""

from __future__ import annotations

import cloud_run
import iam
import things
from world import RefusedError, appears_later

TYPE_CHECKING = False
if TYPE_CHECKING:  # not imported when it runs: a deployment calls this a hundred times
    from collections.abc import Callable
    from typing import Any

    from world import State

    Flags = dict[str, str]
    Act = Callable[[State, list[str], Flags], Any]

WIDE = {"--project", "--quiet", "--format"}


class Command:
    """One command. needs: a permission; flags: those it knows; positionals: -1 for any number."""

    def __init__(
        self,
        act: Act,
        needs: str,
        flags: str = "",
        api: str = "",
        positionals: int = 1,
        *,
        changes: bool = False,
    ) -> None:
        self.act = act
        self.needs = needs
        self.flags = flags
        self.api = api
        self.positionals = positionals
        self.changes = changes


def _absent(kind: str, name: str) -> RefusedError:
    return RefusedError(f"NOT_FOUND: {kind} [{name}] not found")


def _found(kind: str) -> Act:
    def act(state: State, names: list[str], _: Flags) -> Any:
        if names[0] not in state[kind]:
            raise _absent(kind, names[0])
        return state[kind][names[0]]

    return act


def _enable(state: State, names: list[str], _: Flags) -> None:
    for name in names:
        short = name.removesuffix(".googleapis.com")
        if short not in state["apis"]:
            state["apis"].append(short)
            appears_later(state, f"api:{short}", 1)


def _apis(state: State, _: list[str], __: Flags) -> Any:
    return [{"config": {"name": f"{one}.googleapis.com"}} for one in state["apis"]]


def _account(state: State, names: list[str], _: Flags) -> Any:
    iam.need_account(state, names[0])
    return {"email": names[0]}


def _account_policy(state: State, names: list[str], _: Flags) -> Any:
    iam.need_account(state, names[0])
    return iam.policy(state, f"account:{names[0]}")


def _create_account(state: State, names: list[str], _: Flags) -> None:
    iam.create_account(state, names[0])


def _policy(kind: str) -> Act:
    return lambda state, names, flags: iam.policy(state, _thing(kind, names, flags))


def _bind(kind: str) -> Act:
    def act(state: State, names: list[str], flags: Flags) -> None:
        iam.bind(state, _thing(kind, names, flags), flags["--role"], flags["--member"])

    return act


def _thing(kind: str, names: list[str], flags: Flags) -> str:
    if kind == "project":
        return kind
    return f"{kind}:{names[0] if names else flags['--service']}"


def _create_bucket(state: State, names: list[str], flags: Flags) -> None:
    state["buckets"][names[0]] = things.bucket(flags)


def _update_bucket(state: State, names: list[str], flags: Flags) -> None:
    state["buckets"][names[0]] = things.bucket(flags, state["buckets"][names[0]])


def _create_secret(state: State, names: list[str], _: Flags) -> None:
    state["secrets"][names[0]] = {}


def _create_queue(state: State, names: list[str], flags: Flags) -> None:
    state["queues"][names[0]] = things.queue(flags)


def _update_queue(state: State, names: list[str], flags: Flags) -> None:
    things.queue(flags, state["queues"][names[0]])


def _repository(state: State, names: list[str], _: Flags) -> Any:
    if names[0] not in state["repositories"]:
        raise _absent("repository", names[0])
    return {"name": names[0], "format": "DOCKER"}


def _create_repository(state: State, names: list[str], _: Flags) -> None:
    state["repositories"].append(names[0])


def _image(state: State, names: list[str], _: Flags) -> Any:
    if names[0] not in state["images"]:
        raise RefusedError("Image not found.")
    return {"image_summary": {"digest": state["images"][names[0]]["digest"]}}


def _create_job(state: State, names: list[str], flags: Flags) -> None:
    state["jobs"][names[0]] = things.job(state, flags)


def _update_job(state: State, names: list[str], flags: Flags) -> None:
    state["jobs"][names[0]] = things.job(state, flags, state["jobs"][names[0]])


def _identity(state: State, _: list[str], flags: Flags) -> None:
    state["identities"].append(flags["--service"].removesuffix(".googleapis.com"))


PLACED, GRANT = "--location", "--member --role"
JOB_FLAGS = (
    "--location --schedule --time-zone --uri --http-method --message-body --attempt-deadline "
    "--oidc-service-account-email --oidc-token-audience --max-retry-attempts --min-backoff "
    "--max-backoff"
)
QUEUE_FLAGS = (
    "--location --max-attempts --min-backoff --max-backoff --max-doublings "
    "--max-concurrent-dispatches --max-dispatches-per-second"
)
DEPLOY_FLAGS = (
    "--image --region --service-account --env-vars-file --set-secrets --clear-secrets --memory "
    "--cpu --timeout --concurrency --max-instances --ingress --no-allow-unauthenticated "
    "--cpu-boost --execution-environment --startup-probe"
)
UPTIME_FLAGS = (
    "--resource-type --resource-labels --protocol --port --path --period --timeout --validate-ssl "
    "--service-agent-auth --regions"
)


def _deploy(state: State, names: list[str], flags: Flags) -> None:
    cloud_run.deploy(state, names[0], flags)


COMMANDS: dict[str, Command] = {
    "projects describe": Command(
        lambda s, _, __: s["project"], "resourcemanager.projects.get"
    ),
    "projects get-iam-policy": Command(
        _policy("project"), "resourcemanager.projects.getIamPolicy"
    ),
    "projects add-iam-policy-binding": Command(
        _bind("project"), "resourcemanager.projects.setIamPolicy", f"{GRANT} --condition",
        changes=True,
    ),
    "services list": Command(_apis, "serviceusage.services.list", "--enabled", positionals=0),
    "services enable": Command(
        _enable, "serviceusage.services.enable", positionals=-1, changes=True
    ),
    "beta services identity create": Command(
        _identity, "serviceusage.services.generateServiceIdentity", "--service", positionals=0,
        changes=True,
    ),
    "iam service-accounts describe": Command(_account, "iam.serviceAccounts.get", api="iam"),
    "iam service-accounts create": Command(
        _create_account, "iam.serviceAccounts.create", "--display-name", "iam", changes=True
    ),
    "iam service-accounts get-iam-policy": Command(
        _account_policy, "iam.serviceAccounts.getIamPolicy", api="iam"
    ),
    "iam service-accounts add-iam-policy-binding": Command(
        _bind("account"), "iam.serviceAccounts.setIamPolicy", GRANT, "iam", changes=True
    ),
    "storage buckets describe": Command(_found("buckets"), "storage.buckets.get", api="storage"),
    "storage buckets create": Command(
        _create_bucket, "storage.buckets.create",
        "--location --uniform-bucket-level-access --public-access-prevention "
        "--soft-delete-duration",
        "storage", changes=True,
    ),
    "storage buckets update": Command(
        _update_bucket, "storage.buckets.update",
        "--uniform-bucket-level-access --public-access-prevention", "storage", changes=True,
    ),
    "storage buckets get-iam-policy": Command(
        _policy("bucket"), "storage.buckets.getIamPolicy", api="storage"
    ),
    "storage buckets add-iam-policy-binding": Command(
        _bind("bucket"), "storage.buckets.setIamPolicy", GRANT, "storage", changes=True
    ),
    "secrets describe": Command(
        lambda s, n, f: {"name": n[0]} if _found("secrets")(s, n, f) is not None else None,
        "secretmanager.secrets.get", api="secretmanager",
    ),
    "secrets create": Command(
        _create_secret, "secretmanager.secrets.create", "--replication-policy", "secretmanager",
        changes=True,
    ),
    "secrets versions list": Command(
        lambda s, n, _: things.versions(s, n[0]), "secretmanager.versions.list", "--filter",
        "secretmanager",
    ),
    "secrets versions add": Command(
        lambda s, n, _: things.add_version(s, n[0]), "secretmanager.versions.add", "--data-file",
        "secretmanager", changes=True,
    ),
    "secrets versions access": Command(
        lambda s, n, f: s["secrets"][f["--secret"]][n[0]], "secretmanager.versions.access",
        "--secret", "secretmanager",
    ),
    "secrets get-iam-policy": Command(
        _policy("secret"), "secretmanager.secrets.getIamPolicy", api="secretmanager"
    ),
    "secrets add-iam-policy-binding": Command(
        _bind("secret"), "secretmanager.secrets.setIamPolicy", GRANT, "secretmanager", changes=True
    ),
    "tasks queues describe": Command(
        _found("queues"), "cloudtasks.queues.get", PLACED, "cloudtasks"
    ),
    "tasks queues create": Command(
        _create_queue, "cloudtasks.queues.create", QUEUE_FLAGS, "cloudtasks", changes=True
    ),
    "tasks queues update": Command(
        _update_queue, "cloudtasks.queues.update", QUEUE_FLAGS, "cloudtasks", changes=True
    ),
    "tasks queues get-iam-policy": Command(
        _policy("queue"), "cloudtasks.queues.getIamPolicy", PLACED, "cloudtasks"
    ),
    "tasks queues add-iam-policy-binding": Command(
        _bind("queue"), "cloudtasks.queues.setIamPolicy", f"{GRANT} {PLACED}", "cloudtasks",
        changes=True,
    ),
    "artifacts repositories describe": Command(
        _repository, "artifactregistry.repositories.get", PLACED, "artifactregistry"
    ),
    "artifacts repositories create": Command(
        _create_repository, "artifactregistry.repositories.create",
        f"{PLACED} --repository-format --description", "artifactregistry", changes=True,
    ),
    "artifacts docker images describe": Command(
        _image, "artifactregistry.dockerimages.get", api="artifactregistry"
    ),
    "builds submit": Command(
        lambda s, _, f: things.build(s, f), "cloudbuild.builds.create",
        "--config --region --service-account --substitutions", "cloudbuild", changes=True,
    ),
    "run services describe": Command(
        lambda s, n, _: cloud_run.described(s, n[0]), "run.services.get", "--region", "run"
    ),
    "run deploy": Command(_deploy, "run.services.create", DEPLOY_FLAGS, "run", changes=True),
    "beta run deploy": Command(
        _deploy, "run.services.create", f"{DEPLOY_FLAGS} --iap", "run", changes=True
    ),
    "run services update-traffic": Command(
        lambda s, n, f: cloud_run.route(s, n[0], f), "run.services.update",
        "--region --to-latest --to-revisions", "run", changes=True,
    ),
    "run services get-iam-policy": Command(
        _policy("run"), "run.services.getIamPolicy", "--region", "run"
    ),
    "run services add-iam-policy-binding": Command(
        _bind("run"), "run.services.setIamPolicy", f"{GRANT} --region", "run", changes=True
    ),
    "run revisions list": Command(
        lambda s, _, f: cloud_run.revisions(s, f["--service"]), "run.revisions.list",
        "--service --region", "run", positionals=0,
    ),
    "beta iap web get-iam-policy": Command(
        _policy("iap"), "iap.webServices.getIamPolicy", "--resource-type --service --region",
        "iap", positionals=0,
    ),
    "beta iap web add-iam-policy-binding": Command(
        _bind("iap"), "iap.webServices.setIamPolicy",
        f"{GRANT} --resource-type --service --region", "iap", positionals=0, changes=True,
    ),
    "scheduler jobs describe": Command(
        _found("jobs"), "cloudscheduler.jobs.get", PLACED, "cloudscheduler"
    ),
    "scheduler jobs create http": Command(
        _create_job, "cloudscheduler.jobs.create", f"{JOB_FLAGS} --headers", "cloudscheduler",
        changes=True,
    ),
    "scheduler jobs update http": Command(
        _update_job, "cloudscheduler.jobs.update", f"{JOB_FLAGS} --update-headers",
        "cloudscheduler", changes=True,
    ),
    "logging metrics describe": Command(
        _found("metrics"), "logging.logMetrics.get", api="logging"
    ),
    "logging metrics create": Command(
        lambda s, n, f: things.metric(s, n[0], f), "logging.logMetrics.create",
        "--config-from-file", "logging", changes=True,
    ),
    "logging metrics update": Command(
        lambda s, n, f: things.metric(s, n[0], f), "logging.logMetrics.update",
        "--config-from-file", "logging", changes=True,
    ),
    "alpha monitoring policies list": Command(
        lambda s, _, __: s["policies_of_alert"], "monitoring.alertPolicies.list",
        api="monitoring", positionals=0,
    ),
    "alpha monitoring policies create": Command(
        lambda s, _, f: things.alert(s, f), "monitoring.alertPolicies.create",
        "--policy-from-file", "monitoring", positionals=0, changes=True,
    ),
    "alpha monitoring policies update": Command(
        lambda s, n, f: things.alert(s, f, n[0]), "monitoring.alertPolicies.update",
        "--policy-from-file", "monitoring", changes=True,
    ),
    "beta monitoring channels list": Command(
        lambda s, _, __: s["channels"], "monitoring.notificationChannels.list",
        api="monitoring", positionals=0,
    ),
    "beta monitoring channels create": Command(
        lambda s, _, f: things.channel(s, f), "monitoring.notificationChannels.create",
        "--type --display-name --channel-labels", "monitoring", positionals=0, changes=True,
    ),
    "monitoring uptime list-configs": Command(
        lambda s, _, __: s["uptime"], "monitoring.uptimeCheckConfigs.list", api="monitoring",
        positionals=0,
    ),
    "monitoring uptime create": Command(
        lambda s, n, f: things.uptime(s, n[0], f), "monitoring.uptimeCheckConfigs.create",
        UPTIME_FLAGS, "monitoring", changes=True,
    ),
    "auth print-identity-token": Command(
        lambda s, _, __: f"token-of:{s['caller']}", "", positionals=0
    ),
}  # fmt: skip

# Which kind of thing's own policy counts beside the project's.
OWN_POLICY = {
    "tasks queues": "queue", "storage buckets": "bucket", "secrets": "secret",
    "run services": "run", "run deploy": "run", "iam service-accounts": "account",
}  # fmt: skip
