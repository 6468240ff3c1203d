"""Large plain files are read in stretches by several threads: what comes out is the same."""

import json
import random

import pytest

from support import Home, content_id, generate

COUNTS = ["lines", "events", "excluded", "rejected", "comments", "rejects_by_reason", "users",
          "apps", "uploaded_bytes", "downloaded_bytes", "decompressed_bytes", "null_users"]
SHAPE = dict(days=2, users=3000, bad_lines=0.001)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("stretches")


@pytest.fixture(scope="module")
def proxy(folder):
    """40 MiB of W3C, with its header at its start."""
    return generate(folder / "w3c.log", "w3c", "40MiB", seed=21, **SHAPE)


def run(log, path, keys, *words):
    home = Home(path).with_keys_of(keys)
    return home, home.run(log, *words).json


def same(log, tmp_path, *words):
    """The files and counts of one thread, which reads in order, and of several are equal."""
    keys = Home(tmp_path / "keys")
    keys.call("init")
    ordered, counts = run(log, tmp_path / "one", keys, "--threads", 1, *words)
    for threads in (2, 3, 7):
        home, found = run(log, tmp_path / f"many{threads}", keys, "--threads", threads, *words)
        for table in ("usage", "rejects", "activities"):
            if ordered.table(table).exists():
                assert home.fingerprints(table) == ordered.fingerprints(table), (threads, table)
        assert {name: found[name] for name in COUNTS} == {name: counts[name] for name in COUNTS}
        (row,) = home.rows("ingests")
        assert row["archive"] == row["file_hash"] == content_id(log)
    return counts


def parts(log):
    """The header of a W3C log, and its other lines, in two halves."""
    lines = log.read_bytes().splitlines(keepends=True)
    header = [line for line in lines if line.startswith(b"#")]
    body = [line for line in lines if not line.startswith(b"#")]
    return header, body[:len(body) // 2], body[len(body) // 2:]


def test_one_header(proxy, tmp_path):
    counts = same(proxy, tmp_path)
    assert counts["rejected"] > 0 and counts["events"] > 100_000


def test_activities(proxy, tmp_path):
    counts = same(proxy, tmp_path, "--activities")
    assert Home(tmp_path / "many7").read("activities").num_rows == counts["events"]


def test_activities_of_several_files(folder, tmp_path):
    """More than 256 MiB become two files, with the lines numbered on."""
    log = generate(folder / "long.log", "w3c", "280MiB", seed=24, **SHAPE)
    counts = same(log, tmp_path, "--activities")
    home = Home(tmp_path / "many2")
    assert len(home.live_files("activities")) == 3  # The first part is of both days.
    numbers = home.read("activities")["line"].to_pylist()
    assert len(set(numbers)) == len(numbers) == counts["events"]
    assert max(numbers) <= counts["lines"]


def test_lines_without_a_header(folder, tmp_path):
    same(generate(folder / "squid.log", "squid", "36MiB", seed=22, **SHAPE), tmp_path)


@pytest.fixture(scope="module")
def objects(folder):
    """36 MiB of JSON, an object in each line but a few."""
    return generate(folder / "zscaler.log", "zscaler", "36MiB", seed=23, layout="json", **SHAPE)


def spread(line):
    """An object over several lines; what is none stays as it is."""
    try:
        return json.dumps(json.loads(line), indent=1).encode() + b"\n"
    except ValueError:
        return line


def test_objects_of_a_line_each(objects, tmp_path):
    counts = same(objects, tmp_path, "--activities")
    assert counts["events"] > 30_000


@pytest.mark.parametrize("first", [0, 20_000, -1])
def test_objects_over_several_lines(objects, tmp_path, first):
    """Whoever begins in the middle of an object takes its lines for others."""
    lines = objects.read_bytes().splitlines(keepends=True)
    log = tmp_path / "spread.log"
    log.write_bytes(b"".join(lines[:first] + [spread(line) for line in lines[first:]]))
    counts = same(log, tmp_path)
    (tmp_path / "lines").mkdir()
    expected = same(objects, tmp_path / "lines")
    for name in ("events", "users", "apps", "uploaded_bytes", "downloaded_bytes"):
        assert counts[name] == expected[name], name


def test_objects_that_never_end(objects, tmp_path):
    """Lines that are cut, as those of a relay with short messages, open objects again and again."""
    lines = objects.read_bytes().splitlines(keepends=True)
    log = tmp_path / "cut.log"
    log.write_bytes(
        b"".join(line if place % 50 else line[:200] + b"\n" for place, line in enumerate(lines)))
    counts = same(log, tmp_path)
    assert counts["rejected"] >= len(lines) // 50


def test_the_same_header_again(proxy, tmp_path):
    header, first, second = parts(proxy)
    log = tmp_path / "twice.log"
    log.write_bytes(b"".join(header + first + header + second))
    same(log, tmp_path)


def test_another_header_in_the_middle(proxy, tmp_path):
    """Whoever reads the second half by itself takes it for the wrong columns."""
    header, first, second = parts(proxy)
    (fields,) = [line for line in header if line.startswith(b"#Fields: ")]
    names = fields.split()[1:]
    # The last ones come first: no field of these has a blank or quotes but the user agent's.
    other = b"#Fields: " + b" ".join([b"x-place"] + names) + b"\n"
    moved = [b"7 " + line for line in second]
    log, plain = tmp_path / "other.log", tmp_path / "plain.log"
    log.write_bytes(b"".join(header + first + [other] + moved))
    plain.write_bytes(b"".join(header + first + second))
    counts = same(log, tmp_path, "--activities")
    (tmp_path / "in-order").mkdir()
    expected = same(plain, tmp_path / "in-order")
    for name in ("events", "users", "apps", "uploaded_bytes", "downloaded_bytes"):
        assert counts[name] == expected[name], name


def test_long_lines_at_the_borders(proxy, tmp_path):
    """Lines of up to 3 MiB, and some that are no line of a log, anywhere."""
    rng = random.Random(5)
    header, first, second = parts(proxy)
    lines = first + second
    for length in (300, 70_000, 1 << 20, (1 << 20) + 1, 3 << 20):
        for _ in range(3):
            lines.insert(rng.randrange(len(lines)), b"x" * length + b"\n")
    log = tmp_path / "long.log"
    log.write_bytes(b"".join(header + lines)[:-1])
    counts = same(log, tmp_path, "--activities")
    assert counts["rejects_by_reason"]["line_too_long"] == 6


def test_little_memory(proxy, tmp_path):
    keys = Home(tmp_path / "keys")
    keys.call("init")
    much, counts = run(proxy, tmp_path / "much", keys, "--threads", 3)
    little, found = run(proxy, tmp_path / "little", keys, "--threads", 3, "--memory", "1MiB")
    assert "spill" in found["stages"] and "spill" not in counts["stages"]
    assert little.fingerprints() == much.fingerprints()
    assert {name: found[name] for name in COUNTS} == {name: counts[name] for name in COUNTS}


def test_several_files_at_once(proxy, folder, tmp_path):
    other = generate(folder / "other.log", "w3c", "34MiB", seed=29, **SHAPE)
    small = generate(folder / "small.log", "squid", "2MiB", seed=30, **SHAPE)
    keys = Home(tmp_path / "keys")
    keys.call("init")
    prints = []
    for threads in (1, 2, 4):
        home = Home(tmp_path / f"home{threads}").with_keys_of(keys)
        home.run(proxy, small, other, "--threads", threads)
        prints.append((home.fingerprints(), home.fingerprints("rejects")))
    assert prints[0] == prints[1] == prints[2]
