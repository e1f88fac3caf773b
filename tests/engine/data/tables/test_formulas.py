"""Names that look like formulas reach a spreadsheet as text, and come back as they were."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.data import points_from_text, points_to_text, read_csv
from engine.data.numbers import is_number
from engine.data.tables.formulas import guarded
from engine.data.tables.labels import read_label, written_labels
from engine.experiment import Points

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
NAMES = st.text("=+-@'\"aé1.,; ", min_size=1, max_size=6)


@given(text=st.one_of(NAMES, st.text(max_size=10)))
def test_any_text_comes_back_and_is_no_formula(text: str) -> None:
    written = written_labels([text])[text]
    assert read_label(written) == text
    assert read_label(guarded(text)) == text
    assert not written.startswith(DANGEROUS) or is_number(written)


@pytest.mark.parametrize(
    "names",
    [
        ("=1+1", "red"),
        ("@SUM(A1)", "+a"),
        ("'=x", "=x"),
        ("'a'", "'b"),
        ("-a", "-1.5"),
        ('=HYPERLINK("x",1)', "b"),
    ],
)
def test_class_names_are_written_as_text_and_read_back(names: tuple[str, str]) -> None:
    points = Points([[0.5, -1.5], [2.0, -3.0], [4.0, 1.0]], [0.0, 1.0, 1.0])
    text = points_to_text(points, "classification", names)
    fields = [row[2] for row in csv.reader(io.StringIO(text))]
    assert all(not field.startswith(DANGEROUS) or is_number(field) for field in fields)
    assert "-1.5" in text, "numbers stay numbers"
    assert points_from_text(text, "classification", names) == points
    assert {*read_csv(text, "classification").class_names} == {*names}


@settings(max_examples=60)
@given(first=NAMES, second=NAMES)
def test_any_two_names_come_back(first: str, second: str) -> None:
    # With an apostrophe at its end or before a delimiter, a text may be taken for a quoted one.
    names = (
        first.replace("'", "").replace(";", "").strip(),
        second.replace("'", "").replace(";", "").strip(),
    )
    assume(all(names) and names[0] != names[1] and not any(map(is_number, names)))
    points = Points(np.arange(12.0).reshape(6, 2), [0.0, 1.0, 1.0, 0.0, 1.0, 0.0])
    text = points_to_text(points, "classification", names)
    assert points_from_text(text, "classification", names) == points
