"""Private people stay hidden whatever verb is asked, and rules mean what they say."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile

import pytest

from support import LOGVEIL, Home, environment

LOG = """\
#Fields: date time cs-username c-ip cs-host cs-method sc-status cs-bytes sc-bytes
2026-03-01 10:00:00 anna 10.0.0.1 www.dropbox.com GET 200 10 20
2026-03-01 10:00:01 CORP\\Bert 10.0.0.2 www.dropbox.com POST 201 11 21
2026-03-01 10:00:02 cleo@other.example 10.0.0.3 example.org GET 404 12 22
2026-03-01 10:00:03 PC7$ 10.0.0.4 example.org GET 200 13 23
2026-03-01 10:00:04 svc-backup 10.0.0.5 example.org CONNECT 200 14 24
2026-03-01 10:00:05 - 10.0.0.6 example.org GET 200 15 25
"""


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "a.log"
    path.write_text(LOG)
    return path


def records(home: Home, log, *words) -> list[dict]:
    out = home.call("inspect", log, "--records", "--json", *words).out
    return [row for row in map(json.loads, out.splitlines()) if row["status"] == "event"]


def rows(home: Home, *words) -> list[dict]:
    return [json.loads(line) for line in home.call("activities", "--json", *words).out.splitlines()]


def governance(home: Home, action: str) -> list[dict]:
    out = home.call("governance", "list", "--action", action, "--json").out
    return [json.loads(line) for line in out.splitlines()]


def make_private(home: Home, user: str):
    home.call("group", "import", "-", stdin=f"group,user\nboard,{user}\n".encode())
    home.call("privacy", "add", "board")


def test_inspect_links_no_name_to_a_private_pseudonym(home, log):
    make_private(home, "anna")
    clear = ["--clear", "--justification", "case 1"]
    seen = records(home, log, *clear)[0]
    assert seen["user"].startswith("p1-") and seen["user_clear"] == "anna"
    assert [(row["status"], row["justification"]) for row in governance(home, "view_private")] == [
        ("successful", "case 1")]
    home.call("admin", "revoke", "root", "view_private", "--all-tenants")
    hidden, other = records(home, log, *clear)[:2]
    assert hidden["user"] == seen["user"]
    assert hidden["user_clear"] is None and hidden["user_canonical"] is None
    assert other["user_clear"] == "CORP\\Bert" and other["user_canonical"] == "corp\\bert"
    for words in [["--line", "2"], ["--line", "2", "--json"], ["--records"], ["--json"], []]:
        assert "anna" not in home.call("inspect", log, *clear, *words).out
    assert len(governance(home, "view_private")) == 1


def test_inspect_knows_whose_an_address_was(home, log, tmp_path):
    home.call("directory", "import", "-", "--name", "dhcp", stdin=(
        b"ip,user,from,to\n10.0.0.6,anna,2026-03-01T00:00:00Z,2026-03-02T00:00:00Z\n"))
    anna, nobody = records(home, log)[0], records(home, log)[5]
    assert nobody["user"] == anna["user"]
    home.run(log)
    assert sum(row["events"] for row in home.rows("usage") if row["user"] == anna["user"]) == 2


def test_activities_know_built_in_groups(home, log):
    home.call("init")
    home.call("settings", "set", "managed_domains", "corp")
    home.call("group", "import", "-", stdin=b"group,user\nApplication,svc-backup\nteam,anna\n")
    home.run("--activities", log)
    ips = {row["src_ip"]: number for number, row in enumerate(
        sorted(rows(home), key=lambda row: row["line"]), 1)}

    def found(*words):
        return sorted(ips[row["src_ip"]] for row in rows(home, *words))

    assert found("--group", "External users") == [3]
    assert found("--group", "application") == [4, 5]
    assert found("--group", "Application", "team") == [1, 4, 5]
    assert found("--not-group", "external users") == [1, 2, 4, 5, 6]
    home.call("activities", "--group", "Application", "nobody", code=64)
    # Private ones only where they are asked for.
    home.call("privacy", "add", "External users")
    home.run("--activities", "--reprocess", log)
    assert found("--group", "External users") == []
    shown = rows(home, "--group", "External users", "--show-private", "--confirm", "case 2")
    assert [row["user"][:3] for row in shown] == ["p1-"]
    assert "built-in" in home.call("report", "--group", "external users", code=64).err


def test_wide_networks_find_activities(home, log):
    home.run("--activities", log)
    words = ["--columns", "src_ip", "--ip"]
    assert len(rows(home, *words, "10.0.0.0/8")) == 6
    assert len(rows(home, *words, "0.0.0.0/0")) == 6 and rows(home, *words, "11.0.0.0/8") == []
    one = rows(home)[0]["src_ip"]
    assert [row["src_ip"] for row in rows(home, *words, "11.0.0.0/8", one)] == [one]
    for verb in (["ip-range", "add", "--tag", "office"], ["exclude", "add", "--ip"]):
        home.call(*verb, "10.0.0.0/8")
    assert home.run(log, "--reprocess").json["excluded"] == 6


def test_what_is_refused_was_not_seen(home, log):
    make_private(home, "anna")
    home.run("--activities", log)
    show = ["activities", "--show-private", "--confirm"]
    for words in (["case", "--cef", "-"], ["case", "--columns", "nothing"],
                  ["case", "--sort", "nothing"], ["case", "--status", "ok"],
                  ["case", "--group", "nobodies"], ["case", "--parquet", "x", "--sort", "time"],
                  ["case", "--from", "2026-03-02", "--to", "2026-03-01"], [""], [" "]):
        home.call(*show, *words, code=64)
    assert "--confirm" in home.call(*show, "", code=64).err
    assert governance(home, "view_private") == []
    home.call(*show, "case", "--csv", "-")
    assert len(governance(home, "view_private")) == 1


def test_the_log_tells_no_number_of_private_rows(home, log):
    home.run("--activities", log)
    make_private(home, "anna")
    home.call("privacy", "apply", "--retroactive", "--justification", "test")
    home.call("activities", "--csv", "-", "--show-private", "--confirm", "test")
    targets = [row["target"] for action in ("export", "privacy_add", "view_private")
               for row in governance(home, action)]
    assert not [target for target in targets if any(letter.isdigit() for letter in target)]
    home.call("activities", "--csv", "-")
    assert governance(home, "export")[-1]["target"] == "activities as csv: 5 rows"


def test_values_of_filters_have_no_case(home, log):
    home.run("--activities", log)
    assert len(rows(home, "--app", "dropbox")) == 2 == len(rows(home, "--app", "DROPBOX"))
    assert len(rows(home, "--method", "get")) == 4 == len(rows(home, "--not-method", "Post",
                                                              "connect"))
    assert rows(home, "--action", "ALLOWED") == rows(home, "--action", "allowed")
    assert "--from" in home.call("activities", "--from", "2026-03-02", "--to", "2026-03-01",
                                 code=64).err


def test_names_of_groups_stay_on_their_line(home):
    home.call("group", "import", "-", stdin=b'group,user\n"one\nboard  9  built-in",anna\n')
    assert len(home.call("group", "list").out.splitlines()) == 4
    assert "\\u{a}" in home.call("group", "show", "one\nboard  9  built-in").out
    home.call("exclude", "add", "--host", "a.example", "--comment", "one\ntwo")
    assert len(home.call("exclude", "list").out.splitlines()) == 2


@pytest.mark.parametrize("host, code", [
    ("example.org", 0), ("*.example.org", 0), (".example.org", 0), ("münchen.example", 0),
    ("2001:db8::1", 0), ("ex*ample", 64), ("*ample.org", 64), ("https://example.org", 64),
    ("example.org/path", 64), ("a b", 64), ("*.", 64), ("*", 64)])
def test_hosts_of_rules_can_match(home, host, code):
    home.call("init")
    home.call("exclude", "add", "--host", host, code=code)


@pytest.mark.parametrize("text, missing", [
    (b"ip,user\n10.0.0.1,anna\n", "from and to"), (b"ip,user,from\n10.0.0.1,anna,x\n", "to"),
    (b"ip,from,to\n", "user"), (b"src_ip;login;start\n", "to")])
def test_addresses_without_times_are_refused(home, text, missing):
    home.call("init")
    message = home.call("directory", "import", "-", stdin=text, code=65).err
    assert f"lacks {missing};" in message and "Line 1" in message
    assert home.call("directory", "list", "--json").out == ""


@pytest.mark.parametrize("words", [
    ["group", "import"], ["directory", "import"], ["ip-range", "import"]])
def test_the_line_that_is_no_utf8_is_told(home, words):
    home.call("init")
    text = b"group,user,range,tag\n" + b"g,anna,10.0.0.0/8,a\n" * 41 + b"g,b\xffrt,10.0.0.1,b\n"
    assert "Line 43" in home.call(*words, "-", stdin=text, code=65).err


@pytest.mark.parametrize("full, empty", [
    (b"group,user,status\nboard,anna,\n", b"group,user,status\nboard,anna,disabled\n"),
    (b"dn: cn=anna\nuid: anna\n\ndn: cn=board\nobjectClass: groupOfNames\ncn: board\n"
     b"member: cn=anna\n",
     b"dn: cn=anna\nuid: anna\nnsAccountLock: true\n\ndn: cn=board\nobjectClass: groupOfNames\n"
     b"cn: board\nmember: cn=anna\n"),
    (b'[{"userName": "anna", "id": "1"}, {"displayName": "board", "members": [{"value": "1"}]}]',
     b'[{"userName": "anna", "id": "1", "active": false}, '
     b'{"displayName": "board", "members": [{"value": "1"}]}]')], ids=["csv", "ldif", "scim"])
def test_the_last_member_of_a_group_can_go(home, full, empty):
    for text, count in ((full, 1), (empty, 0)):
        home.call("group", "import", "-", stdin=text)
        assert json.loads(home.call("group", "show", "board", "--json").out)["members"] == count


def test_a_sanitised_log_goes_to_no_file_called_dash(home, log, tmp_path):
    message = home.call("sanitize", log, "-o", "-", code=64).err
    assert "Nothing was done" in message
    assert not (tmp_path / "-").exists()


@pytest.mark.parametrize("words", [["--no-anonymise"], ["--no-anonymise-machines"]])
def test_addresses_of_private_people_are_pseudonyms_always(home, log, words):
    make_private(home, "anna")
    # The same machine is somebody else's, too.
    log.write_text(LOG + "2026-03-01 10:00:06 bert 10.0.0.1 example.org GET 200 1 1\n")
    home.call("ip-range", "add", "10.0.0.0/8", "--tag", "office")
    home.run(log, "--activities", *words)
    lake = "default-clear" if words == ["--no-anonymise"] else "default"
    usage = home.rows("usage", lake)
    private = [row for row in usage if row["private"]]
    assert [row["src_ip"][:3] for row in private] == ["i1-"]
    assert {row["ip_tag"] for row in usage} == {"office"}
    assert sorted(row["src_ip"] for row in usage if not row["private"]) == [
        f"10.0.0.{number}" for number in range(1, 7)]
    clear = ["--clear"] if lake == "default-clear" else []
    shown = rows(home, "--show-private", "--confirm", "test", *clear)
    assert [row["src_ip"] for row in shown if row["private"]] == [private[0]["src_ip"]]


@pytest.mark.skipif(os.geteuid() != 0, reason="needs several accounts")
def test_exports_belong_to_who_called_a_program_with_the_set_uid_bit(tmp_path):
    base = pathlib.Path(tempfile.mkdtemp(prefix="logveil-exports-"))
    try:
        base.chmod(0o755)
        program = base / "logveil"
        shutil.copy(LOGVEIL, program)
        shutil.chown(program, "nobody")
        program.chmod(0o4755)
        for folder, account in (("service", "nobody"), ("own", "daemon")):
            (base / folder).mkdir(mode=0o700)
            shutil.chown(base / folder, account)

        def call(*words, stdin=""):
            return subprocess.run(
                [program, *words, "--home", base / "service/home"], user="daemon", group="daemon",
                extra_groups=[], capture_output=True, text=True, env=environment(), input=stdin)

        made = call("run", "--activities", "-", stdin=LOG)
        if "belongs to another account" in made.stderr or made.returncode == 127:
            pytest.skip("the file system ignores the bit")
        assert made.returncode == 0, made.stderr
        for flag, name in (("--csv", "a.csv"), ("--parquet", "a.parquet")):
            done = call("activities", flag, base / "own" / name)
            assert done.returncode == 0, done.stderr
        assert call("report", "--html", base / "own/r.html", "--csv", base / "own/lists",
                    "--days", "7").returncode == 0
        found = [path for path in (base / "own").rglob("*")]
        assert len(found) > 5 and {path.owner() for path in found} == {"daemon"}
        # What the service account may write, and the caller may not, stays as it is.
        assert call("activities", "--csv", base / "service/a.csv").returncode == 73
        assert not [path for path in base.rglob("*.tmp")]
    finally:
        shutil.rmtree(base)


AD = """\
dn: CN=Anna Schmidt,OU=People,DC=corp,DC=example
objectClass: user
sAMAccountName: a.schmidt
userPrincipalName: anna@corp.example
memberOf: CN=Board,OU=Groups,DC=corp,DC=example

