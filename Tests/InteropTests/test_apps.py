"""Own apps, tags, risk factors, restamping and block lists."""

import json

import pytest

from support import generate


@pytest.fixture
def filled(home, logs):
    log = logs / "apps.log"
    if not log.exists():
        generate(log, "w3c", "1MiB", seed=7, users=100, hosts=200, days=3)
    home.run(log)
    return home


def objects(done):
    return [json.loads(line) for line in done.out.splitlines()]


def app_of(home, name):
    apps = json.loads(home.call("report", "--json").out)["apps"]
    return next((app for app in apps if app["app"] == name), None)


def unknown_domain(home):
    return json.loads(home.call("report", "--json").out)["uncatalogued"][0]


def test_a_new_app_holds_for_history_and_is_stamped(filled):
    domain = unknown_domain(filled)
    filled.call("apps", "add", "Supplier", "--domain", domain["domain"], "--category", "Own")
    app = app_of(filled, "Supplier")
    assert (app["users"], app["events"]) == (domain["users"], domain["events"])
    assert app["app_id"] >= 1_000_000
    before = filled.rows("usage")
    assert not any(row["app"] == "Supplier" for row in before)
    result = json.loads(filled.call("apps", "apply", "--json").out)
    after = filled.rows("usage")
    stamped = [row for row in after if row["app"] == "Supplier"]
    assert len(stamped) == result["rows"] > 0
    assert {row["domain"] for row in stamped} == {domain["domain"]}
    assert {(row["app_id"], row["category"]) for row in stamped} == {(app["app_id"], "Own")}
    names = [name for name in before[0] if name not in ("app", "app_id", "category")]
    key = lambda row: tuple(str(row[name]) for name in names)
    assert sorted(map(key, before)) == sorted(map(key, after))
    filled.call("table", "verify")
    again = json.loads(filled.call("apps", "apply", "--json").out)
    assert (again["rows"], again["version"]) == (0, None)
    filled.call("apps", "remove", "Supplier")
    assert app_of(filled, "Supplier") is None
    filled.call("apps", "apply")
    assert not any(row["app"] == "Supplier" for row in filled.rows("usage"))


def test_runs_stamp_own_apps(home, logs, filled, tmp_path):
    domain = unknown_domain(filled)["domain"]
    filled.call("apps", "add", "Supplier", "--domain", domain)
    log = generate(tmp_path / "more.log", "w3c", "1MiB", seed=7, users=90, hosts=200, days=3)
    version = filled.rows("ingests")[0]["catalog_version"]
    filled.run(log)
    assert len({row["catalog_version"] for row in filled.rows("ingests")} - {version}) == 1
    stamped = {row["app"] for row in filled.rows("usage") if row["domain"] == domain}
    assert stamped == {None, "Supplier"}


def test_tags(filled):
    [app] = objects(filled.call("apps", "tag", "Dropbox", "--add", "sanctioned", "pilot", "--json"))
    assert app["tags"] == ["pilot", "sanctioned"]
    [app] = objects(filled.call("apps", "tag", "1", "--add", "unsanctioned", "--json"))
    assert app["tags"] == ["pilot", "unsanctioned"]
    assert app_of(filled, "Dropbox")["tags"] == ["pilot", "unsanctioned"]
    [app] = objects(filled.call("apps", "tag", "dropbox", "--remove", "pilot", "--json"))
    assert app["tags"] == ["unsanctioned"]
    assert [a["app"] for a in objects(
        filled.call("apps", "list", "--tag", "unsanctioned", "--json"))] == ["Dropbox"]
    figures = json.loads(filled.call("report", "--json").out)
    storage = next(c for c in figures["categories"] if c["category"] == "Cloud storage")
    assert storage["total_bytes_by_tag"]["unsanctioned"] == app_of(
        filled, "Dropbox")["total_bytes"]
    log = filled.call("governance", "list", "--json").out
    assert '"app_tag"' in log and "Dropbox: +sanctioned +pilot" in log


