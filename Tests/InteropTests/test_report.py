"""Reports against the queries that their page in docs prints, run by DuckDB."""

import csv
import json
import pathlib
import re
import stat

import deltalake
import duckdb
import pyarrow.parquet as pq
import pytest

from support import ROOT, generate

SECTION = re.compile(r"^`(\w+)`:.*?```sql\n(.*?)```", re.S | re.M)
QUERIES = dict(SECTION.findall((ROOT / "docs/reports.md").read_text()))


@pytest.fixture(scope="module")
def filled(logs, tmp_path_factory):
    """A home with 45 days of two sources."""
    from support import Home
    home = Home(tmp_path_factory.mktemp("report") / "home")
    for source, seed in (("paris", 1), ("rome", 2)):
        log = generate(logs / f"report-{source}.log", "w3c", "4MiB", seed=seed, users=700,
                       hosts=400, days=45)
        home.run(log, "--source", source)
    return home


def database(home, days=30, source=None):
    usage = deltalake.DeltaTable(str(home.table("usage"))).to_pyarrow_table()
    connection = duckdb.connect()
    connection.register("all_rows", usage)
    where = f"WHERE source = '{source}'" if source else ""
    connection.execute(f"CREATE VIEW usage AS SELECT * FROM all_rows {where}")
    connection.execute(
        f"CREATE VIEW period AS SELECT * FROM usage WHERE date BETWEEN (SELECT max(date) - "
        f"{days - 1} FROM usage) AND (SELECT max(date) FROM usage)")
    return connection


def rows(connection, query):
    result = connection.execute(query)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row)) for row in result.fetchall()]


def report(home, *words):
    return json.loads(home.call("report", "--json", *words).out)


def plain(row):
    return {name: int(value) if type(value).__name__ == "Decimal" else value
            for name, value in row.items()}


def agrees(mine, theirs):
    assert len(mine) == len(theirs)
    for one, other in zip(mine, theirs):
        other = plain(other)
        assert {name: one[name] for name in other} == other


@pytest.mark.parametrize("days, source", [(30, None), (7, None), (7, "rome"), (90, "paris")])
def test_figures_equal_the_queries_of_the_docs(filled, days, source):
    words = ["--days", days] + (["--source", source] if source else [])
    figures = report(filled, *words)
    connection = database(filled, days, source)
    agrees([figures["totals"]], rows(connection, QUERIES["totals"]))
    agrees([day for day in figures["daily"] if day["events"]], rows(connection, QUERIES["daily"]))
    for name in ("apps", "categories", "uncatalogued", "top_users"):
        theirs = rows(connection, QUERIES[name])
        assert theirs
        agrees(figures[name], theirs)
    assert len(figures["daily"]) == days


def test_growth_compares_with_the_period_before(filled):
    figures = report(filled, "--days", 7)
    connection = database(filled)
    before = connection.execute(
        "SELECT count(DISTINCT \"user\"), sum(events), sum(total_bytes) FROM usage WHERE date "
        "BETWEEN (SELECT max(date) - 13 FROM usage) AND (SELECT max(date) - 7 FROM usage)"
    ).fetchone()
    mine = figures["before"]
    assert (mine["users"], mine["events"], mine["total_bytes"]) == tuple(map(int, before))
    assert report(filled, "--days", 30)["before"] is None


def test_details_of_apps_and_users(filled):
    figures = report(filled)
    connection = database(filled)
    app = figures["apps"][0]
    for column, name in (("user", "top_users"), ("host", "top_hosts")):
        theirs = rows(connection, f"""
          SELECT "{column}", sum(events) AS events, sum(uploaded_bytes) AS uploaded_bytes,
                 sum(total_bytes) AS total_bytes FROM period
          WHERE app_id = {app['app_id']} AND "{column}" IS NOT NULL GROUP BY 1
          ORDER BY total_bytes DESC, events DESC, 1 LIMIT 10""")
        agrees(app[name], theirs)
    user = figures["top_users"][0]
    daily = rows(connection, f"""
      SELECT sum(total_bytes) AS bytes FROM period WHERE "user" = '{user['user']}'
      GROUP BY date ORDER BY date""")
    assert [day for day in user["daily_bytes"] if day] == [int(day["bytes"]) for day in daily]


