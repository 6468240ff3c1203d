"""The governance log: two verifiers that agree, tampering, budgets, and the flow of an officer."""

import contextlib
import importlib.machinery
import importlib.util
import json
import os
import pathlib
import random
import shutil
import socket
import sqlite3
import subprocess
import sys

import pytest

from support import LOGVEIL, ROOT, Home, environment
from test_canary import leaks

WHY = ("--justification", "case 7")
loader = importlib.machinery.SourceFileLoader("verifier", str(ROOT / "scripts" / "verify-governance"))
spec = importlib.util.spec_from_loader("verifier", loader)
verifier = importlib.util.module_from_spec(spec)
sys.dont_write_bytecode = True
loader.exec_module(verifier)


def log_file(tmp_path, name="a.log", user="anna"):
    path = tmp_path / name
    path.write_text("#Fields: date time c-ip cs-username cs-host sc-bytes\n" + "".join(
        f"2026-05-01 10:00:{number % 60:02} 10.0.0.1 {user}{number % 9} h.example {number}\n"
        for number in range(60)))
    return path


def records(home, *words) -> list[dict]:
    return [json.loads(line) for line in home.call("governance", "list", "--json", *words).out.split("\n") if line]


def filled(home, tmp_path) -> Home:
    """A home with a log of some records, with anchors in between."""
    home.call("init")
    for number in range(3):
        home.run(log_file(tmp_path, f"{number}.log", f"user{number}-"))
        done = home.call("resolve", "--to-anonymised", "-", *WHY, "--json", stdin=b"anna\n")
        home.call("resolve", "--from-anonymised", done.json["result"], "nonsense", *WHY, "--json")
    home.call("admin", "add", "daemon", "--upn", "d@example.org", "--permission", "resolve")
    return home


def both(home: Home) -> tuple[dict, dict]:
    """What our verifier and the other one say."""
    done = home.call("governance", "verify", "--json", code=None)
    ours = done.json
    ours.pop("reason")
    other = json.loads(json.dumps(verifier.verify(home.path)))
    assert done.code == (0 if ours["good"] else 1)
    return ours, other


def test_both_verifiers_agree_on_a_good_log(home, tmp_path):
    ours, other = both(filled(home, tmp_path))
    assert ours == other and ours["good"] and ours["anchors"] == 3
    last = records(home)[-1]["sequence"]
    assert ours["records"] == last and 0 < ours["proven_to"] < last
    # By the key that init printed, and by no other one.
    home.call("governance", "verify", "--public-key", ours["public_key"])
    done = home.call("governance", "verify", "--public-key", "0" * 64, "--json", code=1)
    assert done.json["fault"] == "other_first_key"
    assert verifier.verify(home.path, "0" * 64)["fault"] == "other_first_key"
    # The script by itself, as an auditor calls it.
    alone = subprocess.run([sys.executable, "-S", ROOT / "scripts" / "verify-governance", home.path],
                           capture_output=True, text=True)
    assert alone.returncode == 0 and json.loads(alone.stdout) == other


def loosened(home: Home) -> sqlite3.Connection:
    log = sqlite3.connect(home.path / "state.sqlite")
    for (name,) in log.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        log.execute(f"DROP TRIGGER {name}")
    return log


def rechained(log: sqlite3.Connection):
    """Computes every hash anew, as who has the file can."""
    previous = bytes(32)
    rows = log.execute(f"SELECT sequence, {', '.join(verifier.FIELDS)} FROM governance ORDER BY 1")
    for sequence, *fields in rows.fetchall():
        fields = [field.encode() if isinstance(field, str) else field for field in fields]
        previous = verifier.record_hash(sequence, fields, previous)
        log.execute("UPDATE governance SET hash = ? WHERE sequence = ?", (previous.hex(), sequence))


