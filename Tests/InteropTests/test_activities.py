"""The activity log: a row per event, whoever reads it; private ones only with the key."""

import base64
import collections
import json
import re

import duckdb
import pyarrow.parquet as pq
import pyarrow.parquet.encryption as pe
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from support import Home, generate


def busiest(log) -> str:
    """The name that stands in most lines."""
    names, place = collections.Counter(), None
    for line in log.read_bytes().decode("latin-1").split("\n"):
        if line.startswith("#Fields:"):
            place = line.split().index("cs-username") - 1
        elif not line.startswith("#"):
            fields = duckdb_split(line)
            if place is not None and len(fields) > place and fields[place] != "-":
                names[fields[place]] += 1
    return names.most_common(1)[0][0]


def duckdb_split(line: str) -> list[str]:
    """Fields at spaces; quoted ones may hold spaces."""
    fields, quoted = [""], False
    for letter in line:
        if letter == '"':
            quoted = not quoted
        elif letter == " " and not quoted:
            fields.append("")
        else:
            fields[-1] += letter
    return fields


@pytest.fixture(scope="module")
def filled(tmp_path_factory) -> Home:
    folder = tmp_path_factory.mktemp("activities")
    home = Home(folder / "home")
    log = generate(folder / "a.log", "w3c", "6MiB", days=3, users=40, bad_lines=0.01, seed=5)
    home.call("group", "import", "-", stdin=f"group,user\nboard,{busiest(log)}\n".encode())
    home.call("privacy", "add", "board")
    home.counts = home.run("--activities", log).json
    home.log = log
    return home


def rows(home: Home, *words) -> list[dict]:
    out = home.call("activities", "--json", *words).out
    return [json.loads(line) for line in out.splitlines()]


def private_key(home: Home, version: int = 1) -> bytes:
    keys = json.loads((home.path / "keys/default.json").read_text())
    info = f"logveil/v1/{keys['uuid']}/activities_private/{version}".encode()
    root = bytes.fromhex(keys["versions"][version - 1]["root"])
    return HKDF(hashes.SHA256(), 32, None, info).derive(root)


def test_every_event_has_a_row(filled):
    shown = rows(filled)
    everything = rows(filled, "--show-private", "--confirm", "test")
    assert len(everything) == filled.counts["events"]
    assert len(shown) == sum(row["private"] is False for row in everything) < len(everything)
    assert sum(row["total_bytes"] for row in everything) == (
        filled.counts["uploaded_bytes"] + filled.counts["downloaded_bytes"])
    text = filled.log.read_bytes().decode("latin-1").split("\n")
    for row in everything[:200]:
        assert row["host"] in text[row["line"] - 1].lower()


def test_other_readers_see_public_rows_only(filled):
    public = filled.read("activities")
    assert public.num_rows == len(rows(filled))
    for path in filled.live_files("activities"):
        table = pq.read_table(path, partitioning=None)
        order = [(user or "", time) for user, time in zip(
            table["user"].to_pylist(), table["time"].to_pylist())]
        assert order == sorted(order)
    for path in filled.live_files("activities_private"):
        # Three bytes alone stand in any file of random ones now and then.
        assert not re.search(rb"p1-[\w-]{8}", path.read_bytes())
        with pytest.raises(Exception):
            pq.read_table(path, partitioning=None)
        with pytest.raises(Exception):
            duckdb.read_parquet(str(path)).fetchall()
    log = (filled.table("activities_private") / "_delta_log").glob("*.json")
    for line in "".join(path.read_text() for path in log).splitlines():
        assert "stats" not in json.loads(line).get("add", {})


def test_private_rows_open_with_the_key(filled):
    key = private_key(filled)
    private = [row for row in rows(filled, "--show-private", "--confirm", "test")
               if row["private"] is True]
    assert private
    found, total = 0, 0
    connection = duckdb.connect()
    connection.execute(f"PRAGMA add_parquet_key('k', '{base64.b64encode(key).decode()}')")
    for path in filled.live_files("activities_private"):
        properties = pe.create_decryption_properties(footer_key=key)
        table = pq.read_table(path, decryption_properties=properties, partitioning=None)
        assert set(user[:3] for user in table["user"].to_pylist()) == {"p1-"}
        found += table.num_rows
        count, sums = connection.execute(
            f"SELECT count(*), sum(total_bytes) FROM read_parquet('{path}', "
            "encryption_config = {footer_key: 'k'})").fetchone()
        assert count == table.num_rows
        total += sums
    assert found == len(private)
    assert total == sum(row["total_bytes"] for row in private)


def test_usage_has_the_same_totals(filled):
    usage = filled.rows("usage")
    private = [row for row in usage if row["private"]]
    assert {row["user"][:3] for row in private} == {"p1-"}
    assert not [row for row in usage if not row["private"] and (row["user"] or "")[:1] == "p"]
    everything = rows(filled, "--show-private", "--confirm", "test")
    assert sum(row["events"] for row in private) == sum(
        row["private"] is True for row in everything)
    assert sum(row["events"] for row in usage) == len(everything)


def test_the_same_files_for_any_number_of_threads(filled, tmp_path):
    names = []
    for threads in (1, 2, 5):
        home = Home(tmp_path / f"home{threads}")
        home.call("init")
        (home.path / "keys/default.json").write_text(
            (filled.path / "keys/default.json").read_text())
        home.call("group", "import", "-",
                  stdin=f"group,user\nboard,{busiest(filled.log)}\n".encode())
        home.call("privacy", "add", "board")
        home.run("--activities", "--threads", threads, filled.log)
        names.append(sorted(
            (path.name, path.read_bytes()) for table in ("activities", "activities_private")
            for path in home.live_files(table)))
    assert names[0] == names[1] == names[2]


