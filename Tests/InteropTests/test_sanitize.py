"""Sanitised logs: no name is left, and the same events come out."""

import bz2
import gzip
import json
import lzma
import pathlib
import subprocess
import tarfile
import zipfile

import pytest

from support import ROOT, Home, generate

SAMPLES = sorted((ROOT / "Datasets/samples").glob("*/samples.log"))
# Told by the name that is replaced; docs/sanitize.md says so.
EXCEPTIONS = {"bluecoat": 1}
KEYS = ["time", "user", "src_ip", "dst_ip", "host", "device", "action", "method", "http_status",
        "uploaded_bytes", "downloaded_bytes", "total_bytes", "app"]


@pytest.fixture(scope="module")
def keys(tmp_path_factory) -> Home:
    home = Home(tmp_path_factory.mktemp("sanitize") / "home")
    home.call("init")
    return home


def events(home: Home, path: pathlib.Path, name: str, *words) -> list[dict]:
    out = home.call("inspect", path, "--records", "--json", "--format", name, *words).out
    return [row for row in map(json.loads, out.splitlines()) if row["status"] == "event"]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.parent.name)
def test_every_format_keeps_its_events_and_no_name(keys, sample, tmp_path):
    name = sample.parent.name
    clean = tmp_path / "clean.log"
    keys.call("sanitize", sample, "-o", clean, "--format", name)
    before = events(keys, sample, name, "--clear", "--justification", "test")
    after = events(keys, clean, name)
    differing = sum({key: a[key] for key in KEYS} not in [{key: b[key] for key in KEYS}
                                                         for b in after] for a in before)
    assert differing == EXCEPTIONS.get(name, 0)
    assert len(clean.read_bytes().splitlines()) == len(sample.read_bytes().splitlines())
    text = clean.read_bytes().lower()
    for row in before:
        user = (row["user_clear"] or "").lower()
        if len(user) >= 4 and not user.startswith(("u1-", "p1-")):
            assert user.encode() not in text


@pytest.mark.parametrize("name", ["a.log.xz", "a.log.bz2", "a.tar", "a.tar.gz", "a.zip"])
def test_what_cannot_be_written_is_refused(keys, name, tmp_path):
    log = generate(tmp_path / "a.log", "squid", "64KiB", seed=4)
    packed, out = tmp_path / name, tmp_path / "out"
    out.mkdir()
    if name.endswith("xz"):
        packed.write_bytes(lzma.compress(log.read_bytes()))
    elif name.endswith("bz2"):
        packed.write_bytes(bz2.compress(log.read_bytes()))
    elif name.endswith("zip"):
        with zipfile.ZipFile(packed, "w") as archive:
            archive.write(log, "a.log")
    else:
        with tarfile.open(packed, "w:gz" if name.endswith("gz") else "w") as archive:
            archive.add(log, "a.log")
    # Nothing is written of the others either.
    message = keys.call("sanitize", log, packed, "-o", out, code=64).err
    assert name in message and "Nothing was done" in message
    assert list(out.iterdir()) == []


@pytest.mark.parametrize("codec", ["none", "zstd", "lz4", "gzip"])
def test_codecs_stay_and_a_run_reads_the_result(keys, codec, tmp_path):
    log = generate(tmp_path / "a.log", "squid", "5MiB", codec=codec, users=30, seed=4)
    clean = tmp_path / "clean.log"
    done = keys.call("sanitize", log, "-o", clean, "--json").json
    assert done["codec"] == ("plain" if codec == "none" else codec)
    if codec == "gzip":
        gzip.decompress(clean.read_bytes())
    elif codec != "none":
        subprocess.run([codec, "-t", "-q"], stdin=clean.open("rb"), check=True)
    sums = []
    for path in (log, clean):
        home = Home(tmp_path / f"home-{path.stem}").with_keys_of(keys)
        home.run(path)
        sums.append(sorted(
            str({key: row[key] for key in row if key != "batch"}) for row in home.rows("usage")))
    assert sums[0] == sums[1]


def test_the_same_bytes_for_any_number_of_threads(keys, tmp_path):
    log = generate(tmp_path / "a.log.gz", "w3c", "30MiB", codec="gzip", users=900, seed=6,
                   bad_lines=0.01)
    texts = set()
    for threads in (1, 2, 5):
        clean = tmp_path / f"{threads}.gz"
        done = keys.call("sanitize", log, "-o", clean, "--threads", threads, "--json").json
        texts.add(clean.read_bytes())
        text = gzip.decompress(clean.read_bytes())
        assert done["lines"] == text.count(b"\n") == gzip.decompress(log.read_bytes()).count(b"\n")
    assert len(texts) == 1


@pytest.mark.parametrize("text, lines", [(b"", 0), (b"#Remark\n", 1), (b"x" * (3 << 20), 1)])
def test_texts_without_a_record(keys, text, lines, tmp_path):
    log, clean = tmp_path / "a.log", tmp_path / "b.log"
    log.write_bytes(text)
    done = keys.call("sanitize", log, "-o", clean, "--format", "w3c", "--json").json
    assert done["lines"] == lines and done["events"] == 0
    assert clean.read_bytes() == (b"x\n" if len(text) > 1 << 20 else text)


def test_many_into_a_folder_and_what_is_refused(keys, tmp_path):
    logs = [generate(tmp_path / f"{seed}.log", "w3c", "64KiB", seed=seed) for seed in (1, 2)]
    folder = tmp_path / "clean"
    keys.call("sanitize", *logs, "-o", folder, code=64)
    folder.mkdir()
    keys.call("sanitize", *logs, "-o", folder)
    assert sorted(path.name for path in folder.iterdir()) == ["1.log", "2.log"]
    keys.call("sanitize", *logs, "-o", folder, code=73)
    keys.call("sanitize", *logs, "-o", folder, "--force")
    keys.call("sanitize", "/nowhere", "-o", folder, code=66)
    keys.call("sanitize", logs[0], "-o", "/nowhere/at/all", code=73)
    damaged = tmp_path / "damaged.zst"
    generate(damaged, "w3c", "1MiB", codec="zstd", seed=3)
    damaged.write_bytes(damaged.read_bytes()[:-100])
    keys.call("sanitize", damaged, "-o", tmp_path / "never", code=65)
    assert not (tmp_path / "never").exists()
    assert not [path for path in tmp_path.iterdir() if path.name.endswith(".tmp")]
    actions = [json.loads(line) for line in keys.call("governance", "list", "--json").out
               .splitlines()]
    assert [row["status"] for row in actions if row["action"] == "sanitize"][-2:] == [
        "intent", "failed"]
