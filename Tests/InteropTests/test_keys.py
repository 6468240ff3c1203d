"""Keys: wrapped at rest, rotated, carried, destroyed; read by Python alone; never left anywhere."""

import hashlib
import json
import os
import pty
import re
import signal
import subprocess
import sys
import time

import pytest
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap_with_padding

from pseudonyms import Reader
from support import LOGVEIL, ROOT, Home, environment
from test_canary import NAMES, leaks, secret_log

WHY = ("--justification", "case 7")


def secret_file(path, data: bytes):
    path.write_bytes(data)
    path.chmod(0o600)
    return path


def keys(home) -> dict:
    return json.loads(home.key_file.read_text())


def lookup(home, name: str, **more) -> dict:
    return home.call("resolve", "--to-anonymised", "-", *WHY, "--json",
                     stdin=name.encode() + b"\n", **more).json


def reveal(home, pseudonym: str) -> dict:
    return home.call("resolve", "--from-anonymised", pseudonym, *WHY, "--json").json


def script(arguments: list, pseudonyms: list[str]) -> subprocess.CompletedProcess:
    """Runs the script of docs/pseudonyms.md."""
    text = (ROOT / "docs" / "pseudonyms.md").read_text()
    found = re.findall(r"```python\n(.*?)```", text, re.S)
    assert len(found) == 1
    lines = [line for line in found[0].splitlines() if line and "import" not in line]
    assert len(lines) <= 10, "ten lines were promised"
    return subprocess.run([sys.executable, "-c", found[0], *map(str, arguments)],
                          input="\n".join(pseudonyms), capture_output=True, text=True)


def test_the_documented_script_reads_an_export(home, tmp_path):
    home.call("init")
    home.call("key", "rotate", "--from", "2026-05-03")
    names = ["anna.brookling", r"corp\zoë", "x" * 40]
    pseudonyms = [text for name in names for text in lookup(home, name)["results"]]
    assert sorted({text[:3] for text in pseudonyms}) == ["u1-", "u2-"]
    kek = secret_file(tmp_path / "kek", os.urandom(32))
    home.call("key", "export", "-o", tmp_path / "out.json", "--kek", f"file:{kek}", *WHY)
    assert (tmp_path / "out.json").stat().st_mode & 0o777 == 0o600
    done = script([tmp_path / "out.json", kek], pseudonyms)
    assert done.stdout.splitlines() == [name for name in names for _ in range(2)], done.stderr
    # The key file itself, which is plain, without a key-encryption key.
    assert script([home.key_file], pseudonyms).stdout == done.stdout
    # An export into a file that is there is refused.
    home.call("key", "export", "-o", tmp_path / "out.json", "--kek", f"file:{kek}", *WHY, code=73)


def test_wrapped_keys_resolve_what_plain_ones_made(home, tmp_path):
    home.call("init")
    plain = keys(home)["versions"][0]["root"]
    text = lookup(home, "anna")["result"]
    kek = secret_file(tmp_path / "kek", os.urandom(32).hex().encode() + b"\n")
    home.call("key", "wrap", "--kek", f"file:{kek}")
    wrapped = keys(home)
    assert wrapped["versions"][0]["wrap"] == "aes256-wrap-pad"
    root = bytes.fromhex(wrapped["versions"][0]["root"])
    key = bytes.fromhex(kek.read_text().strip())
    assert aes_key_unwrap_with_padding(key, root).hex() == plain
    assert reveal(home, text)["result"] == "anna"
    for path in home.path.rglob("*"):
        assert not path.is_file() or plain.encode() not in path.read_bytes(), path
    # Each refusal has its own words, and is a matter of configuration.
    refused = {}
    kek.chmod(0o644)
    refused["other accounts"] = home.call("key", "list", code=78).err
    kek.chmod(0o600)
    kek.rename(tmp_path / "moved")
    refused["not there"] = home.call("key", "list", code=78).err
    kek.symlink_to(tmp_path / "moved")
    refused["symbolic link"] = home.call("key", "list", code=78).err
    kek.unlink()
    secret_file(kek, os.urandom(32))
    refused["another key"] = home.call("key", "list", code=78).err
    for words, message in refused.items():
        assert words in message and str(kek) in message, message
    # A moved key is named by a path in the environment.
    done = subprocess.run(home.command("key", "list", "--json"), capture_output=True, text=True,
                          env=environment() | {"LOGVEIL_KEK": f"file:{tmp_path / 'moved'}"})
    assert done.returncode == 0 and json.loads(done.stdout)["wrap"] == f"file:{kek}"


