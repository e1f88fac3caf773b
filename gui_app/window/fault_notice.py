"""The notice of an error: a small card over the corner of the window, which waits and asks for nothing."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMainWindow, QVBoxLayout

from gui_app.theme.icons import icon
from gui_app.theme.tokens import Theme
from gui_app.widgets.buttons import icon_button, text_button, tint
from gui_app.widgets.tips import tip
from gui_app.window.corner_notice import CornerNotice


class FaultNotice(CornerNotice):
    """A headline, a sentence, *Copy report* and *Dismiss*, in the lower right corner above the status bar.

    It takes no focus and covers no canvas. ``copied`` and ``dismissed`` follow the buttons.
    """

    copied = Signal()
    dismissed = Signal()

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window, "An error of the app", Qt.Corner.BottomRightCorner)
        self._sign = QLabel()
        self.copy = text_button(
            "Copy report",
            tip("Copy report", "Versions, settings and the newest log lines. No drawing, no names of files."),
        )
        self.close_button = icon_button("close", "Dismiss", tip("Dismiss", "Hide this notice."), side=24)
        self.copy.clicked.connect(self.copied)
        self.close_button.clicked.connect(self.dismissed)
        self._lay_out()

    def apply_theme(self, theme: Theme) -> None:
        self._sign.setPixmap(icon("warning", theme.warning).pixmap(QSize(18, 18), self.devicePixelRatioF()))
        tint(self, theme.muted)

    def tell(self, headline: str, detail: str) -> None:
        """Show two sentences; screen readers read them when they appear, not when a count changes."""
        self.say(headline, detail, aloud=not self.isVisible() or headline != self.headline.text())

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
