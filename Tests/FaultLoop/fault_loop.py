"""fault_loop.py LOGVEIL LOGGEN [--stride N] [--commands run,…]: makes every call that changes the
disk go wrong, one after the other, in every way, and looks whether the tables are what they must be.

At each point: the tables are whole and as before or as after; a command that said it was done is
done; the same command again ends well, and then the tables are as they would be without the fault.
"""

import argparse
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

KINDS = ["before", "after", "eio", "enospc", "short"]
HERE = pathlib.Path(__file__).resolve().parent


class Loop:
    def __init__(self, logveil: str, loggen: str, work: pathlib.Path):
        self.logveil, self.loggen, self.work = logveil, loggen, work
        self.shim = work / "fault.so"
        subprocess.run(["gcc", "-O1", "-shared", "-fPIC", "-o", self.shim, HERE / "fault.c",
                        "-ldl"], check=True)
        self.logs = []
        for number in range(3):
            path = work / f"{number}.log"
            subprocess.run([loggen, "--format", "w3c", "--bytes", "40KiB", "--seed", str(number),
                            "--users", "20", "--days", "2", "--bad-lines", "0.02", "-o", path],
                           check=True)
            self.logs.append(str(path))
        self.home = work / "home"

    def call(self, *words, fault: dict | None = None) -> int:
        env = {"PATH": os.environ["PATH"], "LOGVEIL_HOME": str(self.home)}
        if fault:
            env |= {"LD_PRELOAD": str(self.shim), "FAULT_ROOT": str(self.home), **fault}
        done = subprocess.run([self.logveil, *words], env=env, stdin=subprocess.DEVNULL,
                              capture_output=True)
        self.err = done.stderr.decode(errors="replace")
        self.out = done.stdout.decode(errors="replace")
        return done.returncode

    def state(self) -> str:
        """What the tables hold, but for times: counts by status and sums of `usage`."""
        if self.call("table", "verify", "--json") != 0:
            return f"verify: {self.err[:300]}"
        import deltalake
        found = []
        for table in ("usage", "ingests", "rejects"):
            folder = self.home / "lake/default" / table
            rows = deltalake.DeltaTable(str(folder)).to_pyarrow_table().to_pylist()
            drop = {"started", "finished"}
            # What was replaced twice, since the first time was not heard of, stands there twice.
            found += sorted(str([(k, v) for k, v in row.items() if k not in drop])
                            for row in rows if row.get("status") != "replaced")
        return hashlib.sha256("\n".join(found).encode()).hexdigest()

    def leftovers(self) -> list[str]:
        """Data files and temporary ones that no version of a table knows."""
        left = []
        for table in (self.home / "lake/default").iterdir():
            known = set()
            for log in (table / "_delta_log").glob("*.json"):
                for line in log.read_text().splitlines():
                    action = json.loads(line)
                    known |= {action[kind]["path"] for kind in ("add", "remove") if kind in action}
            for path in table.rglob("*"):
                name = str(path.relative_to(table))
                if path.is_file() and "_delta_log" not in name and name not in known:
                    if path.suffix in (".parquet", ".tmp", ".json", ".lock"):
                        left.append(f"{table.name}/{name}")
        return left

    def prepare(self, template: pathlib.Path, setup: list[list[str]]):
        shutil.rmtree(self.home, ignore_errors=True)
        for words in setup:
            if self.call(*words) != 0:
                sys.exit(f"setup {words}: {self.err}")
        self.call("table", "list")
        shutil.copytree(self.home, template)

    def restore(self, template: pathlib.Path):
        shutil.rmtree(self.home)
        shutil.copytree(template, self.home, copy_function=shutil.copy2)
        os.chmod(self.home, 0o700)

    def play(self, name: str, setup, words, stride: int) -> tuple[int, int]:
        template = self.work / f"template-{name}"
        self.prepare(template, setup)
        before = self.state()
        self.restore(template)
        count_file = self.work / "count"
        if self.call(*words, fault={"FAULT_COUNT": str(count_file)}) != 0:
            sys.exit(f"{name}: {self.err}")
        calls = int(count_file.read_text())
        after = self.state()
        print(f"{name}: {calls} calls that change the disk", flush=True)
        points = violations = 0
        for at in range(0, calls, stride):
            for kind in KINDS:
                for lasting in ((False,) if kind in ("before", "after") else (False, True)):
                    self.restore(template)
                    fault = {"FAULT_AT": str(at), "FAULT_KIND": kind}
                    if lasting:
                        fault["FAULT_LASTING"] = "1"
                    code = self.call(*words, fault=fault)
                    points += 1
                    problem = self.check(words, code, before, after)
                    if problem:
                        violations += 1
                        print(f"VIOLATION {name} call {at} {kind} lasting={lasting} exit {code}: "
                              f"{problem}", flush=True)
        return points, violations

    def check(self, words, code, before, after) -> str | None:
        state = self.state()
        if state not in (before, after):
            return f"the tables are neither as before nor as after: {state}"
        if code in (0, 3) and state != after:
            return "it said that it was done"
        if code < 0 and code != -9:
            return "it crashed"
        again = self.call(*words)
        if again not in (0, 3):
            return f"again: exit {again}: {self.err[:300]}"
        state = self.state()
        if state != after:
            return f"again: the tables are not as they must be: {state}"
        left = self.leftovers()
        return f"left over: {left}" if left else None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("logveil")
    parser.add_argument("loggen")
    parser.add_argument("--stride", type=int, default=1)
    parser.add_argument("--commands", default="run,reprocess,compact,vacuum")
    given = parser.parse_args()
    start = time.monotonic()
    total = broken = 0
    with tempfile.TemporaryDirectory() as work:
        loop = Loop(os.path.abspath(given.logveil), given.loggen, pathlib.Path(work))
        run = ["run", "--progress", "off", "--threads", "1", "--batch-bytes", "0"]
        first = [run + [log] for log in loop.logs[:2]]
        until = [run + [log, "--until", "2026-11-01"] for log in loop.logs[:2]]
        compacted = [["table", "compact", table] for table in ("usage", "ingests", "rejects")]
        commands = {
            "run": (first, run + loop.logs),
            "reprocess": (until + compacted, run + ["--reprocess", loop.logs[0]]),
            "compact": (first, ["table", "compact", "usage"]),
            "vacuum": (first + compacted, ["table", "vacuum", "--retain", "0d", "--yes"]),
        }
        for name in given.commands.split(","):
            points, violations = loop.play(name, *commands[name], given.stride)
            total, broken = total + points, broken + violations
            print(f"{name}: {points} points, {violations} violations", flush=True)
    print(f"{total} points, {broken} violations, {time.monotonic() - start:.0f} s")
    sys.exit(1 if broken else 0)


main()
