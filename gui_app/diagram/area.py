"""The part of the diagram that is drawn anew with each snapshot."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui_app.diagram.picture import DiagramPicture, paint_picture
from gui_app.widgets.guarded import guarded


class DiagramArea(QWidget):
    """Shows a picture; it is painted into an image once, so that the mouse moves over it at little cost."""

    resized = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture: DiagramPicture | None = None
        self._image = QImage()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def show_picture(self, picture: DiagramPicture) -> None:
        self.picture, self._image = picture, QImage()
        self.update()

    @guarded
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        if self.picture is None:
            return
        if self._image.isNull():
            self._image = self._painted(self.picture)
        painter = QPainter(self)
        painter.drawImage(0, 0, self._image)
        painter.end()

    def _painted(self, picture: DiagramPicture) -> QImage:
        ratio = self.devicePixelRatioF()
        size = ceil(self.width() * ratio), ceil(self.height() * ratio)
        image = QImage(*size, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        image.fill(QColor(picture.theme.panel))
        painter = QPainter(image)
        paint_picture(painter, picture)
        painter.end()
        return image
