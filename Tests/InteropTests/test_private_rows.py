"""Nothing tells how many rows private people have, nor what they did, to who may not see them."""

import collections
import json
import subprocess

import deltalake
import pytest

from support import Home, environment

FIELDS = ("#Fields: date time cs-username c-ip c-machine-name cs-host cs-method sc-status cs-bytes "
          "sc-bytes\n")
PEOPLE = [("anna", "10.0.0.1", "pc-a"), ("bert", "10.0.0.2", "pc-b"), ("anna", "10.0.0.1", "pc-b"),
          ("cleo", "10.0.0.1", "pc-c"), ("-", "10.0.0.9", "pc-d"), ("anna", "10.0.0.7", "-")]
SHOW = ["--show-private", "--confirm", "case 1", "--json"]


def write(path, *days, people=PEOPLE):
    path.write_text(FIELDS + "".join(
        f"{day} 10:00:0{second} {user} {address} {device} www.dropbox.com GET 200 {second} 20\n"
        for day in days for second, (user, address, device) in enumerate(people)))
    return path


def make_private(home: Home, user="anna", group="board"):
    home.call("group", "import", "-", stdin=f"group,user\n{group},{user}\n".encode())
    home.call("privacy", "add", group)


def blind(home: Home):
    told = home.call("admin", "revoke", "root", "view_private", code=64).err
    assert "has view_private for all tenants" in told
    home.call("admin", "revoke", "root", "view_private", "--all-tenants")


def apply(home: Home, *words):
    return home.call("privacy", "apply", "--retroactive", "--justification", "test", *words)


def listed(home: Home, *words, code=0) -> list[dict]:
    return [json.loads(line) for line in home.call(*words, code=code).out.splitlines()]


def commits(home: Home, table: str, lake="default") -> list[dict]:
    log = home.table(table, lake) / "_delta_log"
    return [json.loads(line) for path in sorted(log.glob("*.json"))
            for line in path.read_text().splitlines()]


@pytest.fixture
def filled(home, tmp_path):
    """Three archives of two days each; anna is private."""
    make_private(home)
    for number, days in enumerate([("2026-03-01", "2026-03-02"), ("2026-03-02", "2026-03-03"),
                                   ("2026-03-03", "2026-03-04")]):
        home.run(write(tmp_path / f"{number}.log", *days), "--activities", "--source", f"s{number}")
    return home


def test_care_of_the_tables_counts_no_private_row(filled):
    blind(filled)
    table = "activities_private"
    done = listed(filled, "table", "compact", table, "--json")[0]
    assert done["rows"] is None and done["files_before"] == 4
    assert listed(filled, "table", "compact", "activities", "--json")[0]["rows"] == 12
    done = filled.call("table", "delete", table, "--before", "2026-03-02", "--yes")
    assert done.out == "Private rows are not counted: 0 archives, 1 old files erased\n"
    done = listed(filled, "table", "delete", table, "--before", "2026-03-03", "--json")[0]
    assert (done["rows"], done["rows_by_table"]) == (None, {}) and done["versions"][table]
    done = listed(filled, "table", "delete", "activities", "--before", "2026-03-02", "--json")[0]
    assert done["rows"] == 3
    done = listed(filled, "table", "delete", "--source", "s2", "--json")[0]
    # Rows of usage are everybody's to count, also those of private people.
    assert done["rows_by_table"] == {"usage": 12, "activities": 6} and done["rows"] == 18
    user = next(row["user"] for row in filled.rows("usage") if row["private"])
    done = listed(filled, "table", "delete", "--user", user, "--json")[0]
    assert (done["rows"], done["rows_by_table"]) == (None, {}) and done["versions"]["usage"]
    for entry in listed(filled, "table", "history", table, "--json"):
        assert not [name for name in entry["metrics"] if "rows" in name.lower()], entry
    assert "Rows" not in json.dumps(commits(filled, table))
    deleted = [action["commitInfo"]["operationMetrics"].get("numDeletedRows")
               for action in commits(filled, "usage") if "DELETE" in str(action)]
    assert deleted == ["12", None]
    filled.call("table", "vacuum", table, "--retain", "0d", "--yes", "--json")
    filled.call("table", "verify")


