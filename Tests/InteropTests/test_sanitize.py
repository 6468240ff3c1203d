"""Sanitised logs: no name is left, and the same events come out."""

import bz2
import gzip
import json
import lzma
import pathlib
import signal
import subprocess
import tarfile
import time
import zipfile

import pytest

from support import LOGGEN, LOGVEIL, ROOT, Home, generate

SAMPLES = sorted((ROOT / "Datasets/samples").glob("*/samples.log"))
# Told by the name that is replaced; docs/sanitize.md says so.
EXCEPTIONS = {"bluecoat": 1}
KEYS = ["time", "user", "src_ip", "dst_ip", "host", "device", "action", "method", "http_status",
        "uploaded_bytes", "downloaded_bytes", "total_bytes", "app"]


@pytest.fixture(scope="module")
def keys(tmp_path_factory) -> Home:
    home = Home(tmp_path_factory.mktemp("sanitize") / "home")
    home.call("init")
    return home


def events(home: Home, path: pathlib.Path, name: str, *words) -> list[dict]:
    out = home.call("inspect", path, "--records", "--json", "--format", name, *words).out
    return [row for row in map(json.loads, out.splitlines()) if row["status"] == "event"]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.parent.name)
def test_every_format_keeps_its_events_and_no_name(keys, sample, tmp_path):
    name = sample.parent.name
    clean = tmp_path / "clean.log"
    keys.call("sanitize", sample, "-o", clean, "--format", name)
    before = events(keys, sample, name, "--clear", "--justification", "test")
    after = events(keys, clean, name)
    differing = sum({key: a[key] for key in KEYS} not in [{key: b[key] for key in KEYS}
                                                         for b in after] for a in before)
    assert differing == EXCEPTIONS.get(name, 0)
    assert len(clean.read_bytes().splitlines()) == len(sample.read_bytes().splitlines())
    text = clean.read_bytes().lower()
    for row in before:
        user = (row["user_clear"] or "").lower()
        if len(user) >= 4 and not user.startswith(("u1-", "p1-")):
            assert user.encode() not in text


@pytest.mark.parametrize("name", ["a.log.xz", "a.log.bz2", "a.tar", "a.tar.gz", "a.zip"])
def test_what_cannot_be_written_is_refused(keys, name, tmp_path):
    log = generate(tmp_path / "a.log", "squid", "64KiB", seed=4)
    packed, out = tmp_path / name, tmp_path / "out"
    out.mkdir()
    if name.endswith("xz"):
        packed.write_bytes(lzma.compress(log.read_bytes()))
    elif name.endswith("bz2"):
        packed.write_bytes(bz2.compress(log.read_bytes()))
    elif name.endswith("zip"):
        with zipfile.ZipFile(packed, "w") as archive:
            archive.write(log, "a.log")
    else:
        with tarfile.open(packed, "w:gz" if name.endswith("gz") else "w") as archive:
            archive.add(log, "a.log")
    # Nothing is written of the others either.
    message = keys.call("sanitize", log, packed, "-o", out, code=64).err
    assert name in message and "Nothing was done" in message
    assert list(out.iterdir()) == []


@pytest.mark.parametrize("codec", ["none", "zstd", "lz4", "gzip"])
def test_codecs_stay_and_a_run_reads_the_result(keys, codec, tmp_path):
    log = generate(tmp_path / "a.log", "squid", "5MiB", codec=codec, users=30, seed=4)
    clean = tmp_path / "clean.log"
    done = keys.call("sanitize", log, "-o", clean, "--json").json
    assert done["codec"] == ("plain" if codec == "none" else codec)
    if codec == "gzip":
        gzip.decompress(clean.read_bytes())
    elif codec != "none":
        subprocess.run([codec, "-t", "-q"], stdin=clean.open("rb"), check=True)
    sums = []
    for path in (log, clean):
        home = Home(tmp_path / f"home-{path.stem}").with_keys_of(keys)
        home.run(path)
        sums.append(sorted(
            str({key: row[key] for key in row if key != "batch"}) for row in home.rows("usage")))
    assert sums[0] == sums[1]


