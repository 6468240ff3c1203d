"""docs/nightly.md, docs/backfill.md and the units of the service, run as they are written."""

import gzip
import json
import os
import pty
import re
import shlex
import subprocess

import pytest

from support import LOGVEIL, ROOT, generate

BLOCK = re.compile(r"```(\w*)\n(.*?)```", re.DOTALL)
# What needs the machine of the reader: packages, services, a build of hours.
ELSEWHERE = ("packaging/", "sudo apt", "sudo systemctl", "systemctl")


def blocks(page: str, kind: str) -> list[str]:
    text = (ROOT / "docs" / page).read_text()
    return [body for found, body in BLOCK.findall(text) if found == kind]


def commands(page: str) -> list[str]:
    """Each command of a page, without its comment."""
    lines = [line for body in blocks(page, "sh") for line in body.splitlines()]
    found = [line.split("   #")[0].split("  #")[0].strip() for line in lines]
    return [line for line in found if line and not line.startswith(ELSEWHERE)]


@pytest.fixture
def host(tmp_path, monkeypatch):
    """A machine as the pages have it: the program, archives of some months, a home."""
    program = tmp_path / "bin"
    program.mkdir()
    (program / "logveil").symlink_to(LOGVEIL)
    archive = tmp_path / "archive"
    archive.mkdir()
    for number in range(3):
        path = generate(archive / f"{number}.log", "w3c", "60KiB", seed=number, users=20, days=2,
                        **{"from": f"2026-0{number + 4}-01"})
        with gzip.open(f"{path}.gz", "wb") as target:
            target.write(path.read_bytes())
        path.unlink()
    for name in [name for name in os.environ if name.startswith(("LOGVEIL_", "XDG_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LOGVEIL_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", f"{program}:{os.environ['PATH']}")
    monkeypatch.setenv("USER", "root")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def placed(line: str, host) -> str:
    """A command with the places of this machine, and tasks of its sizes: two of them."""
    sizes = [path.stat().st_size for path in sorted((host / "archive").glob("*.gz"))]
    for there, here in {
        "sudo -u logveil env LOGVEIL_HOME=/var/lib/logveil ": "",
        "/var/log/archive": str(host / "archive"), "/mnt/archive": str(host / "archive"),
        "/var/lib/prometheus/node-exporter": str(host), "/usr/bin/logveil": "logveil",
        "--task-bytes 1GiB": f"--task-bytes {sum(sizes[:2])}",
    }.items():
        line = line.replace(there, here)
    return line


def shell(line: str, typed: str = "", code: int = 0) -> str:
    """Runs a line; where something is typed, on a terminal."""
    if typed:
        keyboard, terminal = pty.openpty()
        os.write(keyboard, typed.encode())
        done = subprocess.run(["bash", "-c", line], stdin=terminal, stdout=subprocess.PIPE,
                              stderr=terminal, text=True, timeout=60)
        os.close(terminal)
        said = os.read(keyboard, 1 << 16).decode()
        os.close(keyboard)
    else:
        done = subprocess.run(["bash", "-c", line], stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=60)
        said = done.stderr
    assert done.returncode == code, f"{line}\nexit {done.returncode}\n{said}\n{done.stdout}"
    return done.stdout + said


def exec_starts(unit: str) -> list[str]:
    text = (ROOT / "packaging/systemd" / unit).read_text()
    return re.findall(r"^ExecStart=(.*)$", text, re.MULTILINE)


def test_nightly(host):
    lines = commands("nightly.md")
    assert [line for line in lines if " init " in line], "the page makes no home"
    for line in lines:
        shell(placed(line, host))
    # Systemd runs the units as an account that is not the person who made the home.
    (user,) = re.findall(r"^User=(\w+)$", (ROOT / "packaging/systemd/logveil-nightly.service")
                         .read_text(), re.MULTILINE)
    admins = [json.loads(line) for line in shell("logveil admin list --json").splitlines()]
    (account,) = [admin for admin in admins if admin["account"] == user]
    assert {one["permission"] for one in account["permissions"]} == {"ingest", "manage_tables"}
    for _ in range(2):  # Two nights: the second one finds nothing new.
        for line in exec_starts("logveil-nightly.service"):
            shell(placed(line, host))
    care = exec_starts("logveil-care.service")
    for line in care:  # Without the activity log there are no tables of it.
        shell(placed(line, host), code=66 if " activities" in line else 0)
    generate(host / "late.log", "w3c", "20KiB", seed=9)
    shell("logveil run late.log --activities")
    for line in care:
        shell(placed(line, host))
    metrics = (host / "logveil.prom").read_text()
    for name in re.findall(r"(logveil_run_\w+)\{", (ROOT / "docs/nightly.md").read_text()):
        assert f"\n{name}{{" in metrics, name
    (yaml,) = blocks("nightly.md", "yaml")
    (host / "home/logveil.yaml").write_text(yaml)
    shell("logveil config check")
    printed = shell("logveil config print")
    assert all(word in printed for word in re.findall(r": (\w+)", yaml))
    shell("logveil run archive --memory 512MiB")  # As the page says of memory.


def test_exit_codes_of_a_night(host):
    """The table of exit codes: those that a night can easily be brought to."""
    page = (ROOT / "docs/nightly.md").read_text()
    shell("logveil init")
    night = f"logveil run {host / 'archive'} --progress off"
    shell(night)
    (host / "archive/bad.gz").write_bytes((host / "archive/0.log.gz").read_bytes()[:500])
    shell(night, code=65)
    generate(host / "archive/new.log", "w3c", "20KiB", seed=9)
    shell(night, code=3)
    shell("logveil run /nowhere", code=66)
    (host / "home/logveil.yaml").write_text("memmory: 1GiB\n")
    shell(night, code=78)
    for code in (0, 3, 65, 66, 75, 78):
        assert re.search(rf"^\|.*\b{code}\b.*\|", page, re.MULTILINE), code


def test_backfill(host):
    shell("logveil init")
    lines = commands("backfill.md")
    assert len(lines) >= 6, lines
    for line in lines:
        out = shell(placed(line, host), typed="y\n")
        if "--dry-run" in line:
            head = next(body for body in blocks("backfill.md", "") if body.startswith("step"))
            plan = [row.split() for row in out.splitlines()]
            assert head.splitlines()[0].split() in plan, out
    page = (ROOT / "docs/backfill.md").read_text()
    for flags in ("--limit-rate 50MiB", "--nice", "--threads 1", "--reprocess", "--step-bytes"):
        assert flags in page
    again = json.loads(shell(placed(f"{lines[1]} --yes --json", host)).splitlines()[0])
    assert again["archives"] == 0, again
    shell(placed(f"{lines[1]} --reprocess --yes --limit-rate 50MiB --nice --threads 1", host))
    shell("logveil table compact && logveil table verify")
    assert shlex.split(lines[0])[:2] == ["logveil", "backfill"]
