"""`backfill`: plans, commits step by step, goes on where it was interrupted, replaces what it must."""

import datetime
import json
import random
import signal
import subprocess
import time
from collections import Counter

import pytest

from support import Home, environment, generate

SEED = 20261123
FIRST = datetime.date(2026, 3, 1)


def write_log(path, day: datetime.date, users: range, late: datetime.date | None = None):
    lines = ["#Fields: date time cs-username cs-host cs-bytes sc-bytes"]
    lines += [f"{day} 08:00:{number % 60:02} u{number} a{number % 7}.example 10 {number}"
              for number in users]
    if late:
        lines.append(f"{late} 23:59:59 late b.example 1 1")
    path.write_text("\n".join(lines) + "\n")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Twelve days of archives; each holds one late event of the day before."""
    folder = tmp_path_factory.mktemp("years")
    for number in range(12):
        day = FIRST + datetime.timedelta(days=number)
        below = folder / f"{day:%Y-%m}"
        below.mkdir(exist_ok=True)
        write_log(below / f"{number:02}.log", day, range(40 + number),
                  late=day - datetime.timedelta(days=1))
    return folder


def backfill(home: Home, *words, code: int | None = 0):
    done = home.call("backfill", *words, "--json", code=code)
    return done.json if done.out else done


def events_by_day(home: Home) -> dict:
    days = {}
    for row in home.rows("usage"):
        days[str(row["date"])] = days.get(str(row["date"]), 0) + row["events"]
    return days


RANGE = ("--from", "2026-03-03", "--to", "2026-03-10")


def test_takes_archives_of_the_days_in_steps(home, folder):
    plan = backfill(home, folder, *RANGE, "--step-bytes", "4KiB", "--dry-run")
    assert plan["plan"]["archives"] == 8 and plan["plan"]["other_days"] == 4
    assert len(plan["plan"]["steps"]) >= 3
    assert home.events() == 0
    done = backfill(home, folder, *RANGE, "--step-bytes", "4KiB", "--yes")
    assert (done["archives"], done["failed"], done["exit_code"]) == (8, 0, 0)
    assert done["steps_done"] == len(plan["plan"]["steps"])
    # Late events lie in their own day, one before the first archive's.
    days = events_by_day(home)
    assert list(sorted(days)) == [str(FIRST + datetime.timedelta(days=n)) for n in range(1, 10)]
    assert days["2026-03-02"] == 1 and days["2026-03-05"] == 40 + 4 + 1
    assert len([entry for entry in json.loads(
        "[" + ",".join(home.call("table", "history", "--json").out.splitlines()) + "]")
        if entry["operation"] == "WRITE"]) == done["steps_done"]
    again = backfill(home, folder, *RANGE, "--yes")
    assert (again["archives"], again["skipped"]) == (0, 8)
    home.call("table", "verify")


def test_asks_unless_told(home, folder):
    done = home.call("backfill", folder, *RANGE, code=64)
    assert "--yes" in done.err
    assert home.events() == 0


def test_reprocessing_replaces_and_rewrites_each_file_once(home, folder):
    home.run(folder, "--batch-bytes", "0")
    home.call("table", "compact")
    before = sorted(map(str, home.rows("usage")))
    done = backfill(home, folder, *RANGE, "--reprocess", "--batch-bytes", "0", "--yes",
                    "--step-bytes", "100KiB")
    assert done["plan"]["replaced_archives"] == 8 and done["archives"] == 8
    assert sorted(map(str, home.rows("usage"))) == before
    home.call("table", "verify")
    history = [json.loads(line) for line in
               home.call("table", "history", "--json").out.splitlines()]
    assert history[0]["metrics"]["numRemovedFiles"] == done["plan"]["touched_files"]


def test_batches_stay_whole(home, folder):
    home.run(folder)  # One batch of all archives.
    done = backfill(home, folder, "--from", "2026-03-01", "--to", "2026-03-31", "--reprocess",
                    "--step-bytes", "1KiB", "--yes")
    assert done["steps_done"] == 1 and done["archives"] == 12
    refused = home.call("backfill", folder, *RANGE, "--reprocess", "--yes", "--json", code=65)
    assert "00.log, 01.log, 10.log, 11.log" in refused.err
    home.call("table", "verify")


@pytest.mark.parametrize("reprocess", [False, True])
def test_goes_on_after_kills(home, tmp_path, reprocess):
    chance = random.Random(SEED)
    logs = tmp_path / "logs"
    logs.mkdir()
    wanted = 0
    twin = Home(tmp_path / "twin")
    for number in range(10):
        path = generate(logs / f"{number}.zst", "w3c", "1MiB", codec="zstd", seed=number, days=2)
        wanted += twin.run(path).json["events"]
    words = [logs, "--from", "2026-01-01", "--to", "2026-12-31", "--step-bytes", "150KiB",
             "--batch-bytes", "0", "--yes", *(["--reprocess"] if reprocess else [])]
    if reprocess:
        home.run(logs, "--batch-bytes", "0", "--until", "2026-11-01")
    kinds = [signal.SIGKILL, signal.SIGTERM, signal.SIGINT]
    for turn in range(6):
        process = subprocess.Popen(
            home.command("backfill", *words), stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, env=environment())
        time.sleep(chance.uniform(0.02, 0.5))
        process.send_signal(kinds[turn % 3])
        assert process.wait() in (0, 75, -kinds[turn % 3])
    done = backfill(home, *words)
    assert done["failed"] == 0
    assert home.events() == wanted
    home.call("table", "verify")
    committed = [row for row in home.rows("ingests") if row["status"] == "committed"]
    assert len(committed) == 10
    if reprocess:
        # Each archive was replaced as often as the others, whatever was interrupted: a backfill
        # that came to its end before its signal is followed by a new one.
        times = Counter(row["archive"] for row in home.rows("ingests")
                        if row["status"] == "replaced")
        assert len(times) == 10 and len(set(times.values())) == 1


def test_a_damaged_archive_is_left_out_and_named(home, folder, tmp_path):
    logs = tmp_path / "logs"
    logs.mkdir()
    write_log(logs / "good.log", FIRST, range(5))
    (logs / "bad.zst").write_bytes(b"\x28\xb5\x2f\xfd\x00")
    (logs / "empty.log").write_text("")
    done = home.call("backfill", logs, "--from", "2026-01-01", "--to", "2026-12-31", "--yes",
                     "--json", code=3)
    assert done.json["archives"] == 1
    assert "bad.zst" in done.err and "empty.log" in done.err


def test_a_rate_is_kept(home, tmp_path):
    logs = tmp_path / "logs"
    logs.mkdir()
    path = generate(logs / "a.log", "w3c", "2MiB", seed=1)
    start = time.monotonic()
    backfill(home, logs, "--from", "2026-01-01", "--to", "2026-12-31", "--yes", "--nice",
             "--limit-rate", "1MiB")
    seconds = time.monotonic() - start
    assert seconds > 0.9 * path.stat().st_size / 2**20 - 1
