"""The widget that shows a picture of the help."""

from __future__ import annotations

from threading import Thread

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from gui_app.help.pictures.registry import PICTURES
from gui_app.help.pictures.sheet import HEIGHT, WIDTH, Sheet
from gui_app.theme import text_size
from gui_app.theme.tokens import Theme
from gui_app.widgets.guarded import guarded

_computed: set[str] = set()
"""The pictures whose numbers are there. That PyTorch is imported says less: a thread may be in the midst of it."""


class PictureView(QWidget):
    """Shows the picture ``name``, with the catalogue's entry ``chosen`` stressed.

    What needs PyTorch is computed in a thread, and once: importing it would hold up the window for a second. The
    picture grows with the text.
    """

    computed = Signal()

    def __init__(self, name: str, theme: Theme, chosen: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._picture, self._theme, self._chosen = name, PICTURES[name], theme, chosen
        self.setAccessibleName(f"Picture: {name.replace('_', ' ')}")
        self.setMinimumSize(self.sizeHint())
        compute = self._picture.compute
        self.is_ready = compute is None or name in _computed
        self.computed.connect(self._show, Qt.ConnectionType.QueuedConnection)
        if compute is not None and not self.is_ready:
            Thread(target=self._compute, args=(compute,), name="help picture", daemon=True).start()

    def sizeHint(self) -> QSize:
        scale = text_size.scale()
        return QSize(text_size.scaled(WIDTH, scale), text_size.scaled(HEIGHT, scale))

    def _compute(self, compute: object) -> None:
        assert callable(compute)
        compute()
        _computed.add(self._name)
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
        scale = text_size.scale()
        painter.translate((self.width() - WIDTH * scale) / 2, 0)
        painter.scale(scale, scale)
        sheet = Sheet(painter, self._theme)
        if self.is_ready:
            self._picture.draw(sheet, self._chosen)
        else:
            sheet.text(WIDTH / 2, HEIGHT / 2, "drawing …", align="middle")
