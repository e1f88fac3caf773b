"""One table of numbers as people write them, and what a field, a column and a single text make of each."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from engine.data.conventions import Convention, Signs
from engine.data.numbers import NumberError, Typed, format_plain, is_number, read_number, read_typed, readings


@dataclass(frozen=True)
class Column:
    """``values`` are NaN where ``problems`` (place → one sentence) says why there is none."""

    values: NDArray[np.float64]
    convention: Convention
    problems: dict[int, str]


def read_column(
    texts: list[str], convention: Convention | None = None, beside: Sequence[Signs] = (), name: str = ""
) -> Column:
    """The numbers of a whole column as tables read them: by one convention, which its texts and others tell."""
    convention = convention or Convention.of(Signs.of(texts), beside)
    values, problems = np.full(len(texts), np.nan), {}
    for place, text in enumerate(texts):
        try:
            values[place] = read_number(text, convention.decimal, name)
        except NumberError as error:
            problems[place] = str(error)
    return Column(values, convention, problems)


CERTAIN = {
    # decimal point and comma
    "3": 3, "0": 0, "007": 7, "0.5": 0.5, "0,5": 0.5, ".5": 0.5, ",5": 0.5, "5.": 5, "5,": 5, "+2.25": 2.25,
    "0.125": 0.125, "0,001": 0.001, "0,005": 0.005, "0,125": 0.125, "-0,250": -0.25,
    "00,125": 0.125, "12,5": 12.5, "1,2345": 1.2345,
    "1234,567": 1234.567, "1234.567": 1234.567,
    # groups of three
    "1.234,5": 1234.5, "1,234.5": 1234.5, "1,234,567": 1234567, "1.234.567": 1234567, "12.345.678,9": 12345678.9,
    "1 284": 1284, "1\u202f284": 1284, "1\u00a0284,5": 1284.5, "1\u2009284.5": 1284.5,
    "1'284": 1284, "1’284,25": 1284.25,
    "1_000": 1000, "1_000_000.5": 1000000.5, "0.000 1": 0.0001, "1,234 567": 1.234567, "3.141 592 65": 3.14159265,
    "12,34,567": 1234567, "1,23,456.5": 123456.5,
    # minus signs and blanks
    "-2": -2, "−2": -2, "–2,5": -2.5, "- 3": -3, " 3\t": 3, "\u00a0−0,5\u00a0": -0.5, "－2": -2,
    # exponents
    "1e-3": 0.001, "1E-3": 0.001, "1,5e-3": 0.0015, "1e−3": 0.001, "2.5e+10": 2.5e10, "1·10^-3": 0.001, "1·10⁻³": 0.001,
    "2,5 × 10^-4": 2.5e-4, "3*10**2": 300, "3x10^2": 300, "10^-3": 0.001, "10⁻³": 0.001, "-10^2": -100,
    "1.284e3": 1284, "1,284e3": 1284, "1.000e+00": 1,
    # per cent
    "25 %": 0.25, "25%": 0.25, "12,5 %": 0.125, "0.1\u202f%": 0.001, "7 ％": 0.07,
    # digits of other scripts
    "１２": 12, "٣": 3,
}  # fmt: skip
"""Texts with one meaning."""
OPEN = {
    "1,284": (1284, 1.284), "1.284": (1.284, 1284), "-12,500": (-12500, -12.5), "999.000": (999, 999000),
    "1,000 %": (10, 0.01),
}  # fmt: skip
"""Texts with two meanings: with a decimal point and with a decimal comma."""
NONE = (
    "", " ", "x", "1 2", "1_0", "1__000", "_1", "1_", "0,001,000", "12,345,67", "1,2,3", "1.2.3", "1.234.567,8.9",
    "1,234.567 8 9", "01,234.5", "1''000", "0x10", "1e", "e5", "e", "--1", "+-1", "1-", "%", "5 %%", "€ 5", "5 kg",
    "12:30", "2024-01-02", "²", "1/3", "(3)", "1.5.", "1e1.5", "True", "None", "10^", "ten", "1" * 2000,
)  # fmt: skip


@pytest.mark.parametrize(("text", "value"), CERTAIN.items())
def test_a_text_with_one_meaning_has_it_everywhere(text: str, value: float) -> None:
    assert set(readings(text).values()) == {value}
    assert read_typed(text).value == value
    assert read_typed(text).note == ""
    assert [read_number(text, decimal) for decimal in (".", ",", "")] == [value] * 3


@pytest.mark.parametrize(("text", "values"), OPEN.items())
def test_a_text_with_two_meanings_takes_the_columns(text: str, values: tuple[float, float]) -> None:
    assert tuple(readings(text)[sign] for sign in ".,") == values
    assert (read_number(text, "."), read_number(text, ",")) == values
    with pytest.raises(NumberError, match=r"“.+” for x1 may mean \S+ or \S+; say which is the decimal sign"):
        read_number(text, "", "x1")


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_number_is_refused_in_a_sentence(text: str) -> None:
    assert not is_number(text)
    with pytest.raises(NumberError, match=r"^expected a number but found \S"):
        read_typed(text)
    with pytest.raises(NumberError, match=r"^expected a number for x2 but found \S"):
        read_number(text, ".", "x2")


@pytest.mark.parametrize("text", ["nan", "NaN", "inf", "-Infinity", "1e400", "-1e999 %"])
def test_numbers_that_are_not_finite_are_known_and_refused(text: str) -> None:
    assert is_number(text)
    with pytest.raises(NumberError, match=rf"expected a finite number for y but found “{re.escape(text)}”"):
        read_number(text, ".", "y")
    with pytest.raises(NumberError, match="expected a finite number but found"):
        read_typed(text)


def test_a_field_tells_how_it_understood_a_comma_before_three_digits() -> None:
    assert read_typed("1,284") == Typed(1284, "“1,284” is read as 1284; for 1.284 write a point")
    assert read_typed("1,284", whole=True, high=100_000) == Typed(1284)
    assert read_typed("1.284") == Typed(1.284)


@pytest.mark.parametrize(("text", "limits"), [("1,500", {"high": 100}), ("-1,500", {"low": 0})])
def test_a_field_refuses_to_guess(text: str, limits: dict[str, float]) -> None:
    with pytest.raises(NumberError, match=r"“-?1.500” may mean -?1500 or -?1\.5; type one of these"):
        read_typed(text, **limits)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "high", "way_out"),
    [
        ("1.284", 5000, "; type 1284 or 1"),
        ("1.500", 512, "; type 2"),
        ("1,500", 512, " from 0 to 512; type 2"),
        ("1.284", 0, " from 0 to 0"),
    ],
)
def test_a_field_of_whole_numbers_offers_those_it_takes(text: str, high: float, way_out: str) -> None:
    with pytest.raises(NumberError) as refused:
        read_typed(text, whole=True, low=0, high=high)
    assert str(refused.value) == f"“{text}” is not a whole number{way_out}"


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_what_python_writes_is_read_to_the_bit(value: float) -> None:
    assert np.float64(read_number(repr(value), ".")).tobytes() == np.float64(value).tobytes()
    assert read_number(repr(value).replace(".", ","), ",") == value


@given(
    st.integers(-(10**14), 10**14),
    st.integers(0, 9999),
    st.sampled_from([".,", ",.", " ,", "'.", "_.", "\u202f,"]),
)
def test_groups_and_decimals_of_any_size(whole: int, fraction: int, signs: str) -> None:
    group, decimal = signs
    text = f"{whole:,}".replace(",", group) + decimal + str(fraction)
    assert read_number(text, decimal) == float(f"{whole}.{fraction}")


@given(st.text("0123456789.,' _-+e%·^10−⁻³ ", max_size=12))
def test_any_text_is_read_or_refused(text: str) -> None:
    found = readings(text)
    assert set(found) <= {".", ","}
    try:
        value = read_typed(text).value
    except NumberError:
        assert not found or not all(map(math.isfinite, found.values()))
    else:
        assert value in found.values()


@given(st.floats(-1e20, 1e20))
def test_the_shortest_text_is_exact(value: float) -> None:
    assert float(format_plain(value)) == value
    assert "," not in format_plain(value)


COLUMNS = {
    "beside a decimal point": (["1,234", "950", "2,001"], ["0.5", "1.5", "2.25"], [1234, 950, 2001], "beside"),
    "beside a decimal comma": (["1.500", "2.250", "950"], ["0,5", "1,5", "2,25"], [1500, 2250, 950], "beside"),
    "both signs": (["1.500,25", "1.500", "3"], [], [1500.25, 1500, 3], "seen"),
    "a comma that no group can have": (["0,125", "1,284", "-2,500"], [], [0.125, 1.284, -2.5], "seen"),
    "a comma before two digits": (["12,34", "1,284"], ["0.5"], [12.34, 1.284], "seen"),
    "three decimals of a program": (["1.284", "2.001"], [], [1.284, 2.001], "assumed"),
    "several groups": (["1,234,567", "1,284"], [], [1234567, 1284], "seen"),
    "no sign at all": (["1", "2"], ["0,5"], [1, 2], "plain"),
    "Swiss": (["1'284", "2'000.5"], [], [1284, 2000.5], "seen"),
    "one slip among many": (["0.5"] * 30 + ["0,5", "1,284"], [], [0.5] * 31 + [1284], "seen"),
}  # fmt: skip


@pytest.mark.parametrize(("texts", "beside", "values", "why"), COLUMNS.values(), ids=COLUMNS)
def test_a_column_is_weighed_as_a_whole(
    texts: list[str], beside: list[str], values: list[float], why: str
) -> None:
    column = read_column(texts, beside=[Signs.of(beside)] if beside else [])
    assert column.values.tolist() == values
    assert column.convention.why == why
    assert not column.problems


@pytest.mark.parametrize(
    ("texts", "beside"),
    [
        (["1,284", "2,001", "950"], []),
        (["1,284"], ["a", "b"]),
        (["0.5", "0,5", "1.284"], []),
        (["1.284"], ["0,5", "0.5"]),
    ],
)
def test_a_column_that_does_not_tell_is_asked_about(texts: list[str], beside: list[str]) -> None:
    column = read_column(texts, beside=[Signs.of([text]) for text in beside], name="x1")
    assert column.convention.why == "open"
    assert column.convention.describe().endswith("choose the decimal sign")
    for place, text in enumerate(texts):
        twofold = len(set(readings(text).values())) > 1
        assert math.isnan(column.values[place]) == twofold
        assert (place in column.problems) == twofold
    for decimal in (".", ","):
        told = read_column(texts, Convention(decimal, "chosen"))
        assert not told.problems
        assert told.values.tolist() == [read_number(text, decimal) for text in texts]


def test_a_column_names_what_it_refuses() -> None:
    column = read_column(["1,5", "x", "nan", "2,25"], name="y")
    assert column.values[[0, 3]].tolist() == [1.5, 2.25]
    assert column.problems == {
        1: "expected a number for y but found “x”",
        2: "expected a finite number for y but found “nan”",
    }


@pytest.mark.parametrize(
    ("texts", "beside", "words"),
    [
        (["1", "2"], "", ""),
        (["0.5"], "", "decimal point, as in “0.5”"),
        (["1.500", "2"], "0,5", "decimal comma, as in “0,5” beside it: “1.500” is read as 1500"),
        (["1.500"], "", "decimal point: “1.500” is read as 1.5"),
        (["1,284"], "", "“1,284” may mean 1284 or 1.284: choose the decimal sign"),
        (["50 %", "2 %"], "", "percentages are read as shares, 50 % as 0.5"),
    ],
)
def test_a_convention_says_itself_in_words(texts: list[str], beside: str, words: str) -> None:
    assert read_column(texts, beside=[Signs.of([beside])]).convention.describe() == words


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30), st.sampled_from([".", ","]))
def test_a_column_of_any_numbers_comes_back_or_is_asked_about(values: list[float], decimal: str) -> None:
    texts = [repr(value).replace(".", decimal) for value in values]
    column = read_column(texts)
    known = [place for place in range(len(texts)) if place not in column.problems]
    assert [column.values[place] for place in known] == [values[place] for place in known]
    assert (column.convention.why == "open") == bool(column.problems)
