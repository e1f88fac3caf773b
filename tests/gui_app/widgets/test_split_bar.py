import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from gui_app.widgets.split_bar import SplitBar

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def bar(qtbot):
    bar = SplitBar()
    qtbot.addWidget(bar)
    bar.resize(204, 24)
    bar.show()
    bar.show_split(0.25, 0.25, (250, 125, 125))
    bar.heard = []
    bar.edited.connect(lambda validation, test: bar.heard.append((validation, test)))
    return bar


def drag(bar, start, end):
    """From one share of the width to another; the bar is 200 pixels wide and begins at 2."""
    QTest.mousePress(bar, LEFT, pos=QPoint(2 + round(start * 200), 12))
    for share in (0.25, 0.5, 0.75, 1.0):
        QTest.mouseMove(bar, QPoint(2 + round((start + (end - start) * share) * 200), 12))
    QTest.mouseRelease(bar, LEFT, pos=QPoint(2 + round(end * 200), 12))


def test_the_first_border_shares_training_and_validation(bar):
    drag(bar, 0.5, 0.6)
    assert bar.heard[-1] == (0.15, 0.25)


def test_the_second_border_shares_validation_and_test(bar):
    drag(bar, 0.75, 0.9)
    assert bar.heard[-1] == (0.4, 0.1)


def test_no_share_leaves_its_range(bar):
    drag(bar, 0.5, -0.5)
    validation, test = bar.heard[-1]
    assert 1 - validation - test == pytest.approx(0.05)
    drag(bar, 0.75, 1.5)
    assert bar.heard[-1][1] == 0.0


def test_where_both_borders_meet_the_way_of_the_hand_decides(bar):
    bar.show_split(0.0, 0.25, (375, 0, 125))
    drag(bar, 0.75, 0.65)
    assert bar.heard[-1] == (0.1, 0.25)
    bar.show_split(0.0, 0.25, (375, 0, 125))
    drag(bar, 0.75, 0.85)
    assert bar.heard[-1] == (0.1, 0.15)


def test_a_press_far_from_the_borders_does_nothing(bar):
    drag(bar, 0.2, 0.4)
    assert bar.heard == []


def test_keys_move_the_marked_border(bar):
    QTest.keyClick(bar, Qt.Key.Key_Right)
    assert bar.heard == [(0.24, 0.25)]
    QTest.keyClick(bar, Qt.Key.Key_Down)
    QTest.keyClick(bar, Qt.Key.Key_Left)
    assert bar.heard[-1] == (0.23, 0.26)


def test_it_says_its_numbers(bar):
    assert bar.accessibleName() == "Split: train 250, validation 125, test 125"
    assert bar.heard == []


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(-0.2, 1.2)), min_size=1, max_size=5))
def test_whatever_is_dragged_the_shares_are_allowed(bar, drags):
    for start, end in drags:
        drag(bar, start, end)
    for validation, test in bar.heard:
        assert 0 <= validation <= 0.9
        assert 0 <= test <= 0.9
        assert validation + test < 0.96
