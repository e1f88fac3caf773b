import pytest

from engine.experiment import Points
from gui_app.canvas import DENSITY_RANGE, RADIUS_RANGE, VALUE_RANGE, ToolSettings


@pytest.mark.parametrize(
    ("name", "limits"), [("radius", RADIUS_RANGE), ("density", DENSITY_RANGE), ("value", VALUE_RANGE)]
)
def test_numbers_stay_in_range(name, limits):
    settings = ToolSettings()
    for asked, got in ((-1e9, limits[0]), (1e9, limits[1]), (sum(limits) / 2, sum(limits) / 2)):
        setattr(settings, name, asked)
        assert getattr(settings, name) == got


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
