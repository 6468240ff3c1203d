"""The answers as a table for people, as JSON for programs, and as a record to keep."""

import dataclasses
import datetime
import json
import os
import pathlib
import platform
import re
import subprocess

HEAD = ("case", "what", "ours", "theirs", "ratio", "against", "goal", "", "design", "")


def first_line(command):
    """The first line that a program prints, or an empty one."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    lines = (done.stdout + done.stderr).strip().splitlines()
    return lines[0].strip() if lines else ""


def machine():
    """What the figures were taken on."""
    processor = "unknown"
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            processor = line.split(":", 1)[1].strip()
            break
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "processor": processor,
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(pages / 2**30, 1),
        "kernel": platform.release(),
        "load": [round(load, 2) for load in os.getloadavg()],
    }


def versions(root, python):
    """What was measured with what."""
    found = {
        "logveil": first_line(["git", "-C", root, "describe", "--always", "--dirty"]),
        "swift": first_line(["swift", "--version"]),
        "zstd": first_line(["zstd", "--version"]),
        "igzip": first_line(["igzip", "--version"]),
        "lz4": first_line(["lz4", "--version"]),
    }
    if python:
        words = "import polars, duckdb, importlib.metadata as m; " \
            "print('Polars', polars.__version__, 'DuckDB', duckdb.__version__, " \
            "'chDB', m.version('chdb'))"
        found["peers"] = first_line([python, "-c", words])
    return found


def cells(row):
    digits = 0 if row.unit == "MiB" else 3
    goal, design = (row.goal or ("", None)), (row.design or ("", None))
    return (
        row.case, row.measure, f"{row.ours:.{digits}f} {row.unit}",
        "" if row.theirs is None else f"{row.theirs:.{digits}f} {row.unit}",
        "" if row.ratio is None else f"{row.ratio:.2f}", row.against,
        goal[0], verdict(goal), design[0], verdict(design),
    )


def verdict(limit):
    return {None: "", True: "ok", False: "NO"}[limit[1]]


def table(rows, head=HEAD):
    """Rows as text."""
    return aligned([head] + [cells(row) for row in rows])


def aligned(lines):
    """Cells in aligned columns, the head first; also good Markdown."""
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    text = ["| " + " | ".join(c.ljust(w) for c, w in zip(line, widths)) + " |" for line in lines]
    text.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(text)


def peer_table(rows):
    """The peers against what they were when the limits were set."""
    head = ("text", "peer", "seconds", "zstd -dc", "ratio", "against", "", "", "limit", "")
    return table(rows, head)


def floor_line(samples):
    """The floor's steps, from the last run of the case that ran last."""
    runs = [entry["floor"][-1] for entry in samples.values() if "floor" in entry]
    if not runs:
        return ""
    steps = runs[-1]["nanoseconds_per_line"]
    words = ", ".join(f"{step} {nanoseconds:.0f}" for step, nanoseconds in steps.items())
    return f"Floor: {sum(steps.values()):.0f} ns of CPU a line ({words})."


def as_json(bench, facts):
    """Everything, with all samples."""
    rows = [dataclasses.asdict(row) for row in bench.rows]
    peers = [dataclasses.asdict(row) for row in bench.peer_rows]
    return {
        **facts, "rows": rows, "peers": peers, "comparison": bench.comparison,
        "samples": bench.samples,
    }


def write_json(path, bench, facts):
    pathlib.Path(path).write_text(json.dumps(as_json(bench, facts), indent=1) + "\n")


def write_record(folder, bench, facts):
    """Keeps the table as Markdown; returns where."""
    box = facts["machine"]
    slug = re.sub(r"[^a-z0-9]+", "-", box["processor"].lower()).strip("-")
    day = datetime.date.today().isoformat()
    path = folder / f"{day}-{slug}-{box['cores']}.md"
    folder.mkdir(parents=True, exist_ok=True)
    words = [
        f"# {day}, {box['processor']}, {box['cores']} cores", "",
        f"{facts['text']} of W3C text, {facts['runs']} runs in turns; kernel {box['kernel']}, "
        f"load {box['load'][0]} at the start.", "",
        *(f"- {name}: {value}" for name, value in facts["versions"].items()), "",
        table(bench.rows), "",
    ]
    if bench.peer_rows:
        words += ["## The peers", "", peer_table(bench.peer_rows), ""]
    words += [floor_line(bench.samples), ""]
    path.write_text("\n".join(words))
    return path
