"""Damaged archives: nothing of them gets in, everything beside them does."""

import random
import re
import subprocess

import pytest

from support import Home, generate, packers

CODECS = [name for name in packers() if name != "plain"]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A good archive with its home, and another text to be damaged."""
    folder = tmp_path_factory.mktemp("damage")
    home = Home(folder / "home")
    home.good = generate(folder / "good.zst", "squid", "256KiB", codec="zstd", seed=1)
    home.victim = generate(folder / "victim.log", "w3c", "3MiB", seed=2).read_bytes()
    home.result = home.run(home.good).json
    home.prints = home.fingerprints()
    return home


def damaged(stored: bytes, seed: int) -> dict[str, bytes]:
    """The archive cut off at places, and with single bits turned over.

    The first 32 bytes are left alone: a gzip header holds a time that nothing protects."""
    chance = random.Random(seed)
    found = {}
    for place in (40, len(stored) // 3, 2 * len(stored) // 3, len(stored) - 1):
        found[f"cut-{place}"] = stored[:place]
    for place in sorted(chance.randrange(32, len(stored)) for _ in range(6)):
        changed = bytearray(stored)
        changed[place] ^= 1 << chance.randrange(8)
        found[f"flip-{place}"] = bytes(changed)
    return found


def harmful(codec: str, variants: dict[str, bytes]) -> dict[str, bytes]:
    """Without changes that the format has no means to notice: the length or the body of a frame
    that is skipped may become another one, and a member's header holds free fields."""
    tool = {"zstd": "zstd", "lz4": "lz4", "gzip": "gzip"}[codec.split("-")[0]]
    def is_refused(stored):
        return subprocess.run([tool, "-dc"], input=stored, capture_output=True).returncode != 0
    return {name: stored for name, stored in variants.items() if is_refused(stored)}


@pytest.mark.parametrize("codec", CODECS)
def test_damaged_archives_beside_a_good_one(world, tmp_path, codec):
    variants = harmful(codec, damaged(packers()[codec](world.victim), seed=CODECS.index(codec)))
    assert len(variants) >= 8, "too few of the changes are damage"
    paths = []
    for name, stored in variants.items():
        paths.append(tmp_path / f"{codec}-{name}")
        paths[-1].write_bytes(stored)
    home = Home(tmp_path / "home").with_keys_of(world)
    done = home.run(*paths[:5], world.good, *paths[5:], code=3)
    assert home.fingerprints() == world.prints, "the tables hold something of a damaged archive"
    result = done.json
    assert (result["archives"], result["failed"]) == (1, len(paths))
    assert result["events"] == world.result["events"]
    told = done.err.splitlines()
    for path in paths:
        (line,) = [line for line in told if line.startswith(f"{path}: ")]
        offset = re.search(r"\bbyte (\d+)", line)
        assert offset, f"no offset: {line}"
        assert 0 <= int(offset[1]) <= path.stat().st_size, line
    states = {row["name"]: row for row in home.rows("ingests")}
    assert states.pop(world.good.name)["status"] == "committed"
    assert set(states) == {path.name for path in paths}
    for row in states.values():
        assert row["status"] == "failed" and row["error"] and row["batch"] is None
    assert home.rows("rejects") == []


@pytest.mark.parametrize("codec", CODECS)
def test_damaged_archive_alone(world, tmp_path, codec):
    path = tmp_path / "alone"
    stored = packers()[codec](world.victim)
    path.write_bytes(stored[:len(stored) * 3 // 4])
    home = Home(tmp_path / "home").with_keys_of(world)
    done = home.run(path, code=65)
    assert str(path) in done.err and home.events() == 0
    assert done.json["version"] is None and done.json["failed"] == 1
    path.write_bytes(stored)  # It was fetched again.
    assert home.run(path).json["archives"] == 1


def test_other_kinds_of_bad_archives(world, tmp_path):
    words = {
        "noise": random.Random(5).randbytes(100_000),
        "prose": b"This is no log at all.\n" * 1000,
        "garbage-behind": packers()["zstd"](world.victim) + b"garbage behind the last frame",
    }
    for name, stored in words.items():
        (tmp_path / name).write_bytes(stored)
    home = Home(tmp_path / "home").with_keys_of(world)
    done = home.run(*(tmp_path / name for name in words), world.good, code=3)
    assert home.fingerprints() == world.prints
    for name in words:
        assert str(tmp_path / name) in done.err


def test_a_decompression_bomb_is_refused(world, tmp_path):
    bomb = tmp_path / "bomb"
    subprocess.run(
        ["sh", "-c", "(echo '#Fields: date time cs-host'; head -c 256M /dev/zero) | zstd -qc >$0",
         bomb], check=True)
    home = Home(tmp_path / "home").with_keys_of(world)
    done = home.run(bomb, world.good, "--max-ratio", "100", code=3)
    assert str(bomb) in done.err
    assert home.fingerprints() == world.prints
    assert done.json["peak_memory_bytes"] < 400 << 20
