"""Other readers open our Parquet files, and we open theirs.

Needs pyarrow, duckdb, polars and deltalake. The probe is built by `swift build`; its folder can be
named by LOGVEIL_BIN, else SwiftPM's own folders are tried.
"""

import datetime
import json
import math
import os
import pathlib
import random
import subprocess

import duckdb
import polars
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def probe():
    folders = [os.environ.get("LOGVEIL_BIN"), ROOT / ".build/release", ROOT / ".build/debug"]
    for folder in filter(None, folders):
        path = pathlib.Path(folder) / "parquet-probe"
        if path.exists():
            return path
    pytest.skip("parquet-probe is not built: swift build --product parquet-probe")


@pytest.fixture(scope="session")
def ours(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ours")
    subprocess.run([probe(), "write", folder], check=True)
    files = []
    for path in sorted(folder.glob("*.parquet")):
        beside = json.loads(path.with_suffix(".json").read_text())
        files.append((path, beside["table"], beside["statistics"]))
    assert len(files) > 50
    return files


def plain(value):
    """A date or time as the number that is stored."""
    if isinstance(value, datetime.datetime):
        if value.tzinfo is None:
            value = value.replace(tzinfo=datetime.timezone.utc)
        return (value - EPOCH) // datetime.timedelta(microseconds=1)
    if isinstance(value, datetime.date):
        return (value - EPOCH.date()).days
    return value


def columns_of(table):
    return {name: [plain(v) for v in table[name].to_pylist()] for name in table.schema.names}


def test_pyarrow_reads_our_values_and_checks_every_page(ours):
    for path, expected, _ in ours:
        table = pq.read_table(path, page_checksum_verification=True)
        assert columns_of(table) == expected, path.name


def test_duckdb_reads_our_values(ours):
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for path, expected, _ in ours:
            table = connection.sql(f"SELECT * FROM read_parquet('{path}')").to_arrow_table()
            assert columns_of(table) == expected, path.name


def test_polars_reads_our_values(ours):
    for path, expected, _ in ours:
        table = polars.read_parquet(path).to_arrow()
        assert columns_of(table) == expected, path.name


def decoded(bound):
    return bound.decode() if isinstance(bound, bytes) else plain(bound)


def test_statistics_bound_our_values(ours):
    for path, expected, stated in ours:
        metadata = pq.read_metadata(path)
        first = 0
        for group in range(metadata.num_row_groups):
            rows = metadata.row_group(group).num_rows
            for index, (name, values) in enumerate(expected.items()):
                column = metadata.row_group(group).column(index)
                part = [v for v in values[first : first + rows] if v is not None]
                statistics = column.statistics
                assert statistics.null_count == rows - len(part), (path.name, name)
                assert statistics.has_min_max == (len(part) > 0), (path.name, name)
                if part:
                    bounds = decoded(statistics.min), decoded(statistics.max)
                    check_bounds(bounds, part, statistics, (path.name, name))
            first += rows
        for name, (nulls, low, high) in stated.items():
            values = [v for v in expected[name] if v is not None]
            assert nulls == len(expected[name]) - len(values)
            if values:
                assert low <= min(values) and high >= max(values)


def check_bounds(bounds, values, statistics, where):
    low, high = bounds
    if isinstance(low, str):
        assert low.encode() <= min(v.encode() for v in values), where
        assert high.encode() >= max(v.encode() for v in values), where
        exact = max(len(v.encode()) for v in values) <= 64
        if exact:
            assert (low, high) == (min(values), max(values)), where
        if hasattr(statistics, "is_min_value_exact") and exact:
            assert statistics.is_min_value_exact and statistics.is_max_value_exact, where
    else:
        assert (low, high) == (min(values), max(values)), where


def test_footer_has_what_other_readers_look_for(ours):
    path = next(p for p, table, _ in ours if p.name == "1000-few-small-pages.parquet")
    metadata = pq.read_metadata(path)
    assert metadata.format_version == "1.0"
    assert metadata.metadata == {b"logveil.schema": b"usage/1"}
    assert metadata.created_by == "logveil version 0.1.0 (build test)"
    assert metadata.num_row_groups == 2
    for group in range(2):
        for index in range(metadata.num_columns):
            column = metadata.row_group(group).column(index)
            assert column.has_offset_index, column.path_in_schema
            assert column.has_column_index, column.path_in_schema
            assert column.compression == "ZSTD"


def test_duckdb_prunes_by_our_bloom_filter(ours):
    path, expected, _ = next(f for f in ours if f[0].name == "1000-few-small-pages.parquet")
    query = "SELECT bloom_filter_excludes FROM parquet_bloom_probe(?, ?, ?)"
    for name in ["codes", "ids", "count"]:
        for value in [v for v in expected[name] if v is not None][::97]:
            found = duckdb.execute(query, [str(path), name, value]).fetchall()
            assert not all(row[0] for row in found), (name, value)
    absent = ["u1-nobody-" + str(i) for i in range(200)]
    found = [r[0] for v in absent for r in duckdb.execute(query, [str(path), "ids", v]).fetchall()]
    assert sum(found) > 0.9 * len(found)


def our_reading(path):
    result = subprocess.run([probe(), "read", path], capture_output=True, text=True)
    assert result.returncode == 0, (path, result.stdout)
    return json.loads(result.stdout)


def sample(rows, seed):
    chance = random.Random(seed)

    def nullable(make):
        return [None if chance.random() < 0.2 else make(i) for i in range(rows)]

    return pa.table(
        {
            "flag": pa.array(nullable(lambda i: chance.random() < 0.5)),
            "small": pa.array(nullable(lambda i: chance.randrange(-5, 5)), pa.int32()),
            "wide": pa.array(nullable(lambda i: chance.randrange(-(2**31), 2**31)), pa.int32()),
            "count": pa.array(nullable(lambda i: chance.randrange(30)), pa.int64()),
            "any": pa.array(nullable(lambda i: chance.randrange(-(2**63), 2**63)), pa.int64()),
            "day": pa.array(nullable(lambda i: 20000 + i // 100), pa.int32()).cast(pa.date32()),
            "time": pa.array(nullable(lambda i: 10**15 + i * 997), pa.timestamp("us", "UTC")),
            "word": pa.array(nullable(lambda i: chance.choice(["", "ä", "b" * 80, "c"]))),
            "path": pa.array(nullable(lambda i: f"/a/b/{i:06}/{chance.random()}")),
            "full": pa.array([f"r{i % 11}" for i in range(rows)]),
        },
        pa.schema(
            [
                ("flag", pa.bool_()), ("small", pa.int32()), ("wide", pa.int32()),
                ("count", pa.int64()), ("any", pa.int64()), ("day", pa.date32()),
                ("time", pa.timestamp("us", "UTC")), ("word", pa.string()), ("path", pa.string()),
                pa.field("full", pa.string(), nullable=False),
            ]
        ),
    )


DELTAS = {
    "flag": "RLE", "small": "DELTA_BINARY_PACKED", "wide": "DELTA_BINARY_PACKED",
    "count": "DELTA_BINARY_PACKED", "any": "DELTA_BINARY_PACKED", "day": "DELTA_BINARY_PACKED",
    "time": "DELTA_BINARY_PACKED", "word": "DELTA_LENGTH_BYTE_ARRAY", "path": "DELTA_BYTE_ARRAY",
    "full": "DELTA_BYTE_ARRAY",
}
SHAPES = {
    "plain": dict(use_dictionary=False),
    "dictionary": dict(),
    "mixed": dict(dictionary_pagesize_limit=600, data_page_size=500, write_batch_size=50),
    "deltas": dict(use_dictionary=False, column_encoding=DELTAS),
    "groups": dict(row_group_size=77),
    "checked": dict(write_page_checksum=True, write_page_index=True),
}


@pytest.mark.parametrize("codec", ["none", "snappy", "zstd"])
@pytest.mark.parametrize("pages", ["1.0", "2.0"])
@pytest.mark.parametrize("shape", SHAPES)
def test_we_read_pyarrow(tmp_path, shape, pages, codec):
    for rows in [0, 1, 9, 130, 5000]:
        table = sample(rows, rows)
        path = tmp_path / f"{rows}.parquet"
        pq.write_table(
            table, path, compression=codec, data_page_version=pages, **SHAPES[shape])
        assert our_reading(path) == columns_of(table), (shape, pages, codec, rows)


@pytest.mark.parametrize("version", ["V1", "V2"])
def test_we_read_duckdb(tmp_path, version):
    path = tmp_path / "duckdb.parquet"
    table = sample(3000, 4)
    duckdb.from_arrow(table).query(
        "t", f"COPY (FROM t) TO '{path}' (FORMAT parquet, PARQUET_VERSION {version})")
    assert our_reading(path) == columns_of(table)


def test_we_read_polars(tmp_path):
    path = tmp_path / "polars.parquet"
    table = sample(3000, 5)
    polars.from_arrow(table).write_parquet(path)
    assert our_reading(path) == columns_of(table)


def test_we_read_deltalake(tmp_path):
    deltalake = pytest.importorskip("deltalake")
    table = sample(2000, 6)
    deltalake.write_deltalake(str(tmp_path / "t"), table)
    files = [p for p in (tmp_path / "t").glob("*.parquet")]
    assert len(files) == 1
    assert our_reading(files[0]) == columns_of(table)


def test_we_refuse_what_we_do_not_read(tmp_path):
    odd = {
        "nested": pa.array([[1, 2], None]),
        "struct": pa.array([{"a": 1}, None]),
        "double": pa.array([1.5, math.nan]),
        "nanoseconds": pa.array([1, 2], pa.timestamp("ns")),
        "unsigned": pa.array([1, 2], pa.uint64()),
        "binary16": pa.array([b"a" * 16] * 2, pa.binary(16)),
    }
    for name, values in odd.items():
        path = tmp_path / f"{name}.parquet"
        pq.write_table(pa.table({name: values}), path)
        result = subprocess.run([probe(), "read", path], capture_output=True, text=True)
        assert result.returncode == 65, name
        assert "not supported" in result.stdout and name in result.stdout, result.stdout
