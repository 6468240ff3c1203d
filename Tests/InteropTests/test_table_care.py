"""Care of the tables, read by other programs at each step."""

import concurrent.futures
import json
import pathlib
import random
import re
import shutil

import deltalake
import duckdb
import polars
import pytest

from support import Home, generate

SEED = 20261122


@pytest.fixture(scope="module")
def archives(tmp_path_factory):
    folder = tmp_path_factory.mktemp("care")
    return [
        generate(folder / f"{number}.log", "w3c", "400KiB", seed=50 + number, users=100, days=3,
                 bad_lines=0.01)
        for number in range(6)]


@pytest.fixture
def filled(home, archives):
    for path in archives:
        home.run(path)
    return home


def sums(home: Home) -> tuple:
    path = str(home.table("usage"))
    ours = duckdb.sql(
        f"select sum(events), sum(uploaded_bytes), count(*) from read_parquet("
        f"{[str(file) for file in home.live_files('usage')]}, hive_partitioning=true)").fetchall()[0]
    lazy = polars.scan_delta(path).select(
        polars.col("events").sum(), polars.col("uploaded_bytes").sum()).collect().row(0)
    assert tuple(map(int, ours[:2])) == lazy
    table = deltalake.DeltaTable(path).to_pyarrow_table()
    assert table.num_rows == ours[2]
    return tuple(map(int, ours))


def test_compacting_changes_no_sum(filled):
    before = sums(filled)
    done = json.loads(filled.call("table", "compact", "--json").out)
    assert done["files_before"] == 18 and done["files_after"] == 3
    assert len(filled.live_files("usage")) == 3
    assert sums(filled) == before
    assert deltalake.DeltaTable(str(filled.table("usage"))).history(1)[0]["operation"] == "OPTIMIZE"
    for path in filled.live_files("usage"):
        keys = [tuple("" if row[name] is None else str(row[name]) for name in ("batch", "app"))
                for row in duckdb.sql(f"select * from '{path}'").to_arrow_table().to_pylist()]
        assert keys == sorted(keys)
    filled.call("table", "verify")
    assert json.loads(filled.call("table", "compact", "--json").out)["version"] is None


def test_vacuum_tells_first_and_keeps_what_readers_need(filled):
    filled.call("table", "compact")
    folder = filled.table("usage")
    on_disk = lambda: set(folder.rglob("*.parquet")) - set((folder / "_delta_log").iterdir())
    assert len(on_disk()) == 21
    assert filled.call("table", "vacuum", "--yes").out == ""
    listed = filled.call("table", "vacuum", "--retain", "0d").out.splitlines()
    assert len(listed) == 18 and len(on_disk()) == 21
    theirs = deltalake.DeltaTable(str(folder)).vacuum(
        retention_hours=0, enforce_retention_duration=False, dry_run=True)
    assert sorted(theirs) == sorted(listed)
    filled.call("table", "vacuum", "--retain", "0d", "--yes")
    assert on_disk() == set(filled.live_files("usage"))
    filled.call("table", "verify")


def test_checkpoints_are_read_by_others(filled, tmp_path):
    filled.call("table", "compact")
    before = sums(filled)
    done = json.loads(filled.call("table", "checkpoint", "--json").out)
    copy = tmp_path / "copy"
    shutil.copytree(filled.table("usage"), copy)
    for path in (copy / "_delta_log").glob("*.json"):
        if path.stem.isdigit() and int(path.stem) <= done["version"]:
            path.unlink()
    table = deltalake.DeltaTable(str(copy))
    assert table.version() == done["version"]
    assert table.protocol().min_reader_version == 1
    assert table.metadata().partition_columns == ["date"]
    assert sum(table.to_pyarrow_table()["events"].to_pylist()) == before[0]
    assert polars.scan_delta(str(copy)).select("events").sum().collect().item() == before[0]


def test_we_read_the_checkpoints_of_others(filled, archives):
    path = str(filled.table("usage"))
    deltalake.DeltaTable(path).create_checkpoint()
    deltalake.DeltaTable(path).cleanup_metadata()
    before = sums(filled)
    filled.call("table", "verify")
    filled.run(archives[0], "--reprocess")
    assert sums(filled) == before
    filled.call("table", "verify")