def test_the_key_may_come_by_a_descriptor_or_a_credential(home, tmp_path):
    kek = secret_file(tmp_path / "kek", os.urandom(32))
    folder = tmp_path / "credentials"
    folder.mkdir()
    secret_file(folder / "logveil-kek", kek.read_bytes()).chmod(0o400)

    def call(*words, **more):
        with open(kek, "rb") as file:
            return subprocess.run(home.command(*words), capture_output=True, text=True,
                                  pass_fds=[file.fileno()], **more,
                                  env=environment() | {"LOGVEIL_KEK": f"fd:{file.fileno()}"})

    with open(kek, "rb") as file:
        made = subprocess.run(
            home.command("init", "--kek", f"fd:{file.fileno()}"), pass_fds=[file.fileno()],
            capture_output=True, text=True, env=environment())
    assert made.returncode == 0, made.stderr
    listed = call("key", "list", "--json")
    assert listed.returncode == 0, listed.stderr
    bare = subprocess.run(home.command("key", "list"), capture_output=True, text=True,
                          env=environment() | {"LOGVEIL_KEK": "credential:logveil-kek"})
    assert bare.returncode == 78 and "CREDENTIALS_DIRECTORY" in bare.stderr
    given = subprocess.run(
        home.command("key", "list"), capture_output=True, text=True,
        env=environment() | {"LOGVEIL_KEK": "credential:logveil-kek",
                             "CREDENTIALS_DIRECTORY": str(folder)})
    assert given.returncode == 0, given.stderr


