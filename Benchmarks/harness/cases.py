"""The cases of the end-to-end benchmark, and what each must reach."""

from dataclasses import dataclass, field

from harness import datasets, hard_logs, other_formats
from harness.measure import Floor, Ours, Peer, Tool, contest, median, paired

MIB = 1 << 20
PEERS = ("polars", "duckdb", "chdb")

# Each codec's own tool is the measure: (factor, seconds for the tail) that we must reach, and the
# first goal on the way there where there is one.
CODEC_LIMITS = {
    "zstd-one": {"design": (1.10, 0.20), "goal": (1.25, 0.25)},
    "zstd-many": {"design": (1.00, 0.20)},
    "gzip-one": {"design": (1.10, 0.20)},
    "gzip-many": {"design": (1.00, 0.20)},
    "lz4-dependent": {"design": (1.20, 0.20)},
    "lz4-independent": {"design": (1.15, 0.20)},
}
PLAIN_LIMITS = {"design": 3.0, "goal": 2.0}
CPU_LIMIT = 1.4
ACTIVITIES_LIMIT = 2.0
GROWTH_INPUT_LIMIT = 2.05
GROWTH_USERS_LIMIT = 1.3
PIECES_LIMIT = 1.5
MEMORY_LIMITS = {"design": 256 * MIB, "goal": 600 * MIB}
# What a group may take in memory: a cache line in the table of each of two threads, and as much
# again, for tables are half empty after they grew.
GROUP_BYTES = 2 * 2 * 64

# What each peer's time was to that of `zstd -dc` on the same text when the limits were set
# (seconds for 1 GiB, both cores; `zstd -dc` gave 0.76 GB/s). A peer that is slower by more than
# PEER_SLACK is set up badly, and a comparison with it would flatter us.
PEER_SECONDS = {
    "plain": {"polars": 2.2, "duckdb": 2.4, "chdb": 4.3},
    "zstd-one": {"polars": 3.4, "duckdb": 4.1, "chdb": 5.5},
    "gzip-one": {"polars": 3.8, "duckdb": 6.7, "chdb": 10.0},
    "lz4-independent": {"chdb": 7.9},
}
ZSTD_SECONDS = (1 << 30) / 0.76e9
PEER_SLACK = 1.2
CORES = 2


@dataclass
class Row:
    """A line of the table. `goal` and `design` are (what must hold, whether it does)."""

    case: str
    measure: str
    ours: float
    theirs: float | None
    unit: str
    ratio: float | None
    against: str = ""
    goal: tuple | None = None
    design: tuple | None = None


@dataclass
class Bench:
    """What cases need to run, and what they found."""

    sets: datasets.DataSets
    size: int
    rounds: int
    logveil: object
    floor: object
    python: object
    scripts: object
    work: object
    say: object
    rows: list = field(default_factory=list)
    peer_rows: list = field(default_factory=list)
    samples: dict = field(default_factory=dict)
    compare: object = None
    comparison: dict | None = None

    def ours(self, packing, size=None, users=datasets.USERS, more=(), name="logveil"):
        size = size or self.size
        path = self.sets.path(packing, size, users)
        truth = self.sets.truth(size, users)
        return Ours(self.logveil, path, truth, self.work, more, name)

    def make_floor(self):
        return Floor(self.floor, self.sets.path("plain", self.size), self.sets.truth(self.size))

    def make_peers(self, packing):
        if self.python is None:
            return []
        path = self.sets.path(packing, self.size)
        truth = self.sets.truth(self.size)
        names = PEER_SECONDS[packing]
        return [
            Peer(name, self.python, self.scripts / f"{name}_usage.py", path, truth, self.work)
            for name in PEERS if name in names
        ]

    def contest(self, case, entrants):
        self.say(f"{case}: {', '.join(entrant.name for entrant in entrants)}")
        samples = contest(entrants, self.rounds)
        self.samples[case] = samples
        return samples


def at_most(value, limit, text):
    return (f"≤ {text}", value <= limit)


def codec(bench, packing):
    """One archive of ours against the codec's own tool."""
    tool = Tool(packing, bench.sets.path(packing, bench.size))
    ours = bench.ours(packing)
    floor = bench.make_floor()
    samples = bench.contest(packing, [ours, tool, floor])
    a, b, c = (samples[entrant.name] for entrant in (ours, tool, floor))
    ours.clear()
    limits = {
        kind: at_most(paired(a, b, "wall", tail), factor, f"{factor:.2f} × + {tail:.2f} s")
        for kind, (factor, tail) in CODEC_LIMITS[packing].items()
    }
    bench.rows.append(Row(
        packing, "wall", median(a, "wall"), median(b, "wall"), "s", paired(a, b, "wall"),
        tool.name, limits.get("goal"), limits["design"]))
    cpu(bench, packing, a, b, c, f"{tool.name} + floor")
    memory(bench, packing, a, c)


