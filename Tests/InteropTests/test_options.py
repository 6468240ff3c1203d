"""What options do, and which exit code says what."""

import contextlib
import datetime
import json
import os
import subprocess

import pytest

import oracle
from pseudonyms import Reader
from support import LOGVEIL, Home, environment, generate
from twin import compare, expected_by_key, usage_by_key

DAY = 86_400_000_000


@pytest.fixture
def log(logs):
    """Four days, 1 to 4 November 2026."""
    path = logs / "days.log"
    return path if path.exists() else generate(
        path, "w3c", "1MiB", days=4, bad_lines=0.02, users=300, seed=11)


def day_number(text: str) -> int:
    return (datetime.date.fromisoformat(text) - datetime.date(1970, 1, 1)).days


@pytest.mark.parametrize("since, until", [
    ("2026-11-02", "2026-11-03"), ("2026-11-03", None), (None, "2026-11-01"),
    ("2027-01-01", None), ("2026-11-04", "2026-11-04"),
])
def test_days(home, log, since, until):
    words = [word for flag, day in (("--since", since), ("--until", until)) if day
             for word in (flag, day)]
    days = range(day_number(since or "1970-01-01"), day_number(until or "2148-01-01") + 1)
    reading = oracle.read(log.read_bytes(), "w3c", days)
    result = home.run(log, *words).json
    assert (result["events"], result["excluded"], result["rejected"], result["lines"]) == (
        reading.events, reading.excluded, len(reading.rejects), reading.lines)
    compare(usage_by_key(home), expected_by_key(reading))
    (ingest,) = home.rows("ingests")
    assert ingest["excluded"] == reading.excluded
    assert set(words) <= set(" ".join(ingest["options"].replace("=", " ").split()).split()) | {
        "--since", "--until"}


def test_clear_names_lie_apart(home, log):
    home.run(log)
    before = home.fingerprints()
    home.run(log, "--no-anonymise")
    assert home.fingerprints() == before
    reveal = Reader(home.key_file).reveal
    veiled = {reveal(row["user"], "u") for row in home.rows("usage")}
    clear = {row["user"] and row["user"].encode() for row in home.rows("usage", "default-clear")}
    assert veiled == clear
    addresses = {row["src_ip"] for row in home.rows("usage", "default-clear")}
    assert all(not address.startswith("i1-") for address in addresses if address)
    (ingest,) = home.rows("ingests", "default-clear")
    assert ingest["anonymise_users"] is False and ingest["anonymise_machines"] is False


def test_clear_machines(home, log):
    home.run(log, "--no-anonymise-machines")
    reveal = Reader(home.key_file).reveal
    reading = oracle.read(log.read_bytes(), "w3c")
    found = {(reveal(row["user"], "u"), row["src_ip"]) for row in home.rows("usage")}
    assert found == {(key[2], key[3]) for key in reading.groups}
    (ingest,) = home.rows("ingests")
    assert ingest["anonymise_users"] is True and ingest["anonymise_machines"] is False


def test_clear_users_with_veiled_machines(home, log):
    home.run(log, "--no-anonymise", "--anonymise-machines")
    rows = home.rows("usage", "default-clear")
    assert all(row["src_ip"].startswith("i1-") for row in rows if row["src_ip"])
    assert not any((row["user"] or "").startswith("u1-") for row in rows)


def test_dry_run_writes_no_table(home, log):
    dry = home.run(log, "--dry-run").json
    assert dry["events"] > 0 and dry["version"] is None
    assert home.events() == 0
    left = [path for path in (home.path / "lake").rglob("*.parquet")]
    assert left == []
    real = home.run(log).json
    for name in ("lines", "events", "rejected", "comments", "users", "apps", "uploaded_bytes"):
        assert dry[name] == real[name]


def test_tenants_have_keys_and_tables_of_their_own(home, log):
    home.run(log)
    home.run(log, "--tenant", "acme")
    ours = {row["user"] for row in home.rows("usage")} - {None}
    theirs = {row["user"] for row in home.rows("usage", "acme")} - {None}
    assert len(ours) == len(theirs) and not ours & theirs


def test_time_zone(home, tmp_path):
    (tmp_path / "t.log").write_text(
        "#Fields: date time cs-host\n2026-07-01 00:30:00 a.example\n2026-01-01 00:30:00 a.example\n")
    home.run(tmp_path / "t.log", "--time-zone", "Europe/Berlin")
    assert sorted(row["first_seen"].isoformat()[:16] for row in home.rows("usage")) == [
        "2025-12-31T23:30", "2026-06-30T22:30"]


def test_too_many_rejects(home, tmp_path):
    lines = ["#Fields: date time cs-host"] + ["2026-01-01 00:00:00 a.example"] * 9 + ["broken"]
    (tmp_path / "r.log").write_text("\n".join(lines) + "\n")
    done = home.run(tmp_path / "r.log", code=3)
    assert done.json["rejected"] == 1 and home.events() == 9
    other = Home(tmp_path / "other")
    other.run(tmp_path / "r.log", "--max-reject-ratio", "0.1")


