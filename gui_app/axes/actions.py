"""Commands that edit the axes of the data."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtWidgets import QWidget

from engine.data.framing import fitting_extent
from engine.experiment import edit_many
from engine.experiment.frame import Frame
from gui_app.axes.popover import AxesPopover
from gui_app.session.document import Document

TEXT = "Axes"


class AxesActions(QObject):
    """Edits the frame of ``document`` in a popover over ``anchor``."""

    def __init__(self, document: Document, anchor: QWidget) -> None:
        super().__init__(anchor)
        self._document, self._anchor = document, anchor
        self.popover: AxesPopover | None = None

    def edit(self, axis: str = "x", point: QPoint | None = None) -> None:
        """Open the editor at a point of the screen, with the name of an axis in focus; without one, over the anchor."""
        self._document.finish_gesture("Draw")
        data = self._document.experiment.data
        popover = AxesPopover(Frame.of(data), data.task, axis, self._anchor)
        popover.form.fit_requested.connect(self._fit)
        popover.applied.connect(self._apply)
        popover.destroyed.connect(self._forget)
        self.popover = popover
        middle = self._anchor.mapToGlobal(QPoint(self._anchor.width() // 2, 12))
        popover.open_at(point or middle, Qt.AlignmentFlag.AlignHCenter)

    def fit(self) -> None:
        """Fit the extent to the points, as one undo step."""
        document = self._document
        document.finish_gesture("Draw")
        extent = fitting_extent(document.points, document.experiment.data.task)
        document.replace(edit_many(document.experiment, {"data.extent": extent}), "Fit the axes")

    def _fit(self) -> None:
        if self.popover is not None:
            task = self._document.experiment.data.task
            self.popover.form.show_extent(fitting_extent(self._document.points, task))

    def _apply(self, frame: Frame) -> None:
        before = Frame.of(self._document.experiment.data)
        if frame != before:
            self._document.replace(edit_many(self._document.experiment, frame.changes()), TEXT)

    def _forget(self) -> None:
        self.popover = None
