"""JSON objects that do not have a line each: the same events as those that do."""

import json

import pytest

from support import Home, generate

SHAPES = {
    "pretty": lambda all: "".join(json.dumps(one, indent=2) + "\n" for one in all),
    "pretty-windows": lambda all: "".join(
        json.dumps(one, indent="\t") + "\n" for one in all).replace("\n", "\r\n"),
    "array": lambda all: json.dumps(all, indent=2) + "\n",
    "compact-array": lambda all: "[" + ",\n".join(json.dumps(one) for one in all) + "]\n",
    "envelope": lambda all: json.dumps({"records": all}, indent=4),
    "concatenated": lambda all: "".join(
        "".join(json.dumps(one) for one in all[i:i + 7]) + "\n" for i in range(0, len(all), 7)),
    "blanks": lambda all: "".join(
        " ".join(json.dumps(one) for one in all[i:i + 9]) + "\n" for i in range(0, len(all), 9)),
    "arrays": lambda all: "".join(
        json.dumps(all[i:i + 100]) + "\n" for i in range(0, len(all), 100)),
    "envelopes": lambda all: "".join(
        json.dumps({"Records": all[i:i + 5], "count": 5}) + "\n" for i in range(0, len(all), 5)),
    "mixed": lambda all: "".join(
        json.dumps(one, indent=i % 3 or None) + "\n" for i, one in enumerate(all)),
}


@pytest.fixture(scope="module")
def objects(tmp_path_factory):
    path = tmp_path_factory.mktemp("json") / "log.json"
    generate(path, "zscaler", "2MiB", layout="json", users=300, hosts=200)
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture(scope="module")
def plain(tmp_path_factory, objects):
    """A home that holds the objects, read from a line each, and its rows."""
    folder = tmp_path_factory.mktemp("plain")
    (folder / "log.json").write_text("".join(json.dumps(one) + "\n" for one in objects))
    home = Home(folder / "home")
    assert home.run(folder / "log.json").json["events"] == len(objects)
    return home, rows(home)


def rows(home):
    usage = home.read("usage")
    return usage.drop_columns(["batch"]).to_pylist()


@pytest.mark.parametrize("shape", SHAPES)
def test_shapes_give_the_same_rows(tmp_path, objects, plain, shape):
    """Whatever the borders of blocks cut; the format is found by itself."""
    log = tmp_path / "log.json"
    log.write_bytes(SHAPES[shape](objects).encode())
    home = Home(tmp_path / "home").with_keys_of(plain[0])
    # Detection looks at lines, of which most are no object's where the two ways are mixed.
    named = ["--format", "zscaler"] if shape == "mixed" else []
    summary = home.run(log, *named).json
    assert (summary["events"], summary["rejected"]) == (len(objects), 0)
    assert summary["lines"] == len(objects) + summary["comments"]
    assert rows(home) == plain[1]


@pytest.mark.parametrize("shape", SHAPES)
def test_inspect_shows_each_object(tmp_path, objects, shape):
    """A line of its own for each, at the offset where it starts."""
    few = objects[:250]
    text = SHAPES[shape](few).encode()
    (tmp_path / "log.json").write_bytes(text)
    home = Home(tmp_path / "home")
    home.call("init")
    done = home.call(
        "inspect", tmp_path / "log.json", "--format", "zscaler", "--records", "--json")
    found = [json.loads(line) for line in done.out.splitlines()]
    assert [row["line"] for row in found] == list(range(1, len(found) + 1))
    events = [row for row in found if row["status"] == "event"]
    assert len(events) == len(few) and {row["status"] for row in found} <= {"event", "comment"}
    for row, one in zip(events, few):
        start = text[row["offset"]:].lstrip(b"[ \t")
        envelope = start.startswith((b'{"Records"', b'{"records"'))
        assert start.startswith(b"{") and row["uploaded_bytes"] is not None
        assert envelope or json.JSONDecoder().raw_decode(start.decode())[0] == one
    offsets = [row["offset"] for row in found]
    assert offsets == sorted(set(offsets))


def test_a_record_that_never_ends_loses_no_line(tmp_path):
    """A pretty-printed object of several MiB is refused line by line, and all lines are counted."""
    lines = ["{", ' "a": ['] + ['  "%050d",' % i for i in range(60_000)]
    lines += ["not closed", "x" * (1 << 20) + "y"] + ["tail"] * 3
    log = tmp_path / "log.json"
    log.write_text("\n".join(lines) + "\n")
    home = Home(tmp_path / "home")
    summary = home.run(log, "--format", "zscaler", code=None).json
    assert summary["lines"] == len(lines) == summary["rejected"] + summary["comments"]
    assert summary["comments"] <= 2 and summary["rejects_by_reason"]["line_too_long"] == 1


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("front", [
    {"count": 7, "more": None, "next": "https://a.example.com/?page={2}", "ok": True},
    {"@odata.context": "https://a.example.com/$metadata#runHunting"},
    {"Stats": {"seconds": 0.25, "of": "\\\""}},
])
def test_envelopes_with_values_in_front(tmp_path, objects, plain, front, indent):
    """The names and values of an envelope are lines of their own where it is printed over lines."""
    name = {"count": "records", "Stats": "Results"}.get(next(iter(front)), "value")
    log = tmp_path / "log.json"
    step = len(objects) if indent else 50  # A line has at most 1 MiB.
    log.write_text("".join(
        json.dumps(front | {name: objects[i:i + step]}, indent=indent) + "\n"
        for i in range(0, len(objects), step)))
    home = Home(tmp_path / "home").with_keys_of(plain[0])
    summary = home.run(log, "--format", "zscaler").json
    assert summary["events"] == len(objects) and summary["rejected"] <= 4
    assert summary["lines"] == summary["events"] + summary["rejected"] + summary["comments"]
    assert rows(home) == plain[1]


def test_an_array_of_a_record_is_no_envelope(tmp_path, objects):
    """Only arrays with a name that records have are taken for an envelope's."""
    log = tmp_path / "log.json"
    log.write_text("".join(
        json.dumps(one | {"tags": [{"name": "a"}, {"name": "b"}]}) + "\n" for one in objects[:40]))
    home = Home(tmp_path / "home")
    summary = home.run(log, "--format", "zscaler").json
    assert (summary["lines"], summary["events"]) == (40, 40)