TAMPERINGS = {
    "edit": "UPDATE governance SET justification = 'x' WHERE sequence = {a}",
    "delete": "DELETE FROM governance WHERE sequence = {a}",
    "cut": "DELETE FROM governance WHERE sequence >= {a}",
    "swap": "UPDATE governance SET sequence = -1 WHERE sequence = {a};"
            "UPDATE governance SET sequence = {a} WHERE sequence = {b};"
            "UPDATE governance SET sequence = {b} WHERE sequence = -1",
    "insert": "INSERT INTO governance SELECT (SELECT max(sequence) + 1 FROM governance), time, action,"
              " target, initiator, tenant, status, justification, error, hash FROM governance"
              " WHERE sequence = {a}",
    "epoch": "UPDATE epochs SET head = substr(head, 2) || 'a' WHERE number = {e}",
    "signature": "UPDATE epochs SET signature = substr(signature, 2) || 'a' WHERE number = {e}",
    "lost epoch": "DELETE FROM epochs WHERE number = {e}",
    "other key": "UPDATE epochs SET public_key = next_key WHERE number = {e}",
    "cut with epochs": "DELETE FROM governance WHERE sequence >="
                       " (SELECT first FROM epochs WHERE number = {e});"
                       "DELETE FROM epochs WHERE number > {e};"
                       "UPDATE epochs SET last = NULL, head = NULL, next_key = NULL, closed = NULL,"
                       " signature = NULL WHERE number = {e}",
}


@pytest.mark.parametrize("name", TAMPERINGS)
@pytest.mark.parametrize("chained", [False, True], ids=["", "rechained"])
def test_both_verifiers_name_the_same_record(home, tmp_path, name, chained):
    good = filled(home, tmp_path)
    count = len(records(good))
    epochs = both(good)[0]["epochs"]
    numbers = random.Random(f"{name} {chained}")
    for place in range(3):
        copy = Home(tmp_path / f"copy{place}")
        shutil.copytree(good.path, copy.path, symlinks=True)
        log = loosened(copy)
        a, b = sorted(numbers.sample(range(2, count + 1), 2))
        log.executescript(TAMPERINGS[name].format(a=a, b=b, e=numbers.randint(2, epochs)))
        if chained:
            rechained(log)
        log.commit()
        log.close()
        ours, other = both(copy)
        assert not ours["good"] and ours["fault"] is not None, (name, a, b)
        assert ours == other, (name, a, b)


def test_an_older_copy_of_everything_shows_by_an_anchor_elsewhere(home, tmp_path):
    filled(home, tmp_path)
    copy = Home(tmp_path / "copy")
    shutil.copytree(home.path, copy.path)
    anchor = home.call("governance", "anchor").out
    assert anchor.startswith("logveil-anchor/1 sequence=")
    home.call("governance", "verify", "--anchors", "-", stdin=anchor.encode())
    copy.call("governance", "verify")
    done = copy.call("governance", "verify", "--anchors", "-", "--json", stdin=anchor.encode(),
                     code=1)
    assert done.json["fault"] == "rolled_back"
    assert verifier.verify(copy.path, extra=[anchor])["fault"] == "rolled_back"


def test_every_new_head_goes_to_the_file_that_is_set(home, tmp_path):
    home.call("init")
    place = tmp_path / "anchors"
    done = home.call("settings", "set", "anchor", f"file:{place}", code=73)
    assert "takes no anchor" in done.err
    place.touch()
    home.call("settings", "set", "anchor", f"file:{place}")
    home.call("key", "rotate")
    lines = place.read_text().splitlines()
    assert len(lines) == 4 and lines[-1].startswith("logveil-anchor/1 ")
    home.call("governance", "verify", "--anchors", "-", stdin=place.read_bytes())
    # Without the place no name is shown.
    place.unlink()
    done = home.call("resolve", "--to-anonymised", "-", *WHY, stdin=b"anna\n", code=73)
    assert done.out == ""
    home.call("settings", "remove", "anchor")


def test_every_new_head_goes_to_standard_output(home):
    home.call("init")
    home.call("settings", "set", "anchor", "stdout")
    lines = home.call("key", "rotate", "--json").out.splitlines()
    anchors = [line for line in lines if line.startswith("logveil-anchor/1 ")]
    assert anchors and len([line for line in lines if line.startswith("{")]) == 1
    home.call("settings", "remove", "anchor")
    home.call("governance", "verify", "--anchors", "-", stdin="\n".join(anchors).encode())


@pytest.mark.skipif(
    os.geteuid() != 0 or pathlib.Path("/run/systemd/journal").exists(),
    reason="needs to stand in for the journal")
