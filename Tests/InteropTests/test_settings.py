"""Settings, sources and tenants: what holds where a run does not say."""

import json
import sqlite3

import pytest

WHY = ("--justification", "case 7")
FIELDS = "#Fields: date time c-ip cs-username c-machine-name cs-host sc-bytes"


def log_of(tmp_path, *names, name="a.log"):
    path = tmp_path / name
    path.write_text(FIELDS + "\n" + "".join(
        f"2026-05-01 23:30:00 10.1.2.3 {user} pc-7 h.example 5\n" for user in names))
    return path


def ingests(home, lake="default") -> dict:
    return home.rows("ingests", lake)[0]


def test_a_source_decides_where_the_run_does_not(home, tmp_path):
    home.call("init")
    home.call("source", "add", "proxy", "--anonymise-machines", "no", "--time-zone",
              "America/New_York", "--realms", "CORP=corp.example", "--format", "w3c")
    shown = home.call("source", "list", "--json").json
    assert shown == {
        "source": "proxy", "tenant": "default", "format": "w3c", "time_zone": "America/New_York",
        "anonymise_users": None, "anonymise_machines": False, "realms": "CORP=corp.example"}
    log = log_of(tmp_path, r"CORP\anna", "anna@corp.example", "Anna@CORP")
    home.run(log, "--source", "proxy")
    rows = home.rows("usage")
    assert {row["src_ip"] for row in rows} == {"10.1.2.3"} and len({row["user"] for row in rows}) == 1
    assert {row["user"][:3] for row in rows} == {"u1-"}
    row = ingests(home)
    assert (row["anonymise_users"], row["anonymise_machines"]) == (True, False)
    assert row["options"] == (
        "time-zone=America/New_York anonymise-machines=false realms=CORP=corp.example")
    # A name is found under the rules of the source, and under those without it.
    found = home.call("resolve", "--to-anonymised", "-", "--source", "proxy", *WHY, "--json",
                      stdin=rb"corp\anna").json
    assert found["result"] == rows[0]["user"] and len(found["results"]) == 2
    bare = home.call("resolve", "--to-anonymised", "-", *WHY, "--json", stdin=rb"corp\anna").json
    assert sorted(bare["results"]) == sorted(found["results"]) and bare["result"] != found["result"]


def test_a_run_wins_over_its_source_and_that_over_the_tenant(home, tmp_path):
    home.call("init")
    home.call("settings", "set", "anonymise_machines", "no")
    home.run(log_of(tmp_path, "anna"), "--source", "one")
    home.call("source", "add", "two", "--anonymise-machines", "yes")
    home.run(log_of(tmp_path, "anna"), "--source", "two")
    home.run(log_of(tmp_path, "anna", name="b.log"), "--source", "three", "--anonymise-machines")
    clear = {row["source"]: not row["device"].startswith("m1-") for row in home.rows("usage")}
    assert clear == {"one": True, "two": False, "three": False}
    home.call("settings", "set", "anonymise_users", "no")
    home.run(log_of(tmp_path, "anna"), "--source", "four")
    assert {row["user"] for row in home.rows("usage", "default-clear")} == {"anna"}
    home.run(log_of(tmp_path, "anna"), "--source", "five", "--anonymise")
    assert "five" in {row["source"] for row in home.rows("usage")}
    home.call("settings", "remove", "anonymise_users")
    home.run(log_of(tmp_path, "anna"), "--source", "six")
    assert "six" in {row["source"] for row in home.rows("usage")}


def test_a_dry_run_without_a_home_takes_the_standards(home, tmp_path):
    done = home.run(log_of(tmp_path, "anna"), "--dry-run")
    assert done.json["events"] == 1 and not home.path.exists()


@pytest.mark.parametrize("words", [
    ["settings", "set", "anonymise_users", "maybe"], ["settings", "set", "nothing", "1"],
    ["settings", "set", "time_zone", "No/Where"], ["settings", "set", "realms", "a=b, b=a"],
    ["settings", "set", "resolve_budget", "-1"], ["settings", "set", "four_eyes", "everything"],
    ["settings", "set", "anchor", "stderr"], ["source", "set", "nobody", "--format", "w3c"],
    ["source", "add", "x", "--format", "nothing"], ["source", "add", "x", "--time-zone", "Nope"],
    ["source", "add", "x", "--realms", "a"], ["source", "add", "x", "--realms", "a=b,b=a"],
    ["source", "remove", "nobody"], ["source", "show", "nobody"], ["source", "add", ""],
    ["tenant", "add", "../x"], ["admin", "add", "a b"], ["admin", "add", "x", "--upn", "nomail"],
    ["admin", "add", "x", "--permission", "everything"], ["admin", "grant", "nobody", "resolve"],
    ["approve", "7"], ["key", "rotate", "--from", "yesterday"], ["key", "wrap"],
    ["key", "import"], ["key", "destroy", "7", *WHY, "--confirm", "destroy default 7"],
])
def test_what_cannot_be_is_refused_and_changes_nothing(home, words):
    home.call("init")
    before = home.call("governance", "list", "--json").out
    done = home.call(*words, code=None)
    assert done.code in (64, 78) and done.out == "" and done.err, (done.code, done.err)
    assert home.call("governance", "list", "--json").out == before


