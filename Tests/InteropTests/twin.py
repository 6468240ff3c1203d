"""Compares what a run left with what the slow twin says."""

import collections
import datetime

import oracle
from pseudonyms import Reader
from support import Home

CATALOG = oracle.Catalog()
SUMS = ["events", "uploaded_bytes", "downloaded_bytes", "total_bytes", "first_seen", "last_seen"]


def micros(time: datetime.datetime) -> int:
    return (time.replace(tzinfo=None) - oracle.EPOCH) // datetime.timedelta(microseconds=1)


def usage_by_key(home: Home) -> dict[tuple, tuple]:
    """The rows of `usage` with pseudonyms turned back into names."""
    reveal = Reader(home.key_file).reveal
    rows = {}
    for row in home.rows("usage"):
        address = reveal(row["src_ip"], "i")
        key = (
            row["date"], row["host"], reveal(row["user"], "u"),
            None if address is None else address.decode(), reveal(row["device"], "m"),
            row["action"])
        assert key not in rows, f"two rows of one key: {key}"
        rows[key] = tuple(row[name] for name in SUMS[:4]) + tuple(
            micros(row[name]) for name in SUMS[4:])
    return rows


def expected_by_key(reading: oracle.Reading) -> dict[tuple, tuple]:
    return {
        key: (sum.events, sum.uploaded, sum.downloaded, sum.total, sum.first, sum.last)
        for key, sum in reading.groups.items()
    }


def compare(found: dict, expected: dict):
    missing = [key for key in expected if key not in found]
    surplus = [key for key in found if key not in expected]
    assert not missing and not surplus, (
        f"{len(missing)} rows missing, as {missing[:3]}; {len(surplus)} too many, as {surplus[:3]}")
    wrong = [(key, found[key], expected[key]) for key in expected if found[key] != expected[key]]
    assert not wrong, f"{len(wrong)} of {len(expected)} rows differ, the first: {wrong[0]}"


def check_apps(home: Home):
    for row in home.rows("usage"):
        assert (row["app"], row["app_id"], row["category"]) == CATALOG.app(row["host"]), row["host"]
        assert row["private"] is False and row["ip_tag"] is None and row["source"] == "default"


def check_counts(result: dict, reading: oracle.Reading):
    reasons = collections.Counter(reason for _, _, reason, _ in reading.rejects)
    assert result["lines"] == reading.lines
    assert result["events"] == reading.events
    assert result["comments"] == reading.comments
    assert result["excluded"] == reading.excluded
    assert result["rejected"] == len(reading.rejects)
    assert result["rejects_by_reason"] == dict(reasons)
    users = {key[2] for key in reading.groups} - {None}
    assert result["users"] == len(users)
    apps = {CATALOG.app(key[1])[1] for key in reading.groups} - {None}
    assert result["apps"] == len(apps)
    total = lambda name: sum(getattr(group, name) or 0 for group in reading.groups.values())
    assert result["uploaded_bytes"] == total("uploaded")
    assert result["downloaded_bytes"] == total("downloaded")


def check_rejects(home: Home, reading: oracle.Reading):
    rows = sorted(
        (row["offset"], row["line"], row["reason"], row["field"]) for row in home.rows("rejects"))
    assert [row[:3] for row in rows] == [row[:3] for row in reading.rejects]
    assert rows == reading.rejects
