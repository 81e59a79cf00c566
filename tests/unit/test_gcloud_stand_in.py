"""The stand-in of gcloud is as strict as the real one, and knows no command that it does not."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from clouds import ENV, Cloud
from gcloud_world import commands, iam, world
from house import ROOT

COMPLETIONS = Path("data") / "cli" / "gcloud_completions.py"


def sdk_tree() -> dict[str, Any]:
    """The commands and flags of the gcloud that is installed here, from its own table."""
    found = shutil.which("gcloud")
    table = Path(found).resolve().parents[1] / COMPLETIONS if found else None
    if table is None or not table.is_file():
        pytest.skip("no Google Cloud SDK to compare the stand-in with")
    names: dict[str, Any] = {}
    exec(compile(table.read_text("utf-8"), str(table), "exec"), names)  # noqa: S102  the SDK's own table
    tree: dict[str, Any] = names["STATIC_COMPLETION_CLI_TREE"]
    return tree


def flags_in_sdk(tree: dict[str, Any], name: str) -> set[str]:
    for word in name.split():
        tree = tree["commands"][word]
    return set(tree["flags"])


def test_every_command_and_flag_of_the_stand_in_is_the_real_gcloud_s():
    tree = sdk_tree()
    known = {name: set(command.flags.split()) for name, command in commands.COMMANDS.items()}
    strangers = {
        name: {flag for flag in flags - flags_in_sdk(tree, name) if positive(flag, tree, name)}
        for name, flags in known.items()
    }

    assert {name: flags for name, flags in strangers.items() if flags} == {}


def positive(flag: str, tree: dict[str, Any], name: str) -> bool:
    """The SDK's table lists `--x` alone where `--no-x` is meant too."""
    return flag.replace("--no-", "--") not in flags_in_sdk(tree, name)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["projects", "describe", "x", "--projekt=x"], 2),
        (["projects", "descripe", "x"], 2),
        (["projects", "describe"], 2),
        (["run", "services", "describe", "x", "--region=europe-west1"], 1),
    ],
    ids=["unknown flag", "unknown command", "missing argument", "API that is not enabled"],
)
def test_slip_of_the_pen_ends_as_gcloud_ends(tmp_path, words, code):
    cloud = Cloud(tmp_path, world.fresh(), ENV)

    assert cloud.gcloud(*words).returncode == code


def test_account_made_a_moment_ago_is_not_seen_by_the_next_calls():
    state = world.fresh()
    iam.create_account(state, "hippique-service")
    email = "hippique-service@course-et-calme.iam.gserviceaccount.com"

    for _ in range(2):
        with pytest.raises(world.RefusedError, match="does not exist"):
            iam.need_account(state, email)
    iam.need_account(state, email)


def test_account_is_handed_over_only_by_who_may_act_as_it():
    state = world.fresh()
    state["accounts"] = ["a@course-et-calme.iam.gserviceaccount.com"]
    state["policies"]["project"] = {"roles/run.admin": ["user:owner@example.org"]}

    with pytest.raises(world.RefusedError, match="actAs"):
        iam.attach(state, state["accounts"][0])


def test_enqueuer_alone_may_not_list_cancel_or_purge():
    """The founding document's three roles: what they lack."""
    state = world.fresh()
    state["policies"]["project"] = {"roles/cloudtasks.enqueuer": ["user:service@example.org"]}

    assert iam.permissions(state, "user:service@example.org") == {
        "cloudtasks.tasks.create",
        "cloudtasks.tasks.fullView",
    }


@pytest.mark.soak
def test_real_gcloud_understands_every_call_that_the_scripts_make(tmp_path):
    """It stops for want of an account, which it looks for after reading the whole command line."""
    sdk_tree()
    cloud = Cloud(tmp_path, world.fresh(), ENV)
    runs = cloud.run("deploy_cloud_run.sh"), cloud.run("create_scheduler_0900.sh")
    calls = {call["name"]: call["words"] for run in runs for call in run.calls}
    for name in ("env.yaml", "document.json"):
        (tmp_path / name).write_text("{}", "utf-8")

    told = {
        name: real_gcloud(with_files(words, tmp_path), tmp_path) for name, words in calls.items()
    }

    assert len(told) > 30
    assert {name: text for name, text in told.items() if "active account" not in text} == {}


def with_files(words: list[str], folder: Path) -> list[str]:
    """The same words with the scripts' own passing files replaced by ones that are there."""
    files = {
        "--env-vars-file": "env.yaml",
        "--policy-from-file": "document.json",
        "--config-from-file": "document.json",
    }
    heads = [word.partition("=")[0] for word in words]
    return [
        f"{head}={folder / files[head]}" if head in files else word
        for head, word in zip(heads, words, strict=True)
    ]


def real_gcloud(words: list[str], folder: Path) -> str:
    """What the installed gcloud says, without an account and without looking for one elsewhere."""
    env = {
        "CLOUDSDK_CONFIG": str(folder / "no-account"),
        "CLOUDSDK_CORE_CHECK_GCE_METADATA": "false",
        "CLOUDSDK_CORE_DISABLE_USAGE_REPORTING": "true",
        "CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK": "true",
        "HOME": str(folder),
        "PATH": "/usr/local/bin:/usr/bin:/bin",
    }
    done = subprocess.run(
        [shutil.which("gcloud") or "gcloud", *words],
        env=env,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stderr
