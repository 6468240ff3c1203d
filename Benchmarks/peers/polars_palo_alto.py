#!/usr/bin/env python3
"""Polars, lazy and streaming: usage by date, destination, user and action of one PAN-OS log."""

import os

import w3c_log

# Read once, when Polars is imported.
os.environ.setdefault("POLARS_MAX_THREADS", str(w3c_log.THREADS))
import polars as pl  # noqa: E402

# Fields of a line, by their places in the traffic log; lines of other types have fewer.
FIELDS = {3: "type", 4: "subtype", 6: "time", 8: "host", 12: "user", 30: "action",
          32: "uploaded", 33: "downloaded"}


def usage(path):
    log = pl.scan_csv(
        path, has_header=False, quote_char='"', truncate_ragged_lines=True, extra_columns="ignore",
        schema={FIELDS.get(place, f"c{place}"): pl.String for place in range(max(FIELDS) + 1)},
    )
    grouped = log.filter((pl.col("type") == "TRAFFIC") & (pl.col("subtype") != "start")).group_by(
        pl.col("time").str.head(10).alias("day"), "host", "user", "action"
    ).agg(
        pl.len().cast(pl.Int64).alias("events"),
        pl.col("uploaded").cast(pl.Int64).sum().alias("uploaded_bytes"),
        pl.col("downloaded").cast(pl.Int64).sum().alias("downloaded_bytes"),
    )
    allowed = pl.col("action") == "allow"
    return grouped.select(
        pl.col("day").str.to_date("%Y/%m/%d").alias("date"), "host", "user",
        pl.when(allowed).then(pl.lit("allowed")).otherwise(pl.lit("blocked")).alias("action"),
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
