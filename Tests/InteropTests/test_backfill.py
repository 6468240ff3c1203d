"""`backfill`: plans, commits step by step, goes on where it was interrupted, replaces what it must."""

import bz2
import datetime
import gzip
import io
import json
import lzma
import random
import re
import shutil
import signal
import subprocess
import tarfile
import time
import zipfile
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
    assert "bad.zst: The archive ends inside a frame, at byte" in done.err
    assert "empty.log" not in done.err and done.json["plan"]["quiet"] == 1


def test_a_rate_is_kept(home, tmp_path):
    logs = tmp_path / "logs"
    logs.mkdir()
    path = generate(logs / "a.log", "w3c", "2MiB", seed=1)
    start = time.monotonic()
    backfill(home, logs, "--from", "2026-01-01", "--to", "2026-12-31", "--yes", "--nice",
             "--limit-rate", "1MiB")
    seconds = time.monotonic() - start
    assert seconds > 0.9 * path.stat().st_size / 2**20 - 1


def packed(path, files: dict):
    """Logs in one container, by the ending of its name."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
            for name, content in files.items():
                file.writestr(name, content)
    else:
        with tarfile.open(path, "w:" + path.suffix[1:]) as file:
            for name, content in files.items():
                info = tarfile.TarInfo(name)
                info.size = len(content)
                file.addfile(info, io.BytesIO(content))
    return path


@pytest.mark.parametrize("ending", ["zip", "gz", "xz"])
def test_looks_into_containers(home, folder, tmp_path, ending):
    """Each file in a container is an archive, of the day of its own first event."""
    logs = tmp_path / "logs"
    logs.mkdir()
    files = {path.name: path.read_bytes() for path in sorted(folder.rglob("*.log"))}
    packed(logs / f"year.{ending}", files)
    plan = backfill(home, logs, *RANGE, "--step-bytes", "4KiB", "--dry-run")["plan"]
    assert (plan["archives"], plan["other_days"]) == (8, 4)
    assert len(plan["steps"]) >= 3
    assert plan["bytes"] == sum(len(content) for content in list(files.values())[2:10])
    done = backfill(home, logs, *RANGE, "--step-bytes", "4KiB", "--yes")
    assert (done["archives"], done["failed"], done["exit_code"]) == (8, 0, 0)
    days = events_by_day(home)
    assert list(sorted(days)) == [str(FIRST + datetime.timedelta(days=n)) for n in range(1, 10)]
    assert backfill(home, logs, *RANGE, "--dry-run")["plan"]["held_archives"] == 8
    before = sorted(map(str, home.rows("usage")))
    again = backfill(home, logs, *RANGE, "--step-bytes", "4KiB", "--yes", "--reprocess")
    assert (again["archives"], again["plan"]["replaced_archives"]) == (8, 8)
    # Steps are cut at batches: those are the steps of the first backfill.
    assert again["steps_done"] == done["steps_done"]
    assert sorted(map(str, home.rows("usage"))) == before
    home.call("table", "verify")


def rows_without_batch(home: Home) -> list:
    return sorted(str({**row, "batch": ""}) for row in home.rows("usage"))


def test_archives_packed_since_are_known_by_their_text(home, folder, tmp_path):
    """One batch of plain logs; a third of them is xz by now, a third bzip2 under other names."""
    home.run(folder)
    logs = tmp_path / "logs"
    logs.mkdir()
    for number, path in enumerate(sorted(folder.rglob("*.log"))):
        content = path.read_bytes()
        match number % 3:
            case 0: (logs / path.name).write_bytes(content)
            case 1: (logs / (path.name + ".xz")).write_bytes(lzma.compress(content))
            case 2: (logs / f"renamed-{number}").write_bytes(bz2.compress(content))
    words = (logs, "--from", "2026-03-01", "--to", "2026-03-31", "--reprocess", "--step-bytes",
             "1KiB", "--yes")
    before = rows_without_batch(home)
    done = backfill(home, *words)
    assert (done["steps_done"], done["archives"], done["exit_code"]) == (1, 12, 0)
    assert rows_without_batch(home) == before
    home.call("table", "verify")
    # What is stored is what `ingests` tells of, also of filtered archives: a look is enough now.
    sizes = {row["name"]: row["bytes"] for row in home.rows("ingests")
             if row["status"] == "committed"}
    assert sizes == {path.name: path.stat().st_size for path in logs.iterdir()}
    assert home.run(logs).json["skipped"] == 12


def test_a_backfill_that_ended_leaves_no_mark(home, folder, tmp_path):
    """The last step reads nothing: all the same the next backfill begins anew."""
    logs = tmp_path / "logs"
    shutil.copytree(folder, logs)
    day = datetime.date(2026, 3, 12)
    write_log(logs / "z.log", day, range(9))
    text = (logs / "z.log").read_bytes()
    (logs / "z.log").unlink()
    (logs / "z.gz").write_bytes(gzip.compress(text * 2000)[:-4])  # Its beginning can be read.
    words = (logs, "--from", "2026-03-01", "--to", "2026-03-31", "--reprocess", "--step-bytes",
             "2KiB", "--batch-bytes", "0", "--yes")
    for _ in range(2):
        done = backfill(home, *words, code=3)
        assert (done["archives"], done["failed"]) == (12, 1)
        assert done["plan"]["done_before"] == 0


def test_options_of_run(home, folder, tmp_path):
    """A snapshot, a part of the days, growing files, metrics and lineage."""
    metrics, lineage = tmp_path / "backfill.prom", tmp_path / "lineage.jsonl"
    done = backfill(home, folder, *RANGE, "--step-bytes", "4KiB", "--yes", "--snapshot", "once",
                    "--since", "2026-03-04", "--until", "2026-03-05", "--metrics", metrics,
                    "--lineage", lineage, "--progress", "off")
    assert home.events() == 0
    assert done["events"] == 43 + 44 + 2
    assert "logveil_run_exit_code" in metrics.read_text()
    events = [json.loads(line) for line in lineage.read_text().splitlines()]
    assert [event["eventType"] for event in events] == ["START", "COMPLETE"] * done["steps_done"]
    assert {event["job"]["name"] for event in events} == {"backfill.default"}
    plan = backfill(home, folder, *RANGE, "--dry-run", "--min-age", "1h")
    assert (plan["plan"]["archives"], plan["plan"]["growing"]) == (0, 12)


def quiet_batch(home, folder, tmp_path, nights):
    """A batch of so many nights and two archives without an event, in the tables."""
    logs = tmp_path / "logs"
    logs.mkdir()
    for path in sorted(folder.rglob("*.log"))[:nights]:
        shutil.copy(path, logs)
    (logs / "quiet.log").write_text("#Fields: date time cs-username cs-host cs-bytes sc-bytes\n")
    (logs / "zero.log").write_text("")
    home.run(logs)
    return logs


def test_quiet_nights_go_with_their_batch(home, folder, tmp_path):
    """Archives without an event have no day; a batch that holds some is replaced all the same."""
    logs = quiet_batch(home, folder, tmp_path, nights=3)
    words = (logs, "--from", "2026-03-01", "--to", "2026-03-31", "--yes")
    before = rows_without_batch(home)
    done = backfill(home, *words, "--reprocess")
    assert (done["archives"], done["plan"]["undated"]) == (5, [])
    assert rows_without_batch(home) == before
    plain = backfill(home, *words)
    assert (plain["skipped"], plain["plan"]["quiet"]) == (3, 2)
    home.call("table", "verify")
    # Unknown ones are nothing to be wondered at either.
    assert backfill(Home(tmp_path / "new"), *words)["archives"] == 3


def test_quiet_nights_that_were_packed_since(home, folder, tmp_path):
    logs = quiet_batch(home, folder, tmp_path, nights=2)
    for path in list(logs.iterdir()):
        (logs / (path.name + ".xz")).write_bytes(lzma.compress(path.read_bytes()))
        path.unlink()
    assert home.run(logs).json["skipped"] == 4
    done = backfill(home, logs, "--from", "2026-03-01", "--to", "2026-03-31", "--yes",
                    "--reprocess")
    assert (done["archives"], done["exit_code"]) == (4, 0)
    home.call("table", "verify")


def test_what_became_unreadable_is_named(home, folder, tmp_path):
    """Of the size that the tables know it with, and no more than that."""
    logs = tmp_path / "logs"
    logs.mkdir()
    for path in sorted(folder.rglob("*.log"))[:3]:
        (logs / (path.name + ".gz")).write_bytes(gzip.compress(path.read_bytes()))
    words = (logs, "--from", "2026-03-01", "--to", "2026-03-31", "--yes", "--batch-bytes", "0")
    backfill(home, *words)
    bad = logs / "01.log.gz"
    damaged = bytearray(bad.read_bytes())
    for place in range(12, 60):
        damaged[place] ^= 0xFF
    bad.write_bytes(damaged)
    for more in ([], ["--reprocess"]):
        done = home.call("backfill", *words, *more, "--json", code=3)
        assert "01.log.gz" in done.err and done.json["plan"]["undated"] == [str(bad)]
    wrong = home.call("backfill", *words, "--reprocess", "--format", "fortigate", code=65)
    assert "00.log.gz" in wrong.err and "02.log.gz" in wrong.err


def test_renamed_archives_whose_events_were_left_out(home, folder, tmp_path):
    home.run(folder, "--since", "2026-03-05")
    logs = tmp_path / "logs"
    logs.mkdir()
    for path in folder.rglob("*.log"):
        (logs / (path.name + ".gz")).write_bytes(gzip.compress(path.read_bytes()))
    done = backfill(home, logs, "--from", "2026-03-01", "--to", "2026-03-31", "--reprocess",
                    "--yes", "--step-bytes", "1KiB")
    assert (done["archives"], done["plan"]["replaced_archives"], done["steps_done"]) == (12, 12, 1)
    home.call("table", "verify")


def test_says_what_it_makes_and_what_cannot_be_read(folder, tmp_path):
    home = Home(tmp_path / "new")
    plan = backfill(home, folder, *RANGE, "--dry-run")
    assert plan["plan"]["archives"] == 8 and not home.path.exists()
    metrics = tmp_path / "m.prom"
    bad = tmp_path / "bad.bin"
    bad.write_bytes(random.Random(1).randbytes(5000))
    home.call("backfill", bad, *RANGE, "--yes", "--metrics", metrics, code=65)
    assert "logveil_run_success" not in metrics.read_text()
    metrics.unlink()
    empty = tmp_path / "empty"
    empty.mkdir()
    home.call("backfill", empty, *RANGE, "--yes", "--metrics", metrics, code=66)
    assert "exit_code" in metrics.read_text()
    other = Home(tmp_path / "other")
    assert "log key" in other.call("backfill", folder, *RANGE, "--yes").err


def test_a_damaged_archive_of_a_batch_is_named_with_its_reason(home, folder, tmp_path):
    logs = tmp_path / "logs"
    shutil.copytree(folder, logs)
    path = next(logs.rglob("05.log"))
    packed = path.with_suffix(".gz")
    packed.write_bytes(gzip.compress(path.read_bytes()))
    path.unlink()
    home.run(logs)
    packed.write_bytes(packed.read_bytes()[:-6])
    words = (logs, "--from", "2026-03-01", "--to", "2026-03-31", "--reprocess", "--yes")
    for done in (home.call("run", logs, "--reprocess", code=65),
                 home.call("backfill", *words, code=65)):
        assert re.search(r"05\.gz\W+The archive ends inside a frame, at byte", done.err)
