"""What is deployed is read: a setting under one name here and another there switches things off."""

from __future__ import annotations

import pytest

from deployed import deployed_names, example_names, image_names, scripts, unseen_loops
from hippique.settings import Settings
from house import ROOT

KNOWN = {name.upper() for name in Settings.model_fields}
# Read by the system that starts the service, not by the service.
OF_THE_IMAGE = {"PATH", "PORT", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "PYTHONUTF8", "HOME"}
PAIRS = """
declare -A ENV=() SECRETS=()
common() {
  ENV=([PROJECT_ID]=${CONF[PROJECT_ID]} [REGION]=x
    [REQUIRE_AUTH]=true [OIDC_OPERATORS]=$(emails OIDC_OPERATORS | paste -sd, -))
  ENV[AUTH_PLATFORM]=cloud_run_iam  # not ENV[IN_A_COMMENT]=x
  for name in "${PASSED_ON[@]}"; do
    [ -z "${CONF[$name]-}" ] || ENV[$name]=${CONF[$name]}
  done
  SECRETS[SLIP_URLS]=1
}
PASSED_ON=(RATE_LIMIT_DELAY
  LOG_LEVEL)
SECRET_NAMES=(ALERT_URLS)
"""
FLAGS = """
gcloud run deploy x \\
  --set-env-vars=PROJECT_ID=p,REQUIRE_AUTH=true,SERVICE_URL="https://x/?A=b" \\
  --update-env-vars "^@^OIDC_READERS=a@b,c@d@REGION=r" --memory=2Gi \\
  --set-secrets=SLIP_URLS=slips:latest
"""


def test_names_are_read_out_of_arrays():
    assert deployed_names(PAIRS) == {
        *("PROJECT_ID", "REGION", "REQUIRE_AUTH", "OIDC_OPERATORS", "AUTH_PLATFORM", "SLIP_URLS"),
        *("RATE_LIMIT_DELAY", "LOG_LEVEL", "ALERT_URLS"),
    }


def test_names_are_read_out_of_flags():
    assert deployed_names(FLAGS) >= {
        *("PROJECT_ID", "REQUIRE_AUTH", "SERVICE_URL", "OIDC_READERS", "REGION", "SLIP_URLS"),
    }


@pytest.mark.parametrize(
    "planted",
    [
        "ENV=([OIDC_AUDIENCES]=x)", "  ENV+=([REQUIRE_AUTHENTICATION]=true)\n", "ENV[OIDC_AUD]=$x",
        "SECRETS[SLIP_URL]=3", "PASSED_ON=(LOG_LEVELS)", "PASSED_ON+=(\n  RATE_DELAY\n)",
        "SECRET_NAMES=(ALERT_URL)", "gcloud run deploy --set-env-vars=OIDC_OPERATOR=x\n",
        "gcloud run deploy --set-env-vars A=1,REGIO=2 --cpu=2", "--update-secrets=SLIPS=x:1\n",
    ],
)  # fmt: skip
def test_a_name_that_the_code_does_not_read_is_found(planted: str):
    assert deployed_names(PAIRS + planted) - KNOWN != set()


def test_a_loop_over_names_that_nobody_lists_is_found():
    assert unseen_loops(PAIRS) == []
    assert unseen_loops("for name in $(env); do ENV[$name]=x; done") == ["$(env)"]


def test_an_example_and_an_image_tell_their_names():
    example = "# Settings of a deployment\nPROJECT_ID=\n# OIDC_READERS=\n#LOG_LEVEL=INFO\n# a=b\n"

    assert example_names(example) == {"PROJECT_ID", "OIDC_READERS", "LOG_LEVEL"}
    assert image_names("FROM x\nENV PATH=/a:$PATH PORT=8080 \\\n    REGION=x\nRUN A=b\n") == {
        *("PATH", "PORT", "REGION"),
    }


@pytest.mark.parametrize("script", scripts(ROOT), ids=lambda path: path.name)
def test_every_name_that_a_script_deploys_is_a_setting(script):
    text = script.read_text("utf-8")

    assert deployed_names(text) - KNOWN == set()
    assert unseen_loops(text) == []


def test_the_scripts_of_the_deployment_say_who_may_call():
    found = set().union(*(deployed_names(path.read_text("utf-8")) for path in scripts(ROOT)))

    if (ROOT / "scripts" / "deploy_cloud_run.sh").exists():
        assert {"REQUIRE_AUTH", "AUTH_PLATFORM", "SERVICE_URL", "OIDC_OPERATORS"} <= found


@pytest.mark.parametrize(
    ("file", "read", "others"),
    [(".env.example", example_names, set()), ("Dockerfile", image_names, OF_THE_IMAGE)],
)
def test_every_name_of_an_example_and_of_the_image_is_a_setting(file, read, others):
    path = ROOT / file

    if path.exists():
        assert read(path.read_text("utf-8")) - KNOWN - others == set()