def test_who_may_see_private_rows_is_told_how_many_of_a_person_went(filled):
    user = next(row["user"] for row in filled.rows("usage") if row["private"])
    done = listed(filled, "table", "delete", "--user", user, "--json")[0]
    assert done["rows_by_table"] == {"usage": 12 + 6, "activities": 0}
    assert "numDeletedRows" not in json.dumps(commits(filled, "usage"))


def test_history_hides_counts_that_a_log_has_already(filled):
    filled.call("table", "delete", "--source", "s0")
    for table in ("activities_private", "usage"):
        log = sorted((filled.table(table) / "_delta_log").glob("*.json"))[-1]
        lines = [json.loads(line) for line in log.read_text().splitlines()]
        info = next(line["commitInfo"] for line in lines if "commitInfo" in line)
        info["operationMetrics"]["numDeletedRows"] = "7"
        del info["operationParameters"]["table"]
        log.write_text("".join(json.dumps(line) + "\n" for line in lines))
        newest = listed(filled, "table", "history", table, "--json")[0]
        assert newest["operation"] == "DELETE" and "numDeletedRows" not in newest["metrics"]


FLAGS = [[], ["--no-anonymise"], ["--no-anonymise-machines"]]


def contents(home: Home, lake: str, snapshot: str | None) -> dict:
    """The rows of all tables, each as often as it is there."""
    clear = ["--clear"] if lake == "default-clear" else []
    usage = f"snapshots/{snapshot}/usage" if snapshot else "usage"
    found = {"usage": home.rows(usage, lake)}
    if not snapshot:
        found["activities"] = listed(home, "activities", *SHOW, *clear)
    return {name: collections.Counter(json.dumps(row, sort_keys=True, default=str) for row in rows)
            for name, rows in found.items()}


@pytest.mark.parametrize("flags", FLAGS, ids=["pseudonyms", "clear", "machines"])
@pytest.mark.parametrize("snapshot", [None, "look"])
def test_what_becomes_private_later_is_as_a_fresh_run_has_it(home, tmp_path, flags, snapshot):
    log = write(tmp_path / "a.log", "2026-03-01", "2026-03-05")
    lake = "default-clear" if flags == ["--no-anonymise"] else "default"
    more = [*flags, *(["--snapshot", snapshot] if snapshot else ["--activities"])]
    home.call("init")
    home.call("key", "rotate", "--from", "2026-03-03")
    fresh = Home(tmp_path / "fresh").with_keys_of(home)
    make_private(fresh)
    fresh.run(log, *more)
    home.run(log, *more)
    make_private(home)
    apply(home)
    wanted = contents(fresh, lake, snapshot)
    assert contents(home, lake, snapshot) == wanted
    private = [json.loads(row) for row in wanted["usage"] if '"private": true' in row]
    assert {(row["src_ip"] or "")[:3] for row in private} == {"i1-", "i2-"}
    assert {row["device"] and row["device"][:3] for row in private} == {"m1-", "m2-", None}
    # Once more there is nothing to do.
    assert listed(home, "privacy", "apply", "--retroactive", "--justification", "test",
                  "--json")[0]["erased_files"] == 0
    if not snapshot:
        home.call("table", "verify", *(["--clear"] if lake == "default-clear" else []))


def test_applying_tells_counts_to_who_may_see_private_rows(home, tmp_path):
    home.run(write(tmp_path / "a.log", "2026-03-01"), "--activities")
    make_private(home)
    blind(home)
    done = json.loads(apply(home, "--json").out)
    assert (done["usage_rows"], done["activity_rows"]) == (None, None) and done["erased_files"] == 2


