"""Names of classes as they are given: tidy, short enough, and each another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.names import distinct_names
from engine.experiment.settings import LONGEST_NAME

LONG = "a long name that begins as another one does"


@pytest.mark.parametrize(
    ("names", "taken", "given_names"),
    [
        (["cat", "dog"], [], ("cat", "dog")),
        (["cat", "\x07"], [], ("cat", None)),
        (["cat", "cat\x07"], [], ("cat", "cat 2")),
        (["cat"], ["cat"], ("cat 2",)),
        (["x" * 40], [], ("x" * 40,)),
        (["x" * 41], [], ("x" * 39 + "…",)),
        (["x" * 41, "x" * 42], [], ("x" * 39 + "…", "x" * 37 + "… 2")),
        (["x" * 41, "x" * 39 + "…"], [], ("x" * 37 + "… 2", "x" * 39 + "…")),
        ([f"{LONG}, 1", f"{LONG}, 2"], [], (f"{LONG[:38]}…", f"{LONG[:37]}… 2")),
    ],
)
def test_names_are_cut_and_numbered(names, taken, given_names):
    assert distinct_names(names, taken) == given_names


@given(st.lists(st.text("ab …2", max_size=44), max_size=10), st.lists(st.text("ab", max_size=2), max_size=3))
def test_names_are_always_distinct_and_never_too_long(names, taken):
    found = [name for name in distinct_names(names, taken) if name is not None]
    assert len({*found, *taken}) == len(found) + len({*taken})
    assert all(name == name.strip() and 0 < len(name) <= LONGEST_NAME for name in found)
