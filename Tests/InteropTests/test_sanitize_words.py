"""A user whose name is another word of the line: sanitised, the line is still the same event."""

import json
import re
import subprocess

import pytest

from support import LOGGEN, Home, generate
from test_sanitize import KEYS, events, keys, layouts  # noqa: F401

WORD = re.compile(rb"[A-Za-z0-9_][A-Za-z0-9_.-]*[A-Za-z0-9_]|[A-Za-z0-9_]+")


def structure(line: bytes):
    """The keys of a record."""
    start = line.find(b"{")
    if start >= 0:
        try:
            found = json.loads(line[start:])
        except ValueError:
            return None
        return sorted(keys_of(found))
    pairs = re.findall(rb"(?:^|[\t |,])([A-Za-z_]\w*)=", line)
    return pairs if len(pairs) > 3 else None


def keys_of(value) -> list[str]:
    if isinstance(value, list):
        return [key for item in value for key in keys_of(item)]
    if not isinstance(value, dict):
        return []
    return [*value, *(key for item in value.values() for key in keys_of(item))]


def variants(line: bytes, user: bytes) -> list[bytes]:
    """The line with each of its words in place of its user."""
    place = re.search(rb"(?<![A-Za-z0-9])" + re.escape(user) + rb"(?![A-Za-z0-9])", line)
    if not place:
        return []
    words = {word for found in WORD.findall(line) for word in [found, *re.findall(rb"\w+", found)]}
    return [line[:place.start()] + word + line[place.end():]
            for word in sorted(words) if len(word) >= 4 and word != user]


@pytest.mark.parametrize("words", layouts(), ids=" ".join)
def test_a_user_that_is_called_as_another_word(keys, words, tmp_path):  # noqa: F811
    name, layout = words
    log = generate(tmp_path / "a.log", name, "40KiB", layout=layout, seed=3, users=9)
    rows = [row for row in events(keys, log, name, "--clear", "--justification", "test")
            if len(row["user_clear"] or "") >= 4]
    if not rows:
        pytest.skip("no users")
    text = log.read_bytes()
    head = text[:rows[0]["offset"]]
    lines = []
    for row in rows[:: max(1, len(rows) // 3)][:3]:
        line = text[row["offset"]:].split(b"\n")[0]
        lines += variants(line, row["user_clear"].encode())
    log.write_bytes(head + b"".join(line + b"\n" for line in lines))
    clean = tmp_path / "clean.log"
    keys.call("sanitize", log, "-o", clean, "--format", name)
    before, after = ({row["line"]: row for row in events(keys, path, name)} for path in (log, clean))
    wrong = []
    for number, (old, new) in enumerate(
            zip(log.read_bytes().splitlines(), clean.read_bytes().splitlines()), start=1):
        one, two = (
            {key: rows[number][key] for key in KEYS} if number in rows else None
            for rows in (before, after))
        if one is not None and (one != two or structure(old) != structure(new)):
            wrong.append((old, new, one, two))
    assert not wrong, (len(wrong), len(before), wrong[:3])
    assert log.read_bytes().count(b"\n") == clean.read_bytes().count(b"\n")


JSON = ('{"timestamp":"2026-11-01T00:00:00Z","src_ip":"10.0.0.2","dest_host":"h.example","user":%s,'
        '"message":"%s"}\n')
CEF = ("CEF:0|Bramble|Web Gateway|3.1|100|Web request|3|rt=1793492324340 src=10.0.0.2 suser=%s "
       "dst=198.18.164.101 dhost=h.example act=allow msg=%s\n")
PAIRS = ('date=2026-11-01 time=00:32:41 eventtime=1793493161059570000 tz="+0000" devid="FGT60F1" '
         'logid="0000000013" type="traffic" subtype="forward" srcip=10.0.0.2 dstip=198.18.164.101 '
         'action="close" user="%s" hostname="h.example" msg="%s" sentbyte=512 rcvdbyte=17728\n')
LEFT = {
    "array": ("json-lines", JSON % ('["anna.meier","bert.smith", 4711]', "x"),
              ["anna", "bert", "4711"]),
    "array with gaps": ("json-lines", JSON % (
        '["", null, "bertalda",null , "carlotta", ["dorothea"]]', "x"),
                        ["bertalda", "carlotta", "dorothea"]),
    "arrays in an array": ("json-lines", JSON % ('[[], ["anna1", "bertalda"], "carlotta"]', "x"),
                           ["anna1", "bertalda", "carlotta"]),
    "text of JSON": ("json-lines", JSON % (
        '"dora"', r"{\"username\":\"carla.jones\",\"x\":1} {\\\"email\\\": \\\"eve\\\"}"),
        ["carla", "eve"]),
    "entities": ("json-lines", JSON % (
        '"o\'brian"', r"o&#39;brian o&apos;brian o\u0027brian"), ["brian"]),
    "escapes of letters": ("json-lines", JSON % (
        '"annalena.meier"', r"annalena%2Emeier x/ann%61lena.meier&annal%2565na.meier "
        r"\u0061nnalena.meier CORP%5C%61nnalena.MEIER"), ["meier", "lena", "%2e", "%61", "u0061"]),
    "escapes of signs": ("cef", CEF % ("anna-lena_x", "anna%2Dlena%5Fx anna%2dlena_x"),
                         ["anna", "lena"]),
    "blank": ("json-lines", JSON % ('"anna bel"', r"anna\u0020bel"), ["bel"]),
    "quoted": ("cef", CEF % (
        "dora", 'login="Anna Meier" account="Meier, Anna" email="Anna Meier <anna.meier@x>" '
        "url=/?login\\='fritz meier'"), ["anna", "meier", "fritz"]),
    "quoted in quotes": ("fortigate", PAIRS % (
        "dora", "/?login='fritz meier' and account='x"), ["fritz", "meier"]),
    "backslashes": ("cef", CEF % (r"CN\=Meier\, Anna", "x") + CEF % (r"CORP\anna x\=y", "x")
                    + CEF % (r"CORP\user x\=y", "x"), ["meier", "anna", "x\\="]),
}


@pytest.mark.parametrize("case", LEFT)
def test_names_in_more_spellings(keys, case, tmp_path):  # noqa: F811
    name, text, gone = LEFT[case]
    log, clean = tmp_path / "a.log", tmp_path / "b.log"
    log.write_text(text)
    keys.call("sanitize", log, "-o", clean, "--format", name)
    written = clean.read_text()
    assert not [word for word in gone if word in written.lower()], written
    before, after = ([{key: row[key] for key in KEYS} for row in events(keys, path, name)]
                     for path in (log, clean))
    assert len(before) == text.count("\n") and before == after
    if text.startswith("{"):
        json.loads(written)
