"""Every format's own samples: each line as the record beside it says."""

import json
import pathlib
import subprocess

import pytest

from support import LOGVEIL, Home, generate

ROOT = pathlib.Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "Datasets" / "samples"
FORMATS = sorted(path.name for path in SAMPLES.iterdir() if (path / "expected.jsonl").exists())


def inspect(home, path, *options):
    done = subprocess.run(
        [LOGVEIL, "inspect", path, "--records", "--json", "--clear", "--justification", "samples",
         "--home", home, *options], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def test_profiles_are_all_embedded():
    listed = subprocess.run([LOGVEIL, "formats", "list", "--json"], capture_output=True, text=True)
    names = {json.loads(line)["format"] for line in listed.stdout.splitlines()}
    files = {path.stem for path in (ROOT / "Datasets" / "formats").glob("*.yaml")}
    assert files <= names


@pytest.mark.parametrize("name", FORMATS)
def test_lines_are_as_expected(tmp_path, name):
    expected = [json.loads(line)
                for line in (SAMPLES / name / "expected.jsonl").read_text().splitlines()]
    rows = inspect(tmp_path / "home", SAMPLES / name / "samples.log", "--format", name,
                   "--year", "2026")
    assert len(rows) == len(expected)
    for row, wanted in zip(rows, expected):
        found = {key: row[key] for key in wanted}
        assert found == wanted, f"line {wanted['line']}"


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "cisco-cws"])
def test_formats_are_found(tmp_path, name):
    """By itself, or, where too many of the lines are broken ones, as the nearest."""
    sample = SAMPLES / name / "samples.log"
    done = subprocess.run([LOGVEIL, "inspect", sample, "--json", "--home", tmp_path / "home"],
                          capture_output=True, text=True)
    found = json.loads(next(line for line in done.stdout.splitlines() if line.startswith("{")))
    best = found["matches"][0]["confidence"]
    named = next(match for match in found["matches"] if match["format"] == name)
    assert found["format"] in (name, None) and named["confidence"] == best


@pytest.mark.parametrize("layout, word", [
    ("family: key-value\n  hosts: [h]\n", "hosts"),
    # Nothing says where the first one ends.
    ("family: template\n  templates: ['{t}{h} ']\n  host: [h]\n  time: [syslog]\n", "captures")])
def test_bad_profiles_say_where(tmp_path, layout, word):
    profile = tmp_path / "own.yaml"
    profile.write_text(f"name: own\nsummary: x\nlayouts:\n- {layout}")
    done = subprocess.run([LOGVEIL, "formats", "check", profile], capture_output=True, text=True)
    assert done.returncode == 78
    assert "line 5" in done.stderr and word in done.stderr


def test_pairs_behind_templates_are_read(tmp_path):
    """In any order, also of a profile with a byte order mark; what was captured counts first."""
    profile = tmp_path / "own.yaml"
    profile.write_text("\ufeffname: own\nsummary: x\nlayouts:\n- family: template\n"
                       "  templates: ['conn {src} {host} ']\n  pairs: true\n  source: [src]\n"
                       "  host: [host]\n  user: [user]\n  uploaded: [sent]\n  time: [syslog]\n")
    sample = tmp_path / "own.log"
    sample.write_text(
        'Nov  2 08:00:01 gw conn 10.1.1.5 a.example sent=5 src=10.9.9.9 user="Ida Berg" x=1\n'
        'Nov  2 08:00:02 gw conn 10.1.1.6 b.example user=ida sent=7\n'
        'Nov  2 08:00:03 gw conn 10.1.1.7 c.example \n')
    assert subprocess.run([LOGVEIL, "formats", "check", profile]).returncode == 0
    home = tmp_path / "home"
    subprocess.run([LOGVEIL, "init", "--home", home], check=True, capture_output=True)
    (home / "formats").mkdir(exist_ok=True)
    (home / "formats" / "own.yaml").write_text(profile.read_text())
    rows = inspect(home, sample, "--format", "own", "--year", "2026")
    assert [(row["user_clear"], row["src_ip"], row["host"], row["uploaded_bytes"])
            for row in rows] == [("Ida Berg", "10.1.1.5", "a.example", 5),
                                 ("ida", "10.1.1.6", "b.example", 7),
                                 (None, "10.1.1.7", "c.example", None)]


