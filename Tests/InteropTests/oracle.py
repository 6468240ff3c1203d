"""A slow, naive twin of the main job, by the documentation alone: text in, rows of `usage` out.

Nothing here is shared with the program. Lines are cut byte by byte, times go through datetime,
sums through dicts.
"""

import collections
import csv
import dataclasses
import datetime
import functools
import ipaddress
import pathlib
import re
import unicodedata
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
COUNT_MAX = 2 ** 53
EPOCH = datetime.datetime(1970, 1, 1)


class Refused(Exception):
    """A line that is no event."""

    def __init__(self, reason: str, field: str | None = None):
        super().__init__(reason)
        self.reason, self.field = reason, field


@dataclasses.dataclass
class Event:
    micros: int
    user: bytes | None
    address: str | None
    device: bytes | None
    host: str
    action: str | None
    uploaded: int | None
    downloaded: int | None

    @property
    def total(self) -> int | None:
        known = [count for count in (self.uploaded, self.downloaded) if count is not None]
        return sum(known) if known else None

    @property
    def key(self) -> tuple:
        day = EPOCH + datetime.timedelta(days=self.micros // 86_400_000_000)
        return (day.date(), self.host, self.user, self.address, self.device, self.action)


@dataclasses.dataclass
class Group:
    """What `usage` says of one key."""

    events: int = 0
    uploaded: int | None = None
    downloaded: int | None = None
    total: int | None = None
    first: int | None = None
    last: int | None = None

    def add(self, event: Event):
        plus = lambda sum, count: sum if count is None else (sum or 0) + count
        self.events += 1
        self.uploaded = plus(self.uploaded, event.uploaded)
        self.downloaded = plus(self.downloaded, event.downloaded)
        self.total = plus(self.total, event.total)
        self.first = event.micros if self.first is None else min(self.first, event.micros)
        self.last = event.micros if self.last is None else max(self.last, event.micros)


@dataclasses.dataclass
class Reading:
    """What a text holds."""

    lines: int = 0
    comments: int = 0
    excluded: int = 0
    groups: dict = dataclasses.field(default_factory=lambda: collections.defaultdict(Group))
    rejects: list = dataclasses.field(default_factory=list)

    @property
    def events(self) -> int:
        return sum(group.events for group in self.groups.values())


def read(text: bytes, log_format: str, days: range | None = None) -> Reading:
    """Reads a whole log; `days` are the days since 1970 that are taken."""
    reader = {"w3c": W3C, "squid": Squid}[log_format]()
    reading = Reading()
    offset = 0
    for line in _lines(text):
        reading.lines += 1
        _take(reader, line.removesuffix(b"\n"), offset, reading, days)
        offset += len(line)
    return reading


def _lines(text: bytes) -> list[bytes]:
    lines = text.split(b"\n")
    last = lines.pop()
    return [line + b"\n" for line in lines] + ([last] if last else [])


def _take(reader, line: bytes, offset: int, reading: Reading, days: range | None):
    bare = line.removesuffix(b"\r")
    if bare == b"" or line.startswith(b"#"):
        reading.comments += 1
        reader.comment(bare)
        return
    try:
        event = reader.event(bare)
    except Refused as refused:
        reading.rejects.append((offset, reading.lines, refused.reason, refused.field))
        return
    if days is not None and event.micros // 86_400_000_000 not in days:
        reading.excluded += 1
        return
    reading.groups[event.key].add(event)


class W3C:
    """W3C extended log, as Blue Coat writes it: fields by their names, `"` around blanks."""

    def __init__(self):
        self.names: list[str] | None = None

    def comment(self, line: bytes):
        if line.lower().startswith(b"#fields:"):
            self.names = line[len(b"#Fields:"):].decode().lower().split()

    def event(self, line: bytes) -> Event:
        if self.names is None:
            raise Refused("missing_header")
        if b"\0" in line:
            raise Refused("binary_data")
        fields = dict(zip(self.names, self.cut(line), strict=True))
        value = lambda *names: next((fields[name] for name in names if name in fields), None)
        micros = _date_time(fields["date"], fields["time"])
        uploaded = _count(value("cs-bytes"), "uploaded_bytes")
        downloaded = _count(value("sc-bytes"), "downloaded_bytes")
        host = value("cs-host")
        if _is_null(host):
            host = value("r-ip")
        return _event(
            micros, value("cs-username"), value("c-ip"), value("c-machine-name"), host,
            [value("sc-filter-result"), value("s-action")], uploaded, downloaded)

    def cut(self, line: bytes) -> list[bytes]:
        """A quote anywhere hides blanks up to the next one. Where that gives another number of
        fields, a quote opens at the start of a field only, and closes at its end."""
        fields = self.cut_freely(line)
        if fields is None or len(fields) != len(self.names):
            fields = self.cut_strictly(line)
            if fields is None or len(fields) != len(self.names):
                raise Refused("unclosed_quote" if fields is None else "field_count")
        return fields

    def cut_freely(self, line: bytes) -> list[bytes] | None:
        if line.count(b'"') % 2:
            return None
        found = re.findall(rb'((?:[^" ]|"[^"]*")*)(?: |$)', line)
        fields = found[:-1] if not line.endswith(b" ") else found
        quoted = lambda field: len(field) > 1 and field[:1] == field[-1:] == b'"'
        return [field[1:-1] if quoted(field) else field for field in fields]

    def cut_strictly(self, line: bytes) -> list[bytes] | None:
        fields, at = [], 0
        while at <= len(line):
            if line[at:at + 1] == b'"':
                closed = re.compile(rb'"( |$)').search(line, at + 1)
                if not closed:
                    return None
                fields.append(line[at + 1:closed.start()])
                at = closed.end() if closed.group(1) else len(line) + 1
            else:
                end = line.find(b" ", at)
                end = len(line) if end < 0 else end
                fields.append(line[at:end])
                at = end + 1
        return fields


class Squid:
    """Squid's native log: runs of blanks between the fields, no quotes."""

    def comment(self, line: bytes):
        pass

    def event(self, line: bytes) -> Event:
        fields = [field for field in line.split(b" ") if field]
        if b"\0" in line:
            raise Refused("binary_data")
        if len(fields) < 10:
            raise Refused("field_count")
        time, _, client, result, size, _, url, user, hierarchy = fields[:9]
        micros = _epoch(time)
        downloaded = _count(size, "downloaded_bytes")
        host = _url_host(url)
        if _is_null(host):
            host = self.server(hierarchy)
        return _event(micros, user, client, None, host, [result], None, downloaded)

    def server(self, hierarchy: bytes) -> bytes | None:
        """`HIER_DIRECT/203.0.113.9`: what is behind the slash, unless it is a name."""
        _, slash, server = hierarchy.rpartition(b"/")
        return server if slash and not re.search(rb"[g-zG-Z]", server) else None


def _event(micros, user, client, device, host, words, uploaded, downloaded) -> Event:
    if _is_null(host):
        raise Refused("missing_host", "host")
    name = canonical_name(user)
    address = _address(client)
    machine = canonical_name(device)
    return Event(
        micros, name, address, machine, _host(host), _action(words), uploaded, downloaded)


def _is_null(value: bytes | None) -> bool:
    return value is None or value in (b"", b"-")


def _count(value: bytes | None, field: str) -> int | None:
    if _is_null(value):
        return None
    if not re.fullmatch(rb"[0-9]{1,19}", value) or int(value) > COUNT_MAX:
        raise Refused("bad_byte_count", field)
    return int(value)


def _fraction(digits: bytes | None) -> int:
    """Digits behind the point as microseconds."""
    return int((digits or b"").ljust(6, b"0")[:6])


def _date_time(date: bytes, time: bytes) -> int:
    if _is_null(date) or _is_null(time):
        raise Refused("missing_time", "time")
    day = re.fullmatch(rb"(\d{4})-(\d\d)-(\d\d)", date)
    clock = re.fullmatch(rb"(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,18}))?", time)
    if not day or not clock or not 1970 <= int(day[1]) <= 2148:
        raise Refused("bad_time", "time")
    hour, minute, second = int(clock[1]), int(clock[2]), int(clock[3])
    if hour > 23 or minute > 59 or second > 60:
        raise Refused("bad_time", "time")
    try:
        midnight = datetime.datetime(int(day[1]), int(day[2]), int(day[3]))
    except ValueError:
        raise Refused("bad_time", "time") from None
    seconds = (midnight - EPOCH).days * 86_400 + hour * 3600 + minute * 60 + second
    return seconds * 1_000_000 + _fraction(clock[4])


def _epoch(text: bytes) -> int:
    if _is_null(text):
        raise Refused("missing_time", "time")
    found = re.fullmatch(rb"(\d{1,10})(?:\.(\d{1,18}))?", text)
    if not found:
        raise Refused("bad_time", "time")
    micros = int(found[1]) * 1_000_000 + _fraction(found[2])
    if micros >= 65_535 * 86_400_000_000:
        raise Refused("bad_time", "time")
    return micros


def _address(text: bytes | None) -> str | None:
    if _is_null(text):
        return None
    try:
        bare = text.decode("ascii").removeprefix("[").removesuffix("]").split("%")[0]
        address = ipaddress.ip_address(bare)
    except ValueError:
        if any(byte in b"ghijklmnopqrstuvwxyz" for byte in text.lower()):
            return None  # A name.
        raise Refused("bad_address", "src_ip") from None
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)