def test_threads_change_nothing(filled):
    one, two = (report(filled, "--threads", count) for count in (1, 4))
    del one["made"], two["made"]
    assert one == two


def test_files_hold_the_lists(filled, tmp_path):
    figures = report(filled)
    done = filled.call(
        "report", "--csv", tmp_path / "csv", "--parquet", tmp_path / "parquet", "--html",
        tmp_path / "r.html")
    assert done.out == ""
    with open(tmp_path / "csv/apps.csv", newline="") as file:
        apps = list(csv.DictReader(file))
    assert [row["app"] for row in apps] == [app["app"] for app in figures["apps"]]
    assert [int(row["users"]) for row in apps] == [app["users"] for app in figures["apps"]]
    table = pq.read_table(tmp_path / "parquet/uncatalogued.parquet").to_pylist()
    assert [row["domain"] for row in table] == [row["domain"] for row in figures["uncatalogued"]]
    names = {path.stem for path in (tmp_path / "csv").iterdir()}
    assert names == {path.stem for path in (tmp_path / "parquet").iterdir()} and len(names) == 13
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
    page = (tmp_path / "r.html").read_text()
    assert not re.search(r"(src|href)=[\"']?(https?:)?//", page)
    assert "Content-Security-Policy" in page


def test_a_report_is_recorded_and_allowed(filled, tmp_path):
    filled.call("report", "--html", tmp_path / "r.html")
    log = filled.call("governance", "list", "--json").out.splitlines()
    record = json.loads(log[-1])
    assert (record["action"], record["status"]) == ("export", "successful")
    assert str(tmp_path / "r.html") in record["target"]


@pytest.mark.parametrize("words, code, message", [
    (["--days", "0"], 64, "--days is 1"),
    (["--days", "7", "--from", "2026-01-01"], 64, "leave out"),
    (["--from", "2026-02-02", "--to", "2026-02-01"], 64, "--from lies behind"),
    (["--from", "2026-02-30"], 64, "from"),
    (["--executive"], 64, "--html"),
    (["--bridge"], 64, "--justification"),
    (["--source", "nowhere"], 66, "paris, rome"),
    (["--from", "1999-01-01", "--to", "1999-01-02"], 66, "No row lies between"),
    (["--html", "/nonexistent/folder/r.html"], 73, "/nonexistent/"),
])
def test_errors(filled, words, code, message):
    done = filled.call("report", *words, code=code)
    assert message in done.err and done.out == ""


def test_no_rows(home):
    home.call("init")
    assert "logveil run" in home.call("report", code=66).err


def test_several_key_versions_are_a_range_until_bridged(home, tmp_path):
    line = ("2026-11-{day:02} 10:00:00 1 10.0.0.{user} {name} - - OBSERVED \"x\" - 200 TCP_HIT GET "
            "text/html http www.dropbox.com 80 / - - \"-\" 10.1.1.1 100 50 -\n")
    header = ("#Fields: date time time-taken c-ip cs-username cs-auth-group x-exception-id "
              "sc-filter-result cs-categories cs(Referer) sc-status s-action cs-method "
              "rs(Content-Type) cs-uri-scheme cs-host cs-uri-port cs-uri-path cs-uri-query "
              "cs-uri-extension cs(User-Agent) s-ip sc-bytes cs-bytes x-virus-id\n")
    log = tmp_path / "a.log"
    names = ["anna", "bert", "carl"]
    log.write_text(header + "".join(
        line.format(day=day, user=number, name=name) for day in (1, 20)
        for number, name in enumerate(names)))
    home.call("init")
    home.call("key", "rotate", "--from", "2026-11-10")
    home.run(log)
    figures = report(home)
    assert (figures["totals"]["users"], figures["totals"]["users_at_least"]) == (6, 3)
    assert figures["distinct_counts"] == "upper_bound" and figures["key_versions"] == [1, 2]
    assert "3 – 6" in home.call("report").out
    bridged = report(home, "--bridge", "--justification", "a count of people")
    assert bridged["totals"]["users"] == 3 and "users_at_least" not in bridged["totals"]
    assert bridged["distinct_counts"] == "exact_by_bridge"
    assert {user["user"][:3] for user in bridged["top_users"]} == {"u2-"}
    actions = [json.loads(record)["action"]
               for record in home.call("governance", "list", "--json").out.splitlines()]
    assert "key_bridge" in actions
    assert not any(name in home.call("report").out for name in names)


