"""Shared by the tests of the main job: where the programs are, and fresh homes."""

import pathlib

import pytest

from browsing import browser, opened  # noqa: F401, fixtures
from support import LOGVEIL, LOGGEN, Home


def pytest_configure(config):
    missing = [str(path) for path in (LOGVEIL, LOGGEN) if not path.is_file()]
    if missing and not config.option.collectonly:
        pytest.exit(
            f"not built: {', '.join(missing)}; run swift build -c release, or set LOGVEIL_BIN "
            "and LOGGEN_BIN", returncode=2)


@pytest.fixture
def home(tmp_path) -> Home:
    """A home that is not there yet."""
    return Home(tmp_path / "home")


@pytest.fixture(scope="session")
def logs(tmp_path_factory) -> pathlib.Path:
    """A folder for generated logs that several tests read and none changes."""
    return tmp_path_factory.mktemp("logs")
