"""Logs full of odd cases, from a seed: what loggen writes is too well behaved."""

import random

USERS = [
    "anna.brookling", "ANNA.Brookling", r"CORP\anna.brookling", r"corp\\anna.brookling",
    "anna.brookling@corp.example", "björn.fennimoor", "BJÖRN.FENNIMOOR", "bjo\u0308rn.fennimoor",
    "bj%C3%B6rn.fennimoor", "ｗｉｄｅ.ｎａｍｅ", "wide.name", "Ωmega.ΣΊΣΥΦΟΣ", "o'hara", "x", "root",
    "guest", "99", "-", "N/A", "anonymous", "unknown", "(null)", "null", "--", "?",
    "a" * 15, "a" * 16, "a" * 31, "a" * 32, "long." + "n" * 700, "jakub%20rushmere", "100%",
    "50%25", "semi;colon", "u1-notapseudonym", "%", "émile.%41", "tab%09inside",
]
QUOTED_USERS = ["carla of tidewater", r"CORP\carla of tidewater", "  spaced  ", ""]
HOSTS = [
    "www.dropbox.com", "DROPBOX.com", "notdropbox.com", "dropbox.com.evil.example", "drive.google.com",
    "mail.google.com", "google.com", "unknown.example", "UPPER.Example.ORG", "trailing.dot.example.",
    "with.port.example:8443", "10.1.2.3", "203.0.113.77:8080", "[2001:db8::5]", "[2001:db8::5]:443",
    "2001:db8::5", "xn--bcher-kva.example", "bücher.example", "localhost", "co.uk", "files.example.co.uk",
    "a." * 100 + "deep.example", "under_score.example", "BÜCHER.example", "a:b:c.example",
    "quo`te.example", "host.example:", "[2001:db8::5", "half]open.example", "back\\slash.example",
    "-",
]
ADDRESSES = [
    "10.0.0.1", "10.0.0.2", "192.168.255.254", "2001:db8::1", "2001:DB8:0:0:0:0:0:1",
    "::ffff:10.0.0.1", "fe80::1%eth0", "-",
]
COUNTS = ["0", "1", "512", "0000000042", "1048576", "9007199254740992", "-", "4294967296"]
BAD_COUNTS = ["9007199254740993", "12x4", "-5", "1.5", "99999999999999999999", "+1", "0x10", " "]
BAD_ADDRESSES = ["10.1.2.256", "10.1.2", "01.2.3.4", "10.1.2.3:80", "host", "2001:db8::1::2"]
BAD_DATES = ["2026-02-29", "2026-13-01", "1969-12-31", "2149-01-01", "26-01-01", "-", "2026/01/01"]
BAD_TIMES = ["24:00:00", "12:60:00", "12:00:61", "1:02:03", "-", "12-00-00", "12:00:00.", "12:00"]


