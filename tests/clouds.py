"""Runs the deployment scripts against the stand-in of gcloud: a cloud in a folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from house import ROOT

# Called a hundred times a run: no shell between, no site packages, nothing compiled twice.
START = f"""#!{Path(sys.executable).resolve()} -IS
import sys
sys.path.insert(0, {str(ROOT / "tests" / "gcloud_stand_in")!r})
import {{module}}
sys.exit({{module}}.main(sys.argv[1:]))
"""
ENV = {
    "PROJECT_ID": "course-et-calme",
    "GCS_BUCKET": "course-et-calme-archive",
    "OIDC_OPERATORS": "owner@example.org,second@example.org",
    "OIDC_READERS": "reader@example.org",
    "SLIP_URLS": "json://phone.example.org/secret-token,mailto://x:y@example.org",
    "TERMS_ACKNOWLEDGED": "true",
}


@dataclass(frozen=True, slots=True)
class Ran:
    """One run of a script: how it ended, what it printed, and gcloud's calls in order."""

    code: int
    out: str
    err: str
    calls: tuple[dict[str, Any], ...]

    @property
    def changes(self) -> list[str]:
        """The changing calls that were made and went well, as their words without the flags."""
        return [call["name"] for call in self.calls if call["changes"] and call["code"] == 0]


class Cloud:
    """A cloud in a folder: its state, its `.env`, and `gcloud` and `curl` that know only it."""

    def __init__(self, folder: Path, state: dict[str, Any], env: dict[str, str]) -> None:
        self.folder = folder
        self.runs = 0
        self.state = state
        self.env_file = folder / ".env"
        self.write_env(env)
        bins = folder / "bin"
        bins.mkdir()
        for name, module in (("gcloud", "entry"), ("curl", "curl")):
            (bins / name).write_text(START.format(module=module), "utf-8")
            (bins / name).chmod(0o755)
        (bins / "python3").symlink_to(Path(sys.executable).resolve())

    def write_env(self, env: dict[str, str]) -> None:
        lines = [f"{name}={value}" for name, value in env.items()]
        self.env_file.write_text("# deployment\n" + "\n".join(lines) + "\n", "utf-8")

    @property
    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "state.json").read_text("utf-8"))
        return found

    @state.setter
    def state(self, state: dict[str, Any]) -> None:
        (self.folder / "state.json").write_text(json.dumps(state), "utf-8")

    def gcloud(self, *words: str) -> subprocess.CompletedProcess[str]:
        """One call of the stand-in by itself."""
        return self._started([self.folder / "bin" / "gcloud", *words], self._environment("alone"))

    def run(self, script: str, *arguments: str, fail: str = "", patience: int = 4) -> Ran:
        """One run of a script of `scripts/`, with a journal of its own. fail: see the stand-in."""
        self.runs += 1
        journal = self.folder / f"journal-{self.runs}"
        told = {"GCLOUD_FAIL": fail, "PAUSE_S": "0", "PATIENCE": str(patience)}
        env = self._environment(journal.name) | told
        done = self._started([ROOT / "scripts" / script, *arguments], env)
        lines = journal.read_text("utf-8").splitlines() if journal.exists() else []
        calls = tuple(json.loads(line) for line in lines)
        return Ran(done.returncode, done.stdout, done.stderr, calls)

    def _environment(self, journal: str) -> dict[str, str]:
        return {
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "ENV_FILE": str(self.env_file),
            "GCLOUD_STATE": str(self.folder / "state.json"),
            "GCLOUD_JOURNAL": str(self.folder / journal),
        }

    def _started(
        self, words: list[str | Path], env: dict[str, str]
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(words, env=env, capture_output=True, text=True, check=False)


def settled(state: dict[str, Any]) -> dict[str, Any]:
    """A state without what hangs on the order of calls: numbers and names that the cloud chose."""
    kept = {name: value for name, value in state.items() if name not in {"unseen", "count"}}
    names = {one["name"]: one["displayName"] for one in kept["channels"]}
    kept["channels"] = sorted(names.values())
    kept["uptime"] = [{**one, "name": ""} for one in kept["uptime"]]
    kept["policies_of_alert"] = sorted(
        (
            {
                **one,
                "name": "",
                "userLabels": {},
                "notificationChannels": sorted(names[c] for c in one["notificationChannels"]),
            }
            for one in kept["policies_of_alert"]
        ),
        key=lambda one: str(one["displayName"]),
    )
    kept["policies"] = {
        thing: {role: sorted(members) for role, members in roles.items()}
        for thing, roles in kept["policies"].items()
    }
    kept["services"] = {
        name: {**one, "revisions": [{**r, "name": ""} for r in one["revisions"]]}
        for name, one in kept["services"].items()
    }
    return {**kept, "apis": sorted(kept["apis"]), "accounts": sorted(kept["accounts"])}
