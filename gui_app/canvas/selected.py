"""What can be done with the selected points besides dragging them: each is one undo step."""

from __future__ import annotations

import io

import msgspec
import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from engine.data import Append, CsvData, CsvError, read_csv, remove_where, write_csv
from engine.experiment import ExperimentError, Points, switch_classes
from gui_app.canvas.tools import Bench
from gui_app.document import Document

ASIDE = 0.3
"""How far copies lie from their originals, in canvas units, right and down."""


def delete_selected(bench: Bench) -> bool:
    """Take the selected points away; False where none are."""
    index = bench.selection.index
    if not len(index):
        return False
    mask = np.zeros(len(bench.points), dtype=np.bool_)
    mask[index] = True
    bench.editor.apply_edit(remove_where(bench.points, mask))
    bench.editor.finish_gesture("Delete")
    return True


class SelectedActions(QObject):
    """Commands for menus and buttons; ``said(sentence)`` tells what came of one that cannot be seen."""

    said = Signal(str)

    def __init__(self, document: Document, bench: Bench, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._bench = document, bench

    def select_all(self) -> None:
        """All points that are shown."""
        self._bench.select(np.arange(len(self._bench.points)))

    def delete(self) -> None:
        delete_selected(self._bench)

    def relabel(self) -> None:
        """Give the selected points the chosen class or value. Does nothing on a curve."""
        bench = self._bench
        index = bench.selection.index
        edit = bench.rewrite(index, target=bench.targets(bench.points.xy[index]))
        if edit is not None:
            self._document.apply_edit(edit)
            self._document.finish_gesture("Relabel")

    def duplicate(self) -> None:
        """Copies beside the selected points, in the same splits, and selected in their place."""
        chosen = self._bench.points[self._bench.selection.index]
        if len(chosen):
            xy = chosen.xy + np.array((ASIDE, -ASIDE))
            target = xy[:, 1] if self._bench.task == "curve" else chosen.target
            self._add(Points(xy, target, chosen.split), "Duplicate")

    def copy(self) -> None:
        """The selected points as CSV text on the clipboard."""
        chosen = self._bench.points[self._bench.selection.index]
        if len(chosen):
            text = io.StringIO()
            write_csv(chosen, self._bench.task, text)
            QGuiApplication.clipboard().setText(text.getvalue())
            self.said.emit(f"Copied {_count(chosen)}.")

    def cut(self) -> None:
        self.copy()
        self.delete()

    def paste(self) -> None:
        """The points that the clipboard holds as CSV text, selected; what cannot be read is said."""
        try:
            data = read_csv(QGuiApplication.clipboard().text(), self._bench.task)
            points = self._points_of(data)
            self._add(points, "Paste", max(len(data.class_names), int(data.target.max(initial=0)) + 1))
            hidden = len(points) - len(self._bench.selection)
            self.said.emit(f"Pasted {_count(points)}{f', {hidden:,} of them hidden' if hidden else ''}.")
        except (CsvError, ExperimentError) as error:
            self.said.emit(f"The clipboard holds no points for this task: {error}.")

    def _points_of(self, data: CsvData) -> Points:
        if data.split is None:
            return self._document.new_points(data.xy, data.target)
        return Points(data.xy, data.target, data.split)

    def _add(self, points: Points, words: str, classes: int = 0) -> None:
        """Append points and select them; where they need more ``classes`` than there are, these come too."""
        document, before = self._document, len(self._bench.points)
        data = document.experiment.data
        if data.task == "classification" and classes > data.classes:
            both = msgspec.structs.replace(data, points=Points.concatenate([document.points, points]))
            document.replace(
                switch_classes(msgspec.structs.replace(document.experiment, data=both), classes), words
            )
        else:
            document.apply_edit(Append(points))
            document.finish_gesture(words)
        self._bench.select(np.arange(before, before + len(points)))


def _count(points: Points) -> str:
    return "1 point" if len(points) == 1 else f"{len(points):,} points"
