"""One text, packed in every way and read by any number of threads, gives the same files."""

import pytest

from support import Home, content_id, generate, packers


@pytest.fixture(scope="module")
def origin(tmp_path_factory):
    """A text, and the home of its first reading: its keys and its files."""
    folder = tmp_path_factory.mktemp("codecs")
    log = generate(folder / "text.log", "w3c", "12MiB", days=3, users=3000, bad_lines=0.001, seed=9)
    home = Home(folder / "home")
    home.result = home.run(log).json
    home.log = log
    home.prints = home.fingerprints()
    assert len(home.prints) == 3
    return home


COUNTS = ["lines", "events", "excluded", "rejected", "comments", "rejects_by_reason", "users",
          "apps", "uploaded_bytes", "downloaded_bytes", "decompressed_bytes"]


@pytest.mark.parametrize("packer", list(packers()))
def test_any_codec_gives_the_same_files(origin, tmp_path, packer):
    stored = packers()[packer](origin.log.read_bytes())
    path = tmp_path / f"stored-{packer}"  # No suffix: the bytes tell the codec.
    path.write_bytes(stored)
    home = Home(tmp_path / "home").with_keys_of(origin)
    result = home.run(path).json
    assert home.fingerprints() == origin.prints
    assert {name: result[name] for name in COUNTS} == {
        name: origin.result[name] for name in COUNTS}
    assert result["input_bytes"] == len(stored)
    (row,) = home.rows("ingests")
    assert row["archive"] == content_id(origin.log)
    assert row["file_hash"] == content_id(path)
    assert (row["bytes"], row["decompressed_bytes"]) == (
        len(stored), origin.log.stat().st_size)


@pytest.mark.parametrize("packer", ["plain", "zstd", "lz4-dependent", "gzip-members"])
def test_standard_input_gives_the_same_files(origin, tmp_path, packer):
    stored = packers()[packer](origin.log.read_bytes())
    home = Home(tmp_path / "home").with_keys_of(origin)
    result = home.run("-", stdin=stored).json
    assert home.fingerprints() == origin.prints
    assert result["input_bytes"] == len(stored)
    (row,) = home.rows("ingests")
    assert row["archive"] == content_id(origin.log) and row["name"] == "-"
    (tmp_path / "stored").write_bytes(stored)
    assert row["file_hash"] == content_id(tmp_path / "stored")


@pytest.mark.parametrize("threads", [1, 2, 3, 8])
@pytest.mark.parametrize("packer", ["plain", "zstd-frames", "gzip-members", "lz4-independent"])
def test_any_number_of_threads_gives_the_same_files(origin, tmp_path, packer, threads):
    path = tmp_path / "stored"
    path.write_bytes(packers()[packer](origin.log.read_bytes()))
    home = Home(tmp_path / "home").with_keys_of(origin)
    result = home.run(path, "--threads", threads).json
    assert result["threads"] == threads
    assert home.fingerprints() == origin.prints


def test_several_archives_in_one_batch_give_the_same_files_for_any_thread_count(tmp_path):
    archives = [
        generate(tmp_path / f"{number}.zst", "squid", "1MiB", codec="zstd", seed=number, users=200)
        for number in range(6)
    ]
    first = Home(tmp_path / "first")
    first.run(*archives, "--threads", 1)
    assert len({row["batch"] for row in first.rows("ingests")}) == 1
    for threads in (2, 5):
        home = Home(tmp_path / f"home-{threads}").with_keys_of(first)
        home.run(*archives, "--threads", threads)
        assert home.fingerprints() == first.fingerprints()


@pytest.mark.parametrize("codec, more", [
    ("zstd", dict(frames=5)), ("gzip", dict(frames=5)), ("lz4", dict(frames=5)),
    ("lz4", dict(frames=2, lz4_blocks="dependent")),
])
def test_what_loggen_packs_is_the_text_it_writes_plain(tmp_path, codec, more):
    plain = generate(tmp_path / "plain.log", "squid", "2MiB", seed=4)
    packed = generate(tmp_path / "packed", "squid", "2MiB", seed=4, codec=codec, **more)
    first = Home(tmp_path / "first")
    first.run(plain)
    home = Home(tmp_path / "home").with_keys_of(first)
    home.run(packed)
    assert home.fingerprints() == first.fingerprints()


@pytest.mark.parametrize("text, lines, events", [
    (b"", 0, 0),
    (b"\n", 1, 0),
    (b"#Fields: date time cs-host\n", 1, 0),
    (b"#Fields: date time cs-host\n2026-01-01 00:00:00 a.example", 2, 1),
    (b"#Fields: date time cs-host\r\n2026-01-01 00:00:00 a.example\r\n\r\n", 3, 1),
])
@pytest.mark.parametrize("packer", ["plain", "zstd", "lz4-independent", "gzip"])
def test_tiny_texts(tmp_path, packer, text, lines, events):
    path = tmp_path / "tiny"
    path.write_bytes(packers()[packer](text))
    home = Home(tmp_path / "home")
    result = home.run(path, "--format", "w3c").json
    assert (result["lines"], result["events"]) == (lines, events)
    assert home.events() == events
