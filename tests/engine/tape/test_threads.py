"""How many threads native code may use."""

import os

import pytest

from engine.tape.threads import THREADS, processors


@pytest.mark.parametrize(("text", "most"), [("1", 1), ("100000", None), ("0", 1), ("many", None), ("", None)])
def test_a_variable_bounds_them(monkeypatch: pytest.MonkeyPatch, text: str, most: int | None):
    monkeypatch.delenv(THREADS, raising=False)
    there = processors()
    assert 1 <= there <= (os.cpu_count() or 1)
    monkeypatch.setenv(THREADS, text)
    assert processors() == (most or there)
