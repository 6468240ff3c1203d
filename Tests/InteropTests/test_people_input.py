"""Files of people that are wrong, groups that are not there, and exports that do not fit: clear
errors, nothing lost, nothing shown."""

import json

import pytest

from support import Home
from test_options import mounted

LOG = b"""#Fields: date time cs-username c-ip cs-host sc-status cs-bytes sc-bytes
2026-11-01 10:00:00 anna 10.8.0.1 www.dropbox.com 200 10 20
2026-11-01 10:00:01 bert 10.8.0.2 www.dropbox.com 200 11 21
2026-11-01 10:00:02 cleo 10.8.0.3 www.dropbox.com 200 12 22
"""
GROUPS = b"group,user\nboard,anna\nboard,bert\nunion,anna\nunion,cleo\n"


@pytest.fixture
def home(tmp_path) -> Home:
    home = Home(tmp_path / "home")
    home.call("group", "import", "-", stdin=GROUPS)
    return home


def groups(home) -> dict:
    lines = home.call("group", "list", "--json").out.splitlines()
    return {row["group"]: row["members"] for row in map(json.loads, lines)}


def rows(home, *words) -> list[dict]:
    return [json.loads(line) for line in
            home.call("activities", "--json", *words).out.splitlines()]


@pytest.mark.parametrize("text, line", [
    (b"dn: cn=x\nuid: x\nbroken line\n", 3),
    (b"dn: cn=x\nuid:: no=base64%\n", 2),
    (b"dn: cn=x\nuid: x\n\nuid: y\n", 4),
    (b"group,user\nboard,doris\nboard,x,y\n", 3),
    (b'{"Users": [{"userName": "doris"', 1),
])
def test_a_malformed_file_changes_nothing(home, text, line):
    before = groups(home)
    message = home.call("group", "import", "-", stdin=text, code=65).err
    assert f"line {line}" in message.lower() and "doris" not in message
    assert groups(home) == before
    assert home.call("directory", "import", "-", stdin=text, code=65).err


def test_groups_that_are_not_there(home):
    home.run("--activities", "-", stdin=LOG)
    for words in (["privacy", "add", "nobodies"], ["privacy", "remove", "nobodies"],
                  ["group", "show", "nobodies"], ["group", "remove", "nobodies"],
                  ["activities", "--group", "nobodies"], ["report", "--group", "nobodies"]):
        done = home.call(*words, code=None)
        assert done.code in (64, 66) and "nobodies" in done.err and done.out == "", words
    assert "nobodies" not in home.call("privacy", "list").out


def test_a_name_in_two_groups_is_private_while_one_of_them_is(home):
    home.call("privacy", "add", "board")
    home.run("--activities", "-", stdin=LOG)
    assert groups(home)["board"] == groups(home)["union"] == 2
    assert [row["downloaded_bytes"] for row in rows(home)] == [22]
    # Whoever asks for the other group sees only its public member.
    assert [row["downloaded_bytes"] for row in rows(home, "--group", "union")] == [22]
    home.call("privacy", "add", "union")
    home.call("privacy", "remove", "board")
    home.run("--activities", "-", stdin=LOG.replace(b"10:00", b"11:00"))
    later = [row for row in rows(home) if "T11" in row["time"]]
    assert [row["downloaded_bytes"] for row in later] == [21]


@pytest.mark.parametrize("words", [
    ["activities", "--jsonl"], ["activities", "--csv"], ["activities", "--parquet"],
    ["activities", "--cef"], ["report", "--html"]])
def test_an_export_to_a_full_disk_leaves_nothing(home, words, tmp_path):
    home.run("--activities", "-", stdin=LOG * 400)
    disk = tmp_path / "disk"
    with mounted(disk, "size=8k"):
        (disk / "filler").write_bytes(b"x" * 4096)
        done = home.call(*words, disk / "rows", code=None)
        assert done.code in (73, 74) and "space" in done.err.lower(), done
        assert [path.name for path in disk.iterdir()] == ["filler"]
    records = home.call("governance", "list", "--json", "--action", "export").out.splitlines()
    assert "successful" not in {json.loads(record)["status"] for record in records}


def test_what_goes_to_standard_output_is_recorded_before(home):
    home.run("--activities", "-", stdin=LOG)
    assert len(home.call("activities", "--jsonl", "-").out.splitlines()) == 3
    records = home.call("governance", "list", "--json", "--action", "export").out.splitlines()
    assert [json.loads(record)["status"] for record in records] == ["intent", "successful"]
