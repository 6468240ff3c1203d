"""What DuckDB does the same way whatever log it reads."""

import duckdb
import w3c_log

SUMS = (
    "select count(*), sum(events), sum(uploaded_bytes), sum(downloaded_bytes) from read_parquet(?)"
)


def run(usage, output):
    """Lets `usage` write to `output` what it finds with a database, and prints the answer."""
    database = duckdb.connect(":memory:")
    database.execute(f"set threads = {w3c_log.THREADS}")
    database.execute("set preserve_insertion_order = false")
    watch = w3c_log.Stopwatch()
    usage(database)
    times = watch.read()
    w3c_log.answer(times, *database.execute(SUMS, [output]).fetchone())
