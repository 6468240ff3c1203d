"""Planted bugs and slowdowns are patches: each must fit the sources as they are."""

import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PATCHES = sorted(
    path for folder in ("Tests/PlantedBugs", "Benchmarks/PlantedSlowdowns")
    for path in (ROOT / folder).glob("*.patch"))


@pytest.mark.parametrize("patch", PATCHES, ids=lambda path: path.stem)
def test_it_fits(patch):
    done = subprocess.run(
        ["git", "apply", "--check", patch], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_there_are_some():
    assert len(PATCHES) > 20