def test_every_change_is_recorded_with_its_value(home):
    home.call("init")
    home.call("settings", "set", "four_eyes", "resolve,key_destroy", *WHY)
    home.call("source", "add", "x", "--anonymise", "yes")
    home.call("source", "set", "x", "--anonymise", "default", "--time-zone", "UTC")
    home.call("source", "remove", "x", *WHY)
    lines = home.call("governance", "list", "--json").out.splitlines()
    told = [(one["action"], one["target"], one["justification"]) for one in map(json.loads, lines)]
    assert told[2:] == [
        ("settings_change", "four_eyes=key_destroy resolve", "case 7"),
        ("source_add", "x anonymise_users=true", None),
        ("source_change", "x time_zone=UTC", None), ("source_remove", "x", "case 7")]
    values = [json.loads(line) for line in home.call("settings", "list", "--json").out.splitlines()]
    assert {one["key"]: one["value"] for one in values if one["set"]} == {
        "four_eyes": "key_destroy resolve"}
    assert home.call("settings", "show", "resolve_budget").out == "100\n"


def test_a_name_is_explained_step_by_step(home):
    home.call("init")
    home.call("source", "add", "x", "--realms", "corp=corp.example")

    def steps(name, *words):
        out = home.call("source", "test-name", "-", "--json", *words, stdin=name.encode()).out
        return [(one["step"], one["name"]) for one in map(json.loads, out.splitlines())]

    assert steps('"CORP\\\\Anna%20B"', "--source", "x") == [
        ("as_is", '"CORP\\\\Anna%20B"'), ("lower_case_and_unicode", '"corp\\\\anna%20b"'),
        ("escapes_undone", '"corp\\\\anna b"'), ("backslashes_collapsed", '"corp\\anna b"'),
        ("blanks_and_quotes_removed", "corp\\anna b"), ("realm_mapped", "anna b@corp.example")]
    assert steps("N/A")[-1] == ("names_nobody", "")
    assert steps("anna") == [("as_is", "anna")]
    assert steps("CN=Anna,OU=Sales,DC=corp,DC=example")[-1][0] == "ldap_name_rewritten"


def test_the_name_of_a_line_is_explained(home, tmp_path):
    """`inspect --explain-name`: by the rules of the tenant or of a source, and under record."""
    home.call("init")
    home.call("source", "add", "x", "--realms", "corp=corp.example")
    log = tmp_path / "a.log"
    log.write_text("#Fields: date time cs-username cs-host sc-bytes\n"
                   "2026-01-01 00:00:00 CORP\\Anna%20B a.example 3\n")
    words = ("inspect", log, "--line", "2", "--explain-name", "--json")
    home.call(*words, code=64)
    clear = (*words, "--clear", "--justification", "who is it")
    told = json.loads(home.call(*clear, "--source", "x").out)
    assert [(one["step"], one["name"]) for one in told["name_steps"]] == [
        ("as_is", "CORP\\Anna%20B"), ("lower_case_and_unicode", "corp\\anna%20b"),
        ("escapes_undone", "corp\\anna b"), ("realm_mapped", "anna b@corp.example")]
    assert told["record"]["user_canonical"] == "anna b@corp.example"
    assert json.loads(home.call(*clear).out)["name_steps"][-1]["name"] == "corp\\anna b"
    text = home.call(*(word for word in clear if word != "--json"), "--source", "x").out
    assert "realm_mapped" in text and "anna b@corp.example" in text
    # What is shown is what a run stores.
    home.run(log, "--source", "x")
    assert home.rows("usage")[0]["user"] == told["record"]["user"]


def test_tenants_have_keys_of_their_own(home, tmp_path):
    home.call("init")
    home.call("tenant", "add", "second")
    assert home.call("tenant", "list").out.split() == ["default", "second"]
    home.call("tenant", "add", "second", code=73)
    texts = {tenant: home.call("resolve", "--tenant", tenant, "--to-anonymised", "-", *WHY,
                               stdin=b"anna").out for tenant in ("default", "second")}
    assert texts["default"] != texts["second"]
    done = home.call("resolve", "--from-anonymised", texts["second"].strip(), *WHY, "--json")
    assert done.json["error"] == "unknown"


def test_a_tenant_is_shown_and_removed_once_its_keys_are_destroyed(home, tmp_path):
    home.call("init")
    home.call("tenant", "add", "second")
    log = log_of(tmp_path, "anna", "bert")
    home.run(log, "--tenant", "second")
    home.run(log, "--tenant", "second", "--no-anonymise")
    home.run(log)
    home.call("settings", "set", "time_zone", "Europe/Berlin", "--tenant", "second")
    home.call("source", "add", "proxy", "--tenant", "second")
    shown = home.call("tenant", "show", "second", "--json").json
    assert shown.pop("admins") and shown == {
        "tenant": "second", "active_keys": 1, "destroyed_keys": 0, "wrap": "none", "settings": 1,
        "sources": 1, "tables": [
            "ingests", "rejects", "usage", "clear/ingests", "clear/rejects", "clear/usage"]}
    remove = ("tenant", "remove", "second", *WHY)
    done = home.call(*remove, "--confirm", "remove second", code=64)
    assert "not destroyed: version 1" in done.err
    home.call("key", "destroy", "1", "--tenant", "second", *WHY, "--confirm", "destroy second 1")
    home.call(*remove, "--confirm", "remove", code=64)
    assert home.call("tenant", "show", "second", "--json").json["destroyed_keys"] == 1
    home.call(*remove, "--confirm", "remove second")
    assert home.call("tenant", "list").out.split() == ["default"]
    left = [path for path in home.path.rglob("*") if "second" in path.name]
    assert left == [] and home.events() > 0
    with sqlite3.connect(home.path / "state.sqlite") as state:
        for table in ("settings", "sources", "admin_permissions"):
            assert state.execute(f"SELECT 1 FROM {table} WHERE tenant = 'second'").fetchall() == []
    listed = home.call("governance", "list", "--json").out.splitlines()
    actions = [
        row["action"] for row in map(json.loads, listed) if row["tenant"] == "second"]
    assert "parse" in actions and actions[-2:] == ["tenant_remove"] * 2
    home.call("governance", "verify")
    assert home.call("tenant", "show", "second", code=None).code != 0
