"""What cannot be written to standard output ends a command with 74, whatever the command."""

import subprocess

import pytest

from support import environment, generate

# A month that is over, and some days more.
DAYS = {"days": 40, "from": "2026-10-01"}

COMMANDS = [
    ["report"], ["report", "--json"], ["publish", "--month", "2026-10", "--json"],
    ["publish", "people", "--month", "2026-10", "--json", "--exclude", "function", "title",
     "organisation", "region"],
    ["activities"], ["activities", "--json"], ["activities", "--csv", "-"],
    ["table", "list"], ["table", "files"], ["table", "history", "--json"], ["apps", "list"],
    ["apps", "lookup", "example.org"], ["governance", "list"], ["governance", "list", "--json"],
    ["settings", "list"], ["admin", "list"], ["key", "list"], ["doctor"], ["group", "list"], ["config", "print"],
]


@pytest.fixture(scope="module")
def filled(logs, tmp_path_factory):
    from support import Home
    home = Home(tmp_path_factory.mktemp("full") / "home")
    home.run(generate(logs / "full.log", "w3c", "1MiB", seed=31, users=60, hosts=50, **DAYS),
             "--activities")
    return home


def to_full_disk(home, *words):
    """The same as on a terminal that is gone or a disk that is full."""
    with open("/dev/full", "wb") as full:
        return subprocess.run(home.command(*words), stdin=subprocess.DEVNULL, stdout=full,
                              stderr=subprocess.PIPE, env=environment(), timeout=60)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_listings_end_with_74(filled, words):
    # A command that has nothing to say would pass without writing.
    assert filled.call(*words).out
    done = to_full_disk(filled, *words)
    assert done.returncode == 74, done.stderr.decode()
    assert b"Standard output cannot be written" in done.stderr


def test_a_run_that_cannot_say_what_it_did_has_done_it(filled, logs):
    before = filled.events()
    log = generate(logs / "said.log", "w3c", "256KiB", seed=32, users=60, hosts=50, **DAYS)
    done = to_full_disk(filled, "run", log, "--json", "--progress", "off")
    assert done.returncode == 74, done.stderr.decode()
    assert filled.events() > before
