"""People reports: one row for each person, with attributes that single nobody out. All of it is
computed a second time here, from the tables and the clear names."""

import collections
import json
import re
import sqlite3

import pyarrow.parquet as pq
import pytest

from browsing import visible
from support import Home, generate

MONTH = "2026-10"
# The month, which is over, and some days more.
DAYS = {"days": 40, "from": "2026-10-01"}
ATTRIBUTES = ["function", "title", "organisation", "region"]


def said(number):
    """What the directory says of a person; of few nothing, of some something rare."""
    function = ["Sales", "Support", "Research", "Legal"][min(number % 9, 3)]
    return {
        "function": function,
        "title": f"Head {number}" if number % 17 == 0 else f"{function} {number % 2}",
        "organisation": "Corp" if number % 5 else "",
        "region": ["DE", "FR", "LI"][0 if number % 4 else 1 if number % 60 else 2],
    }


@pytest.fixture(scope="module")
def filled(logs, tmp_path_factory):
    """A home with a directory, a private group, a rotated key; and who is who."""
    home = Home(tmp_path_factory.mktemp("people") / "home")
    log = generate(
        logs / "people.log", "w3c", "6MiB", seed=21, users=400, hosts=150, **DAYS)
    home.call("init")
    home.call("settings", "set", "resolve_budget", "100000")
    home.run(log)
    users = sorted({row["user"] for row in home.rows("usage") if row["user"]})
    resolved = home.call(
        "resolve", "--from-anonymised", "-", "--json", "--justification", "test",
        stdin="\n".join(users).encode()).out
    names = sorted(json.loads(line)["result"] for line in resolved.splitlines())
    private = names[7]
    # Every other person has a second name by which logs do not call them.
    lines = ["person,alias,department,title,company,country"]
    people = {}
    for number, name in enumerate(names[:-5]):
        people[name] = says = said(number)
        lines.append(",".join([name, f"alias{number}" if number % 2 else "", *says.values()]))
    home.call("directory", "import", "-", stdin="\n".join(lines).encode())
    home.call("group", "import", "-", stdin=f"group,user\nboard,{private}\n".encode())
    home.call("privacy", "add", "board")
    home.call("key", "rotate", "--from", "2026-10-15")
    home.run(log, "--reprocess")
    return home, people, private


def report(home, *words):
    return home.call("publish", "people", "--month", MONTH, "--json", *words).json


def names_of(home, pseudonyms):
    out = home.call(
        "resolve", "--from-anonymised", "-", "--json", "--justification", "test",
        stdin="\n".join(sorted(pseudonyms)).encode()).out
    return {answer["input"]: answer["result"]
            for answer in map(json.loads, out.splitlines())}


def truth(home, private):
    """By name what everybody did in the month, and who has no row for another reason."""
    rows = [row for row in home.rows("usage") if str(row["date"]).startswith(MONTH)]
    users = {row["user"] for row in rows if row["user"] and row["user"].startswith("u")}
    names = names_of(home, users)
    done = collections.defaultdict(
        lambda: {"events": 0, "blocked_events": 0, "uploaded_bytes": 0, "downloaded_bytes": 0,
                 "total_bytes": 0, "days": set(), "apps": set()})
    untold = collections.Counter()
    for row in rows:
        name = names.get(row["user"])
        if name is None or name == private:
            # Whoever is private is one person under all keys, the newest of which is the second.
            key = "p2" if name == private or (row["user"] or "").startswith("p") else row["src_ip"]
            untold[key] += row["total_bytes"]
            continue
        sums = done[name]
        for column in ("events", "uploaded_bytes", "downloaded_bytes", "total_bytes"):
            sums[column] += row[column]
        sums["blocked_events"] += row["events"] if row["action"] == "blocked" else 0
        sums["days"].add(row["date"])
        sums["apps"] |= {row["app"]} - {None}
    return done, untold


