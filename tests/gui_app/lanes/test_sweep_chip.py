"""The chip that stands for all cells of a sweep, beside the chips of other lanes, in the whole window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from engine.experiment import default_experiment
from engine.experiment.settings import SweepAxis
from engine.experiment.sweeps.cells import with_sweep
from gui_app.lanes.chip import LaneChip
from gui_app.window.main_window import MainWindow
from tests.gui_app.fake_engine import FakeEngine
from tests.gui_app.hands import with_lanes
from tests.gui_app.lanes.test_strip import show

LEFT, CONTROL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier
pytestmark = pytest.mark.usefixtures("fake_engine")


@pytest.fixture
def spread(still: MainWindow) -> MainWindow:
    """Lanes A, six cells, C."""
    still.complete()
    whole = with_lanes(still.document.experiment, A={}, B={}, C={"seed": 4})
    axes = (
        SweepAxis(setting="regularization.l2", values=(0.0, 0.01, 0.1)),
        SweepAxis(setting="network.activation", values=("tanh", "relu")),
    )
    still.document.reset(with_sweep(whole, 1, axes))
    return still


def chips(window: MainWindow) -> list[LaneChip]:
    return [chip for chip in window.lanes.strip.chips if not chip.isHidden()]


def titles(window: MainWindow) -> list[str]:
    return [chip.accessibleName() for chip in chips(window)]


def test_a_sweep_has_one_chip_that_names_the_chosen_cell(spread: MainWindow) -> None:
    assert titles(spread) == ["Lane A", "Sweep 3 × 2", "Lane C"]
    spread.sweep.choose((2, 1))
    chip = chips(spread)[1]
    assert chip.shown is not None
    assert chip.shown.apart == f"cell {spread.current_lane.name}"
    assert chip.isChecked()
    QTest.mouseClick(chips(spread)[2], LEFT, pos=QPoint(20, 15))
    assert spread.current_lane.name == "C"
    QTest.mouseClick(chips(spread)[1], LEFT, pos=QPoint(20, 15))
    assert spread.sweep.chosen == (2, 1), "the cell that was chosen last"
    assert len(spread.current_lane.selected) == 6


def test_a_sweep_alone_has_a_strip_too(spread: MainWindow) -> None:
    axis = SweepAxis(setting="regularization.l2", values=(0.0, 0.01))
    spread.document.reset(with_sweep(default_experiment(), 0, (axis,)))
    assert titles(spread) == ["Sweep 2"]
    assert not spread.lanes.strip.isHidden()
    spread.sweep.end()
    assert spread.lanes.strip.isHidden()


def test_arrows_and_drags_move_a_lane_past_all_cells_at_once(spread: MainWindow) -> None:
    chips(spread)[0].setFocus()
    QTest.keyClick(chips(spread)[0], Qt.Key.Key_Right, CONTROL)
    assert titles(spread) == ["Sweep 3 × 2", "Lane A", "Lane C"]
    chips(spread)[2].setFocus()
    QTest.keyClick(chips(spread)[2], Qt.Key.Key_Left, CONTROL)
    QTest.keyClick(chips(spread)[1], Qt.Key.Key_Left, CONTROL)
    assert titles(spread) == ["Lane C", "Sweep 3 × 2", "Lane A"]
    spread.lanes.strip._drop(chips(spread)[2].number, 0)
    assert titles(spread) == ["Lane A", "Lane C", "Sweep 3 × 2"]


def test_keys_choose_the_sweep_by_its_place_among_the_chips(spread: MainWindow) -> None:
    QTest.keyClick(spread.canvas, Qt.Key.Key_2, CONTROL)
    assert spread.current_lane.is_cell
    QTest.keyClick(spread.canvas, Qt.Key.Key_3, CONTROL)
    assert spread.current_lane.name == "C"


def test_the_chip_says_how_many_cells_have_diverged(spread: MainWindow, fake_engine: FakeEngine) -> None:
    names = [lane.name for lane in spread.document.experiment.lanes]
    show(
        spread,
        fake_engine,
        *((name, "diverged" if index in (2, 5) else "training", 3) for index, name in enumerate(names)),
    )
    shown = chips(spread)[1].shown
    assert shown is not None
    assert (shown.status, shown.alarming) == ("2 diverged", True)


def test_delete_on_the_chip_says_why_no_cell_can_be_removed(spread: MainWindow) -> None:
    before = spread.document.experiment
    chips(spread)[1].setFocus()
    QTest.keyClick(chips(spread)[1], Qt.Key.Key_Delete)
    assert spread.document.experiment is before
    assert "end the sweep" in spread.statusBar().currentMessage()


def test_differences_have_a_column_for_the_chosen_cell_and_for_each_other_lane(spread: MainWindow) -> None:
    spread.sweep.choose((1, 0))
    view = spread.dock_layout.differences
    assert view is not None
    assert [heading.name for heading in view.shown.table.headings] == ["A", spread.current_lane.name, "C"]
    assert view.shown.current == 1
