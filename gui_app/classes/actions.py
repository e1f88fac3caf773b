"""The actions that rename, recolour and remove a class."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QDialog, QWidget

from engine.data import without_class
from engine.experiment import DataSettings, class_labels, with_colour, with_name
from gui_app.classes.removal import ClassRemoval
from gui_app.session.document import Document
from gui_app.theme.tokens import LIGHT, Theme
from gui_app.widgets.class_popover import ClassPopover
from gui_app.widgets.window_order import front_of


class ClassActions(QObject):
    """Change the classes of ``document``; ``attempt`` runs a change and shows the reason if it is refused."""

    def __init__(
        self, document: Document, attempt: Callable[[Callable[[], None]], None], window: QWidget
    ) -> None:
        super().__init__(window)
        self._document, self._attempt, self._window = document, attempt, window
        self._theme: Theme = LIGHT
        self.popover: ClassPopover | None = None

    def apply_theme(self, theme: Theme) -> None:
        """Offer the class colours of ``theme``."""
        self._theme = theme

    def edit(self, index: int, point: QPoint) -> None:
        """Open the popover of a class at a point of the screen."""
        data = self._document.experiment.data
        own = data.class_colours[index] if data.class_colours else None
        name = data.class_names[index] if data.class_names else None
        popover = ClassPopover(index, name or "", self._theme.classes, own, self._window)
        popover.remove.setEnabled(data.classes > 2)
        popover.renamed.connect(lambda name: self._rename(index, name))
        popover.recoloured.connect(lambda colour: self._recolour(index, colour))
        popover.removal_requested.connect(lambda: self.remove(index))
        popover.destroyed.connect(self._forget)
        self.popover = popover
        popover.open_at(point)

    def remove(self, index: int) -> None:
        """Remove a class in one undo step; if it has points, first ask whether another class takes them."""
        document = self._document
        count = int((document.points.target == index).sum())
        into = None
        if count:
            labels = class_labels(document.experiment.data)
            dialog = ClassRemoval(index, labels, count, front_of(self._window))
            agreed, into = dialog.exec() == QDialog.DialogCode.Accepted, dialog.into
            dialog.deleteLater()
            if not agreed:
                return
        self._attempt(
            lambda: document.replace(
                without_class(document.experiment, document.points, index, into), "Remove class"
            )
        )

    def _rename(self, index: int, name: str) -> None:
        self._put(with_name(self._document.experiment.data, index, name or None), "Rename class")

    def _recolour(self, index: int, colour: str) -> None:
        self._put(with_colour(self._document.experiment.data, index, colour or None), "Recolour class")

    def _put(self, data: DataSettings, undo_text: str) -> None:
        after = msgspec.structs.replace(self._document.experiment, data=data)
        self._attempt(lambda: self._document.replace(after, undo_text))

    def _forget(self) -> None:
        self.popover = None
