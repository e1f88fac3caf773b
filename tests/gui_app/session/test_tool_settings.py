import pytest

from engine.experiment import Points
from gui_app.canvas import ToolSettings
from gui_app.panels.data.tool_options import NUMBERS


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: number.name)
def test_numbers_begin_at_their_defaults_and_stay_in_range(number):
    """Those of the slider that shows them."""
    settings, limits = ToolSettings(), (number.parameter.low, number.parameter.high)
    assert number.read(settings) == number.parameter.default
    assert number.name == number.parameter.key
    for asked, got in ((-1e9, limits[0]), (1e9, limits[1]), (sum(limits) / 2, sum(limits) / 2)):
        number.write(settings, asked)
        assert number.read(settings) == got


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tool", "eraser"),
        ("radius", 1.0),
        ("density", 30.0),
        ("class_index", 3),
        ("value", -0.5),
        ("rate", 100.0),
        ("soft", True),
        ("scatter", 0.5),
        ("strength", 2.0),
        ("split", 2),
        ("lasso", True),
        ("shown", {0, 2}),
    ],
)
def test_a_change_is_told_once(qtbot, name, value):
    settings = ToolSettings()
    told = []
    settings.changed.connect(lambda: told.append(getattr(settings, name)))
    setattr(settings, name, value)
    setattr(settings, name, value)
    assert told == [value]


def test_notches_scale_the_radius_and_back():
    settings = ToolSettings()
    before = settings.radius
    settings.scale_radius(3)
    assert settings.radius > before
    settings.scale_radius(-3)
    assert settings.radius == pytest.approx(before)


def test_unknown_splits_are_neither_shown_nor_painted():
    settings = ToolSettings()
    settings.shown, settings.split = {1, 7}, 9
    assert settings.shown == {1}
    assert settings.split == 2


def test_hidden_points():
    settings, points = ToolSettings(), Points([[0, 0]] * 3, [0, 0, 0], [0, 1, 2])
    assert settings.shows(points).all()
    settings.show_split(1, False)
    assert settings.shows(points).tolist() == [True, False, True]
    settings.show_split(1, True)
    assert settings.shows(points).all()
