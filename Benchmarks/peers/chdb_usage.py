#!/usr/bin/env python3
"""ClickHouse inside of Python (chDB): usage by date, host, user and action of one W3C log."""

import os

import chdb
import w3c_log

QUERY = """
select
  toDate32(date) as date, `cs-host` as host, nullIf(`cs-username`, '-') as user,
  if(blocked, 'blocked', 'allowed') as action, events, uploaded_bytes, downloaded_bytes
from (
  select
    date, `cs-host`, `cs-username`, `sc-filter-result` = 'DENIED' as blocked,
    toInt64(count()) as events, sum(`cs-bytes`) as uploaded_bytes,
    sum(`sc-bytes`) as downloaded_bytes
  from file('{path}', 'CSV', '{columns}')
  group by date, `cs-host`, `cs-username`, blocked)
into outfile '{output}' format Parquet
settings
  format_csv_delimiter = ' ',
  input_format_csv_allow_whitespace_or_tab_as_delimiter = 1,
  format_csv_allow_single_quotes = 0,
  input_format_csv_trim_whitespaces = 0,
  input_format_csv_skip_first_lines = {skip},
  input_format_parallel_parsing = 1,
  max_threads = {threads},
  max_parsing_threads = {threads},
  output_format_parquet_compression_method = 'zstd'
"""


def query(path, output, head):
    counts = ("cs-bytes", "sc-bytes")
    columns = ", ".join(
        f"`{name}` {'Int64' if name in counts else 'String'}" for name in head.fields
    )
    return QUERY.format(
        path=path, columns=columns, output=output, skip=head.lines, threads=w3c_log.THREADS
    )


path, output = (os.path.abspath(name) for name in w3c_log.arguments())
if os.path.exists(output):
    os.unlink(output)  # ClickHouse does not replace a file.
head = w3c_log.Head(path)
chdb.query("select 1")  # Starts the engine.
watch = w3c_log.Stopwatch()
chdb.query(query(path, output, head))
times = watch.read()
sums = chdb.query(
    "select count(), sum(events), sum(uploaded_bytes), sum(downloaded_bytes) "
    f"from file('{output}', Parquet)",
    "TabSeparated",
)
w3c_log.answer(times, *str(sums).split())