dn: CN=Board,OU=Groups,DC=corp,DC=example
objectClass: group
cn: Board
"""


@pytest.mark.parametrize("realms", [None, "corp=corp.example"])
def test_members_of_a_domain_are_known_with_it(home, tmp_path, realms):
    home.call("init")
    if realms:
        home.call("settings", "set", "realms", realms)
    home.call("group", "import", "-", stdin=AD.encode())
    home.call("privacy", "add", "Board")
    names = ["CORP\\a.schmidt", "corp\\A.SCHMIDT", "a.schmidt", "a.schmidt@corp.example",
             "Anna@corp.example"]
    path = tmp_path / "a.log"
    path.write_text("#Fields: date time cs-username cs-host sc-bytes\n" + "".join(
        f"2026-01-01 00:00:0{number} {name} a.example 3\n" for number, name in enumerate(names)))
    home.run(path)
    assert {row["private"] for row in home.rows("usage")} == {True}
    assert sum(row["events"] for row in home.rows("usage")) == len(names)


def test_pseudonyms_are_nobodys_names(home, log):
    """In lists and rules they would be taken for names, and match nobody."""
    home.run(log)
    user = next(row["user"] for row in home.rows("usage") if row["user"])
    for words, text in [(("group", "import", "-"), f"group,user\nBoard,{user}\n"),
                        (("directory", "import", "-"), f"person,user\nanna,{user}\n")]:
        assert "pseudonym" in home.call(*words, stdin=text.encode(), code=65).err
    assert "pseudonym" in home.call("exclude", "add", "--user", user, code=64).err
    done = home.call("group", "import", "-", stdin=b"group,user\nexternal users,x\n", code=65)
    assert "managed_domains" in done.err


def test_lines_show_no_name_in_other_fields(home, tmp_path):
    path = tmp_path / "a.log"
    path.write_text(
        "#Fields: date time cs-username cs-host s-computername cs(User-Agent) sc-bytes\n"
        "2026-01-01 00:00:00 CORP\\bertram a.example pc-bertram \"Agent/1.0 (CORP%5cBertram)\" 3\n")
    done = home.call("inspect", path, "--line", "2", "--json")
    assert "bertram" not in done.out.lower() and "a.example" in done.out
    clear = home.call("inspect", path, "--line", "2", "--json", "--clear", "--justification", "x")
    assert "Agent/1.0" in clear.out
