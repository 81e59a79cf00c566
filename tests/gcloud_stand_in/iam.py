"""Who may do what: the role table, policies of single things, service accounts."""

from __future__ import annotations

from world import RefusedError, appears_later, is_unseen

TYPE_CHECKING = False
if TYPE_CHECKING:  # not imported when it runs: a deployment calls this a hundred times
    from world import State

INVOKE, ACT_AS = "run.routes.invoke", "iam.serviceAccounts.actAs"
# Role → permissions, as far as the scripts and the service need them. Source: Google's pages of the
# roles and permissions of each product.
ROLES = {
    "roles/run.admin": {
        *("run.services.create", "run.services.update", "run.services.get", INVOKE),
        *("run.services.getIamPolicy", "run.services.setIamPolicy", "run.revisions.list"),
    },
    "roles/run.invoker": {INVOKE},
    "roles/iam.serviceAccountAdmin": {
        *("iam.serviceAccounts.create", "iam.serviceAccounts.get"),
        *("iam.serviceAccounts.getIamPolicy", "iam.serviceAccounts.setIamPolicy"),
    },
    "roles/iam.serviceAccountUser": {ACT_AS, "iam.serviceAccounts.get"},
    "roles/resourcemanager.projectIamAdmin": {
        *("resourcemanager.projects.get", "resourcemanager.projects.getIamPolicy"),
        "resourcemanager.projects.setIamPolicy",
    },
    "roles/serviceusage.serviceUsageAdmin": {
        *("serviceusage.services.enable", "serviceusage.services.list"),
        "serviceusage.services.generateServiceIdentity",
    },
    "roles/cloudtasks.queueAdmin": {
        *("cloudtasks.queues.create", "cloudtasks.queues.update", "cloudtasks.queues.get"),
        *("cloudtasks.queues.getIamPolicy", "cloudtasks.queues.setIamPolicy"),
        *("cloudtasks.queues.pause", "cloudtasks.queues.resume", "cloudtasks.queues.purge"),
    },
    "roles/cloudtasks.enqueuer": {"cloudtasks.tasks.create", "cloudtasks.tasks.fullView"},
    "roles/cloudtasks.viewer": {
        *("cloudtasks.queues.get", "cloudtasks.queues.list"),
        *("cloudtasks.tasks.get", "cloudtasks.tasks.list"),
    },
    "roles/cloudtasks.taskDeleter": {"cloudtasks.tasks.delete"},
    "roles/cloudtasks.taskRunner": {"cloudtasks.tasks.run", "cloudtasks.tasks.fullView"},
    "roles/cloudscheduler.admin": {
        *("cloudscheduler.jobs.create", "cloudscheduler.jobs.update", "cloudscheduler.jobs.get"),
    },
    "roles/storage.admin": {
        *("storage.buckets.create", "storage.buckets.update", "storage.buckets.get"),
        *("storage.buckets.getIamPolicy", "storage.buckets.setIamPolicy"),
        *("storage.objects.create", "storage.objects.get", "storage.objects.list"),
        "storage.objects.delete",
    },
    "roles/storage.objectAdmin": {
        *("storage.objects.create", "storage.objects.get", "storage.objects.list"),
        "storage.objects.delete",
    },
    "roles/storage.objectUser": {
        *("storage.objects.create", "storage.objects.get", "storage.objects.list"),
        "storage.objects.delete",
    },
    "roles/secretmanager.admin": {
        *("secretmanager.secrets.create", "secretmanager.secrets.get"),
        *("secretmanager.secrets.getIamPolicy", "secretmanager.secrets.setIamPolicy"),
        *("secretmanager.versions.add", "secretmanager.versions.list"),
        "secretmanager.versions.access",
    },
    "roles/secretmanager.secretAccessor": {"secretmanager.versions.access"},
    "roles/artifactregistry.admin": {
        *("artifactregistry.repositories.create", "artifactregistry.repositories.get"),
        "artifactregistry.dockerimages.get",
    },
    "roles/cloudbuild.builds.editor": {"cloudbuild.builds.create"},
    "roles/cloudbuild.builds.builder": {
        *("artifactregistry.repositories.uploadArtifacts", "logging.logEntries.create"),
    },
    "roles/logging.configWriter": {
        *("logging.logMetrics.create", "logging.logMetrics.update", "logging.logMetrics.get"),
    },
    "roles/monitoring.editor": {
        *("monitoring.alertPolicies.create", "monitoring.alertPolicies.update"),
        *("monitoring.alertPolicies.list", "monitoring.uptimeCheckConfigs.create"),
        *("monitoring.uptimeCheckConfigs.list", "monitoring.notificationChannels.list"),
        "monitoring.notificationChannels.create",
    },
    "roles/iap.admin": {"iap.webServices.getIamPolicy", "iap.webServices.setIamPolicy"},
    "roles/iap.httpsResourceAccessor": {"iap.webServiceVersions.accessViaIAP"},
}
ROLES["roles/owner"] = set().union(*ROLES.values())


def permissions(state: State, member: str, *things: str) -> set[str]:
    """What a member may do on these things of the project: its project-wide roles and theirs."""
    granted: set[str] = set()
    for thing in ("project", *things):
        for role, members in state["policies"].get(thing, {}).items():
            if member in members:
                granted |= ROLES[role]
    return granted


def member_of(email: str) -> str:
    """As IAM writes it."""
    kind = "serviceAccount" if email.endswith(".gserviceaccount.com") else "user"
    return f"{kind}:{email}"


def need(state: State, permission: str, *things: str) -> None:
    """Refuse the caller who lacks a permission."""
    if permission not in permissions(state, member_of(state["caller"]), *things):
        raise RefusedError(f"PERMISSION_DENIED: {state['caller']} lacks '{permission}'")


def need_account(state: State, email: str) -> None:
    """Refuse an account that is not there or not seen yet."""
    if email not in state["accounts"] or is_unseen(state, email):
        raise RefusedError(f"NOT_FOUND: Service account {email} does not exist.")


def attach(state: State, email: str) -> None:
    """Refuse to hand an account to a thing where the caller may not act as it."""
    need_account(state, email)
    need(state, ACT_AS, f"account:{email}")


def policy(state: State, thing: str) -> dict[str, object]:
    """A thing's policy as gcloud prints it."""
    bindings = [
        {"role": role, "members": sorted(members)}
        for role, members in sorted(state["policies"].get(thing, {}).items())
    ]
    return {"bindings": bindings, "etag": "BwX", "version": 1}


def bind(state: State, thing: str, role: str, member: str) -> None:
    """Grant a role on one thing."""
    if role not in ROLES:
        raise RefusedError(f"INVALID_ARGUMENT: Role {role} is not supported for this resource.")
    own = f"@{state['project']['projectId']}.iam.gserviceaccount.com"
    email = member.partition(":")[2]
    if email.endswith(own):
        need_account(state, email)
    elif "@gcp-sa-iap" in email and ("iap" not in state["identities"] or is_unseen(state, email)):
        raise RefusedError(f"INVALID_ARGUMENT: Service account {email} does not exist.")
    members = state["policies"].setdefault(thing, {}).setdefault(role, [])
    if member not in members:
        members.append(member)


def create_account(state: State, name: str) -> None:
    """A new account, which the next calls do not see yet."""
    email = f"{name}@{state['project']['projectId']}.iam.gserviceaccount.com"
    if email in state["accounts"]:
        raise RefusedError(f"ALREADY_EXISTS: Service account {name} already exists.")
    state["accounts"].append(email)
    appears_later(state, email, 2)
