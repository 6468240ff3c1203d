"""Other readers and writers of Delta tables beside our own: deltalake, polars, duckdb."""

import datetime
import glob
import json
import os
import pathlib
import subprocess

import duckdb
import polars
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable, Transaction, CommitProperties, write_deltalake

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROBE = os.environ.get("LOGVEIL_DELTA_PROBE", str(ROOT / ".build/debug/delta-probe"))
UTC = datetime.timezone.utc


def probe(*words):
    done = subprocess.run([PROBE, *map(str, words)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def rows(start, count, with_date=None):
    """A table as the product makes them: without the partition column unless asked for."""
    columns = {
        "host": pa.array([f"h{i}.example" if i % 3 else None for i in range(count)]),
        "events": pa.array(range(start, start + count), pa.int64()),
        "app_id": pa.array([i % 5 for i in range(count)], pa.int32()),
        "first_seen": pa.array(
            [datetime.datetime(2026, 1, 1, 0, 0, i % 60, 123456, UTC) for i in range(count)],
            pa.timestamp("us", "UTC"),
        ),
        "private": pa.array([i % 2 == 0 for i in range(count)]),
    }
    if with_date:
        columns = {"date": pa.array([with_date] * count, pa.date32()), **columns}
    return pa.table(columns)


@pytest.fixture
def lake(tmp_path):
    """A home with a table `usage`, a way to make Parquet files, and the table's folder."""
    probe("create", tmp_path, "usage")

    def file(start, count):
        path = tmp_path / f"{start}.parquet"
        pq.write_table(rows(start, count), path, compression="zstd")
        return path

    return tmp_path, file, str(tmp_path / "lake/usage")


def put(home, file, run, date, start, count, verb="append"):
    return probe(verb, home, "usage", run, date, file(start, count), count, start, start + count - 1)


def show(home):
    return json.loads(probe("show", home, "usage"))


def test_an_empty_table_opens(lake):
    home, _, path = lake
    table = DeltaTable(path)
    assert table.version() == 0
    fields = {f.name: f.type.type for f in table.schema().fields}
    assert fields == {
        "date": "date", "host": "string", "events": "long", "app_id": "integer",
        "first_seen": "timestamp", "private": "boolean",
    }
    assert table.metadata().partition_columns == ["date"]
    assert table.protocol().min_reader_version == 1
    assert table.protocol().min_writer_version == 2
    assert table.to_pyarrow_table().num_rows == 0


def test_others_read_our_commits(lake):
    home, file, path = lake
    assert put(home, file, "run-1", "2026-01-01", 0, 100) == "1"
    assert put(home, file, "run-2", "2026-01-02", 100, 50) == "2"
    assert put(home, file, "run-3", "2026-01-01", 1000, 10, verb="replace") == "3"
    table = DeltaTable(path)
    assert table.version() == 3
    assert table.transaction_version("run-2") == 1
    assert [h["operation"] for h in table.history()] == ["WRITE"] * 3 + ["CREATE TABLE"]
    assert table.history()[0]["userMetadata"] == "probe"
    want = sum(range(100, 150)) + sum(range(1000, 1010))
    assert sum(table.to_pyarrow_table()["events"].to_pylist()) == want
    assert polars.scan_delta(path).select("events").sum().collect().item() == want
    filtered = polars.scan_delta(path).filter(polars.col("date") == datetime.date(2026, 1, 2))
    assert filtered.collect().height == 50
    assert polars.scan_delta(path).filter(polars.col("events") >= 1005).collect().height == 5
    uris = table.file_uris()
    total = duckdb.sql(
        f"select sum(events), count(distinct date) from read_parquet({uris}, hive_partitioning=true)"
    ).fetchall()[0]
    assert total == (want, 2)
    assert DeltaTable(path, version=1).to_pyarrow_table().num_rows == 100
    actions = pa.table(table.get_add_actions(flatten=True)).to_pylist()
    assert sorted((a["num_records"], a["min.events"], a["max.events"]) for a in actions) == [
        (10, 1000, 1009), (50, 100, 149)]
    assert table.vacuum(dry_run=True) == []
    assert [f["path"] for f in show(home)["files"]] == sorted(a["path"] for a in actions)


def test_we_read_what_others_write(lake):
    home, file, path = lake
    put(home, file, "run-1", "2026-01-01", 0, 100)
    mark = CommitProperties(app_transactions=[Transaction("app", 7)])
    day = datetime.date(2026, 1, 3)
    write_deltalake(path, rows(500, 20, day), mode="append", commit_properties=mark)
    shown = show(home)
    assert shown["version"] == 2
    assert shown["transactions"] == {"run-1": 1, "app": 7}
    assert sorted(f["rows"] for f in shown["files"]) == [20, 100]
    write_deltalake(path, rows(0, 5, day), mode="overwrite", predicate="date = '2026-01-03'")
    assert sorted(f["rows"] for f in show(home)["files"]) == [5, 100]
    DeltaTable(path).create_checkpoint()
    put(home, file, "run-2", "2026-01-03", 40, 3, verb="replace")
    assert DeltaTable(path).to_pyarrow_table().num_rows == 103
    assert DeltaTable(path).version() == show(home)["version"] == 4


def test_foreign_features_are_refused(tmp_path):
    columns = pa.table({"t": pa.array([datetime.datetime(2026, 1, 1)], pa.timestamp("us"))})
    write_deltalake(str(tmp_path / "lake/usage"), columns)
    done = subprocess.run([PROBE, "show", tmp_path, "usage"], capture_output=True, text=True)
    assert done.returncode != 0
    assert "timestampNtz" in done.stderr


def test_writers_at_once_lose_nothing(lake):
    home, file, path = lake
    runs = [
        subprocess.Popen([PROBE, "race", home, "usage", f"run-{i}", "2026-01-01", file(i, 1), "15"])
        for i in range(4)
    ]
    day = datetime.date(2026, 1, 3)
    # Its own limit is 15 attempts, which it can lose against four writers that do nothing else.
    patient = CommitProperties(max_commit_retries=1000)
    for i in range(10):
        write_deltalake(path, rows(i, 1, day), mode="append", commit_properties=patient)
    assert [r.wait() for r in runs] == [0] * 4
    shown = show(home)
    assert shown["version"] == 70
    assert len(shown["files"]) == 70
    assert len(glob.glob(path + "/_delta_log/*.json")) == 71
    assert glob.glob(path + "/**/.*.tmp", recursive=True) == []
    assert len(DeltaTable(path).file_uris()) == 70
