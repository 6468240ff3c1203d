#!/usr/bin/env python3
"""Polars, lazy and streaming: usage by date, host, user and action of one Zscaler log in JSON."""

import polars_job  # First: it tells Polars how many threads it has.
import polars as pl
import w3c_log

NAMES = ("time", "ehost", "login", "action", "reqsize", "respsize")


def usage(path):
    event = pl.Struct({name: pl.String for name in NAMES})
    log = pl.scan_ndjson(path, schema={"event": event}).select(
        pl.col("event").struct.field(name) for name in NAMES)
    day = pl.concat_str(pl.col("time").str.slice(4, 6), pl.col("time").str.slice(19)).alias("day")
    grouped = log.group_by(day, "ehost", "login", "action").agg(
        *polars_job.sums_of("reqsize", "respsize"),
    )
    login = pl.col("login")
    return grouped.select(
        pl.col("day").str.to_date("%b %d %Y").alias("date"), pl.col("ehost").alias("host"),
        pl.when(login != "None").then(login).alias("user"),
        pl.col("action").str.to_lowercase().alias("action"),
        "events", "uploaded_bytes", "downloaded_bytes",
    )


path, output = w3c_log.arguments()
polars_job.run(lambda: usage(path), output)
