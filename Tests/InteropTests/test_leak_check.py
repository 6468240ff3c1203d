"""`leak-check`: names in whatever files, forms and places; what it cannot read it says."""

import base64
import bz2
import gzip
import io
import json
import lzma
import os
import shutil
import sqlite3
import tarfile

import pyarrow
import pyarrow.parquet
import pyarrow.parquet.encryption as encryption
import pytest

USERS = ["karim.kettlebrook6@corp.example", "frida77", "jürgen.möß", "łukasz.żółty", "иван.петров",
         "山田太郎です"]


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "leak.log"
    lines = ["#Fields: date time cs-username cs-host sc-bytes"]
    lines += [f"2026-01-01 00:00:0{number} {user} a.example 3" for number, user in enumerate(USERS)]
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture
def searched(home, log):
    """A home without a leak, and a search of one more path."""
    home.run(log, "--activities")

    def search(path, code=None):
        done = home.call("leak-check", log, "--also", path, "--json", code=code)
        return done, json.loads(done.out)

    return search


def test_columns_of_the_state_are_read_one_by_one(home, log):
    """In the file the values of a row touch each other, so that no word ends."""
    home.run(log)
    assert json.loads(home.call("leak-check", log, "--json").out)["users_found"] == 0
    home.call("exclude", "add", "--host", "zzz.example", "--comment", USERS[1])
    home.call("exclude", "add", "--host", "yyy.example", "--comment", USERS[2])
    done = home.call("leak-check", log, "--json", code=1)
    parts = {found["part"] for found in json.loads(done.out)["found"]}
    assert any("." in part for part in parts)
    assert not any(user in done.out + done.err for user in USERS)


@pytest.mark.parametrize("pack", [lzma.compress, bz2.compress, gzip.compress])
def test_archives_in_any_compression_are_read(home, log, tmp_path, pack):
    packed = tmp_path / "packed"
    packed.write_bytes(pack(log.read_bytes()))
    home.run(log)
    told = json.loads(home.call("leak-check", packed, "--json").out)
    assert told["names"] >= len(USERS) and told["users_found"] == 0


def database(path, user):
    with sqlite3.connect(path) as connection:
        connection.execute("create table t (a, b, c)")
        connection.execute("insert into t values ('x', ?, 'y')", (user,))


def tar(path, user):
    with tarfile.open(path, "w:gz") as file:
        content = f"user={user};".encode()
        info = tarfile.TarInfo("a.log")
        info.size = len(content)
        file.addfile(info, io.BytesIO(content))


def wrapped(path, user):
    text = base64.b64encode(b"some words before it " * 2 + user.encode() + b" and more " * 3)
    path.write_bytes(b"\n".join(text[at:at + 20] for at in range(0, len(text), 20)))


PLANTS = {
    "sqlite": database,
    "gzip": lambda path, user: path.write_bytes(gzip.compress(f"x {user} y".encode())),
    "tar": tar,
    "base64 in lines": wrapped,
    "utf-16-le": lambda path, user: path.write_bytes(f"x {user} y".encode("utf-16-le")),
    "utf-16-be alone": lambda path, user: path.write_bytes(user.encode("utf-16-be")),
    "odd utf-16": lambda path, user: path.write_bytes(b"\0" + f"{user}\n".encode("utf-16-le")),
    "name of a file": lambda path, user: path.with_name(f"my {user}, old~.txt").write_text("x"),
    "behind a link": lambda path, user: (
        path.with_name("target").write_text(user), path.symlink_to("target")),
}


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("plant", PLANTS)
def test_plants_are_found(searched, tmp_path, plant, user):
    folder = tmp_path / "also it, please"
    folder.mkdir()
    PLANTS[plant](folder / "a+b@c.bin", user)
    done, told = searched(folder, code=1)
    assert told["users_found"] > 0 and told["unread"] == []
    assert user not in done.out + done.err


def test_what_cannot_be_read_is_told_and_the_rest_searched(searched, home, tmp_path):
    folder = tmp_path / "also"
    folder.mkdir()
    table = pyarrow.table({"a": ["nothing", "here"]})
    pyarrow.parquet.write_table(table, folder / "gzip.parquet", compression="gzip")
    part = next((home.path / "lake").rglob("*.parquet"))
    (folder / "cut.parquet").write_bytes(part.read_bytes()[:-30])
    (folder / "broken.gz").write_bytes(gzip.compress(b"x" * 10000)[:-9])
    done, told = searched(folder, code=3)
    assert told["users_found"] == 0 and told["sequence"] > 0
    assert {path.rsplit("/", 1)[1] for path in told["unread"]} >= {"cut.parquet", "broken.gz"}
    (folder / "plain.txt").write_text(f"x {USERS[1]} y")
    _, told = searched(folder, code=1)
    assert told["users_found"] == 1
    shutil.rmtree(folder)