def cpu(bench, case, ours, tool, floor, against):
    whole = [{"cpu": b["cpu"] + c["cpu"]} for b, c in zip(tool, floor, strict=True)]
    ratio = paired(ours, whole, "cpu")
    bench.rows.append(Row(
        case, "CPU", median(ours, "cpu"), median(whole, "cpu"), "s", ratio, against,
        design=at_most(ratio, CPU_LIMIT, f"{CPU_LIMIT} ×")))


def memory(bench, case, ours, floor):
    peak = max(sample["memory"] for sample in ours)
    state = floor[0]["groups"] * GROUP_BYTES
    limit = MEMORY_LIMITS["design"] + state
    words = f"256 + {state / MIB:.0f} MiB"
    bench.rows.append(Row(
        case, "memory", peak / MIB, None, "MiB", None,
        goal=at_most(peak, MEMORY_LIMITS["goal"], f"{MEMORY_LIMITS['goal'] // MIB} MiB"),
        design=at_most(peak, limit, words)))


def plain(bench):
    """Plain text: ours against the peers."""
    ours, floor, peers = bench.ours("plain"), bench.make_floor(), bench.make_peers("plain")
    zstd = Tool("zstd", bench.sets.path("zstd-one", bench.size))
    samples = bench.contest("plain", [ours, *peers, zstd, floor])
    a = samples[ours.name]
    fastest = min(peers, key=lambda peer: median(samples[peer.name], "wall"), default=None)
    for peer in peers:
        b = samples[peer.name]
        times = paired(b, a, "wall")
        limits = {}
        if peer is fastest:
            limits = {kind: (f"≥ {n:.0f} × faster", times >= n) for kind, n in PLAIN_LIMITS.items()}
        bench.rows.append(Row(
            "plain", "wall", median(a, "wall"), median(b, "wall"), "s", times, peer.name,
            limits.get("goal"), limits.get("design")))
        bench.rows.append(Row(
            "plain", "CPU", median(a, "cpu"), median(b, "cpu"), "s", paired(b, a, "cpu"),
            peer.name))
    if not peers:
        bench.rows.append(Row(
            "plain", "wall", median(a, "wall"), median(samples[zstd.name], "wall"), "s",
            paired(a, samples[zstd.name], "wall"), zstd.name))
    nothing = [{"cpu": 0.0}] * bench.rounds
    cpu(bench, "plain", a, nothing, samples[floor.name], "floor")
    memory(bench, "plain", a, samples[floor.name])
    judge_peers(bench, "plain", peers, samples, zstd)
    if peers:
        bench.comparison = bench.compare(ours.home, [peer.output for peer in peers])
    ours.clear()


def judge_peers(bench, packing, peers, samples, zstd):
    """Whether the peers are as fast as they were when the limits were set."""
    for peer in peers:
        a, b = samples[peer.name], samples[zstd.name]
        known = PEER_SECONDS[packing][peer.name] / ZSTD_SECONDS
        words = f"{PEER_SLACK} · {known:.2f} ×"
        found = paired(a, b, "wall")
        bench.peer_rows.append(Row(
            packing, f"{peer.name} wall", median(a, "wall"), median(b, "wall"), "s", found,
            zstd.name, design=at_most(found, known * PEER_SLACK, words)))
        # What the wall time would be at best with both cores free: on a busy machine, the only
        # comparison of a program of two threads with one of a single thread that means something.
        halves = [{"cpu": sample["cpu"] / CORES} for sample in a]
        found = paired(halves, b, "cpu")
        bench.peer_rows.append(Row(
            packing, f"{peer.name} CPU ÷ {CORES}", median(halves, "cpu"), median(b, "cpu"), "s",
            found, zstd.name, design=at_most(found, known * PEER_SLACK, words)))


def packed_peers(bench, packing):
    """The peers on a packed log, for information; ours is judged by the codec's own tool."""
    peers = bench.make_peers(packing)
    if not peers:
        return
    zstd = Tool("zstd", bench.sets.path("zstd-one", bench.size))
    ours = bench.ours(packing)
    samples = bench.contest(f"peers-{packing}", [ours, *peers, zstd])
    ours.clear()
    judge_peers(bench, packing, peers, samples, zstd)
    for peer in peers:
        a, b = samples[ours.name], samples[peer.name]
        bench.rows.append(Row(
            packing, "wall", median(a, "wall"), median(b, "wall"), "s", paired(b, a, "wall"),
            peer.name))


def ratio_of_ours(bench, case, one, other, limit, against):
    """How much longer one run of ours takes than another."""
    samples = bench.contest(case, [one, other])
    one.clear(), other.clear()
    a, b = samples[one.name], samples[other.name]
    ratio = paired(a, b, "wall")
    bench.rows.append(Row(
        case, "wall", median(a, "wall"), median(b, "wall"), "s", ratio, against,
        design=at_most(ratio, limit, f"{limit} ×")))
    peaks = [max(sample["memory"] for sample in s) / MIB for s in (a, b)]
    bench.rows.append(Row(
        case, "memory", peaks[0], peaks[1], "MiB", peaks[0] / peaks[1], against))


