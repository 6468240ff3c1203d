#!/usr/bin/env python3
"""Polars, lazy and streaming: usage by date, destination, user and action of one PAN-OS log."""

import polars_job  # First: it tells Polars how many threads it has.
import polars as pl
import w3c_log
from palo_alto_log import FIELDS


def usage(path):
    log = pl.scan_csv(
        path, has_header=False, quote_char='"', truncate_ragged_lines=True, extra_columns="ignore",
        schema={FIELDS.get(place, f"c{place}"): pl.String for place in range(max(FIELDS) + 1)},
    )
    grouped = log.filter((pl.col("type") == "TRAFFIC") & (pl.col("subtype") != "start")).group_by(
        pl.col("time").str.head(10).alias("day"), "host", "person", "action"
    ).agg(
        *polars_job.sums_of("uploaded", "downloaded"),
    )
    allowed = pl.col("action") == "allow"
    return grouped.select(
        pl.col("day").str.to_date("%Y/%m/%d").alias("date"), "host",
        pl.col("person").alias("user"),
        pl.when(allowed).then(pl.lit("allowed")).otherwise(pl.lit("blocked")).alias("action"),
        "events", "uploaded_bytes", "downloaded_bytes",
    )


path, output = w3c_log.arguments()
polars_job.run(lambda: usage(path), output)