def test_what_no_key_opens_and_what_is_no_file_is_told(searched, home, tmp_path):
    """Only files whose key was destroyed may go unread, and they are counted."""
    folder = tmp_path / "also"
    folder.mkdir()
    factory = encryption.CryptoFactory(lambda _: KeyService())
    properties = factory.file_encryption_properties(
        encryption.KmsConnectionConfig(),
        encryption.EncryptionConfiguration(footer_key="foreign", uniform_encryption=True))
    with pyarrow.parquet.ParquetWriter(
            folder / "foreign.parquet", pyarrow.schema([("a", pyarrow.string())]),
            encryption_properties=properties) as writer:
        writer.write_table(pyarrow.table({"a": [USERS[1]]}))
    os.mkfifo(folder / "pipe")
    _, told = searched(folder, code=3)
    assert {path.rsplit("/", 1)[1] for path in told["unread"]} == {"foreign.parquet", "pipe"}
    assert told["users_found"] == told["destroyed"] == 0


class KeyService(encryption.KmsClient):
    """Wraps keys by not wrapping them."""

    def __init__(self):
        encryption.KmsClient.__init__(self)

    def wrap_key(self, key, name):
        return base64.b64encode(key)

    def unwrap_key(self, key, name):
        return base64.b64decode(key)


def test_files_of_a_destroyed_key_are_counted_apart(home, log, tmp_path):
    groups = tmp_path / "groups.csv"
    groups.write_text(f"group,user\nboard,{USERS[1]}\n")
    home.call("group", "import", groups)
    home.call("privacy", "add", "board")
    home.run(log, "--activities")
    assert home.live_files("activities_private")
    home.call("key", "rotate", "--from", "2026-02-01")
    home.call("key", "destroy", "1", "--confirm", "destroy default 1", "--justification", "test")
    told = json.loads(home.call("leak-check", log, "--json").out)
    assert told["destroyed"] > 0 and told["unread"] == []


def test_private_rows_are_searched_with_view_private_only(home, tmp_path):
    """Whoever may ingest could else ask of any word whether it stands in a private row."""
    log, invented = tmp_path / "a.log", tmp_path / "b.log"
    lines = "#Fields: date time cs-username cs-host cs(User-Agent) sc-bytes\n"
    log.write_text(lines + "2026-01-01 00:00:01 frida77 a.example secretword 3\n")
    invented.write_text(lines + "2026-01-01 00:00:01 secretword a.example x 3\n")
    home.call("init")
    groups = tmp_path / "groups.csv"
    groups.write_text("group,user\nboard,frida77\n")
    home.call("group", "import", groups)
    home.call("privacy", "add", "board")
    home.run(log, "--activities")
    told = json.loads(home.call("leak-check", invented, "--json", code=1).out)
    assert [(found["part"], "activities_private" in found["path"]) for found in told["found"]] == [
        ("user_agent", True)]
    home.call("admin", "revoke", "root", "view_private", "--all-tenants")
    done = home.call("leak-check", invented, "--json", code=3)
    told = json.loads(done.out)
    assert told["users_found"] == 0 and told["found"] == []
    assert len(told["unread"]) == 1 and "activities_private" in told["unread"][0]
    assert "view_private" in done.err


def test_all_users_of_a_record_are_looked_for(home, tmp_path):
    """Other users of the profile, and members of an array; no numbers, which are other things too."""
    log, also = tmp_path / "a.log", tmp_path / "also"
    log.write_text(
        'date=2026-11-01 time=00:32:41 eventtime=1793493161059570000 tz="+0000" devid="FGT60F1" '
        'logid="0000000013" type="traffic" subtype="forward" srcip=10.0.0.2 dstip=198.18.164.101 '
        'action="close" user="annabel" unauthuser="carlacarla" dstuser="471147" '
        'hostname="h.example" sentbyte=512 rcvdbyte=17728\n')
    home.run(log)
    objects = tmp_path / "b.log"
    objects.write_text('{"timestamp":"2026-11-01T00:00:00Z","src_ip":"10.0.0.2",'
                       '"dest_host":"h.example","user":["dorothea", "bertbert"]}\n')
    for archive, word, count in [(log, "annabel", 1), (log, "carlacarla", 1), (log, "471147", 0),
                                 (objects, "dorothea", 1), (objects, "bertbert", 1)]:
        also.write_text(f"a {word} b\n")
        done = home.call("leak-check", archive, "--also", also, "--json", code=count)
        assert json.loads(done.out)["users_found"] == count, word


def test_words_of_our_own_schema_are_no_names(home, tmp_path):
    log = tmp_path / "a.log"
    log.write_text("#Fields: date time cs-username cs-host sc-bytes\n"
                   "2026-01-01 00:00:01 admin a.example 3\n")
    home.call("init")
    assert json.loads(home.call("leak-check", log, "--json").out)["found"] == []
    home.call("exclude", "add", "--host", "zzz.example", "--comment", "of admin")
    found = json.loads(home.call("leak-check", log, "--json", code=1).out)["found"]
    assert {place["part"] for place in found} & {"scope_rules.comment"}


def test_letters_beyond_16_bits_in_json(home, tmp_path):
    log, also = tmp_path / "a.log", tmp_path / "also"
    log.write_text("#Fields: date time cs-username cs-host sc-bytes\n"
                   "2026-01-01 00:00:01 sm\U0001f600ileyname a.example 3\n")
    also.write_text(r'{"a":"sm\ud83d\ude00ileyname"}')
    home.run(log)
    home.call("leak-check", log, "--also", also, code=1)
