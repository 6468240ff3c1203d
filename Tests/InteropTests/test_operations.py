"""What a service needs: metrics, messages, signals, defaults, a package."""

import json
import os
import pathlib
import re
import signal
import subprocess
import time

import pytest

from support import LOGVEIL, ROOT, environment, generate


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    return generate(tmp_path_factory.mktemp("ops") / "a.log", "w3c", "300KiB", seed=9,
                    bad_lines=0.01)


def metrics(path: pathlib.Path) -> dict:
    values = {}
    for line in path.read_text().splitlines():
        if not line.startswith("#"):
            name, value = line.rsplit(" ", 1)
            values[name] = float(value)
    return values


def test_metrics_are_for_prometheus(home, log, tmp_path):
    path = tmp_path / "logveil.prom"
    result = home.run(log, "--metrics", path, "--source", 'a"b\\c').json
    text = path.read_text()
    assert oct(path.stat().st_mode & 0o777) == "0o644"
    for line in text.splitlines():
        assert re.fullmatch(
            r'# (HELP|TYPE) logveil_run_[a-z_]+ .+|logveil_run_[a-z_]+\{.*\} -?[0-9.]+', line), line
    names = [line.split("{")[0] for line in text.splitlines() if not line.startswith("#")]
    assert all(f"# TYPE {name} gauge" in text for name in names)
    labels = r'tenant="default",source="a\"b\\c"'
    values = metrics(path)
    assert values[f'logveil_run_lines{{{labels},kind="events"}}'] == result["events"]
    assert values[f'logveil_run_archives{{{labels},outcome="committed"}}'] == 1
    success = values[f"logveil_run_success_timestamp_seconds{{{labels}}}"]
    assert abs(success - time.time()) < 120
    # A run that fails keeps the time of the last success.
    home.run(tmp_path / "nothing", "--metrics", path, "--source", 'a"b\\c', code=66)
    values = metrics(path)
    assert values[f"logveil_run_exit_code{{{labels}}}"] == 66
    assert values[f"logveil_run_success_timestamp_seconds{{{labels}}}"] == success
    assert list(tmp_path.glob("logveil.prom*")) == [path]


def test_what_a_run_came_to_is_told_first(home, log, tmp_path):
    """A scheduler that gets no object takes a run for one that failed."""
    (tmp_path / "file").write_text("no folder")
    place = tmp_path / "file" / "metrics"
    days = ["--from", "2026-11-01", "--to", "2026-11-30", "--yes"]
    for words in (["run", log], ["backfill", log.parent, *days, "--reprocess"]):
        done = home.call(*words, "--json", "--metrics", place, code=73)
        assert json.loads(done.out.splitlines()[-1])["archives"] == 1
        assert "cannot be written" in done.err


def test_lineage(home, log, tmp_path):
    path = tmp_path / "lineage.json"
    home.run(log, "--lineage", path)
    home.run(tmp_path / "nothing", "--lineage", path, code=66)
    events = [json.loads(line) for line in path.read_text().splitlines()]
    assert [event["eventType"] for event in events] == ["START", "COMPLETE", "START", "FAIL"]
    assert events[0]["run"]["runId"] == events[1]["run"]["runId"] != events[2]["run"]["runId"]
    assert events[1]["inputs"][0]["name"] == "a.log"
    fields = events[1]["outputs"][0]["facets"]["columnLineage"]["fields"]
    assert fields["user"]["transformationType"] == "MASKED"
    home.run(log, "--lineage", path, "--no-anonymise")
    event = json.loads(path.read_text().splitlines()[-1])
    assert event["outputs"][0]["facets"]["columnLineage"]["fields"] == {}


def test_messages_as_json(home, log, tmp_path):
    done = home.run(log, tmp_path / "nothing", "--log-format", "json", code=3)
    messages = [json.loads(line) for line in done.err.splitlines()]
    assert all(set(message) == {"time", "message"} for message in messages)
    assert any("nothing" in message["message"] for message in messages)