def on_a_terminal(command: list[str], answers: list[str]) -> tuple[int, str]:
    """Runs a command that asks on the terminal; returns its exit code and what was shown."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(command[0], command, environment())
    shown = b""
    pending = list(answers)
    while True:
        try:
            chunk = os.read(terminal, 4096)
        except OSError:
            break
        if not chunk:
            break
        shown += chunk
        if chunk.rstrip(b" ").endswith(b":") and pending:
            os.write(terminal, pending.pop(0).encode() + b"\n")
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown.decode()


def test_a_passphrase_is_asked_for_and_never_shown(home):
    phrase = "correct horse battery"
    code, shown = on_a_terminal(home.command("init", "--kek", "passphrase"), [phrase, phrase])
    assert code == 0 and "Passphrase" in shown and phrase not in shown
    stored = keys(home)
    kek = stored["kek"]
    assert kek["source"] == "passphrase" and (kek["n"], kek["r"], kek["p"]) == (1 << 17, 8, 1)
    key = hashlib.scrypt(phrase.encode(), salt=bytes.fromhex(kek["salt"]), n=kek["n"], r=kek["r"],
                         p=kek["p"], dklen=32, maxmem=256 << 20)
    root = aes_key_unwrap_with_padding(key, bytes.fromhex(stored["versions"][0]["root"]))
    assert len(root) == 32
    code, shown = on_a_terminal(home.command("key", "list"), [phrase])
    assert code == 0 and "active" in shown and shown.count("Passphrase") == 1
    code, shown = on_a_terminal(home.command("key", "list"), ["wrong horse battery"])
    assert code == 78 and "does not open it" in shown
    # Without a terminal there is nobody to ask.
    done = subprocess.run(home.command("key", "list"), capture_output=True, text=True,
                          env=environment(), start_new_session=True)
    assert done.returncode == 78 and "no terminal" in done.stderr
    other = Home(home.path.parent / "other")
    code, shown = on_a_terminal(other.command("init", "--kek", "passphrase"), ["short", "short"])
    assert code == 78 and "at least 12" in shown and not other.path.exists()
    code, shown = on_a_terminal(other.command("init", "--kek", "passphrase"), [phrase, phrase[1:]])
    assert code == 78 and "differ" in shown and not other.path.exists()


def test_events_take_the_version_of_their_own_day(home, tmp_path):
    lines = ["#Fields: date time c-ip cs-username cs-host sc-bytes"]
    for number in range(3600):
        day = 1 + number * 7 % 6
        lines.append(f"2026-05-0{day} 10:00:00 10.0.0.{number % 200} user{number % 50} h.example 1")
    log = tmp_path / "days.log"
    log.write_text("\n".join(lines) + "\n")
    home.call("init")
    home.call("key", "rotate", "--from", "2026-05-04")
    home.run(log)

    def versions(column):
        return {(row["date"].day >= 4, row[column].split("-")[0][1:]) for row in home.rows("usage")}

    assert versions("user") == {(False, "1"), (True, "2")} == versions("src_ip")
    read = Reader(home.key_file).reveal
    assert {read(row["user"], "u").decode() for row in home.rows("usage")} == {
        f"user{number}" for number in range(50)}
    before = {row["user"] for row in home.rows("usage")}
    # Days of a destroyed version become rejects; a rerun gives the others the same pseudonyms.
    bridge = home.call("key", "bridge", *WHY).out.splitlines()
    linked = [json.loads(line) for line in bridge]
    assert len(linked) == 100
    assert {tuple(one["results"]) for one in linked} == {
        tuple(one["results"]) for one in linked if one["input"].startswith("u1-")}
    home.call("key", "destroy", "1", *WHY, "--confirm", "no", code=64)
    done = home.call("key", "destroy", "1", *WHY, "--confirm", "destroy default 1")
    assert "exports: none" in done.out and "bridges: #" in done.out
    again = home.run(log, "--source", "again", "--max-reject-ratio", "1")
    assert again.json["rejects_by_reason"] == {"key_destroyed": 1800}
    after = {row["user"] for row in home.rows("usage") if row["source"] == "again"}
    assert after == {text for text in before if text.startswith("u2-")}
    assert leaks(home.path, [done.out, again.err], ["user49"]) == []


def test_keys_of_ones_own(home, tmp_path):
    home.call("init")
    own = secret_file(tmp_path / "own", bytes(range(16)))
    home.call("key", "import", "--raw", f"file:{own}", "--from", "2026-01-01")
    assert keys(home)["versions"][1]["root"] == bytes(range(16)).hex()
    text = lookup(home, "anna")["result"]
    assert text.startswith("u2-")
    assert Reader(home.key_file).reveal(text, "u") == b"anna"
    bad = secret_file(tmp_path / "bad", b"x" * 24)
    home.call("key", "import", "--raw", f"file:{bad}", code=78)


def test_an_export_makes_a_second_home_that_resolves(home, tmp_path):
    home.call("init")
    text = lookup(home, "anna")["result"]
    kek = secret_file(tmp_path / "kek", os.urandom(32))
    home.call("key", "export", "-o", tmp_path / "out.json", "--kek", f"file:{kek}", *WHY)
    other = Home(tmp_path / "other")
    other.call("init", "--tenant", "spare")
    other.call("key", "import", tmp_path / "out.json", "--tenant", "default")
    assert reveal(other, text)["result"] == "anna"
    other.call("key", "import", tmp_path / "out.json", "--tenant", "spare", code=78)
    records = [json.loads(line) for line in other.call("governance", "list", "--json").out.split("\n") if line]
    assert [(one["action"], one["status"]) for one in records if one["action"] == "key_import"] == [
        ("key_import", "intent"), ("key_import", "successful"),
        ("key_import", "intent"), ("key_import", "failed")]


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGILL, signal.SIGTRAP,
                                    signal.SIGBUS, signal.SIGFPE, signal.SIGQUIT])
def test_a_crash_shows_neither_keys_nor_names(home, tmp_path, number):
    home.call("init")
    root = keys(home)["versions"][0]["root"]
    process = subprocess.Popen(
        home.command("resolve", "--to-anonymised", "-", *WHY), stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path, env=environment())
    process.stdin.write(NAMES[0].encode() + b"\n")
    process.stdin.flush()
    answer = process.stdout.readline()
    assert answer.startswith(b"u1-")
    seen = [open(f"/proc/{process.pid}/{part}", "rb").read() for part in ("cmdline", "environ")]
    process.send_signal(number)
    time.sleep(0.05)
    out, err = process.communicate(timeout=20)
    assert process.returncode == -number
    for data in (answer, out, err, *seen):
        text = data.decode(errors="replace")
        assert leaks(tmp_path / "nowhere", [text], [NAMES[0]]) == []
        assert root not in text and bytes.fromhex(root) not in data
    assert err == b""
    left = [path for path in tmp_path.rglob("*") if path.is_file() and path != home.key_file]
    assert not [path for path in left if path.name.startswith("core")]
    assert leaks(home.path, [], [NAMES[0]]) == []
    for path in left:
        assert root.encode() not in path.read_bytes() and bytes.fromhex(root) not in path.read_bytes()


def test_keys_and_names_are_left_by_no_verb(home, tmp_path):
    log = secret_file(tmp_path / "secret.log", secret_log())
    kek = secret_file(tmp_path / "kek", os.urandom(32))
    home.call("init")
    roots = [keys(home)["versions"][0]["root"]]
    home.call("key", "wrap", "--kek", f"file:{kek}")
    outputs = [home.run(log, "--max-reject-ratio", "1")]
    text = lookup(home, NAMES[0])["result"]
    outputs += [
        home.call("resolve", "--from-anonymised", NAMES[1], *WHY, "--json"),
        home.call("resolve", "--to-anonymised", "-", *WHY, stdin=b"\xff\n"),
        home.call("key", "rotate"), home.call("key", "list"), home.call("doctor", code=None),
        home.call("key", "export", "-o", tmp_path / "out.json", "--kek", f"file:{kek}", *WHY),
        home.call("key", "bridge", text, *WHY), home.call("governance", "export"),
        home.call("governance", "export", "--json"), home.call("governance", "verify"),
        home.call("key", "destroy", "2", *WHY, "--confirm", "destroy default 2"),
    ]
    # What was typed as a pseudonym comes back to who typed it, and goes nowhere else.
    shown = [part for done in outputs for part in (done.out, done.err)]
    shown = [part for part in shown if '"error":"malformed"' not in part]
    assert leaks(home.path, shown, NAMES) == []
    for path in tmp_path.rglob("*"):
        if path.is_file() and path not in (kek, log):
            data = path.read_bytes()
            for secret in roots + [kek.read_bytes().hex()]:
                assert secret.encode() not in data and bytes.fromhex(secret) not in data, path
