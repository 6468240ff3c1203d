"""The table `usage` against a slow twin in Python, mawk and DuckDB's own reading of the text."""

import collections
import json
import subprocess

import duckdb
import pytest

import oddlogs
import oracle
from support import generate
from twin import (
    check_apps, check_counts, check_rejects, compare, expected_by_key, usage_by_key)


def write(path, text: bytes):
    path.write_bytes(text)
    return path


@pytest.mark.parametrize("log_format, options", [
    ("w3c", dict(users=800, hosts=600, days=3, bad_lines=0.02)),
    ("squid", dict(users=800, hosts=600, days=3, bad_lines=0.02)),
    ("w3c", dict(users=4, hosts=9, locality=0)),
    ("squid", dict(users=20_000, hosts=4000, locality=0)),
])
def test_generated_log_gives_the_rows_of_the_slow_twin(home, logs, log_format, options):
    log = generate(logs / f"twin-{log_format}-{options['users']}.log", log_format, "3MiB", **options)
    reading = oracle.read(log.read_bytes(), log_format)
    result = home.run(log).json
    check_counts(result, reading)
    compare(usage_by_key(home), expected_by_key(reading))
    check_apps(home)
    check_rejects(home, reading)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("log_format", ["w3c", "squid"])
def test_odd_log_gives_the_rows_of_the_slow_twin(home, tmp_path, log_format, seed):
    text = getattr(oddlogs, log_format)(seed, 4000)
    log = write(tmp_path / "odd.log", text)
    reading = oracle.read(text, log_format)
    assert reading.events > 1000 and len({reject[2] for reject in reading.rejects}) >= 5
    result = home.run(log, "--format", log_format, "--max-reject-ratio", "1").json
    check_counts(result, reading)
    check_rejects(home, reading)
    compare(usage_by_key(home), expected_by_key(reading))
    check_apps(home)


@pytest.mark.parametrize("host, domain", [
    ("www.dropbox.com", "dropbox.com"), ("a.b.c.example.co.uk", "example.co.uk"),
    ("example.co.uk", "example.co.uk"), ("co.uk", None), ("localhost", None),
    ("203.0.113.9", None), ("10.1.2.3", None), ("[2001:db8::1]", None),
    ("x.y.kobe.jp", "x.y.kobe.jp"), ("www.city.kobe.jp", "city.kobe.jp"),
    ("someone.github.io", "someone.github.io"), ("a.someone.github.io", "someone.github.io"),
    ("DEEP.Sub.Example.ORG.", "example.org"), ("xn--85x722f.com.cn", "xn--85x722f.com.cn"),
])
def test_registrable_domain(home, tmp_path, host, domain):
    log = write(tmp_path / "d.log", (
        f"#Fields: date time cs-host sc-bytes\n2026-01-01 00:00:00 {host} 1\n").encode())
    home.run(log)
    (row,) = home.rows("usage")
    assert row["domain"] == domain


SUMS_BY_MAWK = {
    "w3c": r"""
        /^#Fields:/ { for (i = 2; i <= NF; i++) at[$i] = i - 1; next }
        /^#/ { next }
        { gsub(/"[^"]*"/, "q"); n++; up += $at["cs-bytes"]; down += $at["sc-bytes"] }
        END { printf "%.0f %.0f %.0f\n", n, up, down }""",
    "squid": r"""{ n++; down += $5 } END { printf "%.0f 0 %.0f\n", n, down }""",
}


@pytest.mark.parametrize("log_format", ["w3c", "squid"])
def test_sums_are_those_of_mawk(home, logs, log_format):
    log = generate(logs / f"mawk-{log_format}.log", log_format, "8MiB", seed=77)
    counted = subprocess.run(
        ["mawk", SUMS_BY_MAWK[log_format], log], capture_output=True, text=True, check=True)
    result = home.run(log).json
    assert [int(word) for word in counted.stdout.split()] == [
        result["events"], result["uploaded_bytes"], result["downloaded_bytes"]]
    assert result["events"] == home.events()


def test_groups_are_those_of_duckdb(home, logs):
    log = generate(logs / "duckdb.log", "w3c", "8MiB", seed=78, days=2)
    header = next(line for line in log.read_text().splitlines() if line.startswith("#Fields:"))
    names = header.split()[1:]
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
    theirs = duckdb.sql(f"""
        SELECT "date"::DATE AS date, "cs-host", "cs-bytes"::BIGINT AS up, "sc-bytes"::BIGINT AS down
        FROM read_csv('{log}', delim=' ', quote='"', escape='', comment='#', header=false,
                      auto_detect=false, columns={{{columns}}})""")
    grouped = duckdb.sql("""
        SELECT date, lower("cs-host"), count(*), sum(up)::BIGINT, sum(down)::BIGINT
        FROM theirs GROUP BY 1, 2 ORDER BY 1, 2""").fetchall()
    home.run(log)
    usage = home.read("usage")
    ours = duckdb.sql("""
        SELECT date, host, sum(events)::BIGINT, sum(uploaded_bytes)::BIGINT,
               sum(downloaded_bytes)::BIGINT
        FROM usage GROUP BY 1, 2 ORDER BY 1, 2""").fetchall()
    assert len(grouped) > 100 and ours == grouped