def test_the_same_bytes_for_any_number_of_threads(keys, tmp_path):
    log = generate(tmp_path / "a.log.gz", "w3c", "30MiB", codec="gzip", users=900, seed=6,
                   bad_lines=0.01)
    texts = set()
    for threads in (1, 2, 5):
        clean = tmp_path / f"{threads}.gz"
        done = keys.call("sanitize", log, "-o", clean, "--threads", threads, "--json").json
        texts.add(clean.read_bytes())
        text = gzip.decompress(clean.read_bytes())
        assert done["lines"] == text.count(b"\n") == gzip.decompress(log.read_bytes()).count(b"\n")
    assert len(texts) == 1


@pytest.mark.parametrize("text, lines", [(b"", 0), (b"#Remark\n", 1), (b"x" * (3 << 20), 1)])
def test_texts_without_a_record(keys, text, lines, tmp_path):
    log, clean = tmp_path / "a.log", tmp_path / "b.log"
    log.write_bytes(text)
    done = keys.call("sanitize", log, "-o", clean, "--format", "w3c", "--json").json
    assert done["lines"] == lines and done["events"] == 0
    assert clean.read_bytes() == (b"x\n" if len(text) > 1 << 20 else text)


@pytest.mark.parametrize("codec", ["zstd", "lz4", "gzip"])
def test_of_no_text_there_is_a_frame(keys, codec, tmp_path):
    log, clean = tmp_path / "a.log", tmp_path / "b.log"
    log.write_bytes(subprocess.run([codec, "-c"], input=b"", capture_output=True, check=True).stdout)
    done = keys.call("sanitize", log, "-o", clean, "--format", "w3c", "--json").json
    assert done["codec"] == codec and done["lines"] == 0 and clean.stat().st_size > 0
    subprocess.run([codec, "-t", "-q"], stdin=clean.open("rb"), check=True)


def test_many_into_a_folder_and_what_is_refused(keys, tmp_path):
    logs = [generate(tmp_path / f"{seed}.log", "w3c", "64KiB", seed=seed) for seed in (1, 2)]
    folder = tmp_path / "clean"
    keys.call("sanitize", *logs, "-o", folder, code=64)
    folder.mkdir()
    keys.call("sanitize", *logs, "-o", folder)
    assert sorted(path.name for path in folder.iterdir()) == ["1.log", "2.log"]
    keys.call("sanitize", *logs, "-o", folder, code=73)
    keys.call("sanitize", *logs, "-o", folder, "--force")
    keys.call("sanitize", "/nowhere", "-o", folder, code=66)
    keys.call("sanitize", logs[0], "-o", "/nowhere/at/all", code=73)
    damaged = tmp_path / "damaged.zst"
    generate(damaged, "w3c", "1MiB", codec="zstd", seed=3)
    damaged.write_bytes(damaged.read_bytes()[:-100])
    keys.call("sanitize", damaged, "-o", tmp_path / "never", code=65)
    assert not (tmp_path / "never").exists()
    assert not [path for path in tmp_path.iterdir() if path.name.endswith(".tmp")]
    actions = [json.loads(line) for line in keys.call("governance", "list", "--json").out
               .splitlines()]
    assert [row["status"] for row in actions if row["action"] == "sanitize"][-2:] == [
        "intent", "failed"]


def layouts() -> list[tuple[str, str]]:
    """All formats of loggen with their layouts."""
    lines = subprocess.run([LOGGEN, "formats"], capture_output=True, text=True, check=True).stdout
    return [tuple(line.split("\t")) for line in lines.splitlines()]


COUNTS = ["lines", "events", "excluded", "rejected", "comments", "users", "uploaded_bytes",
          "downloaded_bytes"]


@pytest.mark.parametrize("words", layouts(), ids=" ".join)
def test_a_run_counts_the_same(keys, words, tmp_path):
    """The format of a sanitised log is told as before, and each line is what it was."""
    log_format, layout = words
    log = generate(tmp_path / "a.log", log_format, "300KiB", layout=layout, seed=11, users=30,
                   bad_lines=0.02)
    clean = tmp_path / "clean.log"
    keys.call("sanitize", log, "-o", clean)
    counts = []
    for path in (log, clean):
        done = keys.run(path, "--dry-run", code=None).json
        counts.append({key: done[key] for key in COUNTS})
    assert counts[0] == counts[1]


