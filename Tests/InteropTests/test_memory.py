"""With little memory a run leaves the same files as with much: sums are spilled and merged."""

import pathlib
import shutil
import subprocess

import pytest

from support import Home, generate

LITTLE, MUCH = "1MiB", "16GiB"
TABLES = ["usage", "activities", "activities_private"]
COUNTS = ["archives", "failed", "lines", "events", "excluded", "rejected", "comments", "users",
          "apps", "uploaded_bytes", "downloaded_bytes"]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Archives with far more names than 4 MiB hold, in several codecs, and a home with keys."""
    folder = tmp_path_factory.mktemp("memory")
    shape = {"users": 30_000, "hosts": 20_000, "locality": 0.1, "days": 3, "bad_lines": 0.01}
    home = Home(folder / "home")
    home.call("init")
    home.archives = [
        generate(folder / "squid.log", "squid", "3MiB", seed=1, **shape),
        generate(folder / "w3c.zst", "w3c", "4MiB", seed=2, codec="zstd", frames=5, **shape),
        generate(folder / "more.gz", "squid", "3MiB", seed=3, codec="gzip", frames=3, **shape),
    ]
    return home


def run(world, path: pathlib.Path, memory: str, *words, archives=None, code=0):
    home = Home(path).with_keys_of(world)
    home.call("ip-range", "add", "10.0.0.0/17", "--tag", "west")
    done = home.run(
        *(archives or world.archives), "--memory", memory, *words, code=code)
    return home, done.json


def same(first, second, tables=TABLES):
    """Whether two runs left the same files, by their content, and counted alike."""
    (home, result), (other, counted) = first, second
    for table in tables:
        if home.table(table).exists():
            prints = home.fingerprints(table)
            assert prints == other.fingerprints(table), table
    assert [result[name] for name in COUNTS] == [counted[name] for name in COUNTS]
    assert "spill" in counted["stages"] and "spill" not in result["stages"]


@pytest.mark.parametrize("words", [
    ("--threads", "1"), ("--threads", "2"), ("--threads", "5"), ("--batch-bytes", "0"),
    ("--batch-bytes", "5MiB", "--threads", "3"), ("--no-anonymise",),
])
def test_the_same_files(world, tmp_path, words):
    much = run(world, tmp_path / "much", MUCH, *words)
    little = run(world, tmp_path / "little", LITTLE, *words)
    lake = "default-clear" if "--no-anonymise" in words else "default"
    prints = much[0].fingerprints(lake=lake)
    assert prints and prints == little[0].fingerprints(lake=lake)
    if lake == "default":
        same(much, little)
        little[0].call("table", "verify")
    left = [path for path in little[0].path.rglob("*") if path.is_file()]
    assert not [path for path in left if path.stat().st_size > 0 and path.suffix == ".tmp"]


@pytest.mark.parametrize("threads", [1, 3])
def test_the_same_activities(world, tmp_path, threads):
    words = ["--activities", "--threads", threads]
    much = run(world, tmp_path / "much", MUCH, *words)
    little = run(world, tmp_path / "little", LITTLE, *words)
    assert much[0].fingerprints("activities")
    same(much, little)


def test_a_damaged_archive_takes_its_spilled_sums_along(world, tmp_path):
    cut = tmp_path / "cut.zst"
    stored = world.archives[1].read_bytes()
    cut.write_bytes(stored[:-9])
    archives = [world.archives[0], cut, world.archives[2]]
    much = run(world, tmp_path / "much", MUCH, archives=archives, code=3)
    little = run(world, tmp_path / "little", LITTLE, archives=archives, code=3)
    same(much, little)
    whole = run(world, tmp_path / "whole", MUCH, archives=[archives[0], archives[2]])
    assert whole[0].fingerprints() == little[0].fingerprints()
    (row,) = [row for row in little[0].rows("ingests") if row["status"] == "failed"]
    (expected,) = [row for row in much[0].rows("ingests") if row["status"] == "failed"]
    times = {"started", "finished"}
    assert {k: v for k, v in row.items() if k not in times} == {
        k: v for k, v in expected.items() if k not in times}


def test_what_ingests_say_is_the_same(world, tmp_path):
    rows = []
    for memory in (MUCH, LITTLE):
        home, _ = run(world, tmp_path / memory, memory)
        rows.append([{name: value for name, value in row.items()
                      if name not in ("started", "finished")} for row in home.rows("ingests")])
    assert rows[0] == rows[1] and rows[0][0]["event_dates"]


def test_an_archive_given_twice_counts_once(world, tmp_path):
    copy = tmp_path / "copy.log"
    shutil.copy(world.archives[0], copy)
    once = run(world, tmp_path / "once", MUCH, archives=[world.archives[0]])
    twice = run(world, tmp_path / "twice", LITTLE, archives=[world.archives[0], copy])
    assert once[0].fingerprints() == twice[0].fingerprints()
    assert twice[1]["skipped"] == 1 and twice[1]["users"] == once[1]["users"]


def test_a_dry_run(world, tmp_path, monkeypatch):
    home, result = run(world, tmp_path / "home", LITTLE, "--dry-run")
    assert result["events"] > 0 and "spill" in result["stages"] and home.events() == 0
    # Without a home it spills to a folder for such things, and leaves nothing in it.
    nowhere = Home(tmp_path / "nowhere")
    folder = tmp_path / "spilled"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    done = nowhere.run(*world.archives, "--memory", LITTLE, "--dry-run")
    assert [done.json[name] for name in COUNTS] == [result[name] for name in COUNTS]
    assert "spill" in done.json["stages"]
    assert not nowhere.path.exists() and not list(folder.iterdir())


def test_the_bound_holds(tmp_path):
    """Nearly each line has a person, an address and a host of its own: the worst there is."""
    log = generate(tmp_path / "log", "w3c", "300MiB", seed=7, users=2_000_000, hosts=200_000,
                   locality=0, days=1)
    done = Home(tmp_path / "home").run(log, "--memory", "256MiB", "--threads", "2")
    assert "spill" in done.json["stages"] and done.json["users"] > 300_000
    assert done.json["peak_memory_bytes"] <= 256 << 20
    assert "bounded" not in done.err


@pytest.mark.parametrize("words, least", [
    (["--threads", "2"], "256MiB"), (["--threads", "4"], "288MiB"),
    (["--threads", "1", "--activities"], "496MiB"),
])
def test_less_than_can_be_kept_is_told(world, tmp_path, words, least):
    home = Home(tmp_path / "home")
    done = home.run(world.archives[0], "--memory", "200MiB", *words)
    assert f"bounded from {least} on" in done.err
    done = home.run(world.archives[0], "--memory", least, *words)
    assert "bounded" not in done.err


def test_spilled_bytes_tell_nobody(world, tmp_path):
    """A run that is stopped while it spills leaves no file behind, as its file has no name."""
    home = Home(tmp_path / "home").with_keys_of(world)
    process = subprocess.Popen(
        home.command("run", *world.archives, "--memory", LITTLE, "--progress", "off"),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    names = set()
    while process.poll() is None:
        for link in pathlib.Path(f"/proc/{process.pid}/fd").glob("*"):
            try:
                names.add(str(link.readlink()))
            except OSError:
                pass
    assert process.returncode == 0
    spilled = [name for name in names if name.endswith(" (deleted)") and str(home.path) in name]
    assert spilled, "no file without a name was seen"
    assert not [name for name in spilled if pathlib.Path(name.split(" (deleted)")[0]).exists()]
