"""Releases: who is told of, cut once, and nothing that follows from others."""

import collections
import datetime
import json
import re
import shutil
import sqlite3
import subprocess

import pyarrow.parquet as pq
import pytest

from support import ROOT, Home, generate

# A month that is over, and some days more.
DAYS = {"days": 40, "from": "2026-10-01"}


@pytest.fixture(scope="module")
def filled(logs, tmp_path_factory):
    home = Home(tmp_path_factory.mktemp("publish") / "home")
    home.run(generate(logs / "publish.log", "w3c", "3MiB", seed=11, users=60, hosts=150, **DAYS))
    return home


def release(home, *words, month="2026-10"):
    return json.loads(home.call("publish", "--month", month, "--json", *words).out)


def month_rows(home, month="2026-10"):
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
    filled.run(generate(tmp_path / "late.log", "w3c", "1MiB", seed=12, users=60, hosts=150, **DAYS))
    assert release(filled) == before
    filled.call("settings", "set", "publish_minimum_managers", "50")
    assert release(filled) == before
    assert [json.loads(line)["month"] for line in
            filled.call("publish", "--ledger", "--json").out.splitlines()] == ["2026-10"] * 2
    database = sqlite3.connect(filled.path / "state.sqlite")
    for change in ("DELETE FROM releases", "UPDATE releases SET content = ''",
                   "INSERT OR REPLACE INTO releases SELECT * FROM releases"):
        with pytest.raises(sqlite3.IntegrityError):
            database.execute(change)
        database.rollback()
    database.close()