def two_digits(number):
    unit = 10 ** max(0, len(str(number)) - 2)
    return (number + unit // 2) // unit * unit


def text_of(value):
    """By which combinations are ordered."""
    return {None: b"-", "other": b"*"}.get(value, b"=" + (value or "").encode())


def generalise(rows, minimum):
    """The same rule by other means: rows are lists of values, `None` where nobody says it."""
    rows = [list(row) for row in rows]

    def few():
        counts = collections.Counter(map(tuple, rows))
        return {key for key, count in counts.items() if count < minimum}
    width = len(rows[0])
    order = sorted(range(width), key=lambda place: (-len({row[place] for row in rows}), -place))
    for place in order:
        small = few()
        for row in rows:
            if tuple(row) in small:
                row[place] = "other"
    while few():
        counts = collections.Counter(map(tuple, rows))
        bare = ("other",) * width
        nearest = min((key for key in counts if key != bare), key=lambda k: (
            counts[k], [text_of(value) for value in k]))
        for row in rows:
            if tuple(row) in (nearest, *few()):
                row[:] = bare
    return rows


def test_rows_are_true_and_nobody_is_singled_out(filled):
    home, people, private = filled
    done, untold = truth(home, private)
    found = {}
    for audience, minimum in (("admins", 5), ("managers", 10)):
        told = report(home, "--audience", audience, "--identifier", "pseudonym")
        assert told["minimum"] == minimum
        names = names_of(home, {row["person"] for row in told["people"]})
        rows = found[audience] = {names[row["person"]]: row for row in told["people"]}
        assert len(rows) == len(told["people"]) > 200
        assert private not in rows
        groups = collections.Counter(tuple(row[a] for a in ATTRIBUTES) for row in rows.values())
        assert min(groups.values()) >= minimum and len(groups) > 5
        for name, row in rows.items():
            assert row["active_days"] == len(done[name]["days"])
            assert row["apps"] == len(done[name]["apps"])
            for column in ("events", "blocked_events", "uploaded_bytes", "downloaded_bytes",
                           "total_bytes"):
                assert row[column] == two_digits(done[name][column]), (name, column)
            for attribute in ATTRIBUTES:
                says = people.get(name, {}).get(attribute) or None
                assert row[attribute] in (says, "other")
        for place, attribute in enumerate(told["attributes"]):
            others = sum(row[ATTRIBUTES[place]] == "other" for row in rows.values())
            assert attribute["attribute"] == ATTRIBUTES[place]
            assert attribute["generalised"] == others
        # Who has no row: none, or a group in which nobody makes nearly all.
        rest = {name: done[name]["total_bytes"] for name in done if name not in rows} | untold
        versions = collections.Counter(
            key[1] if key[:1] in "ip" and key[1:2] in "12" else "2" for key in rest if key)
        assert told["left_out"] == max(versions.values())
        if rest:
            assert max(versions.values()) >= minimum
            assert max(rest.values()) <= 0.75 * sum(rest.values())
    # The same combinations, by the twin of the rule; admins' rows are what managers' start from.
    for audience, minimum, before in (("admins", 5, None), ("managers", 10, "admins")):
        rows = found[audience]
        inputs = [
            [found[before][name][a] for a in ATTRIBUTES] if before
            else [people.get(name, {}).get(a) or None for a in ATTRIBUTES]
            for name in rows]
        expected = generalise(inputs, minimum)
        assert collections.Counter(map(tuple, expected)) == collections.Counter(
            tuple(row[a] for a in ATTRIBUTES) for row in rows.values())


def test_codes_tell_nobody(filled):
    home, people, _ = filled
    told = report(home)
    clear = {row["person"] for row in report(home, "--identifier", "pseudonym")["people"]}
    codes = [row["person"] for row in told["people"]]
    assert codes == sorted(codes) and len(set(codes)) == len(codes) == len(clear)
    text = json.dumps(told)
    assert all(re.fullmatch("person-[0-9a-f]{16}", code) for code in codes)
    assert not any(name in text for name in clear | set(people))


def test_attributes_can_be_taken_away_and_never_added(filled):
    home, _, _ = filled
    plain = report(home)
    hashed = report(home, "--hash", "function", "region", "--exclude", "title")
    assert [a["attribute"] for a in hashed["attributes"]] == ["function", "organisation", "region"]
    pairs = set()
    for one, other in zip(plain["people"], hashed["people"]):
        assert "title" not in other and one["person"] == other["person"]
        pairs.add((one["function"], other["function"]))
    assert len(pairs) == len({one for one, _ in pairs}) == len({other for _, other in pairs})
    for one, other in pairs:
        assert one == other if one in (None, "other") else re.fullmatch(
            "function-[0-9a-f]{16}", other)
    home.call("key", "rotate", "--from", "2030-01-01")
    assert report(home, "--hash", "function", "region", "--exclude", "title") == hashed


def test_a_month_is_cut_once(filled, tmp_path):
    home, _, _ = filled
    before = report(home)
    late = generate(tmp_path / "late.log", "w3c", "1MiB", seed=22, users=400, hosts=150, **DAYS)
    home.run(late)
    home.call("directory", "remove", "default")
    assert report(home) == before
    ledger = [json.loads(line) for line in
              home.call("publish", "people", "--ledger", "--json").out.splitlines()]
    assert [entry["audience"] for entry in ledger] == ["admins", "managers"]
    assert "people" not in ledger[0]
    # The ledger of figures is another one, and the rows lie sealed.
    assert home.call("publish", "--ledger", "--json").out == ""
    database = sqlite3.connect(home.path / "state.sqlite")
    for (content,) in database.execute("SELECT content FROM releases"):
        assert "person-" not in content and set(content) <= set("0123456789abcdef")
    with pytest.raises(sqlite3.IntegrityError):
        database.execute("UPDATE releases SET content = ''")
    database.close()
    assert home.call("publish", "--month", MONTH, "--json").json["cells"]


def test_forms_and_records(filled, tmp_path):
    home, _, _ = filled
    rows = report(home)["people"]
    home.call("publish", "people", "--month", MONTH, "--csv", tmp_path / "p.csv", "--parquet",
              tmp_path / "p.parquet")
    table = pq.read_table(tmp_path / "p.parquet").to_pylist()
    assert [row["person"] for row in table] == [row["person"] for row in rows]
    assert all(row.pop("month") == MONTH for row in table) and table == rows
    assert len((tmp_path / "p.csv").read_text().splitlines()) == len(rows) + 1
    home.call("publish", "people", "--month", MONTH, "--html", tmp_path / "p.html")
    page = (tmp_path / "p.html").read_text()
    assert "u1-" not in page and "<h2>By region</h2>" in page
    assert all(row["person"] in page for row in rows)
    sales = [row["events"] for row in rows if row["function"] == "Sales"]
    told = re.search(r'<th scope="row">Sales</th><td[^>]*data-v="(\d+)".*?</tr>', page)
    assert int(told[1]) == len(sales) and f'data-v="{sum(sales) // len(sales)}"' in told[0]
    assert f"{len(rows):,} persons" in home.call("publish", "people", "--month", MONTH).out
    records = [json.loads(line) for line in
               home.call("governance", "list", "--json", "--action", "publish").out.splitlines()]
    targets = [record["target"] for record in records]
    assert any("people for admins from 5 persons" in target for target in targets)
    assert any("as pseudonyms for admins" in target for target in targets)


def test_pages_of_releases_in_a_browser(filled, opened, tmp_path):
    home, _, _ = filled
    home.call("publish", "people", "--month", MONTH, "--html", tmp_path / "p.html")
    page = opened(tmp_path / "p.html")
    people = "table:has(caption:text-is('People'))"
    assert page.locator(people).count() == 1
    head = page.locator(f"{people} thead th").nth(7)
    assert head.inner_text().lower() == "events"
    for order in ("descending", "ascending"):
        head.locator("button").click()
        assert head.get_attribute("aria-sort") == order
        events = [int(row.locator("td").nth(6).get_attribute("data-v"))
                  for row in visible(page, people).all()]
        assert len(events) == 40 and events == sorted(events, reverse=order == "descending")
    page.locator(".card", has=page.locator(people)).locator("input").fill("Legal")
    functions = {row.locator("td").first.inner_text() for row in visible(page, people).all()}
    assert functions == {"Legal"}
    home.call("publish", "--month", MONTH, "--html", tmp_path / "r.html")
    page = opened(tmp_path / "r.html")
    assert page.locator("h1").count() == 1
    rows = page.locator("table[data-list]").last.locator("tbody tr:visible")
    assert rows.count() > 1
    page.locator("input[type=search]").last.fill("nothing is called so")
    assert rows.count() == 0


@pytest.mark.parametrize("words, code, message", [
    (["--month", "2026-12"], 66, "not over"),
    (["--month", "2026-13"], 64, "2026-11"),
    ([], 64, "--month or --ledger"),
    (["--month", "2026-10", "--hash", "salary"], 64, "salary"),
    (["--month", "2026-10", "--hash", "title", "--exclude", "title"], 64, "left out"),
    (["--month", "2026-10", "--csv", "/nonexistent/x.csv"], 73, "/nonexistent/"),
])
def test_errors(filled, words, code, message):
    assert message in filled[0].call("publish", "people", *words, code=code).err


def test_nothing_is_cut_while_no_directory_says_anything(logs, home):
    home.run(generate(logs / "bare.log", "w3c", "1MiB", seed=23, users=60, hosts=50, **DAYS))
    words = ["publish", "people", "--month", MONTH, "--json"]
    message = home.call(*words, code=66).err
    assert "function, title, organisation, region" in message and "Nothing was cut" in message
    assert home.call("publish", "people", "--ledger", "--json").out == ""
    told = home.call(*words, "--exclude", *ATTRIBUTES).json
    assert told["attributes"] == [] and told["people"]
    # What a month was cut without cannot be added.
    home.call("directory", "import", "-", stdin=b"user,title\nanna,Head\n")
    assert "were cut without" in home.call(*words, code=64).err
