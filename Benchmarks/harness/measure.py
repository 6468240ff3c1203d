"""Runs programs in alternation, and says what each run took."""

import contextlib
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import tempfile
import threading
import time


class Failure(Exception):
    """A program failed, or gave a wrong answer."""


# A run that takes longer hangs.
SECONDS_MAX = 300


@contextlib.contextmanager
def stopping(child, seconds):
    """Kills a process that takes too long."""
    timer = threading.Timer(seconds, child.kill)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def run(command, output=subprocess.DEVNULL, environment=None):
    """Runs a program to its end: seconds of wall and CPU, the most memory, and its output."""
    wants_text = output is subprocess.PIPE
    with tempfile.TemporaryFile() as text, tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        child = subprocess.Popen(
            [str(word) for word in command], stdin=subprocess.DEVNULL,
            stdout=text if wants_text else output, stderr=errors,
            env={**os.environ, **(environment or {})},
        )
        with stopping(child, SECONDS_MAX):
            _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            errors.seek(0)
            words = errors.read().decode(errors="replace").strip()[-600:]
            name = pathlib.Path(str(command[0])).name
            raise Failure(f"{name} ended with code {child.returncode}: {words}")
        text.seek(0)
        sample = {
            "wall": wall,
            "cpu": usage.ru_utime + usage.ru_stime,
            "memory": usage.ru_maxrss << 10,
        }
        return sample, text.read().decode() if wants_text else ""


def last_json(text):
    """The object in the last line of a program's output."""
    try:
        return json.loads(text.strip().splitlines()[-1])
    except (IndexError, ValueError) as error:
        raise Failure(f"no JSON in the output: {text[-200:]!r}") from error


def expect(name, answer, truth):
    """Stops when a program counted something else than mawk did."""
    wrong = {key: answer.get(key) for key in truth if answer.get(key) != truth[key]}
    if wrong:
        wanted = {key: truth[key] for key in wrong}
        raise Failure(f"{name} gives {wrong}, but the log has {wanted}")


class Tool:
    """A codec's own tool that unpacks to /dev/null."""

    COMMANDS = {"zstd": ["zstd", "-dc"], "gzip": ["igzip", "-dc"], "lz4": ["lz4", "-dc"]}

    def __init__(self, packing, path):
        self.command = self.COMMANDS[packing.split("-")[0]] + [path]
        self.name = " ".join(self.command[:2])
        self.inputs = [path]

    def sample(self):
        return run(self.command)[0]


class Ours:
    """`logveil run` of one archive into a home that `logveil init` has just made.

    A peer's clock starts when its libraries are loaded; ours with the process. Lines of the log
    that are no events are `beside`: comments, or excluded.
    """

    def __init__(self, binary, path, truth, folder, more=(), name="logveil", beside="comments"):
        self.name = name
        self.inputs = [path]
        self.command = [binary, "run", path, "--json", "--progress", "off", *more]
        self.truth = {
            "events": truth["events"],
            "uploaded_bytes": truth["uploaded"],
            "downloaded_bytes": truth["downloaded"],
            "lines": truth["lines"],
            beside: truth["lines"] - truth["events"],
            "rejected": 0,
            "users": truth["users"],
        }
        self.home = folder / f"home-{name.replace(' ', '')}"

    def sample(self):
        self.clear()
        home = {"LOGVEIL_HOME": str(self.home)}
        run([self.command[0], "init"], environment=home)
        sample, text = run(self.command, subprocess.PIPE, home)
        answer = last_json(text)
        expect(self.name, answer, self.truth)
        return {**sample, "stages": answer.get("stages")}

    def clear(self):
        """Removes the home that the run before left."""
        shutil.rmtree(self.home, ignore_errors=True)


class Floor:
    """The floor program, on plain text."""

    name = "floor"

    def __init__(self, binary, path, truth, threads=2):
        self.command = [binary, path, "--threads", str(threads)]
        self.inputs = [path]
        self.truth = {key: truth[key] for key in ("events", "uploaded", "downloaded")}

    def sample(self):
        sample, text = run(self.command, subprocess.PIPE)
        answer = last_json(text)
        expect(self.name, answer, self.truth)
        return {
            **sample,
            "groups": answer["groups"],
            "nanoseconds_per_line": answer["nanoseconds_per_line"],
        }


class Peer:
    """Another engine at the same job. `wall` is what it says its query took: the start of Python
    and the loading of its library are not held against it."""

    def __init__(self, name, python, script, path, truth, folder):
        self.name = name
        self.output = folder / f"{name}.parquet"
        self.command = [python, script, path, self.output]
        self.inputs = [path]
        self.truth = {key: truth[key] for key in ("events", "uploaded", "downloaded")}
        if "groups" in truth:
            self.truth["rows"] = truth["groups"]

    def sample(self):
        sample, text = run(self.command, subprocess.PIPE)
        answer = last_json(text)
        expect(self.name, answer, self.truth)
        return {
            **sample,
            "process_wall": sample["wall"],
            "process_cpu": sample["cpu"],
            "wall": answer["seconds"],
            "cpu": answer["cpu_seconds"],
        }


def contest(entrants, rounds):
    """Samples of every entrant, run in turns: A B A B …; by their names."""
    samples = {entrant.name: [] for entrant in entrants}
    for path in {path for entrant in entrants for path in entrant.inputs}:
        read_once(path)
    for _ in range(rounds):
        for entrant in entrants:
            samples[entrant.name].append(entrant.sample())
    return samples


def read_once(path):
    """Brings a file into the page cache."""
    with open(path, "rb", buffering=0) as file:
        buffer = bytearray(1 << 20)
        while file.readinto(buffer):
            pass


def median(samples, key):
    """The middle of one number of some samples."""
    return statistics.median(sample[key] for sample in samples)


def paired(ours, theirs, key, tail=0.0):
    """The middle of (ours − tail) ÷ theirs, taken turn by turn: what slows the machine for a
    while slows both."""
    return statistics.median(
        (a[key] - tail) / b[key] for a, b in zip(ours, theirs, strict=True)
    )
