"""How fast the parser alone is, family by family, on logs by loggen: processor time of one
thread, and nothing else."""

import json
import subprocess

from harness import report

# Family: (what must be reached in GB/s, the layouts that stand for it).
FAMILIES = {
    "delimited": (1.0, [
        ("w3c", "proxysg"), ("bluecoat", "main"), ("squid", "native"), ("palo-alto", "csv"),
        ("zscaler", "csv")]),
    "key=value": (0.7, [("fortigate", "key-value")]),
    "CEF": (0.7, [("cef", "url"), ("fortigate", "cef")]),
    "LEEF": (0.7, [("leef", "2.0"), ("zscaler", "leef")]),
    "JSON": (0.8, [("zscaler", "json"), ("suricata", "flow")]),
    "templates": (0.5, [("cisco-asa", "syslog"), ("juniper-srx", "unstructured")]),
}
# The header that is put before each line, and how much slower that may be.
HEADER = "rfc5424"
SLOWER_MAX = 0.15
# Its `#Fields:` table is not read behind a syslog header; `bluecoat` reads the same lines.
WITHOUT_HEADER = {"w3c"}
HEAD = ("family", "log", "GB/s", "ns/line", "goal", "", f"{HEADER}, GB/s", "ns/line", "goal", "")


def measure(parse, sets, size, rounds, say):
    """One row for each layout: its family, and what was found bare and behind a header."""
    rows = []
    for family, (goal, layouts) in FAMILIES.items():
        for layout in layouts:
            say(f"parse {' '.join(layout)}")
            bare = one(parse, sets, size, rounds, layout, None)
            header = None
            if layout[0] not in WITHOUT_HEADER:
                header = one(parse, sets, size, rounds, layout, HEADER)
            rows.append({"family": family, "layout": " ".join(layout), "goal": goal, "bare": bare,
                         "header": header})
    return rows


def one(parse, sets, size, rounds, layout, syslog):
    """What one log gives; stops when the parser counts something else than loggen did."""
    path, totals = sets.layout(*layout, size, syslog)
    done = subprocess.run(
        [parse, layout[0], path, str(rounds)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip())
    found = json.loads(done.stdout)
    expected = {key: totals[key] for key in ("events", "excluded")} | {"rejected": 0}
    expected |= {key: totals[key] for key in totals if key.endswith("_bytes")
                 and totals[key] is not None}
    wrong = {key: found[key] for key in expected if found[key] != expected[key]}
    if wrong:
        raise RuntimeError(f"{path.name}: the parser gives {wrong}, but the log has {expected}")
    return found


def table(rows):
    """The rows for people."""
    lines = []
    for row in rows:
        bare, header, goal = row["bare"], row["header"], row["goal"]
        speed = bare["gigabytes_per_second"]
        line = [row["family"], row["layout"], f"{speed:.2f}", f"{bare['nanoseconds_per_line']:.0f}",
                *limit(speed, goal)]
        if header:
            there = header["gigabytes_per_second"]
            line += [f"{there:.2f}", f"{header['nanoseconds_per_line']:.0f}",
                     *limit(there, speed * (1 - SLOWER_MAX))]
        lines.append(line + [""] * (len(HEAD) - len(line)))
    return report.aligned([HEAD] + lines)


def limit(speed, least):
    goal = (f"≥ {least:.2f}", speed >= least)
    return goal[0], report.verdict(goal)


def reaches(rows):
    """Whether all goals are reached."""
    return all(
        row["bare"]["gigabytes_per_second"] >= row["goal"] and (
            row["header"] is None or row["header"]["gigabytes_per_second"]
            >= row["bare"]["gigabytes_per_second"] * (1 - SLOWER_MAX))
        for row in rows)
