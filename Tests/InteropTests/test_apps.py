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
    # Two factors say too little for a level.
    assert (app["risk_score_tenths"], app["risk"]) == (50, "unknown")
    assert 0 < app["risk_known_percent"] < 10
    risks = json.loads(filled.call("report", "--json").out)["risk_levels"]
    assert [risk["level"] for risk in risks] == ["unknown"]
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
    for app in app_of(filled, "Dropbox"), one(filled, "Dropbox"):
        assert app["risk_set_by_hand"] == "the last audit" and app["risk_known_percent"] is None
    assert "2.5 (set by hand)" in filled.call("apps", "list", "--category", "Cloud storage").out
    assert "set by hand" in filled.call("report").out
    page = filled.path.parent / "r.html"
    filled.call("report", "--html", page)
    assert "set by hand: the last audit" in page.read_text()
    filled.call("apps", "score", "Dropbox", "--computed")
    assert app_of(filled, "Dropbox")["risk_score_tenths"] == 100
    assert app_of(filled, "Dropbox")["risk_set_by_hand"] is None


def one(home, name):
    return next(app for app in objects(home.call("apps", "list", "--json")) if app["app"] == name)


def test_a_fifth_of_the_factors_makes_a_level(filled, tmp_path):
    filled.call("apps", "factors", "--importance", "general=ignored", "compliance=ignored",
                "legal=ignored")
    factors = tmp_path / "f.csv"
    security = ["multi_factor_authentication", "single_sign_on", "password_policy",
                "breach_free"]  # Of 16.
    for count, risk in (3, "unknown"), (4, "low"):
        rows = [f"Dropbox,{name},yes\n" for name in security[:count]]
        factors.write_text("app,factor,value\n" + "".join(rows))
        filled.call("apps", "factors", "--csv", factors)
        app = app_of(filled, "Dropbox")
        assert (app["risk_score_tenths"], app["risk"]) == (100, risk), app["risk_known_percent"]


FORMATS = ["fortinet", "paloalto", "bluecoat", "zscaler", "asa", "srx", "websense", "plain"]


@pytest.mark.parametrize("appliance", FORMATS)
def test_block_lists(home, appliance):
    home.call("init")
    home.call("apps", "add", "Everything of ours", "--domain", "corp.example")
    home.call("apps", "add", "Wiki", "--domain", "wiki.corp.example")
    home.call("apps", "add", "Addresses", "--ip-range", "192.0.2.0/24")
    home.call("apps", "tag", "WeTransfer", "Windows Update", "Everything of ours", "Addresses",
              "--add", "unsanctioned")
    home.call("apps", "tag", "Wiki", "--add", "sanctioned")
    # The very domain of another app, which it has for itself.
    home.call("apps", "add", "Our files", "--domain", "mega.nz")
    home.call("apps", "tag", "Our files", "--add", "sanctioned")
    home.call("apps", "tag", "MEGA", "--add", "unsanctioned")
    done = home.call("apps", "block-list", "--format", appliance)
    text = done.out.replace("\\.", ".")
    assert "mega.nz" not in text and "Our files is sanctioned" in done.err
    assert "wetransfer.com" in text and "we.tl" in text
    assert "corp.example" not in text and "windowsupdate.com" not in text
    assert "Wiki is sanctioned" in done.err and "Windows Update is left out" in done.err
    assert "Addresses is left out: it has addresses only" in done.err
    if appliance == "bluecoat":  # An object that no policy uses yet.
        assert done.out.splitlines()[0] == "define category logveil_unsanctioned"
        assert done.out.splitlines()[-1] == "end" and "<" not in done.out
    if appliance == "asa":  # Its regular expressions have no sign for the end.
        assert 'regex logveil-1 "(^|\\.)we\\.tl"' in done.out and "$" not in done.out


def test_what_cannot_be_blocked(home):
    home.call("init")
    needed = [
        "Okta", "Auth0", "Ping Identity", "Duo Security", "OneLogin", "Microsoft Entra ID",
        "Google Account", "Google", "Apple", "Microsoft 365", "Microsoft Exchange Online",
        "Microsoft SharePoint Online", "Microsoft Teams", "Microsoft Intune", "Let's Encrypt",
        "DigiCert", "Mozilla Firefox", "GoDaddy"]
    # By the hosts that lie within, whatever an app is called.
    home.call("apps", "add", "Sign-in", "--domain", "windows.net")
    home.call("apps", "add", "Updates", "--domain", "au.windowsupdate.com")
    home.call("apps", "tag", *needed, "Sign-in", "Updates", "Google Search", "--add",
              "unsanctioned")
    done = home.call("apps", "block-list", "--format", "plain")
    for name in [*needed, "Sign-in", "Updates"]:
        assert f"{name} is left out: " in done.err
    assert "Sign-in is left out: people and computers need it to sign in: login.windows.net" in (
        done.err)
    assert "google.de" in done.out and "Google Search" not in done.err
    assert not {"google.com", "apple.com", "okta.com", "windows.net"} & set(done.out.split())


