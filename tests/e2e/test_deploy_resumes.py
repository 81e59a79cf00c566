"""A deployment that is cut off at any change goes on there, and ends as if nothing had happened."""

from __future__ import annotations

import pytest

from clouds import ENV, Cloud, settled
from gcloud_world import world

SCRIPTS = ("deploy_cloud_run.sh", "create_scheduler_0900.sh")
MOST_CHANGES = 100


@pytest.mark.parametrize(
    "each", [5, pytest.param(1, marks=pytest.mark.soak)], ids=["every fifth", "every single one"]
)
def test_cut_off_at_its_changes_again_and_again_it_ends_as_an_undisturbed_run(tmp_path, each):
    calm, cut = (Cloud(new_folder(tmp_path / n), world.fresh(), ENV) for n in ("calm", "cut"))
    undisturbed = [run.changes for run in map(calm.run, SCRIPTS)]
    made = [run_in_pieces(cut, script, each) for script in SCRIPTS]

    # Each piece lost the answer of its last change, so that all together are a whole run.
    assert made == undisturbed
    assert settled(cut.state) == settled(calm.state)


def run_in_pieces(cloud: Cloud, script: str, each: int) -> list[str]:
    """Run until the end, each time cut off after so many changes; the changes in order."""
    made: list[str] = []
    for _ in range(MOST_CHANGES):
        run = cloud.run(script, fail=f"after {each}")
        if run.code == 0:
            return made + run.changes
        assert "the answer was lost" in run.err
        lost = [call["name"] for call in run.calls if call["changes"]][-1]
        made += [*run.changes, lost]
    raise AssertionError(f"{script} made no end: {made}")


def test_change_that_was_refused_is_tried_again_by_the_next_run_and_nothing_before_it(tmp_path):
    cloud = Cloud(tmp_path, world.fresh(), ENV)
    first = cloud.run("deploy_cloud_run.sh", fail="before 9")
    second = cloud.run("deploy_cloud_run.sh", fail="before 2")

    assert (first.code, second.code) == (1, 1)
    refused = [call["name"] for call in first.calls if call["changes"]][-1]
    assert second.changes == [refused]


def new_folder(folder):
    folder.mkdir()
    return folder
