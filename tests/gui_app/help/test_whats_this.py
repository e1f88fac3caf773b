"""What is this? Every control and plot of the window is explained, beside it, by click and by F1."""

from __future__ import annotations

from threading import current_thread, main_thread

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWhatsThis, QWidget

from gui_app.help import picture_view
from gui_app.help.explanation import Explanation, explanation_of
from gui_app.help.picture_view import PictureView
from gui_app.help.pictures.registry import PICTURES, Picture
from gui_app.help.pictures.sheet import WIDTH
from gui_app.help.popover import TopicPopover
from gui_app.help.topics import topic, topic_keys
from gui_app.theme.tokens import LIGHT
from gui_app.window.main_window import MainWindow
from tests.gui_app.hands import LEFT

pytestmark = pytest.mark.usefixtures("fake_engine")


def opened(window: MainWindow) -> TopicPopover:
    popover = window.help_windows.whats_this.popover
    assert popover is not None
    assert popover.isVisible()
    return popover


def words_of(popover: TopicPopover) -> str:
    return " ".join(label.text() for label in popover.findChildren(QLabel) if label.isVisible())


def on_screen(widget: QWidget) -> QRect:
    return QRect(widget.mapToGlobal(QPoint(0, 0)), widget.size())


def test_every_control_and_every_plot_has_a_topic_with_words_and_a_picture(still):
    controls = [
        widget
        for widget in still.findChildren(QWidget)
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and not widget.isWindow()
        # The list of a combo box is a window of its own.
        and widget.window() is still
    ]
    assert len(controls) > 150
    without = []
    for control in controls:
        explanation = explanation_of(control)
        if explanation is None:
            without.append(f"{type(control).__name__} {control.accessibleName()!r}")
        else:
            assert explanation.topic.words
            assert explanation.topic.picture in PICTURES
    assert without == []


def test_the_topic_is_that_of_the_control_and_the_detail_its_own(still):
    panels = {panel.__class__.__name__: panel for panel in still.dock_layout.panels}
    rate = panels["TrainingPanel"].controls["training.learning_rate"]
    assert explanation_of(rate.number).topic.key == "learning_rate"
    assert explanation_of(rate.label).topic.key == "learning_rate"
    activation = explanation_of(panels["NetworkPanel"].controls["network.activation"])
    assert (activation.topic.key, activation.detail.chosen) == (
        "activation",
        still.document.experiment.lanes[0].network.activation.name,
    )
    beta = panels["TrainingPanel"].controls["training.optimizer.beta1"]
    explanation = explanation_of(beta.number)
    assert (explanation.topic.key, explanation.detail.title) == ("optimizer", "β₁")
    assert explanation_of(still.transport.step).detail.title == "Step (.)"
    for plot in still.dock_layout.plots:
        assert explanation_of(plot).topic.key == plot.topic != "plots"


def test_a_click_in_the_mode_explains_what_it_hits_and_does_nothing_else(still, qtbot):
    before = still.document.experiment
    still.activateWindow()
    QTest.keyClick(still.windowHandle(), Qt.Key.Key_F1, Qt.KeyboardModifier.ShiftModifier)
    assert QWhatsThis.inWhatsThisMode()
    switch = next(
        card
        for card in still.findChildren(QWidget)
        if card.accessibleName() == "Dropout" and card.isVisible()
    )
    QTest.mouseClick(still.windowHandle(), LEFT, pos=switch.mapTo(still, switch.rect().center()))
    assert not QWhatsThis.inWhatsThisMode()
    qtbot.waitUntil(lambda: still.help_windows.whats_this.popover is not None)
    popover = opened(still)
    assert popover.explanation.topic.key == "dropout"
    assert "switched off" in words_of(popover)
    assert "<i>a</i> ← mask" in words_of(popover)
    assert not on_screen(popover).intersects(on_screen(switch))
    assert still.document.experiment is before
    QTest.keyClick(popover, Qt.Key.Key_Escape)
    assert not popover.isVisible()


def test_escape_leaves_the_mode(still):
    QTest.keyClick(still.windowHandle(), Qt.Key.Key_F1, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(still.windowHandle(), Qt.Key.Key_Escape)
    assert not QWhatsThis.inWhatsThisMode()
    QTest.mouseClick(still.transport.step, LEFT)
    assert still.help_windows.whats_this.popover is None


def test_f1_explains_the_focused_control_and_links_lead_on(still):
    field = next(panel for panel in still.dock_layout.panels if "training.batch_size" in panel.controls)
    number = field.controls["training.batch_size"].number
    number.setFocus()
    QTest.keyClick(still.windowHandle(), Qt.Key.Key_F1)
    popover = opened(still)
    assert popover.explanation.topic.key == "batch_size"
    screen = popover.screen().availableGeometry()
    assert screen.contains(popover.geometry())
    links = next(label for label in popover.findChildren(QLabel) if label.text().startswith("See also"))
    links.linkActivated.emit("epoch")
    assert popover.explanation.topic.key == "epoch"
    assert "every training point" in words_of(popover)
    with_more = next(
        label for label in popover.findChildren(QLabel) if ">More<" in label.text() and label.isVisible()
    )
    asked: list[str] = []
    popover.more_requested.connect(asked.append)
    with_more.linkActivated.emit("more")
    assert asked == ["Epoch, step, batch"]
    assert not popover.isVisible()
    QApplication.processEvents()


def test_all_of_every_explanation_is_seen(still):
    """Neither hidden, nor cut off, nor scrolled away: the popover is as high as what it shows."""
    for key in topic_keys():
        popover = TopicPopover(Explanation(topic("epoch")), still.appearance.theme, still)
        popover.open_beside(still.transport.step)
        popover.show_topic(key)
        QApplication.processEvents()
        assert topic(key).title in words_of(popover)
        labels = [part for part in popover.findChildren(QLabel) if part.isVisible() and part.text()]
        for part in (*labels, popover.picture):
            assert part.visibleRegion().boundingRect() == part.rect(), f"{key}: {part.accessibleName()}"
        assert popover.screen().availableGeometry().contains(popover.geometry())
        popover.close()


def test_at_twice_the_text_the_longest_explanation_is_on_the_screen_and_scrolls(still):
    still.appearance.show_text_scale(2.0)
    try:
        popover = TopicPopover(Explanation(topic("learning_rate")), still.appearance.theme, still)
        popover.open_beside(still.transport.step)
        QApplication.processEvents()
        assert popover.screen().availableGeometry().contains(popover.geometry())
        assert popover.picture.width() >= 2 * WIDTH
        for label in popover.findChildren(QLabel):
            assert label.height() >= label.heightForWidth(label.width()), label.text()
        popover.close()
    finally:
        still.appearance.show_text_scale(1.0)


def test_a_picture_is_not_computed_in_the_thread_of_the_window(qtbot, monkeypatch):
    monkeypatch.setattr(picture_view, "_computed", set())
    threads = []
    picture = Picture(lambda sheet, chosen: None, lambda: threads.append(current_thread()))
    monkeypatch.setitem(PICTURES, "loss", picture)
    view = PictureView("loss", LIGHT)
    qtbot.addWidget(view)
    qtbot.waitUntil(lambda: view.is_ready)
    assert threads
    assert threads[0] is not main_thread()
    again = PictureView("loss", LIGHT)
    qtbot.addWidget(again)
    assert again.is_ready, "it is computed once"
