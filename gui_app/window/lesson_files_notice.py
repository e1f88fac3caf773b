"""The notice about the files of a lesson: what is wrong and what helps, where they were made, that they are gone."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMainWindow, QVBoxLayout

from engine.lessons import LessonError
from gui_app.theme.icons import icon
from gui_app.theme.tokens import LIGHT, Theme
from gui_app.widgets.buttons import icon_button, text_button, tint
from gui_app.widgets.tips import tip
from gui_app.window.corner_notice import CornerNotice


class LessonFilesNotice(CornerNotice):
    """Says it in the lower right corner: the panel of lessons needs the left one.

    ``files_wanted`` follows *Show its files*.
    """

    files_wanted = Signal()

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window, "Files of a lesson", Qt.Corner.BottomRightCorner)
        self._sign, self._is_problem, self._theme = QLabel(), False, LIGHT
        self.files = text_button("Show its files", tip("Show its files", "Open the lesson's folder."))
        self.close_button = icon_button("close", "Dismiss", tip("Dismiss", "Hide this notice."), side=24)
        self.files.clicked.connect(self.files_wanted)
        self.close_button.clicked.connect(self.hide)
        texts = QVBoxLayout()
        texts.setSpacing(4)
        texts.addWidget(self.headline)
        texts.addWidget(self.detail)
        texts.addWidget(self.files, 0, Qt.AlignmentFlag.AlignLeft)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 12, 8, 12)
        row.setSpacing(8)
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)
        row.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)

    def apply_theme(self, theme: Theme) -> None:
        self._theme = theme
        tint(self, theme.muted)
        self._show_sign()

    def tell(self, error: LessonError, more: str = "") -> None:
        """Say what is wrong with a file, and ``more`` about what that means."""
        self._set_problem(True)
        line = "" if error.line is None else f", line {error.line}"
        clause = f"{error.clause[:1].upper()}{error.clause[1:]}".rstrip(".")
        self.say(f"{error.file.parent.name}/{error.file.name}{line}", f"{clause}. {more}".strip())
        self.setToolTip(str(error.file).replace("&", "&amp;").replace("<", "&lt;"))

    def inform(self, headline: str, detail: str, folder: Path) -> None:
        """Say something of a lesson's folder that is no mistake."""
        self._set_problem(False)
        self.say(headline, detail)
        self.setToolTip(str(folder).replace("&", "&amp;").replace("<", "&lt;"))

    def _set_problem(self, is_problem: bool) -> None:
        self._is_problem = is_problem
        self.setProperty("calm", not is_problem)
        self.style().unpolish(self)
        self.style().polish(self)
        self._show_sign()

    def _show_sign(self) -> None:
        name, colour = ("warning", self._theme.warning) if self._is_problem else ("info", self._theme.muted)
        self._sign.setPixmap(icon(name, colour).pixmap(QSize(18, 18), self.devicePixelRatioF()))
