"""Releases: who is told of, cut once, and nothing that follows from others."""

import collections
import json
import sqlite3

import pyarrow.parquet as pq
import pytest

from support import generate


@pytest.fixture(scope="module")
def filled(logs, tmp_path_factory):
    from support import Home
    home = Home(tmp_path_factory.mktemp("publish") / "home")
    home.run(generate(logs / "publish.log", "w3c", "3MiB", seed=11, users=60, hosts=150, days=40))
    return home


def release(home, *words, month="2026-11"):
    return json.loads(home.call("publish", "--month", month, "--json", *words).out)


def month_rows(home, month="2026-11"):
    return [row for row in home.rows("usage") if str(row["date"]).startswith(month)]


def person(row):
    return row["user"] or row["src_ip"] or row["device"]


@pytest.mark.parametrize("audience, minimum", [("admins", 5), ("managers", 10)])
def test_cells_are_true_and_large_enough(filled, audience, minimum):
    cells = release(filled, "--audience", audience)["cells"]
    rows = month_rows(filled)
    groups = collections.defaultdict(list)
    for row in rows:
        groups["total", ""].append(row)
        groups["category", row["category"] or "Not in the catalog"].append(row)
        groups["day", str(row["date"])].append(row)
        if row["app"]:
            groups["app", row["app"]].append(row)
    assert len(cells) > 20
    for cell in cells:
        mine = groups[cell["level"], cell["name"]]
        assert cell["events"] == sum(row["events"] for row in mine)
        assert cell["total_bytes"] == sum(row["total_bytes"] for row in mine)
        people = {person(row) for row in mine} - {None}
        assert len(people) >= minimum
        assert cell["persons"] in (len(people), None)
        shares = collections.Counter()
        for row in mine:
            shares[person(row)] += row["total_bytes"]
        assert max(shares.values()) <= 0.75 * sum(shares.values())


def test_hidden_parts_are_a_group_together(filled):
    told = release(filled)
    rows = month_rows(filled)
    shown = {(cell["category"], cell["name"]) for cell in told["cells"] if cell["level"] == "app"}
    for cell in told["cells"]:
        if cell["level"] != "category" or cell["name"] == "Not in the catalog":
            continue
        rest = [row for row in rows if row["category"] == cell["name"]
                and (cell["name"], row["app"]) not in shown]
        if rest:
            assert len({person(row) for row in rest}) >= 10
            assert len({row["app"] for row in rest}) >= 2
    assert sum(hidden["below_minimum"] for hidden in told["hidden"]) > 0


def test_a_month_is_cut_once(filled, logs, tmp_path):
    before = release(filled)
    filled.run(generate(tmp_path / "late.log", "w3c", "1MiB", seed=12, users=60, hosts=150, days=40))
    assert release(filled) == before
    filled.call("settings", "set", "publish_minimum_managers", "50")
    assert release(filled) == before
    assert [json.loads(line)["month"] for line in
            filled.call("publish", "--ledger", "--json").out.splitlines()] == ["2026-11"] * 2
    database = sqlite3.connect(filled.path / "state.sqlite")
    for change in ("DELETE FROM releases", "UPDATE releases SET content = ''",
                   "INSERT OR REPLACE INTO releases SELECT * FROM releases"):
        with pytest.raises(sqlite3.IntegrityError):
            database.execute(change)
        database.rollback()
    database.close()


def test_forms_and_no_pseudonym(filled, tmp_path):
    filled.call("publish", "--month", "2026-11", "--html", tmp_path / "r.html", "--csv",
                tmp_path / "r.csv", "--parquet", tmp_path / "r.parquet")
    cells = release(filled)["cells"]
    assert pq.read_table(tmp_path / "r.parquet").num_rows == len(cells)
    people = {row["user"] for row in filled.rows("usage")} | {
        row["src_ip"] for row in filled.rows("usage")}
    for path in tmp_path.iterdir():
        text = path.read_bytes().decode(errors="replace")
        assert not any(name and name in text for name in people)
        assert "u1-" not in text or path.suffix == ".html" and "u1-" not in text.split("<script>")[0]


def test_levels_and_names_can_be_taken_away(filled):
    cells = release(filled, "--exclude", "app", "day")["cells"]
    assert {cell["level"] for cell in cells} == {"total", "category"}
    hashed = release(filled, "--hash-apps")["cells"]
    plain = release(filled)["cells"]
    for one, other in zip(hashed, plain):
        if one["level"] == "app":
            assert one["name"].startswith("app-") and one["name"] != other["name"]
        assert one["total_bytes"] == other["total_bytes"]


@pytest.mark.parametrize("words, code, message", [
    (["--month", "2026-12"], 66, "not over"),
    (["--month", "2026-13"], 64, "2026-11"),
    (["--month", "november"], 64, "2026-11"),
    ([], 64, "--month or --ledger"),
    (["--month", "2026-11", "--html", "/nonexistent/x.html"], 73, "/nonexistent/"),
])
def test_errors(filled, words, code, message):
    assert message in filled.call("publish", *words, code=code).err


def test_minimum_is_never_below_five(home):
    home.call("init")
    assert "5 to 1000" in home.call(
        "settings", "set", "publish_minimum_admins", "4", code=None).err