def test_forms_and_no_pseudonym(filled, tmp_path):
    filled.call("publish", "--month", "2026-10", "--html", tmp_path / "r.html", "--csv",
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
    def figures(cells):
        return sorted((cell["category"] or "", cell["total_bytes"], cell["events"])
                      for cell in cells if cell["level"] == "app")
    assert figures(hashed) == figures(plain)
    assert [cell for cell in hashed if cell["level"] != "app"] == [
        cell for cell in plain if cell["level"] != "app"]
    # The order of the true names would tell of them.
    codes = [(cell["category"], cell["name"]) for cell in hashed if cell["level"] == "app"]
    assert codes == sorted(codes) and len(set(codes)) == len(codes)
    assert all(re.fullmatch("app-[0-9a-f]{16}", code) for _, code in codes)


@pytest.mark.parametrize("words, code, message", [
    (["--month", "2026-12"], 66, "not over"),
    (["--month", "2026-13"], 64, "2026-11"),
    (["--month", "november"], 64, "2026-11"),
    ([], 64, "--month or --ledger"),
    (["--month", "2026-10", "--html", "/nonexistent/x.html"], 73, "/nonexistent/"),
])
def test_errors(filled, words, code, message):
    assert message in filled.call("publish", *words, code=code).err


HEAD = "time,user,src_ip,host,bytes_in,bytes_out\n"


def csv_log(rows):
    return HEAD + "".join(f"{time},{user},10.0.0.1,{host},100,50\n" for time, user, host in rows)


def test_numbers_of_persons_from_which_few_follow_are_not_told(home, tmp_path):
    """One of 30 does not use MEGA; one of 60 uses both networks."""
    days = [f"2026-09-{day:02}T10:00:00Z" for day in range(1, 31)]
    uses = [("www.dropbox.com", range(30)), ("mega.nz", range(29)),
            ("www.facebook.com", range(100, 140)), ("www.linkedin.com", range(139, 160))]
    rows = [(days[number % 30], f"user{person}", host)
            for host, people in uses for number, person in enumerate(people)]
    (tmp_path / "t.csv").write_text(csv_log(rows))
    home.call("init")
    home.run(tmp_path / "t.csv", "--format", "csv")
    cells = {cell["name"]: cell for cell in release(home, month="2026-09")["cells"]}
    assert (cells["Cloud storage"]["persons"], cells["Social network"]["persons"]) == (30, 60)
    for app in ("Dropbox", "MEGA", "LinkedIn"):
        assert (cells[app]["persons"], cells[app]["persons_percent"]) == (None, "-"), app
    assert cells["Facebook"]["persons"] == 40
    shown = home.call("publish", "--month", "2026-09").out
    assert "not told" in shown and "the number of persons of" in shown


def test_a_few_rows_dated_ahead_make_no_month_whole(home, tmp_path):
    rows = [(f"2026-09-{day:02}T10:{number % 60:02}:00Z", f"user{number}", f"h{number}.example")
            for day in range(1, 21) for number in range(60)]
    rows.append(("2027-03-01T10:00:00Z", "user1", "h1.example"))
    (tmp_path / "t.csv").write_text(csv_log(rows))
    home.call("init")
    home.run(tmp_path / "t.csv", "--format", "csv")
    refused = home.call("publish", "--month", "2026-09", code=66).err
    assert "newest day in the table is 2026-09-20, but for a few rows dated later" in refused
    assert home.call("publish", "--ledger", "--json").out == ""


def test_persons_are_those_that_the_directory_joins(home, tmp_path):
    """The names were read before the directory knew whose they are."""
    rows = [(f"2026-09-{day:02}T10:00:00Z", f"user{number}@corp.example", host)
            for day in range(1, 31) for number in range(40)
            for host in ("www.dropbox.com", "www.slack.com", "www.canva.com")]
    rows += [(f"2026-09-0{day}T10:00:00Z", name, "github.com") for day in range(3, 8)
             for number in range(6)
             for name in (f"CORP\\k{number}", f"kurt.{number}@corp.example")]
    (tmp_path / "t.csv").write_text(csv_log(rows))
    (tmp_path / "people.csv").write_text("person,login\n" + "".join(
        f"kurt.{number}@corp.example,CORP\\k{number}\n" for number in range(6)))
    home.call("init")
    home.run(tmp_path / "t.csv", "--format", "csv")
    home.call("directory", "import", tmp_path / "people.csv")
    cells = release(home, month="2026-09")["cells"]
    assert "GitHub" not in {cell["name"] for cell in cells}
    assert cells[0]["persons"] == 46


@pytest.mark.parametrize("counts, code, message", [
    ({30: 4}, 66, "newest day in the table is 2026-09-29, but for a few rows dated later"),
    ({30: 4, 31: 60}, 0, ""),  # A holiday: the next day is a usual one.
    ({1: 4}, 66, "has no more than a part of its first day"),
    ({0: 60, 1: 4}, 0, ""),
    ({6: 4, 13: 4, 20: 4, 27: 4}, 0, ""),  # Quiet Sundays.
    ({day: 4 for day in (2, 9, 16, 23, 30)}, 0, ""),  # The last day is one of the quiet ones.
    ({day: 0 for day in (2, 9, 16, 23, 30)}, 0, ""),
    # A few rows on one of the empty weekends make no usual Wednesday or Saturday.
    ({day: 0 for day in (2, 9, 23, 30)} | {16: 2}, 0, ""),
    ({day: 0 for day in range(1, 31)}, 66, "No row lies in 2026-09"),
    ({day: 0 for day in range(1, 24)}, 66, "is not over there: it has no usual day"),
    ({day: 0 for day in range(9, 31)}, 66, "newest day in the table is"),
    ({day: 0 for day in range(1, 20)}, 0, ""),  # Logs that begin later.
])
def test_a_month_is_whole_where_its_first_and_last_days_are(home, tmp_path, counts, code, message):
    counts = {day: 60 for day in range(1, 31)} | counts
    dates = {0: "2026-08-31", 31: "2026-10-01"}
    rows = [(f"{dates.get(day, f'2026-09-{day:02}')}T10:00:00Z", f"user{number}", "h.example")
            for day, count in counts.items() for number in range(count)]
    (tmp_path / "t.csv").write_text(csv_log(rows or [("2026-08-31T10:00:00Z", "joe", "h.example")]))
    home.call("init")
    home.run(tmp_path / "t.csv", "--format", "csv")
    done = home.call("publish", "--month", "2026-09", code=code)
    assert message in done.err


def test_what_cannot_be_written_spends_no_month(home, tmp_path):
    (tmp_path / "t.csv").write_text(csv_log(
        [(f"2026-09-{day:02}T10:00:00Z", f"user{number}", "h.example")
         for day in range(1, 31) for number in range(20)]))
    (tmp_path / "people.csv").write_text("person,login,region\n" + "".join(
        f"user{number}@corp.example,user{number},North\n" for number in range(20)))
    home.call("init")
    home.run(tmp_path / "t.csv", "--format", "csv")
    home.call("directory", "import", tmp_path / "people.csv")
    for words in (("publish",), ("publish", "people", "--exclude", "title")):
        done = home.call(*words, "--month", "2026-09", "--csv", tmp_path / "no/x.csv", code=73)
        assert "Its folder is not there" in done.err
    assert home.call("publish", "--ledger", "--json").out == ""
    assert home.call("publish", "people", "--ledger", "--json").out == ""
    assert list(tmp_path.glob(".*.tmp")) == []


def test_a_tenant_that_has_published_goes_with_its_releases(home, tmp_path):
    (tmp_path / "t.csv").write_text(csv_log(
        [(f"2026-09-{day:02}T10:00:00Z", f"user{number}", "h.example")
         for day in range(1, 31) for number in range(20)]))
    home.call("init")
    why = ("--justification", "it is over")
    for _ in range(2):  # The same name again is another tenant.
        home.call("tenant", "add", "second")
        for tenant in ("default", "second"):
            home.run(tmp_path / "t.csv", "--format", "csv", "--tenant", tenant, "--reprocess")
            home.call("publish", "--month", "2026-09", "--tenant", tenant)
        home.call("governance", "verify")
        home.call("key", "destroy", "1", "--tenant", "second", *why,
                  "--confirm", "destroy second 1")
        home.call("tenant", "remove", "second", *why, "--confirm", "remove second")
        assert home.call("tenant", "list").out.split() == ["default"]
    home.call("governance", "verify")
    assert subprocess.run(
        [ROOT / "scripts/verify-governance", home.path], capture_output=True).returncode == 0
    home.call("publish", "--month", "2026-09")
    with sqlite3.connect(home.path / "state.sqlite") as state:
        assert state.execute("SELECT DISTINCT tenant FROM releases").fetchall() == [("default",)]
        with pytest.raises(sqlite3.IntegrityError):
            state.execute("DELETE FROM releases")


def test_a_ledger_that_is_gone_is_found(filled, tmp_path):
    release(filled)
    home = Home(shutil.copytree(filled.path, tmp_path / "copy"))
    with sqlite3.connect(home.path / "state.sqlite") as state:
        state.execute("DROP TABLE releases")
    assert "was cut and is gone" in home.call("governance", "verify", code=1).out
    home.call("publish", "--month", "2026-10", code=74)
    checked = subprocess.run([ROOT / "scripts/verify-governance", home.path],
                             capture_output=True, text=True)
    assert "was cut and is gone" in checked.stdout and not checked.stderr


def test_a_month_is_over_by_the_clock(home, tmp_path):
    """Rows to the end of this month, which no log has yet."""
    today = datetime.datetime.now(datetime.timezone.utc).date()
    first = today.replace(day=1)
    days = [first + datetime.timedelta(days=day) for day in range(45)]
    (tmp_path / "t.csv").write_text(csv_log(
        [(f"{day}T10:00:00Z", f"user{number}", "h.example")
         for day in days for number in range(20)]))
    home.call("init")
    home.run(tmp_path / "t.csv", "--format", "csv")
    refused = home.call("publish", "--month", f"{first:%Y-%m}", code=66).err
    assert "is not over: it is" in refused
    assert home.call("publish", "--ledger", "--json").out == ""


@pytest.mark.parametrize("change, what", [
    ("UPDATE releases SET minimum = 7", "was altered since it was cut"),
    ("UPDATE releases SET content = replace(content, 'cell', 'cell ')", "was altered"),
    ("DELETE FROM releases", "was cut and is gone"),
])
def test_a_changed_ledger_is_found(filled, tmp_path, change, what):
    release(filled)
    home = Home(tmp_path / "home")
    shutil.copytree(filled.path, home.path)
    database = sqlite3.connect(home.path / "state.sqlite")
    triggers = database.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'releases'"
    ).fetchall()
    for name, _ in triggers:
        database.execute(f"DROP TRIGGER {name}")
    database.execute(change)
    for _, sql in triggers:
        database.execute(sql)
    database.commit()
    database.close()
    for words in (["--month", "2026-10"], ["--ledger"], ["people", "--ledger"]):
        refused = home.call("publish", *words, code=74)
        assert what in refused.err and not refused.out
    found = home.call("governance", "verify", "--json", code=1).json
    assert not found["good"] and found["releases_unchecked"] == 0
    assert len(found["release_faults"]) == 2 and what in found["release_faults"][0]
    assert what in home.call("governance", "verify", code=1).out
    script = subprocess.run([ROOT / "scripts" / "verify-governance", home.path],
                            capture_output=True, text=True)
    assert json.loads(script.stdout)["release_faults"] == found["release_faults"]
    assert script.returncode == 1
    good = filled.call("governance", "verify", "--json").json
    assert (good["good"], good["releases"], good["release_faults"]) == (True, 2, [])


def test_codes_stay_as_they_were_cut(filled, tmp_path):
    before = release(filled, "--hash-apps")
    filled.call("key", "rotate")
    assert release(filled, "--hash-apps") == before


def test_no_tenant_is_another_ones_clear_tables(home, tmp_path):
    (tmp_path / "t.csv").write_text(csv_log([("2026-09-01T10:00:00Z", "joe", "a.example")]))
    home.call("init")
    home.run(tmp_path / "t.csv", "--format", "csv", "--no-anonymise")
    for words in (["report"], ["publish", "--month", "2026-09"], ["table", "list"],
                  ["run", tmp_path / "t.csv"]):
        refused = home.call(*words, "--tenant", "default-clear", code=64)
        assert "joe" not in refused.out + refused.err
    assert "tenant" in home.call("tenant", "add", "other-clear", code=64).err
    assert home.call("report", "--tenant", "../default", code=64)


def test_minimum_is_never_below_five(home):
    home.call("init")
    assert "5 to 1000" in home.call(
        "settings", "set", "publish_minimum_admins", "4", code=None).err
