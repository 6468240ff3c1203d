"""Compares this tree with a baseline that was kept, and names the stage that became slower."""

import datetime
import json
import pathlib
import subprocess

from harness import counting, datasets, measure, report, stages

# How much more may be counted: as much as the seeds of a run's tables make out, and a little.
COUNT_TOLERANCE = 0.02
# Of stages of so few instructions more: looking at the clock makes out 4 %.
SMALL_STAGE, SMALL_STAGE_TOLERANCE = 2_000_000, 0.05
# Stages of fewer instructions than this are not judged by themselves, only in the sum.
COUNT_MIN = 200_000
# How much a ratio of times may grow; it is asked for again before it is believed.
RATIO_TOLERANCE = 0.20
RATIO_TRIES = 3
RATIO_BYTES = 128 << 20
# The packings whose own tools are the yardstick.
PACKINGS = ("zstd-one", "gzip-one", "lz4-dependent")


class Check:
    """What is measured for a baseline, and against one.

    Without `parse` only what is counted; of that, the quick one takes the instructions of the first
    level only.
    """

    def __init__(self, sets, logveil, parse, folder, rounds, say, is_quick=False):
        self.sets, self.logveil, self.parse, self.is_quick = sets, logveil, parse, is_quick
        self.folder, self.rounds, self.say = pathlib.Path(folder), rounds, say

    def counts(self):
        counter = counting.Counter(self.logveil, self.sets, self.folder, self.say)
        levels = counting.LEVELS[:1] if self.is_quick else counting.LEVELS
        return {level: counter.measure(level, self.is_quick) for level in levels}

    def ratio(self, packing):
        """Our processor time to that of the codec's own tool, the least of each in turns."""
        tool = measure.Tool(packing, self.sets.path(packing, RATIO_BYTES))
        ours = measure.Ours(
            self.logveil, self.sets.path(packing, RATIO_BYTES), self.sets.truth(RATIO_BYTES),
            self.folder)
        self.say(f"{packing}: in turns with {tool.name}")
        samples = measure.contest([ours, tool], self.rounds)
        ours.clear()
        return least(samples[ours.name], "cpu") / least(samples[tool.name], "cpu")

    def twins(self):
        """The parser with AVX-512 kernels to their AVX2 twins, in turns; `None` without AVX-512."""
        if "avx512_vbmi2" not in pathlib.Path("/proc/cpuinfo").read_text():
            return None
        path = self.sets.path("plain", counting.BODY_BYTES)
        times = {"avx512": [], "avx2": []}
        for _ in range(self.rounds):
            for level, seconds in times.items():
                _, text = measure.run(
                    [self.parse, "w3c", path, "9"], subprocess.PIPE, {"LOGVEIL_KERNELS": level})
                seconds.append(measure.last_json(text)["best_seconds"])
        return min(times["avx512"]) / min(times["avx2"])

    def everything(self):
        packings = PACKINGS if self.parse else ()
        return {
            "counts": self.counts(), "ratios": {name: self.ratio(name) for name in packings},
            "avx512_to_avx2": self.twins() if self.parse else None,
        }


def least(samples, key):
    return min(sample[key] for sample in samples)


def tools():
    """What counts depend on besides our own code."""
    return {
        "swift": report.first_line(["swift", "--version"]),
        "valgrind": report.first_line(["valgrind", "--version"]),
        "libc": report.first_line(["ldd", "--version"]),
    }


def compare(before, found, again=None):
    """One row for each number: (what, before, now, change, tolerance, whether it holds).

    `again(name)` measures a ratio once more.
    """
    rows = []
    for level, counts in found["counts"].items():
        known = before["counts"][level]
        pairs = [(f"{level} {stage}", known["instructions"][stage], counts["instructions"][stage])
                 for stage in stages.ALL]
        rows += [row(what, a, b, stage_tolerance(a), COUNT_MIN) for what, a, b in pairs]
        pairs = [(f"{level} in all", *(
            sum(side["instructions"].values()) for side in (known, counts)))]
        pairs += [(f"{level} {key.replace('_', ' ')}", known[key], counts[key])
                  for key in ("allocations", "allocated_bytes", "copied_bytes") if key in counts]
        rows += [row(what, a, b, COUNT_TOLERANCE, COUNT_MIN) for what, a, b in pairs]
    for name, ratio in found["ratios"].items():
        known = before["ratios"].get(name)
        if known is None:
            continue
        for _ in range(RATIO_TRIES - 1):
            if again is None or ratio <= known * (1 + RATIO_TOLERANCE):
                break
            ratio = min(ratio, again(name))
        rows.append(row(f"{name} to its tool", known, ratio, RATIO_TOLERANCE))
    known, ratio = before["avx512_to_avx2"], found["avx512_to_avx2"]
    if known and ratio:
        rows.append(row("AVX-512 to AVX2", known, ratio, RATIO_TOLERANCE))
    return rows