def test_the_host_behind_a_user_of_connect_stays(keys, tmp_path):
    log, clean = tmp_path / "a.log", tmp_path / "b.log"
    log.write_text("1772359200.000 5 10.0.0.1 TCP_TUNNEL/200 99 CONNECT zelda@h.example:443 - "
                   "HIER_DIRECT/192.0.2.1 -\n" * 3)
    keys.call("sanitize", log, "-o", clean, "--format", "squid")
    text = clean.read_text()
    assert "zelda" not in text and text.count("@h.example:443") == 3
    assert text.count(" CONNECT u1-") == 3


def test_excluded_lines_keep_no_name(keys, tmp_path):
    log, clean = tmp_path / "a.log", tmp_path / "b.log"
    log.write_text(
        '{"timestamp":"2026-03-01T10:00:00.000000+0000","event_type":"dhcp","src_ip":"10.0.0.1",'
        '"dhcp":{"hostname":"zelda-pc","owner":"zelda 4711","done":true,"more":null}}\n' * 3)
    done = keys.call("sanitize", log, "-o", clean, "--json").json
    assert (done["format"], done["masked"]) == ("suricata", 3)
    text = clean.read_text()
    assert "zelda" not in text and "4711" not in text
    json.loads(text.splitlines()[0])
    assert keys.run(clean, "--dry-run", code=None).json["excluded"] == 3


def test_the_user_of_a_line_goes_in_other_spellings_too(keys, tmp_path):
    path = tmp_path / "s.log"
    path.write_text(
        "#Fields: date time cs-username cs-host cs-uri-path cs-uri-query sc-bytes\n"
        "2026-01-01 00:00:00 CORP\\farid.fog a.example /u/CORP%5Cfarid.fog/~farid.fog/x "
        "?x=corp%5cFARID.FOG&y=Farid.Fog 3\n"
        "2026-01-01 00:00:01 karim.k@corp.example a.example /home/karim.k/a ?m=karim.k%40corp.example 3\n")
    keys.call("sanitize", path, "-o", tmp_path / "out.log")
    text = (tmp_path / "out.log").read_text().lower()
    assert "farid" not in text and "karim" not in text and text.count("a.example") == 2
    refused = keys.call("sanitize", path, "-o", path, "--force", code=64)
    assert "archive itself" in refused.err and "farid" in path.read_text()


W3C = "#Fields: date time cs-username {} c-ip cs-host cs-uri-path cs(User-Agent) sc-bytes\n"
# One record each, the users it names, and what no format says are users.
OTHER_USERS = {
    "json-lines": (
        '{"@timestamp": "2026-11-01T00:20:28.930Z", "user": {"name": "gbracken", "id": 4711, '
        '"email": "grace@corp.example", "full_name": "Grace Brackenfold"}, '
        '"source": {"ip": "10.0.0.2"}, "destination": {"user": {"name": "berta"}}, '
        '"url": {"domain": "h.example", "path": "/gbracken/berta/grace%20brackenfold"}}\n',
        ["gbracken", "4711", "grace", "berta"]),
    "microsoft-defender-endpoint": (
        '{"Timestamp":"2026-11-01T00:14:49.013Z","DeviceName":"lap1","ActionType":'
        '"ConnectionSuccess","LocalIP":"10.0.0.2","RemoteIP":"198.18.164.101","RemotePort":443,'
        '"RemoteUrl":"h.example","InitiatingProcessAccountUpn":"grace.b@corp.example",'
        '"InitiatingProcessAccountName":"gbracken"}\n', ["grace", "gbracken"]),
    "fortigate": (
        'date=2026-11-01 time=00:32:41 eventtime=1793493161059570000 tz="+0000" devid="FGT60F1" '
        'logid="0000000013" type="traffic" subtype="forward" srcip=10.0.0.2 dstip=198.18.164.101 '
        'action="close" user="annabel" unauthuser="carla" dstuser="CORP\\berta" hostname="h.example" '
        'url="/carla/x" sentbyte=512 rcvdbyte=17728\n', ["annabel", "berta", "carla"]),
    "cef": (
        "CEF:0|Bramble|Web Gateway|3.1|100|Web request|3|rt=1793492324340 src=10.0.0.2 "
        "suser=anna bel duser=berta suid=carla dst=198.18.164.101 dhost=h.example act=allow "
        "request=https://h.example/x?a\\=1&user\\=dora msg=Anna%20Bel\n",
        ["anna bel", "anna%20bel", "berta", "carla", "dora"]),
    "palo-alto": (
        "1,2026/11/01 00:22:00,001801000123,TRAFFIC,end,2561,2026/11/01 00:22:00,10.0.0.2,"
        "198.18.164.101,192.0.2.1,198.18.164.101,web access,,corp\\berta,ssl,vsys1,trust,untrust,"
        "ethernet1/2,ethernet1/1,fwd-all,2026/11/01 00:22:00,3391457337,1,54808,443,54808,443,"
        "0x400053,tcp,allow,18240,512,17728,14,2026/11/01 00:22:00,0,business\n", ["berta"]),
    "w3c": (
        W3C.format("cs-userdn x-cs-user-authorization-name")
        + '2026-03-01 10:00:00 annabel "CN=Berta Smith,OU=x,DC=corp" carla 10.0.0.1 h.example '
        "/berta+smith/carla x 1\n", ["annabel", "berta", "carla"]),
    "zscaler": (
        '{"sourcetype":"zscalernss-web","event":{"time":"Sun Nov 01 00:36:07 2026","tz":"GMT",'
        '"login":"grace@corp.example","user":"Grace Brackenfold","deviceowner":"gbracken",'
        '"proto":"HTTPS","eurl":"h.example/a?a=1\\u0026user=berta","action":"Allowed",'
        '"reqsize":"512","respsize":"17728","cip":"10.0.0.2","sip":"198.18.164.101",'
        '"reqmethod":"GET","respcode":"200","ua":"x","devicehostname":"l","ehost":"h.example"}}\n',
        ["grace", "gbracken", "berta"]),
}


