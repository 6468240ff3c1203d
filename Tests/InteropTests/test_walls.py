"""What somebody who may run the program, and hardly more, cannot do with it."""

import json
import os
import pathlib
import pwd
import shutil
import sqlite3
import subprocess
import tempfile

import pytest

from support import LOGVEIL, Home, environment

WHY = ("--justification", "case 7")
LOG = "#Fields: date time c-ip cs-username cs-host sc-bytes\n" + "".join(
    f"2026-05-01 10:00:{number:02} 10.0.0.1 anna{number % 9} h.example 5\n"
    for number in range(60))


def records(home, *words):
    out = home.call("governance", "list", "--json", *words).out
    return [json.loads(line) for line in out.splitlines()]


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "a.log"
    path.write_text(LOG)
    return path


def fingerprint(home):
    return {str(path): path.read_bytes() for path in home.path.rglob("*")
            if path.is_file() and "keys" in str(path)}


def test_nothing_is_written_into_a_home_by_name(home, log, tmp_path):
    home.run(log)
    keys = fingerprint(home)
    (tmp_path / "link").symlink_to(home.path)
    state, key = home.path / "state.sqlite", home.path / "keys" / "default.json"
    fresh = tmp_path / "b.log"
    fresh.write_text(LOG.replace("10.0.0.1", "10.0.0.2"))
    for target in (state, key, home.path / "lake" / "x", tmp_path / "link" / "state.sqlite",
                   os.path.relpath(state, home.path.parent)):
        for words in (("run", fresh, "--metrics", target), ("run", fresh, "--lineage", target),
                      ("report", "--html", target), ("report", "--csv", target),
                      ("key", "export", "--output", target, "--kek", "file:/dev/null", *WHY),
                      ("settings", "set", "anchor", f"file:{home.path.parent / target}")):
            done = home.call(*words, code=None)
            assert done.code in (64, 77, 78) and done.err, (words, done)
    assert fingerprint(home) == keys and len(home.rows("ingests")) == 1
    home.call("governance", "verify")
    # Beside a home it may be.
    home.run(fresh, "--metrics", tmp_path / "m.prom", "--lineage", tmp_path / "l.json")
    assert (tmp_path / "m.prom").is_file() and (tmp_path / "l.json").is_file()


def test_key_files_of_a_home_are_no_exports(home, tmp_path):
    """Wrapped by a key that the service account can read, they open for whoever runs as it."""
    kek = tmp_path / "kek"
    kek.write_bytes(os.urandom(32))
    kek.chmod(0o600)
    home.call("init", "--kek", f"file:{kek}")
    other = Home(tmp_path / "other")
    other.call("init", "--tenant", "mine")
    key = home.path / "keys" / "default.json"
    (tmp_path / "link").symlink_to(key)
    (tmp_path / "folder").symlink_to(home.path)
    for path in (key, tmp_path / "link", tmp_path / "folder" / "keys" / "default.json"):
        done = other.call("key", "import", path, "--tenant", "s", code=77)
        assert "lies in a home" in done.err
    export = tmp_path / "export.json"
    home.call("key", "export", "--output", export, "--kek", f"file:{kek}", *WHY)
    other.call("key", "import", export, "--tenant", "s")


def test_certificates_name_what_may_have_been(home, tmp_path):
    kek, raw = tmp_path / "kek", tmp_path / "raw"
    for path in (kek, raw):
        path.write_bytes(os.urandom(32))
        path.chmod(0o600)
    home.call("init")
    home.call("key", "new", "--tenant", "own", "--raw", f"file:{raw}")
    done = home.call("key", "destroy", "1", "--tenant", "own", *WHY, "--confirm",
                     "destroy own 1", "--json").json
    assert "imports: #" in done["certificate"] and "exports: none" in done["certificate"]
    # An export that was cut off before its outcome stood in the log.
    home.call("key", "export", "--output", tmp_path / "e.json", "--kek", f"file:{kek}", *WHY)
    last = records(home)[-1]
    assert last["action"] == "key_export" and last["status"] == "successful"
    certificate = home.call("key", "destroy", "1", *WHY, "--confirm", "destroy default 1",
                            "--json").json["certificate"]
    assert f"exports: #{last['sequence']}" in certificate
    # Once more: it is done, and certified.
    home.call("key", "destroy", "1", *WHY, "--confirm", "destroy default 1", code=64)


def test_four_eyes_see_sources_homes_and_clear_lines(home, log, tmp_path):
    home.run(log)
    home.call("settings", "set", "four_eyes", "resolve settings")
    waiting = 0
    for words in (("source", "add", "fw", "--anonymise", "no", *WHY),
                  ("settings", "set", "governance_days", "30", *WHY),
                  ("inspect", log, "--records", "--json", "--clear", *WHY)):
        done = home.call(*words, code=77)
        waiting += 1
        assert f"request {waiting}" in done.err and "anna" not in done.out
    done = home.call("settings", "set", "governance_days", "30", "--tenant", "other", *WHY,
                     code=64)
    assert "--tenant default" in done.err
    assert home.call("settings", "list", "--json").out.count("governance_days") == 1
    shown = [json.loads(line) for line in home.call("settings", "list", "--json").out.splitlines()]
    assert {row["key"]: row["value"] for row in shown}["governance_days"] == "120"


