import pytest

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
    [("tool", "eraser"), ("radius", 1.0), ("density", 30.0), ("class_index", 3), ("value", -0.5)],
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