def stage_tolerance(instructions):
    """How much more a stage may take that took so much."""
    return SMALL_STAGE_TOLERANCE if instructions < SMALL_STAGE else COUNT_TOLERANCE


def row(what, before, now, tolerance, least_judged=0.0):
    change = now / before - 1 if before else 0.0
    is_judged = max(before, now) >= least_judged
    return what, before, now, change, tolerance, not is_judged or change <= tolerance


def show(number):
    return f"{number:,.0f}" if number >= 100 else f"{number:.3f}"


def table(rows):
    head = ("what", "before", "now", "change", "allowed", "")
    return report.aligned([head] + [
        (what, show(before), show(now), f"{change:+.1%}", f"{tolerance:+.0%}",
         "ok" if holds else "SLOWER")
        for what, before, now, change, tolerance, holds in rows])


def summary(rows, baseline):
    """What to tell: each number that grew too much, with its before and after."""
    bad = [(what, before, now, change) for what, before, now, change, _, holds in rows if not holds]
    if not bad:
        return f"Nothing is slower than in {baseline}."
    return "\n".join(f"SLOWER: {what}: {show(before)} before, {show(now)} now ({change:+.1%})"
                     for what, before, now, change in bad)


def write_markdown(path, rows, baseline, facts):
    words = ["# Against the baseline", "", summary(rows, baseline), "", table(rows), "",
             *(f"- {name}: {value}" for name, value in facts.items()), ""]
    pathlib.Path(path).write_text("\n".join(words))


def update(path, found, facts):
    """Keeps a new baseline, and a line of history with its plot beside it. Ratios that were not
    taken this time stay as they were."""
    path = pathlib.Path(path)
    known = json.loads(path.read_text()) if path.exists() else {}
    taken = {name: value for name, value in found.items() if value or name not in known}
    path.write_text(
        json.dumps({**known, "tools": tools(), **taken}, indent=1, sort_keys=True) + "\n")
    history = path.with_name("history.jsonl")
    entry = {
        "day": datetime.date.today().isoformat(), "logveil": facts["logveil"],
        "instructions_per_byte": {
            level: round(sum(counts["instructions"].values()) / counting.BODY_BYTES, 3)
            for level, counts in found["counts"].items()},
        "start_instructions": found["counts"][counting.LEVELS[0]]["instructions"]["start"],
        "ratios": {name: round(ratio, 3) for name, ratio in found["ratios"].items()},
    }
    with history.open("a") as file:
        file.write(json.dumps(entry) + "\n")
    entries = [json.loads(line) for line in history.read_text().splitlines()]
    history.with_suffix(".svg").write_text(plot(entries))
    return history


def plot(entries):
    """Instructions a byte over the records, one line for each level."""
    width, height, left, top = 640, 260, 60, 30
    levels = list(entries[-1]["instructions_per_byte"])
    highest = max(max(entry["instructions_per_byte"].values()) for entry in entries) * 1.1
    x = lambda place: left + (width - left - 90) * place / max(1, len(entries) - 1)
    y = lambda value: top + (height - top - 40) * (1 - value / highest)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        'font-family="sans-serif" font-size="12" fill="#333">',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        f'<text x="{left}" y="18">Instructions a byte of text, '
        f'{datasets.show_size(counting.BODY_BYTES)} of W3C, one thread</text>',
    ]
    for step in range(5):
        value = highest * step / 4
        parts.append(f'<line x1="{left}" x2="{width - 90}" y1="{y(value):.1f}" y2="{y(value):.1f}" '
                     f'stroke="#ddd"/><text x="{left - 8}" y="{y(value) + 4:.1f}" '
                     f'text-anchor="end">{value:.1f}</text>')
    for level, colour in zip(levels, ("#1f6f8b", "#c2571a", "#4b7f2b")):
        values = [entry["instructions_per_byte"][level] for entry in entries]
        points = " ".join(f"{x(i):.1f},{y(value):.1f}" for i, value in enumerate(values))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" '
                     'stroke-width="2"/>')
        parts += [f'<circle cx="{x(i):.1f}" cy="{y(value):.1f}" r="3" fill="{colour}"/>'
                  for i, value in enumerate(values)]
        parts.append(f'<text x="{x(len(values) - 1) + 8:.1f}" y="{y(values[-1]) + 4:.1f}" '
                     f'fill="{colour}">{level} {values[-1]:.1f}</text>')
    for place in sorted({0, len(entries) - 1}):
        parts.append(f'<text x="{x(place):.1f}" y="{height - 12}" text-anchor="middle">'
                     f'{entries[place]["day"]}</text>')
    return "\n".join([*parts, "</svg>", ""])
