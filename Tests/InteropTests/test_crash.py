"""Killed at any moment, a run loses nothing that was committed and counts nothing twice."""

import concurrent.futures
import random
import signal
import subprocess
import time

import pytest

from support import Home, environment, generate

SEED = 20261121


@pytest.fixture(scope="module")
def archives(tmp_path_factory):
    """Archives with the number of events that a run finds in them."""
    folder = tmp_path_factory.mktemp("crash")
    home = Home(folder / "home")
    found = {}
    for number in range(10):
        path = generate(
            folder / f"{number}.zst", "squid", "3MiB", codec="zstd", seed=number, users=2000,
            hosts=1000, locality=0.3)
        found[path] = home.run(path, "--source", str(number)).json["events"]
    return found


def duration(home: Home, paths) -> float:
    start = time.monotonic()
    home.run(*paths)
    return time.monotonic() - start


def kill_after(home: Home, seconds: float, *words):
    process = subprocess.Popen(
        home.command("run", *words), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL, env=environment())
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    process.wait()


def check_whole(home: Home, expected: dict):
    """The tables agree, hold each archive once, and no leavings lie about."""
    rows = home.rows("ingests")
    assert sorted(row["name"] for row in rows) == sorted(path.name for path in expected)
    assert sum(row["events"] for row in rows) == home.events() == sum(expected.values())
    for table in ("usage", "ingests", "rejects"):
        on_disk = set(home.table(table).rglob("*.parquet"))
        assert on_disk == set(home.live_files(table)), f"leavings in {table}"
    runs = home.path / "lake/default/_runs"
    assert not runs.exists() or list(runs.glob("*.json")) == []


@pytest.mark.parametrize("batches", ["8GiB", "0"])
def test_killed_at_random_moments(home, archives, tmp_path, batches):
    chance = random.Random(SEED)
    paths = list(archives)
    whole = duration(Home(tmp_path / "timing"), paths)
    for moment in range(10):
        kill_after(home, chance.uniform(0, whole * 1.1), *paths[:moment + 1],
                   "--batch-bytes", batches)
        assert home.events() in possible_sums(archives, paths[:moment + 1]), f"seed {SEED}"
    result = home.run(*paths).json
    assert result["failed"] == 0 and result["archives"] + result["skipped"] == len(paths)
    check_whole(home, archives)


def possible_sums(archives: dict, paths: list) -> set[int]:
    """What whole archives can add up to: a run takes those that earlier ones left."""
    sums = {0}
    for path in paths:
        sums |= {sum + archives[path] for sum in sums}
    return sums


def test_killed_while_the_home_is_made(archives, tmp_path):
    chance = random.Random(SEED + 1)
    path, events = next(iter(archives.items()))
    for moment in range(12):
        home = Home(tmp_path / f"home-{moment}")
        kill_after(home, chance.uniform(0, 0.06), path)
        home.run(path)
        assert home.events() == events


def test_two_runs_at_once(home, archives):
    """Both are right, or one says try again."""
    paths = list(archives)[:6]
    with concurrent.futures.ThreadPoolExecutor() as pool:
        dones = list(pool.map(
            lambda words: home.run(*words, code=None), [paths[:4], paths[2:], paths[1:5]]))
    assert all(done.code in (0, 75) for done in dones), dones
    assert any(done.code == 0 for done in dones)
    home.run(*paths)
    check_whole(home, {path: archives[path] for path in paths})


def test_interrupted_by_a_signal(home, archives):
    for number in (signal.SIGINT, signal.SIGTERM):
        process = subprocess.Popen(
            home.command("run", *archives), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, env=environment())
        # Before that it has nothing to clean up and ends by the signal itself.
        while process.poll() is None and not (home.path / "lake/default/_runs").is_dir():
            time.sleep(0.001)
        process.send_signal(number)
        _, err = process.communicate(timeout=30)
        assert process.returncode in (0, 75, -number), err
        if process.returncode == 75:
            assert home.events() == 0 and err.strip()
    home.run(*archives)
    check_whole(home, archives)