ASA = ("<166>Nov 02 2026 08:00:{0:02} asa-1 : %ASA-6-302014: Teardown TCP connection {0} for "
       "outside:{1}/443 to inside:10.7.1.21/51022 duration 0:00:30 bytes 1000 TCP FINs\n")
IPTABLES = ("2026-11-02T08:00:{0:02}Z gw-1 kernel: FORWARD-ACCEPT IN=eth1 OUT=eth0 "
            "MAC=00:00:5e:00:53:01:00:00:5e:00:53:02:08:00 SRC=10.33.1.22 DST={1} LEN=60 TOS=0x00 "
            "PREC=0x00 TTL=63 ID=54321 DF PROTO=TCP SPT=51022 DPT=443\n")
SERVERS = {
    "140.82.121.4": "GitHub", "52.113.194.132": "Microsoft Teams", "40.101.12.2":
    "Microsoft Exchange Online", "149.154.167.99": "Telegram", "185.199.108.153": None,
    "192.0.2.77": None}


@pytest.mark.parametrize("name, line, more", [
    ("cisco-asa", ASA, {}),
    ("iptables", IPTABLES, {"2001:67c:4e8:f004::9": "Telegram", "10.1.2.3": None})])
def test_logs_of_addresses_get_apps(home, tmp_path, name, line, more):
    servers = SERVERS | more
    log = tmp_path / "firewall.log"
    log.write_text("".join(line.format(n, host) for n, host in enumerate(servers)))
    home.run(log, "--format", name)
    assert {row["host"]: row["app"] for row in home.rows("usage")} == servers
    # Own ranges, and the smallest of all that are around an address.
    home.call("apps", "add", "Inside", "--ip-range", "10.0.0.0/8", "192.0.2.0/24")
    home.call("apps", "add", "Git", "--ip-range", "140.82.121.0/24", "--domain", "git.example")
    inside = {host: "Inside" for host in servers if host.startswith(("10.", "192.0.2."))}
    assert app_of(home, "Inside")["events"] == len(inside)
    assert app_of(home, "Git")["events"] == 1
    assert app_of(home, "GitHub") is None
    home.call("apps", "apply")
    expected = servers | inside | {"140.82.121.4": "Git"}
    assert {row["host"]: row["app"] for row in home.rows("usage")} == expected
    answers = objects(home.call("apps", "lookup", "10.255.0.1", "140.82.121.9", "140.82.120.9",
                                "git.example", "--json"))
    assert [answer["app"]["app"] for answer in answers] == ["Inside", "Git", "GitHub", "Git"]
    assert answers[0]["app"]["ip_ranges"] == ["10.0.0.0/8", "192.0.2.0/24"]
    # Said again without a range, it is gone; removed, all of them.
    home.call("apps", "add", "Inside", "--ip-range", "10.0.0.0/8")
    home.call("apps", "remove", "Git")
    home.call("apps", "apply")
    del inside["192.0.2.77"]
    assert {row["host"]: row["app"] for row in home.rows("usage")} == servers | inside


@pytest.mark.parametrize("words, code, message", [
    (["add", "Dropbox", "--domain", "a.example"], 64, "already"),
    (["add", "Mine", "--domain", "co.uk"], 64, "public suffix"),
    (["add", "Mine", "--domain", "not a domain"], 64, "no domain"),
    (["add", "Mine", "--domain", "a.example", "--headquarters", "Germany"], 64, "capital"),
    (["add", "Mine", "--domain", "a.example", "--headquarters", "XX"], 64, "ISO 3166"),
    (["add", "12", "--domain", "a.example"], 64, "no app's name"),
    (["add", "M\x1b[31mine", "--domain", "a.example"], 64, "no app's name"),
    (["add", "Mi\nne", "--domain", "a.example"], 64, "no app's name"),
    (["add", "Mine", "--domain", "a.example", "--category", "a\tb"], 64, "no category"),
    (["add", "Mine"], 64, "a domain or a range"),
    (["add", "Mine", "--ip-range", "192.0.2.1/24"], 64, "this is no range"),
    (["add", "Mine", "--ip-range", "0.0.0.0/0"], 64, "this is no range"),
    (["add", "Mine", "--domain", "😀.example"], 64, "no domain"),
    (["list", "--category", "Nope"], 64, "Cloud storage"),
    (["list", "--tag", "nosuch"], 64, "sanctioned"),
    (["remove", "Dropbox"], 66, "of your own"),
    (["tag", "No such app", "--add", "sanctioned"], 66, "apps list"),
    (["tag", "Dropbox", "--add", "Big Words"], 64, "small letters"),
    (["tag", "Dropbox"], 64, "--add"),
    (["factors", "--csv", "/nonexistent"], 66, "cannot be read"),
    (["factors", "--importance", "charm=high"], 64, "no such factor"),
    (["factors", "--importance", "soc_2=huge"], 64, "ignored, low, medium, high, very_high"),
    (["factors", "--importance", "soc_2"], 64, "name=importance"),
    (["factors", "--not-applicable", "good"], 64, "left-out"),
    (["score", "Dropbox", "--set", "11", "--note", "x"], 64, "0 to 10"),
    (["score", "Dropbox", "--set", "7"], 64, "--note"),
])
def test_errors(home, words, code, message):
    home.call("init")
    assert message in home.call("apps", *words, code=code).err


