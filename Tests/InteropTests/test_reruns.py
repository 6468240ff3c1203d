"""What was read once is not read again, under whatever name and codec it comes."""

import json
import shutil
import socket
import subprocess

import pytest

from support import Home, content_id, generate, packers


@pytest.fixture
def log(logs):
    path = logs / "rerun.log"
    return path if path.exists() else generate(path, "w3c", "1MiB", days=2, bad_lines=0.01, seed=5)


def test_the_same_file_is_skipped(home, log):
    first = home.run(log).json
    before = home.fingerprints()
    again = home.run(log).json
    assert (first["archives"], first["skipped"], first["version"]) == (1, 0, 1)
    assert (again["archives"], again["skipped"], again["failed"]) == (0, 1, 0)
    assert again["events"] == 0 and again["version"] is None
    assert home.fingerprints() == before


def test_copies_are_skipped_under_any_name_and_codec(home, log, tmp_path):
    home.run(log)
    before = home.fingerprints()
    copies = []
    for name, pack in packers().items():
        copies.append(tmp_path / f"copy-{name}")
        copies[-1].write_bytes(pack(log.read_bytes()))
    again = home.run(*copies).json
    assert (again["archives"], again["skipped"]) == (0, len(copies))
    assert home.run("-", stdin=log.read_bytes()).json["skipped"] == 1
    assert home.fingerprints() == before


def test_one_archive_twice_in_one_run(home, log, tmp_path):
    copy = tmp_path / "copy.gz"
    copy.write_bytes(packers()["gzip"](log.read_bytes()))
    result = home.run(log, copy, log).json
    assert result["archives"] == 1 and result["skipped"] >= 1
    assert home.events() == result["events"]


def test_new_ones_join_known_ones_do_not(home, log, logs):
    first = home.run(log).json
    other = generate(logs / "other.log", "w3c", "512KiB", seed=6)
    second = home.run(log, other).json
    assert (second["archives"], second["skipped"], second["version"]) == (1, 1, 2)
    assert home.events() == first["events"] + second["events"]


@pytest.mark.parametrize("options", [
    ["--since", "2026-11-02"], ["--until", "2026-11-01"], ["--no-anonymise-machines"],
    ["--time-zone", "Europe/Berlin"],
])
def test_other_options_are_refused(home, log, options):
    home.run(log)
    before = home.fingerprints()
    done = home.run(log, *options, code=65)
    assert str(log) in done.err and "--reprocess" in done.err
    assert home.fingerprints() == before
    assert home.run(log).json["skipped"] == 1


def test_the_same_archive_of_another_source_is_another_one(home, log):
    first = home.run(log).json
    second = home.run(log, "--source", "paris").json
    assert second["archives"] == 1
    assert home.events() == 2 * first["events"]
    assert {row["source"] for row in home.rows("usage")} == {"default", "paris"}


def test_batches(home, logs):
    archives = [
        generate(logs / f"batch-{number}.zst", "squid", "300KiB", codec="zstd", seed=number)
        for number in range(4)]
    home.run(*archives, "--batch-bytes", "0")
    batches = [row["batch"] for row in home.rows("ingests")]
    assert len(set(batches)) == 4
    other = Home(home.path.parent / "other")
    other.run(*archives, "--batch-bytes", "500KiB")
    assert len({row["batch"] for row in other.rows("ingests")}) == 2
    assert other.events() == home.events()
    for row in home.rows("ingests"):
        assert row["archive"] == content_id_of_text(next(
            path for path in archives if path.name == row["name"]))


def content_id_of_text(packed) -> str:
    plain = packed.with_suffix(".txt")
    with open(plain, "wb") as file:
        subprocess.run(["zstd", "-dc", packed], stdout=file, check=True)
    return content_id(plain)


def test_folders_are_read_with_all_in_them(home, log, tmp_path):
    nested = tmp_path / "in" / "deeper" / "still"
    nested.mkdir(parents=True)
    shutil.copy(log, tmp_path / "in" / "one.log")
    (nested / "two.gz").write_bytes(
        packers()["gzip"](b"#Fields: date time cs-host\n2026-01-01 00:00:00 a.example\n"))
    result = home.run(tmp_path / "in").json
    assert (result["archives"], result["failed"]) == (2, 0)
    assert {row["name"] for row in home.rows("ingests")} == {"one.log", "two.gz"}


def test_patterns_of_names_and_folders_that_may_not_be_read(home, log, tmp_path):
    """Systemd hands patterns on as they are; `lost+found` of a disk is nobody's archive."""
    logs = tmp_path / "logs"
    (logs / "lost+found").mkdir(parents=True)
    shutil.copy(log, logs / "a.log")
    assert home.run(f"{logs}/*.log").json["archives"] == 1
    home.run(f"{logs}/*.gz", code=66)
    (logs / "b.log").symlink_to("/nowhere")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(logs / "c.log"))
    generate(logs / "d.log", "w3c", "10KiB", seed=3)
    done = home.run(f"{logs}/*.log", code=3)
    assert (done.json["archives"], done.json["skipped"]) == (1, 1) and "b.log" in done.err
    (logs / "b.log").unlink()
    (logs / "c.log").unlink()
    closed = logs / "closed"
    closed.mkdir()
    (closed / "x.log").write_text("x")
    (logs / "e").mkdir()
    shutil.copy(log, logs / "e/e.log")
    closed.chmod(0o744)
    nobody = Home(tmp_path / "nobody")
    (logs / "lost+found").chmod(0)
    tmp_path.chmod(0o777)
    for folder in [tmp_path, *tmp_path.parents][:3]:
        folder.chmod(folder.stat().st_mode | 0o755)
    done = subprocess.run(
        ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
         *nobody.command("run", logs, "--json")], capture_output=True, text=True)
    (logs / "lost+found").chmod(0o700)
    if done.returncode == 127 or "setpriv" in done.stderr or "ermission denied" in done.stderr \
            and not done.stdout:
        pytest.skip("no other account can run the program here")
    assert done.returncode == 3, done.stderr
    assert "x.log" in done.stderr
    assert "lost+found" in done.stderr and json.loads(done.stdout)["archives"] == 2
