#!/usr/bin/env python3
"""DuckDB: usage by date, host, user and action of one Zscaler log in JSON."""

import duckdb_job
import w3c_log

QUERY = """
copy (
  select
    strptime(day, '%b %d %Y')::date as date, host, nullif(login, 'None') as "user",
    lower(action) as action, events, uploaded_bytes, downloaded_bytes
  from (
    select
      event.time[5:10] || event.time[20:] as day, event.ehost as host, event.login as login,
      event.action as action, count(*) as events,
      sum(event.reqsize::bigint)::bigint as uploaded_bytes,
      sum(event.respsize::bigint)::bigint as downloaded_bytes
    from read_json(
      '{source}', format = 'newline_delimited', columns = {{event:
        'STRUCT(time VARCHAR, ehost VARCHAR, login VARCHAR, action VARCHAR, reqsize VARCHAR,
          respsize VARCHAR)'}})
    group by all)
) to '{output}' (format parquet, compression zstd)
"""

path, output = w3c_log.arguments()
query = QUERY.format(source=path, output=output)
duckdb_job.run(lambda database: database.execute(query), output)