@pytest.mark.parametrize("wrong", ["charm=high", "soc_2=huge"])
def test_a_wrong_importance_changes_nothing(filled, tmp_path, wrong):
    before = app_of(filled, "Dropbox")
    factors = tmp_path / "f.csv"
    factors.write_text("app,factor,value\nDropbox,iso_27001,yes\n")
    filled.call(
        "apps", "factors", "--csv", factors, "--importance", "soc_2=high", wrong, code=64)
    assert app_of(filled, "Dropbox") == before
    assert '"app_change"' not in filled.call("governance", "list", "--json").out


def test_a_wrong_file_of_factors_changes_nothing(filled, tmp_path):
    factors = tmp_path / "f.csv"
    factors.write_text("app,factor,value\nDropbox,iso_27001,yes\nDropbox,charm,yes\n")
    assert "Line 3" in filled.call("apps", "factors", "--csv", factors, code=65).err
    assert app_of(filled, "Dropbox")["risk"] == "unknown"
    factors.write_text("app,factor,value\nDropbox,iso_27001,yes\nNo such app,soc_2,yes\n")
    done = filled.call("apps", "factors", "--csv", factors, code=65)
    assert "Line 3" in done.err and "No such app" in done.err
    assert app_of(filled, "Dropbox")["risk_score_tenths"] is None


@pytest.mark.parametrize("lines, message", [
    (["Dropbox,iso_27001,yes", "Dropbox,iso_27001,no"], "Line 3 says another value of iso_27001"),
    (["Dropbox,iso_27001,yes", "1,iso_27001,5"], "line 2"),
    (["Dropbox,iso_27001"], "Line 2 of the file of factors has 2 fields, its header 3. Nothing"),
    (['Dropbox,"iso_27001,yes'], "A quote on line 2 of the file of factors is not closed"),
    (["Dropbox,iso\x01,yes"], "Line 2 of the file of factors is not UTF-8, or holds control"),
])
def test_a_file_of_factors_is_told_of_by_its_own_words(home, tmp_path, lines, message):
    home.call("init")
    factors = tmp_path / "f.csv"
    factors.write_text("\n".join(["app,factor,value", *lines]))
    refused = home.call("apps", "factors", "--csv", factors, code=65).err
    assert message in refused and "catalog" not in refused
    factors.write_text("app,factor,value\nDropbox,iso_27001,yes\n")
    assert "Loaded 1 factor." in home.call("apps", "factors", "--csv", factors).err


def test_the_last_decision_wins(home):
    home.call("init")
    for words, tags in [
        (["--add", "sanctioned", "unsanctioned"], ["unsanctioned"]),
        (["--add", "unsanctioned", "pilot", "sanctioned"], ["pilot", "sanctioned"]),
        (["--add", "monitored"], ["monitored", "pilot"]),
        (["--add", "pilot", "--remove", "monitored"], ["pilot"]),
    ]:
        [app] = objects(home.call("apps", "tag", "Dropbox", *words, "--json"))
        assert app["tags"] == tags
    home.call("apps", "tag", "Dropbox", "--add", "unsanctioned", "sanctioned")
    assert "dropbox" not in home.call("apps", "block-list").out


def test_domains_of_other_letters(home):
    home.call("init")
    [app] = objects(home.call("apps", "add", "Books", "--domain", "BÜCHER.example", "--json"))
    assert app["domains"] == ["xn--bcher-kva.example"]
    for host in "www.xn--bcher-kva.example", "www.bücher.example":
        [answer] = objects(home.call("apps", "lookup", host, "--json"))
        assert answer["app"]["app"] == "Books"


def test_nobody_has_what_many_share(home):
    home.call("init")
    shared = ["bucket.s3.amazonaws.com", "myacct.blob.core.windows.net",
              "abc.execute-api.us-east-1.amazonaws.com", "ec2-1-2-3-4.compute.amazonaws.com"]
    own = ["console.aws.amazon.com", "signin.aws.amazon.com", "portal.azure.com"]
    answers = objects(home.call("apps", "lookup", *shared, *own, "--json"))
    assert [answer["app"] and answer["app"]["app"] for answer in answers] == [
        None, None, None, None, "Amazon Web Services", "Amazon Web Services", "Microsoft Azure"]


def test_lookup(home):
    home.call("init")
    answers = objects(home.call(
        "apps", "lookup", "a.b.dropbox.com", "DOCS.google.com", "x.example", "10.0.0.1", "--json"))
    assert [answer["app"] and answer["app"]["app"] for answer in answers] == [
        "Dropbox", "Google Docs", None, None]
    assert [answer["domain"] for answer in answers] == [
        "dropbox.com", "google.com", "x.example", None]
