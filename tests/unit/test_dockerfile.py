"""The Dockerfile keeps its promises and stays in step with the script that CI runs."""

from __future__ import annotations

import re
import subprocess

import dockerfile
from house import ROOT

STEPS = (ROOT / "scripts" / "image_steps.sh").read_text("utf-8")


def test_every_run_line_is_a_step_of_the_script_that_ci_runs():
    runs = [one.rest for one in dockerfile.of("RUN")]

    assert runs == [
        f"scripts/image_steps.sh {step} /opt/hippique"
        for step in ("dependencies", "package", "check")
    ]


def test_image_is_made_in_two_stages_and_the_tools_stay_in_the_first():
    stages = [one.rest for one in dockerfile.of("FROM")]
    last = dockerfile.instructions()[
        max(at for at, one in enumerate(dockerfile.instructions()) if one.name == "FROM") :
    ]

    assert len(stages) == 2
    assert all("-slim" in stage for stage in stages)
    assert "RUN" not in {one.name for one in last}


def test_image_runs_as_a_user_that_is_not_root_and_given_by_number():
    (user,) = dockerfile.of("USER")

    assert all(int(part) >= 1000 for part in user.rest.split(":"))


def test_base_is_the_python_that_the_locks_were_made_for():
    floor = re.search(r'requires-python = ">=([\d.]+)"', (ROOT / "pyproject.toml").read_text())
    bases = {one.rest.split()[0] for one in dockerfile.of("FROM")}

    assert floor is not None
    assert bases == {f"python:{floor[1]}-slim-bookworm"}


def test_everything_that_is_copied_is_let_through_by_dockerignore():
    copied = [
        part
        for one in dockerfile.of("COPY")
        if not one.rest.startswith("--from")
        for part in one.rest.split()[:-1]
    ]

    assert [path for path in copied if path not in dockerfile.kept_paths()] == []


def test_nothing_secret_or_heavy_is_sent_to_the_engine(tmp_path):
    subprocess.run([ROOT / "scripts" / "image_steps.sh", "context", tmp_path], check=True)
    sent = {path.relative_to(tmp_path).parts[0] for path in tmp_path.rglob("*")}

    assert sent == {path.split("/")[0] for path in dockerfile.kept_paths()}
    assert not {".env", ".git", "data", "tests"} & sent


def test_cloud_build_is_sent_the_same_files():
    assert (ROOT / ".gcloudignore").read_text("utf-8").split() == ["#!include:.dockerignore"]


def test_unknown_step_ends_with_2_and_lists_the_steps():
    done = subprocess.run(
        [ROOT / "scripts" / "image_steps.sh", "bake"], capture_output=True, text=True, check=False
    )

    assert done.returncode == 2
    assert "dependencies PREFIX" in done.stderr
