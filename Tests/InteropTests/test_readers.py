"""Every table that a run leaves, read by pyarrow, DuckDB, Polars and deltalake alike."""

import datetime

import deltalake
import duckdb
import polars
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset
import pyarrow.parquet as pq
import pytest

from support import Home, content_id, generate

TABLES = ["usage", "ingests", "rejects"]
NUMBERS = {
    "usage": ["events", "uploaded_bytes", "downloaded_bytes", "total_bytes"],
    "ingests": ["lines", "events", "excluded", "rejected", "comments", "bytes"],
    "rejects": ["offset", "line"],
}
UTC = datetime.timezone.utc


@pytest.fixture(scope="module")
def filled(tmp_path_factory) -> Home:
    """A home after two runs over several archives of both formats."""
    folder = tmp_path_factory.mktemp("readers")
    home = Home(folder / "home")
    one = generate(folder / "one.log", "w3c", "4MiB", days=4, bad_lines=0.01, seed=1)
    two = generate(folder / "two.gz", "squid", "2MiB", days=2, bad_lines=0.01, codec="gzip", seed=2)
    three = generate(folder / "three.zst", "w3c", "1MiB", codec="zstd", frames=3, seed=3)
    home.run(one, two)
    home.run(three, "--source", "branch office")
    home.archives = [one, two, three]
    return home


@pytest.mark.parametrize("table", TABLES)
def test_pyarrow_verifies_every_page(filled, table):
    files = filled.live_files(table)
    assert files
    for path in files:
        parquet = pq.ParquetFile(path, page_checksum_verification=True)
        rows = parquet.read()
        rows.validate(full=True)
        assert rows.num_rows == parquet.metadata.num_rows > 0
        assert all(parquet.metadata.row_group(0).column(place).is_stats_set
                   for place in range(parquet.metadata.num_columns)
                   if parquet.schema_arrow.names[place] == "events")


@pytest.mark.parametrize("table", TABLES)
def test_all_readers_see_the_same_rows(filled, table):
    path = str(filled.table(table))
    arrow = filled.read(table)
    names = arrow.column_names
    by_polars = polars.read_delta(path).select(names)
    files = [str(file) for file in filled.live_files(table)]
    by_duckdb = duckdb.sql(
        f"SELECT * FROM read_parquet({files!r}, hive_partitioning=true)").arrow()
    by_duckdb = pa.table(by_duckdb) if not isinstance(by_duckdb, pa.Table) else by_duckdb
    expected = rows_of(arrow)
    assert len(expected) > 1
    assert rows_of(by_polars.to_arrow().select(names)) == expected
    assert rows_of(by_duckdb.select(names)) == expected


def rows_of(table: pa.Table) -> list[tuple]:
    """All rows, sorted, in plain Python values."""
    def plain(value):
        if isinstance(value, datetime.datetime):
            return value.replace(tzinfo=None)
        return value
    columns = [column.to_pylist() for column in table.columns]
    return sorted(
        (tuple(plain(value) for value in row) for row in zip(*columns)), key=repr)


@pytest.mark.parametrize("table", TABLES)
def test_statistics_in_log_and_footer_are_true(filled, table):
    actions = deltalake.DeltaTable(str(filled.table(table))).get_add_actions(flatten=True)
    actions = pa.table(actions).to_pylist()
    for action in actions:
        rows = pq.read_table(filled.table(table) / action["path"], partitioning=None)
        assert action["num_records"] == rows.num_rows
        for name in NUMBERS[table]:
            values = pc.min_max(rows[name]).as_py()
            assert action[f"null_count.{name}"] == rows[name].null_count
            assert (action[f"min.{name}"], action[f"max.{name}"]) == (
                values["min"], values["max"])
        for name in rows.column_names:
            low, high = action.get(f"min.{name}"), action.get(f"max.{name}")
            if isinstance(low, str):
                texts = [text.encode() for text in rows[name].to_pylist() if text is not None]
                assert all(low.encode() <= text <= high.encode() for text in texts), name


def test_the_log_says_nothing_of_names(filled):
    """A smallest and a largest pseudonym would tell of single people."""
    for path in (filled.table("usage") / "_delta_log").glob("*.json"):
        assert "u1-" not in path.read_text() and "i1-" not in path.read_text()