def test_every_new_head_goes_to_the_journal(home):
    """The test plays the journal: a socket that takes datagrams of fields."""
    home.call("init")
    done = home.call("settings", "set", "anchor", "journal", code=73)
    assert "/run/systemd/journal/socket takes no anchor" in done.err
    folder = pathlib.Path("/run/systemd/journal")
    folder.mkdir(parents=True)
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as journal:
            journal.bind(str(folder / "socket"))
            journal.settimeout(10)
            home.call("settings", "set", "anchor", "journal")
            home.call("key", "rotate")
            journal.setblocking(False)
            entries = []
            with contextlib.suppress(BlockingIOError):
                while True:
                    entries.append(journal.recv(1 << 16).decode())
            home.call("settings", "remove", "anchor")
    finally:
        shutil.rmtree(folder)
    assert len(entries) >= 3
    for entry in entries:
        fields = dict(line.split("=", 1) for line in entry.splitlines() if line)
        assert fields["SYSLOG_IDENTIFIER"] == "logveil" and fields["PRIORITY"] == "5"
        assert fields["MESSAGE"].startswith(
            f"logveil-anchor/1 sequence={fields['LOGVEIL_SEQUENCE']} hash={fields['LOGVEIL_HASH']}")
    said = "\n".join(entry.splitlines()[0] for entry in entries)
    home.call("governance", "verify", "--anchors", "-", stdin=said.encode())


def test_sixteen_processes_never_exceed_a_budget(home):
    home.call("init")
    pseudonym = home.call("resolve", "--to-anonymised", "-", *WHY, stdin=b"anna\n").out.strip()
    command = home.command("resolve", "--from-anonymised", *[pseudonym] * 3, *WHY)
    codes = []
    for _ in range(3):
        started = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                    text=True, env=environment()) for _ in range(16)]
        outs = [process.communicate()[0] for process in started]
        codes += [process.returncode for process in started]
        assert all(out == ("anna\n" * 3 if process.returncode == 0 else "")
                   for out, process in zip(outs, started))
    assert sorted(set(codes)) == [0, 77] and codes.count(0) == 33
    intents = records(home, "--action", "resolve", "--status", "intent")
    assert len(intents) == 99
    denied = records(home, "--action", "resolve", "--status", "denied")
    assert len(denied) == 48 - 33 and all("budget" in one["error"] for one in denied)
    ours, other = both(home)
    assert ours == other and ours["good"]


def test_csv_is_safe_to_open(home):
    home.call("init")
    for text in ('=1+1', '+x', '-2', '@SUM(A1)', '\t=1', ' =1', 'a "quote", comma', "line\nline"):
        home.call("resolve", "--from-anonymised", "x", f"--justification={text}", code=65)
    import csv
    import io
    rows = list(csv.DictReader(io.StringIO(home.call("governance", "export").out)))
    told = [row["justification"] for row in rows if row["status"] == "intent"]
    assert told == ["'=1+1", "'+x", "'-2", "'@SUM(A1)", "'\t=1", "' =1", 'a "quote", comma',
                    "line\nline"]
    assert records(home)[-1]["action"] == "export"
    lines = home.call("governance", "export", "--format", "json", "--action", "resolve").out
    assert [json.loads(line)["justification"] for line in lines.splitlines()][0] == "=1+1"


def test_young_records_are_not_purged(home, tmp_path):
    filled(home, tmp_path)
    count = len(records(home))
    done = home.call("governance", "purge", *WHY)
    assert "Nothing was removed" in done.err and len(records(home)) == count
    home.call("settings", "set", "governance_days", "29", code=64)


def as_person(home: Home, account: str, *words, stdin: bytes | None = None):
    """Runs a command as `sudo -u SERVICE` does for a person: the login uid stays the person's."""
    import pwd
    service, person = pwd.getpwnam("nobody"), pwd.getpwnam(account)

    def become():
        pathlib.Path("/proc/self/loginuid").write_text(str(person.pw_uid))
        os.setgroups([])
        os.setresgid(*[service.pw_gid] * 3)
        os.setresuid(*[service.pw_uid] * 3)

    done = subprocess.run(
        home.command(*words), capture_output=True, text=True, env=environment(),
        preexec_fn=become, **({"input": stdin.decode()} if stdin else {"stdin": subprocess.DEVNULL}))
    return done


