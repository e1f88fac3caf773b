"""The widget that shows a picture of the help."""

from __future__ import annotations

import sys
from threading import Thread

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from gui_app.help.pictures.registry import PICTURES
from gui_app.help.pictures.sheet import HEIGHT, WIDTH, Sheet
from gui_app.theme.tokens import Theme
from gui_app.widgets.guarded import guarded


class PictureView(QWidget):
    """Shows the picture ``name``, with the catalogue's entry ``chosen`` stressed.

    What needs PyTorch is computed in a thread: importing it would hold up the window for a second.
    """

    computed = Signal()

    def __init__(self, name: str, theme: Theme, chosen: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture, self._theme, self._chosen = PICTURES[name], theme, chosen
        self.setAccessibleName(f"Picture: {name.replace('_', ' ')}")
        self.setMinimumSize(self.sizeHint())
        compute = self._picture.compute
        self.is_ready = compute is None or "torch" in sys.modules
        self.computed.connect(self._show, Qt.ConnectionType.QueuedConnection)
        if compute is not None and not self.is_ready:
            Thread(target=self._compute, args=(compute,), name="help picture", daemon=True).start()

    def sizeHint(self) -> QSize:
        return QSize(round(WIDTH), round(HEIGHT))

    def _compute(self, compute: object) -> None:
        assert callable(compute)
        compute()
        try:
            self.computed.emit()
        except RuntimeError:
            # The explanation was closed meanwhile.
            return

    def _show(self) -> None:
        self.is_ready = True
        self.update()

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate((self.width() - WIDTH) / 2, 0)
        sheet = Sheet(painter, self._theme)
        if self.is_ready:
            self._picture.draw(sheet, self._chosen)
        else:
            sheet.text(WIDTH / 2, HEIGHT / 2, "drawing …", align="middle")