def test_care_and_deletion_know_the_tables(tmp_path):
    home = Home(tmp_path / "home")
    logs = [generate(tmp_path / f"{seed}.log", "w3c", "1MiB", days=1, users=9, seed=seed)
            for seed in (1, 2)]
    home.call("group", "import", "-", stdin=f"group,user\nboard,{busiest(logs[0])}\n".encode())
    home.call("privacy", "add", "board")
    for log in logs:
        home.run("--activities", log)
    before = rows(home, "--show-private", "--confirm", "x", "--sort", "archive", "line")
    for table in ("activities", "activities_private"):
        home.call("table", "compact", table)
        assert len(home.live_files(table)) == 1
    assert rows(home, "--show-private", "--confirm", "x", "--sort", "archive", "line") == before
    home.call("table", "verify")
    user = next(row["user"] for row in before if row["private"] is True)
    home.call("table", "delete", "--user", user, "--justification", "asked to be forgotten")
    assert not any(row["user"] == user
                   for row in rows(home, "--show-private", "--confirm", "x"))
    home.call("table", "verify")


def test_each_rule_is_counted(tmp_path):
    home = Home(tmp_path / "home")
    log = generate(tmp_path / "a.log", "w3c", "256KiB", users=9, seed=6)
    everything = home.run("--dry-run", log).json["events"]
    home.call("exclude", "add", "--user", busiest(log))
    home.call("exclude", "add", "--host", "no.such.example")
    home.call("exclude", "add", "--ip", "0.0.0.0/0", "::/0")
    done = home.run(log, code=None).json
    assert done["events"] == 0 and done["excluded"] == everything
    counts = dict(part.split(":") for part in home.rows("ingests")[0]["options"]
                  .split("left-out=")[1].split(","))
    assert set(counts) == {"1", "3"} and sum(map(int, counts.values())) == everything
    # The same again is known, whatever was counted.
    assert home.run(log).json["skipped"] == 1


def test_one_person_among_many_row_groups(tmp_path):
    home = Home(tmp_path / "home")
    home.run("--activities", generate(
        tmp_path / "a.log", "w3c", "48MiB", users=30_000, hosts=500, locality=0, seed=8))
    counts = collections.Counter()
    for path in home.live_files("activities"):
        file = pq.ParquetFile(path)
        sizes = [file.metadata.row_group(group).num_rows
                 for group in range(file.metadata.num_row_groups)]
        assert len(sizes) > 1 and max(sizes) <= 1 << 17
        counts.update(file.read(columns=["user"])["user"].to_pylist())
    people = [user for user, _ in counts.most_common() if user]
    for user in (people[0], people[len(people) // 2], people[-1]):
        found = rows(home, "--user", user)
        assert len(found) == counts[user] and {row["user"] for row in found} == {user}
    home.call("table", "compact", "activities")
    assert len(rows(home, "--user", people[0])) == counts[people[0]]


def test_a_user_agent_tells_no_name(home, tmp_path):
    """Some programs put the user's name there, in any case, with or without the realm."""
    agents = {
        "CORP\\annabelle": ("App/1 (ANNABELLE; annabelle2) x", "App/1 (@; annabelle2) x"),
        "bertrand@corp.example": ("bertrand/2", "@"),
        "zelda": ("Mail zelda@corp.example annabelle", "Mail @ annabelle"),
        "bob": ("bob/3", "bob/3"),
        "anne%20bel": ("Anne Bel anne+bel anne%20bel belle", "@ @ @ belle"),
        "frederick": (r"App (fre%64erick) \u0066rederick x%20y", "App (@) @ x%20y"),
        "mürgelx": ("MÜRGELX m%C3%BCrgelx x", "@ @ x"),
    }
    log = tmp_path / "agents.log"
    log.write_text("#Fields: date time c-ip cs-username cs-host cs(User-Agent) sc-bytes\n" + "".join(
        f'2026-11-01 10:00:0{n % 10} 10.0.0.1 {user} h.example "{agent}" 1\n'
        for n in range(3) for user, (agent, _) in agents.items()))
    home.run(log, "--activities")
    rows = home.rows("activities")
    assert sorted(row["user_agent"] for row in rows) == sorted(
        shown for _, shown in agents.values() for _ in range(3))
    home.call("leak-check", log)


def test_a_shared_user_agent_is_told_without_the_name_of_its_user(home, tmp_path):
    """Who has an agent that others have, too, is looked for in it all the same, wherever it comes."""
    people = [f"person{number}" for number in range(40)]
    log = tmp_path / "shared.log"
    with open(log, "w") as file:
        file.write("#Fields: date time c-ip cs-username cs-host cs(User-Agent) sc-bytes\n")
        for number in range(20_000):
            user, other = people[number % 40], people[number * 7 // 40 % 40]
            file.write(f'2026-11-01 10:00:00 10.0.0.1 {user} h.example "Sync ({other})" 1\n')
    home.run(log, "--activities")
    expected = {}
    for number in range(20_000):
        user, other = people[number % 40], people[number * 7 // 40 % 40]
        shown = "Sync (@)" if user == other else f"Sync ({other})"
        expected[shown] = expected.get(shown, 0) + 1
    shown = {}
    for row in home.rows("activities"):
        shown[row["user_agent"]] = shown.get(row["user_agent"], 0) + 1
    assert shown == expected and shown["Sync (@)"] > 100
