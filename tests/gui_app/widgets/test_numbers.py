import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.numbers import read_number
from gui_app.widgets.numbers import format_number, format_percent


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"), (0.003, "0.003"), (1e-5, "1e-5"), (1.25e-6, "1.25e-6"), (0.0001, "0.0001"), (0.5, "0.5"), (10, "10"),
        (1284, "1,284"), (1234.56, "1,235"), (-0.25, "-0.25"), (1e9, "1,000,000,000"), (0.1 + 0.2, "0.3"),
    ],
)  # fmt: skip
def test_numbers_are_compact(value, text):
    assert format_number(value) == text


@given(st.floats(-1e12, 1e12, allow_subnormal=False))
def test_what_is_written_can_be_read_again(value):
    assert read_number(format_number(value), ".") == pytest.approx(value, rel=6e-4)


def test_shares_are_shown_in_per_cent():
    assert format_percent(0.1) == "10 %"
    assert format_percent(0.125) == "12.5 %"