@pytest.mark.parametrize("name", OTHER_USERS)
def test_every_user_that_the_profile_knows_goes(keys, name, tmp_path):
    text, users = OTHER_USERS[name]
    log, clean = tmp_path / "a.log", tmp_path / "b.log"
    log.write_text(text)
    keys.call("sanitize", log, "-o", clean, "--format", name)
    lower = clean.read_text().lower()
    assert not [user for user in users if user in lower], lower
    before, after = events(keys, log, name), events(keys, clean, name)
    assert len(before) == 1 and {key: before[0][key] for key in KEYS} == {
        key: after[0][key] for key in KEYS}
    if text.startswith("{"):
        json.loads(clean.read_text())
    # Each is the pseudonym of its own name: what is sanitised again stays as it is.
    again = tmp_path / "c.log"
    keys.call("sanitize", clean, "-o", again, "--format", name)
    assert again.read_bytes() == clean.read_bytes()


def test_other_users_have_the_pseudonym_of_their_name(keys, tmp_path):
    log, clean = tmp_path / "a.log", tmp_path / "b.log"
    log.write_text(W3C.format("cs-userdn")
                   + '2026-03-01 10:00:00 annabel "CN=Berta,OU=x" 10.0.0.1 h.example / x 1\n'
                   + '2026-03-01 10:00:00 "CN=Berta,OU=x" annabel 10.0.0.1 h.example / x 1\n')
    keys.call("sanitize", log, "-o", clean)
    one, two = [line.split()[2:4] for line in clean.read_text().splitlines()[1:]]
    assert [part.strip('"') for part in one] == [part.strip('"') for part in two][::-1]


def test_a_profile_of_ones_own_names_other_users(keys, tmp_path):
    profile, log, clean = tmp_path / "my.yaml", tmp_path / "a.log", tmp_path / "b.log"
    profile.write_text("name: bramble\nlayouts:\n- family: key-value\n  when: {all: [kind=]}\n"
                       "  time:\n  - {fields: [at], as: epoch}\n  user: [who, login]\n"
                       "  other-users: [peer]\n  host: [site]\n")
    log.write_text("kind=a at=1772359200 who=annabel login=berta peer=carla site=h.example\n"
                   "kind=a at=1772359200 who=annabel site=h.example\n")
    told = json.loads(subprocess.run(
        [LOGVEIL, "formats", "check", profile, "--sample", log, "--json"], capture_output=True,
        check=True).stdout)
    assert told["found"]["user"] == 2 and told["other_users"] == 1
    (keys.path / "formats").mkdir(mode=0o700, exist_ok=True)
    (keys.path / "formats" / "bramble.yaml").write_text(profile.read_text())
    keys.call("sanitize", log, "-o", clean, "--format", "bramble")
    (keys.path / "formats" / "bramble.yaml").unlink()
    text = clean.read_text()
    assert text.count("u1-") == 4 and not [n for n in ("anna", "berta", "carla") if n in text]


