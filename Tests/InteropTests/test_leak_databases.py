"""`leak-check` in files of SQLite: what deleted and overwritten rows left; nothing is changed."""

import hashlib
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys

import pytest

USER = "annalena.meier"
PAGE_BYTES = [512, 1024, 4096, 65536]


def line(user):
    return json.dumps({
        "timestamp": "2026-11-01T08:00:00.000Z", "user": user, "src_ip": "10.0.0.1",
        "dest_host": "www.example.com", "url": "https://www.example.com/", "method": "GET",
        "status": 200, "sent_bytes": 1, "received_bytes": 2, "action": "allowed",
        "user_agent": "x"}) + "\n"


@pytest.fixture
def check(home, tmp_path):
    """A search for some users in more paths."""
    home.call("init")

    def search(path, *users, code=1):
        log = tmp_path / "one.log"
        log.write_text("".join(map(line, users or [USER])))
        before = prints(path)
        done = home.call("leak-check", log, "--also", path, "--json", code=code)
        assert prints(path) == before
        assert not any(user in done.out + done.err for user in users or [USER])
        return json.loads(done.out)

    return search


def prints(path):
    """The names and contents of the files of a folder, or of the folder of a file."""
    folder = path if path.is_dir() else path.parent
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest()
            for file in sorted(folder.iterdir()) if file.is_file()}


def folder(tmp_path):
    path = tmp_path / "also"
    path.mkdir()
    return path


def opened(path, page_bytes=4096, journal="delete"):
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(f"pragma page_size={page_bytes}")
    connection.execute(f"pragma journal_mode={journal}")
    connection.execute("pragma secure_delete=off")
    connection.execute("create table t(a,b,c)")
    return connection


def row(user, column):
    values = ["abc", "def", "xyz"]
    values[column] = user
    return values


def deleted(connection, rows):
    connection.execute("begin")
    connection.executemany("insert into t values (?,?,?)", rows)
    connection.execute("commit")
    connection.execute("delete from t")


def dropped(connection, rows):
    connection.executemany("insert into t values (?,?,?)", rows)
    connection.execute("drop table t")


def updated(connection, rows):
    connection.executemany("insert into t values (?,?,?)", [*rows, ("k", "l", "m")])
    connection.execute("update t set a=?, b='q', c='q' where rowid = 1", ["q" * 50])


@pytest.mark.parametrize("user", [USER, "anna", "471147", "jürgen", "łuk"])
@pytest.mark.parametrize("column", range(3))
@pytest.mark.parametrize("remove", [deleted, dropped, updated])
def test_rows_that_went_are_found(check, tmp_path, remove, column, user):
    path = folder(tmp_path) / "t.sqlite"
    connection = opened(path)
    remove(connection, [row(user, column)])
    connection.close()
    assert user.encode() in path.read_bytes()
    told = check(path, user)
    assert told["users_found"] > 0 and told["unread"] == []


@pytest.mark.parametrize("user", [USER, "anna"])
@pytest.mark.parametrize("order", ["", "where rowid % 2 = 0", "where rowid > 1 and rowid < 9"])
def test_rows_among_others_are_found(check, tmp_path, order, user):
    path = folder(tmp_path) / "t.sqlite"
    connection = opened(path)
    rows = [(f"abc{number}", f"def{number}", number) for number in range(20)]
    rows[3] = ("abc", user, "xyz")
    connection.executemany("insert into t values (?,?,?)", rows)
    connection.execute(f"delete from t {order}")
    connection.close()
    assert check(path, user)["users_found"] > 0


@pytest.mark.parametrize("page_bytes", PAGE_BYTES)
def test_many_rows_over_many_pages_are_found(check, tmp_path, page_bytes):
    path = folder(tmp_path) / "t.sqlite"
    connection = opened(path, page_bytes)
    rows = [(f"abc{number}", f"def{number}", f"ghi{number}") for number in range(2000)]
    rows[777] = ("abc", USER, "xyz")
    deleted(connection, rows)
    connection.close()
    told = check(path)
    assert {found["part"].split(" of ")[0] for found in told["found"]} == {"free space"}


def killed(path, journal, *statements):
    """Leaves what a writer that is killed leaves."""
    words = ["pragma secure_delete=off", f"pragma journal_mode={journal}", *statements]
    code = (f"import os, sqlite3\nc = sqlite3.connect({str(path)!r}, isolation_level=None)\n"
            f"for s in {words!r}: c.execute(s).fetchall()\nos._exit(0)")
    subprocess.run([sys.executable, "-"], input=code.encode(), check=True)


INSERT = f"insert into t values ('abc', '{USER}', 'xyz')"
UPDATE = "update t set b = 'nobody.at.all1'"


@pytest.mark.parametrize("column", range(3))
def test_frames_of_a_log_are_searched(check, tmp_path, column):
    also = folder(tmp_path)
    killed(also / "t.sqlite", "wal", "create table t(a,b,c)",
           "insert into t values ('{}','{}','{}')".format(*row(USER, column)),
           "update t set a='nobody', b='nobody', c='nobody'")
    alone = also / "alone"
    alone.mkdir()
    shutil.copy(also / "t.sqlite-wal", alone / "a.bin")
    assert any("in frame" in found["part"] for found in check(alone)["found"])
    assert check(also)["users_found"] > 0


def test_live_values_of_a_log_are_read(check, tmp_path):
    also = folder(tmp_path)
    killed(also / "t.sqlite", "wal", "create table t(a,b,c)", INSERT)
    told = check(also / "t.sqlite")
    assert [found["part"] for found in told["found"]] == ["t.b"] and told["unread"] == []


