"""zip, tar, xz and bzip2: each file in a container is an archive; its name is never a path."""

import bz2
import gzip
import io
import lzma
import re
import shutil
import subprocess
import tarfile
import zipfile

import pytest

from support import Home, generate, packers


@pytest.fixture(scope="module")
def texts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("containers")
    return [generate(folder / f"{number}.log", "w3c", "100KiB", seed=200 + number).read_bytes()
            for number in range(4)]


def zipped(files: dict, method=zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as file:
        for name, content in files.items():
            file.writestr(name, content)
    return out.getvalue()


def tarred(files: dict) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as file:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            file.addfile(info, io.BytesIO(content))
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        file.addfile(link)
        folder = tarfile.TarInfo("folder")
        folder.type = tarfile.DIRTYPE
        file.addfile(folder)
    return out.getvalue()


def files_of(texts) -> dict:
    pack = packers()
    return {"one.log": texts[0], "deep/er/two.log.gz": pack["gzip"](texts[1]),
            "./three.log.xz": lzma.compress(texts[2]), "four.log.bz2": bz2.compress(texts[3]),
            ".hidden/file.log": b"nothing", "__MACOSX/x": b"nothing"}


def containers(texts) -> dict:
    files = files_of(texts)
    pack, tar = packers(), tarred(files)
    return {
        "zip": zipped(files), "zip stored": zipped(files, zipfile.ZIP_STORED), "tar": tar,
        "tar.gz": pack["gzip"](tar), "tar.xz": lzma.compress(tar), "tar.bz2": bz2.compress(tar),
        "tar.zst": pack["zstd"](tar), "tar.lz4": pack["lz4-independent"](tar),
    }


@pytest.mark.parametrize("kind", [
    "zip", "zip stored", "tar", "tar.gz", "tar.xz", "tar.bz2", "tar.zst", "tar.lz4"])
def test_each_file_is_an_archive(home, texts, tmp_path, kind):
    path = tmp_path / "packed"
    path.write_bytes(containers(texts)[kind])
    result = home.run(path).json
    assert (result["archives"], result["skipped"], result["failed"]) == (4, 0, 0)
    assert result["decompressed_bytes"] == sum(map(len, texts))
    assert sorted(row["name"] for row in home.rows("ingests")) == [
        "packed:four.log.bz2", "packed:one.log", "packed:three.log.xz", "packed:two.log.gz"]
    # The same texts by themselves are known.
    for number, text in enumerate(texts):
        (tmp_path / f"{number}.log").write_bytes(text)
    assert home.run(*sorted(tmp_path.glob("?.log"))).json["skipped"] == 4


@pytest.mark.parametrize("pack", [lzma.compress, bz2.compress])
def test_single_files(home, texts, tmp_path, pack):
    path = tmp_path / "log"
    path.write_bytes(pack(texts[0]))
    assert home.run(path).json["archives"] == 1
    path.write_bytes(pack(packers()["zstd"](texts[0])))
    assert home.run(path).json["skipped"] == 1
    path.write_bytes(pack(texts[1])[:-20])
    assert "ends inside a frame" in home.run(path, code=65).err


def test_names_are_no_paths(home, texts, tmp_path):
    path = tmp_path / "evil.zip"
    path.write_bytes(zipped({"../../../../tmp/evil.log": texts[0], "/etc/evil\x1b[31m": texts[1]}))
    result = home.run(path).json
    assert result["archives"] == 2
    names = sorted(row["name"] for row in home.rows("ingests"))
    assert names[0].startswith("evil.zip:evil") and "/" not in "".join(names)
    assert not list(tmp_path.rglob("evil.log"))


def test_a_damaged_container_is_read_as_far_as_it_goes(home, texts, tmp_path):
    path = tmp_path / "cut.tar"
    path.write_bytes(tarred({"a": texts[0], "b": texts[1]})[:len(texts[0]) + 10_000])
    done = home.run(path, code=3)
    assert done.json["archives"] == 1 and done.json["failed"] >= 1
    assert "cut.tar:b" in done.err
    bad = bytearray(zipped({"a": texts[0], "b": texts[1]}))
    bad[2000] ^= 1
    path.write_bytes(bad)
    done = home.run(path, code=3)
    assert done.json["archives"] == 1 and "cut.tar:a" in done.err


PACKERS = {"gz": ["gzip"], "lz4": ["lz4"], "zst": ["zstd", "--check"], "bz2": ["bzip2"],
           "xz": ["xz"]}


@pytest.mark.parametrize("ending", PACKERS)
def test_a_compressed_tar_is_taken_whole_or_not_at_all(home, texts, tmp_path, ending):
    """The checks of the codec hold for all files in it."""
    tar = tarred({f"{number}.log": text for number, text in enumerate(texts)})
    good = subprocess.run(
        [*PACKERS[ending], "-c"], input=tar, capture_output=True, check=True).stdout
    path = tmp_path / f"t.tar.{ending}"
    for place in (len(good) // 3, len(good) // 2, len(good) - 6):
        bad = bytearray(good)
        bad[place] ^= 4
        path.write_bytes(bad)
        test = subprocess.run([*PACKERS[ending], "-dc"], input=bytes(bad), capture_output=True)
        if test.returncode == 0:
            continue  # What the tool itself takes is no damage.
        done = home.run(path, code=65)
        assert done.json["archives"] == 0 and f"t.tar.{ending}" in done.err
    path.write_bytes(good)
    assert home.run(path).json["archives"] == len(texts)


def test_a_second_stream_of_bzip2_that_is_damaged_drops_the_archive(home, texts, tmp_path):
    one, two = (bz2.compress(text) for text in texts[:2])
    path = tmp_path / "two.bz2"
    for second in (two[:5], two[:11], b"BZh9" + b"\x31" * 20, b"more"):
        path.write_bytes(one + second)
        assert home.run(path, code=65).json["archives"] == 0, second[:11]
    path.write_bytes(one + two)
    assert home.run(path).json["archives"] == 1


def test_a_tar_in_a_container_or_a_pipe_is_no_text(home, texts, tmp_path):
    inner = tarred({"a.log": texts[0]})
    path = tmp_path / "outer.tar"
    path.write_bytes(tarred({"in.tar": inner, "in.tgz": gzip.compress(inner)}))
    assert "a tar in another container" in home.run(path, code=65).err
    for text in (inner, gzip.compress(inner)):
        assert home.call("run", "-", "--progress", "off", "--json", stdin=text,
                         code=65).json["events"] == 0
    path.write_bytes(subprocess.run(
        ["tar", "--format=v7", "-cf", "-", "-C", tmp_path, "outer.tar"], capture_output=True,
        check=True).stdout)
    assert "a tar in another container" in home.run(path, code=65).err


def test_containers_in_containers_are_refused(home, texts, tmp_path):
    path = tmp_path / "nested.zip"
    path.write_bytes(zipped({"inner.zip": zipped({"a": texts[0]}), "b.log": texts[1]}))
    done = home.run(path, code=3)
    assert done.json["archives"] == 1 and "zip" in done.err


def test_an_encrypted_one_is_refused(home, texts, tmp_path):
    (tmp_path / "a.log").write_bytes(texts[0])
    if not shutil.which("zip"):
        pytest.skip("there is no zip that encrypts")
    subprocess.run(["zip", "-q", "-P", "secret", "x.zip", "a.log"], cwd=tmp_path, check=True)
    home.run(tmp_path / "x.zip", code=65)


def test_a_bomb_is_refused(home, tmp_path):
    path = tmp_path / "bomb.bz2"
    path.write_bytes(bz2.compress(b"\0" * (256 << 20)))
    assert "bomb" in home.run(path, code=65).err


def test_backfill_and_tasks_take_containers(home, texts, tmp_path):
    path = tmp_path / "logs.tar.xz"
    path.write_bytes(containers(texts)["tar.xz"])
    done = home.call("backfill", path, "--from", "2020-01-01", "--to", "2030-01-01", "--yes",
                     "--json").json
    assert done["archives"] == 4
    plan = tmp_path / "plan.json"
    plan.write_text(home.call("plan", path, "--source", "other").out)
    result = home.call("run-task", 0, "--plan", plan).out
    assert '"archives":4' in result
    home.call("commit", "--plan", plan, stdin=result.encode())
    home.call("table", "verify")


@pytest.mark.parametrize("module", [lzma, bz2])
def test_empty_and_damaged_filters(home, texts, module, tmp_path):
    """A quiet day is no damage; damage is told near its place."""
    path = tmp_path / "a"
    path.write_bytes(module.compress(b""))
    assert home.run(path).json["archives"] == 1
    stored = module.compress(b"".join(texts))
    for length in (len(stored) // 2, len(stored) - 5):
        path.write_bytes(stored[:length])
        assert f"ends inside a frame, at byte {length}" in home.run(path, code=65).err
    if module is bz2:  # The sum of its one block stands behind the text.
        return
    bad = bytearray(stored)
    for place in range(len(bad) // 2, len(bad) // 2 + 40):
        bad[place] ^= 0x55
    path.write_bytes(bad)
    done = home.run(path, code=65)
    assert "stream of xz or bzip2" in done.err or "ends inside" in done.err
    told = int(re.search(r"byte (\d+)", done.err)[1])
    assert told >= len(bad) // 2 - (32 << 10), (told, len(bad))


@pytest.mark.parametrize("module", [lzma, bz2])
def test_filters_on_standard_input(home, texts, module, tmp_path):
    """xz and bzip2 come through a pipe too, and are known afterwards under any name."""
    stored = module.compress(texts[0])
    assert home.call("run", "-", "--json", stdin=stored).json["archives"] == 1
    row = next(iter(home.rows("ingests")))
    assert row["bytes"] == len(stored)
    path = tmp_path / "a"
    path.write_bytes(stored)
    assert home.run(path).json["skipped"] == 1
    bad = Home(tmp_path / "other").call("run", "-", stdin=stored + b"garbage", code=65)
    assert "At byte" in bad.err or "damaged" in bad.err or "ends inside" in bad.err
    refused = home.call("sanitize", "-", "-o", tmp_path / "out", stdin=stored, code=65)
    assert "not read here" in refused.err and not (tmp_path / "out").exists()
