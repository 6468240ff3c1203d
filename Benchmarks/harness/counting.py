"""Counts what a run does instead of timing it: instructions by stage, allocations, bytes copied.

Counts hardly differ from run to run, nor from machine to machine with the same tools; so that a few
per cent more in one stage are seen on a busy machine too. The program runs on one thread, with
fixed keys, under valgrind: callgrind counts instructions, dhat allocations and copies.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess

from harness import stages
from harness.callgraph import CallGraph
from harness.measure import Failure

# Levels of the kernels that valgrind knows; its processor has no AVX-512.
LEVELS = ("avx2", "scalar")
# A run of hardly any text is what every run costs; what a longer one takes more is the stages'. It
# has more than one block, as archives of one block take another way.
START_BYTES, BODY_BYTES = 512 << 10, 8 << 20
USERS = 5_000
# Seeds of tables, and what threads wait for, make out a little: the least of several runs counts.
RUNS = 3
SECONDS_MAX = 900
# Fixed, so that the same names give the same pseudonyms, in the same order, in every run.
KEYS = {
    "format": "logveil-keys/1", "tenant": "default",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "versions": [{"version": 1, "valid_from": None, "created": "2026-01-01T00:00:00Z",
                  "state": "active", "wrap": "none", "root": bytes(range(32)).hex()}],
}
TOTAL = re.compile(r"Total:\s+([\d,]+) bytes in ([\d,]+) blocks")


class Counter:
    """Runs one binary under valgrind, in a folder of its own."""

    def __init__(self, logveil, sets, folder, say):
        self.say = say
        self.folder = pathlib.Path(folder)
        # Valgrind stumbles over Swift's debug information; the symbols are enough.
        self.program = self.folder / "logveil-stripped"
        subprocess.run(["objcopy", "--strip-debug", logveil, self.program], check=True)
        self.texts = {
            size: sets.path("plain", size, USERS) for size in (START_BYTES, BODY_BYTES)}

    def measure(self, level, is_quick=False):
        """What is counted at one level of the kernels: everything, or instructions only."""
        self.say(f"counting at {level}")
        start, body = (self.instructions(level, size) for size in (START_BYTES, BODY_BYTES))
        found = {stage: body.get(stage, 0) - start.get(stage, 0) for stage in stages.STAGES}
        found = {"start": sum(start.values()), **found}
        if is_quick:
            return {"instructions": found}
        blocks, allocated = self.dhat(level, "heap")
        _, copied = self.dhat(level, "copy")
        return {
            "instructions": found,
            "allocations": blocks, "allocated_bytes": allocated, "copied_bytes": copied,
        }

    def instructions(self, level, size):
        runs = [self.run_counted(level, size) for _ in range(RUNS)]
        return {stage: min(run.get(stage, 0) for run in runs) for stage in runs[0]}

    def run_counted(self, level, size):
        path = self.folder / "callgrind.out"
        self.run(level, size, "--tool=callgrind", f"--callgrind-out-file={path}")
        graph = CallGraph.read(path)
        return graph.shares(lambda graph, function: stages.stage(
            graph.names[function], graph.is_in(function, self.program.name)))

    def dhat(self, level, mode):
        """Blocks and bytes that were allocated, or copied."""
        text = self.run(level, BODY_BYTES, "--tool=dhat", f"--mode={mode}",
                        f"--dhat-out-file={self.folder / 'dhat.out'}")
        found = TOTAL.search(text)
        if not found:
            raise Failure(f"dhat gave no total: {text[-300:]}")
        size, blocks = (int(number.replace(",", "")) for number in found.groups())
        return blocks, size

    def run(self, level, size, *tool):
        home = self.folder / "home"
        shutil.rmtree(home, ignore_errors=True)
        keys = home / "keys"
        keys.mkdir(parents=True, mode=0o700)
        home.chmod(0o700)
        (keys / "default.json").write_text(json.dumps(KEYS, indent=2))
        (keys / "default.json").chmod(0o600)
        done = subprocess.run(
            ["valgrind", *tool, self.program, "run", self.texts[size], "--threads", "1",
             "--progress", "off", "--json"],
            env={"PATH": os.environ["PATH"], "LOGVEIL_HOME": str(home), "LOGVEIL_KERNELS": level,
                 "SWIFT_DETERMINISTIC_HASHING": "1"},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS_MAX)
        if done.returncode != 0:
            raise Failure(f"under valgrind: exit {done.returncode}: {done.stderr[-600:]}")
        return done.stderr
