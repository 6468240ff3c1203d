"""Where the time of a run goes, stage by stage, beside the least that each stage could take.

`perf` looks at the program thousands of times a second; each look counts for the stage of the
innermost function that has one (`harness.stages`), with the kernel's work below it. The shares are
those of the processor time of runs that nobody looked at.
"""

import os
import pathlib
import re
import subprocess
import time

from harness import measure, stages

LOOKS_A_SECOND = 4000
FRAME = re.compile(r"^\s+[0-9a-f]+ (.*) \((.*)\)$")
CHUNK = 256 << 10


def looks(program, text, home, data):
    """How often each stage was seen in one run on one thread."""
    measure.run([program, "init"], environment={"LOGVEIL_HOME": str(home)})
    measure.run(
        ["perf", "record", "-q", "-F", str(LOOKS_A_SECOND), "--call-graph", "fp", "-o", data,
         program, "run", text, "--threads", "1", "--json", "--progress", "off"],
        environment={"LOGVEIL_HOME": str(home)})
    shown = subprocess.run(
        ["perf", "script", "-i", data, "--no-demangle", "-F", "ip,sym,dso"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True).stdout
    found = dict.fromkeys(stages.ALL, 0)
    name = pathlib.Path(program).name
    for look in shown.split("\n\n"):
        frames = [match for match in map(FRAME.match, look.splitlines()) if match]
        if frames:
            found[stage_of(frames, name)] += 1
    return found


def stage_of(frames, program):
    for frame in frames:
        stage = stages.stage(frame[1], pathlib.Path(frame[2]).name == program)
        if stage:
            return stage
    return "start"


def shares(program, text, folder, runs):
    """What part of the time each stage has."""
    total = dict.fromkeys(stages.ALL, 0)
    for run in range(runs):
        home = folder / f"where-{run}"
        for stage, count in looks(program, text, home, folder / "perf.data").items():
            total[stage] += count
    return {stage: count / sum(total.values()) for stage, count in total.items()}


def least(tries, body):
    """The least seconds of processor time that `body` takes."""
    seconds = []
    for _ in range(tries):
        start = time.process_time()
        body()
        seconds.append(time.process_time() - start)
    return min(seconds)


def copy_seconds(path):
    """What the kernel takes to hand a file in its cache over, in chunks that stay in our cache."""
    buffer = bytearray(CHUNK)

    def read():
        with open(path, "rb", buffering=0) as file:
            while file.readinto(buffer):
                pass
    return least(5, read)


def look_seconds(size):
    """What one look at each byte takes of `size` bytes, in chunks that stay in the cache."""
    chunk = bytes(CHUNK)
    rounds = 256

    def look():
        for _ in range(rounds):
            chunk.find(b"\xff")
    return least(5, look) * size / (rounds * CHUNK)


def table_seconds(home, python):
    """What another writer takes to encode the same table, read into memory before."""
    files = sorted(str(path) for path in pathlib.Path(home).glob("lake/*/usage/*/*.parquet"))
    program = (
        "import sys, time, pyarrow.parquet as pq, pyarrow as pa\n"
        "pa.set_cpu_count(1)\n"
        "t = [pq.read_table(f, use_threads=False, read_dictionary=['user', 'src_ip', 'host',"
        " 'domain', 'app', 'app_category', 'action', 'batch', 'source'])"
        " for f in sys.argv[1:]]\n"
        "s = []\n"
        "for _ in range(3):\n"
        "    a = time.process_time()\n"
        "    [pq.write_table(x, pa.BufferOutputStream(), compression='zstd',"
        " compression_level=1) for x in t]\n"
        "    s.append(time.process_time() - a)\n"
        "print(min(s))\n")
    done = subprocess.run([str(python), "-c", program, *files], stdout=subprocess.PIPE, text=True)
    return float(done.stdout) if done.returncode == 0 else None


def cipher_seconds(names):
    """What OpenSSL takes for the blocks of so many names: AES-SIV of one name of two blocks is
    three blocks of CMAC and two of CTR."""
    shown = subprocess.run(
        ["openssl", "speed", "-mr", "-seconds", "1", "-bytes", "16384", "-evp", "aes-128-ecb"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    found = re.search(r"^\+F:.*:([\d.]+)\s*$", shown, re.M)
    return names * 5 * 16 / float(found[1]) if found else None


def measured(logveil, floor, text, truth, folder, runs, python, say):
    """Rows: stage, our nanoseconds a line, the floor's, and what the floor is."""
    whole = measure.Ours(logveil, text, truth, folder, more=("--threads", "1"))
    samples = []
    for turn in range(runs):
        say(f"run {turn + 1} of {runs}, on one thread")
        samples.append(whole.sample()["cpu"])
    say("looking where the time goes")
    part = shares(logveil, text, folder, runs)
    say("the floors")
    program = measure.Floor(floor, text, truth, threads=1)
    steps = [program.sample()["nanoseconds_per_line"] for _ in range(runs)]
    steps = {step: min(found[step] for found in steps) for step in steps[0]}
    lines, size = truth["lines"], os.path.getsize(text)
    ours = {stage: share * min(samples) / lines * 1e9 for stage, share in part.items()}

    def a_line(seconds):
        return None if seconds is None else seconds / lines * 1e9

    floors = {
        "read": (a_line(copy_seconds(text)), "the kernel's copy alone"),
        "index": (a_line(look_seconds(size)), "one look at each byte in the cache"),
        "fields": (steps["fields"], "cutting fields, times and numbers of regular lines"),
        "dictionaries": (steps["dictionaries"], "the floor program: three names looked up"),
        "group": (steps["groups"], "the floor program: sums of known groups"),
        "cipher": (a_line(cipher_seconds(2 * truth["users"])), "AES of as many blocks"),
        "encode": (a_line(table_seconds(whole.home, python)), "pyarrow, the same table at zstd 1"),
    }
    rows = [(stage, ours[stage], *floors.get(stage, (None, ""))) for stage in stages.ALL]
    return rows, min(samples) / lines * 1e9


def table(rows, total):
    """As Markdown."""
    def number(value):
        return "" if value is None else f"{value:.1f}"
    out = ["| stage | ns a line | floor | times | what the floor is |", "|---|---|---|---|---|"]
    for stage, ours, floor, words in rows:
        times = f"{ours / floor:.1f}" if floor else ""
        out.append(f"| {stage} | {number(ours)} | {number(floor)} | {times} | {words} |")
    return "\n".join([*out, f"| in all | {number(total)} | | | |"])