def test_files_of_another_writer_are_read_and_rewritten(filled, archives):
    path = str(filled.table("usage"))
    before = sums(filled)
    theirs = deltalake.WriterProperties(compression="SNAPPY")
    deltalake.DeltaTable(path).optimize.compact(writer_properties=theirs)
    assert sums(filled) == before
    filled.call("table", "verify")
    filled.run(archives[2], "--reprocess")
    assert sums(filled) == before
    filled.call("table", "compact")
    assert sums(filled) == before
    filled.call("table", "verify")


def test_two_writer_systems_at_once(home, archives):
    """deltalake appends and compacts while our runs come in: nothing is lost or doubled."""
    home.run(archives[0])
    path = str(home.table("usage"))

    def other(turn: int) -> int:
        try:
            deltalake.DeltaTable(path).optimize.compact()
            return 1
        except Exception as error:  # its own words for a conflict
            assert "onflict" in str(error) or "transaction" in str(error).lower(), error
            return 0

    with concurrent.futures.ThreadPoolExecutor(max_workers=3) as pool:
        others = [pool.submit(other, turn) for turn in range(8)]
        ours = [pool.submit(home.run, archive, code=None) for archive in archives[1:]]
        assert all(done.result().code in (0, 75) for done in ours)
        [done.result() for done in others]
    home.run(*archives)
    home.call("table", "verify")
    assert sums(home)[0] == sum(
        row["events"] for row in home.rows("ingests") if row["status"] == "committed")
    log = sorted(int(file.stem) for file in (home.table("usage") / "_delta_log").glob("*.json"))
    assert log == list(range(len(log)))


def test_eight_processes_on_one_table(home, archives):
    """Some with the same archives, some compacting: versions are dense, nothing is doubled."""
    given = [archives[:2], archives[1:3], archives[2:4], archives[3:5], archives[4:], archives[:1]]
    jobs = [lambda words=words: home.run(*words, code=None) for words in given]
    jobs += [lambda: home.call("table", "compact", code=None) for _ in range(2)]
    with concurrent.futures.ThreadPoolExecutor(max_workers=8) as pool:
        dones = [job.result() for job in [pool.submit(job) for job in jobs]]
    assert all(done.code in (0, 66, 75, 78) for done in dones), [done.err for done in dones]
    home.run(*archives)
    home.call("table", "verify")
    rows = home.rows("ingests")
    assert sorted(row["name"] for row in rows) == sorted(path.name for path in archives)
    assert sums(home)[0] == sum(row["events"] for row in rows)
    log = sorted(int(file.stem) for file in (home.table("usage") / "_delta_log").glob("*.json"))
    assert log == list(range(len(log)))


def test_verify_finds_flipped_bits(filled):
    chance = random.Random(SEED)
    files = filled.live_files("usage")
    for _ in range(12):
        path = chance.choice(files)
        good = path.read_bytes()
        place = chance.randrange(len(good))
        bad = bytearray(good)
        bad[place] ^= 1 << chance.randrange(8)
        path.write_bytes(bad)
        done = filled.call("table", "verify", code=1)
        assert path.name in done.err, f"byte {place} of {path}"
        path.write_bytes(good)
    missing = files[0].with_suffix(".away")
    files[0].rename(missing)
    assert files[0].name in filled.call("table", "verify", "usage", code=1).err
    missing.rename(files[0])
    filled.call("table", "verify")


