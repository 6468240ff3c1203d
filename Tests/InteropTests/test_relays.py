"""What a relay puts in front of a line changes nothing in what the line says."""

import json
import subprocess

import pytest

from support import LOGGEN, LOGVEIL
from test_loggen import READ

# RFC 3164 with and without priority, year, host and tag, RFC 5424 with and without structured data
# and with the mark of UTF-8, times as ISO 8601, and messages that went over two relays.
HEADERS = {
    "host and tag": "<134>Nov  2 08:00:01 gw-1 proxy[12]: ",
    "host": "<134>Nov  2 08:00:01 gw-1 ",
    "tag": "<134>Nov  2 08:00:01 proxy: ",
    "time": "<134>Nov  2 08:00:01 ",
    "address": "<134>Nov  2 08:00:01 10.9.8.7 ",
    "priority": "<134>",
    "file": "Nov  2 08:00:01 gw-1 proxy[12]: ",
    "file, time": "Nov  2 08:00:01 ",
    "year and host": "<134>Nov  2 2026 08:00:01 gw-1 ",
    "year": "<134>Nov  2 2026 08:00:01 ",
    "colon": "<134>Nov  2 2026 08:00:01: ",
    "ISO and host": "<134>2026-11-02T08:00:01Z gw-1 ",
    "ISO, file": "2026-11-02T08:00:01.123+00:00 gw-1 proxy: ",
    "5424": "<134>1 2026-11-02T08:00:01.000Z gw-1 proxy 12 ID - ",
    "5424, data": '<134>1 2026-11-02T08:00:01.000Z gw-1 proxy - - [a@1 b="c \\" d"] ',
    "5424, mark": "<134>1 2026-11-02T08:00:01.000Z gw-1 proxy - - - \ufeff",
    "two": "<134>Nov  2 08:00:02 relay-2 <134>Nov  2 08:00:01 gw-1 proxy: ",
    "two, file": "Nov  2 08:00:02 relay-2 Nov  2 08:00:01 gw-1 proxy: ",
    "file, 5424": "1 2026-11-02T08:00:01.000Z gw-1 proxy 12 - - ",
    "relay and priority": "10.9.8.7 <134>Nov  2 08:00:01 gw-1 proxy: ",
    "archive": "2026 Nov 02 08:00:02 gw-1->10.9.8.7 Nov  2 08:00:01 gw-1 proxy: ",
    "offset": "<134>Nov  2 08:00:01+00:00 gw-1 proxy: ",
    "weekday": "Mon Nov  2 08:00:02 2026: <134>Nov  2 08:00:01 gw-1 proxy: ",
    "log of a router": "Mon Nov  2 08:00:01 2026 daemon.notice proxy: ",
    "container": "2026-11-02T08:00:01.123456789Z stdout F ",
    "5424 and 3164": "<134>1 2026-11-02T08:00:01.000Z gw-1 proxy - - - <134>Nov  2 08:00:01 gw-1 ",
}
# Where nothing but the layout tells a host from a message's first word, or the header's time from
# the row's own, and the like.
LEFT_OUT = {
    "aws-alb": {"time", "file, time", "year"},  # `https 2026-…`: a relay of this name.
    "iis": {"priority"},  # `2026-11-02 08:00:01 10.1.1.1 …`
    # A header that comes again is found by its words, of which the mark makes another one.
    "csv": {"5424, mark"}, "websense": {"5424, mark"},
    "microsoft-defender-endpoint": {"5424, mark"},
}
FIELDS = (
    "status", "reason", "time", "user_clear", "src_ip", "host", "action", "method", "http_status",
    "uploaded_bytes", "downloaded_bytes", "total_bytes")


def written(log_format, layout):
    """The lines of a log."""
    return subprocess.run(
        [LOGGEN, "--format", log_format, "--layout", layout, "--bytes", "12KiB", "--from",
         "2026-11-02", "--output", "-"], capture_output=True, text=True, check=True
    ).stdout.splitlines()


