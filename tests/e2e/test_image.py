"""The image's steps in a scratch folder: installed by hash, checked, weighed, no engine."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import tarfile
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

import dockerfile
from gunicorns import gunicorn
from house import ROOT
from running import STOP_WITHIN_S, environment

MOST_MB = 400.0


@pytest.fixture(scope="module")
def root() -> Iterator[Path]:
    """A folder that other users may enter, which pytest's own are not."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="module")
def prefix(root) -> Path:
    """The folder that the image copies, made by the very steps of the Dockerfile."""
    context, place = root / "context", root / "opt" / "hippique"
    step(ROOT, "context", context)
    for name in ("dependencies", "package"):
        step(context, name, place)
    return place


def common_python() -> str | None:
    """A Python that every user of this machine may run, as the image's is; None without one."""
    found = shutil.which("python3.11", path="/usr/local/bin:/usr/bin") or ""
    ways = [Path(found).resolve(), *Path(found).resolve().parents]
    return found if found and all(way.stat().st_mode & 0o001 for way in ways) else None


def step(folder: Path, name: str, argument: Path) -> str:
    done = subprocess.run(
        [folder / "scripts" / "image_steps.sh", name, argument],
        env={**os.environ, "PYTHON": common_python() or "python3"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_image_holds_what_the_service_needs_and_nothing_heavy(prefix):
    assert "hippique, version" in step(ROOT, "check", prefix)


def test_package_is_installed_from_the_context_alone(prefix):
    installed = next(prefix.rglob("site-packages/hippique"))

    assert (installed / "policies" / "control.toml").is_file()
    assert (installed / "web" / "templates").is_dir()
    assert str(ROOT) not in (installed / "__init__.py").read_text("utf-8")


def test_image_weighs_no_more_than_400_mb_compressed(prefix, tmp_path):
    figures = tomllib.loads((ROOT / "deploy" / "image.toml").read_text("utf-8"))
    ours = compressed_mb(prefix, tmp_path / "layer.tar.gz")

    assert ours == pytest.approx(figures["ours"]["mb"], rel=0.15)  # the page states it
    assert figures["base"]["mb"] + ours < MOST_MB


def test_image_starts_as_its_user_answers_its_own_probe_and_stops_with_0(prefix, root):
    if os.geteuid() == 0 and common_python() is None:
        pytest.skip("no Python that another user may run")
    app, data = root / "app", root / "data"
    shutil.copytree(app_files(root), app, dirs_exist_ok=True)
    data.mkdir()
    (command,), (probe,) = dockerfile.of("CMD"), dockerfile.of("HEALTHCHECK")
    user = int(dockerfile.of("USER")[0].rest.split(":")[0]) if os.geteuid() == 0 else None
    if user is not None:  # whoever is not root is as powerless already
        os.chown(data, user, user)
        os.chown(app, user, user)  # for the log that the test keeps there
    path = f"{prefix / 'bin'}:{os.environ['PATH']}"
    env = environment(PATH=path, HOME="/nonexistent", HIPPIQUE_DATA=str(data))
    told = [shutil.which(command.command[0], path=path) or "", *command.command[1:]]

    with gunicorn(app, *told, user=user, env=env) as service:
        port = service.url.rpartition(":")[2]
        probed = subprocess.run(probe.command, env=env | {"PORT": port}, check=False)
        owners = {psutil.Process(pid).uids().real for pid in pids(service.process.pid)}
        code, seconds = service.terminate()

    assert (probed.returncode, code) == (0, 0)
    assert seconds < STOP_WITHIN_S
    assert owners == {os.geteuid() if user is None else user}


def test_probe_fails_where_nothing_answers(prefix):
    (probe,) = dockerfile.of("HEALTHCHECK")
    env = environment(PATH=f"{prefix / 'bin'}:{os.environ['PATH']}", PORT="1")

    assert subprocess.run(probe.command, env=env, capture_output=True, check=False).returncode != 0


def app_files(root: Path) -> Path:
    """What the last stage copies beside the prefix, gathered in a folder."""
    folder = root / "copied"
    folder.mkdir()
    own = [one.rest.split() for one in dockerfile.of("COPY") if one.rest.split()[-1] == "/app/"]
    for name in (part for parts in own for part in parts[:-1]):
        shutil.copy(root / "context" / name, folder / name)
    return folder


def pids(parent: int) -> list[int]:
    """gunicorn and its worker."""
    return [parent, *(child.pid for child in psutil.Process(parent).children())]


def compressed_mb(folder: Path, packed: Path) -> float:
    """Size of a layer as registries keep it: gzip of a tar, in millions of bytes."""
    with (
        gzip.open(packed, "wb", compresslevel=6) as out,
        tarfile.open(fileobj=out, mode="w|") as tar,
    ):
        tar.add(folder, arcname="opt/hippique")
    return packed.stat().st_size / 1e6
