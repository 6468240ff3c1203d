"""kill_loop.py LOGVEIL LOGGEN [--kills N] [--seed N]: kills the program at random moments, again and
again on one home, and holds the tables against what they must be.

What is expected is kept here, apart from the tables: an archive that was in stays in, one that a
command said it took is in, one that was under way when the command was killed may be in or not.
Whatever is in is in whole and once: the sums of `usage` are those of its archives, `table verify`
finds nothing, and versions follow each other without a gap.
"""

import argparse
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

import deltalake

ARCHIVES = 12
TABLES = ["usage", "ingests", "rejects"]
VACUUM = ["table", "vacuum", "--retain", "0d", "--yes"]


class KillLoop:
    def __init__(self, logveil: str, loggen: str, work: pathlib.Path, seed: int):
        self.logveil, self.work, self.seed = logveil, work, seed
        self.chance = random.Random(seed)
        self.home = work / "home"
        self.committed: set[str] = set()
        self.events = {}
        self.seconds = {}
        self.kills = self.finished = 0
        self.found = []
        for number in range(ARCHIVES):
            path = work / f"{number}.log"
            subprocess.run([loggen, "--format", "squid", "--bytes", f"{40 + 30 * number}KiB",
                            "--seed", str(number), "--users", "500", "--hosts", "300", "--days",
                            "2", "--bad-lines", "0.02", "-o", path], check=True)
            self.events[path.name] = self.count_events(path)

    def count_events(self, path: pathlib.Path) -> int:
        """By a run of its own, on a home of its own."""
        home = self.work / f"alone-{path.stem}"
        self.call(home, "run", path)
        return sum(self.read(home, "usage", "events"))

    def call(self, home, *words, seconds: float | None = None) -> int | None:
        """The exit code; `None` when it was killed after `seconds`."""
        env = {"PATH": os.environ["PATH"], "LOGVEIL_HOME": str(home)}
        process = subprocess.Popen(
            [self.logveil, *map(str, words)], env=env, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            _, err = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return None
        self.err = err.decode(errors="replace")
        return process.returncode

    @staticmethod
    def read(home, table: str, column: str) -> list:
        path = home / "lake/default" / table
        if not list((path / "_delta_log").glob("*.json")):
            return []
        return deltalake.DeltaTable(str(path)).to_pyarrow_table()[column].to_pylist()

    def command(self) -> tuple[str, list, set[str]]:
        """What to do next, and which archives it may bring in."""
        kind = self.chance.choices(
            ["run", "reprocess", "compact", "vacuum", "delete"], [8, 3, 2, 1, 1])[0]
        names = self.chance.sample(sorted(self.events), self.chance.randint(1, 4))
        flags = ["--progress", "off", "--batch-bytes", "0", "--threads",
                 self.chance.choice("12"), "--memory", self.chance.choice(["1MiB", "1GiB"])]
        if kind in ("run", "reprocess"):
            words = ["run", *(self.work / name for name in names), *flags]
            return kind, words + (["--reprocess"] if kind == "reprocess" else []), set(names)
        if kind == "compact":
            return kind, ["table", "compact", self.chance.choice(TABLES)], set()
        if kind == "vacuum":
            return kind, [*VACUUM, self.chance.choice(TABLES)], set()
        # A day that no event has: it looks at all and takes nothing away.
        return kind, ["table", "delete", "--before", "2001-01-01", "--yes"], set()

    def step(self):
        kind, words, names = self.command()
        usual = self.seconds.get(kind, 0.2)
        start = time.monotonic()
        code = self.call(self.home, *words, seconds=self.chance.uniform(0, 1.3 * usual))
        if code is None:
            self.kills += 1
            self.seconds[kind] = 1.03 * usual  # On a busy machine commands take longer.
        else:
            self.finished += 1
            self.seconds[kind] = 0.7 * usual + 0.3 * (time.monotonic() - start)
            if code != 0 and (kind in ("run", "reprocess") or self.committed):
                self.found.append(f"{kind}: exit {code}: {self.err[:300]}")
        self.check(f"after {kind}", names, is_done=code == 0)

    def check(self, when: str, names: set[str], is_done: bool):
        # The next start rolls forward what was decided, and drops what was not.
        code = self.call(self.home, "table", "verify")
        if code != 0 and (self.committed or is_done):
            self.found.append(f"{when}: verify: exit {code}: {self.err[:300]}")
        rows = zip(self.read(self.home, "ingests", "name"),
                   self.read(self.home, "ingests", "status"))
        held = [name for name, status in rows if status == "committed"]
        events = sum(self.read(self.home, "usage", "events"))
        for problem, holds in {
            "an archive is in twice": len(held) == len(set(held)),
            f"{sorted(held)} are in, not {sorted(self.committed)} and maybe {sorted(names)}":
                self.committed <= set(held) <= self.committed | names,
            "not all is in that it said": not is_done or names <= set(held),
            "other events than those of the archives":
                events == sum(self.events[name] for name in held),
        }.items():
            if not holds:
                self.found.append(f"{when}: {problem}")
        self.committed = set(held)

    def finish(self):
        """All archives, and nothing that no table knows."""
        code = self.call(self.home, "run", *(self.work / name for name in self.events),
                         "--progress", "off", "--batch-bytes", "0")
        if code != 0:
            self.found.append(f"at the end: exit {code}: {self.err[:300]}")
        self.check("at the end", set(self.events), is_done=True)
        for table in TABLES:
            code = self.call(self.home, *VACUUM, table)
            if code != 0:
                self.found.append(f"at the end: vacuum {table}: exit {code}: {self.err[:300]}")
            path = self.home / "lake/default" / table
            live = deltalake.DeltaTable(str(path))
            known = {pathlib.Path(uri).name for uri in live.file_uris()}
            left = {file.name for file in path.rglob("*.parquet") if "_delta_log" not in str(file)}
            if left - known:
                self.found.append(f"at the end: {table} has {len(left - known)} files too many")
            versions = sorted(int(file.stem) for file in (path / "_delta_log").glob("*.json")
                              if file.stem.isdigit())
            if versions != list(range(versions[0], versions[0] + len(versions))):
                self.found.append(f"at the end: {table} has gaps in its versions")
        left = list((self.home / "lake/default/_runs").glob("*.json"))
        if left:
            self.found.append(f"at the end: manifests {left}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("logveil")
    parser.add_argument("loggen")
    parser.add_argument("--kills", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as work:
        loop = KillLoop(os.path.abspath(given.logveil), os.path.abspath(given.loggen),
                        pathlib.Path(work), given.seed)
        while loop.kills < given.kills and not loop.found:
            loop.step()
        loop.finish()
    for problem in loop.found:
        print(f"VIOLATION seed {given.seed}, kill {loop.kills}: {problem}")
    print(f"{loop.kills} kills, {loop.finished} commands that ended first, {len(loop.found)} "
          f"violations, {time.monotonic() - start:.0f} s")
    sys.exit(1 if loop.found else 0)


main()
