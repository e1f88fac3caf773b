"""What a table proposes for the axes: round ends around the points, names and units of its columns."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.framing import fitting_extent, near_others, propose_frame, round_ends, split_name
from engine.data.tables import Text
from engine.data.tables.reader import CsvReader
from engine.data.tables.reading import guess_reading
from engine.experiment import ExperimentError, Points, default_experiment, edit_many
from engine.experiment.frame import DEFAULT_EXTENT, Frame
from engine.experiment.settings import AxisSettings


def frame_of(text: str, task: str = "classification") -> Frame:
    table = Text.of(text)
    reading = guess_reading(table, task)
    reader = CsvReader(table, reading)
    reader.finish()
    return propose_frame(reader.result(), reading)


@pytest.mark.parametrize(
    ("heading", "name", "unit"),
    [
        ("height (cm)", "height", "cm"),
        ("height [cm]", "height", "cm"),
        ("sepal length (cm)", "sepal length", "cm"),
        ("Petal.Length", "Petal Length", None),
        ("body_mass_g", "body mass g", None),
        ("flipper_length_mm", "flipper length", "mm"),
        ("speed / km/h", "speed", "km/h"),
        ("income in €", "income", "€"),
        ("(cm)", "(cm)", None),
        ("made in", "made in", None),
        ("a_m", "a m", None),
        ("Zeit\t(s)", "Zeit", "s"),
        ("", None, None),
        ("ratio (of something that is far too long)", "ratio (of something that is far too long", None),
    ],
)
def test_a_heading_says_name_and_unit(heading: str, name: str | None, unit: str | None) -> None:
    assert split_name(heading) == AxisSettings(name=name, unit=unit)


@given(st.text(max_size=80))
def test_any_heading_makes_axes_that_a_document_may_have(heading: str) -> None:
    try:
        heading.encode()
    except UnicodeEncodeError:
        return
    edit_many(default_experiment(), {"data.axes.x": split_name(heading)})


def table(rows: np.ndarray) -> str:
    lines = (f"{x!r},{y!r},{k % 2}" for k, (x, y) in enumerate(rows.tolist()))
    return "age,income,class\n" + "\n".join(lines) + "\n"


def test_far_outliers_do_not_widen_the_axes() -> None:
    rng = np.random.default_rng(0)
    rows = np.column_stack((rng.uniform(20, 80, 200), rng.normal(3000, 400, 200)))
    plain = frame_of(table(rows)).extent
    rows[17, 1] = 9.9e8
    rows[18, 0] = -9999.0
    extent = frame_of(table(rows)).extent
    assert extent.x == pytest.approx(plain.x, abs=10)
    assert extent.y == pytest.approx(plain.y, abs=500)


@pytest.mark.parametrize("far", [11, 20])
def test_what_many_points_share_belongs_to_the_data(far: int) -> None:
    rows = np.column_stack((np.linspace(20, 80, 200), np.linspace(0, 10, 200)))
    rows[:far, 1] = 1000.0
    assert frame_of(table(rows)).extent.y[1] > 1000


def test_without_a_spread_or_among_few_nothing_is_an_outlier() -> None:
    assert near_others(np.array([1.0, 1, 1, 1e9])).all()
    assert near_others(np.array([1.0] * 99 + [5.0])).all()
    assert near_others(np.array([-1e100] * 10 + [0.0] * 10 + [1e100] * 10)).all()
    assert near_others(np.zeros(0)).all()


@given(st.lists(st.floats(-1e100, 1e100), min_size=1, max_size=5))
def test_round_ends_hold_all_values_and_are_an_extent(values: list[float]) -> None:
    low, high = round_ends(np.array(values))
    assert low < high
    assert max(low, -1e100) <= min(values)
    assert max(values) <= min(high, 1e100)
    try:
        edit_many(default_experiment(), {"data.extent.x": (low, high)})
    except ExperimentError as error:
        raise AssertionError(values) from error


@pytest.mark.parametrize(
    ("values", "ends"),
    [
        ([1.0, 6.9], (0.5, 7.5)),
        ([1951, 2023], (1945, 2030)),
        ([0.0, 1e9], (-1e8, 1.1e9)),
        ([-1e-9, 1e-9], (-1.2e-9, 1.2e-9)),
        ([0.1, 2.5], (0.0, 2.6)),
        ([7.0], (6.3, 7.7)),
        ([0.0], (-1, 1)),
    ],
)
def test_ends_are_round(values: list[float], ends: tuple[float, float]) -> None:
    assert round_ends(np.array(values)) == pytest.approx(ends, rel=1e-12)


def test_columns_name_the_axes_and_roles_do_not() -> None:
    iris = frame_of("petal length (cm),petal width (cm),species\n1.4,0.2,a\n4.7,1.4,b\n6,2.5,c\n")
    assert iris.axes.x == AxisSettings(name="petal length", unit="cm")
    assert iris.extent.x == (1.0, 6.5)
    plain = frame_of("x1,x2,class\n1,2,0\n-5,5,1\n")
    assert plain == Frame()
    far = frame_of("x1,x2,class\n1,2,0\n-50,5,1\n")
    assert far.axes.x == AxisSettings()
    assert far.extent.x[0] < -50
    assert frame_of("time,temperature\n(s),(K)\n0,270\n10,300\n20,290\n", "curve").axes.y == AxisSettings(
        name="temperature", unit="K"
    )


def test_values_of_a_surface_have_ends_of_their_own_around_zero_where_they_have_both_signs() -> None:
    xy = [[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]]
    for values, ends in (
        ([0.0, 0.5, -1.0], (-1, 1)),
        ([280, 290, 300], (278, 302)),
        ([-3, 1, 10], (-11, 11)),
        ([0.0, 0.001, 0.002], (-0.0002, 0.0022)),
    ):
        assert fitting_extent(Points(xy, values), "surface").value == pytest.approx(ends)
    assert fitting_extent(Points.empty(), "surface") == DEFAULT_EXTENT
