"""Syslog messages that say how long they are (RFC 6587): the same events as those of lines."""

import random

import pytest

from support import Home, generate, packers

COUNTS = ["lines", "events", "excluded", "rejected", "users", "uploaded_bytes", "downloaded_bytes"]


@pytest.fixture(scope="module")
def messages(tmp_path_factory):
    path = tmp_path_factory.mktemp("frames") / "log"
    generate(path, "palo-alto", "36MiB", syslog="rfc5424", seed=51, users=900)
    return path.read_bytes().splitlines()


def frame(message: bytes, end: bytes = b"") -> bytes:
    return b"%d %s" % (len(message) + len(end), message) + end


def counts(tmp_path, text, *words):
    (tmp_path / "log").write_bytes(text)
    done = Home(tmp_path / "home").run(tmp_path / "log", "--dry-run", *words)
    return {name: done.json[name] for name in COUNTS}


@pytest.fixture(scope="module")
def expected(tmp_path_factory, messages):
    return counts(tmp_path_factory.mktemp("lines"), b"\n".join(messages) + b"\n")


@pytest.mark.parametrize("text", [
    lambda messages: b"".join(map(frame, messages)),
    lambda messages: b"\n".join(map(frame, messages)) + b"\n",
    lambda messages: b"".join(frame(message, b"\n") for message in messages),
    lambda messages: b"\r\n".join(map(frame, messages)),
], ids=["joined", "separated", "newlines-counted", "windows"])
@pytest.mark.parametrize("threads", [1, 3])
def test_frames_are_lines(tmp_path, messages, expected, text, threads):
    assert counts(tmp_path, text(messages), "--threads", threads) == expected


@pytest.mark.parametrize("codec", ["zstd-frames", "gzip", "lz4-independent"])
def test_frames_in_any_codec(tmp_path, messages, codec):
    few = messages[:9000]
    text = b"".join(map(frame, few))
    assert counts(tmp_path, packers()[codec](text)) == counts(tmp_path, b"\n".join(few))


def test_frames_that_stop(tmp_path, messages):
    """Behind a count that is wrong the rest is read as lines; none of it is lost."""
    first, rest = messages[:400], messages[400:900]
    text = b"".join(map(frame, first)) + b"\n" + b"\n".join(rest) + b"\n"
    found = counts(tmp_path, text)
    assert found["lines"] == found["events"] + found["excluded"] + found["rejected"] == 900


def test_no_frames(tmp_path):
    """Digits at the start of lines, as of squid, are no counts."""
    rng = random.Random(3)
    log = generate(tmp_path / "squid", "squid", "1MiB", seed=rng.randrange(99))
    lines = log.read_bytes().count(b"\n")
    assert counts(tmp_path, log.read_bytes())["lines"] == lines