def test_verify_finds_damaged_checkpoints(filled):
    filled.call("table", "checkpoint", "usage")
    log = filled.table("usage") / "_delta_log"
    checkpoint = max(log.glob("*.checkpoint.parquet"))
    last = log / "_last_checkpoint"
    for path, damages in {checkpoint: (b"garbage", None), last: (b"garbage", b"{}")}.items():
        good = path.read_bytes()
        flipped = bytearray(good)
        flipped[len(good) // 2] ^= 1
        for bad in (*damages, bytes(flipped)):
            path.write_bytes(bad) if bad is not None else path.unlink()
            assert "checkpoint" in filled.call("table", "verify", "usage", code=1).err
            path.write_bytes(good)
    filled.call("table", "verify")


@pytest.fixture
def with_activities(home, archives):
    """Activities of several days and batches, some of them private."""
    home.run(archives[0], "--activities")
    text = archives[1].read_text(errors="replace")
    names = set(re.findall(r" ([a-z]+\.[a-z]+\d+)(?:@| )", text))
    people = "group,user\n" + "".join(f"Quiet,{name}\n" for name in sorted(names)[:20])
    home.call("group", "import", "-", stdin=people.encode())
    home.call("privacy", "add", "Quiet")
    home.run(archives[1], "--activities", "--batch-bytes", "0")
    home.run(archives[2])
    home.call("table", "verify")
    return home


def altered(path: pathlib.Path, change) -> str:
    """Changes the actions of the last version of a log that adds a file; gives the old text."""
    text = path.read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    place = next(number for number, line in enumerate(lines) if "add" in line)
    change(lines, place)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return text


def last_log(home: Home, table: str, words: str = '"add"') -> pathlib.Path:
    logs = sorted((home.table(table) / "_delta_log").glob("*.json"))
    return [path for path in logs if words in path.read_text()][-1]


def with_statistics(change):
    def changed(lines, place):
        statistics = json.loads(lines[place]["add"]["stats"])
        change(statistics)
        lines[place]["add"]["stats"] = json.dumps(statistics)
    return changed


DAMAGES = {
    "a smallest value too large": (
        with_statistics(lambda it: it["minValues"].update(events=it["maxValues"]["events"] + 1)),
        "events beyond the bounds"),
    "a largest value too small": (
        with_statistics(lambda it: it["maxValues"].update(host="")), "host beyond the bounds"),
    "nulls that are not there": (
        with_statistics(lambda it: it["nullCount"].update(host=1)), "nulls in host"),
    "rows that are not there": (
        with_statistics(lambda it: it.update(numRecords=it["numRecords"] + 1)), "rows, the log says"),
    "another day": (
        lambda lines, place: lines[place]["add"]["partitionValues"].update(date="2020-01-01"),
        "the log says 2020-01-01"),
    "an action that nobody knows": (
        lambda lines, place: lines.append({"aed": lines[place]["add"]}), 'no action "aed"'),
    "a misspelt add": (
        lambda lines, place: lines.__setitem__(place, {"aed": lines[place]["add"]}), '"aed"'),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_verify_finds_what_the_log_has_wrong(filled, damage):
    change, words = DAMAGES[damage]
    log = last_log(filled, "usage")
    good = altered(log, change)
    assert words in filled.call("table", "verify", code=1).err
    log.write_text(good)
    filled.call("table", "verify")


@pytest.mark.parametrize("table", ["activities", "activities_private", "usage"])
def test_verify_holds_activities_against_usage(with_activities, table):
    """A file is missing from the log of one table: no other one notices but by the sums."""
    home = with_activities
    log = last_log(home, table)
    good = altered(log, lambda lines, place: lines.pop(place))
    done = home.call("table", "verify", code=1)
    assert table.split("_")[0] in done.err
    log.write_text(good)
    home.call("table", "verify")
    days = sorted({str(row["date"]) for row in home.rows("activities")})
    home.call("table", "delete", "activities", "--before", days[1], "--yes")
    home.call("table", "verify")
    home.call("table", "delete", "activities_private", "--before", days[1], "--yes")
    home.call("table", "delete", "--before", days[2], "--yes")
    home.call("table", "verify")
    log = last_log(home, "activities", f'"path":"date={days[2]}')
    altered(log, lambda lines, _: lines.pop(
        next(place for place, line in enumerate(lines)
             if line.get("add", {}).get("path", "").startswith(f"date={days[2]}"))))
    assert f"the rows of {days[2]}" in home.call("table", "verify", code=1).err


def test_verify_goes_on_behind_a_log_that_cannot_be_read(filled):
    log = last_log(filled, "ingests")
    good = log.read_text()
    log.write_text("{" + good)
    path = filled.live_files("usage")[0]
    bytes_ = bytearray(path.read_bytes())
    bytes_[len(bytes_) // 2] ^= 1
    path.write_bytes(bytes_)
    done = filled.call("table", "verify", code=1)
    assert "ingests" in done.err and path.name in done.err


def test_deleting_a_user_erases_the_files(filled):
    users = sorted({row["user"] for row in filled.rows("usage") if row["user"]})
    before = sums(filled)
    gone = [row for row in filled.rows("usage") if row["user"] == users[0]]
    done = json.loads(filled.call(
        "table", "delete", "--user", users[0], "--justification", "erasure request", "--json").out)
    assert done["rows"] == len(gone) and done["left_files"] == 0
    assert sums(filled)[0] == before[0] - sum(row["events"] for row in gone)
    for path in filled.table("usage").rglob("*.parquet"):
        held = duckdb.sql(f"select count(*) from '{path}' where \"user\" = '{users[0]}'").fetchall()
        assert held == [(0,)], path
    assert set(filled.table("usage").rglob("*.parquet")) == set(filled.live_files("usage"))
    logs = (filled.path / "lake").rglob("_delta_log/*.json")
    assert not [path for path in logs if users[0] in path.read_text()]
    filled.call("table", "verify")
    records = [json.loads(line) for line in filled.call("governance", "list", "--json").out.splitlines()]
    records = [(row["status"], row["justification"]) for row in records
               if row["action"] == "table_delete"]
    assert records == [("intent", "erasure request"), ("successful", "erasure request")]


def test_deleting_days_sources_and_archives(filled, archives):
    days = sorted({str(row["date"]) for row in filled.rows("usage")})
    filled.call("table", "delete", "--before", days[1])
    assert sorted({str(row["date"]) for row in filled.rows("usage")}) == days[1:]
    filled.call("table", "verify")
    assert filled.run(*archives).json["skipped"] == len(archives)
    archive = filled.rows("ingests")[0]["archive"]
    filled.call("table", "delete", "--archive", archive)
    filled.call("table", "verify")
    assert filled.run(*archives).json["archives"] == 1
    filled.call("table", "verify")
    filled.run(archives[0], "--source", "paris")
    filled.call("table", "delete", "--source", "default")
    assert {row["source"] for row in filled.rows("usage")} == {"paris"}
    filled.call("table", "verify")
    assert filled.call("table", "delete", "--archive", "nothing", code=66).err
    assert "nowhere" in filled.call("table", "delete", "--source", "nowhere", code=66).err
    refused = filled.call("table", "delete", "--user", "anna", code=64)
    assert "pseudonyms" in refused.err and "anna" not in refused.err
    assert filled.call("table", "delete", "ingests", "--before", "2026-01-01", code=64).err
    assert filled.call("table", "delete", code=64).err
    assert filled.call("table", "delete", "--source", "x", "--user", "y", code=64).err


def test_old_versions_are_readable_until_the_vacuum(filled):
    path = str(filled.table("usage"))
    count = deltalake.DeltaTable(path).to_pyarrow_table().num_rows
    version = deltalake.DeltaTable(path).version()
    filled.call("table", "compact")
    assert deltalake.DeltaTable(path, version=version).to_pyarrow_table().num_rows == count


def test_every_hundredth_commit_writes_a_checkpoint(home, tmp_path):
    logs = pathlib.Path(tmp_path / "logs")
    logs.mkdir()
    for number in range(102):
        (logs / f"{number}.log").write_text(
            "#Fields: date time cs-username cs-host sc-bytes\n"
            f"2026-01-01 00:00:00 u{number} a.example {number}\n")
    for path in sorted(logs.iterdir()):
        home.run(path)
    log = home.table("usage") / "_delta_log"
    assert [file.name for file in log.glob("*.checkpoint.parquet")] == [
        "00000000000000000100.checkpoint.parquet"]
    assert deltalake.DeltaTable(str(home.table("usage"))).to_pyarrow_table().num_rows == 102
    home.call("table", "verify")
