"""In regression no word of the window is about classes or accuracy."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QMenu, QTabBar, QWidget

from engine.experiment import switch_task
from gui_app.widgets.card import Card
from gui_app.window.main_window import MainWindow

WORDS = re.compile(r"\b(class|classes|classif\w*|accurac\w*|boundar\w*)\b", re.IGNORECASE)

OTHER_WORDS = re.compile(
    r"\bclass 0\b|\bunits? (can|dies?)\b|\b(dead|ReLU|hidden) units?\b|\bgallery\b|(?-i:\(sgd\))",
    re.IGNORECASE,
)


def texts_of(window: MainWindow) -> Iterator[tuple[str, str]]:
    """What is read or heard of each thing that is not hidden."""
    for menu in window.findChildren(QMenu):
        menu.aboutToShow.emit()
    for widget in window.findChildren(QWidget):
        if isinstance(widget, Card) and not widget.switch.isEnabled():
            # The formula of what this task does not have.
            continue
        if hidden(widget, window):
            continue
        said = [widget.toolTip(), widget.accessibleName(), widget.accessibleDescription(), widget.statusTip()]
        if isinstance(widget, QLabel | QAbstractButton):
            said.append(widget.text())
        if isinstance(widget, QTabBar):
            said += [widget.tabText(k) for k in range(widget.count())]
        if isinstance(widget, QComboBox):
            said.append(widget.currentText())
            if widget.accessibleName() != "Task":
                said += [widget.itemText(k) for k in range(widget.count())]
        for text in filter(None, said):
            yield type(widget).__name__, text
    # Lessons have data of their own.
    lessons = window.lessons_menu.actions()
    for action in window.findChildren(QAction):
        if action not in lessons and action.isVisible() and action.isEnabled():
            yield "QAction", f"{action.text()} {action.toolTip()} {action.statusTip()}"


def hidden(widget: QWidget, window: MainWindow) -> bool:
    """Whether it, or what it is in, was hidden; what lies behind a tab is not."""
    while widget is not window:
        if widget.testAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide) and widget.isHidden():
            return True
        parent = widget.parentWidget()
        if parent is None:
            return True
        widget = parent
    return False


@pytest.mark.parametrize("task", ["classification", "curve", "surface"])
def test_each_thing_has_one_word(open_window, fake_engine, task):
    """Classes are counted from 1, neurons are no units, and saved points are data sets."""
    window = open_window()
    window.complete()
    window.document.replace(switch_task(window.document.experiment, task), "Task")
    for _ in range(3):
        QApplication.processEvents()
    wrong = {f"{kind}: {text}" for kind, text in texts_of(window) if OTHER_WORDS.search(text)}
    assert not wrong, "\n".join(sorted(wrong))


@pytest.mark.parametrize("task", ["curve", "surface"])
def test_no_word_is_about_classes(open_window, fake_engine, task):
    window = open_window()
    window.complete()
    window.document.replace(switch_task(window.document.experiment, task), "Task")
    for _ in range(3):
        QApplication.processEvents()
    wrong = {f"{kind}: {text}" for kind, text in texts_of(window) if WORDS.search(text)}
    assert not wrong, "\n".join(sorted(wrong))
