"""Our AES-SIV and our pseudonyms against another implementation of the same standards."""

import json
import os
import pathlib
import random
import re
import subprocess
import sys

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOLDEN = pathlib.Path(__file__).resolve().parent / "golden"


def probe() -> pathlib.Path:
    """The newest build of siv-probe, or the one that SIV_PROBE names."""
    named = os.environ.get("SIV_PROBE")
    built = [pathlib.Path(named)] if named else list(ROOT.glob(".build*/*/siv-probe"))
    built = [path for path in built if path.is_file()]
    assert built, "siv-probe is not built: run swift build --product siv-probe"
    return max(built, key=lambda path: path.stat().st_mtime)


def seal(key: bytes, data: bytes, names: list[bytes]) -> list[bytes]:
    lines = [key.hex(), data.hex()] + [name.hex() for name in names]
    done = subprocess.run(
        [probe()], input="\n".join(lines) + "\n", capture_output=True, text=True, check=True)
    return [bytes.fromhex(line) for line in done.stdout.split()]


def test_100_000_names_are_sealed_alike():
    numbers = random.Random(20261105)
    for count in (40_000, 30_000, 30_000):
        key, data = numbers.randbytes(32), numbers.randbytes(numbers.randint(0, 90))
        names = [numbers.randbytes(numbers.randint(1, 300)) for _ in range(count)]
        cipher = AESSIV(key)
        sealed = seal(key, data, names)
        assert len(sealed) == count
        wrong = [i for i, name in enumerate(names) if cipher.encrypt(name, [data]) != sealed[i]]
        assert not wrong, f"{len(wrong)} of {count} differ, the first at {wrong[0]}"


def test_short_names_alone_and_in_full_batches():
    numbers = random.Random(7)
    key = numbers.randbytes(32)
    for count in (1, 2, 1023, 1024, 1025):
        names = [numbers.randbytes(numbers.randint(1, 16)) for _ in range(count)]
        assert seal(key, b"x", names) == [AESSIV(key).encrypt(name, [b"x"]) for name in names]


def script() -> str:
    """The script of docs/pseudonyms.md."""
    text = (ROOT / "docs" / "pseudonyms.md").read_text()
    found = re.findall(r"```python\n(.*?)```", text, re.S)
    assert len(found) == 1
    return found[0]


def reveal(pseudonyms: list[str]) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-c", script(), GOLDEN / "keys.json"],
        input="\n".join(pseudonyms), capture_output=True, text=True)


def test_the_documented_script_reads_our_pseudonyms():
    rows = json.loads((GOLDEN / "pseudonyms.json").read_text())
    assert len(rows) >= 40
    done = reveal([row["pseudonym"] for row in rows])
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [row["name"] for row in rows]


def test_the_documented_script_refuses_a_changed_pseudonym():
    row = json.loads((GOLDEN / "pseudonyms.json").read_text())[0]
    text = row["pseudonym"]
    done = reveal([text[:10] + ("a" if text[10] != "a" else "b") + text[11:]])
    assert done.returncode != 0 and InvalidTag.__name__ in done.stderr


@pytest.mark.parametrize("kind", ["u", "p", "m", "i"])
def test_every_kind_and_version_is_covered(kind):
    rows = json.loads((GOLDEN / "pseudonyms.json").read_text())
    for version in (1, 2):
        assert any(row["pseudonym"].startswith(f"{kind}{version}-") for row in rows)