def test_rows_are_sorted_by_their_whole_key(filled):
    key = ["batch", "source", "app", "host", "user", "src_ip", "device", "action", "private"]
    for path in filled.live_files("usage"):
        rows = pq.read_table(path, partitioning=None).select(key).to_pylist()
        keys = [tuple((row[name] is not None, (row[name] or "").encode()
                       if name != "private" else row[name]) for name in key) for row in rows]
        # Nulls stand together at one end; which one is the writer's choice.
        flipped = [tuple((not known, value) for known, value in key) for key in keys]
        assert keys == sorted(keys) or flipped == sorted(flipped)
        assert len(set(keys)) == len(keys)


def test_filters_find_the_rows_they_ask_for(filled):
    """Bloom filters and statistics must never hide a row."""
    usage = filled.read("usage")
    users = [user for user in usage["user"].to_pylist() if user][::97][:25]
    assert len(users) > 10
    dataset = deltalake.DeltaTable(str(filled.table("usage"))).to_pyarrow_dataset()
    files = [str(file) for file in filled.live_files("usage")]
    for user in users:
        expected = pc.sum(usage.filter(pc.field("user") == user)["events"]).as_py()
        found = dataset.to_table(filter=pyarrow.dataset.field("user") == user)
        assert pc.sum(found["events"]).as_py() == expected
        theirs = duckdb.sql(
            f"SELECT sum(events)::BIGINT FROM read_parquet({files!r}) WHERE \"user\" = '{user}'"
        ).fetchall()
        assert theirs == [(expected,)]
    for column in ("user", "ip_tag", "app", "device"):
        found = dataset.to_table(filter=pyarrow.dataset.field(column).is_null())
        assert found.num_rows == usage[column].null_count


def test_ingests_tell_of_every_archive(filled):
    rows = {row["name"]: row for row in filled.rows("ingests")}
    assert set(rows) == {path.name for path in filled.archives}
    usage = filled.rows("usage")
    for path in filled.archives:
        row = rows[path.name]
        assert row["status"] == "committed" and row["error"] is None
        assert row["lines"] == (
            row["events"] + row["excluded"] + row["rejected"] + row["comments"])
        assert row["bytes"] == path.stat().st_size
        assert row["file_hash"] == content_id(path)
        assert row["anonymise_users"] and row["anonymise_machines"]
        assert row["started"] <= row["finished"]
        mine = [line for line in usage if line["batch"] == row["batch"]]
        days = sorted({str(line["date"]) for line in mine})
        assert set(row["event_dates"].split(",")) <= set(days)
        rejects = [line for line in filled.rows("rejects") if line["archive"] == row["archive"]]
        assert len(rejects) == row["rejected"]
    by_batch = {}
    for row in rows.values():
        by_batch.setdefault(row["batch"], []).append(row)
    for batch, members in by_batch.items():
        mine = [line for line in usage if line["batch"] == batch]
        assert sum(line["events"] for line in mine) == sum(row["events"] for row in members)
        assert min(line["first_seen"] for line in mine) == min(
            row["first_seen"] for row in members)
        assert max(line["last_seen"] for line in mine) == max(
            row["last_seen"] for row in members)
    assert rows["three.zst"]["source"] == "branch office"


def test_schemas_are_as_documented(filled):
    usage = filled.read("usage").schema
    assert usage.names == [
        "date", "batch", "source", "app", "app_id", "category", "host", "domain", "user", "src_ip",
        "ip_tag", "device", "action", "private", "events", "uploaded_bytes", "downloaded_bytes",
        "total_bytes", "first_seen", "last_seen"]
    assert usage.field("date").type == pa.date32()
    assert usage.field("app_id").type == pa.int32()
    assert usage.field("private").type == pa.bool_()
    assert usage.field("events").type == pa.int64()
    assert str(usage.field("first_seen").type).startswith("timestamp[us")
    assert filled.read("ingests").column_names == [
        "date", "archive", "file_hash", "batch", "name", "bytes", "decompressed_bytes", "lines",
        "events", "excluded", "rejected", "comments", "format", "source", "anonymise_users",
        "anonymise_machines", "options", "catalog_version", "canon_version", "tool_version",
        "event_dates", "started", "finished", "first_seen", "last_seen", "status", "error"]
    assert filled.read("rejects").column_names == [
        "date", "archive", "offset", "line", "reason", "field"]


def test_another_writer_may_compact_the_table(filled, tmp_path):
    """What deltalake rewrites stays readable, and our next run commits behind it."""
    home = Home(tmp_path / "home").with_keys_of(filled)
    home.run(*filled.archives[:2])
    before = home.events()
    deltalake.DeltaTable(str(home.table("usage"))).optimize.compact()
    assert home.events() == before
    done = home.run(filled.archives[2])
    assert home.events() == before + done.json["events"]