@pytest.mark.parametrize("words, code", [
    (["run"], 64), (["run", "--no-such-flag", "x"], 64), (["run", "x", "--threads", "0"], 64),
    (["run", "x", "--since", "yesterday"], 64), (["run", "x", "--format", "nonsense"], 64),
    (["run", "x", "--max-reject-ratio", "2"], 64), (["run", "x", "--memory", "lots"], 64),
    (["run", "x", "--since", "2026-02-01", "--until", "2026-01-01"], 64),
    (["run", "x", "--time-zone", "Atlantis/Center"], 64), (["nonsense"], 64),
    (["run", "/no/such/file"], 66), (["--help"], 0), (["--version"], 0), (["run", "--help"], 0),
])
def test_exit_codes_of_the_command_line(home, words, code):
    flags = [] if words[-1] in ("--help", "--version", "nonsense") else ["--home", str(home.path)]
    done = subprocess.run(
        [LOGVEIL, *words, *flags], capture_output=True, text=True, env=environment(),
        stdin=subprocess.DEVNULL)
    assert done.returncode == code, done.stderr
    assert (done.stdout if code == 0 else done.stderr).strip()
    if code != 0:
        assert done.stdout == "" and not home.path.exists()


def test_missing_file_beside_a_good_one(home, log):
    done = home.run(log, "/no/such/file", code=3)
    assert "/no/such/file" in done.err
    assert (done.json["archives"], done.json["failed"]) == (1, 1)


def test_an_empty_folder_is_no_input(home, tmp_path):
    (tmp_path / "empty").mkdir()
    home.run(tmp_path / "empty", code=66)
    assert not home.path.exists()


@pytest.mark.parametrize("mode", [0o644, 0o660, 0o604])
def test_an_open_key_file_is_refused(home, log, mode):
    home.run(log)
    home.key_file.chmod(mode)
    done = home.run(log, code=78)
    assert str(home.key_file) in done.err and done.out == ""


def test_a_damaged_key_file_is_refused(home, log, tmp_path):
    home.run(log)
    text = home.key_file.read_text()
    root = json.loads(text)["versions"][0]["root"]
    home.key_file.write_text(text.replace(root, root[:-2]))
    done = home.run(log, "--source", "x", code=78)
    assert root[:16] not in done.err, "an error shows key bytes"
    target = tmp_path / "elsewhere.json"
    target.write_text(text)
    target.chmod(0o600)
    home.key_file.unlink()
    home.key_file.symlink_to(target)
    home.run(log, "--source", "x", code=78)


def test_a_home_open_to_others_is_refused(home, log):
    home.run(log)
    home.path.chmod(0o755)
    done = home.run(log, code=78)
    assert "chmod 700" in done.err


def test_what_a_run_makes_is_for_its_owner_only(home, log):
    home.run(log)
    for path in [home.path, *home.path.rglob("*")]:
        if path.is_file() or path.is_dir():
            inside_lake = home.path / "lake" in path.parents
            assert inside_lake or path.stat().st_mode & 0o077 == 0, path
    assert home.path.stat().st_mode & 0o777 == 0o700


@contextlib.contextmanager
def mounted(folder, *options):
    """A small file system of its own; skips the test where that is not allowed."""
    folder.mkdir(exist_ok=True)
    if os.geteuid() != 0:
        pytest.skip("needs root to mount a file system")
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", folder], capture_output=True)
    if done.returncode != 0:
        pytest.skip(f"may not mount here: {done.stderr.decode().strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def remount(folder, *options):
    subprocess.run(
        ["mount", "-o", ",".join(("remount", *options)), folder], check=True, capture_output=True)


def test_a_read_only_home(tmp_path, log, logs):
    with mounted(tmp_path / "disk", "size=64m"):
        home = Home(tmp_path / "disk" / "home")
        home.run(log)
        before = home.fingerprints()
        other = generate(logs / "read-only.log", "w3c", "256KiB", seed=12)
        remount(tmp_path / "disk", "ro")
        done = home.run(other, code=None)
        assert done.code in (73, 74), done
        assert done.out == "" and "read-only" in done.err.lower()
        fresh = Home(tmp_path / "disk" / "fresh")
        assert fresh.run(other, code=None).code in (73, 74)
        remount(tmp_path / "disk", "rw")
        assert home.fingerprints() == before
        home.run(other)


@pytest.mark.parametrize("kilobytes", [16, 64, 200, 400, 700])
def test_a_full_disk(tmp_path, logs, kilobytes):
    log = logs / "full.log"
    if not log.exists():
        generate(log, "w3c", "8MiB", users=4000, hosts=3000, locality=0, seed=13)
    with mounted(tmp_path / "disk", f"size={kilobytes}k"):
        home = Home(tmp_path / "disk" / "home")
        done = home.run(log, code=None)
        assert done.code in (73, 74), (done.code, done.err)
        # The smallest disks have no room for the shared memory of the state, which SQLite calls
        # an input or output error.
        assert done.out == "" and ("space" in done.err.lower() or "check the disk" in done.err)
        assert home.events() == 0
        remount(tmp_path / "disk", "size=64m")
        result = home.run(log).json
        assert home.events() == result["events"]
        left = {path for path in home.table("usage").rglob("*.parquet")}
        assert left == set(home.live_files("usage")), "files of the failed run are still there"


def test_help_texts_have_no_broken_lines():
    """All help there is: texts of commands and their options."""
    dump = subprocess.run([LOGVEIL, "--experimental-dump-help"], capture_output=True, check=True)

    def texts(value):
        if isinstance(value, str):
            yield value
        elif isinstance(value, (dict, list)):
            for inner in value.values() if isinstance(value, dict) else value:
                yield from texts(inner)
    found = list(texts(json.loads(dump.stdout)))
    assert len(found) > 500 and not [text for text in found if "\\" in text]