@pytest.mark.parametrize("log_format", ["w3c", "squid"])
def test_samples_are_counted_as_their_expected_fields_say(home, log_format):
    folder = oracle.ROOT / "Datasets/samples" / log_format
    expected = [json.loads(line) for line in (folder / "expected.jsonl").read_text().splitlines()]
    states = collections.Counter(line["status"] for line in expected)
    reasons = collections.Counter(line["reason"] for line in expected if line["reason"])
    result = home.run(folder / "samples.log", "--max-reject-ratio", "1").json
    assert {row["line"]: row["reason"] for row in home.rows("rejects")} == {
        line["line"]: line["reason"] for line in expected if line["status"] == "rejected"}
    assert (result["lines"], result["events"], result["rejected"], result["comments"]) == (
        len(expected), states["event"], states["rejected"], states["comment"])
    assert result["rejects_by_reason"] == dict(reasons)
    hosts = collections.Counter(
        line["host"] for line in expected if line["status"] == "event")
    ours = collections.Counter()
    for row in home.rows("usage"):
        ours[row["host"]] += row["events"]
    assert ours == hosts


def test_rejects_say_where_and_why(home, tmp_path):
    good = "2026-01-01 00:00:00 10.0.0.1 anna h.example 1 2"
    lines = [
        "2026-01-01 00:00:00 before any header",
        "#Fields: date time c-ip cs-username cs-host cs-bytes sc-bytes",
        good,
        good + " more",
        good.replace("anna", '"anna'),
        good.replace("00:00:00", "25:00:00"),
        good.replace("2026-01-01", "2026-02-30"),
        good.replace(" 1 2", " x 2"),
        good.replace(" 1 2", " 1 -2"),
        good.replace("10.0.0.1", "10.0.0.300"),
        good.replace("h.example", "-"),
        good.replace("anna", "u1-" + "a" * 52),
        "",
        "x" * (1 << 20) + "y",
        good.replace("anna", "an\0na").replace("h.example", "h. example"),
        good.replace("h.example", "h\x07.example"),
        good,
    ]
    text = "\n".join(lines) + "\n"
    log = write(tmp_path / "bad.log", text.encode())
    home.run(log, "--max-reject-ratio", "1")
    offsets = [len("\n".join(lines[:number]).encode()) + (number > 0) for number in range(len(lines))]
    expected = {
        1: ("missing_header", None), 4: ("field_count", None), 5: ("unclosed_quote", None),
        6: ("bad_time", "time"), 7: ("bad_time", "time"), 8: ("bad_byte_count", "uploaded_bytes"),
        9: ("bad_byte_count", "downloaded_bytes"), 10: ("bad_address", "src_ip"),
        11: ("missing_host", "host"), 12: ("foreign_pseudonym", "user"),
        14: ("line_too_long", None), 15: ("binary_data", None), 16: ("bad_host", "host"),
    }
    rows = {row["line"]: (row["reason"], row["field"]) for row in home.rows("rejects")}
    assert rows == expected
    assert {row["line"]: row["offset"] for row in home.rows("rejects")} == {
        line: offsets[line - 1] for line in expected}
    (ingest,) = home.rows("ingests")
    assert (ingest["lines"], ingest["events"], ingest["rejected"], ingest["comments"]) == (
        len(lines), 2, len(expected), 2)


def test_sums_larger_than_any_number(home, tmp_path):
    """Logs may claim any byte count: the totals of a run stop at the largest number."""
    fields = "#Fields: date time c-ip cs-username cs-host sc-bytes cs-bytes sc-status\n"
    for archive in "ab":
        write(tmp_path / f"{archive}.log", (fields + "".join(
            f"2026-11-01 10:00:00 10.0.0.1 {archive}{number} h{number}.example.com "
            f"{1 << 53} {1 << 53} 200\n" for number in range(1500))).encode())
    result = home.run(tmp_path / "a.log", tmp_path / "b.log").json
    assert result["archives"] == 2 and result["events"] == 3000
    assert result["uploaded_bytes"] == result["downloaded_bytes"] == (1 << 63) - 1
