"""What is explained for a control: its topic, and what it is itself (a number, a choice, a button)."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QTextDocumentFragment
from PySide6.QtWidgets import QDockWidget, QLabel, QTabBar, QWidget

from engine.catalogue import Entry, Parameter
from engine.catalogue.texts import setting_text
from gui_app.help.topics import Topic, topic
from gui_app.widgets.choice_box import ChoiceBox
from gui_app.widgets.parameter_slider import ParameterSlider
from gui_app.widgets.topics import topic_of


@dataclass(frozen=True, slots=True)
class Detail:
    """What a control is itself; ``chosen`` is the key of the catalogue's entry that it shows."""

    title: str = ""
    words: str = ""
    formula: str = ""
    chosen: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The explanation of a control: a topic, and the detail of the control in it."""

    topic: Topic
    detail: Detail = Detail()


def explanation_of(widget: QWidget) -> Explanation | None:
    """Return the explanation of a control; None if neither it nor what it is in has a topic."""
    widget = _meant(widget)
    key = topic_of(widget)
    return Explanation(topic(key), _detail(widget)) if key else None


def _meant(widget: QWidget) -> QWidget:
    """Return what a widget stands for: a label for its control, a tab for the dock behind it."""
    if isinstance(widget, QLabel) and widget.buddy() is not None:
        return widget.buddy()
    parent = widget.parentWidget()
    if isinstance(parent, QTabBar):
        return _meant(parent)
    if isinstance(widget, QTabBar) and not topic_of(widget):
        title = widget.tabText(widget.currentIndex())
        docks = widget.window().findChildren(QDockWidget)
        return next((dock.widget() for dock in docks if dock.windowTitle() == title), widget)
    return widget


def _detail(widget: QWidget) -> Detail:
    """Return what a control, or the number or choice that it is a part of, says about itself."""
    part: QWidget | None = widget
    while part is not None and not part.isWindow():
        if isinstance(part, ParameterSlider):
            return _of_parameter(part.parameter)
        if isinstance(part, ChoiceBox) and part.key():
            return _of_entry(part.family[part.key()])
        part = part.parentWidget()
    return _of_tip(widget)


def _of_parameter(parameter: Parameter) -> Detail:
    ends = [setting_text(end) for end in parameter.typical or ()]
    typical = f" Typical: {' to '.join(ends)}." if ends else ""
    return Detail(parameter.label, f"{parameter.tooltip}{typical}", parameter.formula)


def _of_entry(entry: Entry) -> Detail:
    formula = entry.formula if entry.formula != entry.label else ""
    return Detail(entry.label, entry.tooltip, formula, entry.key)


def _of_tip(widget: QWidget) -> Detail:
    """Return the words of a button's tip, whose first line repeats its name."""
    words = QTextDocumentFragment.fromHtml(widget.toolTip()).toPlainText() if widget.toolTip() else ""
    head, _, rest = words.partition("\n")
    return Detail(head, " ".join(rest.split("\n"))) if rest else Detail(widget.accessibleName(), words)
