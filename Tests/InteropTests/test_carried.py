"""Lines that a collector wrote as text into JSON objects say what they say by themselves."""

import json

import pytest

from test_loggen import READ
from test_relays import records, written

COLLECTORS = {
    "Docker": lambda line: json.dumps(
        {"log": line + "\n", "stream": "stdout", "time": "2026-11-02T09:00:00.1Z"}),
    "journald": lambda line: json.dumps(
        {"__REALTIME_TIMESTAMP": "1793610000000000", "_HOSTNAME": "gw-1", "MESSAGE": line}),
    "Splunk": lambda line: json.dumps(
        {"preview": False, "result": {"_raw": line, "host": "gw-1"}}),
    "Filebeat": lambda line: json.dumps(
        {"@timestamp": "2026-11-02T09:00:00Z", "message": line, "agent": {"name": "gw-1"}},
        separators=(",", ":")),
}


@pytest.mark.parametrize("log_format, layout", READ)
def test_carried_lines_change_nothing(tmp_path, log_format, layout):
    lines = written(log_format, layout)
    bare = records(tmp_path, lines, log_format)
    if bare[0][0] == "comment" or lines[-1].startswith("{"):
        pytest.skip("a table by its header, which is told where a file begins, or objects")
    assert sum(row[0] == "event" for row in bare) > 10
    carried = [carry(line) for carry in COLLECTORS.values() for line in lines]
    found = records(tmp_path, carried, log_format)
    assert len(found) == len(carried)
    for line, row, wanted in zip(carried, found, bare * len(COLLECTORS)):
        assert row == wanted, line[:300]


@pytest.mark.parametrize("collector", COLLECTORS)
@pytest.mark.parametrize("log_format, layout", [
    ("apache", "combined"), ("haproxy", "http"), ("cisco-asa", "syslog"), ("squid", "native"),
    ("palo-alto", "csv"), ("fortigate", "key-value")])
def test_formats_are_found_in_objects(tmp_path, collector, log_format, layout):
    lines = [COLLECTORS[collector](line) for line in written(log_format, layout)]
    statuses = {row[0] for row in records(tmp_path, lines, "auto")}
    assert "event" in statuses and "rejected" not in statuses


def test_objects_that_carry_nothing_are_rejected(tmp_path):
    lines = ['{"log": "no line of any log, whatever it is read by"}', '{"log": 5}', '{"log": ""}',
             '{"log": "10.0.0.1 - - [02/Nov/2026:08:00:01 +0000] \\"GET / HTTP/1.1\\" 200 5',
             '{"log": "10.0.0.1 - - [02/Nov/2026:08:00:01 +0000] \\"GET / HTTP/1.1\\" 200 5"}']
    rows = records(tmp_path, lines, "apache")
    assert [row[0] for row in rows] == ["rejected"] * 4 + ["event"]


def test_names_in_carried_lines_are_replaced(tmp_path, home):
    line = (r"<166>Nov 02 2026 08:00:01 fw-1 : %ASA-6-302014: Teardown TCP connection 1 for "
            r"outside:198.51.100.7/443 to inside:10.0.0.5/50000 duration 0:00:01 bytes 100 "
            r"TCP FINs (CORP\jürgen.weiß)")
    log, clean = tmp_path / "carried.log", tmp_path / "clean.log"
    log.write_text("".join(
        json.dumps({"log": line}, ensure_ascii=is_ascii) + "\n" for is_ascii in (True, False)))
    home.call("sanitize", log, "-o", clean, "--format", "cisco-asa")
    first, second = (json.loads(text)["log"] for text in clean.read_text().splitlines())
    assert first == second
    assert first.startswith(line[:line.index("(") + 1] + "u1-")
    for name in ("rgen", "wei", "CORP"):
        assert name not in clean.read_text()


NATIVE = ("1793613600.111 105 10.0.0.1 TCP_MISS/200 1234 GET http://a.example/x {} "
          "HIER_DIRECT/93.184.216.34 text/html")


@pytest.mark.parametrize("line", [
    '{"log":"%s"} {"log":"%s"}', '{"log":"%s\\n%s\\n"}', '{"log":"%s","message":"%s"}',
    '{"log":"%s\\u000a%s"}'])
def test_objects_with_two_lines_are_rejected_whole(tmp_path, home, line):
    """Of what is not read nobody would know, nor would the second name be replaced."""
    log, clean = tmp_path / "two.log", tmp_path / "clean.log"
    log.write_text(line % (NATIVE.format("secretone"), NATIVE.format("secrettwo")) + "\n")
    assert [row[0] for row in records(tmp_path, log.read_text().splitlines(), "squid")] == [
        "rejected"]
    home.call("sanitize", log, "-o", clean, "--format", "squid")
    assert "secret" not in clean.read_text()


def test_a_line_and_its_original_are_one(tmp_path):
    line = NATIVE.format("ute.gries")
    lines = [json.dumps({"message": line, "event": {"original": "<134>Nov 2 08:00:01 gw " + line}})]
    assert [row[3] for row in records(tmp_path, lines, "squid")] == ["ute.gries"]