def test_rollback_journals_are_searched(check, tmp_path):
    also = folder(tmp_path)
    killed(also / "t.sqlite", "delete", "create table t(a,b,c)", INSERT)
    killed(also / "t.sqlite", "delete", "pragma cache_size=1", "pragma cache_spill=1", "begin",
           UPDATE, "create table u(a)",
           "insert into u with recursive n(i) as (select 1 union all select i+1 from n limit 9999)"
           " select hex(randomblob(40)) from n")
    journal = also / "t.sqlite-journal"
    assert journal.read_bytes().startswith(bytes.fromhex("d9d505f920a163d7"))
    alone = also / "alone"
    alone.mkdir()
    shutil.copy(journal, alone / "a.bin")
    assert any("in record" in found["part"] for found in check(alone)["found"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16le", "utf-16be"])
def test_encodings_of_texts(check, tmp_path, encoding):
    path = folder(tmp_path) / "t.sqlite"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(f"pragma encoding='{encoding}'")
    connection.execute("pragma secure_delete=off")
    connection.execute("create table t(a,b,c)")
    connection.execute(INSERT)
    told = check(path)
    assert told["unread"] == [] and "t.b" in {found["part"] for found in told["found"]}
    connection.execute("delete from t")
    connection.close()
    assert check(path)["users_found"] > 0


def test_long_values_over_pages(check, tmp_path):
    """A name over the border of two pages, in a live value and in a log."""
    for at in [4040, 4075, 4090]:
        also = tmp_path / f"also{at}"
        also.mkdir()
        killed(also / "t.sqlite", "wal", "create table t(a,b,c)",
               f"insert into t values ('{'x' * at} {USER} {'y' * 9000}', 1, 2)")
        os.rename(also / "t.sqlite-wal", also / "log")
        told = check(also / "log")
        assert told["users_found"] == 1, at


@pytest.mark.parametrize("rows, users", [
    (40, ["post", "box1", "stbo"]), (1, ["postbo", "ostbox1", "postbox1x"])])
@pytest.mark.parametrize("journal", ["delete", "wal"])
def test_parts_of_live_words_are_no_leak(check, tmp_path, journal, rows, users):
    """Where nothing was deleted: also in values that go on in other pages."""
    also = folder(tmp_path)
    values = [f"'postbox1y{'x' * (number * 37)}', 'a postbox1 and', '{'postbox1' * 900}'"
              for number in range(rows)]
    killed(also / "t.sqlite", journal, "create table t(a,b,c)", "begin",
           *(f"insert into t values ({value})" for value in values), "commit")
    told = check(also, *users, code=0)
    assert told["users_found"] == 0 and told["unread"] == []


def test_the_state_of_the_home(check, home, tmp_path):
    """Rows that somebody's tool deleted there; the log of a writer that was killed."""
    state = home.path / "state.sqlite"
    connection = sqlite3.connect(state, isolation_level=None)
    connection.execute("pragma secure_delete=off")
    connection.execute("create table t(a,b,c)")
    connection.executemany("insert into t values (?,?,?)", [("abc", USER, "xyz")] * 400)
    connection.execute("delete from t")
    connection.execute("drop table t")
    connection.execute("pragma wal_checkpoint(truncate)")
    connection.close()
    also = folder(tmp_path)
    assert {found["path"].rsplit("/")[-1] for found in check(also)["found"]} == {"state.sqlite"}


def test_the_log_of_the_state(check, home, tmp_path):
    """It is searched as it was before anybody opened the state."""
    state = home.path / "state.sqlite"
    killed(state, "wal", "create table t(a,b,c)", INSERT, UPDATE, "pragma wal_checkpoint(passive)")
    assert USER.encode() in (home.path / "state.sqlite-wal").read_bytes()
    also = folder(tmp_path)
    assert "state.sqlite-wal" in {
        found["path"].rsplit("/")[-1] for found in check(also)["found"]}


def test_nobody_is_found_in_a_state(check, home, tmp_path):
    """Words of the schema, which stand in it without anything in between."""
    home.call("exclude", "add", "--host", "zzz.example", "--comment", "a comment")
    also = folder(tmp_path)
    words = ["post", "schemas", "tableadm", "sadmin", "source", "grants", "scope_ru", "epoc"]
    assert check(also, *words, code=0)["users_found"] == 0


@pytest.mark.parametrize("seed", range(4))
def test_any_bytes_behind_the_magic(check, tmp_path, seed):
    also = folder(tmp_path)
    source = random.Random(seed)
    whole = also / "whole.sqlite"
    connection = opened(whole, 512)
    connection.executemany("insert into t values (?,?,?)",
                           [("abc" * n, f"x{n}" * n, n) for n in range(200)])
    connection.close()
    good = whole.read_bytes()
    for number in range(8):
        bad = bytearray(good)
        for _ in range(source.choice([1, 20, 400])):
            bad[source.randrange(16, len(bad))] = source.choice([0, 1, 0x7f, 0x80, 0xff, 13, 10])
        (also / f"{number}.sqlite").write_bytes(bad[:source.randrange(16, len(bad))])
    magics = [b"SQLite format 3\0", b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83",
              bytes.fromhex("d9d505f920a163d7")]
    for place, magic in enumerate(magics):
        for size in [0, 1, 17, 90, 5000]:
            (also / f"{place} {size}").write_bytes(magic + source.randbytes(size))
    told = check(also, code=None)
    assert told["users_found"] == 0
