"""Snapshot reports: tables of their own."""

import json

import pytest

from support import generate


def objects(done):
    return [json.loads(line) for line in done.out.splitlines()]


def test_a_snapshot_stands_apart(home, logs):
    log = generate(logs / "snapshot.log", "w3c", "256KiB", seed=3, users=50, hosts=60, days=3)
    other = generate(logs / "snapshot2.log", "w3c", "256KiB", seed=4, users=50, hosts=60, days=3)
    continuous = home.run(log).json
    may = home.run(other, "--snapshot", "may").json
    assert home.events() == continuous["events"]
    assert home.events("default/snapshots/may") == may["events"]
    # The same archive may stand in both: it is another report.
    again = home.run(log, "--snapshot", "may").json
    assert again["archives"] == 1 and home.run(log).json["skipped"] == 1
    figures = json.loads(home.call("report", "--snapshot", "may", "--json").out)
    assert figures["snapshot"] == "may"
    assert figures["totals"]["events"] == may["events"] + again["events"]
    assert json.loads(home.call("report", "--json").out)["snapshot"] is None
    [listed] = objects(home.call("snapshot", "list", "--json"))
    assert listed["snapshot"] == "may" and listed["files"] > 0
    assert listed["from"] <= listed["to"]
    home.call("snapshot", "remove", "may")
    assert objects(home.call("snapshot", "list", "--json")) == []
    assert not (home.path / "lake/default/snapshots/may").exists()
    assert home.events() == continuous["events"]
    actions = [record["action"] for record in objects(home.call("governance", "list", "--json"))]
    assert "snapshot_remove" in actions


@pytest.mark.parametrize("words, code, message", [
    (["report", "--snapshot", "none"], 66, "snapshot list"),
    (["snapshot", "remove", "none"], 66, "snapshot list"),
    (["snapshot", "remove", "../usage"], 64, "no snapshot's name"),
    (["report", "--snapshot", "a/b"], 64, "no snapshot's name"),
    (["run", "--snapshot", "..", "x.log"], 64, "no snapshot's name"),
])
def test_errors(home, tmp_path, words, code, message):
    home.call("init")
    (tmp_path / "x.log").write_text("x\n")
    words = [tmp_path / word if word == "x.log" else word for word in words]
    assert message in home.call(*words, code=code).err
