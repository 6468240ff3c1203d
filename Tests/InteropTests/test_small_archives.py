"""Small archives go straight into their batch: what comes out is what each gives by itself."""

import collections
import gzip
import random

import pytest

import oracle
from support import Home, generate, packers
from twin import compare, expected_by_key, usage_by_key

SEEN = ["name", "status", "archive", "lines", "events", "rejected", "comments", "event_dates",
        "first_seen", "last_seen", "decompressed_bytes"]


@pytest.fixture(scope="module")
def pieces(tmp_path_factory):
    """A folder of 250 archives, and the text of those that count, without what is there twice."""
    folder = tmp_path_factory.mktemp("pieces")
    text = generate(folder / "all.log", "w3c", "14MiB", seed=41, days=2, users=900,
                    bad_lines=0.005).read_bytes()
    (folder / "all.log").unlink()
    lines = text.splitlines(keepends=True)
    header = b"".join(line for line in lines if line.startswith(b"#"))
    body = [line for line in lines if not line.startswith(b"#")]
    rng = random.Random(6)
    ways = [packers()[name] for name in ("plain", "gzip", "zstd")]
    whole, number = [], 0
    while body:
        count = rng.choice([1, 7, 90, 200, 300, 6000 if number % 90 == 5 else 40])
        piece, body = body[:count], body[count:]
        packed = rng.choice(ways)(header + b"".join(piece))
        if number % 40 == 17:  # Damaged at its end: none of it counts.
            packed = gzip.compress(header + b"".join(piece))[:-6] + b"\0\0\0\0\0\0"
        else:
            whole += piece
        (folder / f"{number:04}").write_bytes(packed)
        if number % 30 == 3:  # The same lines once more, before and behind.
            for name, pack in (("0000a", ways[1]), ("zz", ways[2])):
                (folder / f"{name}{number:04}").write_bytes(pack(header + b"".join(piece)))
        number += 1
    (folder / "empty").write_bytes(b"")
    return folder, header + b"".join(whole)


def run(folder, path, keys, threads, *words):
    home = Home(path).with_keys_of(keys)
    return home, home.run(folder, "--threads", threads, *words, code=None)


def facts(home):
    return sorted(tuple(str(row[name]) for name in SEEN) for row in home.rows("ingests"))


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    keys = Home(tmp_path_factory.mktemp("keys"))
    keys.call("init")
    return keys


@pytest.mark.parametrize("words", [[], ["--batch-bytes", "3MiB"], ["--activities"],
                                   ["--memory", "1MiB"]])
def test_any_number_of_threads(pieces, keys, tmp_path, words):
    folder, _ = pieces
    one, first = run(folder, tmp_path / "one", keys, 1, *words)
    assert first.json["failed"] > 3 and first.json["skipped"] > 10
    for threads in (2, 3, 6):
        home, found = run(folder, tmp_path / f"many{threads}", keys, threads, *words)
        assert home.fingerprints() == one.fingerprints()
        assert facts(home) == facts(one)
        for name in ("events", "lines", "users", "uploaded_bytes", "failed", "skipped"):
            assert found.json[name] == first.json[name], name


def test_rows_of_the_slow_twin(pieces, keys, tmp_path):
    folder, text = pieces
    home, found = run(folder, tmp_path / "home", keys, 2)
    reading = oracle.read(text, "w3c")
    assert found.json["events"] == reading.events
    compare(usage_by_key(home), expected_by_key(reading))


def test_each_archive_as_a_batch_of_its_own(pieces, keys, tmp_path):
    folder, _ = pieces
    together, _ = run(folder, tmp_path / "together", keys, 2)
    apart, _ = run(folder, tmp_path / "apart", keys, 2, "--batch-bytes", "0")
    assert facts(apart) == facts(together)

    def sums(home):
        found = collections.Counter()
        for row in home.rows("usage"):
            key = (row["date"], row["host"], row["user"], row["src_ip"], row["action"])
            found[key] += row["events"]
            found[key, "up"] += row["uploaded_bytes"] or 0
        return found

    assert sums(apart) == sums(together)


def test_an_archive_whose_sums_overflow_harms_no_other(keys, tmp_path):
    """Byte counts that cannot be true add up to more than 64 bits hold."""
    fields = b"#Fields: date time c-ip cs-username cs-host sc-bytes cs-bytes sc-status\n"
    line = b"2026-11-01 10:00:00 10.0.0.1 %s a.example.com %d 7 200\n"
    folder = tmp_path / "logs"
    folder.mkdir()
    for number in range(20):
        huge = number == 9
        text = (line % (b"huge" if huge else b"u%d" % number, 1 << 53 if huge else 1)) * 1500
        (folder / f"{number:02}.log").write_bytes(fields + text)
    for threads in (1, 3):
        home, done = run(folder, tmp_path / f"home{threads}", keys, threads)
        assert done.json["archives"] == 19 and done.json["failed"] == 1
        assert done.json["events"] == 19 * 1500 == home.events()
        (failed,) = [row for row in home.rows("ingests") if row["status"] == "failed"]
        assert failed["name"] == "09.log" and "64 bits" in failed["error"]


def test_each_of_thousands_has_its_row(keys, tmp_path):
    """Threads make the rows of `ingests` a thousand at a time: no cell may stand in another row."""
    folder = tmp_path / "archives"
    folder.mkdir()
    line = "1793620800.{0:03} 5 10.0.0.{1} TCP_MISS/200 {0} GET http://a{1}.example/ user{0} - -\n"
    for number in range(2600):
        count = 1 + number % 7
        text = "".join(line.format(1 + place, 1 + number % 250) for place in range(count))
        (folder / f"{number:05}").write_text(f"{text}{number}\n")  # The last is a reject.
    (folder / "00100").write_text((folder / "00000").read_text())  # Known, in the first thousand.
    home, found = run(folder, tmp_path / "home", keys, 2, "--format", "squid")
    assert found.json["skipped"] == 1
    rows = {row["name"]: row for row in home.rows("ingests")}
    assert sorted(rows) == [f"{number:05}" for number in range(2600) if number != 100]
    for name, row in rows.items():
        events = 1 + int(name) % 7
        assert (row["events"], row["rejected"], row["lines"]) == (events, 1, events + 1), name
        assert row["bytes"] == row["decompressed_bytes"] == (folder / name).stat().st_size, name
        assert row["status"] == "committed" and row["error"] is None and row["format"] == "squid"
    assert len({row["archive"] for row in rows.values()}) == 2599