def test_the_log_forgets_the_rows_of_files_that_are_gone(home, tmp_path):
    home.run(write(tmp_path / "a.log", "2026-03-01"), "--activities", "--source", "a")
    home.run(write(tmp_path / "b.log", "2026-03-02", people=PEOPLE[1:2]), "--activities")
    home.call("table", "checkpoint", "activities")
    home.call("table", "history", "activities")
    opened = deltalake.DeltaTable(str(home.table("activities")))
    make_private(home)
    apply(home)
    for table, rows in [("activities", {1, 3}), ("usage", {1, 6})]:
        adds = [action["add"] for action in commits(home, table) if "add" in action]
        gone = [add for add in adds if not (home.table(table) / add["path"]).exists()]
        assert len(gone) == 1 and "stats" not in gone[0]
        live = [json.loads(add["stats"])["numRecords"] for add in adds if add not in gone]
        assert set(live) == rows
    names = [path.name for path in (home.table("activities") / "_delta_log").iterdir()]
    assert sorted(name for name in names if name[0] != "_") == sorted(
        [f"{version:020}.json" for version in range(4)] + [f"{3:020}.checkpoint.parquet"])
    table = deltalake.DeltaTable(str(home.table("activities")))
    assert table.version() == 3 and table.to_pyarrow_table().num_rows == 4
    assert len(table.history()) == 4 == len(listed(home, "table", "history", "activities", "--json"))
    opened.update_incremental()
    assert opened.to_pyarrow_table().num_rows == 4
    home.call("table", "verify")
    assert home.call("governance", "verify").code == 0
    home.run(write(tmp_path / "c.log", "2026-03-03"), "--activities")
    home.call("table", "verify")


def test_a_destroyed_key_takes_its_own_days_alone(home, tmp_path):
    old, new = "2026-03-01", "2026-03-05"
    home.run(write(tmp_path / "a.log", old), "--activities")
    make_private(home)
    home.call("key", "rotate", "--from", new)
    home.run(write(tmp_path / "b.log", new), "--activities")
    apply(home)
    home.call("key", "destroy", "1", "--justification", "x", "--confirm", "destroy default 1")
    assert len(listed(home, "activities", "--json")) == 6
    done = home.call("activities", *SHOW, code=3)
    shown = [json.loads(line) for line in done.out.splitlines()]
    assert sorted(row["date"] for row in shown if row["private"]) == [new] * 3
    assert "1 files of private activities" in done.err and "3" not in done.err
    out = tmp_path / "out.csv"
    done = home.call("activities", "--csv", out, *SHOW[:-1], code=3)
    assert out.read_text().count("\n") == 1 + 9 and "1 files" in done.err
    home.call("activities", "--parquet", tmp_path / "out.parquet", *SHOW[:-1], code=3)
    home.call("activities", *SHOW, "--sort", "time", code=3)
    home.call("activities", *SHOW, "--from", new)
    home.call("activities", *SHOW[:-1], code=3)


@pytest.mark.parametrize("group", ["board", "External users"])
def test_who_is_in_a_private_group_is_told_with_view_private(home, tmp_path, group):
    log = write(tmp_path / "a.log", "2026-03-01", people=[("anna@far.example", "10.0.0.1", "-")])
    home.call("init")
    home.call("settings", "set", "managed_domains", "corp")
    home.run(log, "--activities")
    if group == "board":
        home.call("group", "import", "-", stdin=b"group,user\nboard,anna@far.example\n")
    words = ["activities", "--json", "--group", group]
    assert len(listed(home, *words)) == 1
    home.call("privacy", "add", group)
    assert len(listed(home, *words)) == 1
    blind(home)
    for flag in ("--group", "--not-group"):
        done = home.call("activities", "--json", flag, "Application", group, code=77)
        assert done.out == "" and "view_private" in done.err and group in done.err
    done = home.call("report", "--group", group, code=77 if group == "board" else 64)
    assert "u1-" not in done.out
    home.call("privacy", "remove", group)
    assert len(listed(home, *words)) == 1


def test_a_group_that_a_rule_is_about_stays(home, tmp_path):
    log = write(tmp_path / "a.log", "2026-03-01")
    home.call("group", "import", "-", stdin=b"group,user\npilot,anna\nApplication,bert\n")
    home.call("exclude", "add", "--group", "pilot")
    assert "#1" in home.call("group", "remove", "pilot", code=64).err
    assert home.run(log).json["excluded"] == 3
    home.call("exclude", "remove", "1")
    home.call("group", "remove", "pilot")
    # A rule about a built-in group holds for those that were added to it, whatever the spelling.
    home.call("exclude", "add", "--group", "application")
    assert home.run(log, "--reprocess").json["excluded"] == 1


