"""`plan`, `run-task` and `commit`: tasks run twice, out of order, killed and retried."""

import concurrent.futures
import gzip
import json
import random
import shutil
import subprocess
import time

import pytest

from support import Home, environment, generate

SEED = 20261124


@pytest.fixture(scope="module")
def archives(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tasks")
    return [generate(folder / f"{number}.log", "w3c", "600KiB", seed=80 + number, days=2,
                     users=100, bad_lines=0.01) for number in range(6)]


def make_plan(home: Home, path, *words) -> dict:
    path.write_text(home.call("plan", *words).out)
    return json.loads(path.read_text())


def task(home: Home, plan, number: int, code=0) -> str:
    return home.call("run-task", number, "--plan", plan, code=code).out


def commit(home: Home, plan, results: list[str], code=0):
    return home.call("commit", "--plan", plan, code=code, stdin="".join(results).encode())


def same_as_run(home: Home, twin: Home):
    for table in ("usage", "rejects"):
        assert sorted(map(str, home.rows(table))) == sorted(map(str, twin.rows(table)))
    home.call("table", "verify")


def test_three_steps_are_a_run(home, archives, tmp_path):
    plan = tmp_path / "plan.json"
    made = make_plan(home, plan, *archives, "--task-bytes", "1300KiB", "--until", "2026-11-01")
    assert [len(task["archives"]) for task in made["tasks"]] == [2, 2, 2]
    results = [task(home, plan, number) for number in (2, 0, 1)]
    assert all(len(result) < 1024 for result in results)
    assert home.events() == 0 and home.rows("ingests") == []
    done = json.loads(commit(home, plan, results).out)
    assert (done["tasks"], done["archives"], done["version"]) == (3, 6, 1)
    twin = Home(tmp_path / "twin").with_keys_of(home)
    for number in range(3):
        twin.run(*archives[2 * number:2 * number + 2], "--until", "2026-11-01")
    same_as_run(home, twin)
    assert done["events"] == home.events() == twin.events()
    again = json.loads(commit(home, plan, results).out)
    assert (again["tasks"], again["version"]) == (0, None)
    assert home.run(*archives, "--until", "2026-11-01").json["skipped"] == 6


def test_twice_out_of_order_and_killed(home, archives, tmp_path):
    chance = random.Random(SEED)
    plan = tmp_path / "plan.json"
    made = make_plan(home, plan, *archives, "--task-bytes", "1")
    assert len(made["tasks"]) == 6
    results = []
    for number in range(6):
        process = subprocess.Popen(
            home.command("run-task", number, "--plan", plan), stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, env=environment())
        time.sleep(chance.uniform(0, 0.15))
        process.kill()
        process.wait()
    with concurrent.futures.ThreadPoolExecutor(max_workers=4) as pool:
        results = list(pool.map(lambda n: task(home, plan, n), [5, 3, 3, 0, 1, 4, 2, 0, 5]))
    missing = commit(home, plan, [r for r in results if json.loads(r)["task"] != 2], code=64)
    assert "task 2" in missing.err and home.events() == 0
    chance.shuffle(results)
    for _ in range(4):
        process = subprocess.Popen(
            home.command("commit", "--plan", plan), stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment())
        process.stdin.write("".join(results).encode())
        process.stdin.close()
        time.sleep(chance.uniform(0, 0.1))
        process.kill()
        process.wait()
    commit(home, plan, results)
    twin = Home(tmp_path / "twin").with_keys_of(home)
    twin.run(*archives, "--batch-bytes", "0")
    same_as_run(home, twin)
    home.call("table", "vacuum", "--retain", "0d", "--yes")
    on_disk = {path for path in home.table("usage").rglob("*.parquet")}
    assert on_disk == set(home.live_files("usage"))


def test_a_file_that_is_gone_is_asked_for(home, archives, tmp_path):
    plan = tmp_path / "plan.json"
    make_plan(home, plan, archives[0])
    result = task(home, plan, 0)
    for table in ("usage", "ingests"):
        for path in home.table(table).rglob("*.parquet"):
            path.unlink()
        done = commit(home, plan, [result], code=75)
        assert "of task 0" in done.err and "run the task again" in done.err
        assert home.events() == 0
        late, result = result, task(home, plan, 0)
        assert json.loads(home.call("run-task", 0, "--plan", plan).out)["events"] > 0
    commit(home, plan, [late, result])
    home.call("table", "verify")
    commit(home, plan, [task(home, plan, 0)])
    home.call("table", "verify")


def test_reprocessing_in_steps(home, archives, tmp_path):
    home.run(*archives, "--batch-bytes", "0", "--until", "2026-11-01")
    plan = tmp_path / "plan.json"
    make_plan(home, plan, *archives[:2], "--reprocess", "--batch-bytes", "0")
    done = json.loads(commit(home, plan, [task(home, plan, 0)]).out)
    assert done["replaced"] == 2
    home.call("table", "verify")
    twin = Home(tmp_path / "twin").with_keys_of(home)
    twin.run(*archives[:2], "--batch-bytes", "0")
    twin.run(*archives[2:], "--batch-bytes", "0", "--until", "2026-11-01")
    assert sorted(map(str, home.rows("usage"))) == sorted(map(str, twin.rows("usage")))


def test_wrong_words(home, archives, tmp_path):
    plan = tmp_path / "plan.json"
    make_plan(home, plan, archives[0])
    task(home, plan, 7, code=64)
    other = tmp_path / "other.json"
    make_plan(home, other, archives[1])
    result = task(home, other, 0)
    assert "another plan" in commit(home, plan, [result], code=65).err
    assert commit(home, plan, ["nonsense\n"], code=65).err
    other.write_text("{}")
    task(home, other, 0, code=78)
    shutil.rmtree(home.path / "lake/default/_tasks")
    assert home.events() == 0


def private_group(home: Home, folder, user: str) -> list[str]:
    """Imports a group with one person; returns the words that make it private."""
    members = folder / "groups.csv"
    members.write_text(f"group,user\ncouncil,{user}\n")
    home.call("group", "import", members)
    return ["privacy", "add", "council"]


def first_user(home: Home, log) -> str:
    rows = home.call("inspect", log, "--records", "--json", "--clear", "--justification", "t").out
    return next(row["user_clear"] for row in map(json.loads, rows.splitlines())
                if row["status"] == "event" and row["user"])


def test_results_from_before_a_group_was_private_are_refused(home, archives, tmp_path):
    plan = tmp_path / "plan.json"
    make_plan(home, plan, *archives[:2], "--task-bytes", "1", "--activities")
    old = [task(home, plan, number) for number in (0, 1)]
    user = first_user(home, archives[0])
    home.call(*private_group(home, tmp_path, user))
    refused = commit(home, plan, old, code=75)
    assert "0, 1" in refused.err and "run them again" in refused.err
    assert user not in refused.err and home.events() == 0
    new = [task(home, plan, 0)]
    assert "private" in commit(home, plan, old + new, code=75).err and home.events() == 0
    # The newer result counts, wherever it stands.
    done = json.loads(commit(home, plan, old + new + [task(home, plan, 1)]).out)
    assert (done["tasks"], done["skipped_tasks"]) == (2, 2)
    assert any(row["private"] for row in home.rows("usage"))
    assert all(not row["user"].startswith("p1-") for row in home.rows("activities") if row["user"])
    for stored in (home.path / "lake/default/_tasks").rglob("*.json"):
        assert b"council" not in stored.read_bytes()


def test_a_key_of_another_day_is_another_privacy(home, archives, tmp_path):
    home.call(*private_group(home, tmp_path, first_user(home, archives[0])))
    plan = tmp_path / "plan.json"
    make_plan(home, plan, archives[0])
    result = task(home, plan, 0)
    home.call("key", "rotate")
    assert "under which keys" in commit(home, plan, [result], code=75).err
    commit(home, plan, [task(home, plan, 0)])


def test_a_run_during_which_a_group_became_private(home, archives, tmp_path):
    words = private_group(home, tmp_path, first_user(home, archives[0]))
    text = archives[0].read_bytes()
    process = subprocess.Popen(
        home.command("run", "-", "--json", "--progress", "off"), stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
    process.stdin.write(text[:100_000])
    process.stdin.flush()
    until = time.monotonic() + 20
    while not list((home.path / "lake/default/_runs").glob("run-*")):
        assert time.monotonic() < until
        time.sleep(0.01)
    home.call(*words)
    out, err = process.communicate(text[100_000:])
    assert process.returncode == 75 and b"run it again" in err and b"private" in err
    assert home.events() == 0 and home.rows("ingests") == []
    last = home.call("governance", "list", "--action", "parse", "--json").out.splitlines()[-1]
    assert json.loads(last)["status"] == "failed"
    home.run(archives[0])
    assert any(row["private"] for row in home.rows("usage"))


def test_results_that_are_not_here_are_asked_for(home, archives, tmp_path):
    """Another home, or a list that was lost: nothing is taken for committed that was not."""
    plan = tmp_path / "plan.json"
    make_plan(home, plan, *archives[:2], "--task-bytes", "1KiB")
    results = [task(home, plan, number) for number in (0, 1)]
    other = Home(tmp_path / "other").with_keys_of(home)
    assert "task 0" in commit(other, plan, results, code=75).err
    lost = next((home.path / "lake").rglob("_tasks/*/1-*.json"))
    text = lost.read_bytes()
    lost.unlink()
    done = commit(home, plan, results, code=75)
    assert "task 1" in done.err and home.events() == 0
    lost.write_bytes(text)
    assert json.loads(commit(home, plan, results).out)["tasks"] == 2
    assert json.loads(commit(home, plan, results).out)["skipped_tasks"] == 2
    # A late repetition changes nothing: it has read nothing, and the others are committed.
    again = task(home, plan, 0)
    assert json.loads(commit(home, plan, [*results, again]).out)["archives"] == 0
    assert json.loads(commit(home, plan, [again, results[1]]).out)["archives"] == 0


def test_archives_that_come_twice_or_another_way(home, archives, tmp_path):
    """A copy in another task, and an archive that a run took in since the plan was made."""
    logs = tmp_path / "logs"
    logs.mkdir()
    for number, path in enumerate(archives[:4]):
        shutil.copy(path, logs / f"{number}.log")
    (logs / "copy.gz").write_bytes(gzip.compress(archives[3].read_bytes()))
    plan = tmp_path / "plan.json"
    paths = [logs / name for name in ("0.log", "1.log", "2.log", "3.log", "copy.gz")]
    made = make_plan(home, plan, *paths, "--task-bytes", str(2 * paths[0].stat().st_size + 9))
    assert len(made["tasks"]) == 3
    results = [task(home, plan, number) for number in range(3)]
    home.run(paths[1])
    done = commit(home, plan, results, code=75)
    told = json.loads(done.out)
    assert (told["postponed_tasks"], told["tasks"], told["skipped_tasks"]) == ([0], 1, 1)
    results.append(task(home, plan, 0))
    told = json.loads(commit(home, plan, results).out)
    assert (told["tasks"], told["archives"], told["postponed_tasks"]) == (1, 1, [])
    home.call("table", "verify")
    twin = Home(tmp_path / "twin").with_keys_of(home)
    assert twin.run(logs).json["events"] == home.events()


def test_the_commit_tells_what_the_tasks_could_not_read(home, archives, tmp_path):
    bad = tmp_path / "bad.gz"
    bad.write_bytes(gzip.compress(archives[0].read_bytes())[:-9])
    plan = tmp_path / "plan.json"
    make_plan(home, plan, archives[0], bad, "--task-bytes", "1KiB")
    results = [task(home, plan, number, code=None) for number in (0, 1)]
    told = json.loads(commit(home, plan, results, code=3).out)
    assert (told["archives"], told["failed"]) == (1, 1)
    assert [row["status"] for row in home.rows("ingests")].count("failed") == 1
    odd = tmp_path / "odd.log"
    head, *lines = archives[1].read_bytes().split(b"\n")[3:]
    odd.write_bytes(b"\n".join([head, *lines[:5], *[b"garbage line"] * 30]) + b"\n")
    make_plan(home, plan, odd)
    assert json.loads(commit(home, plan, [task(home, plan, 0, code=3)], code=3).out)["rejected"] > 20
