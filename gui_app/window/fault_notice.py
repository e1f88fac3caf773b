"""The notice of an error: a small card over the corner of the window, which waits and asks for nothing."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMainWindow, QVBoxLayout

from gui_app.theme.icons import icon
from gui_app.theme.tokens import Theme
from gui_app.widgets.buttons import icon_button, text_button, tint
from gui_app.widgets.guarded import guarded
from gui_app.widgets.tips import tip

WIDTH, MARGIN = 392, 12


class FaultNotice(QFrame):
    """A headline, a sentence, *Copy report* and *Dismiss*, in the lower right corner above the status bar.

    It takes no focus and covers no canvas. ``copied`` and ``dismissed`` follow the buttons.
    """

    copied = Signal()
    dismissed = Signal()

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.setProperty("kind", "notice")
        self.setAccessibleName("An error of the app")
        self.setFixedWidth(WIDTH)
        self.headline, self.detail, self._sign = QLabel(), QLabel(), QLabel()
        self.headline.setProperty("role", "title")
        self.detail.setProperty("role", "caption")
        for label in (self.headline, self.detail):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        self.copy = text_button(
            "Copy report",
            tip("Copy report", "Versions, settings and the newest log lines. No drawing, no names of files."),
        )
        self.close_button = icon_button("close", "Dismiss", tip("Dismiss", "Hide this notice."), side=24)
        self.copy.clicked.connect(self.copied)
        self.close_button.clicked.connect(self.dismissed)
        self._lay_out()
        self.hide()
        window.installEventFilter(self)

    def apply_theme(self, theme: Theme) -> None:
        self._sign.setPixmap(icon("warning", theme.warning).pixmap(QSize(18, 18), self.devicePixelRatioF()))
        tint(self, theme.muted)

    def tell(self, headline: str, detail: str) -> None:
        """Show two sentences; screen readers read them when they appear, not when a count changes."""
        is_new = not self.isVisible() or headline != self.headline.text()
        self.headline.setText(headline)
        self.detail.setText(detail)
        self.setAccessibleDescription(f"{headline} {detail}")
        self._arrange()
        if is_new:
            self.show()
            self.raise_()
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    @guarded
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._arrange()
        return False

    def _arrange(self) -> None:
        layout = self.layout()
        if layout is not None:
            layout.activate()
            self.resize(WIDTH, layout.totalHeightForWidth(WIDTH))
        bar = self._window.statusBar()
        bottom = self._window.height() - (bar.height() if bar.isVisible() else 0)
        self.move(self._window.width() - WIDTH - MARGIN, bottom - self.height() - MARGIN)

    def _lay_out(self) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(4)
        texts.addWidget(self.headline)
        texts.addWidget(self.detail)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(0, 8, 0, 0)
        buttons.addWidget(self.copy)
        buttons.addStretch(1)
        texts.addLayout(buttons)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 12, 8, 12)
        row.setSpacing(8)
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)
        row.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
