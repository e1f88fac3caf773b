"""The status bar, which shows a long message on two small lines."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QStatusBar, QStyle, QStyleOption, QWidget
from shiboken6 import isValid

from gui_app.theme import text_size
from gui_app.widgets.guarded import guarded
from gui_app.widgets.topics import set_topic
from gui_app.widgets.wrapped_text import paint_wrapped

HEIGHT = 34
"""Height in pixels with text of the default size, enough for the line of diagnosis, which is added later."""
MARGIN = 8


class StatusBar(QStatusBar):
    """Shows a message on up to two lines; the tooltip has the whole message."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        set_topic(self, "diagnosis")
        self._fit_text()
        self.messageChanged.connect(self.setToolTip)
        self._marks: list[QWidget] = []

    @guarded
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit_text()

    def _fit_text(self) -> None:
        self.setMinimumHeight(text_size.scaled(HEIGHT, max(text_size.scale(), 1.0)))

    def addWidget(self, widget: QWidget, /, stretch: int | None = 0) -> None:
        """Add a widget, which appears after the current message; Qt alone would hide it permanently."""
        super().addWidget(widget, stretch or 0)
        if self.currentMessage():
            widget.setAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide, False)

    def addPermanentWidget(self, widget: QWidget, /, stretch: int | None = 0) -> None:
        """Add a widget at the right end, beside which messages are shown."""
        super().addPermanentWidget(widget, stretch or 0)
        self._marks.append(widget)

    @property
    def message_rect(self) -> QRectF:
        """The rectangle for the message."""
        # A mark may be gone: the offer of the tour leaves for good.
        self._marks = [mark for mark in self._marks if isValid(mark)]
        end = min((mark.x() for mark in self._marks if mark.isVisible()), default=self.width())
        return QRectF(0, 0, end, self.height()).adjusted(MARGIN, 3, -MARGIN, -2)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        message = self.currentMessage()
        if not message:
            super().paintEvent(event)
            return
        painter, option = QPainter(self), QStyleOption()
        option.initFrom(self)
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_PanelStatusBar, option, painter, self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        paint_wrapped(painter, self.message_rect, message, self.font())
