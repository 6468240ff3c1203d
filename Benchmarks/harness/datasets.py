"""Large logs, made once from a seed and kept in a cache folder; never committed."""

import hashlib
import json
import os
import pathlib
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Lines that continue a session: at 1 GiB this gives about 430,000 groups of date, host, user and
# action, as many as the figures that the limits were set with.
LOCALITY = "0.85"
SEED = 1
USERS = 50_000
HOSTS = 20_000

# Text of an archive where there are many small ones.
PIECE_BYTES = 100 << 10

UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "ki": 1 << 10, "mi": 1 << 20, "gi": 1 << 30}

# name: (codec of loggen, further arguments, ending)
PACKINGS = {
    "plain": ("none", [], ".log"),
    "zstd-one": ("zstd", ["--frames", "1"], ".zst"),
    "zstd-many": ("zstd", ["--frames", "64"], ".zst"),
    "gzip-one": ("gzip", ["--frames", "1"], ".gz"),
    "gzip-many": ("gzip", ["--frames", "64"], ".gz"),
    "lz4-dependent": ("lz4", ["--lz4-blocks", "dependent"], ".lz4"),
    "lz4-independent": ("lz4", ["--lz4-blocks", "independent"], ".lz4"),
}

# Counts the events, their sums and their groups without any of our code: quotes are where mawk
# cuts, so that the fields between them are at known places. Fields: a = before the category,
# b = between category and agent, c = behind the agent.
TRUTH = r"""
BEGIN { FS = "\"" }
{ lines++ }
/^#/ { next }
{
  split($1, a, " "); split($3, b, " "); split($5, c, " ")
  events++; downloaded += c[2]; uploaded += c[3]
  groups[a[1] " " b[7] " " a[5] " " (a[8] == "DENIED")]++
  if (a[5] != "-") users[a[5]]++
}
END {
  for (key in groups) group_count++
  for (key in users) user_count++
  printf "%.0f %.0f %.0f %.0f %.0f %.0f\n", \
    lines, events, uploaded, downloaded, group_count, user_count
}
"""


def parse_size(text):
    """Bytes in `64MiB`, `1GiB`, `500MB`, `4096`."""
    digits = text.rstrip("bBkKmMgGiI ")
    unit = text[len(digits):].strip().lower().removesuffix("b")
    if not digits.isdigit() or unit not in UNITS:
        raise ValueError(f"{text} is no size; say 64MiB or 1GiB.")
    return int(digits) * UNITS[unit]


def show_size(count):
    """A size as people write it, exact where it is a whole number of units."""
    for name, unit in (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)):
        if count % unit == 0:
            return f"{count // unit}{name}"
    return f"{count}B"


def cache_folder():
    """Where data sets lie: $LOGVEIL_BENCH_DATA, else ~/.cache/logveil-bench."""
    folder = os.environ.get("LOGVEIL_BENCH_DATA") or "~/.cache/logveil-bench"
    return pathlib.Path(folder).expanduser()


class DataSets:
    """The data sets that one version of loggen makes."""

    def __init__(self, loggen, say):
        self.loggen = loggen
        self.say = say
        # Another loggen may give other bytes for the same arguments.
        self.folder = cache_folder() / f"loggen-{self._version()}"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.truths = self.folder / "truths.json"

    @staticmethod
    def _version():
        digest = hashlib.sha256()
        for path in sorted((ROOT / "Sources" / "loggen").rglob("*.swift")):
            digest.update(path.read_bytes())
        return digest.hexdigest()[:12]

    def path(self, packing, size, users=USERS):
        """The file of `size` bytes of text in `packing`; made if it is not there."""
        codec, more, ending = PACKINGS[packing]
        path = self.folder / f"w3c-{show_size(size)}-{users}-users-{packing}{ending}"
        if not path.exists():
            self.say(f"making {path.name}")
            part = path.with_name(path.name + ".part")
            command = [
                self.loggen, "--format", "w3c", "--bytes", str(size), "-o", part,
                "--codec", codec, *more, "--seed", str(SEED), "--users", str(users),
                "--hosts", str(HOSTS), "--locality", LOCALITY,
            ]
            subprocess.run(command, check=True)
            part.rename(path)
        return path

    def pieces(self, size):
        """A folder with the same lines in archives of 100 KiB, each with the head of the log; and
        how many there are."""
        plain = self.path("plain", size)
        folder = plain.with_suffix(".pieces")
        if not folder.exists():
            self.say(f"making {folder.name}")
            part = folder.with_name(folder.name + ".part")
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir()
            with open(plain, "rb") as log:
                head, number = b"", 0
                lines = log.readlines(PIECE_BYTES)
                while lines and lines[0].startswith(b"#"):
                    head += lines.pop(0)
                while lines:
                    (part / f"{number:06}.log").write_bytes(head + b"".join(lines))
                    number += 1
                    lines = log.readlines(PIECE_BYTES)
            part.rename(folder)
        return folder, len(list(folder.iterdir()))

    def layout(self, log_format, layout, size, syslog=None, packing="plain"):
        """A log of a format, and what loggen says is in it."""
        name = "-".join([log_format, layout, *([syslog] if syslog else []), show_size(size)])
        codec, more, ending = PACKINGS[packing]
        path = self.folder / (name + ending)
        totals = self.folder / f"{name}.totals"
        if not path.exists():
            self.say(f"making {path.name}")
            part = path.with_name(path.name + ".part")
            command = [
                self.loggen, "--format", log_format, "--layout", layout, "--bytes", str(size),
                "-o", part, "--totals", totals, "--seed", str(SEED), "--users", str(USERS),
                "--hosts", str(HOSTS), "--locality", LOCALITY,
                *(["--syslog", syslog] if syslog else []), "--codec", codec, *more,
            ]
            subprocess.run(command, check=True)
            part.rename(path)
        return path, json.loads(totals.read_text())

    def truth(self, size, users=USERS):
        """What mawk counts in the text: lines, events, uploaded, downloaded, groups, users."""
        key = f"{show_size(size)}-{users}-users"
        known = json.loads(self.truths.read_text()) if self.truths.exists() else {}
        if key not in known:
            path = self.path("plain", size, users)
            self.say(f"counting {path.name} with mawk")
            output = subprocess.run(
                ["mawk", TRUTH, path], check=True, capture_output=True, text=True
            ).stdout
            names = ("lines", "events", "uploaded", "downloaded", "groups", "users")
            known[key] = dict(zip(names, map(int, output.split())))
            self.truths.write_text(json.dumps(known, indent=2) + "\n")
        return known[key]
