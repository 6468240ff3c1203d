"""What the peers have in common: the head of a W3C log, and the answer they print.

A peer groups the events of one log by date, host, user and action, adds up its counts and bytes,
and writes a Parquet file packed by zstd. It must treat a quote as a quote wherever it stands: a
trick that holds for one layout of the log would be another job than ours.
"""

import json
import os
import resource
import subprocess
import sys
import time

# What unpacks a file to standard output, by the ending of its name.
UNPACKERS = {
    ".zst": ["zstd", "-dcq"],
    ".gz": ["igzip", "-dc"],
    ".lz4": ["lz4", "-dcq"],
}
THREADS = 2


def unpacker(path):
    """The command that writes the text of `path`, or None for plain text."""
    command = UNPACKERS.get(os.path.splitext(path)[1])
    return command + [path] if command else None


class Head:
    """The comment lines that a log starts with.

    `fields` are the names of the columns, `lines` the number of comment lines. Comments further
    down are not looked for: a log that has some gives a wrong number of events, which the caller
    of the peer notices.
    """

    def __init__(self, path):
        command = unpacker(path)
        if command is None:
            with open(path, "rb") as text:
                self._read(text)
        else:
            with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as tool:
                self._read(tool.stdout)
                tool.kill()

    def _read(self, text):
        self.lines = 0
        self.fields = []
        for line in text:
            if not line.startswith(b"#"):
                break
            self.lines += 1
            if line.lower().startswith(b"#fields:"):
                self.fields = line.decode().split()[1:]
        if not self.fields:
            sys.exit("The log has no #Fields line in its head.")


def arguments():
    """The log and the Parquet file to write, from the command line."""
    if len(sys.argv) != 3:
        sys.exit(f"usage: {os.path.basename(sys.argv[0])} FILE OUT.parquet")
    return sys.argv[1], sys.argv[2]


class Stopwatch:
    """Wall time and CPU time of this process and of the tools it started and waited for."""

    def __init__(self):
        self.wall = time.perf_counter()
        self.cpu = self._cpu()

    @staticmethod
    def _cpu():
        own = resource.getrusage(resource.RUSAGE_SELF)
        tools = resource.getrusage(resource.RUSAGE_CHILDREN)
        return own.ru_utime + own.ru_stime + tools.ru_utime + tools.ru_stime

    def read(self):
        return {
            "seconds": round(time.perf_counter() - self.wall, 4),
            "cpu_seconds": round(self._cpu() - self.cpu, 4),
        }


def answer(times, rows, events, uploaded, downloaded):
    """Prints what the caller checks and compares."""
    numbers = zip(("rows", "events", "uploaded", "downloaded"), (rows, events, uploaded, downloaded))
    print(json.dumps({**{name: int(number) for name, number in numbers}, **times}))
