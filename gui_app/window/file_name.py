"""The name of the open file: in the title of the window, and shortened in the tool bar."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from gui_app.session.document import Document
from gui_app.widgets.tips import tip

WIDEST = 120
"""Largest width of the name, in pixels."""


class FileName(QLabel):
    """Shows the name of ``document``'s file, also in the title of ``window``; a dot marks unsaved changes."""

    def __init__(self, document: Document, window: QWidget) -> None:
        super().__init__()
        self._document, self._titled = document, window
        self.setObjectName("fileName")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", "name")
        document.file_changed.connect(self.refresh)

    def refresh(self) -> None:
        """Show the current name and unsaved state."""
        document = self._document
        of_lesson = bool(document.lesson) and document.path is None
        # A lesson is left without a question, and what was changed in it is no unsaved work.
        modified = document.modified and not of_lesson
        title, name = (document.lesson,) * 2 if of_lesson else (document.title, document.name)
        self._titled.setWindowTitle(f"{title.replace('[*]', '')}[*] – Neural Sketchbook")
        self._titled.setWindowModified(modified)
        # Of a title, the beginning says most.
        mode = Qt.TextElideMode.ElideRight if of_lesson else Qt.TextElideMode.ElideMiddle
        short = self.fontMetrics().elidedText(name, mode, WIDEST)
        self.setText(short + (" •" if modified else ""))
        # Includes the dot, so that the first change does not move the buttons.
        self.setMinimumWidth(self.fontMetrics().horizontalAdvance(short + " •") + 1)
        # A lesson's title may look like HTML.
        self.setToolTip(tip("", str(document.path or title)))
