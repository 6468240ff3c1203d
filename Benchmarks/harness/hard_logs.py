"""Logs that are as hard on a program that groups them as logs can be, and what is in them."""

import concurrent.futures
import json
import random

FIELDS = "date time c-ip cs-username cs-host cs-uri-path sc-filter-result cs-bytes sc-bytes"
# A day's seconds, so that times go up and the date is the same for all lines.
DAY = "2026-11-01"
USERS, HOSTS = 50_000, 20_000
# Of 3.6 million draws of so many pairs of user and host 2 million differ.
PAIRS = 2_650_000


def no_locality(number, chance):
    pair = chance.randrange(PAIRS)
    return f"user{pair % USERS}", f"host{pair // 53}.example.com"


def distinct_users(number, chance):
    return f"user{number}", f"host{chance.randrange(HOSTS)}.example.com"


def distinct_hosts(number, chance):
    return f"user{chance.randrange(USERS)}", f"host{number}.example.com"


def usual(number, chance):
    """Every sixth line somebody else is about."""
    if number % 6 == 0:
        usual.last = f"user{chance.randrange(USERS)}", f"host{chance.randrange(HOSTS)}.example.com"
    return usual.last


# name: (user and host of a line, bytes of a line)
KINDS = {
    "no-locality": (no_locality, 300),
    "distinct-users": (distinct_users, 107),
    "distinct-hosts": (distinct_hosts, 300),
    "short-lines": (usual, 64),
    "long-lines": (usual, 64 << 10),
}


def write(path, kind, size):
    """Writes a log of about `size` bytes, and returns what a reader must find in it."""
    pick, width = KINDS[kind]
    chance = random.Random(1)
    fields = FIELDS.split()
    if kind == "short-lines":
        fields = [name for name in fields if name not in ("c-ip", "cs-uri-path")]
    head = f"#Fields: {' '.join(fields)}\n"
    users, groups = set(), set()
    written, number, uploaded, downloaded = len(head), 0, 0, 0
    count = max(1, size // width)
    with open(path, "w", encoding="ascii") as log:
        log.write(head)
        while written < size:
            user, host = pick(number, chance)
            up, down = chance.randrange(1000), chance.randrange(10_000)
            verdict = "DENIED" if number % 50 == 0 else "OBSERVED"
            second = number * 86_399 // count % 86_400
            time = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
            if kind == "short-lines":
                line = f"{DAY} {time} {user} {host} {verdict} {up} {down}\n"
            else:
                start = f"{DAY} {time} 10.0.{number % 200}.7 {user} {host} /"
                end = f" {verdict} {up} {down}\n"
                line = start + "x" * max(0, width - len(start) - len(end)) + end
            log.write(line)
            users.add(user)
            groups.add((user, host, verdict == "DENIED"))
            written += len(line)
            number += 1
            uploaded += up
            downloaded += down
    return {
        "lines": number + 1, "events": number, "uploaded": uploaded, "downloaded": downloaded,
        "groups": len(groups), "users": len(users),
    }


def made(folder, kind, size, name, say):
    """The log and what is in it; made if it is not there."""
    path = folder / f"{name}-{kind}.log"
    truth = path.with_suffix(".truth")
    if not truth.exists():
        say(f"making {path.name}")
        # In a process of its own: what it held would count as memory of those started later.
        with concurrent.futures.ProcessPoolExecutor(1) as other:
            found = other.submit(write, path, kind, size).result()
        truth.write_text(json.dumps(found) + "\n")
    return path, json.loads(truth.read_text())