def can_play_people() -> bool:
    try:
        return os.geteuid() == 0 and os.access("/proc/self/loginuid", os.W_OK)
    except OSError:
        return False


@pytest.mark.skipif(not can_play_people(), reason="needs root and the audit session of the kernel")
def test_the_flow_of_an_officer(tmp_path):
    """docs/governance.md tells the same: two people, one service account."""
    # A place that the service account reaches; pytest's own folders are closed to it.
    import pwd
    import tempfile
    base = pathlib.Path(tempfile.mkdtemp(prefix="logveil-officer-"))
    try:
        base.chmod(0o755)
        service = pwd.getpwnam("nobody")
        program = base / "logveil"
        shutil.copy(LOGVEIL, program)
        program.chmod(0o755)
        (base / "service").mkdir(mode=0o700)
        os.chown(base / "service", service.pw_uid, service.pw_gid)
        home = Home(base / "service" / "home")
        home.command = lambda *words: [str(program), *map(str, words), "--home", str(home.path)]
        flow(home, base)
    finally:
        shutil.rmtree(base)


def flow(home: Home, base: pathlib.Path):
    anna, bert = "daemon", "games"

    def do(who, *words, code=0, stdin=None):
        done = as_person(home, who, *words, stdin=stdin)
        assert done.returncode == code, (words, done.returncode, done.stdout, done.stderr)
        return done

    made = json.loads(do(anna, "init", "--json").stdout)
    assert made["admin"] == anna
    log = log_file(base, user="Canary.Anna")
    log.chmod(0o644)
    do(anna, "run", log, "--progress", "off")
    pseudonym = json.loads(do(anna, "resolve", "--to-anonymised", "-", *WHY, "--json",
                              stdin=b"canary.anna3\n").stdout)["result"]
    # A second admin, first without and then with the permission.
    do(bert, "resolve", "--from-anonymised", pseudonym, *WHY, code=77)
    do(anna, "admin", "add", bert, "--upn", "bert@example.org", "--permission", "approve",
       "view_governance")
    do(bert, "resolve", "--from-anonymised", pseudonym, *WHY, code=77)
    do(bert, "admin", "grant", bert, "resolve", code=77)
    do(anna, "admin", "grant", bert, "resolve")
    assert do(bert, "resolve", "--from-anonymised", pseudonym, *WHY).stdout == "canary.anna3\n"
    # Two people for each name.
    do(anna, "settings", "set", "four_eyes", "resolve key_destroy")
    asked = do(bert, "resolve", "--from-anonymised", pseudonym, *WHY, code=77)
    assert "request 1" in asked.stderr and asked.stdout == ""
    do(bert, "approve", "1", code=77)
    waiting = json.loads(do(anna, "approve", "--json").stdout)
    assert waiting["id"] == 1 and waiting["initiator"] == bert and waiting["state"] == "pending"
    do(anna, "approve", "1")
    assert do(bert, "resolve", "--from-anonymised", pseudonym, *WHY).stdout == "canary.anna3\n"
    do(bert, "resolve", "--from-anonymised", pseudonym, *WHY, code=77)
    # What the log says, and that it holds.
    listed = [json.loads(line) for line in do(
        bert, "governance", "export", "--json").stdout.splitlines()]
    assert {(one["initiator"], one["action"], one["status"]) for one in listed} >= {
        (bert, "resolve", "denied"), (bert, "resolve", "successful"), (anna, "admin_add", "successful"),
        (bert, "request", "successful"), (bert, "approve", "denied"), (anna, "approve", "successful"),
        (bert, "admin_grant", "denied"), (anna, "settings_change", "successful")}
    # An admin of one tenant learns nothing of another.
    do(anna, "tenant", "add", "second")
    seen = [json.loads(line)["tenant"] for line in do(
        bert, "governance", "list", "--json").stdout.splitlines()]
    assert "default" in seen and "second" not in seen
    do(bert, "governance", "list", "--tenant", "second", code=77)
    assert "second" in do(anna, "governance", "list", "--json").stdout
    do(bert, "governance", "verify", "--public-key", made["governance_public_key"])
    assert verifier.verify(home.path)["good"]
    # Rotation, and the end of a version with two people.
    do(anna, "key", "rotate", "--from", "2026-06-01")
    confirm = ("--confirm", "destroy default 1")
    do(anna, "key", "destroy", "1", *WHY, *confirm, code=77)
    do(anna, "admin", "grant", bert, "manage_keys")
    do(bert, "approve", "3", "--justification", "the works council agreed")
    assert "exports: none" in do(anna, "key", "destroy", "1", *WHY, *confirm).stdout
    do(anna, "settings", "remove", "four_eyes")
    done = do(bert, "resolve", "--from-anonymised", pseudonym, *WHY, "--json")
    assert json.loads(done.stdout)["error"] == "destroyed"
    # Somebody edits the log.
    copy = Home(base / "service" / "copy")
    shutil.copytree(home.path, copy.path)
    tampered = loosened(copy)
    victim = next(one["sequence"] for one in listed
                  if one["initiator"] == bert and one["status"] == "successful")
    tampered.execute("UPDATE governance SET initiator = ? WHERE sequence = ?", (anna, victim))
    tampered.commit()
    tampered.close()
    assert verifier.verify(copy.path)["fault_sequence"] == victim
    assert leaks(home.path, [], ["Canary.Anna"]) == []


