#!/usr/bin/env python3
"""DuckDB: usage by date, destination, user and action of one PAN-OS log in CSV."""

import duckdb_job
import w3c_log
from palo_alto_log import FIELDS

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
query = QUERY.format(source=path, columns=columns, output=output)
duckdb_job.run(lambda database: database.execute(query), output)