def activities(bench):
    ratio_of_ours(
        bench, "activities", bench.ours("zstd-one", more=["--activities"], name="with activities"),
        bench.ours("zstd-one"), ACTIVITIES_LIMIT, "without")


def growth_input(bench):
    ratio_of_ours(
        bench, "growth-input", bench.ours("plain", size=2 * bench.size, name="twice the input"),
        bench.ours("plain"), GROWTH_INPUT_LIMIT, "half the input")


def growth_users(bench):
    ratio_of_ours(
        bench, "growth-users",
        bench.ours("plain", users=2 * datasets.USERS, name="twice the users"),
        bench.ours("plain"), GROWTH_USERS_LIMIT, "half the users")


def pieces(bench):
    """The same lines in archives of 100 KiB: each is opened, detected, checked and joined."""
    folder, count = bench.sets.pieces(bench.size)
    truth = dict(bench.sets.truth(bench.size))
    truth["lines"] += (count - 1) * (truth["lines"] - truth["events"])
    many = Ours(bench.logveil, folder, truth, bench.work, name="many archives")
    many.inputs = sorted(folder.iterdir())
    ratio_of_ours(bench, "pieces", many, bench.ours("plain"), PIECES_LIMIT, "in one archive")


def hard(bench, kind):
    """A log that is hard to group: ours against the peers on the same."""
    path, truth = hard_logs.made(
        bench.sets.folder, kind, bench.size, datasets.show_size(bench.size), bench.say)
    ours = Ours(bench.logveil, path, truth, bench.work)
    peers = [] if bench.python is None else [
        Peer(name, bench.python, bench.scripts / f"{name}_usage.py", path, truth, bench.work)
        for name in ("polars", "duckdb")
    ]
    samples = bench.contest(kind, [ours, *peers])
    a = samples[ours.name]
    for peer in peers:
        b = samples[peer.name]
        bench.rows.append(Row(
            kind, "wall", median(a, "wall"), median(b, "wall"), "s", paired(b, a, "wall"),
            peer.name))
    if not peers:
        bench.rows.append(Row(kind, "wall", median(a, "wall"), None, "s", None))
    bench.rows.append(Row(kind, "CPU", median(a, "cpu"), None, "s", None))
    peaks = [max(sample["memory"] for sample in s) / MIB for s in samples.values()]
    bench.rows.append(Row(
        kind, "memory", peaks[0], peaks[1] if peers else None, "MiB",
        peaks[0] / peaks[1] if peers else None, peers[0].name if peers else ""))
    if peers:
        bench.compare(ours.home, [peer.output for peer in peers])
    ours.clear()


def other_format(bench, name):
    """A log of another format: ours against the codec's tool, and on plain text against the peers
    that read it by themselves."""
    plain, packed, truth = other_formats.made(bench.sets, name, bench.size)
    ours = Ours(bench.logveil, packed, truth, bench.work, beside="excluded")
    tool = Tool("zstd-one", packed)
    case = f"format-{name}"
    samples = bench.contest(case, [ours, tool])
    ours.clear()
    a, b = samples[ours.name], samples[tool.name]
    factor, tail = CODEC_LIMITS["zstd-one"]["design"]
    bench.rows.append(Row(
        case, "wall", median(a, "wall"), median(b, "wall"), "s", paired(a, b, "wall"), tool.name,
        design=at_most(paired(a, b, "wall", tail), factor, f"{factor:.2f} × + {tail:.2f} s")))
    scripts = other_formats.peers(name) if bench.python else {}
    if not scripts:
        return
    ours = Ours(bench.logveil, plain, truth, bench.work, beside="excluded")
    peers = [
        Peer(peer, bench.python, bench.scripts / script, plain, truth, bench.work)
        for peer, script in scripts.items()
    ]
    samples = bench.contest(f"{case}-plain", [ours, *peers])
    a = samples[ours.name]
    for peer in peers:
        b = samples[peer.name]
        bench.rows.append(Row(
            f"{case}-plain", "wall", median(a, "wall"), median(b, "wall"), "s",
            paired(b, a, "wall"), peer.name))
    bench.compare(ours.home, [peer.output for peer in peers])
    ours.clear()


# All cases, in the order in which they run.
CASES = {
    **{packing: lambda bench, packing=packing: codec(bench, packing) for packing in CODEC_LIMITS},
    "plain": plain,
    "activities": activities,
    "growth-input": growth_input,
    "growth-users": growth_users,
    "pieces": pieces,
    **{kind: lambda bench, kind=kind: hard(bench, kind) for kind in hard_logs.KINDS},
    **{
        f"format-{name}": lambda bench, name=name: other_format(bench, name)
        for name in other_formats.LAYOUTS
    },
    **{
        f"peers-{packing}": lambda bench, packing=packing: packed_peers(bench, packing)
        for packing in PEER_SECONDS if packing != "plain"
    },
}