def test_another_reason_is_another_request(home):
    home.call("init")
    home.call("settings", "set", "four_eyes", "lookup")
    asked = [home.call("resolve", "--to-anonymised", "-", "--justification", why,
                       stdin=b"anna\nbert\n", code=77).err for why in ("case 1", "curiosity")]
    assert "request 1" in asked[0] and "request 2" in asked[1]
    # However the names arrive, they are one request.
    process = subprocess.Popen(
        home.command("resolve", "--to-anonymised", "-", "--justification", "case 1"),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
    process.stdin.write(b"anna\n")
    process.stdin.flush()
    process.stdin.write(b"bert\n")
    _, err = process.communicate()
    assert process.returncode == 77 and b"request 1" in err


def test_names_are_found_under_rules_of_before(home, tmp_path):
    home.call("init")
    found = []
    for target in ("old.example", "new.example", None):
        words = ("set", "realms", f"corp={target}") if target else ("remove", "realms")
        home.call("settings", *words)
        found.append(home.call("resolve", "--to-anonymised", "-", *WHY, "--json",
                               stdin=b"corp\\anna\n").json)
    assert found[0]["result"] != found[1]["result"] != found[2]["result"]
    assert {one["result"] for one in found} <= set(found[2]["results"])


def test_a_trigger_of_any_spelling_is_seen(home):
    home.call("init")
    with sqlite3.connect(home.path / "state.sqlite") as state:
        state.execute("CREATE TRIGGER s BEFORE INSERT ON Governance WHEN NEW.action = 'lookup' "
                      "BEGIN SELECT RAISE(IGNORE); END")
    done = home.call("resolve", "--to-anonymised", "-", *WHY, stdin=b"anna\n", code=None)
    assert done.code != 0 and done.out == ""
    assert home.call("governance", "verify", "--json", code=None).json["triggers_intact"] is False


def test_an_account_that_is_none_is_no_last_holder(home):
    home.call("init")
    me = json.loads(home.call("admin", "list", "--json").out.splitlines()[0])["account"]
    home.call("admin", "add", "nobody-of-that-name", "--permission", "manage_admins",
              "--all-tenants")
    done = home.call("admin", "remove", me, code=None)
    assert done.code != 0 and "last one" in done.err


@pytest.mark.skipif(os.geteuid() != 0, reason="needs several accounts")
def test_a_login_uid_of_ones_own_making_is_not_believed():
    """The kernel lets a process set a login uid that was not set before."""
    base = pathlib.Path(tempfile.mkdtemp(prefix="logveil-forged-"))
    try:
        base.chmod(0o711)
        program = base / "logveil"
        shutil.copy(LOGVEIL, program)
        shutil.chown(program, "daemon")
        program.chmod(0o4755)
        folder = base / "service"
        folder.mkdir(mode=0o700)
        shutil.chown(folder, "daemon", "daemon")

        def call(account, *words, forge=False):
            # A shell first: what changed its account itself may not write there.
            first = "echo 1 > /proc/self/loginuid && " if forge else ""
            return subprocess.run(
                ["bash", "-c", first + 'exec "$0" "$@"', program, *words, "--home",
                 folder / "home"], user=account, group=account, extra_groups=[],
                capture_output=True, text=True, env=environment())

        made = call("daemon", "init", "--json")
        assert json.loads(made.stdout)["admin"] == "daemon", made.stderr
        assert call("games", "governance", "list").returncode == 77
        forged = call("games", "governance", "list", forge=True)
        if "loginuid" in forged.stderr:
            pytest.skip("this kernel knows no login uid, or keeps it")
        assert forged.returncode == 77
    finally:
        shutil.rmtree(base)


@pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("sudo") is None
    or not pathlib.Path("/proc/self/loginuid").exists(), reason="needs root and sudo")
def test_people_come_in_by_sudo():
    """The set-up of docs/governance.md: a service account, two people, one rule of sudo."""
    base = pathlib.Path(tempfile.mkdtemp(prefix="logveil-sudo-"))
    rule = pathlib.Path(f"/etc/sudoers.d/{base.name}")
    try:
        base.chmod(0o755)
        program, home = base / "logveil", base / "service" / "home"
        shutil.copy(LOGVEIL, program)
        program.chmod(0o755)
        home.parent.mkdir(mode=0o700)
        shutil.chown(home.parent, "nobody", "nogroup")
        rule.touch(mode=0o440)
        rule.write_text(f"daemon,games ALL=(nobody) NOPASSWD: {program}\n")

        def call(person, *words, session=None, stdin=None):
            account = pwd.getpwnam(person)
            login = pwd.getpwnam(session or person).pw_uid
            become = f"--reuid {account.pw_uid} --regid {account.pw_gid} --clear-groups"
            return subprocess.run(
                ["bash", "-c", f"echo {login} > /proc/self/loginuid && exec setpriv {become} "
                 'sudo -n -u nobody "$0" "$@"', program, *words, "--home", home],
                capture_output=True, text=True, env=environment(), input=stdin)

        made = call("daemon", "init", "--json")
        assert json.loads(made.stdout)["admin"] == "daemon", made.stderr
        ask = ("resolve", "--to-anonymised", "-", *WHY)
        assert call("games", *ask, stdin="anna\n").returncode == 77
        assert call("daemon", "admin", "add", "games", "--permission", "lookup").returncode == 0
        assert call("games", *ask, stdin="anna\n").stdout.startswith("u1-")
        # Who says to be somebody else is nobody.
        forged = call("games", "governance", "list", session="daemon")
        assert forged.returncode == 77 and "somebody else than sudo" in forged.stderr
        listed = call("daemon", "governance", "list", "--json").stdout.splitlines()
        assert [json.loads(line)["initiator"] for line in listed[-2:]] == ["games", "games"]
    finally:
        rule.unlink(missing_ok=True)
        shutil.rmtree(base)