def test_records_over_several_lines_and_of_a_shared_line(keys, tmp_path):
    """Each record is searched for its own users, to its end, and masked alone."""
    log, clean = tmp_path / "a.log", tmp_path / "b.log"
    record = ('{{"@timestamp": "2026-11-0{}T00:20:28Z", "user": "{}", "source": {{"ip": "10.0.0.2"}},'
              ' "url": {{"domain": "h.example", "path": "/{}"}}}}')
    log.write_text(
        json.dumps([json.loads(record.format(1, "annabel", "annabel?user=dora"))], indent=1) + "\n"
        + record.format(1, "annabel", "x") + " " + record.format("x", "dorothea", "dorothea")
        + record.format(2, "bertram", "bertram") + "\n" + record.format(3, "clementine", "") + "\n")
    keys.call("sanitize", log, "-o", clean, "--format", "json-lines")
    text = clean.read_text()
    names = ["annabel", "dora", "dorothea", "bertram", "clementine"]
    assert not [name for name in names if name in text], text
    before, after = (events(keys, path, "json-lines") for path in (log, clean))
    assert len(before) == 4 and [row["user"] for row in before] == [row["user"] for row in after]
    runs = [keys.run(path, "--dry-run", "--format", "json-lines", code=None).json
            for path in (log, clean)]
    assert [runs[0][key] for key in COUNTS] == [runs[1][key] for key in COUNTS]


def test_names_go_in_their_canonical_and_escaped_forms(keys, tmp_path):
    log, clean = tmp_path / "a.log", tmp_path / "b.log"
    line = ('{{"ClientAddr":"10.0.0.2:54808","ClientUsername":"{}","DownstreamContentSize":1,'
            '"DownstreamStatus":200,"RequestHost":"h.example","RequestMethod":"GET","RequestPath":'
            '"/mürgelx/m%C3%BCrgelx/m\\u00fcrgelx","StartUTC":"2026-11-01T00:17:10Z","msg":"MÜRGELX"}}\n')
    log.write_text(line.format("m\\u00fcrgelx") + line.format("mürgelx") + line.format("M%c3%9crgelx"))
    keys.call("sanitize", log, "-o", clean, "--format", "traefik")
    text = clean.read_text().lower()
    assert "rgelx" not in text and len([json.loads(line) for line in text.splitlines()]) == 3
    log.write_text(W3C.format("x-cs-user")
                   + '2026-03-01 10:00:00 anne%20bel - 10.0.0.1 h.example /anne+bel "Anne Bel" 1\n')
    keys.call("sanitize", log, "-o", clean, "--format", "w3c", "--force")
    assert "bel" not in clean.read_text().lower()


QUOTED = {
    "csv": 'time,user,src_ip,host,note\n2026-11-02T08:00:00Z,"{}",10.0.0.1,a.example,"{}"\n',
    "w3c": '#Fields: date time cs-username c-ip cs-host x\n'
           '2026-11-02 08:00:00 "{}" 10.0.0.1 a.example "{}"\n',
}


@pytest.mark.parametrize("name", QUOTED)
@pytest.mark.parametrize("written, user", [
    ('Fogg, ""Zed"" F', 'Fogg, "Zed" F'), ('""zedfogg""', '"zedfogg"'), ('Fogg ""Zed""', 'Fogg "Zed"')])
def test_doubled_quotes_in_names_are_one(keys, name, written, user, tmp_path):
    log, clean = tmp_path / "a.log", tmp_path / "b.log"
    log.write_text(QUOTED[name].format(written, written))
    (before,) = events(keys, log, name, "--clear", "--justification", "test")
    assert before["user_clear"] == user
    keys.call("sanitize", log, "-o", clean, "--format", name)
    assert not any(part in clean.read_text().lower() for part in ("zed", "fogg"))
    (after,) = events(keys, clean, name)
    assert after["user"] == before["user"] and after["host"] == "a.example"


