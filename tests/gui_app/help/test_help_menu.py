"""Tour, glossary, about and log folder of the Help menu."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from engine.data.file_system import is_folder
from gui_app.help.glossary import read_terms
from gui_app.help.tour import Tour
from gui_app.widgets.section import Section
from gui_app.window.main_window import MainWindow
from resources import read_text
from tests.gui_app.hands import LEFT, dock_of, stroke

pytestmark = pytest.mark.usefixtures("fake_engine")


def choose(window: MainWindow, text: str) -> None:
    """An entry of the Help menu."""
    menu = next(top.menu() for top in window.menuBar().actions() if top.text() == "&Help")
    next(action for action in menu.actions() if action.text().replace("&", "") == text).trigger()
    QApplication.processEvents()


def rect_of(window: MainWindow, part: QWidget) -> QRect:
    return QRect(part.mapTo(window, QPoint(0, 0)), part.size())


@pytest.fixture
def tour(still: MainWindow) -> Tour:
    choose(still, "Tour")
    assert still.help_windows.tour is not None
    return still.help_windows.tour


def test_the_tour_points_at_each_part_and_does_not_cover_it(still, tour):
    titles = []
    while still.help_windows.tour is not None:
        titles.append(tour.title.text())
        step = tour._steps[tour.index]
        part = step.find()
        assert part is not None, step.title
        assert still.rect().contains(tour.geometry())
        if part.isVisible():
            assert tour.outline.isVisible()
            assert rect_of(still, part).intersected(still.rect()).contains(tour.outline.geometry().center())
            if part is not still.canvas:
                assert not tour.geometry().intersects(rect_of(still, part)), step.title
        QTest.mouseClick(tour.next, LEFT)
    assert titles == [
        "Draw",
        "Press play",
        "The boundary",
        "The loss",
        "Regularizers",
        "Sweeps",
        "The network",
        "Export",
    ]


def test_the_keys_go_on_back_and_out(still, tour):
    assert not tour.back.isEnabled()
    QTest.keyClick(tour.next, Qt.Key.Key_Right)
    assert tour.title.text() == "Press play"
    QTest.keyClick(tour.next, Qt.Key.Key_Left)
    assert tour.title.text() == "Draw"
    QTest.keyClick(tour.next, Qt.Key.Key_Escape)
    assert still.help_windows.tour is None


def test_enter_presses_the_focused_button_and_escape_ends_the_tour_from_the_canvas(still, tour):
    QTest.keyClick(still.focusWidget(), Qt.Key.Key_Return)
    assert tour.title.text() == "Press play"
    tour.back.setFocus()
    QTest.keyClick(tour.back, Qt.Key.Key_Return)
    assert tour.title.text() == "Draw"
    still.canvas.setFocus()
    QTest.keyClick(still.canvas, Qt.Key.Key_Escape)
    assert still.help_windows.tour is None


def test_the_focus_returns_when_the_tour_is_over(still):
    still.canvas.setFocus()
    still.help_windows.start_tour()
    QTest.keyClick(still.focusWidget(), Qt.Key.Key_Escape)
    assert still.focusWidget() is still.canvas


def close(window):
    for dock in window.dock_layout.docks:
        dock.close()
    window.central_area.show_diagram(False)


def float_all(window):
    for title in ("Loss", "Model"):
        dock_of(window, title).setFloating(True)


def hide_behind_tabs(window):
    loss, chain = dock_of(window, "Loss"), dock_of(window, "Chain")
    window.tabifyDockWidget(loss, chain)
    chain.raise_()
    window.tabifyDockWidget(dock_of(window, "Model"), dock_of(window, "Data"))
    dock_of(window, "Data").raise_()


def scroll_and_fold(window):
    for panel in window.dock_layout.panels:
        for section in panel.findChildren(Section):
            section.set_open(type(panel).__name__ != "RegularizationPanel")


def arrangement(window):
    settle()
    docks = {
        dock.windowTitle(): (dock.isHidden(), dock.isFloating(), dock.visibleRegion().isEmpty())
        for dock in window.dock_layout.docks
    }
    sections = [one.is_open for panel in window.dock_layout.panels for one in panel.findChildren(Section)]
    return docks, sections, window.canvas.geometry(), window.central_area.diagram_shown


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
@pytest.mark.parametrize("hide", [close, float_all, hide_behind_tabs, scroll_and_fold])
def test_each_step_brings_its_part_into_view_and_the_window_is_as_before_in_the_end(still, size, hide):
    still.resize(*size)
    hide(still)
    before, points = arrangement(still), still.document.experiment
    still.help_windows.start_tour()
    tour, framed = still.help_windows.tour, []
    while still.help_windows.tour is not None:
        settle()
        part = tour._steps[tour.index].find()
        outline = tour.outline.geometry().adjusted(2, 2, -2, -2)
        assert tour.outline.isVisible(), tour.title.text()
        assert outline.top() == rect_of(still, part).top(), tour.title.text()
        assert rect_of(still, part).contains(outline)
        assert not tour.geometry().intersects(outline) or part is still.canvas, tour.title.text()
        framed.append(tour.title.text())
        QTest.keyClick(tour.next, Qt.Key.Key_Return)
    assert len(framed) == 8
    assert arrangement(still) == before
    assert still.document.experiment is points


def settle():
    for _ in range(4):
        QApplication.processEvents()


def test_tab_and_f6_reach_the_buttons_of_the_tour(still, tour):
    assert still.sections.all()["Notices"] == [tour.close_button, tour.next]
    still.transport.play.setFocus()
    QTest.keyClick(still.windowHandle(), Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    assert tour.isAncestorOf(still.focusWidget())


def test_one_can_draw_while_the_tour_is_shown(still, tour):
    before = len(still.document.points)
    stroke(still, (-5, -5), (-4, -5))
    assert len(still.document.points) > before
    assert tour.isVisible()


def test_the_glossary_has_explanations_and_terms_and_finds_them(still):
    choose(still, "Glossary")
    glossary = still.help_windows.glossary
    text = glossary.page.toPlainText()
    assert "Explanations" in text
    assert "early stopping" in text
    assert "shared memory" not in text
    QTest.keyClicks(glossary.search, "learning rate")
    topics, _ = glossary.shown()
    assert topics[0].key == "learning_rate"
    assert "Learning rate η" in glossary.page.toPlainText().splitlines()[0]
    glossary.page.anchorClicked.emit(QUrl("learning_rate"))
    assert still.help_windows.whats_this.popover.explanation.topic.key == "learning_rate"
    QTest.keyClick(still.help_windows.whats_this.popover, Qt.Key.Key_Escape)
    glossary.search.setText("no such words")
    assert glossary.page.toPlainText() == "Nothing has these words."
    QTest.keyClick(glossary, Qt.Key.Key_Escape)
    assert not glossary.isVisible()


def test_more_of_an_explanation_is_the_glossary_at_its_words(still):
    still.help_windows.whats_this.explain(still.canvas)
    popover = still.help_windows.whats_this.popover
    popover.more_requested.emit("Canvas")
    assert still.help_windows.glossary.isVisible()
    assert still.help_windows.glossary.shown()[0][0].key == "canvas"
    popover.close()


def test_the_terms_are_those_of_the_file_without_what_is_for_programmers():
    terms = {term.name: term for term in read_terms(read_text("glossary.md"))}
    assert terms["epoch"].section == "Cost and training"
    assert terms["task"].meaning.startswith("what is learned: classification")
    assert {"tape", "mailbox", "house"} & terms.keys() == set()
    assert all(term.meaning and "`" not in term.meaning for term in terms.values())


def test_about_says_versions_licence_and_folder(still, data_home):
    choose(still, "About Neural Sketchbook")
    about = still.help_windows.about
    for words in ("numpy", "Python", "Qt", "icence", str(data_home)):
        assert words in about.text.text()
    QTest.keyClick(about, Qt.Key.Key_Escape)
    assert not about.isVisible()


def test_the_log_folder_is_shown_also_before_there_is_one(still, data_home, monkeypatch):
    shown: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: bool(shown.append(url)) or True)
    choose(still, "Open the log folder")
    folder = Path(shown[0].toLocalFile())
    assert folder.name == "log"
    assert data_home in folder.parents
    assert is_folder(folder)