def test_defaults_of_a_home(home, log):
    home.call("init")
    file = home.path / "logveil.yaml"
    file.write_text("# defaults\nthreads: 1\nlog_format: json\n")
    assert home.run(log).json["threads"] == 1
    assert home.run(log, "--threads", "2").json["threads"] == 2
    rows = {row["key"]: row for row in map(
        json.loads, home.call("config", "print", "--json").out.splitlines())}
    assert rows["threads"] == {"key": "threads", "value": "1", "from": "logveil.yaml"}
    assert rows["memory"]["from"] == "built in"
    home.call("config", "check")
    for text, words in [("thread: 1\n", "line 1: thread"), ("threads: many\n", "threads"),
                        ("threads: 0\n", "1 to 512"), ("\nlog_format: xml\n", "line 2: log_format"),
                        ("memory: 4XB\n", "line 1: memory"), ("\ntenant: ../x\n", "line 2: tenant"),
                        ("- a\n", "Keys and values")]:
        file.write_text(text)
        assert words in home.call("config", "check", code=78).err, text
        home.run(log, code=78)
    file.write_text("")
    home.call("config", "check")
    done = subprocess.run(home.command("config", "check"), capture_output=True, text=True,
                          env=environment() | {"LOGVEIL_TENANT": "../x"})
    assert done.returncode == 78 and "LOGVEIL_TENANT" in done.stderr


def test_the_environment_wins_over_the_file(home, log):
    home.call("init")
    (home.path / "logveil.yaml").write_text("threads: 1\n")
    done = subprocess.run(
        home.command("run", log, "--json", "--progress", "off"), capture_output=True, text=True,
        env=environment() | {"LOGVEIL_THREADS": "2"}, check=True)
    assert json.loads(done.stdout)["threads"] == 2


def test_a_signal_asks_how_far_it_is(home, tmp_path):
    log = generate(tmp_path / "big.log", "w3c", "24MiB", seed=2)
    process = subprocess.Popen(
        home.command("run", log, "--progress", "off", "--threads", "1"), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
        env=environment())
    while process.poll() is None and not (home.path / "lake/default/_runs").is_dir():
        time.sleep(0.002)
    if process.poll() is None:
        process.send_signal(signal.SIGUSR1)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert re.search(r"of 24\.0 MiB .*lines", err)


@pytest.mark.parametrize("verb", ["compact", "verify"])
def test_verbs_without_progress_end_by_signals(home, tmp_path, verb):
    """A question does not end them; SIGTERM does, with 75, and the same command goes through."""
    for seed in range(3):
        home.run(generate(tmp_path / f"{seed}.log", "w3c", "8MiB", seed=seed, users=20000))
    before = home.events()
    codes = set()
    for wait in range(1, 40):
        process = subprocess.Popen(
            home.command("table", verb), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL, env=environment())
        time.sleep(wait * 0.01)
        process.send_signal(signal.SIGUSR1)
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=60)
        codes.add(process.returncode)
        assert process.returncode in (0, 75) or wait < 3, (process.returncode, err)
        if process.returncode == 0:
            break
        assert b"Interrupted" in err or wait < 3
    assert {0, 75} <= codes
    home.call("table", "verify")
    assert home.events() == before


def test_the_package(tmp_path):
    done = subprocess.run(
        [ROOT / "packaging/build-deb", tmp_path], capture_output=True, text=True,
        env=os.environ | {"LOGVEIL_BIN": str(LOGVEIL), "SOURCE_DATE_EPOCH": "1795219480"})
    assert done.returncode == 0, done.stderr
    deb = done.stdout.strip()
    names = subprocess.run(
        ["dpkg-deb", "--contents", deb], capture_output=True, text=True, check=True).stdout
    for name in ("usr/bin/logveil", "man1/logveil.1.gz", "systemd/system/logveil-nightly.timer",
                 "bash-completion/completions/logveil"):
        assert name in names
    tree = tmp_path / "tree"
    subprocess.run(["dpkg-deb", "-x", deb, tree], check=True)
    version = subprocess.run(
        [tree / "usr/bin/logveil", "--version"], capture_output=True, text=True, check=True)
    assert version.stdout.strip() in pathlib.Path(deb).name
    manual = subprocess.run(
        ["zcat", tree / "usr/share/man/man1/logveil.1.gz"], capture_output=True, text=True,
        check=True).stdout
    for verb in ("run", "backfill", "table vacuum", "run\\-task", "governance list"):
        assert f".SS {verb}" in manual