def test_lines_that_a_run_refuses_for_their_user_stay_refused(keys, tmp_path):
    log, clean = tmp_path / "a.log", tmp_path / "b.log"
    log.write_text(W3C.format("x-cs-user")
                   + "2026-03-01 10:00:00 dora - 10.0.0.1 h.example / x 1\n"
                   + f"2026-03-01 10:00:00 u1-{'a' * 52} - 10.0.0.1 h.example /berta x 1\n")
    done = keys.call("sanitize", log, "-o", clean, "--json").json
    assert done["events"] == done["masked"] == 1 and "berta" not in clean.read_text()
    counts = [keys.run(path, "--dry-run", code=None).json for path in (log, clean)]
    assert [[row[key] for key in COUNTS] for row in counts][0] == [counts[1][key] for key in COUNTS]
    assert counts[1]["rejected"] == 1


def test_days_of_a_destroyed_key_are_masked(home, tmp_path):
    log, clean = tmp_path / "a.log", tmp_path / "b.log"
    home.call("init")
    home.call("key", "rotate", "--from", "2026-03-02")
    home.call("key", "destroy", "1", "--confirm", "destroy default 1", "--justification", "test")
    log.write_text(W3C.format("x-cs-user") + "".join(
        f"2026-03-0{day} 10:00:00 {user} - 10.0.0.1 h.example /{user} x 1\n"
        for day, user in [(1, "annabel"), (3, "bertram"), (1, "-")]))
    done = home.call("sanitize", log, "-o", clean, "--json").json
    assert (done["events"], done["masked"]) == (1, 2)
    text = clean.read_text()
    assert "annabel" not in text and "bertram" not in text and text.count("u2-") == 2
    counts = [home.run(path, "--dry-run", code=None).json for path in (log, clean)]
    assert [[row[key] for key in COUNTS] for row in counts][0] == [counts[1][key] for key in COUNTS]


def test_what_no_file_can_be_written_to_is_named(keys, tmp_path):
    log = tmp_path / "a.log"
    log.write_text(W3C.format("x-cs-user"))
    (tmp_path / "link").symlink_to(tmp_path / "target")
    (tmp_path / "there").write_text("x")
    for output, words in [("/dev/full", "device"), (tmp_path / "link", "symbolic link"),
                          (tmp_path / "there", "there already"),
                          (tmp_path / "no" / "b.log", "folder is not there")]:
        told = keys.call("sanitize", log, "-o", output, "--format", "w3c", code=73).err
        assert words in told and "home folder" not in told
    assert (tmp_path / "there").read_text() == "x" and not (tmp_path / "target").exists()
    told = keys.call("report", "--csv", "/dev/full", code=None).err
    assert "home folder" not in told


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_nothing_is_left_of_what_was_interrupted(keys, number, tmp_path):
    log = generate(tmp_path / "a.log", "squid", "160MiB", seed=4)
    folder = tmp_path / "out"
    folder.mkdir()
    process = subprocess.Popen(
        keys.command("sanitize", log, "-o", folder / "b.log"), stderr=subprocess.PIPE, text=True)
    time.sleep(0.2)
    process.send_signal(number)
    told = process.communicate()[1]
    assert process.returncode == 75, told
    assert list(folder.iterdir()) == [] and "No file that was not whole is there" in told


@pytest.mark.parametrize("text", [
    "@", "user=", "user==", "user[a]=", "--@", r"user\u003d", "a@b@", "%2540", "smtp:a@", r"\u0040",
    "//@", r"\"user\":", "&#64;"])
def test_a_line_of_many_signs_is_the_same_event(keys, tmp_path, text):
    """What an attacker puts into a URL; each sign that looked at all of them took hours."""
    line = ('{"time":"2026-11-01T10:00:00Z","user":"annabell","url":"http://a.example/x","bytes":5,'
            f'"q":"{text * (600_000 // len(text))}"}}\n')
    log = tmp_path / "a.log"
    log.write_text(line + line.replace("annabell", "bertrand"))
    keys.call("sanitize", log, "-o", tmp_path / "b.log", "--format", "json-lines")
    events = [json.loads(line) for line in (tmp_path / "b.log").read_text().splitlines()]
    assert [event["bytes"] for event in events] == [5, 5]
    assert len({event["user"] for event in events} | {"annabell", "bertrand"}) == 4
