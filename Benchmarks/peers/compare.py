#!/usr/bin/env python3
"""Compares Logveil's table of usage with what a peer wrote, group by group.

Rolls the table up to date, host, user and action. Users are pseudonyms there and names here, so
that their texts cannot be compared: what must agree is how many users there are, and for every
date, host and action the events and bytes of each of its users. Prints {"equal": …, "rows": …}.
"""

import glob
import json
import os
import sys

import duckdb


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: compare.py HOME PEER.parquet")
    home, peer = sys.argv[1:]
    files = glob.glob(os.path.join(home, "lake", "*", "usage", "**", "*.parquet"), recursive=True)
    files = [name for name in files if "_delta_log" not in name]
    if not files:
        sys.exit(f"No table of usage in {home}.")
    database = duckdb.connect(":memory:")
    # The date is a partition column: it stands in the path, not in the files.
    ours = database.read_parquet(files, hive_partitioning=True)
    database.register("ours", ours)
    database.register("theirs", database.read_parquet(peer))
    for name, source in (("a", "ours"), ("b", "theirs")):
        database.execute(
            f"""
            create table {name} as
            select date::date as date, trim(lower(host), '[]') as host, action, "user" as person,
              sum(events)::bigint as events, sum(uploaded_bytes)::bigint as uploaded,
              sum(downloaded_bytes)::bigint as downloaded
            from {source} group by all
            """
        )
    print(json.dumps(judge(database)))


def judge(database):
    columns = "date, host, action, person is null as nobody, events, uploaded, downloaded"
    count = lambda query: database.execute(query).fetchone()[0]  # noqa: E731
    only = {
        f"only_{name}": count(
            f"select count(*) from (select {columns} from {x} except all select {columns} from {y})"
        )
        for name, x, y in (("ours", "a", "b"), ("theirs", "b", "a"))
    }
    users = [count(f"select count(distinct person) from {name}") for name in ("a", "b")]
    rows = [count(f"select count(*) from {name}") for name in ("a", "b")]
    equal = not any(only.values()) and users[0] == users[1]
    return {"equal": equal, "rows": rows, "users": users, **only}


main()
