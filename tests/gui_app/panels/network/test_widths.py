import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui_app.panels.network.widths import format_widths, parse_widths


@given(st.lists(st.integers(1, 512), max_size=64))
def test_what_is_written_is_read_again(widths):
    assert parse_widths(format_widths(widths)) == tuple(widths)


@pytest.mark.parametrize(
    ("text", "widths"),
    [
        ("20×8", (8,) * 20), ("3x8", (8,) * 3), ("2 * 8, 4", (8, 8, 4)), ("8, 8, 8", (8, 8, 8)), ("", ()), (" ", ()),
        ("16;8", (16, 8)), ("4 3 2", (4, 3, 2)), ("8,", None), ("8×", None), ("×8", None), ("eight", None), ("0", None),
        ("513", None), ("65×8", None), ("40×8, 40×4", None), ("-3", None), ("999999999999×8", None),
    ],
)  # fmt: skip
def test_forms(text, widths):
    if widths is None:
        with pytest.raises(ValueError, match=r"width|neurons|layers"):
            parse_widths(text)
    else:
        assert parse_widths(text) == widths


def test_many_alike_are_short():
    assert format_widths([8] * 20 + [4, 4]) == "20×8, 4, 4"