def records(tmp_path, lines, log_format):
    """What each line says."""
    path = tmp_path / "relayed.log"
    path.write_text("".join(line + "\n" for line in lines))
    done = subprocess.run(
        [LOGVEIL, "inspect", path, "--records", "--json", "--clear", "--justification", "relays",
         "--home", tmp_path / "home", "--format", log_format, "--year", "2026"],
        capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return [tuple(row[field] for field in FIELDS) for row in rows]


@pytest.mark.parametrize("log_format, layout", READ)
def test_headers_change_nothing(tmp_path, log_format, layout):
    """One log behind each header: its times, users, hosts and sums are those of the bare log."""
    lines = written(log_format, layout)
    bare = records(tmp_path, lines, log_format)
    assert sum(row[0] == "event" for row in bare) > 10
    headers = {name: header for name, header in HEADERS.items()
               if name not in LEFT_OUT.get(log_format, ())}
    relayed = [header + line for header in headers.values() for line in lines]
    found = records(tmp_path, relayed, log_format)
    for place, name in enumerate(headers):
        part = found[place * len(lines):(place + 1) * len(lines)]
        for line, (row, wanted) in enumerate(zip(part, bare)):
            assert row == wanted, f"{name}: {relayed[place * len(lines) + line][:200]}"
    assert len(found) == len(relayed)


@pytest.mark.parametrize("log_format, layout", READ)
def test_escaped_tabs_are_tabs(tmp_path, log_format, layout):
    """As rsyslog and others write control characters, in lines that hold no TAB any more."""
    lines = [HEADERS["host"] + line for line in written(log_format, layout)]
    bare = records(tmp_path, lines, log_format)
    if bare[0][0] == "comment" or not any("\t" in line for line in lines):
        pytest.skip("a table by its header, or TABs separate nothing in it")
    escaped = [line.replace("\t", "#011") + "#015" for line in lines]
    assert records(tmp_path, escaped, log_format) == bare


@pytest.mark.parametrize("log_format, layout", [
    ("w3c", "proxysg"), ("squid", "native"), ("squid", "common"), ("cisco-wsa", "access"),
    ("zscaler", "csv"), ("microsoft-defender-endpoint", "csv"), ("microsoft-tmg", "web-proxy")])
@pytest.mark.parametrize("header", ["host", "time", "priority", "5424, mark"])
def test_formats_are_found_behind_headers(tmp_path, log_format, layout, header):
    lines = [HEADERS[header] + line for line in written(log_format, layout)]
    statuses = {row[0] for row in records(tmp_path, lines, "auto")}
    assert "event" in statuses and "rejected" not in statuses


W3C = ["#Fields: date time c-ip cs-username cs-host sc-bytes cs-bytes sc-filter-result",
       "2026-11-20 08:15:01.250 10.1.1.20 ida.berg files.example.com 45000 1200 OBSERVED",
       '2026-11-20 08:15:02 10.1.1.21 - "bad.example.com" 0 900 DENIED']


@pytest.mark.parametrize("header", ["host", "time", "5424", "two"])
@pytest.mark.parametrize("log_format", ["auto", "w3c", "bluecoat", "BLUECOAT_SYSLOG", "iis",
                                        "MICROSOFT_ISA_W3C_SYSLOG"])
@pytest.mark.parametrize("is_header_relayed", [False, True])
def test_rows_behind_headers_have_the_fields_that_a_line_names(
        tmp_path, header, log_format, is_header_relayed):
    """Whether a relay sent the line that names them, too, and whatever the product is called."""
    relayed = [HEADERS[header] + line for line in W3C]
    header_line = (relayed if is_header_relayed else W3C)[0]
    rows = records(tmp_path, [header_line, *relayed[1:]], log_format)
    assert [row[:2] for row in rows] == [("comment", None), ("event", None), ("event", None)]
    _, first, second = rows
    assert first[2:6] == (
        "2026-11-20T08:15:01.250000Z", "ida.berg", "10.1.1.20", "files.example.com")
    assert first[9:] == (1200, 45000, 46200)
    assert second[2:6] == ("2026-11-20T08:15:02.000000Z", None, "10.1.1.21", "bad.example.com")


def test_a_client_behind_nil_fields_is_no_host(tmp_path):
    line = ('<134>1 2026-11-02T10:00:01.000Z web01 - - - - 10.0.0.1 - john '
            '[02/Nov/2026:10:00:00 +0000] "GET /x HTTP/1.1" 200 123 "-" "Mozilla/5.0"')
    (row,) = records(tmp_path, [line], "apache")
    assert row[:5] == ("event", None, "2026-11-02T10:00:00.000000Z", "john", "10.0.0.1")


def test_cloudfront_files_are_read_by_their_header(tmp_path):
    """Blanks between the names, TABs between the fields, and fields in another order."""
    lines = ["#Version: 1.0",
             "#Fields: date time c-ip cs-method cs(Host) x-edge-location sc-bytes cs-bytes sc-status "
             "x-edge-result-type x-host-header",
             "\t".join(["2026-11-02", "08:00:01", "10.47.1.21", "GET", "d1.cloudfront.net", "FRA56",
                        "91500", "410", "200", "Hit", "files.example.com"])]
    for log_format in ("auto", "aws-cloudfront"):
        *_, row = records(tmp_path, lines, log_format)
        assert row == ("event", None, "2026-11-02T08:00:01.000000Z", None, "10.47.1.21",
                       "files.example.com", "allowed", "GET", 200, 410, 91500, 91910)


# What a relay's header says of the year, and the header behind it not.
YEARS = {
    "2022-12-31T23:00:02+01:00 relay-2 <4>Dec 31 23:00:01 gw-1 ": "2022-12-31T23:00:01",
    "2023-01-01T00:00:01Z Dec 31 23:00:01 gw-1 ": "2022-12-31T23:00:01",
    "2022 Dec 31 23:59:59 gw-1->10.9.8.7 Jan  1 00:00:01 gw-1 ": "2023-01-01T00:00:01",
    "Tue Mar 04 15:57:06 2025: <4>Mar  4 15:53:03 gw-1 ": "2025-03-04T15:53:03",
    "Mar  4 15:57:06 relay-2 Mar  4 15:53:03 gw-1 ": "2026-03-04T15:53:03",
    "2025-03-04T15:57:06Z relay-2 Mar  4 2024 15:53:03 gw-1 ": "2024-03-04T15:53:03",
}


@pytest.mark.parametrize("header", YEARS)
def test_a_relay_says_the_year(tmp_path, header):
    line = "kernel: FWD: IN=eth0 OUT=eth1 SRC=10.1.1.5 DST=192.0.2.7 LEN=60 PROTO=TCP SPT=5 DPT=443"
    ((status, reason, time, *_),) = records(tmp_path, [header + line], "iptables")
    assert (status, reason) == ("event", None) and time.startswith(YEARS[header])


@pytest.mark.parametrize("end", ["#015", "#012", "#000", "#015#012", "#015\r"])
def test_ends_of_lines_that_a_relay_escaped(tmp_path, end):
    line = ('<134>id=firewall sn=0006B1234567 time="2026-11-02 14:35:00 UTC" fw=192.0.2.1 pri=6 c=1024 '
            'm=537 msg="Connection Closed" n=1 src=10.0.0.5:5000:X0 dst=192.0.2.7:443:X1 '
            'proto=tcp/https sent=5120 rcvd=102400')
    bare, escaped = records(tmp_path, [line, line + end], "sonicwall")
    assert escaped == bare and bare[0] == "event"
