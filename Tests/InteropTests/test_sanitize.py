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

from support import LOGGEN, ROOT, Home, generate

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


def layouts() -> list[tuple[str, str]]:
    """All formats of loggen with their layouts."""
    lines = subprocess.run([LOGGEN, "formats"], capture_output=True, text=True, check=True).stdout
    return [tuple(line.split("\t")) for line in lines.splitlines()]


COUNTS = ["lines", "events", "excluded", "rejected", "comments", "users", "uploaded_bytes",
          "downloaded_bytes"]


@pytest.mark.parametrize("words", layouts(), ids=" ".join)
def test_a_run_counts_the_same(keys, words, tmp_path):
    """The format of a sanitised log is told as before, and each line is what it was."""
    log_format, layout = words
    log = generate(tmp_path / "a.log", log_format, "300KiB", layout=layout, seed=11, users=30,
                   bad_lines=0.02)
    clean = tmp_path / "clean.log"
    keys.call("sanitize", log, "-o", clean)
    counts = []
    for path in (log, clean):
        done = keys.run(path, "--dry-run", code=None).json
        counts.append({key: done[key] for key in COUNTS})
    assert counts[0] == counts[1]


def test_the_host_behind_a_user_of_connect_stays(keys, tmp_path):
    log, clean = tmp_path / "a.log", tmp_path / "b.log"
    log.write_text("1772359200.000 5 10.0.0.1 TCP_TUNNEL/200 99 CONNECT zelda@h.example:443 - "
                   "HIER_DIRECT/192.0.2.1 -\n" * 3)
    keys.call("sanitize", log, "-o", clean, "--format", "squid")
    text = clean.read_text()
    assert "zelda" not in text and text.count("@h.example:443") == 3
    assert text.count(" CONNECT u1-") == 3


def test_excluded_lines_keep_no_name(keys, tmp_path):
    log, clean = tmp_path / "a.log", tmp_path / "b.log"
    log.write_text(
        '{"timestamp":"2026-03-01T10:00:00.000000+0000","event_type":"dhcp","src_ip":"10.0.0.1",'
        '"dhcp":{"hostname":"zelda-pc","owner":"zelda 4711","done":true,"more":null}}\n' * 3)
    done = keys.call("sanitize", log, "-o", clean, "--json").json
    assert (done["format"], done["masked"]) == ("suricata", 3)
    text = clean.read_text()
    assert "zelda" not in text and "4711" not in text
    json.loads(text.splitlines()[0])
    assert keys.run(clean, "--dry-run", code=None).json["excluded"] == 3


def test_the_user_of_a_line_goes_in_other_spellings_too(keys, tmp_path):
    path = tmp_path / "s.log"
    path.write_text(
        "#Fields: date time cs-username cs-host cs-uri-path cs-uri-query sc-bytes\n"
        "2026-01-01 00:00:00 CORP\\farid.fog a.example /u/CORP%5Cfarid.fog/~farid.fog/x "
        "?x=corp%5cFARID.FOG&y=Farid.Fog 3\n"
        "2026-01-01 00:00:01 karim.k@corp.example a.example /home/karim.k/a ?m=karim.k%40corp.example 3\n")
    keys.call("sanitize", path, "-o", tmp_path / "out.log")
    text = (tmp_path / "out.log").read_text().lower()
    assert "farid" not in text and "karim" not in text and text.count("a.example") == 2
    refused = keys.call("sanitize", path, "-o", path, "--force", code=64)
    assert "archive itself" in refused.err and "farid" in path.read_text()
