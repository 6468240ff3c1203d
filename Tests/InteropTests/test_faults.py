"""The loops of faults and of kills, in a form short enough for each time."""

import re
import subprocess
import sys

import pytest

from support import LOGGEN, LOGVEIL, ROOT

LOOPS = ROOT / "Tests/FaultLoop"


def loop(script: str, *words) -> str:
    done = subprocess.run(
        [sys.executable, LOOPS / script, LOGVEIL, LOGGEN, *words], capture_output=True, text=True,
        timeout=600)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    return done.stdout


@pytest.mark.parametrize("command,stride", [
    ("run", 41), ("reprocess", 43), ("compact", 31), ("vacuum", 29)])
def test_calls_that_go_wrong(command, stride):
    out = loop("fault_loop.py", "--commands", command, "--stride", str(stride))
    points = int(re.search(rf"{command}: (\d+) points, 0 violations", out)[1])
    assert points >= 16, out


def test_killed_at_any_moment():
    out = loop("kill_loop.py", "--kills", "60", "--seed", "7")
    assert re.search(r"60 kills, \d+ commands that ended first, 0 violations", out), out
