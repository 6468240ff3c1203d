#!/usr/bin/env python3
"""DuckDB: usage by date, host, user and action of one W3C log."""

import os
import subprocess

import duckdb_job
import w3c_log

QUERY = """
copy (
  select
    date::date as date, "cs-host" as host, nullif("cs-username", '-') as "user",
    case when blocked then 'blocked' else 'allowed' end as action,
    events, uploaded_bytes, downloaded_bytes
  from (
    select
      date, "cs-host", "cs-username", "sc-filter-result" = 'DENIED' as blocked,
      count(*) as events, sum("cs-bytes")::bigint as uploaded_bytes,
      sum("sc-bytes")::bigint as downloaded_bytes
    from read_csv(
      '{source}', delim = ' ', quote = '"', escape = '"', new_line = '\\n', header = false,
      auto_detect = false, skip = {skip}, columns = {{{columns}}})
    group by all)
) to '{output}' (format parquet, compression zstd)
"""


def usage(database, path, output, head):
    counts = ("cs-bytes", "sc-bytes")
    columns = ", ".join(
        f"'{name}': '{'BIGINT' if name in counts else 'VARCHAR'}'" for name in head.fields
    )
    query = {"skip": head.lines, "columns": columns, "output": output}
    command = w3c_log.unpacker(path)
    # DuckDB unpacks gzip far slower than igzip does, knows no lz4, and unpacks in the threads that
    # parse; a pipe from the codec's own tool is its fastest way.
    if command is None or os.environ.get("DUCKDB_UNPACKS") == "1":
        database.execute(QUERY.format(source=path, **query))
        return
    with subprocess.Popen(command, stdout=subprocess.PIPE) as tool:
        source = f"/dev/fd/{tool.stdout.fileno()}"
        database.execute(QUERY.format(source=source, **query))
        tool.stdout.close()
    if tool.returncode != 0:
        raise SystemExit(f"{command[0]} failed with code {tool.returncode}")


path, output = w3c_log.arguments()
head = w3c_log.Head(path)
duckdb_job.run(lambda database: usage(database, path, output, head), output)
