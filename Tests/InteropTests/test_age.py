"""`--max-age` leaves out old events, `--min-age` archives that may still be growing."""

import datetime
import os
import time

import pytest

from support import Home, generate


@pytest.fixture
def log(tmp_path):
    return generate(tmp_path / "day.log", "w3c", "512KiB", seed=3, days=4)


def age_of_the_last_days(log):
    """The last but one day of a log of four days, and how many days ago it was."""
    home = Home(log.parent / "look")
    home.run(log)
    days = sorted(set(home.read("usage")["date"].to_pylist()))
    assert len(days) == 4
    return (datetime.datetime.now(datetime.timezone.utc).date() - days[2]).days, days[2]


def test_events_are_left_out_by_their_age(tmp_path, log):
    age, first = age_of_the_last_days(log)
    if age < 0:
        pytest.skip("the clock is before the days of the log")
    aged, since = Home(tmp_path / "aged"), Home(tmp_path / "since")
    result = aged.run(log, "--max-age", age).json
    expected = since.run(log, "--since", first).json
    for name in ("lines", "events", "excluded", "rejected", "uploaded_bytes"):
        assert result[name] == expected[name], name
    assert result["excluded"] > 0 and result["events"] > 0
    assert min(aged.read("usage")["date"].to_pylist()) == first
    # The next night the same archive is known, although the days are others by then.
    assert aged.run(log, "--max-age", age).json["skipped"] == 1
    (row,) = aged.rows("ingests")
    assert f"max-age={age}" in row["options"]


@pytest.mark.parametrize("words", [
    ["--max-age", "-1"], ["--max-age", "3", "--since", "2026-01-01"], ["--min-age", "soon"],
    ["--min-age", "10"], ["--max-age", "50000"],
])
def test_wrong_words(tmp_path, log, words):
    home = Home(tmp_path / "home")
    home.run(log, *words, code=64)
    assert not home.path.exists()


def test_archives_that_may_be_growing_wait(tmp_path, log):
    other = generate(tmp_path / "other.log", "w3c", "128KiB", seed=4)
    long_ago = time.time() - 3600
    os.utime(log, (long_ago, long_ago))
    home = Home(tmp_path / "home")
    done = home.run(log, other, "--min-age", "10min")
    assert done.json["archives"] == 1 and done.json["failed"] == 0
    assert "less than 10min ago, and passed over: 1 of 2 archives." in done.err
    # Nothing has settled: nothing to do, and nothing wrong.
    done = home.run(other, "--min-age", "1h")
    assert done.json["archives"] == done.json["skipped"] == 0
    os.utime(other, (long_ago, long_ago))
    assert home.run(tmp_path / "other.log", "--min-age", "10min").json["archives"] == 1
    assert home.run("-", "--min-age", "1d", stdin=b"#Fields: date\n", code=None).code != 64
