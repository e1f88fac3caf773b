"""Commands for the selected points; each is one undo step."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from engine.catalogue.texts import counted
from engine.data import Append, remove_where
from engine.experiment import Experiment, ExperimentError, Points, TooManyPointsError, file_labels
from gui_app.canvas.selecting.beside import free_positions
from gui_app.canvas.tools import ToolContext
from gui_app.session.dialogs import reason
from gui_app.session.document import Document
from gui_app.session.origin import PASTED

if TYPE_CHECKING:
    from engine.data import CsvData

Floats = NDArray[np.float64]


def delete_selected(context: ToolContext) -> bool:
    """Delete the selected points; return False if there are none, or they cannot be edited."""
    index = context.selection.index
    if not len(index):
        return False
    mask = np.zeros(len(context.points), dtype=np.bool_)
    mask[index] = True
    try:
        context.editor.apply_edit(remove_where(context.points, mask))
    except TooManyPointsError:
        return False
    context.editor.finish_gesture("Delete")
    return True


class SelectedActions(QObject):
    """Commands for menus and buttons; ``reported(sentence)`` gives outcomes that the canvas does not show."""

    reported = Signal(str)

    def __init__(self, document: Document, context: ToolContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._context = document, context

    def select_all(self) -> None:
        """Select all points that are shown."""
        self._context.select(np.arange(len(self._context.points)))

    def delete(self) -> None:
        if not delete_selected(self._context):
            self._say_refusal()

    def relabel(self) -> None:
        """Give the selected points the chosen class or value. Does nothing on a curve."""
        context = self._context
        index = context.selection.index
        edit = context.rewrite(index, target=context.targets(context.points.xy[index]))
        if edit is not None and not self._say_refusal():
            self._document.apply_edit(edit)
            self._document.finish_gesture("Relabel")

    def _say_refusal(self) -> bool:
        """Say why points cannot be edited; False where they can."""
        refusal = self._document.refusal_to_draw
        if refusal:
            self.reported.emit(refusal)
        return bool(refusal)

    def duplicate(self) -> None:
        """Add copies beside the selected points, in the same splits, and select them instead."""
        chosen = self._context.points[self._context.selection.index]
        if len(chosen):
            xy = self._free(chosen.xy, stays=False)
            target = xy[:, 1] if self._context.task == "curve" else chosen.target
            try:
                self._add(Points(xy, target, chosen.split), "Duplicate")
            except TooManyPointsError as error:
                self.reported.emit(reason(error))

    def copy(self) -> None:
        """Copy the selected points to the clipboard, as CSV text."""
        from engine.data import points_to_text

        chosen = self._context.points[self._context.selection.index]
        if len(chosen):
            text = points_to_text(chosen, self._context.task, file_labels(self._document.experiment.data))
            QGuiApplication.clipboard().setText(text)
            self.reported.emit(f"Copied {_count(chosen)}.")

    def cut(self) -> None:
        self.copy()
        self.delete()

    def paste(self) -> None:
        """Add the points of the clipboard's CSV text and select them; a message explains text that cannot be read.

        They lie where the text says, or beside if there are such points already.
        """
        # The modules that read tables are slow to import, so they load at the first paste, not with the window.
        from engine.data import CsvError, read_csv
        from engine.data.importing import with_imported

        text = QGuiApplication.clipboard().text()
        try:
            names = file_labels(self._document.experiment.data)
            data = self._beside(read_csv(text, self._context.task, names))
            points = self._put(with_imported(self._document.experiment, data, existing=self._document.points))
            hidden = len(points) - len(self._context.selection)
            self.reported.emit(f"Pasted {_count(points)}{f', {hidden:,} of them hidden' if hidden else ''}.")
        except TooManyPointsError as error:
            self.reported.emit(reason(error))
        except (CsvError, ExperimentError) as error:
            # An empty clipboard has no format to ask about.
            asks = ". Edit → Paste data asks for its format" if text.strip() else ""
            self.reported.emit(f"The clipboard holds no points for this task: {error}{asks}.")

    def _free(self, xy: Floats, stays: bool) -> Floats:
        return free_positions(xy, self._document.points, self._context.viewport(), stays)

    def _beside(self, data: CsvData) -> CsvData:
        """Return points that were read, beside those that are there already; on a curve the targets follow."""
        xy = self._free(data.xy, stays=True)
        if xy is data.xy:
            return data
        return replace(data, xy=xy, target=xy[:, 1].copy() if self._context.task == "curve" else data.target)

    def _put(self, after: Experiment) -> Points:
        """Append the points that ``after`` adds to the document's, with the classes they need, and select them."""
        document, before = self._document, len(self._document.points)
        assert after.data.points is not None
        points, data = after.data.points[before:], document.experiment.data
        if (after.data.classes, after.data.class_names) == (data.classes, data.class_names):
            self._add(points, "Paste")
        else:
            document.replace(after, "Paste", source="" if before else PASTED)
            self._context.select(np.arange(before, before + len(points)))
        return points

    def _add(self, points: Points, undo_text: str) -> None:
        """Append points and select them."""
        before = len(self._context.points)
        self._document.apply_edit(Append(points), PASTED)
        self._document.finish_gesture(undo_text)
        self._context.select(np.arange(before, before + len(points)))


def _count(points: Points) -> str:
    return counted(len(points), "point")
