"""The dock of differences shows all lanes side by side, and copies them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import product

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QSettings, Qt, QTimer
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from engine.catalogue.texts import value_text
from engine.experiment import default_experiment, edit_many
from engine.experiment.lanes import without_lane
from engine.experiment.settings import Lane
from engine.observation.difference_table import UNEQUAL_EPOCHS, Column, difference_table, to_csv, to_markdown
from engine.observation.results import Number, Results
from engine.observation.snapshot import LaneSnapshot, Snapshot
from gui_app.comparing.lines import BRIEF, NOT_TRAINED, ONE_LANE, lines_of
from gui_app.comparing.model import BEST
from gui_app.comparing.table import DifferencesView, shares
from gui_app.session.current_lane import CurrentLane
from gui_app.session.document import Document
from gui_app.theme.text import text_width
from gui_app.theme.tokens import DARK, LIGHT
from gui_app.window.main_window import MainWindow
from tests.gui_app.fake_engine import FakeEngine
from tests.gui_app.hands import dock_of, with_lanes
from tests.gui_app.plots.runs import history_of, snapshot_of

LANES = with_lanes(default_experiment(), A={}, B={"regularization.l2": 0.01}, C={"seed": 7})
ROLES = Qt.ItemDataRole
LEFT = Qt.MouseButton.LeftButton


def trained(**losses: float) -> Snapshot:
    """Lanes with these training losses."""
    base = snapshot_of(history_of([0]))
    lane = base.lanes[0]
    return replace(base, lanes=tuple(lane_of(lane, name, loss) for name, loss in losses.items()))


def lane_of(lane: LaneSnapshot, name: str, loss: float) -> LaneSnapshot:
    return replace(lane, name=name, now=replace(lane.now, loss=np.array([loss, 0.5, 0.6])))


@pytest.fixture
def view(document: Document, qtbot: QtBot) -> DifferencesView:
    document.reset(LANES)
    view = DifferencesView(document, CurrentLane(document, document))
    view.resize(480, 400)
    qtbot.addWidget(view)
    view.show()
    qtbot.waitUntil(lambda: view.is_seen)
    view.show_snapshot(trained(A=0.3, B=0.1, C=0.2))
    return view


def lines(view: DifferencesView) -> dict[str, list[str]]:
    """What the table says, by the names of its lines."""
    model, down = view.table.model(), Qt.Orientation.Vertical
    return {
        model.headerData(row, down): [model.index(row, at).data() for at in range(model.columnCount())]
        for row in range(model.rowCount())
    }


def choose(menu: QMenu, at: int) -> None:
    """Click an entry of a menu that is open."""
    QTest.mouseClick(menu, LEFT, pos=menu.actionGeometry(menu.actions()[at]).center())


def heads(view: DifferencesView) -> list[str]:
    model = view.table.model()
    return [model.headerData(at, Qt.Orientation.Horizontal) for at in range(model.columnCount())]


def index_of(view: DifferencesView, name: str, column: int):
    return view.table.model().index(list(lines(view)).index(name), column)


def test_columns_are_the_lanes_in_their_colours_and_rows_settings_then_results(view: DifferencesView) -> None:
    assert heads(view) == ["A", "B", "C"]
    colours = [
        view.table.model().headerData(at, Qt.Orientation.Horizontal, ROLES.DecorationRole) for at in range(3)
    ]
    assert colours == [QColor(colour) for colour in LIGHT.lanes[:3]]
    told = lines(view)
    assert list(told)[:4] == ["Settings", "seed", "λ₂", "Results"]
    assert (told["seed"], told["λ₂"]) == (["0", "0", "7"], ["0", "0.01", "0"])
    assert told["Training loss"] == [value_text(0.3), f"{BEST}{value_text(0.1)}", value_text(0.2)]


def test_the_best_is_bold_and_numbers_stand_at_the_right_in_digits_of_one_width(
    view: DifferencesView,
) -> None:
    cells = [index_of(view, "Training loss", at) for at in range(3)]
    assert [cell.data(ROLES.FontRole).bold() for cell in cells] == [False, True, False]
    assert all(cell.data(ROLES.TextAlignmentRole) & Qt.AlignmentFlag.AlignRight for cell in cells)
    assert "tnum" in [tag.toString().data().decode() for tag in cells[0].data(ROLES.FontRole).featureTags()]
    assert cells[1].data(ROLES.AccessibleTextRole) == "Training loss of B: 0.100, the best"


def test_a_click_on_the_head_of_a_column_makes_its_lane_current(view: DifferencesView) -> None:
    header = view.table.header
    middle = QPoint(header.sectionViewportPosition(2) + header.sectionSize(2) // 2, header.height() // 2)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    assert view.current.name == "C"
    assert header.current == 2
    font = view.table.model().headerData(2, Qt.Orientation.Horizontal, ROLES.FontRole)
    assert font.bold()


def test_columns_keep_their_widths_while_numbers_get_shorter(view: DifferencesView) -> None:
    header = view.table.header
    view.show_snapshot(trained(A=31234567.0, B=0.1, C=0.2))
    wide = [header.sectionSize(at) for at in range(3)]
    view.show_snapshot(trained(A=0.3, B=0.1, C=0.2))
    assert [header.sectionSize(at) for at in range(3)] == wide


def test_new_numbers_leave_selection_and_scrolling_alone(view: DifferencesView) -> None:
    view.resize(300, 120)
    cell = index_of(view, "Test loss", 1)
    view.table.setCurrentIndex(cell)
    view.table.scrollTo(cell)
    before = view.table.verticalScrollBar().value()
    assert before > 0
    view.show_snapshot(trained(A=0.3, B=0.25, C=0.2))
    assert lines(view)["Training loss"][1] == value_text(0.25)
    assert (view.table.currentIndex().row(), view.table.currentIndex().column()) == (cell.row(), 1)
    assert view.table.verticalScrollBar().value() == before


def test_edits_of_lanes_are_shown_at_once(view: DifferencesView, document: Document) -> None:
    document.replace(edit_many(document.experiment, {"lanes.2.seed": 0, "lanes.1.name": "L2"}), "Edit")
    assert heads(view) == ["A", "L2", "C"]
    assert "seed" not in lines(view)
    document.stack.undo()
    assert lines(view)["seed"] == ["0", "0", "7"]


def test_groups_without_rows_say_why(view: DifferencesView, document: Document) -> None:
    same = edit_many(document.experiment, {"lanes.1.regularization.l2": 0.0, "lanes.2.seed": 0})
    document.replace(same, "Edit")
    assert lines(view)["Settings"][0] == "All lanes have the same settings."
    document.replace(without_lane(without_lane(document.experiment, 2), 1), "Remove")
    assert (heads(view), lines(view)["Settings"]) == (["A"], [ONE_LANE])
    view.show_snapshot(None)
    assert lines(view)["Results"] == [NOT_TRAINED]


def test_a_lane_that_the_engine_does_not_know_yet_has_dashes(view: DifferencesView) -> None:
    view.show_snapshot(trained(A=0.3, B=0.1))
    assert lines(view)["Training loss"] == [value_text(0.3), f"{BEST}{value_text(0.1)}", "–"]


def test_the_menu_and_ctrl_c_copy_the_table(view: DifferencesView, qtbot: QtBot) -> None:
    table, clipboard = view.shown.table, QGuiApplication.clipboard()
    for at, text, kind in ((0, to_csv(table), "CSV"), (1, to_markdown(table), "Markdown")):
        assert view.copy_menu.actions()[at].text().startswith(f"As {kind}, ")
        QTimer.singleShot(0, partial(choose, view.copy_menu, at))
        with qtbot.waitSignal(view.reported) as said:
            QTest.mouseClick(view.copy_button, LEFT)
        assert said.args == [f"Copied the differences as {kind}."]
        assert clipboard.text() == text
    view.table.setFocus()
    QTest.keyClick(view.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert clipboard.text() == to_csv(table)


def test_the_dark_theme_has_its_own_colours(view: DifferencesView) -> None:
    view.apply_theme(DARK)
    colour = view.table.model().headerData(1, Qt.Orientation.Horizontal, ROLES.DecorationRole)
    assert colour == QColor(DARK.lanes[1])
    grabbed = view.table.header.grab().toImage()
    seen = {grabbed.pixelColor(x, grabbed.height() // 2).name() for x in range(grabbed.width())}
    assert {*DARK.lanes[:3]} <= seen


# -- the dock


@pytest.mark.bare(False)
def test_the_dock_is_open_while_there_are_several_lanes(still: MainWindow, fake_engine: FakeEngine) -> None:
    dock, document = dock_of(still, "Differences"), still.document
    assert dock.isHidden()
    document.replace(LANES, "Lanes")
    assert not dock.isHidden()
    assert dock.widget() is still.dock_layout.differences
    assert dock.visibleRegion().isEmpty(), "it does not come to the front by itself"
    assert dock_of(still, "Gradient over time") in still.tabifiedDockWidgets(dock)
    document.stack.undo()
    assert dock.isHidden()


def test_a_dock_that_was_closed_stays_closed_and_one_that_was_opened_open(still: MainWindow) -> None:
    dock, document = dock_of(still, "Differences"), still.document
    document.replace(LANES, "Lanes")
    dock.close()
    document.stack.undo()
    document.stack.redo()
    assert dock.isHidden()
    dock.toggleViewAction().trigger()
    document.stack.undo()
    assert not dock.isHidden()
    document.stack.redo()
    document.stack.undo()
    assert not dock.isHidden()


def test_restoring_the_layout_opens_it_with_several_lanes_alone(still: MainWindow) -> None:
    dock = dock_of(still, "Differences")
    dock.toggleViewAction().trigger()
    assert not dock.isHidden()
    still.whole_layout.arrange()
    assert dock.isHidden()
    still.document.replace(LANES, "Lanes")
    dock.close()
    still.whole_layout.arrange()
    assert not dock.isHidden()


def test_it_leaves_the_canvas_its_room_where_all_plots_are_closed(still: MainWindow) -> None:
    for plot in still.dock_layout.arrangement.plots.values():
        plot.hide()
    still.document.replace(LANES, "Lanes")
    assert dock_of(still, "Differences").isHidden()


def test_what_was_copied_is_said_in_the_status_bar(still: MainWindow) -> None:
    still.document.replace(LANES, "Lanes")
    still.complete()
    still.dock_layout.differences.copy_csv()
    assert "Copied the differences as CSV." in still.statusBar().currentMessage()


@pytest.mark.parametrize(
    ("state", "stays_closed"),
    # One that was opened by itself and is hidden was lost with an app that was killed before it saved the layout.
    [("opened by itself", False), ("closed", True), ("", False), ("garbage", False)],
)
def test_the_next_window_remembers_what_was_closed(
    state: str, stays_closed: bool, open_window, settings: QSettings
) -> None:
    settings.setValue("layout/differences", state)
    window = open_window()
    window.document.replace(LANES, "Lanes")
    assert dock_of(window, "Differences").isHidden() == stays_closed


def test_closing_the_dock_is_remembered_at_once(open_window, settings: QSettings) -> None:
    window = open_window()
    window.document.replace(LANES, "Lanes")
    assert settings.value("layout/differences") == "opened by itself"
    dock_of(window, "Differences").close()
    assert settings.value("layout/differences") == "closed"


def test_spreads_give_way_to_four_lanes_in_a_narrow_dock(view: DifferencesView) -> None:
    loss, middle, high = Number(0.3004, 0.2504, 0.3504), "0.300", "0.300 (0.250 to 0.350)"
    results = Results("classification", loss=(loss,) * 3, seeds=6)
    columns = [Column(name, index, Lane(), results) for index, name in enumerate("ABCD")]
    table = difference_table(columns)
    shown = view.shown._replace(table=table, lines=lines_of(table))
    row = next(index for index, line in enumerate(shown.lines) if line.name == "Test loss")
    for width, said in ((1400, high), (560, middle), (1400, high)):
        view.table.resize(width, 400)
        view.table.show_lanes(shown)
        index = view.table.model().index(row, 0)
        assert index.data() == said
        assert high in index.data(Qt.ItemDataRole.ToolTipRole)
        title = view.table.model().headerData(0, Qt.Orientation.Horizontal)
        assert title == ("A ×6" if said == middle else "A (6 seeds)")
        if said == middle:
            assert sum(view.table.columnWidth(column) for column in range(4)) <= view.table.viewport().width()


@pytest.mark.parametrize(
    ("needs", "room", "widths"),
    [
        ([50, 60, 70, 40], 400, [100] * 4),
        ([50, 250], 320, [60, 260]),
        ([150, 250, 90, 90], 400, [100] * 4),
        ([90] * 8, 100, [44] * 8),
        ([90], 1000, [240]),
        ([], 400, []),
    ],
)
def test_lanes_share_the_width_and_none_takes_all_of_it(
    needs: list[int], room: int, widths: list[int]
) -> None:
    assert shares(needs, room) == widths


def test_four_lanes_with_long_names_are_all_seen_in_a_narrow_dock(
    view: DifferencesView, document: Document, qtbot: QtBot
) -> None:
    names = [f"a lane with a very long name {index}" for index in range(4)]
    document.reset(with_lanes(default_experiment(), **{name: {} for name in names}))
    view.resize(372, 112)
    view.show_snapshot(trained(**dict.fromkeys(names, 0.3)))
    last = view.table.columnViewportPosition(3) + view.table.columnWidth(3)
    assert last <= view.table.viewport().width()
    qtbot.waitUntil(lambda: view.table.horizontalScrollBar().maximum() == 0)
    assert view.verdict.isHidden(), "the table needs its room"
    assert view.table.viewport().height() >= 3 * view.table.rowHeight(0)
    head = view.table.model().headerData(3, Qt.Orientation.Horizontal, ROLES.ToolTipRole)
    assert names[3] in head


def test_numbers_are_whole_in_a_narrow_dock_and_names_give_way(
    view: DifferencesView, document: Document, qtbot: QtBot
) -> None:
    losses = {"Plain": 288.25, "Clipping": 1.6e-12, "L2": 0.0321, "Both": 1234.5}
    document.reset(with_lanes(default_experiment(), **{name: {} for name in losses}))
    for width in (318, 420, 700):
        view.resize(width, 220)
        view.show_snapshot(trained(**losses))
        table, model = view.table, view.table.model()
        for row, column in product(range(model.rowCount()), range(4)):
            text = model.index(row, column).data()
            if any(sign.isdigit() for sign in text):
                bold = model.index(row, column).data(ROLES.FontRole).bold()
                assert table.columnWidth(column) >= text_width(text, bold=bold) + 8, (width, text)
    assert shares([90, 90], 100, [70, 30]) == [70, 44]
    assert shares([90, 90], 140, [80, 30]) == [88, 52]
    view.resize(view.wanted_width, 220)
    assert view.table.horizontalScrollBar().maximum() == 0
    assert all(
        view.table.columnWidth(at) >= view.table.header.width_of(name) for at, name in enumerate(losses)
    )


def test_a_note_without_room_is_short_and_its_tip_has_all_of_it(view: DifferencesView) -> None:
    base = trained(A=0.3, B=0.1, C=0.2)
    later = replace(base.lanes[0], now=replace(base.lanes[0].now, epoch=9))
    base = replace(base, lanes=(later, *base.lanes[1:]))
    for width, said in ((900, UNEQUAL_EPOCHS), (240, BRIEF[UNEQUAL_EPOCHS])):
        view.resize(width, 400)
        view.show_snapshot(base)
        view.show_snapshot(replace(base, steps_per_second=base.steps_per_second + 1))
        assert lines(view)["Results"][0] == said
        assert UNEQUAL_EPOCHS in index_of(view, "Results", 0).data(ROLES.ToolTipRole)