def _url_host(url: bytes) -> bytes:
    """The host of a URL, of `host:port` or of a bare host; empty for what has none."""
    scheme = re.match(rb"[^/?.]{0,31}?://", url)
    rest = url[scheme.end():] if scheme else url
    authority = re.split(rb"[/?#]", rest, maxsplit=1)[0]
    if b"@" in authority:
        if not scheme:
            return b""
        authority = authority.rpartition(b"@")[2]
    if authority.startswith(b"["):
        return authority[1:].partition(b"]")[0] if b"]" in authority else b""
    if authority.count(b":") == 1:
        host, _, port = authority.partition(b":")
        return host if scheme or re.fullmatch(rb"\d{1,5}", port) else b""
    if b":" in authority and not re.fullmatch(rb"[0-9A-Fa-f:.]+", authority):
        return b""
    return b"" if authority == b"*" else authority


def _host(raw: bytes) -> str:
    bad = Refused("bad_host", "host")
    if len(raw) > 512 or re.search(rb'[\x00-\x20\x7f"#/<>?@\\^`{|}]', raw):
        raise bad
    text = raw.decode(errors="replace").lower()
    address = re.compile(r"[0-9a-f.]*:[0-9a-f.:]*(%.*)?")
    if text.startswith("["):
        found = re.fullmatch(r"\[([^\]]*)\](:[0-9]*)?", text)
        if not found or not address.fullmatch(found[1]):
            raise bad
        text = found[1]
    elif "[" in text or "]" in text:
        raise bad
    elif text.count(":") > 1:
        if not address.fullmatch(text):
            raise bad
    elif ":" in text:
        text, _, port = text.partition(":")
        if not re.fullmatch(r"[0-9]*", port):
            raise bad
    text = text.rstrip(".")
    if not text:
        raise bad
    return text


