"""Damaged exports of every kind: each is read with every row accounted for, or refused in one line."""

from __future__ import annotations

import pytest

from tests.fuzz import families, running

COUNT = 3000


@pytest.mark.stress
@pytest.mark.parametrize("family", sorted(families.FAMILIES))
def test_damaged_files_are_read_or_refused(family: str) -> None:
    found = running.together(family, COUNT, 1, 2)
    print(found.line())
    assert found.files == COUNT and found.read > 0 and found.refused > 0
    assert not found.failures, f"{found.failures[:5]}; the files are in {running.failures()}"
