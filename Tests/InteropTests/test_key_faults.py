"""Verbs that change or copy keys, cut off or failing at any call that changes the disk.

Whatever happens: the keys stay readable, the log holds, no copy of a key is made and no version
is gone that the log does not know of, and the same command again ends well.
"""

import json
import os
import shutil
import subprocess

import pytest

from support import ROOT, Home, environment

WHY = ("--justification", "case 7")
STRIDE = int(os.environ.get("LOGVEIL_KEY_FAULT_STRIDE", 11))
KINDS = ("before", "after", "eio", "enospc", "short")


@pytest.fixture(scope="module")
def shim(tmp_path_factory):
    path = tmp_path_factory.mktemp("shim") / "fault.so"
    source = ROOT / "Tests/FaultLoop/fault.c"
    subprocess.run(["gcc", "-O1", "-shared", "-fPIC", "-o", path, source, "-ldl"], check=True)
    return path


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A home with two versions of keys and a group that is sealed under them."""
    folder = tmp_path_factory.mktemp("template")
    home = Home(folder / "home")
    home.call("init")
    home.call("key", "rotate", "--from", "2030-01-01")
    groups = folder / "groups.csv"
    groups.write_text("group,user\nboard,anna\nboard,ben\n")
    home.call("group", "import", groups)
    kek = folder / "kek"
    kek.write_bytes(bytes(range(32)))
    kek.chmod(0o600)
    return folder


def lines(home, *words) -> list[dict]:
    return [json.loads(line) for line in home.call(*words, "--json").out.splitlines()]


def statuses(home, action) -> list[str]:
    return [row["status"] for row in lines(home, "governance", "list", "--action", action)]


def states(home) -> dict[int, str]:
    return {row["version"]: row["state"] for row in lines(home, "key", "list")}


def check_export(home, code):
    copy = home.path.parent / "copy.json"
    assert copy.exists() or code != 0
    if copy.exists():
        assert len(json.loads(copy.read_text())["versions"]) == 2, "a part of a copy"
        assert statuses(home, "key_export"), "a copy that the log does not know of"
        copy.unlink()
    left = {path.name for path in home.path.parent.iterdir()}
    assert left == {"home", "groups.csv", "kek"}, "a part of a copy lies about"


def check_destroy(home, code):
    if states(home)[1] == "destroyed":
        assert statuses(home, "key_destroy"), "a version is gone that the log does not know of"
    if code == 0:
        assert states(home)[1] == "destroyed"
        assert statuses(home, "key_destroy")[-1] == "successful"


def check_rotate(home, code):
    if len(states(home)) == 3:
        assert len(statuses(home, "key_rotate")) > 2, "a version that the log does not know of"
    if code == 0:
        assert len(states(home)) == 3


CASES = {
    "export": (("key", "export", "--output", "{0}/copy.json", "--kek", "file:{0}/kek", *WHY),
               check_export),
    "destroy": (("key", "destroy", "1", "--confirm", "destroy default 1", *WHY), check_destroy),
    "rotate": (("key", "rotate", "--from", "2031-01-01"), check_rotate),
}


@pytest.mark.parametrize("name", CASES)
def test_cut_off_anywhere(shim, template, tmp_path, name):
    words, check = CASES[name]
    folder = tmp_path / "work"
    words = [word.format(folder) for word in words]
    home = Home(folder / "home")

    def play(**fault) -> int:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(template, folder)
        home.path.chmod(0o700)
        return subprocess.run(
            home.command(*words), cwd=folder, capture_output=True, stdin=subprocess.DEVNULL,
            env=environment() | {"LD_PRELOAD": str(shim), "FAULT_ROOT": str(folder)} | fault,
        ).returncode

    assert play(FAULT_COUNT=str(tmp_path / "count")) == 0
    check(home, 0)
    calls = int((tmp_path / "count").read_text())
    assert calls > 10
    ends = set()
    for point, at in enumerate(range(0, calls, STRIDE)):
        for kind in KINDS if STRIDE == 1 else KINDS[point % 2::2]:
            code = play(FAULT_AT=str(at), FAULT_KIND=kind)
            ends.add(code)
            where = f"{kind} at call {at} of {calls}, exit {code}"
            home.call("governance", "verify")
            check(home, code)
            # Whoever was not told that it is done does it again.
            if code != 0:
                again = subprocess.run(
                    home.command(*words), cwd=folder, capture_output=True, text=True,
                    stdin=subprocess.DEVNULL, env=environment())
                # What is done already is refused, and says so.
                assert again.returncode == 0 or "newest" in again.stderr or (
                    "was destroyed before" in again.stderr), (where, again.stderr)
                check(home, 0)
                home.call("governance", "verify")
            members = home.call("group", "show", "board", "--members", "--json").out
            assert members.count("u") > 1 and "anna" not in members, where
    assert ends != {0}