def _action(words: list[bytes | None]) -> str | None:
    known = [word.lower() for word in words if not _is_null(word)]
    if any(b"denied" in word or b"blocked" in word for word in known):
        return "blocked"
    return "allowed" if known else None


NOBODIES = {
    "n/a", "#n/a", "n.a.", "null", "(null)", "<null>", "nil", "none", "(none)", "undefined",
    "unknown", "anonymous", "anonymous user", "unauthenticated", "not authenticated", "no user",
}


@functools.cache
def canonical_name(raw: bytes | None) -> bytes | None:
    """Version 1 of the canonical names, without realm maps and LDAP names."""
    if raw is None:
        return None
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return raw
    before = None
    while text != before:
        before = text
        text = _tidy_name(text)
    return text.encode() or None


def _tidy_name(text: str) -> str:
    narrow = "".join(
        chr(int(parts[1], 16)) if (parts := unicodedata.decomposition(letter).split())
        and parts[0] in ("<wide>", "<narrow>") else letter
        for letter in text)
    text = unicodedata.normalize("NFC", "".join(letter.lower() for letter in narrow))
    try:
        undone = urllib.parse.unquote(text, errors="strict")
        if all(letter >= " " and letter != "\x7f" for letter in undone):
            text = undone
    except UnicodeDecodeError:
        pass
    text = re.sub(r"\\+", r"\\", text).strip(" \t\r\n\v\f")
    while len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1].strip(" \t\r\n\v\f")
    assert "=" not in text, "the oracle knows no LDAP names"
    return "" if text in NOBODIES or re.fullmatch(r"[-.*?]*", text) else text


class Catalog:
    """The app catalog: the app with the longest domain that a host lies under, or with the
    smallest range around an address."""

    def __init__(self):
        self.by_domain = {}
        self.by_range = {}
        with open(ROOT / "Datasets/catalog/apps.csv", newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                app = (row["name"], int(row["app_id"]), row["category"])
                for domain in row["domains"].split():
                    self.by_domain[domain] = app
                for network in row["ip_ranges"].split():
                    self.by_range[ipaddress.ip_network(network)] = app

    def app(self, host: str) -> tuple:
        """Name, number and category; all `None` where no app is known."""
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            address = None
        if address is not None:
            around = [network for network in self.by_range if address in network]
            smallest = max(around, key=lambda network: network.prefixlen, default=None)
            return self.by_range.get(smallest, (None, None, None))
        labels = host.split(".")
        for start in range(len(labels)):
            found = self.by_domain.get(".".join(labels[start:]))
            if found:
                return found
        return (None, None, None)
