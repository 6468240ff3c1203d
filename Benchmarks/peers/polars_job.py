"""What Polars does the same way whatever log it reads."""

import os

import w3c_log

# Read once, when Polars is imported.
os.environ.setdefault("POLARS_MAX_THREADS", str(w3c_log.THREADS))
import polars as pl  # noqa: E402


def sums_of(uploaded, downloaded):
    """Events and bytes of a group."""
    return (
        pl.len().cast(pl.Int64).alias("events"),
        pl.col(uploaded).cast(pl.Int64).sum().alias("uploaded_bytes"),
        pl.col(downloaded).cast(pl.Int64).sum().alias("downloaded_bytes"),
    )


def run(usage, output):
    """Writes what `usage` gives, a lazy frame, and prints the answer."""
    watch = w3c_log.Stopwatch()
    usage().sink_parquet(output, compression="zstd", engine="streaming")
    times = watch.read()
    sums = pl.scan_parquet(output).select(
        pl.len().alias("rows"), pl.col("events", "uploaded_bytes", "downloaded_bytes").sum()
    )
    w3c_log.answer(times, *sums.collect().row(0))