def test_own_profiles_are_tried(tmp_path):
    profile = tmp_path / "own.yaml"
    profile.write_text("name: own\nsummary: x\nlayouts:\n- family: key-value\n  host: [h]\n"
                       "  time:\n  - {fields: [t], as: epoch}\n")
    sample = tmp_path / "own.log"
    sample.write_text("t=1767616496 h=a.example\nt=yesterday h=a.example\n# remark\n")
    done = subprocess.run([LOGVEIL, "formats", "check", profile, "--sample", sample, "--json"],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert (answer["lines"], answer["events"], answer["comments"]) == (3, 1, 1)
    assert answer["rejects"] == {"bad_time": [2]}
    assert answer["found"]["host"] == 1


def test_own_profiles_of_a_home_are_used(tmp_path):
    home = tmp_path / "home"
    subprocess.run([LOGVEIL, "init", "--home", home], check=True, capture_output=True)
    (home / "formats").mkdir(mode=0o700)
    (home / "formats" / "own.yaml").write_text(
        "name: own\nsummary: x\nlayouts:\n- family: key-value\n  host: [h]\n"
        "  time:\n  - {fields: [t], as: epoch}\n")
    sample = tmp_path / "own.log"
    sample.write_text("t=1767616496 h=a.example\n")
    rows = inspect(home, sample, "--format", "own")
    assert [(row["status"], row["host"]) for row in rows] == [("event", "a.example")]
    done = subprocess.run([LOGVEIL, "run", sample, "--format", "own", "--home", home, "--json"],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["events"] == 1
    missing = subprocess.run([LOGVEIL, "run", sample, "--format", "other", "--home", home],
                             capture_output=True, text=True)
    assert missing.returncode == 64 and "formats/other.yaml" in missing.stderr


def test_own_profiles_are_found(tmp_path):
    """By `auto`, also where another format fits as well; one that cannot be read stops it."""
    home = tmp_path / "home"
    subprocess.run([LOGVEIL, "init", "--home", home], check=True, capture_output=True)
    (home / "formats").mkdir(mode=0o700)
    own = ("name: {}\nsummary: x\nlayouts:\n- family: key-value\n  when: {{all: [\"heron=\"]}}\n"
           "  host: [{}]\n  time:\n  - {{fields: [t], as: epoch}}\n")
    (home / "formats" / "own.yaml").write_text(own.format("own", "h"))
    sample = tmp_path / "own.log"
    sample.write_text("t=1767616496 h=a.example g=b.example heron=1\n")

    def hosts(*words):
        return [row["host"] for row in inspect(home, sample, *words)]

    assert hosts() == ["a.example"]
    # Two of one's own that fit alike: the first one by name.
    (home / "formats" / "other.yaml").write_text(own.format("other", "g"))
    assert hosts() == ["b.example"] and hosts("--format", "own") == ["a.example"]
    squid = tmp_path / "squid.log"
    generate(squid, "squid", "20kB")
    done = subprocess.run([LOGVEIL, "run", squid, sample, "--home", home, "--json"],
                          capture_output=True, text=True)
    assert done.returncode == 0 and json.loads(done.stdout)["archives"] == 2, done.stderr
    (home / "formats" / "bad.yaml").write_text("name: bad\nnope: 1\n")
    done = subprocess.run([LOGVEIL, "run", squid, "--home", home], capture_output=True, text=True)
    assert done.returncode == 78 and "bad.yaml: line 2: nope" in done.stderr


def test_tables_with_tabs(tmp_path):
    """Microsoft's proxies write W3C tables with TABs; Cisco's cloud proxy is known by its fields."""
    head = ("#Software: Microsoft(R) Internet Security and Acceleration Server 2004\n"
            "#Fields: c-ip\tcs-username\tc-agent\tdate\ttime\tr-host\tr-ip\tcs-bytes\tsc-bytes\t"
            "cs-uri\ts-operation\tsc-status\taction\n")
    log = tmp_path / "isa.log"
    log.write_text(
        head + "10.53.1.21\tCORP\\tomas\tMozilla/5.0 (Windows NT)\t2026-11-02\t08:00:01\t"
        "www.dropbox.com\t203.0.113.42\t5100\t700\twww.dropbox.com:443\tCONNECT\t200\tAllowed\n"
        "10.53.1.22\tanonymous\tcurl/8.5\t2026-11-02\t08:00:02\t-\t-\t410\t2210\t"
        "http://pastebin.com/raw/1\tGET\t12202\tDenied\n")
    home = tmp_path / "home"
    subprocess.run([LOGVEIL, "init", "--home", home], check=True, capture_output=True)
    read = [inspect(home, log, *words)[2:] for words in (
        (), ("--format", "w3c"), ("--format", "MICROSOFT_ISA_W3C"))]
    assert read[0] == read[1] == read[2]
    keys = ("host", "dst_ip", "action", "method", "http_status", "uploaded_bytes")
    assert [tuple(row[key] for key in keys) for row in read[0]] == [
        ("www.dropbox.com", "203.0.113.42", "allowed", "CONNECT", 200, 5100),
        ("pastebin.com", None, "blocked", "GET", None, 410)]
    assert [row["user"] is None for row in read[0]] == [False, True]
    done = subprocess.run(
        [LOGVEIL, "inspect", ROOT / "Datasets/samples/cisco-cws/samples.log", "--home", home,
         "--json"], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["format"] == "cisco-cws"


@pytest.mark.parametrize("head", ["", "Nov  2 10:40:01 wsa1 w3c_logs: "])
def test_w3c_logs_of_the_secure_web_appliance_go_by_their_header(tmp_path, head):
    """Its administrators choose the fields; AsyncOS's own choice has no date, but a timestamp."""
    lines = [
        "#Fields: timestamp x-elapsed-time c-ip x-resultcode-httpstatus sc-bytes cs-method cs-url "
        "cs-username x-hierarchy-origin cs-mime-type x-acltag x-result-code x-suspect-user-agent",
        '1793616001.123 120 10.21.2.41 TCP_MISS/200 3224 GET http://www.shelf.example/list '
        '"CORP\\tomas.okafor@AD" DIRECT/203.0.113.111 text/html DEFAULT_CASE_11-Staff <IW_comp> -',
        "1793616002.500 3 10.21.2.42 TCP_DENIED/403 1820 CONNECT tunnel://files.shelf.example:443/ "
        "- NONE/- - BLOCK_WEBCAT_12-Staff <IW_fts,5.0> -",
        "#Fields: timestamp x-latency c-ip cs-username sc-http-status sc-result-code cs-method "
        "cs-url s-computerName s-ip sc-bytes cs-bytes x-acltag cs(User-Agent)",
        '1793616061.250 88 10.21.2.43 "CORP\\ana.brisco@AD" 200 TCP_MISS POST '
        'https://up.shelf.example/put "up.shelf.example" "203.0.113.112" 3224 50410 '
        'DEFAULT_CASE_11-Staff "Mozilla/5.0 (X11; Linux x86_64)"',
        "#Fields: timestamp c-ip cs-username sc-http-status cs-url sc-bytes",
        "1793616121.000 10.21.2.44 - 304 http://www.shelf.example/logo.png 210"]
    log = tmp_path / "wsa.log"
    log.write_text("".join(f"{head}{line}\n" for line in lines))
    rows = inspect(tmp_path / "home", log, "--format", "cisco-wsa")
    keys = ("time", "user_clear", "src_ip", "dst_ip", "host", "action", "method", "http_status",
            "uploaded_bytes", "downloaded_bytes")
    day = "2026-11-02T10:"
    assert [tuple(row[key] for key in keys) for row in rows if row["status"] != "comment"] == [
        (day + "40:01.123000Z", "CORP\\tomas.okafor@AD", "10.21.2.41", "203.0.113.111",
         "www.shelf.example", "allowed", "GET", 200, None, 3224),
        (day + "40:02.500000Z", None, "10.21.2.42", None, "files.shelf.example", "blocked",
         "CONNECT", 403, None, 1820),
        (day + "41:01.250000Z", "CORP\\ana.brisco@AD", "10.21.2.43", "203.0.113.112",
         "up.shelf.example", "allowed", "POST", 200, 50410, 3224),
        (day + "42:01.000000Z", None, "10.21.2.44", None, "www.shelf.example", None, None, 304,
         None, 210)]


def test_a_header_further_down_names_the_fields_anew(tmp_path):
    """Files that were put together: the columns behind the second header are other ones."""
    names = ["date", "user", "src_ip", "dst_ip", "url", "bytes_sent", "bytes_received", "action"]
    others = ["date", "user", "dst_ip", "src_ip", "url", "bytes_received", "bytes_sent", "action"]

    def rows(order, count, person):
        values = {"src_ip": "10.0.0.1", "dst_ip": "198.51.100.7", "url": "http://a.example.com/",
                  "bytes_sent": "7", "bytes_received": "100", "action": "allow"}
        for number in range(count):
            values |= {"date": f"2026-11-01 10:00:{number % 60:02}", "user": f"{person}{number}"}
            yield ",".join(values[name] for name in order)

    lines = [",".join(names), *rows(names, 9000, "a"), ",".join(others), *rows(others, 9000, "b"),
             ",".join(others).upper(), *rows(others, 10, "c")]
    (tmp_path / "log.csv").write_text("\n".join(lines) + "\n")
    found = Home(tmp_path / "home").run(tmp_path / "log.csv", "--format", "csv").json
    assert (found["events"], found["comments"], found["rejected"]) == (18010, 3, 0)
    assert found["uploaded_bytes"] == 7 * 18010 and found["downloaded_bytes"] == 100 * 18010
    assert {row["src_ip"] for row in Home(tmp_path / "home").rows("usage")} != {None}


def test_profiles_of_the_home_are_listed_and_shown(tmp_path):
    own = tmp_path / "home" / "formats"
    own.mkdir(parents=True)
    text = (ROOT / "Datasets" / "formats" / "squid.yaml").read_text()
    (own / "bramble.yaml").write_text(text.replace("name: squid", "name: bramble", 1))
    (own / "zeek.yaml").write_text(text.replace("name: squid", "name: zeek", 1))

    def formats(*words, code=0):
        done = subprocess.run([LOGVEIL, "formats", *words, "--home", tmp_path / "home"],
                              capture_output=True, text=True)
        assert done.returncode == code, done.stderr
        return done.stdout + done.stderr

    listed = [json.loads(line)["format"] for line in formats("list", "--json").splitlines()]
    assert listed == sorted(set(listed)) and "bramble" in listed and listed.count("zeek") == 1
    assert "name: bramble" in formats("show", "bramble")
    assert "access log" in formats("show", "zeek")
    assert "no format nobody" in formats("show", "nobody", code=64)


@pytest.mark.parametrize("line, wanted", [
    # Times that people read, with and without brackets; ISO 8601, also behind a relay.
    ("28/Nov/2026:10:15:01 +0100    123 {}", "2026-11-28T09:15:01"),
    ("[28/Nov/2026:10:15:01 +0100]    123 {}", "2026-11-28T09:15:01"),
    ("2026-11-28 09:15:01    123 {}", "2026-11-28T09:15:01"),
    ("2026-11-28T09:15:01.250+0000 1 {}", "2026-11-28T09:15:01"),
    ("<30>Nov 28 09:15:59 px squid[1]: 28/Nov/2026:10:15:01 +0100    123 {}",
     "2026-11-28T09:15:01"),
    # More behind the ten columns: agent and referer, headers.
    ('1795857301.250     56 {} "Mozilla/5.0 (X11)" "http://ref.example/"', "2026-11-28T09:15:01"),
    ("1795857301.250     56 {} [Host:%20a%0D%0A] [HTTP/1.1%20200%20OK%0D%0A]",
     "2026-11-28T09:15:01")])
def test_squid_with_other_times_and_more_columns(tmp_path, line, wanted):
    log = tmp_path / "access.log"
    log.write_text(line.format("10.20.1.31 TCP_MISS/200 4321 GET http://files.example.com/x ida "
                               "HIER_DIRECT/203.0.113.10 text/html") + "\n")
    for words in (), ("--format", "squid"):
        row, = inspect(tmp_path / "home", log, *words)
        assert row["time"].startswith(wanted)
        assert (row["user_clear"], row["src_ip"], row["host"], row["dst_ip"], row["action"],
                row["method"], row["http_status"], row["downloaded_bytes"]) == (
                    "ida", "10.20.1.31", "files.example.com", "203.0.113.10", "allowed", "GET",
                    200, 4321)


def test_squid_pairs(tmp_path):
    """The layout that Splunk's add-on asks for: both sizes."""
    log = tmp_path / "access.log"
    log.write_text(
        "1795857301.250 logformat=splunk_recommended_squid duration=74 src_ip=10.20.1.31 "
        "src_port=61745 dest_ip=203.0.113.10 dest_port=80 user_ident=\"-\" user=\"ida%20berg\" "
        "local_time=[28/Nov/2026:10:15:01 +0100] http_method=GET request_method_from_client=GET "
        "request_method_to_server=GET url=\"http://files.example.com/x\" http_referrer=\"-\" "
        "http_user_agent=\"x\" status=403 vendor_action=TCP_DENIED dest_status=HIER_NONE "
        "total_time_milliseconds=52 http_content_type=\"-\" bytes=1172 bytes_in=270 "
        "bytes_out=902 sni=\"-\"\n")
    for words in (), ("--format", "squid"):
        row, = inspect(tmp_path / "home", log, *words)
        assert (row["time"], row["user_clear"], row["src_ip"], row["host"], row["action"],
                row["http_status"], row["uploaded_bytes"], row["downloaded_bytes"]) == (
                    "2026-11-28T09:15:01.000000Z", "ida berg", "10.20.1.31", "files.example.com",
                    "blocked", 403, 270, 902)


@pytest.mark.parametrize("name, head, line, wanted", [
    ("microsoft-defender-endpoint",
     "TenantId,ActionType,DeviceName,InitiatingProcessAccountUpn,LocalIP,RemoteIP,RemoteUrl,"
     "\"TimeGenerated [UTC]\",\"Timestamp [UTC]\"",
     "t,ConnectionSuccess,pc-1,ida@example.com,10.20.1.31,203.0.113.10,files.example.com,"
     "\"11/28/2026, 9:15:01.123 AM\",\"11/28/2026, 9:15:01.250 AM\"",
     ("2026-11-28T09:15:01.250000Z", "ida@example.com", "10.20.1.31", "pc-1", None)),
    ("csv",
     "TenantId,SourceSystem,\"TimeGenerated [UTC]\",DeviceVendor,DeviceProduct,DeviceAction,"
     "DestinationHostName,DestinationIP,SourceIP,SourceUserName,RequestURL,SentBytes,ReceivedBytes",
     "x,OpsManager,\"11/28/2026, 9:15:01.250 AM\",Acme,Gate,Allowed,files.example.com,"
     "203.0.113.10,10.20.1.31,ida@example.com,files.example.com/x,700,5000",
     ("2026-11-28T09:15:01.250000Z", "ida@example.com", "10.20.1.31", None, 5700)),
    ("skyhigh-swg",
     '"user_id","username","source_ip","http_action","server_to_client_bytes",'
     '"client_to_server_bytes","requested_host","requested_path","result","virus",'
     '"request_timestamp_epoch","request_timestamp","uri_scheme","category","media_type",'
     '"application_type","reputation","last_rule","http_status_code","client_ip","location",'
     '"block_reason","user_agent_product","user_agent_version","user_agent_comment",'
     '"process_name","destination_ip","client_system_name"',
     '"-1","ida@example.com","198.51.100.20","POST","5000","700","files.example.com","/x",'
     '"OBSERVED","","1795857301","2026-11-28 09:15:01","https","Storage","","","Minimal Risk",'
     '"r","200","10.20.1.31","","","x","","","","203.0.113.10","pc-1"',
     ("2026-11-28T09:15:01.000000Z", "ida@example.com", "10.20.1.31", "pc-1", 5700))])
def test_exports_with_a_header(tmp_path, name, head, line, wanted):
    log = tmp_path / "export.csv"
    log.write_text(f"{head}\n{line}\n")
    for words in (), ("--format", name):
        top, row = inspect(tmp_path / "home", log, *words)
        assert top["status"] == "comment" and row["host"] == "files.example.com"
        assert (row["time"], row["user_clear"], row["src_ip"], row["device"],
                row["total_bytes"]) == wanted
        assert row["dst_ip"] == "203.0.113.10"


def test_lines_of_proxies_are_none_of_iis(tmp_path):
    """A date, a clock and a method stand in lines of ProxySG and Squid, too: not in IIS's places."""
    log = tmp_path / "main.log"
    log.write_text(
        "2026-11-28 09:15:01 44 10.20.1.31 200 TCP_NC_MISS 2251 492 GET http files.example.com 80 "
        "/x ?q=1 - - - - - \"Mozilla/5.0 (X11)\" OBSERVED \"Storage\" - 192.0.2.70\n" * 3)
    row = inspect(tmp_path / "home", log)[2]
    assert (row["host"], row["src_ip"], row["uploaded_bytes"]) == (
        "files.example.com", "10.20.1.31", 492)


@pytest.mark.parametrize("name, line", [
    ("w3c", "#Fields: date time c-ip cs-username cs-host cs-bytes sc-bytes\n"
            "2026-11-02 08:00:01 {} anna a.example 1 2\n"),
    ("squid", "1793606402.5     56 {} TCP_MISS/200 12 GET http://a.example/ anna HIER_NONE/- x\n"),
    ("apache", "{} - anna [02/Nov/2026:08:00:01 +0000] \"GET /x HTTP/1.1\" 200 12\n")])
def test_a_client_that_is_a_name_is_no_source(tmp_path, name, line):
    log = tmp_path / "named.log"
    for client, source in (("pc-7.corp.example", None), ("x.x.x.x", None), ("10.0.0.5", "10.0.0.5")):
        log.write_text(line.format(client))
        row = inspect(tmp_path / "home", log, "--format", name)[-1]
        assert (row["status"], row["user_clear"], row["src_ip"]) == ("event", "anna", source)
