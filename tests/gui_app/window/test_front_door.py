"""The start page at the first start and on demand, and the offer to go on with a lesson at later ones."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from engine.lessons.titles import headings
from gui_app.help.start_offer import StartOffer
from gui_app.help.start_page import StartPage
from gui_app.window.main_window import MainWindow
from tests.gui_app.hands import LEFT

pytestmark = pytest.mark.usefixtures("fake_engine")


def first_start(window: MainWindow) -> StartPage:
    window.front_door.wanted = True
    window.front_door.begin()
    page = window.front_door.page
    assert page is not None
    QApplication.processEvents()
    return page


def offers(window: MainWindow) -> list[StartOffer]:
    return [offer for offer in window.statusBar().findChildren(StartOffer) if offer.isVisible()]


@pytest.mark.bare
def test_the_first_start_offers_the_lessons_beside_drawing(still, settings):
    page = first_start(still)
    lessons = headings()
    assert [row.key for row in page.rows] == [one.key for one in lessons]
    assert [row.accessibleName() for row in page.rows][:1] == [f"Lesson 1: {lessons[0].title}"]
    assert page.rows[0].accessibleDescription().strip() == lessons[0].summary
    assert page.geometry() == still.central_area.rect()
    assert page.begin.text() == "Begin with lesson 1"
    assert still.focusWidget() is page.begin
    QTest.mouseClick(page.draw, LEFT)
    assert not page.isVisible()
    assert still.focusWidget() is still.canvas
    assert still.laid_aside.is_away is False
    still.front_door.begin()
    assert still.front_door.page is None
    assert QSettings(settings.fileName(), QSettings.Format.IniFormat).value("start page shown", False, bool)


@pytest.mark.bare
def test_what_is_built_after_the_page_does_not_cover_it(still):
    page = first_start(still)
    later = QWidget()
    still.central_area.set_diagram(later)
    later.setGeometry(still.central_area.rect())
    QApplication.processEvents()
    above = [child for child in still.central_area.children() if isinstance(child, QWidget)][-1]
    assert above is page


@pytest.mark.bare
def test_started_with_a_file_the_app_shows_no_page(still):
    still.front_door.begin()
    still.front_door.offer()
    assert still.front_door.page is None
    assert offers(still) == []


@pytest.mark.bare
@pytest.mark.parametrize("way", ["escape", "close", "edit", "replace"])
def test_the_page_gives_way(still, way):
    page = first_start(still)
    if way == "escape":
        QTest.keyClick(still.focusWidget(), Qt.Key.Key_Escape)
    elif way == "close":
        QTest.mouseClick(page.close_button, LEFT)
    elif way == "edit":
        still.document.change({"lanes.0.training.learning_rate": 0.5}, "Rate")
    else:
        still.files.new()
    assert not page.isVisible()
    assert still.front_door.page is None


@pytest.mark.bare
def test_all_of_it_is_reached_by_tab(still, qtbot):
    page = first_start(still)
    wanted = [page.begin, page.draw, page.tour, *page.rows]
    reached = []
    for _ in range(len(wanted) + 40):
        reached.append(still.focusWidget())
        QTest.keyClick(still.focusWidget(), Qt.Key.Key_Tab)
    assert [one for one in reached if one in wanted][: len(wanted)] == wanted


@pytest.mark.bare
@pytest.mark.parametrize("size", [(1080, 640), (1280, 720), (1920, 1080)])
@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_nothing_on_the_page_is_cut_off_sideways(still, size, scale):
    still.appearance.choose_text_scale(scale)
    try:
        still.resize(*size)
        page = first_start(still)
        for part in (page.begin, page.draw, page.tour, page.close_button, *page.rows):
            left = part.mapTo(page, part.rect().topLeft()).x()
            assert left >= 0
            assert left + part.width() <= page.width()
            if part is not page.close_button:
                assert part.width() >= min(part.minimumSizeHint().width(), page.width() - 48)
    finally:
        still.appearance.choose_text_scale(1.0)


def test_begin_opens_the_first_lesson(still, qtbot):
    page = first_start(still)
    QTest.mouseClick(page.begin, LEFT)
    qtbot.waitUntil(lambda: still.lessons.player.lesson is not None)
    assert still.lessons.player.lesson.key == headings()[0].key
    assert still.laid_aside.is_away
    assert still.front_door.page is None


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return])
def test_a_row_opens_its_lesson_by_key(still, qtbot, key):
    row = first_start(still).rows[-1]
    while still.focusWidget() is not row:
        QTest.keyClick(still.focusWidget(), Qt.Key.Key_Tab)
    QTest.keyClick(row, key)
    qtbot.waitUntil(lambda: still.lessons.player.lesson is not None)
    assert still.lessons.player.lesson.key == headings()[-1].key


def test_the_tour_begins_from_the_page(still, qtbot):
    QTest.mouseClick(first_start(still).tour, LEFT)
    qtbot.waitUntil(lambda: still.help_windows.tour is not None)
    assert still.front_door.page is None


def test_later_starts_offer_to_go_on(still, settings, qtbot):
    _, second, *_ = headings()
    settings.setValue("start page shown", True)
    still.lessons.player.progress.note("", second.key, 1)
    still.front_door.wanted = True
    focused = still.focusWidget()
    still.front_door.begin()
    still.front_door.offer()
    assert still.front_door.page is None
    (offer,) = offers(still)
    assert still.focusWidget() is focused
    assert offer.take.accessibleName() == f"Continue lesson {second.number}: {second.title}, step 2"
    QTest.mouseClick(offer.take, LEFT)
    assert (still.lessons.player.lesson.key, still.lessons.player.index) == (second.key, 1)
    assert offers(still) == []
    still.lessons.close()
    still.front_door.show_page()
    assert still.front_door.page.begin.text() == f"Continue lesson {second.number}: {second.title}, step 2"


@pytest.mark.bare
def test_after_a_lesson_the_next_one_is_offered_and_after_the_last_none(still, settings):
    lessons, progress = headings(), still.lessons.player.progress
    settings.setValue("start page shown", True)
    still.front_door.wanted = True
    progress.note("", lessons[0].key, 4, done=True)
    still.front_door.offer()
    (offer,) = offers(still)
    assert offer.take.accessibleName() == f"Continue lesson 2: {lessons[1].title}, step 1"
    QTest.mouseClick(offer.dismiss, LEFT)
    QApplication.sendPostedEvents(offer, QEvent.Type.DeferredDelete)
    assert still.lessons.player.lesson is None
    progress.note("", lessons[-1].key, 4, done=True)
    still.front_door.offer()
    assert offers(still) == []
    still.front_door.show_page()
    assert [row.done for row in still.front_door.page.rows] == [
        one.key in (lessons[0].key, lessons[-1].key) for one in lessons
    ]


def test_the_offer_gives_way_to_a_finding(still, settings):
    settings.setValue("start page shown", True)
    still.lessons.player.progress.note("", headings()[0].key, 0)
    still.front_door.wanted = True
    still.front_door.offer()
    (offer,) = offers(still)
    still.dock_layout.diagnosis_line.appeared.emit()
    assert not offer.isVisible()


def test_messages_are_shown_after_the_offer_was_turned_down(still, settings):
    settings.setValue("start page shown", True)
    still.lessons.player.progress.note("", headings()[0].key, 0)
    still.front_door.wanted = True
    still.front_door.offer()
    (offer,) = offers(still)
    assert still.statusBar().message_rect.right() < offer.x()
    QTest.mouseClick(offer.dismiss, LEFT)
    QApplication.sendPostedEvents(offer, QEvent.Type.DeferredDelete)
    still.show_message("Saved.")
    assert still.statusBar().message_rect.right() > still.statusBar().width() - 20


@pytest.mark.bare
@pytest.mark.parametrize("menu", ["&Help", "Less&ons"])
def test_the_menus_have_the_page(still, menu):
    top = next(one.menu() for one in still.menuBar().actions() if one.text() == menu)
    top.aboutToShow.emit()
    next(one for one in top.actions() if one.text().replace("&", "") == "Start page").trigger()
    page = still.front_door.page
    assert page.isVisible()
    QTest.mouseClick(page.draw, LEFT)
    assert not page.isVisible()
