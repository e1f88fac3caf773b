"""Points as text for the clipboard."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data import CsvError, points_from_text, points_to_text
from engine.data.tables import COLUMNS
from engine.experiment import Points
from tests.engine.data.strategies import arrays_of, bits

NAMES = tuple(f"{word}, {number}" for number, word in enumerate("zyxwvutsrq"))
CASES = st.sampled_from(list(COLUMNS)).flatmap(lambda task: st.tuples(st.just(task), arrays_of(task)))


@given(CASES, st.sampled_from([(), NAMES, tuple("9876543210"), ("nan", "1e3", "1_0", *NAMES[3:])]))
def test_text_comes_back_to_the_bit(case: tuple[str, Points], names: tuple[str, ...]) -> None:
    task, points = case
    if len(points):
        assert bits(points_from_text(points_to_text(points, task, names), task, names)) == bits(points)


def test_names_stand_for_classes() -> None:
    points = Points([[1, 2], [3, 4]], [1, 0])
    text = points_to_text(points, "classification", ("cat", "dog"))
    assert text == "x1,x2,class,split\n1.0,2.0,dog,training\n3.0,4.0,cat,training\n"
    assert points_from_text(text, "classification", ("dog", "eel", "cat")).target.tolist() == [0, 2]


def test_cells_of_a_spreadsheet() -> None:
    points = points_from_text("1,5\t2\ta\n3\t4\tb\n", "classification", classes=2)
    assert points.xy.tolist() == [[1.5, 2], [3, 4]]
    assert points.counts() == (2, 0, 0)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "found an empty file"),
        ("hello", "expected 3 columns"),
        ("1,2,a\n1,2,b\n1,2,c\n", "the text has 3 classes and the data 2; add classes first"),
    ],
)
def test_what_is_no_text_of_points_is_refused(text: str, words: str) -> None:
    with pytest.raises(CsvError, match=words):
        points_from_text(text, "classification", classes=2)