def w3c(seed: int, lines: int) -> bytes:
    """A W3C log whose header changes, with good, odd and broken lines."""
    chance = random.Random(seed)
    text = [b"2026-03-01 00:00:00 too early\n", b"#Software: odd\n", b"\n", b"\r\n"]
    headers = [
        "date time c-ip cs-username cs-host sc-filter-result s-action cs-bytes sc-bytes cs(User-Agent)",
        "s-ip sc-bytes cs-bytes time date r-ip cs-host cs-username c-ip c-machine-name",
        "date\ttime\tc-ip\tcs-username\tcs-host\tsc-bytes".replace("\t", " "),
        "time date cs-host x-other sc-filter-result x-more cs-bytes",
    ]
    names: list[str] = []
    for number in range(lines):
        if number % (lines // 7 + 1) == 0:
            header = chance.choice(headers)
            names = header.split()
            text.append(chance.choice([b"#Fields: ", b"#fields:  "]) + header.encode() + b"\n")
        line = " ".join(_w3c_field(name, chance) for name in names).encode()
        text.append(_spoil(line, chance) + chance.choice([b"\n", b"\n", b"\n", b"\r\n"]))
        if chance.random() < 0.01:
            text.append(chance.choice([b"\n", b"#\n", b"# a remark\r\n", b"\r\n"]))
    return b"".join(text).rstrip(b"\n")  # The last line has no newline.


def _w3c_field(name: str, chance: random.Random) -> str:
    odd = chance.random() < 0.02
    match name:
        case "date":
            if odd:
                return chance.choice(BAD_DATES)
            return chance.choice(["2026-03-01", "2026-02-28", "2024-02-29", "1970-01-01", "2148-12-31"])
        case "time":
            if odd:
                return chance.choice(BAD_TIMES)
            clock = f"{chance.randrange(24):02}:{chance.randrange(60):02}:{chance.randrange(61):02}"
            return clock + chance.choice(["", "", ".5", ".123456", ".1234567", ",25"])
        case "c-ip":
            return chance.choice(BAD_ADDRESSES if odd else ADDRESSES)
        case "cs-username":
            if chance.random() < 0.1:
                return f'"{chance.choice(QUOTED_USERS)}"'
            user = chance.choice(USERS)
            return f'"{user}"' if chance.random() < 0.1 else user
        case "cs-host":
            return chance.choice(HOSTS)
        case "r-ip":
            return chance.choice(["203.0.113.5", "-", "2001:db8:9::9"])
        case "c-machine-name":
            return chance.choice(["PC-0042", "pc-0042", "laptop7.corp.example", "-"])
        case "sc-filter-result":
            return chance.choice(["OBSERVED", "DENIED", "PROXIED", "-", "Policy_Denied"])
        case "s-action":
            return chance.choice(["TCP_HIT", "TCP_DENIED", "TCP_NC_MISS", "-", '""'])
        case "cs-bytes" | "sc-bytes":
            return chance.choice(BAD_COUNTS[:7] if odd else COUNTS)
        case "cs(User-Agent)":
            return chance.choice(['"Mozilla/5.0 (X11; Linux)"', "-", "curl/8", '""', 'it"s'])
        case _:
            return chance.choice(["-", "192.0.2.1", '"two words"'])


def _spoil(line: bytes, chance: random.Random) -> bytes:
    """Breaks some lines in a way that no reader can miss."""
    match chance.randrange(120):
        case 0:
            return line + b" one.more"
        case 1:
            return line.rpartition(b" ")[0]
        case 2:
            return line + b' "never closed'
        case 3:
            return line[:20] + b" \0\0 " + line[20:]
        case 4:
            return line.replace(b".example", b".ex\xff\xfemple")
        case _:
            return line


def squid(seed: int, lines: int) -> bytes:
    """A log in Squid's native layout, likewise."""
    chance = random.Random(seed)
    text = []
    for number in range(lines):
        line = _squid_line(chance, number).encode()
        match chance.randrange(100):
            case 0:
                line = b" ".join(line.split()[:9])
            case 1:
                line = line[:30] + b"\0" + line[30:]
            case 2:
                line += b" further fields"
            case 3:
                line = b"  " + line + b"  "
            case 4:
                line = chance.choice([b"", b"\r", b"# restarted"])
        text.append(line + chance.choice([b"\n", b"\n", b"\r\n"]))
    return b"".join(text)


def _squid_line(chance: random.Random, number: int) -> str:
    odd = chance.random() < 0.03
    host = chance.choice(HOSTS[:-1])
    url = chance.choice([
        f"http://{host}/path?user=x@y", f"https://{host}", f"{host.rstrip('.')}:443",
        f"http://anna:pass@{host}/", f"ftp://{host}/a:b", f"http://{host}?q=http://other.example/",
    ]) if not odd else chance.choice([
        "error:invalid-request", "mailto:me@example.org", "*", "/local/path", "-", "cache_object:x",
    ])
    time = f"{1_793_600_000 + number * 7}" + chance.choice([".000", ".5", "", ".123456"])
    if odd and chance.random() < 0.5:
        time = chance.choice(["never", "12345678901.0", "1793600000.", "-1.0", ".5", "-"])
    users = [user for user in USERS if user != "long." + "n" * 700] + ["long." + "n" * 700]
    return " ".join([
        time, " " * chance.randrange(6) + str(chance.randrange(100_000)),
        chance.choice(BAD_ADDRESSES[:5] if odd else ADDRESSES),
        chance.choice(["TCP_MISS/200", "TCP_DENIED/403", "TCP_TUNNEL/200", "NONE/000"]),
        chance.choice(BAD_COUNTS[:7] if odd and chance.random() < 0.3 else COUNTS),
        chance.choice(["GET", "CONNECT", "POST"]), url, chance.choice(users),
        "HIER_DIRECT/203.0.113.1", "text/html",
    ])
