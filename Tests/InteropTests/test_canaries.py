"""The proof that nothing leaks, with some thousand names; `scripts/canaries` takes a million."""

import pytest

from canaries import Canaries, name


@pytest.fixture(scope="module")
def canaries(tmp_path_factory):
    canaries = Canaries(tmp_path_factory.mktemp("canaries"), 5000)
    canaries.fill()
    return canaries


def test_names_differ():
    assert len({name(number) for number in range(50_000)}) == 50_000


def test_nothing_leaks(canaries):
    found = canaries.search()
    assert found["users_found"] == 0, found["found"]
    assert found["names"] >= 5000


def test_planted_leaks_of_each_kind_are_found(canaries):
    assert canaries.missed() == []
