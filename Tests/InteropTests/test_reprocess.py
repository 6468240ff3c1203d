"""`run --reprocess` replaces exactly what the given archives had contributed."""

import pytest

from support import Home, generate


@pytest.fixture(scope="module")
def archives(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reprocess")
    return [
        generate(folder / f"{number}.log", "w3c", "512KiB", seed=number, users=150, days=2,
                 bad_lines=0.01)
        for number in range(4)]


def rows_of(home: Home, table: str, *without: str) -> list[tuple]:
    """All rows as text, sorted; for `ingests` those that count."""
    columns = None
    found = []
    for row in home.rows(table):
        if row.get("status") == "replaced":
            continue
        columns = columns or [name for name in sorted(row) if name not in without]
        found.append(tuple(str(row[name]) for name in columns))
    return sorted(found)


def check_same_as_fresh(home: Home, archives, *options, tmp_path):
    """The tables hold what a fresh home with the same keys holds after one run."""
    fresh = Home(tmp_path / "fresh").with_keys_of(home)
    fresh.run(*archives, "--batch-bytes", "0", *options)
    assert rows_of(home, "usage") == rows_of(fresh, "usage")
    assert rows_of(home, "rejects") == rows_of(fresh, "rejects")
    times = ("started", "finished")
    assert rows_of(home, "ingests", *times) == rows_of(fresh, "ingests", *times)
    home.call("table", "verify")


@pytest.mark.parametrize("compacted", [False, True])
def test_replaces_just_what_was_given(home, archives, tmp_path, compacted):
    home.run(*archives, "--batch-bytes", "0")
    before = rows_of(home, "usage")
    if compacted:
        for table in ("usage", "ingests", "rejects"):
            home.call("table", "compact", table)
    version = home.run(archives[1], "--reprocess").json["version"]
    assert version == (3 if compacted else 2)
    assert rows_of(home, "usage") == before
    statuses = sorted(row["status"] for row in home.rows("ingests"))
    assert statuses == ["committed"] * 4 + ["replaced"]
    check_same_as_fresh(home, archives, tmp_path=tmp_path)


def test_other_options_replace_the_old_ones(home, archives, tmp_path):
    home.run(*archives, "--batch-bytes", "0")
    done = home.run(archives[0], "--until", "2026-11-01", code=65)
    assert "--reprocess" in done.err
    home.run(*archives, "--reprocess", "--until", "2026-11-01", "--batch-bytes", "0")
    check_same_as_fresh(home, archives, "--until", "2026-11-01", tmp_path=tmp_path)
    assert {str(row["date"]) for row in home.rows("usage")} == {"2026-11-01"}


def test_a_batch_goes_as_a_whole(home, archives):
    home.run(*archives)
    before, ingests = home.fingerprints(), home.fingerprints("ingests")
    done = home.run(archives[0], archives[2], "--reprocess", code=65)
    assert "1.log, 3.log" in done.err
    assert (home.fingerprints(), home.fingerprints("ingests")) == (before, ingests)
    home.run(*archives, "--reprocess", "--batch-bytes", "0")
    home.run(archives[0], "--reprocess")
    home.call("table", "verify")


def test_new_ones_come_in_beside_replaced_ones(home, archives, tmp_path):
    home.run(*archives[:2], "--batch-bytes", "0")
    result = home.run(*archives[1:], "--reprocess", "--batch-bytes", "0").json
    assert (result["archives"], result["skipped"]) == (3, 0)
    check_same_as_fresh(home, archives, tmp_path=tmp_path)


def test_another_source_keeps_its_own(home, archives):
    home.run(archives[0])
    home.run(archives[0], "--source", "paris")
    before = rows_of(home, "usage")
    home.run(archives[0], "--source", "paris", "--reprocess")
    assert rows_of(home, "usage") == before
    home.call("table", "verify")
    home.run(archives[0], "--source", "paris", "--reprocess", "--until", "2020-01-01")
    assert {row["source"] for row in home.rows("usage")} == {"default"}
    home.call("table", "verify")


def test_a_damaged_one_changes_nothing(home, archives, tmp_path):
    home.run(*archives)
    before = home.fingerprints()
    folder = tmp_path / "given"
    folder.mkdir()
    for path in archives:
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "2.log").write_bytes(b"\x28\xb5\x2f\xfd" + archives[2].read_bytes()[:1000])
    done = home.run(folder, "--reprocess", code=65)
    assert "2.log" in done.err
    assert home.fingerprints() == before


def test_a_dry_run_replaces_nothing(home, archives):
    home.run(*archives, "--batch-bytes", "0")
    before = home.fingerprints("ingests")
    home.run(archives[0], "--reprocess", "--dry-run")
    assert home.fingerprints("ingests") == before