def csv_log(path, columns, rows):
    path.write_text("\n".join(",".join(map(str, row)) for row in [columns, *rows]) + "\n")
    return path


def test_sizes_that_a_source_does_not_log_are_none(home, tmp_path):
    times = [f"2026-09-01T10:{minute:02}:00Z" for minute in range(10)]
    sized = csv_log(
        tmp_path / "sized.csv", ["time", "user", "src_ip", "host", "bytes_in", "bytes_out"],
        [(time, "joe", "10.0.0.1", "a.example", 100, 50) for time in times])
    bare = csv_log(
        tmp_path / "bare.csv", ["time", "user", "src_ip", "host"],
        [(time, "ann", "10.0.0.2", "b.example") for time in times])
    home.call("init")
    home.run(sized, "--format", "csv", "--source", "proxy")
    home.run(bare, "--format", "csv", "--source", "firewall")
    figures = report(home)
    sizes = ("uploaded_bytes", "downloaded_bytes", "total_bytes")
    sources = {row["source"]: row for row in figures["sources"]}
    assert [sources["proxy"][size] for size in sizes] == [500, 1000, 1500]
    assert [sources["firewall"][size] for size in sizes] == [None] * 3
    assert sources["firewall"]["events"] == 10
    missing = {one["column"]: one["missing_in_sources"] for one in figures["attributes"]}
    assert missing["uploaded_bytes"] == ["firewall"] and missing["user"] == []
    assert missing["device"] == ["firewall", "proxy"]
    connection = database(home)
    theirs = rows(connection, """
        SELECT source, sum(events) AS events, sum(uploaded_bytes) AS uploaded_bytes,
               sum(downloaded_bytes) AS downloaded_bytes, sum(total_bytes) AS total_bytes
        FROM period GROUP BY source ORDER BY total_bytes DESC NULLS LAST""")
    agrees(figures["sources"], theirs)
    note = "The logs of firewall have no uploaded_bytes: uploads are those of other sources."
    home.call("report", "--html", tmp_path / "r.html", "--csv", tmp_path / "lists", "--parquet",
              tmp_path / "lists")
    home.call("report", "--html", tmp_path / "e.html", "--executive")
    assert note in figures["notes"] and "Note: " + note in home.call("report").out
    assert note in (tmp_path / "r.html").read_text() and note in (tmp_path / "e.html").read_text()
    assert "sizes not logged" in (tmp_path / "r.html").read_text()
    lines = (tmp_path / "lists" / "sources.csv").read_text().splitlines()
    assert lines[2] == "firewall,10,0,,,"
    table = pq.read_table(tmp_path / "lists" / "sources.parquet").to_pylist()
    assert table[1]["total_bytes"] is None
    # What no log has is told of as before.
    alone = report(home, "--source", "firewall")
    assert "The logs have no uploaded_bytes: empty are uploads." in alone["notes"]
    assert alone["sources"][0]["total_bytes"] is None


@pytest.mark.parametrize("before, is_told", [(4, False), (5, True)])
def test_a_period_before_of_few_people_is_left_out(home, tmp_path, before, is_told):
    days = [(day, number) for day in (1, 2) for number in range(before)]
    days += [(day, number) for day in (3, 4) for number in range(8)]
    log = csv_log(
        tmp_path / "t.csv", ["time", "user", "src_ip", "host", "bytes_in", "bytes_out"],
        [(f"2026-09-0{day}T10:00:00Z", f"user{number}", "10.0.0.1", "www.dropbox.com", 100, 50)
         for day, number in days])
    members = "group,user\n" + "".join(f"team,user{number}\n" for number in range(8))
    home.call("init")
    home.run(log, "--format", "csv")
    home.call("group", "import", "-", stdin=members.encode())
    words = ["--days", 2, "--group", "team"]
    figures = report(home, *words)
    note = "Fewer than 5 people of the group have rows in the period before"
    assert (figures["before"] is not None) == is_told
    assert (figures["apps"][0]["total_bytes_before"] is not None) == is_told
    assert any(note in text for text in figures["notes"]) == (not is_told)
    shown = home.call("report", *words).out
    assert (note in shown) == (not is_told)
    assert ("%" in shown.split("Largest apps")[0]) == is_told
    assert report(home, "--days", 2)["before"] is not None
