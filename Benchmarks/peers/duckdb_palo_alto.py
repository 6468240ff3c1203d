#!/usr/bin/env python3
"""DuckDB: usage by date, destination, user and action of one PAN-OS log in CSV."""

import duckdb
import w3c_log

# Fields of a line, by their places in the traffic log; lines of other types have fewer.
FIELDS = {3: "type", 4: "subtype", 6: "time", 8: "host", 12: "person", 30: "action",
          32: "uploaded", 33: "downloaded"}
QUERY = """
copy (
  select
    replace(day, '/', '-')::date as date, host, person as "user",
    case when action = 'allow' then 'allowed' else 'blocked' end as action, events,
    uploaded_bytes, downloaded_bytes
  from (
    select
      left(time, 10) as day, host, person, action, count(*) as events,
      sum(uploaded::bigint)::bigint as uploaded_bytes,
      sum(downloaded::bigint)::bigint as downloaded_bytes
    from read_csv(
      '{source}', delim = ',', quote = '"', escape = '"', new_line = '\\n', header = false,
      auto_detect = false, null_padding = true, columns = {{{columns}}})
    where type = 'TRAFFIC' and subtype <> 'start'
    group by all)
) to '{output}' (format parquet, compression zstd)
"""


def width(path):
    with open(path, encoding="utf-8") as text:
        return max(line.count(",") + 1 for _, line in zip(range(1000), text))


path, output = w3c_log.arguments()
columns = ", ".join(
    f"'{FIELDS.get(place, f'c{place}')}': 'VARCHAR'" for place in range(width(path)))
database = duckdb.connect(":memory:")
database.execute(f"set threads = {w3c_log.THREADS}")
database.execute("set preserve_insertion_order = false")
watch = w3c_log.Stopwatch()
database.execute(QUERY.format(source=path, columns=columns, output=output))
times = watch.read()
w3c_log.answer(times, *w3c_log.sums(database, output))
