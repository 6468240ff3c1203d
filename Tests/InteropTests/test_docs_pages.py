"""Pages of docs, run as they are written: each command of a console block, and what it answers."""

import re
import subprocess
import sys

import pytest

from support import LOGVEIL, ROOT, environment, generate

BLOCK = re.compile(r"```console\n(.*?)```", re.S)
PYTHON = re.compile(r"```python\n(.*?)```", re.S)
PAGES = ["privacy", "activities", "sanitize", "directory", "exclusions", "ip-ranges"]
LOG = """#Software: proxy
#Fields: date time cs-username c-ip cs-host cs-method sc-status cs-bytes sc-bytes
2026-11-01 10:00:00 anna 10.8.0.1 www.dropbox.com GET 200 10 20
2026-11-02 10:00:01 CORP\\bert 10.1.7.9 www.dropbox.com POST 201 11 21
2026-11-02 10:00:02 cleo 10.1.0.3 example.org GET 404 12 22
"""


def steps(page: str) -> list[tuple[str, str]]:
    """Commands with what is printed behind them."""
    found = []
    for block in BLOCK.findall((ROOT / f"docs/{page}.md").read_text()):
        for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
            command, _, answer = part.partition("\n")
            found.append((command, answer))
    return found


def same(text: str) -> list[str]:
    """Lines without what differs from run to run: numbers, times, pseudonyms, widths."""
    lines = []
    for line in text.splitlines():
        line = re.sub(r"\b[upim]\d+-[a-z2-7]+…?", "PSEUDONYM", line)
        line = re.sub(r"\d{4}-\d\d-\d\dT[0-9:.]+Z", "TIME", line)
        line = " ".join(line.split())
        if line:
            lines.append(line)
    return lines


def numberless(lines: list[str]) -> list[str]:
    return [re.sub(r"\d+", "N", line) for line in lines]


@pytest.fixture
def place(tmp_path):
    """A folder with logs as the pages name them, and a home beside it that has read them."""
    (tmp_path / "archives").mkdir()
    (tmp_path / "archives/a.log").write_text(LOG)
    generate(tmp_path / "proxy-2026-11-01.log.zst", "w3c", "64KiB", seed=1, codec="zstd")
    (tmp_path / "sanitised").mkdir()
    return tmp_path


def run(place, command: str) -> subprocess.CompletedProcess:
    """A line as a shell would run it, with our program as `logveil`."""
    env = environment() | {"LOGVEIL_HOME": str(place / "home")}
    bin = place / "bin"
    if not bin.exists():
        bin.mkdir()
        (bin / "logveil").symlink_to(LOGVEIL)
    env["PATH"] = f"{bin}:{env['PATH']}"
    return subprocess.run(
        ["bash", "-c", command], cwd=place, env=env, capture_output=True, text=True, timeout=60,
        stdin=subprocess.DEVNULL)


@pytest.mark.parametrize("page", PAGES)
def test_commands_answer_as_the_page_says(place, page):
    if page == "exclusions":
        run(place, "printf 'group,user\\npilot,anna\\n' | logveil group import -")
    if page in ("privacy", "activities"):
        # What the page takes for granted: a log that was read before.
        assert run(place, "logveil run --activities --progress off archives").returncode == 0
    done = steps(page)
    assert done
    for command, answer in done:
        if command.startswith("cat "):
            (place / command.split()[1]).write_text(answer)
            continue
        result = run(place, command)
        assert result.returncode == 0, (command, result.stderr)
        said = same(result.stdout) + same(result.stderr)
        for line in same(answer):
            told = line in said or numberless([line])[0] in numberless(said)
            assert told, f"{command}\nsaid: {said}\nnot: {line}"


def test_another_program_reads_private_activities_by_the_page(place):
    """The Python of docs/privacy.md, with the path of a home of ours."""
    for command in [
        "printf 'group,user\\nboard,anna\\n' | logveil group import -",
        "logveil privacy add board",
        "logveil run --activities --progress off archives",
    ]:
        assert run(place, command).returncode == 0
    (code,) = PYTHON.findall((ROOT / "docs/privacy.md").read_text())
    code = code.replace("/srv/logveil", str(place / "home")).replace(
        'duckdb.execute("SELECT', 'print(duckdb.execute("SELECT')
    code = code.rstrip() + ".fetchall())\n"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip() == "[(1,)]"
