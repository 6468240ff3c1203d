#!/usr/bin/env python3
"""Polars, lazy and streaming: usage by date, host, user and action of one W3C log."""

import os

import w3c_log

# Read once, when Polars is imported.
os.environ.setdefault("POLARS_MAX_THREADS", str(w3c_log.THREADS))
import polars as pl  # noqa: E402


def usage(path, head):
    # Skipping the head by its length is a quarter faster than looking for comments in every line.
    # Only the columns that the query names are decoded.
    counts = ("cs-bytes", "sc-bytes")
    log = pl.scan_csv(
        path,
        has_header=False,
        separator=" ",
        quote_char='"',
        skip_rows=head.lines,
        schema={name: pl.Int64 if name in counts else pl.String for name in head.fields},
    )
    grouped = log.group_by(
        "date", "cs-host", "cs-username", pl.col("sc-filter-result").eq("DENIED").alias("blocked")
    ).agg(
        pl.len().cast(pl.Int64).alias("events"),
        pl.col("cs-bytes").sum().alias("uploaded_bytes"),
        pl.col("sc-bytes").sum().alias("downloaded_bytes"),
    )
    user = pl.col("cs-username")
    blocked = pl.col("blocked")
    return grouped.select(
        pl.col("date").str.to_date("%Y-%m-%d"),
        pl.col("cs-host").alias("host"),
        pl.when(user != "-").then(user).alias("user"),
        pl.when(blocked).then(pl.lit("blocked")).otherwise(pl.lit("allowed")).alias("action"),
        "events",
        "uploaded_bytes",
        "downloaded_bytes",
    )


path, output = w3c_log.arguments()
head = w3c_log.Head(path)
watch = w3c_log.Stopwatch()
usage(path, head).sink_parquet(output, compression="zstd", engine="streaming")
times = watch.read()
sums = pl.scan_parquet(output).select(
    pl.len().alias("rows"), pl.col("events", "uploaded_bytes", "downloaded_bytes").sum()
)
w3c_log.answer(times, *sums.collect().row(0))
