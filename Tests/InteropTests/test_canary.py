"""Searches everything that a run leaves for the clear names of its archives."""

import base64
import pathlib
import signal
import subprocess
import time
import urllib.parse

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from support import Home, environment, packers

# Nothing else in a home may hold these by chance.
NAMES = [
    "canary.birdsong", "Zwitschervogel.Xaver", r"AVIARY\quetzal.plume", "kakapo.moss@aviary.example",
    "björn.käuzchen",
]
MACHINES = ["WREN-LAPTOP-7731", "10.77.31.200"]


def bare(name: str) -> list[str]:
    """A name and the part of it that is the person."""
    person = name.split("\\")[-1].split("@")[0]
    return [name, person] if person != name else [name]


def forms(name: str) -> set[bytes]:
    """The ways in which a name may lie in bytes."""
    found = set()
    for text in {name, name.lower(), name.upper(), name.title()}:
        for raw in (text.encode(), text.encode("utf-16-le"), text.encode("utf-16-be")):
            found.add(raw)
            found.add(raw.hex().encode())
            found.add(raw.hex().upper().encode())
            found.add(raw[::-1])
        raw = text.encode()
        for shift in range(3):
            # Base64 of any alignment, without the letters that neighbours share.
            coded = base64.b64encode(b"\0" * shift + raw)
            inner = coded[[0, 2, 3][shift]:].rstrip(b"=")[:-1]
            found.add(inner)
            found.add(inner.replace(b"+", b"-").replace(b"/", b"_"))
        found.add("".join(f"%{byte:02x}" for byte in raw).encode())
        found.add("".join(f"%{byte:02X}" for byte in raw).encode())
        found.add(urllib.parse.quote(text, safe="").encode())
        found.add(base64.b32encode(raw).rstrip(b"=").lower()[:-1])
    return {form for form in found if len(form) >= 6}


def pages(path: pathlib.Path) -> bytes:
    """All text of a Parquet file, unpacked: values, smallest, largest, metadata."""
    file = pq.ParquetFile(path)
    parts = [str(file.metadata.to_dict()), str(file.metadata.metadata)]
    for column in file.read().columns:
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            parts += [text for text in column.unique().to_pylist() if text is not None]
    return "\n".join(parts).encode()


def leaks(folder: pathlib.Path, outputs: list[str], names: list[str]) -> list[str]:
    """Where one of `names` lies; empty when nowhere."""
    stores = {f"output {number}": text.encode() for number, text in enumerate(outputs)}
    for path in sorted(folder.rglob("*")):
        stores[f"name of {path}"] = str(path.relative_to(folder)).encode()
        if path.is_file() and not path.is_symlink():
            stores[str(path)] = path.read_bytes()
            if path.suffix == ".parquet":
                stores[f"pages of {path}"] = pages(path)
    wanted = {form: name for name in names for part in bare(name) for form in forms(part)}
    return [f"{name} as {form!r} in {store}" for store, data in stores.items()
            for form, name in wanted.items() if form in data]


def secret_log(spoiled: bool = False) -> bytes:
    """Lines with the names; some of them broken, so that errors have something to tell."""
    lines = ["#Fields: date time c-ip cs-username c-machine-name cs-host cs-uri sc-bytes"]
    for number in range(3000):
        name = NAMES[number % len(NAMES)]
        uri = f"http://intra.example/~{name}?user={urllib.parse.quote(name)}"
        line = (f"2026-05-01 10:00:{number % 60:02} {MACHINES[1]} {name} {MACHINES[0]} "
                f"h{number % 50}.example {uri} {number}")
        match number % 40:
            case 1: line += " one.more"
            case 2: line = line.replace("10:00", "ten")
            case 3: line = line.replace(name, f'"{name}')
            case 4: line = line.replace(" h", f" {name.replace(' ', '')}\x01")
        lines.append(line)
    if spoiled:
        lines = [line.replace("#Fields", f"#{NAMES[0]}") for line in lines]
    return "\n".join(lines).encode() + b"\n"


def test_no_clear_name_is_left_by_a_run(home, tmp_path):
    log = tmp_path / "secret.log"
    log.write_bytes(secret_log())
    done = home.run(log, "--max-reject-ratio", "1")
    assert done.json["events"] > 2000 and done.json["rejected"] > 200
    again = home.run(log)
    table = home.call("run", log, "--source", "other", "--max-reject-ratio", "1")
    outputs = [text for one in (done, again, table) for text in (one.out, one.err)]
    assert leaks(home.path, outputs, NAMES + MACHINES) == []


def test_no_clear_name_is_left_by_a_run_that_fails(home, tmp_path):
    stored = packers()["zstd-frames"](secret_log())
    cut, changed, prose = tmp_path / "cut", tmp_path / "changed", tmp_path / "prose"
    cut.write_bytes(stored[:-3])
    changed.write_bytes(stored[:5000] + bytes([stored[5000] ^ 4]) + stored[5001:])
    prose.write_bytes(secret_log(spoiled=True).replace(b" ", b"_"))
    good = tmp_path / "good"
    good.write_bytes(packers()["gzip"](secret_log()))
    dones = [
        home.run(cut, code=65), home.run(cut, changed, prose, good, code=3),
        home.run(good, "--since", "2026-01-01", code=65),
        home.run(good, "--threads", "none", code=64),
    ]
    outputs = [text for done in dones for text in (done.out, done.err)]
    assert leaks(home.path, outputs, NAMES + MACHINES) == []


def test_no_clear_name_is_left_by_a_run_that_is_killed(home, tmp_path):
    log = tmp_path / "secret.log"
    log.write_bytes(secret_log() * 20)
    for delay in (0.02, 0.05, 0.1, 0.2, 0.3):
        process = subprocess.Popen(
            home.command("run", log, "--max-reject-ratio", "1", "--source", str(delay)),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment())
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        out, err = process.communicate()
        assert leaks(home.path, [out, err], NAMES + MACHINES) == []


@pytest.mark.parametrize("form", [
    lambda name: name.encode(), lambda name: name.upper().encode(),
    lambda name: name.encode("utf-16-le"), lambda name: name.encode().hex().encode(),
    lambda name: base64.b64encode(b"x" + name.encode() + b"yz"),
    lambda name: base64.b64encode(b"xy" + name.encode()),
    lambda name: "".join(f"%{byte:02X}" for byte in name.encode()).encode(),
])
def test_the_search_finds_a_planted_name(tmp_path, form):
    for name in NAMES:
        (tmp_path / "leak").write_bytes(b"\x00\x01noise" + form(name) + b"more noise")
        assert leaks(tmp_path, [], NAMES), name


def test_the_search_finds_a_name_in_packed_pages(tmp_path):
    words = [f"somebody.{number * 7919 % 9973}" for number in range(9000)] + [NAMES[0]]
    table = pa.table({"user": words})
    pq.write_table(table, tmp_path / "t.parquet", compression="zstd", write_statistics=False)
    assert NAMES[0].encode() not in (tmp_path / "t.parquet").read_bytes()
    assert leaks(tmp_path, [], NAMES)
    assert leaks(tmp_path / "nowhere", [f"bad line of {NAMES[1]}"], NAMES)
    assert not leaks(tmp_path / "nowhere", ["all is well"], NAMES)


def test_the_clear_lake_is_found_out(home, tmp_path):
    """With --no-anonymise the names are there: the search would tell."""
    log = tmp_path / "secret.log"
    log.write_bytes(secret_log())
    home.run(log, "--no-anonymise", "--max-reject-ratio", "1")
    assert leaks(home.path, [], NAMES)
