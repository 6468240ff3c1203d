"""Every layout that loggen writes, read back by logveil: nothing is lost, nothing misread."""

import json
import re
import subprocess

import pytest

from support import LOGGEN, generate

SYSLOG = ("rfc3164", "rfc5424", "octet")

SUMS = ("uploaded_bytes", "downloaded_bytes", "total_bytes")


def layouts():
    """Name and layout of everything that loggen writes."""
    if not LOGGEN.is_file():
        return []
    done = subprocess.run([LOGGEN, "formats"], capture_output=True, text=True, check=True)
    return [tuple(line.split("\t")) for line in done.stdout.splitlines()]


READ = layouts()


def write(folder, log_format, layout, syslog=None, size="100kB", **options):
    """A log, and what loggen says is in it."""
    path = folder / f"{log_format}.{layout}.{syslog or 'plain'}.log"
    totals = path.with_suffix(".totals")
    if syslog:
        options["syslog"] = syslog
    generate(path, log_format, size, layout=layout, users=500, hosts=300, totals=totals, **options)
    return path, json.loads(totals.read_text())


@pytest.mark.parametrize("log_format, layout", READ)
def test_layouts_are_read(tmp_path, home, log_format, layout):
    """Bare and behind each syslog header, and with broken lines among them."""
    written = [write(tmp_path, log_format, layout, style) for style in (None, *SYSLOG)]
    (tmp_path / "broken").mkdir()
    written.append(write(tmp_path / "broken", log_format, layout, size="50kB", bad_lines=0.2))
    # The share of broken lines may be too large for exit code 0.
    paths = [path for path, _ in written]
    home.run(*paths, "--format", log_format, "--year", "2026", code=None)
    archives = {(row["name"], row["bytes"]): row for row in home.rows("ingests")}
    for path, totals in written:
        assert totals["events"] > 20
        archive = archives[path.name, path.stat().st_size]
        found = {key: archive[key] for key in ("events", "excluded", "rejected")}
        assert found == {
            "events": totals["events"], "excluded": totals["excluded"],
            "rejected": totals["broken"]}, path.name
    assert written[-1][1]["broken"] > 5
    usage = home.read("usage")
    for name in SUMS:
        if written[0][1][name] is not None:
            sums = sum(totals[name] for _, totals in written)
            assert sum(n or 0 for n in usage[name].to_pylist()) == sums, name
    # All logs begin with the same events; the bare one has most.
    for name, column in (("users", "user"), ("hosts", "host")):
        names = set(usage[column].to_pylist()) - {None}
        assert len(names) == max(totals[name] or 0 for _, totals in written), name


def test_formats_are_found(tmp_path, home):
    """All logs in one run, none of them named."""
    logs = [(*write(tmp_path, *layout, size="40kB"), layout[0]) for layout in READ]
    home.run(*(path for path, _, _ in logs), "--year", "2026")
    archives = {row["name"]: row for row in home.rows("ingests")}
    found = {path.name: archives[path.name]["format"] for path, _, _ in logs}
    assert found == {path.name: log_format for path, _, log_format in logs}
    assert home.events() == sum(totals["events"] for _, totals, _ in logs)


def test_other_names_are_taken(home):
    """loggen and logveil call a format by the same names, whatever their case."""
    table = home.call("formats", "list", "--json").out.splitlines()
    names = {row["format"]: row["aliases"] for row in map(json.loads, table)}
    written = {log_format for log_format, _ in READ}
    assert written <= set(names)
    for log_format in written:
        first = text(log_format)
        for name in names[log_format]:
            assert text(name.swapcase()) == first, name


def text(log_format):
    words = ["--format", log_format, "--bytes", "2kB", "--users", "9", "--hosts", "9", "-o", "-"]
    return subprocess.run([LOGGEN, *words], capture_output=True, check=True).stdout


# Where each number and name stands in the text; None: loggen says that it does not.
PLACES = {
    ("fortigate", "key-value"): (
        r' subtype="forward".* action="(?:deny|close)"', r" sentbyte=(\d+)", r" rcvdbyte=(\d+)",
        r' user="([^"]+)"', r' hostname="([^"]+)"'),
    ("zscaler", "json"): (
        r"zscalernss-web", r'"reqsize":"(\d+)"', r'"respsize":"(\d+)"',
        r'"login":"((?!None")[^"]+)"', r'"ehost":"([^"]+)"'),
    ("cef", "url"): (
        r"^CEF:", r" bytesSent=(\d+)", r" bytesReceived=(\d+)", r" suser=(\S+)", r" dhost=(\S+)"),
    ("leef", "2.0"): (
        r"^LEEF:", r"\^srcBytes=(\d+)", r"\^dstBytes=(\d+)", r"\^usrName=([^^]+)",
        r"\^dhost=([^^]+)"),
    ("cisco-asa", "syslog"): (
        r"-302014: ", None, None, r" \(([^)]+)\)$", r" for outside:([0-9.]+)/"),
    ("cisco-umbrella", "proxy"): (
        r"^", r'^(?:"[^"]*",){11}"(\d+)"', r'^(?:"[^"]*",){12}"(\d+)"',
        r'^"[^"]*","((?!HQ network)[^"]+)"', r'"https?://(\[[^]]+\]|[^/"]+)/'),
}


@pytest.mark.parametrize("layout", PLACES)
def test_totals_are_what_the_text_says(tmp_path, layout):
    path, totals = write(tmp_path, *layout, size="1MB")
    event, uploaded, downloaded, user, host = PLACES[layout]
    lines = path.read_text().splitlines()
    events = [line for line in lines if re.search(event, line)]
    found = {
        "lines": len(lines), "events": len(events), "excluded": len(lines) - len(events),
        "broken": 0, "users": len(matches(user, events)), "hosts": len(matches(host, events))}
    for name, place in (("uploaded_bytes", uploaded), ("downloaded_bytes", downloaded)):
        found[name] = sum(int(re.search(place, line)[1]) for line in events) if place else None
    assert {key: totals[key] for key in found} == found


def matches(place, lines):
    return {match[1] for line in lines if (match := re.search(place, line))}
