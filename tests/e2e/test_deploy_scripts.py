"""The deployment scripts against a stand-in of gcloud that keeps state and knows the roles."""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys

import pytest

import running
from clouds import ENV, Cloud
from gcloud_world import iam, world
from hippique.settings import Settings
from house import ROOT

API, SCREENS = "hippique-orchestrator", "hippique-orchestrator-screens"
SERVICE_SA = "hippique-service@course-et-calme.iam.gserviceaccount.com"
URL = "https://hippique-orchestrator-123456789012.europe-west1.run.app"


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A cloud after its first deployment and schedule, and those two runs."""
    cloud = Cloud(tmp_path_factory.mktemp("cloud"), world.fresh(), ENV)
    runs = cloud.run("deploy_cloud_run.sh"), cloud.run("create_scheduler_0900.sh")
    assert [run.code for run in runs] == [0, 0], [run.err for run in runs]
    return cloud, runs


@pytest.fixture
def deployed(first, tmp_path):
    """A copy of the deployed cloud, to be spoiled."""
    return Cloud(tmp_path, copy.deepcopy(first[0].state), ENV)


@pytest.fixture
def empty(tmp_path):
    return Cloud(tmp_path, world.fresh(), ENV)


# --- the whole -------------------------------------------------------------------------------


def test_second_run_changes_nothing(deployed):
    runs = deployed.run("deploy_cloud_run.sh"), deployed.run("create_scheduler_0900.sh")

    assert [(run.code, run.changes) for run in runs] == [(0, []), (0, [])]


def test_dry_run_on_an_empty_project_says_every_change_and_makes_none(empty, first):
    before = empty.state
    run = empty.run("deploy_cloud_run.sh", "--dry-run")

    assert (run.code, run.changes) == (0, [])
    assert empty.state == before
    told = {line.split(" --")[0] for line in run.out.splitlines() if line.startswith("  + gcloud")}
    # Whether Google's own account for IAP is there already shows only when it is given its role.
    made = set(first[1][0].changes) - {"beta services identity create"}
    assert {name for name in made if not any(name in line for line in told)} == set()


def test_dry_run_of_what_is_there_says_that_nothing_would_change(deployed):
    runs = (
        deployed.run("deploy_cloud_run.sh", "--dry-run"),
        deployed.run("create_scheduler_0900.sh", "--dry-run"),
        deployed.run(
            "rollback.sh", "--dry-run", deployed.state["services"][API]["revisions"][0]["name"]
        ),
    )

    assert [run.changes for run in runs] == [[], [], []]
    assert all("0 changes would be made" in run.out for run in runs[:2])


def test_secrets_are_on_no_command_line_and_in_no_output(first):
    cloud, runs = first
    words = json.dumps([call["words"] for run in runs for call in run.calls])

    assert "secret-token" not in words + "".join(run.out + run.err for run in runs)
    assert cloud.state["secrets"]["hippique-slip-urls"] == {"1": ENV["SLIP_URLS"]}


def test_service_has_the_figures_of_the_founding_document(first):
    service = first[0].state["services"][API]
    spec = service["revisions"][-1]["spec"]

    assert spec["containers"][0]["resources"]["limits"] == {"cpu": "2", "memory": "2Gi"}
    assert (spec["timeoutSeconds"], spec["containerConcurrency"]) == (300, 40)
    assert spec["serviceAccountName"] == SERVICE_SA
    assert service["revisions"][-1]["annotations"]["autoscaling.knative.dev/maxScale"] == "1"
    assert "@sha256:" in spec["containers"][0]["image"]


def test_service_trusts_the_platform_only_where_the_platform_checks(first):
    told = {name: environment(first[0], name) for name in (API, SCREENS)}

    assert told[API]["AUTH_PLATFORM"] == "cloud_run_iam"
    assert told[API]["OIDC_AUDIENCE"] == told[API]["SERVICE_URL"] == URL
    assert told[API]["OIDC_ALLOWED_EMAILS"] == SERVICE_SA
    assert told[SCREENS]["AUTH_PLATFORM"] == "iap"
    assert first[0].state["services"][SCREENS]["iap"] is True
    assert "OIDC_ALLOWED_EMAILS" not in told[SCREENS]


@pytest.mark.skipif(
    "service_sa_email" not in Settings.model_fields, reason="needs the backends on Google"
)
@pytest.mark.parametrize("name", [API, SCREENS])
def test_settings_of_a_deployed_revision_are_accepted_by_the_service_as_they_are(first, name):
    given = environment(first[0], name) | {"K_SERVICE": name}
    if name == API:
        given["SLIP_URLS"] = ENV["SLIP_URLS"]
    told = (
        "from hippique.bootstrap.guarding import identity_faults\n"
        "from hippique.settings import load_settings\n"
        "load_settings(identity_faults)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", told],
        cwd=first[0].folder / "bin",
        env=running.environment(**given),
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_screens_hold_no_secret(first):
    spec = first[0].state["services"][SCREENS]["revisions"][-1]["spec"]

    assert [one for one in spec["containers"][0]["env"] if "valueFrom" in one] == []


def environment(cloud: Cloud, name: str) -> dict[str, str]:
    spec = cloud.state["services"][name]["revisions"][-1]["spec"]
    return {one["name"]: one.get("value", "") for one in spec["containers"][0]["env"]}


# --- roles -----------------------------------------------------------------------------------


def may(cloud: Cloud, email: str, *things: str) -> set[str]:
    return iam.permissions(cloud.state, iam.member_of(email), *things)


def test_service_may_do_what_the_queue_and_the_archive_ask_for_and_no_more(first):
    queue, bucket = "queue:hippique-tasks", "bucket:gs://course-et-calme-archive"

    assert may(first[0], SERVICE_SA, queue) == {
        *("cloudtasks.tasks.create", "cloudtasks.tasks.fullView", "cloudtasks.tasks.delete"),
        *("cloudtasks.tasks.get", "cloudtasks.tasks.list"),
        *("cloudtasks.queues.get", "cloudtasks.queues.list"),
    }
    assert may(first[0], SERVICE_SA, bucket) == iam.ROLES["roles/storage.objectAdmin"]
    assert may(first[0], SERVICE_SA) == set()  # nothing in the whole project


def test_service_may_hand_its_own_identity_to_tasks_and_nobody_else_s(first):
    scheduler = "hippique-scheduler@course-et-calme.iam.gserviceaccount.com"

    assert iam.ACT_AS in may(first[0], SERVICE_SA, f"account:{SERVICE_SA}")
    assert may(first[0], SERVICE_SA, f"account:{scheduler}") == set()


@pytest.mark.parametrize(
    "email",
    [SERVICE_SA, "hippique-scheduler@course-et-calme.iam.gserviceaccount.com"],
    ids=["tasks", "scheduler"],
)
def test_callers_may_invoke_the_service_and_not_the_screens(first, email):
    assert iam.INVOKE in may(first[0], email, f"run:{API}")
    assert may(first[0], email, f"run:{SCREENS}") == set()


def test_operators_may_do_with_queue_and_archive_what_a_purge_asks_for_and_readers_nothing(first):
    things = "queue:hippique-tasks", "bucket:gs://course-et-calme-archive"
    operator = may(first[0], "second@example.org", *things)

    assert {"cloudtasks.queues.purge", "cloudtasks.tasks.run", "cloudtasks.tasks.list"} <= operator
    assert "storage.objects.create" in operator  # the generation that a purge starts
    assert may(first[0], "reader@example.org", *things) == set()


def test_screens_account_looks_at_the_queue_and_cannot_change_it(first):
    email = "hippique-screens@course-et-calme.iam.gserviceaccount.com"
    granted = may(first[0], email, "queue:hippique-tasks")

    assert {one.rpartition(".")[2] for one in granted} == {"get", "list"}


# --- what differs is brought back ------------------------------------------------------------


def spoil_queue(state):
    state["queues"]["hippique-tasks"]["retryConfig"]["maxAttempts"] = 5


def spoil_job(state):
    state["jobs"]["hippique-tick"]["schedule"] = "*/10 9-23 * * *"


def spoil_bucket(state):
    state["buckets"]["gs://course-et-calme-archive"]["public_access_prevention"] = "inherited"


def spoil_memory(state):
    spec = state["services"][API]["revisions"][-1]["spec"]
    spec["containers"][0]["resources"]["limits"]["memory"] = "512Mi"


def spoil_environment(state):
    spec = state["services"][API]["revisions"][-1]["spec"]
    spec["containers"][0]["env"].append({"name": "POLICY", "value": "kelly-pure"})


def spoil_account(state):
    state["services"][API]["revisions"][-1]["spec"]["serviceAccountName"] = "default"


def spoil_metric(state):
    state["metrics"]["hippique_critical"]["filter"] = "severity=ERROR"


def spoil_policy(state):
    state["policies_of_alert"][0]["userLabels"] = {"hippique-spec": "older"}


def spoil_role(state):
    state["policies"]["queue:hippique-tasks"]["roles/cloudtasks.enqueuer"] = []


def spoil_traffic(state):
    service = state["services"][API]
    service["pinned"] = service["revisions"][0]["name"]


@pytest.mark.parametrize("spoil", [spoil_memory, spoil_environment, spoil_account])
def test_revision_that_differs_is_replaced_by_one_deployment(deployed, spoil):
    state = deployed.state
    spoil(state)
    deployed.state = state

    assert deployed.run("deploy_cloud_run.sh", "--quick").changes == ["run deploy"]


SPOILS = {
    spoil_bucket: "storage buckets update",
    spoil_queue: "tasks queues update",
    spoil_role: "tasks queues add-iam-policy-binding",
    spoil_traffic: "run services update-traffic",
    spoil_metric: "logging metrics update",
    spoil_policy: "alpha monitoring policies update",
}


def test_each_thing_that_differs_is_mended_by_its_own_change_alone(deployed):
    state = deployed.state
    for spoil in SPOILS:
        spoil(state)
    deployed.state = state

    assert deployed.run("deploy_cloud_run.sh").changes == list(SPOILS.values())
    assert deployed.run("deploy_cloud_run.sh").changes == []


def test_job_that_differs_is_mended_alone(deployed):
    state = deployed.state
    spoil_job(state)
    deployed.state = state

    assert deployed.run("create_scheduler_0900.sh").changes == ["scheduler jobs update http"]
    assert deployed.run("create_scheduler_0900.sh").changes == []


def test_changed_secret_gets_a_new_version_and_a_new_revision_that_reads_it(deployed):
    deployed.write_env({**ENV, "SLIP_URLS": "json://other.example.org"})
    run = deployed.run("deploy_cloud_run.sh")

    assert run.changes == ["secrets versions add", "run deploy"]
    assert "other.example.org" not in run.out
    assert deployed.state["secrets"]["hippique-slip-urls"]["2"] == "json://other.example.org"


def test_secret_that_left_env_stays_mounted_from_secret_manager(deployed):
    deployed.write_env({name: value for name, value in ENV.items() if name != "SLIP_URLS"})

    assert deployed.run("deploy_cloud_run.sh").changes == []


def test_paused_job_and_queue_stay_paused(deployed):
    state = deployed.state
    state["jobs"]["hippique-tick"]["state"] = "PAUSED"
    state["queues"]["hippique-tasks"]["state"] = "PAUSED"
    deployed.state = state
    runs = deployed.run("deploy_cloud_run.sh"), deployed.run("create_scheduler_0900.sh")

    assert [run.changes for run in runs] == [[], []]
    assert all("paused and stays so" in run.out for run in runs)


# --- refusals --------------------------------------------------------------------------------


def test_every_bad_setting_is_named_at_once_and_nothing_is_called(empty):
    empty.write_env(
        {
            "PROJECT_ID": "Course", "REGION": "paris", "REQUIRE_AUTH": "false",
            "SCHEDULER_SA_EMAIL": "someone@example.org",
        }
    )  # fmt: skip
    run = empty.run("deploy_cloud_run.sh")

    assert (run.code, run.calls) == (1, ())
    for name in (
        "PROJECT_ID",
        "REGION",
        "GCS_BUCKET",
        "OIDC_OPERATORS",
        "REQUIRE_AUTH",
        "SCHEDULER_SA",
    ):
        assert f"* {name}" in run.err
    assert ".env" in run.err


def test_env_file_is_read_and_never_run(empty, tmp_path):
    bait = tmp_path / "ran"
    empty.write_env({**ENV, "POLICY": f"$(touch {bait})", "RACES_SCOPE": f"`touch {bait}`"})
    run = empty.run("deploy_cloud_run.sh")

    assert run.code == 0
    assert not bait.exists()
    assert environment(empty, API)["POLICY"] == f"$(touch {bait})"


@pytest.mark.parametrize("place", [f"run:{API}", "project"])
@pytest.mark.parametrize("who", ["allUsers", "allAuthenticatedUsers"])
def test_deployment_is_refused_where_anybody_may_invoke(deployed, place, who):
    state = deployed.state
    state["policies"].setdefault(place, {}).setdefault("roles/run.invoker", []).append(who)
    deployed.state = state
    run = deployed.run("deploy_cloud_run.sh", "--quick" if place != "project" else "--dry-run")

    assert (run.code, run.changes) == (1, [])
    assert f"{who} may invoke" in run.err


def test_deployment_is_refused_where_the_platform_s_check_is_switched_off(deployed):
    state = deployed.state
    state["services"][API]["more_annotations"] = {"run.googleapis.com/invoker-iam-disabled": "true"}
    deployed.state = state

    assert "lets in everybody" in deployed.run("deploy_cloud_run.sh").err


def test_deployment_fails_where_an_anonymous_call_comes_through_all_the_same(deployed):
    state = deployed.state
    state["open_from_above"] = True
    deployed.state = state
    run = deployed.run("deploy_cloud_run.sh", "--quick")

    assert run.code == 1
    assert "got 200 instead of 403" in run.err


@pytest.mark.parametrize(
    ("missing", "stops_at"),
    [
        ("roles/run.admin", "run.services"),
        ("roles/iam.serviceAccountUser", "iam.serviceAccounts.actAs"),
        ("roles/cloudtasks.queueAdmin", "cloudtasks.queues"),
        ("roles/secretmanager.admin", "secretmanager"),
    ],
)
def test_person_without_a_role_is_told_where_the_roles_are_listed(tmp_path, missing, stops_at):
    state = world.fresh()
    roles = set(documented_roles()) - {missing}
    state["policies"]["project"] = {role: ["user:owner@example.org"] for role in roles}
    run = Cloud(tmp_path, state, ENV).run("deploy_cloud_run.sh")

    assert run.code == 1
    assert stops_at in run.err
    assert "docs/how-to/deploy.md" in run.err


def test_documented_roles_are_enough_and_each_is_needed_by_name(tmp_path):
    state = world.fresh()
    state["policies"]["project"] = {role: ["user:owner@example.org"] for role in documented_roles()}
    cloud = Cloud(tmp_path, state, ENV)

    assert cloud.run("deploy_cloud_run.sh").code == 0
    assert cloud.run("create_scheduler_0900.sh").code == 0


def documented_roles() -> list[str]:
    page = (ROOT / "docs" / "how-to" / "deploy.md").read_text("utf-8")
    listed = page.partition("<!-- roles of who deploys -->")[2].partition("<!-- end -->")[0]
    return re.findall(r"`(roles/[\w.]+)`", listed)


def test_project_without_an_organization_gets_no_screens_and_is_told_why(tmp_path):
    cloud = Cloud(tmp_path, world.fresh(organization=False), ENV)
    run = cloud.run("deploy_cloud_run.sh")

    assert run.code == 0
    assert "IAP needs a project in an organization" in run.out
    assert set(cloud.state["services"]) == {API}


def test_failed_read_is_not_taken_for_an_absent_thing(deployed):
    run = deployed.run("deploy_cloud_run.sh", fail="on tasks queues describe")

    assert (run.code, run.changes) == (1, [])


def test_schedule_before_the_service_names_the_script_to_run(empty):
    state = empty.state
    state["apis"] = ["run", "cloudscheduler", "iam"]
    empty.state = state
    run = empty.run("create_scheduler_0900.sh")

    assert (run.code, run.changes) == (1, [])
    assert "deploy_cloud_run.sh" in run.err


# --- again, and back -------------------------------------------------------------------------


def test_quick_redeploy_touches_the_service_alone(deployed):
    state = deployed.state
    spoil_memory(state)
    spoil_queue(state)
    deployed.state = state
    run = deployed.run("deploy_cloud_run.sh", "--quick")

    assert run.changes == ["run deploy"]
    assert not any(call["name"].startswith("tasks") for call in run.calls)


def redeployed(cloud: Cloud) -> list[str]:
    """Two more revisions; the names of all, oldest first."""
    for delay in ("2.0", "3.0"):
        cloud.write_env({**ENV, "RATE_LIMIT_DELAY": delay})
        assert cloud.run("deploy_cloud_run.sh", "--quick").code == 0
    return [one["name"] for one in cloud.state["services"][API]["revisions"]]


def test_rollback_goes_to_the_revision_before_and_a_second_one_changes_nothing(deployed):
    names = redeployed(deployed)
    runs = deployed.run("rollback.sh"), deployed.run("rollback.sh")

    assert [run.changes for run in runs] == [["run services update-traffic"], []]
    assert deployed.state["services"][API]["pinned"] == names[-2]


def test_rollback_passes_over_a_revision_that_never_started(deployed):
    names = redeployed(deployed)
    state = deployed.state
    state["services"][API]["revisions"][-2]["failed"] = True
    deployed.state = state
    deployed.run("rollback.sh")

    assert deployed.state["services"][API]["pinned"] == names[-3]


def test_rollback_to_a_named_revision_and_only_to_one_that_exists(deployed):
    names = redeployed(deployed)
    good, bad = deployed.run("rollback.sh", names[0]), deployed.run("rollback.sh", "no-such-one")

    assert (good.code, bad.code, bad.changes) == (0, 1, [])
    assert "rollback.sh --list" in bad.err


def test_deployment_after_a_rollback_takes_the_traffic_again(deployed):
    redeployed(deployed)
    deployed.run("rollback.sh")
    run = deployed.run("deploy_cloud_run.sh", "--quick")

    assert run.changes == ["run services update-traffic"]
    assert deployed.state["services"][API]["pinned"] is None


def test_service_that_does_not_answer_fails_the_deployment_and_rollback_mends_it(deployed):
    names = redeployed(deployed)
    state = deployed.state
    state["services"][API]["sick"] = [names[-1]]
    deployed.state = state
    sick = deployed.run("deploy_cloud_run.sh", "--quick", patience=1)
    healed = deployed.run("rollback.sh")

    assert sick.code == 1
    assert "rollback.sh" in sick.err
    assert healed.code == 0
    assert '"ok": true' in healed.out
