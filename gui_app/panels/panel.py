"""The base of all panels, which show the document, edit it by path, and report refused edits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QSettings, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from engine.experiment import Experiment, ExperimentError, edit_many, get
from gui_app.session.document import Document
from gui_app.session.refusal import refusal
from gui_app.theme.tokens import LIGHT, Theme
from gui_app.widgets.buttons import tint
from gui_app.widgets.choice_box import ChoiceBox
from gui_app.widgets.choice_chips import ChoiceChips
from gui_app.widgets.guarded import guarded
from gui_app.widgets.name_label import NameLabel
from gui_app.widgets.outline import outline_once
from gui_app.widgets.parameter_slider import ParameterSlider
from gui_app.widgets.section import Section
from gui_app.widgets.topics import set_topic

LABEL_WIDTH = 88


class Panel(QFrame):
    """Base of panels. It follows the document while it is visible, and catches up when it becomes visible.

    ``controls`` maps the path of each setting to its control; paths are relative to the panel's settings (see
    ``path``). ``refused(sentence)`` is emitted after an edit that the experiment does not allow; the panel shows the
    sentence until the next change.
    """

    refused = Signal(str)

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.theme = LIGHT
        self.controls: dict[str, QWidget] = {}
        self._outdated = False
        self.setProperty("kind", "panel")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(12, 6, 12, 6)
        self.column.setSpacing(8)
        self.error = QLabel()
        self.error.setProperty("role", "error")
        self.error.setWordWrap(True)
        self.error.setVisible(False)
        self.build()
        self.column.addWidget(self.error)
        self._refresh()
        document.changed.connect(self._changed)

    # -- for subclasses

    def build(self) -> None:
        """Create the controls."""

    def refresh(self, experiment: Experiment) -> None:
        """Show the experiment, without signals."""

    def concerns(self, before: Experiment, after: Experiment) -> bool:
        """Return whether anything that this panel shows differs between the experiments."""
        return before is not after

    def apply_theme(self, theme: Theme) -> None:
        """Redraw in the colours of ``theme``."""
        self.theme = theme
        tint(self, theme.text)

    def in_experiment(self, changes: Mapping[str, object]) -> dict[str, object]:
        """Return changes of this panel's settings as changes of the experiment."""
        return {self.path(path): value for path, value in changes.items()}

    def refusal_of(self, error: Exception) -> str:
        """Return why an edit was refused, as a sentence."""
        return refusal(error)

    # -- edits

    def path(self, below: str) -> str:
        """Return the current path in the experiment of one of this panel's settings."""
        return below

    def get(self, path: str) -> Any:
        """Return the value of one of this panel's settings."""
        return get(self.document.experiment, self.path(path))

    def change(self, changes: Mapping[str, object], label: str) -> None:
        """Make an edit that may continue, such as the drag of a slider; a series of them is one undo step."""
        self.attempt(lambda: self.document.change(self.in_experiment(changes), label))

    def put(self, changes: Mapping[str, object], label: str) -> None:
        """Make an edit that is an undo step of its own, such as a click."""
        self.attempt(
            lambda: self.document.replace(
                edit_many(self.document.experiment, self.in_experiment(changes)), label
            )
        )

    def attempt(self, action: Callable[[], None]) -> None:
        """Run ``action``; if it is refused, show why, and reset the controls to the document."""
        try:
            action()
        except (ExperimentError, ValueError) as error:
            self.show_message(self.refusal_of(error))
            self._refresh()
        else:
            self.show_message("")

    def show_message(self, sentence: str) -> None:
        """Show why an edit was refused; an empty sentence hides the message."""
        self.error.setText(sentence)
        self.error.setVisible(bool(sentence))
        if sentence:
            self._bring_into_view(self.error)
            self.refused.emit(sentence)

    # -- controls

    def slider(self, parameter: Any, path: str, **options: Any) -> ParameterSlider:
        """Create a slider bound to a path."""
        control = ParameterSlider(
            parameter, **{"label_width": LABEL_WIDTH, "unit": parameter.unit, **options}
        )
        label = f"Change {parameter.label.lower() if len(parameter.label) > 3 else parameter.label}"
        whole = parameter.integer
        control.edited.connect(lambda value: self.change({path: int(value) if whole else value}, label))
        self.controls[path] = control
        set_topic(control, _topic_of(path))
        return control

    def choice(self, family: Any, path: str, name: str) -> ChoiceBox:
        """Create a choice box bound to a path."""
        box = ChoiceBox(family, name)
        box.chosen.connect(lambda key: self.change({path: key}, f"Change {name.lower()}"))
        self.controls[path] = box
        set_topic(box, _topic_of(path))
        return box

    def choice_chips(self, family: Any, path: str, name: str) -> ChoiceChips:
        """Create a row of chips bound to a path."""
        chips = ChoiceChips(family, name)
        chips.chosen.connect(lambda key: self.put({path: key}, f"Change {name.lower()}"))
        self.controls[path] = chips
        return chips

    # -- for the window

    def reveal(self, path: str) -> bool:
        """Bring the control of a setting into view and outline it once; return False if this panel has none.

        ``path`` is relative to the panel's settings, or one of a part of a control's setting, as in
        "network.activation.alpha".
        """
        control = self._control_of(path)
        if control is None:
            return False
        for section in self.findChildren(Section):
            if section.content.isAncestorOf(control):
                section.set_open(True)
        self.show_control(control)
        return True

    def show_control(self, control: QWidget) -> None:
        """Bring a control that is not folded away into view and outline it once."""
        self._bring_into_view(control)
        outline_once(control)

    def remember(self, settings: QSettings) -> None:
        """Fold and unfold the sections as they were last, and remember what a person changes."""
        for section in self.findChildren(Section):
            key = f"sections/{section.name}"
            if settings.contains(key):
                section.set_open(bool(settings.value(key, section.is_open, bool)))
            # Not what ``reveal`` unfolds.
            section.heading.clicked.connect(lambda is_open, key=key: settings.setValue(key, is_open))

    def _control_of(self, path: str) -> QWidget | None:
        """Return the control of a setting, or of the smallest group of settings that contains it."""
        while path not in self.controls and "." in path:
            path = path.rpartition(".")[0]
        return self.controls.get(path)

    def _bring_into_view(self, part: QWidget) -> None:
        """Scroll to a part that has just appeared."""
        above = self.parentWidget()
        while above is not None and not isinstance(above, QScrollArea):
            above = above.parentWidget()
        if above is not None:
            QTimer.singleShot(0, above, lambda: above.ensureWidgetVisible(part))

    def outdated(self) -> None:
        """Refresh now, or as soon as the panel is visible."""
        self._outdated = True
        if self.isVisible():
            self._refresh()

    def _changed(self, before: Experiment, after: Experiment) -> None:
        if self.concerns(before, after):
            self.show_message("")
            self.outdated()

    @guarded
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._outdated:
            self._refresh()

    def _refresh(self) -> None:
        self._outdated = False
        self.refresh(self.document.experiment)


def labelled(text: str, control: QWidget, tip: str = "", width: int = LABEL_WIDTH) -> QHBoxLayout:
    """Return a row with the name of a setting and its control; the name takes at least ``width`` pixels."""
    label = NameLabel(text, width)
    label.setToolTip(tip)
    label.setBuddy(control)
    row = QHBoxLayout()
    row.setSpacing(8 if width else 6)
    row.addWidget(label)
    row.addWidget(control, 1)
    return row


def _topic_of(path: str) -> str:
    """Return the topic of a setting: that of a choice explains its parameters, too."""
    return path.split(".")[1]
