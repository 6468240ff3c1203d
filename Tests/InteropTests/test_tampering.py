"""Tampered copies of a governance log: each must be found, and the first bad record be named.

By itself this looks at a seeded part; `LOGVEIL_TAMPER_CASES=30000 LOGVEIL_TAMPER_RECORDS=1000` is
the big run. That both verifiers say the same of a log is for test_governance.py.
"""

import functools
import itertools
import os
import random
import signal
import sqlite3
import subprocess
import time

from support import environment
from test_governance import both, rechained, verifier

CASES = int(os.environ.get("LOGVEIL_TAMPER_CASES", 600))
RECORDS = int(os.environ.get("LOGVEIL_TAMPER_RECORDS", 150))
EDITS = {
    "flip": "UPDATE governance SET {field} = {flip} WHERE sequence = {at}",
    "replace": "UPDATE governance SET {field} = 'forged ' || {at} WHERE sequence = {at}",
    "clear": "UPDATE governance SET {field} = CASE WHEN {field} IS NULL OR {field} = '' THEN 'x'"
             " ELSE '' END WHERE sequence = {at}",
}
FLIP = ("CASE WHEN coalesce({0}, '') = '' THEN 'y' ELSE substr({0}, 1, length({0}) / 2) ||"
        " char(unicode(substr({0}, length({0}) / 2 + 1, 1)) + 1) || substr({0}, length({0}) / 2 + 2)"
        " END")


def long_log(home, count: int):
    """A log of that many records at least, in transactions of one to nine."""
    home.call("init")
    home.call("settings", "set", "lookup_budget", "1000000")
    numbers = random.Random(5)
    while home_count(home) < count:
        names = "\n".join(f"user{numbers.random()}" for _ in range(numbers.randint(1, 9)))
        home.call("resolve", "--to-anonymised", "-", "--justification", f"case {numbers.random()}",
                  stdin=names.encode())


def home_count(home) -> int:
    log = sqlite3.connect(home.path / "state.sqlite")
    try:
        return log.execute("SELECT count(*) FROM governance").fetchone()[0]
    finally:
        log.close()


def edits(count: int):
    """Every field of every record, changed in three ways."""
    for at, field, edit in itertools.product(range(1, count + 1), verifier.FIELDS, EDITS):
        yield at, EDITS[edit].format(field=field, at=at, flip=FLIP.format(field))


def moves(count: int, numbers: random.Random):
    """Records taken away, swapped, put in, cut off."""
    while True:
        a, b = sorted(numbers.sample(range(1, count + 1), 2))
        yield a, f"DELETE FROM governance WHERE sequence = {a}"
        yield a, f"DELETE FROM governance WHERE sequence BETWEEN {a} AND {b}"
        yield a, f"DELETE FROM governance WHERE sequence >= {a}"
        yield a, (f"UPDATE governance SET sequence = -1 WHERE sequence = {a};"
                  f"UPDATE governance SET sequence = {a} WHERE sequence = {b};"
                  f"UPDATE governance SET sequence = {b} WHERE sequence = -1")
        yield a, (f"UPDATE governance SET sequence = -sequence WHERE sequence >= {a};"
                  "UPDATE governance SET sequence = 1 - sequence WHERE sequence < 0;"
                  f"INSERT INTO governance SELECT {a}, time, action, target, 'forged', tenant, status,"
                  f" justification, error, hash FROM governance WHERE sequence = {a + 1}")
        yield a, (f"DELETE FROM governance WHERE sequence = {a};"
                  f"UPDATE governance SET sequence = -sequence WHERE sequence > {a};"
                  "UPDATE governance SET sequence = -sequence - 1 WHERE sequence < 0")


def test_every_tampered_copy_is_found_and_named(home, monkeypatch):
    # What is signed is looked at once for each signature: copies share most of them.
    monkeypatch.setattr(verifier, "is_signed", functools.cache(verifier.is_signed))
    long_log(home, RECORDS)
    log = sqlite3.connect(home.path / "state.sqlite")
    epochs = {}
    for first, last in log.execute("SELECT first, last FROM epochs WHERE last IS NOT NULL"):
        epochs |= {sequence: (first, last) for sequence in range(first, last + 1)}
    count = max(epochs)
    copy = sqlite3.connect(":memory:", isolation_level=None)
    log.backup(copy)
    log.close()
    assert verifier.examine(copy, home.path, [])["good"] is True
    for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        copy.execute(f"DROP TRIGGER {name.decode()}")
    numbers = random.Random(2026)
    all_edits = list(edits(count))
    chosen = numbers.sample(all_edits, min(len(all_edits), CASES * 4 // 5))
    cases = chosen + list(itertools.islice(moves(count, numbers), CASES - len(chosen)))
    for number, (at, sql) in enumerate(cases):
        copy.execute("BEGIN")
        for part in sql.split(";"):
            copy.execute(part)
        chained = numbers.random() < 0.5
        if chained:
            rechained(copy)
        report = verifier.examine(copy, home.path, [])
        copy.execute("ROLLBACK")
        first, last = epochs[at]
        told = report["fault_sequence"]
        # Where hashes were made anew, records that were signed together stand or fall together.
        named = told == at or chained and first <= told <= last and report["signed_to"] < at
        assert report["fault"] and named, (number, sql, chained, report)
    assert verifier.examine(copy, home.path, [])["fault"] is None
    assert len(cases) == CASES
    print(f"{len(cases)} tampered copies of {count} records: all found and named")


def test_a_process_that_is_killed_leaves_a_log_that_holds(home):
    home.call("init")
    home.call("settings", "set", "lookup_budget", "1000000")
    numbers = random.Random(9)
    command = home.command("resolve", "--to-anonymised", "-", "--justification", "x")
    killed = 0
    # As often as need be: a fast machine ends many of them first.
    for number in range(400):
        if number >= 40 and killed >= 10:
            break
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL, env=environment())
        process.stdin.write(b"\n".join(b"u%d" % name for name in range(20)) + b"\n")
        process.stdin.close()
        time.sleep(numbers.uniform(0, 0.12))
        process.send_signal(signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
    assert killed >= 10
    home.call("resolve", "--to-anonymised", "-", "--justification", "x", stdin=b"anna\n")
    ours, other = both(home)
    assert ours == other and ours["good"]
    # The next record took what the dead ones left.
    assert len(list(home.path.glob("state.epoch-*.key"))) <= 2
