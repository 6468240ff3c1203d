#!/usr/bin/env python3
"""Polars, lazy and streaming: usage by date, host, user and action of one Zscaler log in JSON."""

import os

import w3c_log

# Read once, when Polars is imported.
os.environ.setdefault("POLARS_MAX_THREADS", str(w3c_log.THREADS))
import polars as pl  # noqa: E402

NAMES = ("time", "ehost", "login", "action", "reqsize", "respsize")


def usage(path):
    event = pl.Struct({name: pl.String for name in NAMES})
    log = pl.scan_ndjson(path, schema={"event": event}).select(
        pl.col("event").struct.field(name) for name in NAMES)
    day = pl.concat_str(pl.col("time").str.slice(4, 6), pl.col("time").str.slice(19)).alias("day")
    grouped = log.group_by(day, "ehost", "login", "action").agg(
        pl.len().cast(pl.Int64).alias("events"),
        pl.col("reqsize").cast(pl.Int64).sum().alias("uploaded_bytes"),
        pl.col("respsize").cast(pl.Int64).sum().alias("downloaded_bytes"),
    )
    login = pl.col("login")
    return grouped.select(
        pl.col("day").str.to_date("%b %d %Y").alias("date"), pl.col("ehost").alias("host"),
        pl.when(login != "None").then(login).alias("user"),
        pl.col("action").str.to_lowercase().alias("action"),
        "events", "uploaded_bytes", "downloaded_bytes",
    )


path, output = w3c_log.arguments()
watch = w3c_log.Stopwatch()
usage(path).sink_parquet(output, compression="zstd", engine="streaming")
times = watch.read()
sums = pl.scan_parquet(output).select(
    pl.len().alias("rows"), pl.col("events", "uploaded_bytes", "downloaded_bytes").sum()
)
w3c_log.answer(times, *sums.collect().row(0))