def test_methods_are_known_words(home, tmp_path):
    methods = ["GET", "annabel", "propfind", "anna", "VERSION-CONTROL", "-", "RPC_IN_DATA", "M-SEARCH",
               "GETx", "bert-schmidt", "CONNECT"]
    log = tmp_path / "a.log"
    log.write_text(FIELDS + "".join(
        f"2026-03-01 10:00:{second:02} u{second} 10.0.0.1 - a.example {method} 200 1 2\n"
        for second, method in enumerate(methods)))
    home.run(log, "--activities")
    shown = sorted(listed(home, "activities", "--json"), key=lambda row: row["line"])
    unknown = {"annabel", "anna", "-", "GETx", "bert-schmidt"}
    assert [row["method"] for row in shown] == [
        None if method in unknown else method for method in methods]
    for path in (home.path / "lake").rglob("*"):
        assert path.is_dir() or b"annabel" not in path.read_bytes(), path


def resolve(home: Home, name: str) -> dict:
    return json.loads(home.call(
        "resolve", "--to-anonymised", "-", "--justification", "test", "--json",
        stdin=name.encode()).out)


def test_all_pseudonyms_of_a_private_person_are_told_with_view_private(home, tmp_path):
    home.run(write(tmp_path / "a.log", "2026-03-01"))
    make_private(home)
    home.call("key", "rotate", "--from", "2026-04-01")
    answer = resolve(home, "anna")
    assert [text[:3] for text in answer["results"]] == ["u2-", "u1-", "p2-", "p1-"]
    assert answer["result"] == answer["input"] == answer["results"][0]
    # Who reads the log learns from no record who is private: others leave the same one.
    assert resolve(home, "bert")["result"] != answer["result"]
    seen = [row["target"] for row in listed(home, "governance", "list", "--action", "view_private",
                                            "--json")]
    assert seen == ["who is private of 1 looked up"] * 2
    home.run(write(tmp_path / "b.log", "2026-03-02"))
    private = {row["user"] for row in home.rows("usage") if row["private"]}
    assert private == {answer["results"][3]}
    assert [text[:3] for text in resolve(home, "bert")["results"]] == ["u2-", "u1-"]
    blind(home)
    assert [text[:3] for text in resolve(home, "anna")["results"]] == ["u2-", "u1-"]


def test_an_export_that_breaks_off_is_recorded(home, tmp_path):
    log = tmp_path / "a.log"
    log.write_text(FIELDS + "".join(
        f"2026-03-01 10:{second // 60 % 60:02}:{second % 60:02} u{second} 10.0.0.1 - a.example GET "
        f"200 1 {second}\n" for second in range(20_000)))
    home.run(log, "--activities")
    process = subprocess.Popen(
        home.command("activities", "--csv", "-"), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
    process.stdout.read(100)
    process.stdout.close()
    assert b"Standard output" in process.stderr.read()
    assert process.wait(timeout=60) == 74
    records = listed(home, "governance", "list", "--action", "export", "--json")
    assert [(row["status"], row["target"]) for row in records] == [
        ("intent", "activities as csv"), ("failed", "activities as csv")]
    assert "Standard output" in records[1]["error"]


def test_names_that_could_not_be_shown_are_recorded_so(home, tmp_path):
    home.run(write(tmp_path / "a.log", "2026-03-01"))
    user = next(row["user"] for row in home.rows("usage") if row["user"])
    for more in ([], ["--json"]):
        with open("/dev/full", "wb") as full:
            done = subprocess.run(
                home.command("resolve", "--from-anonymised", user, "--justification", "x", *more),
                stdin=subprocess.DEVNULL, stdout=full, stderr=subprocess.PIPE, env=environment())
        assert done.returncode == 74
        records = listed(home, "governance", "list", "--action", "resolve", "--json")[-2:]
        assert [(row["status"], row["target"]) for row in records] == [
            ("intent", user), ("failed", user)]
