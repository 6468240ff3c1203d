"""A log of names that nothing else has, read in every way, and a search for all of them.

`scripts/canaries` runs it with a million names; the tests with some thousand.
"""

import base64
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import pyarrow as pa
import pyarrow.parquet as pq

LOGVEIL = pathlib.Path(os.environ.get(
    "LOGVEIL_BIN", pathlib.Path(__file__).resolve().parents[2] / ".build/release/logveil"))


def name(number: int) -> str:
    """Letters of a name by its number: long enough not to stand anywhere by chance."""
    text = ""
    for _ in range(6):
        number, digit = divmod(number, 21)
        text += "bcdfghjklmnpqrstvwxyz"[digit] + "aeiou"[digit % 5]
    return f"{text[:6]}.{text[6:]}"


def write_log(path: pathlib.Path, count: int) -> None:
    """A line for each name, some with a realm, some broken, some with a name in the URL."""
    with path.open("w") as log:
        log.write("#Fields: date time c-ip cs-username cs-host cs-uri sc-status cs-bytes sc-bytes\n")
        for number in range(count):
            who = name(number)
            if number % 3 == 0:
                who = "AVIARY\\" + who.title()
            elif number % 3 == 1:
                who += "@aviary.example"
            date = "2026-11-%02d" % (number % 28 + 1) if number % 97 else "not-a-date"
            log.write(
                f"{date} 10:{number // 60 % 60:02}:{number % 60:02} 10.{number >> 16 & 255}."
                f"{number >> 8 & 255}.{number & 255} {who} www.dropbox.com"
                f" /files?user={name(number)} 200 {number % 1000} {number % 7777}\n")


class Canaries:
    """A home that has read the log, and the search through it."""

    def __init__(self, folder: pathlib.Path, count: int):
        self.folder = folder
        self.home = folder / "home"
        self.log = folder / "canaries.log"
        self.out = folder / "out"
        self.out.mkdir()
        write_log(self.log, count)
        self.count = count

    def call(self, *words, stdin: str = "") -> subprocess.CompletedProcess:
        hidden = ("LOGVEIL_HOME", "XDG_DATA_HOME")
        env = {key: value for key, value in os.environ.items() if key not in hidden}
        return subprocess.run(
            [LOGVEIL, *map(str, words), "--home", self.home], input=stdin, capture_output=True,
            text=True, env=env)

    def fill(self) -> None:
        """Reads the log with all that keeps names: groups, a directory, rules, activities."""
        some = [name(number) for number in range(0, self.count, max(1, self.count // 200))]
        steps = [
            (("group", "import", "-"), "group,user\n" + "".join(f"board,{who}\n" for who in some)),
            (("privacy", "add", "board"), ""),
            (("directory", "import", "-"),
             "person,login\n" + "".join(f"{who}@aviary.example,{who}\n" for who in some)),
            (("exclude", "add", "--user", "-"), "\n".join(some[:5]) + "\n"),
            (("run", "--activities", "--progress", "off", "--json", "--max-reject-ratio", "0.5",
              "--metrics", self.out / "metrics.prom", self.log), ""),
            (("report", "--html", self.out / "r.html", "--csv", self.out / "lists"), ""),
            (("activities", "--jsonl", self.out / "rows.jsonl", "--limit", "20000"), ""),
            (("activities", "--cef", self.out / "feed.cef", "--limit", "20000"), ""),
            (("sanitize", self.log, "-o", self.out / "clean.log"), ""),
            (("table", "compact"), ""),
        ]
        for words, stdin in steps:
            done = self.call(*words, stdin=stdin)
            if done.returncode != 0:
                raise RuntimeError(f"{words[:2]}: {done.stderr[:500]}")
            (self.out / f"said-{words[0]}.txt").write_text(done.stdout + done.stderr)

    def search(self) -> dict:
        done = self.call("leak-check", "--json", self.log, "--also", self.out)
        if done.returncode not in (0, 1):
            raise RuntimeError(done.stderr[:500])
        return json.loads(done.stdout)

    def plants(self):
        """Ways in which a name could lie somewhere, each with the file that holds it."""
        # One that stands in the log without a realm: with one, name and realm are what is looked for.
        who = name(next(number for number in range(self.count // 2, self.count)
                        if number % 3 == 2 and number % 97))
        raw = who.encode()
        yield "plain", self.home / "lake/default/_runs/left.tmp", b"user=" + raw + b";"
        yield "other case", self.out / "run.log", b"could not read " + raw.upper()
        yield "percent", self.home / "rejects.txt", raw.replace(b".", b"%2E")
        yield "base64", self.out / "mail.txt", b"x " + base64.b64encode(b"to:" + raw + b" ok")
        yield "hex", self.home / "keys/dump", raw.hex().encode()
        yield "UTF-16", self.out / "export.xml", who.encode("utf-16-le")
        yield "SQLite", self.home / "state.sqlite.old", b"\0\x17" + raw + b"\0\0"
        table = pa.table({"note": [f"the row of {who}"] * 3})
        place = self.home / "lake/default/usage/part-left.zstd.parquet"
        pq.write_table(table, self.folder / "planted.parquet", compression="zstd")
        yield "Parquet page", place, (self.folder / "planted.parquet").read_bytes()

    def missed(self) -> list[str]:
        """The planted leaks that a search does not find: one search for all of them, by file."""
        plants = list(self.plants())
        for _, path, data in plants:
            path.write_bytes(data)
        found = {hit["path"] for hit in self.search()["found"] if hit["scope"] == "user"}
        for _, path, _ in plants:
            path.unlink()
        return [kind for kind, path, _ in plants if str(path) not in found]


def main(count: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        canaries = Canaries(pathlib.Path(folder), count)
        canaries.fill()
        start = time.monotonic()
        found = canaries.search()
        print(f"{count} names, {found['files']} files, {found['bytes']} bytes: "
              f"{found['users_found']} users found in {time.monotonic() - start:.1f} s")
        for hit in [hit for hit in found["found"] if hit["scope"] == "user"][:20]:
            print(hit)
        missed = canaries.missed()
        print("planted leaks that were not found:", ", ".join(missed) or "none")
        return 1 if found["users_found"] or missed else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