def test_risk_is_unknown_until_somebody_states_it(filled, tmp_path):
    assert app_of(filled, "Dropbox")["risk"] == "unknown"
    factors = tmp_path / "f.csv"
    factors.write_text("app,factor,value,source\nDropbox,iso_27001,yes,own audit\n"
                       "Dropbox,single_sign_on,no,\nSlack,soc_2,7.5,\n")
    filled.call("apps", "factors", "--csv", factors)
    app = app_of(filled, "Dropbox")
    assert (app["risk_score_tenths"], app["risk"]) == (50, "medium")
    assert 0 < app["risk_known_percent"] < 10
    filled.call("apps", "factors", "--importance", "single_sign_on=ignored")
    assert app_of(filled, "Dropbox")["risk_score_tenths"] == 100
    # What does not apply is left out, or counts as bad where somebody wants that.
    factors.write_text("app,factor,value\nDropbox,soc_2,n/a\n")
    filled.call("apps", "factors", "--csv", factors)
    assert app_of(filled, "Dropbox")["risk_score_tenths"] == 100
    filled.call("apps", "factors", "--not-applicable", "bad")
    assert app_of(filled, "Dropbox")["risk_score_tenths"] == 50
    filled.call("apps", "factors", "--not-applicable", "left-out")
    assert app_of(filled, "Dropbox")["risk_score_tenths"] == 100
    filled.call("apps", "score", "Dropbox", "--set", "2.5", "--note", "the last audit")
    assert app_of(filled, "Dropbox")["risk"] == "high"
    filled.call("apps", "score", "Dropbox", "--computed")
    assert app_of(filled, "Dropbox")["risk_score_tenths"] == 100


FORMATS = ["fortinet", "paloalto", "bluecoat", "zscaler", "asa", "srx", "websense", "plain"]


@pytest.mark.parametrize("appliance", FORMATS)
def test_block_lists(home, appliance):
    home.call("init")
    home.call("apps", "tag", "WeTransfer", "Windows Update", "Google Search", "--add",
              "unsanctioned")
    home.call("apps", "tag", "Google Drive", "--add", "sanctioned")
    done = home.call("apps", "block-list", "--format", appliance)
    text = done.out.replace("\\.", ".")
    assert "wetransfer.com" in text and "we.tl" in text
    assert "google.com" not in text and "windowsupdate.com" not in text
    assert "Google Drive is sanctioned" in done.err and "Windows Update is left out" in done.err


@pytest.mark.parametrize("words, code, message", [
    (["add", "Dropbox", "--domain", "a.example"], 64, "already"),
    (["add", "Mine", "--domain", "co.uk"], 64, "public suffix"),
    (["add", "Mine", "--domain", "not a domain"], 64, "no domain"),
    (["add", "Mine", "--domain", "a.example", "--headquarters", "Germany"], 64, "capital"),
    (["add", "12", "--domain", "a.example"], 64, "no app's name"),
    (["remove", "Dropbox"], 66, "of your own"),
    (["tag", "No such app", "--add", "sanctioned"], 66, "apps list"),
    (["tag", "Dropbox", "--add", "Big Words"], 64, "small letters"),
    (["tag", "Dropbox"], 64, "--add"),
    (["factors", "--csv", "/nonexistent"], 66, "cannot be read"),
    (["factors", "--importance", "charm=high"], 64, "no such factor"),
    (["factors", "--importance", "soc_2=huge"], 64, "name=importance"),
    (["factors", "--not-applicable", "good"], 64, "left-out"),
    (["score", "Dropbox", "--set", "11", "--note", "x"], 64, "0 to 10"),
    (["score", "Dropbox", "--set", "7"], 64, "--note"),
])
def test_errors(home, words, code, message):
    home.call("init")
    assert message in home.call("apps", *words, code=code).err


def test_a_wrong_file_of_factors_changes_nothing(filled, tmp_path):
    factors = tmp_path / "f.csv"
    factors.write_text("app,factor,value\nDropbox,iso_27001,yes\nDropbox,charm,yes\n")
    assert "Line 3" in filled.call("apps", "factors", "--csv", factors, code=65).err
    assert app_of(filled, "Dropbox")["risk"] == "unknown"


def test_lookup(home):
    home.call("init")
    answers = objects(home.call(
        "apps", "lookup", "a.b.dropbox.com", "DOCS.google.com", "x.example", "10.0.0.1", "--json"))
    assert [answer["app"] and answer["app"]["app"] for answer in answers] == [
        "Dropbox", "Google Docs", None, None]
    assert [answer["domain"] for answer in answers] == [
        "dropbox.com", "google.com", "x.example", None]
