"""The frame of the data in the document: extents, names, units, aspect."""

from __future__ import annotations

from math import isclose
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.catalogue.input_scalings import INPUT_SCALINGS
from engine.catalogue.tasks import TASKS
from engine.data import resolve_points
from engine.data.axes import Axes
from engine.data.framing import fitting_extent
from engine.experiment import (
    FORMAT,
    ExperimentError,
    Points,
    default_experiment,
    dumps,
    edit_many,
    from_json,
    get,
    loads,
    switch_generator,
    switch_task,
)
from engine.experiment.frame import Frame, axis_text, axis_texts, has_frame, quantity_text, without_frame
from engine.network import EncodedData
from engine.observation.diagnosis import DataFacts

IRIS: dict[str, Any] = {
    "data.extent.x": [0, 8],
    "data.axes.x": {"name": "Petal length", "unit": "cm"},
    "data.aspect": "equal",
}


def test_a_document_without_a_frame_has_the_default_one_and_each_key_may_be_left_out() -> None:
    data = from_json(
        {"format": FORMAT, "data": {"extent": {"y": [0, 3]}, "axes": {"y": {"unit": "kg"}}}}
    ).data
    assert (data.extent.x, data.extent.y, data.extent.value) == ((-6.0, 6.0), (0.0, 3.0), (-1.0, 1.0))
    assert (data.axes.x.name, data.axes.y.name, data.axes.y.unit) == (None, None, "kg")
    assert data.aspect == "free"
    assert not has_frame(default_experiment().data)
    assert has_frame(data)
    assert without_frame(data) == default_experiment().data


def test_it_is_edited_by_path_and_saved() -> None:
    edited = edit_many(default_experiment(), IRIS)
    assert get(edited, "data.extent.x.1") == 8.0
    assert get(edited, "data.axes.x.name") == "Petal length"
    assert loads(dumps(edited)) == edited


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        ("data.extent.x", [6, 6], "the first number, the low end, must be below the second, not 6 and 6"),
        ("data.extent.y", [3, -3], "the first number, the low end, must be below the second, not 3 and -3"),
        ("data.extent.x", [1e9, 1e9 + 1e-6], "the ends must differ by more than rounding does"),
        ("data.extent.x", [0, 5e-324], "the ends must be at least 1e-100 apart, not 0 and 4.94066e-324"),
        ("data.extent.y", [0, 1e-308], "the ends must be at least 1e-100 apart, not 0 and 1e-308"),
        ("data.extent.value", [-1e-200, 1e-200], "the ends must be at least 1e-100 apart"),
        ("data.extent.value", [0], "expected a list of length 2"),
        ("data.extent.value", [0, 1e101], "expected a number of at most 1e+100"),
        ("data.axes.x.name", "", "expected text of length at least 1"),
        ("data.axes.y.unit", " cm", "a unit must not begin or end with a blank: ' cm'"),
        ("data.axes.value.unit", "a" * 21, "expected text of length at most 20"),
        ("data.aspect", "1:1", "expected 'free' or 'equal', not '1:1'"),
    ],
)
def test_what_is_no_frame_is_refused_with_its_path(path: str, value: object, sentence: str) -> None:
    with pytest.raises(ExperimentError, match="^" + path.replace(".", r"\.")) as refused:
        edit_many(default_experiment(), {path: value})
    assert sentence in str(refused.value)


@pytest.mark.parametrize("path", ["data.axes.x.name", "data.axes.value.unit"])
@pytest.mark.parametrize(
    "sign", "\x00\x7f\x85\u00ad\u200b\u200f\u2028\u2029\u202a\u202e\u2060\u2066\ufeff\ufff9"
)
def test_a_name_is_what_it_looks_like(path: str, sign: str) -> None:
    """No sign breaks the line, turns the direction of what follows, or cannot be seen."""
    with pytest.raises(ExperimentError, match="without control characters and invisible ones, not"):
        edit_many(default_experiment(), {path: f"a{sign}b"})


@pytest.mark.parametrize("name", ["Größe", "長さ", "a\u0301", "👩\u200d🔬", "می\u200cخواهم"])
def test_a_name_may_be_in_any_language(name: str) -> None:
    assert get(edit_many(default_experiment(), {"data.axes.x.name": name}), "data.axes.x.name") == name


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("low", [0.0, -5e-324, 1e-305, 2e-100])
@pytest.mark.parametrize("width", [0.0, 5e-324, 1e-308, 1e-101, 1e-99])
def test_axes_that_fit_points_close_together_are_allowed(low: float, width: float) -> None:
    points = Points([[low, low], [low + width] * 2], [low, low + width])
    extent = fitting_extent(points, "surface")
    edit_many(switch_task(default_experiment(), "surface"), {"data.extent": extent})
    axes = Axes.of_extent(extent)
    for found in (axes, Axes.fitted(points.xy)):
        assert np.isfinite(1 / found.units).all()
        assert (abs(found.to_sheet(points.xy)) <= 6).all()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("scaling", INPUT_SCALINGS)
def test_points_far_outside_of_a_tiny_extent_are_infinitely_far(task: str, scaling: str) -> None:
    """No step from the data to training and to what is known of them warns of an overflow."""
    start = default_experiment()
    start = start if task == "classification" else switch_task(start, task)
    points = resolve_points(start.data)
    far = -1e100 if task == "curve" else 0.0
    points = Points([*points.xy, [1e100, -1e100]], [*points.target, far], [*points.split, 0])
    ends = {"data.extent.x": [0, 1e-99], "data.extent.y": [0, 1e-99]}
    found = edit_many(start, {"data.points": points, **ends, "lanes.0.network.input_scaling": scaling})
    assert len(EncodedData.of(found.lanes[0], points, found.data).inputs) == len(points)
    assert DataFacts.of(found, points).baseline(found.lanes[0]) > 0.0


def test_another_generator_and_another_task_have_the_default_frame() -> None:
    framed = edit_many(default_experiment(), IRIS)
    assert not has_frame(switch_generator(framed, "moons").data)
    assert not has_frame(switch_task(framed, "curve").data)
    # The same generator again keeps what was edited for its points, unless it takes the place of others.
    assert Frame.of(switch_generator(framed, "spiral").data) == Frame.of(framed.data)
    imported = edit_many(framed, {"data.points": [[1, 2, 0, "training"]]})
    assert not has_frame(switch_generator(imported, "spiral").data)


def test_axes_say_name_and_unit_or_the_symbol_of_the_task() -> None:
    assert axis_texts(edit_many(default_experiment(), IRIS).data) == ("Petal length (cm)", "x₂", "value")
    assert axis_texts(switch_task(default_experiment(), "curve").data) == ("x", "y", "y")
    assert axis_text("", "") == ""
    assert axis_text(None, "cm") == "cm"


@given(st.floats(-1e90, 1e90), st.floats(1e-90, 1e90))
def test_a_quantity_is_right_to_a_thousandth_of_its_span(value: float, share: float) -> None:
    span = max(abs(value), 1e-90) * min(max(share, 1e-6), 1e6)
    read = float(quantity_text(value, None, span).replace("−", "-"))
    assert abs(read - value) <= 0.51e-3 * span + 1e-15 * abs(value)
    assert isclose(float(quantity_text(value).replace("−", "-")), value, rel_tol=0.51e-2)
