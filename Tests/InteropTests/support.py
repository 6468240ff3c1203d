"""Runs logveil and loggen, and reads the tables that a run leaves."""

import dataclasses
import functools
import hashlib
import json
import os
import pathlib
import shutil
import subprocess

import deltalake
import pyarrow as pa
import pyarrow.parquet as pq

ROOT = pathlib.Path(__file__).resolve().parents[2]
LOGVEIL = pathlib.Path(os.environ.get("LOGVEIL_BIN", ROOT / ".build/release/logveil"))
LOGGEN = pathlib.Path(os.environ.get("LOGGEN_BIN", ROOT / ".build/release/loggen"))
SECONDS_MAX = 60


@dataclasses.dataclass
class Done:
    """What became of a run."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict:
        lines = self.out.splitlines()
        assert len(lines) == 1, f"not one JSON object on stdout: {self.out[:500]!r}"
        return json.loads(lines[0])


class Home:
    """A home folder and the tables in it."""

    def __init__(self, path: pathlib.Path):
        self.path = path

    def run(self, *words, code: int | None = 0, stdin: bytes | None = None) -> Done:
        """`logveil run … --json`; fails the test when the exit code is another one."""
        return self.call("run", *words, "--json", "--progress", "off", code=code, stdin=stdin)

    def call(self, *words, code: int | None = 0, stdin: bytes | None = None) -> Done:
        process = subprocess.run(
            self.command(*words), input=stdin, capture_output=True, timeout=SECONDS_MAX,
            # What a command may leave where it was called is not left in the repository.
            env=environment(), cwd=self.path.parent,
            **({} if stdin is not None else {"stdin": subprocess.DEVNULL}))
        done = Done(process.returncode, process.stdout.decode(), process.stderr.decode())
        assert code is None or done.code == code, (
            f"exit {done.code}, not {code}\nstdout: {done.out[:2000]}\nstderr: {done.err[:2000]}")
        return done

    def command(self, *words) -> list[str]:
        return [str(LOGVEIL), *map(str, words), "--home", str(self.path)]

    def table(self, name: str, lake: str = "default") -> pathlib.Path:
        return self.path / "lake" / lake / name

    def read(self, name: str, lake: str = "default") -> pa.Table:
        """A table as deltalake lists it and pyarrow reads it, with its partition column."""
        return deltalake.DeltaTable(str(self.table(name, lake))).to_pyarrow_table()

    def rows(self, name: str, lake: str = "default") -> list[dict]:
        return self.read(name, lake).to_pylist()

    def live_files(self, name: str, lake: str = "default") -> list[pathlib.Path]:
        table = deltalake.DeltaTable(str(self.table(name, lake)))
        return sorted(pathlib.Path(uri) for uri in table.file_uris())

    def events(self, lake: str = "default") -> int:
        """Sum of the events in `usage`; 0 where there is no such table."""
        if not (self.table("usage", lake) / "_delta_log").is_dir():
            return 0
        return sum(self.read("usage", lake)["events"].to_pylist())

    def fingerprints(self, name: str = "usage", lake: str = "default") -> dict[str, str]:
        """Name and hash of every live file of a table."""
        folder = self.table(name, lake)
        return {
            str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in self.live_files(name, lake)
        }

    @property
    def key_file(self) -> pathlib.Path:
        return self.path / "keys" / "default.json"

    def with_keys_of(self, other: "Home") -> "Home":
        """Makes this a fresh home with the keys of another one."""
        self.path.mkdir(mode=0o700)
        shutil.copytree(other.path / "keys", self.path / "keys")
        return self


def environment() -> dict[str, str]:
    """Ours without what would point the program at another home."""
    hidden = ("LOGVEIL_HOME", "XDG_DATA_HOME")
    return {name: value for name, value in os.environ.items() if name not in hidden}


def generate(path: pathlib.Path, log_format: str, size: str, **options) -> pathlib.Path:
    """A log by loggen; `bad_lines=0.01` is `--bad-lines 0.01`."""
    flags = [word for name, value in options.items()
             for word in ("--" + name.replace("_", "-"), str(value))]
    subprocess.run(
        [LOGGEN, "--format", log_format, "--bytes", size, *flags, "-o", path],
        check=True, timeout=SECONDS_MAX)
    return path


def content_id(path: pathlib.Path) -> str:
    """XXH3-128 of a file as xxhsum prints it."""
    done = subprocess.run(["xxhsum", "-H2", path], capture_output=True, text=True, check=True)
    return done.stdout.split()[0]


@functools.cache
def packers() -> dict:
    """For each way to pack a text, a function from text to stored bytes, by the codecs' own
    tools."""
    def tool(*words):
        def pack(text: bytes) -> bytes:
            return subprocess.run(words, input=text, capture_output=True, check=True).stdout
        return pack

    def parts(text: bytes, count: int) -> list[bytes]:
        """Cuts a text anywhere: frames need not end with a line."""
        step = len(text) // count + 1
        return [text[start:start + step] for start in range(0, len(text), step)]

    def each(pack, count):
        return lambda text: b"".join(pack(part) for part in parts(text, count))

    def skippable(text: bytes) -> bytes:
        """Frames with skippable ones before, between and behind them (RFC 8878, 3.1.2)."""
        skip = lambda kind, body: (
            (0x184D2A50 + kind).to_bytes(4, "little") + len(body).to_bytes(4, "little") + body)
        frames = [zstd(part) for part in parts(text, 3)]
        return skip(0, b"") + skip(15, b"note").join(frames) + skip(7, bytes(range(256)))

    zstd = tool("zstd", "-q", "-c", "-1")
    gzip = tool("gzip", "-c", "-n")
    independent = tool("lz4", "-q", "-c", "-B4")
    dependent = tool("lz4", "-q", "-c", "-B4", "-BD")
    return {
        "plain": lambda text: text,
        "zstd": zstd,
        "zstd-frames": each(zstd, 7),
        "zstd-skippable": skippable,
        "lz4-independent": independent,
        "lz4-dependent": dependent,
        "lz4-frames": each(dependent, 4),
        "gzip": gzip,
        "gzip-members": each(gzip, 7),
    }
