"""The popover that edits the axes."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget

from engine.experiment.frame import Frame
from gui_app.widgets.buttons import text_button
from gui_app.widgets.card import caption
from gui_app.widgets.frame_form import FrameForm
from gui_app.widgets.popover import Popover

WIDTH = 480
MEANING = "The extent is what the canvas shows at first. The scaling “Unit” maps it to −1…1."


class AxesPopover(Popover):
    """Edits a frame; Enter and *Apply* apply it, Escape, *Cancel* and a click elsewhere do not.

    ``applied(frame)`` is emitted at most once.
    """

    applied = Signal(object)

    def __init__(self, frame: Frame, task: str, axis: str = "x", parent: QWidget | None = None) -> None:
        super().__init__("Axes", WIDTH, parent=parent)
        self.form = FrameForm()
        self.form.show_frame(frame, task)
        self.cancel = text_button("Cancel", "Leave the axes as they were (Esc)")
        self.apply = text_button("Apply", "Keep this, as one undo step (Enter)", "primary")
        self._first: QLineEdit = self.form.names[axis]
        self._lay_out()
        self.form.changed.connect(self._refresh)
        self.apply.clicked.connect(self.accept)
        self.cancel.clicked.connect(self.close)

    def focus_first(self) -> None:
        self._first.setFocus()
        self._first.selectAll()

    def accept(self) -> None:
        frame = self.form.frame
        if frame is not None:
            self.applied.emit(frame)
            self.close()

    def _refresh(self) -> None:
        self.apply.setEnabled(self.form.frame is not None)
        self.adjustSize()

    def _lay_out(self) -> None:
        heading = QLabel("Axes")
        heading.setProperty("role", "title")
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.apply)
        for part in (heading, caption(MEANING), self.form):
            self.column.addWidget(part)
        self.column.addLayout(buttons)