@pytest.mark.skipif(not can_play_people(), reason="needs root")
def test_a_program_with_the_service_accounts_bit_knows_who_asks(tmp_path):
    """The other way in: setuid to the service account; the real uid tells the person."""
    import pwd
    import tempfile
    base = pathlib.Path(tempfile.mkdtemp(prefix="logveil-setuid-"))
    try:
        base.chmod(0o755)
        service = pwd.getpwnam("nobody")
        program = base / "logveil"
        shutil.copy(LOGVEIL, program)
        os.chown(program, service.pw_uid, service.pw_gid)
        program.chmod(0o4755)
        (base / "service").mkdir(mode=0o700)
        os.chown(base / "service", service.pw_uid, service.pw_gid)
        home = base / "service" / "home"

        def call(account, *words):
            return subprocess.run(
                [program, *words, "--home", home], capture_output=True, text=True,
                env=environment(), user=account, group=account, extra_groups=[],
                stdin=subprocess.DEVNULL)

        made = call("daemon", "init", "--json")
        if "belongs to another account" in made.stderr or made.returncode == 127:
            pytest.skip("the file system ignores the bit")
        assert made.returncode == 0, made.stderr
        assert json.loads(made.stdout)["admin"] == "daemon"
        assert home.stat().st_uid == service.pw_uid
        assert call("daemon", "key", "list").returncode == 0
        assert call("games", "key", "list").returncode == 77
        # Neither can read what the service account keeps.
        assert subprocess.run(["ls", home], user="daemon", capture_output=True).returncode != 0
        # What a person names is written, and searched, as that person.
        log = log_file(base)
        log.chmod(0o644)
        person, closed = base / "person", base / "service" / "other"
        for folder, account in ((person, "daemon"), (closed, "nobody")):
            folder.mkdir(mode=0o700)
            os.chown(folder, pwd.getpwnam(account).pw_uid, 0)
        done = call("daemon", "run", log, "--metrics", person / "m.prom",
                    "--lineage", person / "l.jsonl")
        assert done.returncode == 0, done.stderr
        for name, mode in (("m.prom", 0o644), ("l.jsonl", 0o640)):
            status = (person / name).stat()
            assert (status.st_uid, status.st_mode & 0o777) == (pwd.getpwnam("daemon").pw_uid, mode)
        for flag in ("--metrics", "--lineage"):
            done = call("daemon", "run", log, flag, closed / "file")
            assert done.returncode == 73 and "cannot be written" in done.stderr, done.stderr
        assert list(closed.iterdir()) == [] and len(list(person.iterdir())) == 2
        (closed / "secret").write_text("of nobody")
        done = call("daemon", "leak-check", log, "--json", "--also", closed, person)
        assert done.returncode == 3 and json.loads(done.stdout)["unread"] == [str(closed)]
    finally:
        shutil.rmtree(base)
